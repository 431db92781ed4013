"""Which days are known at all: a day on which no account was read is a gap, never a zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from klout_tui.domain.days import Days
from klout_tui.domain.gratitude import LOG_ACCOUNT
from klout_tui.domain.model import Account, Health, Value
from klout_tui.domain.score.course import Course


class Presence(Value, frozen=True):
    """The local days (ordinals) an account tells of: from the first anything is known of to the last it was read."""

    account: str
    first: int
    last: int
    linked: bool
    """False once it was unlinked; it is not missed then."""


class Attendance(Value, frozen=True):
    """All accounts' days."""

    accounts: tuple[Presence, ...] = ()

    def is_known(self, day: int) -> bool:
        """Whether any account tells of a day."""
        return any(each.first <= day <= each.last for each in self.accounts)

    def missing(self, day: int) -> tuple[str, ...]:
        """Ids of the linked accounts that have told of earlier days and do not tell of this one."""
        return tuple(each.account for each in self.accounts if each.linked and each.last < day)

    def last_known(self, day: int) -> int | None:
        """The last day up to ``day`` that any account tells of."""
        return max((min(each.last, day) for each in self.accounts if each.first <= day), default=None)


def attendance(
    course: Course, accounts: Iterable[Account], healths: Mapping[str, Health], days: Days, now: datetime, *, past: bool
) -> Attendance:
    """Which days are known.

    Args:
        course: Tells when each account's data begin.
        accounts: Every account there is, unlinked ones too.
        healths: When each was last read.
        days: The user's.
        now: The present, or the moment looked at.
        past: Whether ``now`` is an earlier moment, of which no health is kept: then everything linked was read.
    """
    today = days.of(now).toordinal()
    known = {account.id: account for account in accounts}
    found = []
    for track in course.tracks:
        if not len(track) or track.first > today:
            continue
        if track.account == LOG_ACCOUNT and len(course.tracks) > 1:
            continue  # what she logs by hand vouches for no day on which no network was read
        account, health = known.get(track.account), healths.get(track.account)
        last, linked = today, True
        if account is not None and account.unlinked_at is not None and account.unlinked_at <= now:
            last, linked = days.of(account.unlinked_at).toordinal(), False
        elif not past and health is not None and health.last_ok is not None:
            last = days.of(health.last_ok).toordinal()
        elif not past and health is not None and health.down_since is not None:
            last = days.of(health.down_since).toordinal()
        found.append(Presence(account=track.account, first=track.first, last=min(last, today), linked=linked))
    return Attendance(accounts=tuple(found))
