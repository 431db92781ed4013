"""Reminders she may ask for: a pause in posting longer than her own pace explains, and answers that wait for days.

Nothing is ever sent anywhere; a reminder is a line in the app or in ``klout-tui today``, where she wants it. What is
usual is her own: the middle of the pauses between the days she posted on, for each account, and nothing is said where
there are too few of them. An account that has not been read lately says nothing either: missing is not zero.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.model import ORIGINALS, Account, Health, Post, Value, network_of
from klout_tui.domain.waiting import Waiting
from klout_tui.domain.wording import MANY, day, from_people, to_answer

SPAN: Final = timedelta(days=365)
"""How far back her pace is looked for."""

FEWEST: Final = 8
"""Pauses under which no pace is known."""

TIMES: Final = 2
"""How many times her usual pause a pause is before it is worth a word."""

LONGEST: Final = 120
"""Days after which nothing is said any more: then it is no pause but a decision."""

READ_WITHIN: Final = timedelta(days=2)
"""How lately an account must have been read for a silence to be hers and not ours."""

WAITED: Final = timedelta(days=2)
"""How long answers wait before they are worth a word."""

_NUMBERS: Final = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_OFTEN: Final = 0.9


class Pause(Value, frozen=True):
    """An account she has not posted on for longer than she usually pauses."""

    account: str
    days: int
    """Since the last post, local days."""
    usual: int
    """The middle of her pauses, in days."""
    handle: str = ""
    """The account's, where it takes that to tell it from another of hers on the network."""

    @property
    def network(self) -> str:
        """Name of the account's network."""
        return network_of(self.account)

    @property
    def sentence(self) -> str:
        """``blog: 12 days since the last post (your usual: 4)``."""
        name = f"{self.network} {self.handle}".rstrip()
        return f"{name}: {self.days} days since the last post (your usual: {self.usual})"


class Overdue(Value, frozen=True):
    """What has waited for an answer for days."""

    old: tuple[Waiting, ...]
    """That."""
    every: tuple[Waiting, ...]
    """All that waits, as it is counted elsewhere."""

    @property
    def since(self) -> datetime:
        """When the oldest began to wait, UTC."""
        return min(each.since for each in self.old)

    def sentence(self, days: Days, today: date) -> str:
        """``two replies to answer, the oldest since Tuesday``, or which part of all that waits it is."""
        count, since = len(self.old), days.of(self.since)
        when = f"since {since:%A}" if (today - since).days < 7 else f"since {day(since, today)}"
        if count < len(self.every):
            waited = "has waited" if count == 1 else f"have waited for {WAITED.days} days or more, the oldest"
            return f"{count:,} of the {to_answer(self.every)} {waited} {when}"
        number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
        kinds = {each.kind for each in self.old}
        noun = f" {MANY[self.old[0].kind][count > 1]}" if len(kinds) == 1 else ""
        return f"{number}{noun} to answer{from_people(self.old)}{', the oldest' if count > 1 else ''} {when}"


def pauses(
    accounts: Iterable[Account],
    healths: Mapping[str, Health],
    posts: Iterable[Post],
    now: datetime,
    days: Days,
    *,
    paused: Iterable[str] = (),
) -> tuple[Pause, ...]:
    """The accounts she has paused on for longer than usual, the longest for its pace first.

    Args:
        accounts: The linked ones.
        healths: How each is doing, as known now: what was read after ``now`` has been read too.
        posts: Hers of the ``SPAN`` before ``now``.
        now: The moment asked about, UTC.
        days: Tells the bounds of a local day.
        paused: Ids of accounts that are not read by themselves.
    """
    on: defaultdict[str, set[date]] = defaultdict(set)
    for post in posts:
        if post.kind in ORIGINALS and not post.estimated and now - SPAN <= post.at <= now:
            on[post.account].add(days.of(post.at))
    accounts = tuple(accounts)
    several = Counter(account.network for account in accounts)
    left_out, today, found = set(paused), days.of(now), []
    for account in accounts:
        posted = sorted(on.get(account.id, ()))
        gaps = [(later - earlier).days for earlier, later in pairwise(posted)]
        if len(gaps) < FEWEST or account.id in left_out:
            continue
        read = healths[account.id].last_ok if account.id in healths else None
        if read is None or now - read > READ_WITHIN:
            continue
        gaps.sort()
        usual, since = gaps[len(gaps) // 2], (today - posted[-1]).days
        seldom = gaps[min(len(gaps) - 1, int(_OFTEN * len(gaps)))]
        if TIMES * usual <= since <= LONGEST and since > seldom:
            handle = account.handle if several[account.network] > 1 else ""
            found.append(Pause(account=account.id, days=since, usual=usual, handle=handle))
    return tuple(sorted(found, key=lambda each: (-each.days / each.usual, each.account)))


def overdue(waiting: Sequence[Waiting], now: datetime) -> Overdue | None:
    """What has waited for an answer for days; None where nothing has."""
    old = [each for each in waiting if now - each.since >= WAITED]
    if not old:
        return None
    return Overdue(old=tuple(old), every=tuple(waiting))


def sentences(
    quiet: Sequence[Pause], late: Overdue | None, days: Days, today: date, *, posts: bool, answers: bool
) -> tuple[str, ...]:
    """What there is to remind of, of the sorts that are wanted."""
    told = [each.sentence for each in quiet] if posts else []
    return (*told, *([late.sentence(days, today)] if answers and late is not None else []))
