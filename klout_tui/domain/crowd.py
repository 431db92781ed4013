"""Everybody who acted over some months, added up column by column: the raw figures people are told from.

A million interactions are walked through in about a second, a month at a time; what stays in memory is one small record
a person. Nothing is judged here: what the figures mean is decided in ``domain.people``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from klout_tui.domain.days import Days
from klout_tui.domain.digest import ECHO, ESTIMATED, Digest, moment, start_of, ticks
from klout_tui.domain.model import ORIGINALS, Actor, InteractionKind

SPREAD_WITHIN: Final = timedelta(hours=48)
"""Somebody new who reacts to a post within this span of a repost may have come by it."""

_WIDTH: Final = 32
_MASK: Final = (1 << _WIDTH) - 1
_ONE: Final = {kind: 1 << _WIDTH * place for place, kind in enumerate(InteractionKind)}
_SPREAD: Final = SPREAD_WITHIN // timedelta(microseconds=1)
_SPREADING: Final = frozenset({InteractionKind.REPOST, InteractionKind.QUOTE})
_NEVER_THANKED: Final = frozenset({InteractionKind.LIKE, InteractionKind.FOLLOW, InteractionKind.BOOKMARK})


class Tally(msgspec.Struct, gc=False):
    """What one person did; times are microseconds since 1970, UTC."""

    actor: Actor
    """As last seen."""
    first: int
    last: int
    first_account: str
    first_estimated: bool
    flags: int
    """Of the last act: whether they are the user's own or ignored."""
    acts: int = 0
    days: int = 0
    """Local days on which they did anything."""
    months: int = 0
    """A bit for each UTC month, ``month_number`` telling which."""
    packed: int = 0
    """How many acts of each kind, in ``_WIDTH`` bits for each: no table for each of thousands of people."""
    accounts: int = 0
    """A bit for each of ``Crowd.accounts``."""
    thanked: int = 0
    """When she last thanked them; 0 where she did not."""

    @property
    def kinds(self) -> dict[InteractionKind, int]:
        """How many acts of each kind."""
        counts = ((kind, self.packed >> _WIDTH * place & _MASK) for place, kind in enumerate(InteractionKind))
        return {kind: count for kind, count in counts if count}


class Spread(msgspec.Struct, frozen=True, gc=False):
    """Somebody reposted a post, and people never seen before reacted to it soon after."""

    by: str
    """The person's key."""
    post: str
    title: str
    at: int
    """When they reposted it: microseconds since 1970, UTC."""
    newcomers: tuple[str, ...] = ()
    """Keys of those who came."""


class Crowd:
    """Adds up months, oldest first."""

    def __init__(
        self,
        days: Days,
        *,
        since: int = 0,
        until: datetime,
        thanked: Mapping[str, datetime] | None = None,
        spreading: bool = False,
    ) -> None:
        """An empty crowd.

        Args:
            days: Tells local days.
            since: Earlier acts are passed over: microseconds since 1970, UTC.
            until: Later ones are.
            thanked: When the user thanked, by interaction id.
            spreading: Whether to look who came after whose repost; that wants all months from the first there is.
        """
        self.tallies: dict[str, Tally] = {}
        self.posted: int = 0
        """A bit for each UTC month in which the user published an original."""
        self.alive: dict[str, int] = {}
        """By account, a bit for each UTC month in which anybody did anything."""
        self.begun: dict[str, int] = {}
        """By account, the first thing known of it: microseconds since 1970, UTC."""
        self.accounts: list[str] = []
        """Every account anything was done to."""
        self._days = days
        self._since = since
        self._until = ticks(until)
        self._thanked = dict(thanked or {})
        self._spreading = spreading
        self._open: dict[str, tuple[int, str, str]] = {}
        """By post, when it was reposted last, by whom, and what it is called."""
        self._newcomers: dict[tuple[str, str, int], tuple[str, list[str]]] = {}

    def add(self, digest: Digest) -> None:
        """One month more, later than those before; all of it, also the acts of those that count nowhere."""
        month = digest.visible(self._until, hidden=ECHO)
        self._note_account(month)
        begin = bisect_left(month.at, self._since)
        if begin == len(month):
            return
        actor, at, flags, actors = month.actor[begin:], month.at, month.flags, month.actors
        first = dict(zip(reversed(actor), range(len(month) - 1, begin - 1, -1), strict=True))
        last = dict(zip(actor, range(begin, len(month)), strict=True))
        days, kinds, accounts = self._added_up(month, begin)
        fresh: dict[int, str] = {}
        bit = 1 << month_number(month.month)
        people, tallies = list(month.people()), self.tallies
        for place, count in Counter(actor).items():
            key, final = actors[place], last[place]
            tally = tallies.get(key)
            if tally is None:
                row = first[place]
                fresh[row] = key
                account, guessed = month.accounts[month.account[row]], bool(flags[row] & ESTIMATED)
                tally = tallies[key] = Tally(people[place], at[row], at[final], account, guessed, flags[final])
            else:
                tally.actor, tally.last, tally.flags = people[place], at[final], flags[final]
            tally.acts += count
            tally.days += days[place]
            tally.months |= bit
            tally.packed += kinds[place]
            tally.accounts |= accounts[place]
        if self._spreading:
            self._spread(month, begin, fresh)
        if self._thanked:
            self._note_thanks(month, begin)

    def accounts_of(self, tally: Tally) -> list[str]:
        """Ids of the accounts somebody acted on."""
        return [name for place, name in enumerate(self.accounts) if tally.accounts >> place & 1]

    def _added_up(self, month: Digest, begin: int) -> tuple[list[int], list[int], list[int]]:
        """For each of the month's people, on how many days they acted, what they did, and to which accounts."""
        days, seen, packed, accounts = ([0] * len(month.actors) for _ in range(4))
        ones = [_ONE[kind] for kind in month.kinds]
        bits = [1 << self._account(name) for name in month.accounts]
        days_there = self._local(month.at[begin:])
        rows = zip(month.actor[begin:], month.kind[begin:], month.account[begin:], days_there, strict=True)
        for place, kind, account, day in rows:
            packed[place] += ones[kind]
            accounts[place] |= bits[account]
            if seen[place] != day:
                seen[place] = day
                days[place] += 1
        return days, packed, accounts

    def _account(self, name: str) -> int:
        if name not in self.accounts:
            self.accounts.append(name)
        return self.accounts.index(name)

    @property
    def spreads(self) -> list[Spread]:
        """Reposts after which somebody new came, by whoever reposted last before; oldest first."""
        return [
            Spread(by=by, post=post, title=title, at=at, newcomers=tuple(came))
            for (by, post, at), (title, came) in self._newcomers.items()
        ]

    def _note_account(self, month: Digest) -> None:
        bit = 1 << month_number(month.month)
        begin, end = start_of(month.month), ticks(next_month(month.month))
        for account, first in zip(month.accounts, _firsts(month), strict=True):
            if first is not None:
                self.alive[account] = self.alive.get(account, 0) | bit
                self.begun[account] = min(first, self.begun.get(account, first))
        for post in month.posts:
            if post.account and begin <= post.at < end:
                self.begun[post.account] = min(post.at, self.begun.get(post.account, post.at))
                if post.kind in ORIGINALS:
                    self.posted |= bit

    def _local(self, at: list[int]) -> list[int]:
        """The local day of each moment; they are sorted, so a few cuts tell them all."""
        day, done = self._days.of(moment(at[0])), 0
        found: list[int] = []
        while done < len(at):
            following = day + timedelta(days=1)
            end = bisect_left(at, ticks(self._days.start(following)), done)
            found += [day.toordinal()] * (end - done)
            day, done = following, end
        return found

    def _spread(self, month: Digest, begin: int, fresh: Mapping[int, str]) -> None:
        """Whose repost those seen for the first time came after."""
        spreading = {place for place, kind in enumerate(month.kinds) if kind in _SPREADING}
        reposts = {row for row, kind in enumerate(month.kind[begin:], begin) if kind in spreading}
        start = month.at[begin]
        self._open = {post: each for post, each in self._open.items() if start - each[0] <= _SPREAD}
        for row in sorted(reposts | fresh.keys()):
            if month.post[row] < 0 or month.flags[row] & ESTIMATED:
                continue
            about, at = month.posts[month.post[row]], month.at[row]
            if row in fresh and (before := self._open.get(about.id)) and at - before[0] <= _SPREAD:
                came = self._newcomers.setdefault((before[1], about.id, before[0]), (before[2], []))[1]
                came.append(fresh[row])
            if row in reposts:
                self._open[about.id] = (at, month.actors[month.actor[row]], about.title)

    def _note_thanks(self, month: Digest, begin: int) -> None:
        barred = {place for place, kind in enumerate(month.kinds) if kind in _NEVER_THANKED}
        for row in range(begin, len(month)):
            at = None if month.kind[row] in barred else self._thanked.pop(month.id_of(row), None)
            if at is not None and ticks(at) <= self._until:
                tally = self.tallies[month.actors[month.actor[row]]]
                tally.thanked = max(tally.thanked, ticks(at))


def month_number(month: str) -> int:
    """Months from January 2000 to ``2026-11``; earlier ones are 0."""
    year, number = month.split("-")
    return max(0, (int(year) - 2000) * 12 + int(number) - 1)


def next_month(month: str) -> datetime:
    """The first moment after a UTC month."""
    year, number = map(int, month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def _firsts(month: Digest) -> list[int | None]:
    """When each of ``accounts`` first had anything done to it."""
    rows = dict(zip(reversed(month.account), range(len(month) - 1, -1, -1), strict=True))
    return [month.at[rows[place]] if place in rows else None for place in range(len(month.accounts))]
