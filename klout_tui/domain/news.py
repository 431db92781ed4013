"""What the last visit did not know of yet.

A thing is new when it happened after its account had last been read in that visit: what happened before she quit, but
was read later, is news too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from klout_tui.domain.digest import HIDDEN, Digest, ticks
from klout_tui.domain.model import InteractionKind, Value
from klout_tui.domain.plusk import Given


class News(Value, frozen=True):
    """What happened since the last visit, or before its end but too late for it."""

    since: datetime | None
    plusks: int
    to_thank: int
    """Recent +K not thanked yet, also those from before the last visit."""
    reactions: int
    """By name, and rises known by number only; those dated by guess are left out."""
    follows: int


class Seen(Value, frozen=True):
    """Up to when the last visit knew what had happened."""

    visit: datetime | None
    """When it ended; None before the first, which has no news."""
    accounts: dict[str, datetime] = {}
    """By account, when it had last been read by then; what is missing goes by ``visit``."""

    def as_of(self, now: datetime) -> Seen:
        """At ``now`` (UTC), a visit that ended later is none yet."""
        return self if self.visit is None or self.visit <= now else Seen(visit=None)

    def known_until(self, account: str) -> int:
        """Up to when that visit knew of an account: microseconds since 1970, UTC.

        Raises:
            ValueError: there was no visit.
        """
        if self.visit is None:
            raise ValueError("before the first visit nothing was known")
        return ticks(self.accounts.get(account, self.visit))

    @property
    def earliest(self) -> datetime | None:
        """The earliest moment after which anything can have been missed; None before the first visit."""
        return None if self.visit is None else min([self.visit, *self.accounts.values()])


def missed(seen: Seen, history: Iterable[Digest]) -> defaultdict[str, Counter[InteractionKind]]:
    """What the last visit missed, by account and kind: acts of others, and rises of counters that no name explains."""
    new: defaultdict[str, Counter[InteractionKind]] = defaultdict(Counter)
    if seen.visit is None:
        return new
    for digest in history:
        since = [seen.known_until(account) for account in digest.accounts]
        rows = range(bisect_right(digest.at, min(since, default=0)), len(digest))
        acts = ((digest.account[row], digest.kind[row], digest.at[row], digest.flags[row]) for row in rows)
        keys = ((owner, kind) for owner, kind, at, flags in acts if at > since[owner] and not flags & HIDDEN)
        for (owner, kind), count in Counter(keys).items():
            new[digest.accounts[owner]][digest.kinds[kind]] += count
        for rise in digest.rises:
            account = digest.posts[rise.post].account
            if not rise.estimated and rise.at > seen.known_until(account):
                new[account][rise.kind] += rise.count
    return new


def news(seen: Seen, new: Mapping[str, Counter[InteractionKind]], recent: Sequence[Given], to_thank: int) -> News:
    """The news in numbers, from what was ``missed`` and the recent +K, of which ``to_thank`` wait for a thank-you."""
    follows = sum(counts[InteractionKind.FOLLOW] for counts in new.values())
    return News(
        since=seen.visit,
        plusks=sum(seen.visit is not None and each.at > seen.known_until(each.account) for each in recent),
        to_thank=to_thank,
        reactions=sum(counts.total() for counts in new.values()) - follows,
        follows=follows,
    )
