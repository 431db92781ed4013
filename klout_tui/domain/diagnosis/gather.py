"""The reactions and posts of two windows, sorted into what can be compared and what cannot."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis.coverage import Masks, Why
from klout_tui.domain.diagnosis.spans import RIPE, Window
from klout_tui.domain.digest import HIDDEN, About, Digest, moment, ticks
from klout_tui.domain.model import network_of

OLD: Final = timedelta(days=30)
"""Age at which a post hardly gets new reactions."""

CORRECTED: Final = (5, 10, 5.0)
"""A correction is a day on which so many old posts of one account rise by so many in all, and so many times as much as
on its other days."""

UNKNOWN: Final = "unknown"


@dataclass
class Side:
    """One window. Counts are of what can be compared, unless they say otherwise."""

    window: Window
    posts: dict[str, About] = field(default_factory=dict)
    """Originals published in it, by id."""
    acts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Named acts on posts of any age: by post id, how many by whom."""
    unnamed: Counter[str] = field(default_factory=Counter)
    """By post id, reactions known by number only."""
    loose: Counter[str] = field(default_factory=Counter)
    """By network, named acts on no post."""
    loose_by: Counter[str] = field(default_factory=Counter)
    """The same by person."""
    aside: Counter[tuple[str, Why]] = field(default_factory=Counter)
    """By network and reason, what cannot be compared."""
    aside_posts: defaultdict[tuple[str, Why], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """The posts those are to."""
    aside_people: defaultdict[tuple[str, Why], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Who did them, as far as that has a name."""
    people_of: defaultdict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Named acts of each day by person, on posts or not."""
    days: Counter[tuple[str, date]] = field(default_factory=Counter)
    """By post id, reactions on each day, with and without a name."""

    @property
    def total(self) -> int:
        """Every reaction dated in the window."""
        return self.compared + self.aside.total()

    @property
    def compared(self) -> int:
        """Those that can be compared."""
        return sum(each.total() for each in self.acts.values()) + self.unnamed.total() + self.loose.total()

    def people(self) -> Counter[str]:
        """Named acts on posts by person."""
        found: Counter[str] = Counter()
        for each in self.acts.values():
            found.update(each)
        return found

    def reacting(self, posts: Iterable[str]) -> Counter[str]:
        """Named acts on some posts by person."""
        found: Counter[str] = Counter()
        for post in posts:
            found.update(self.acts.get(post, ()))
        return found

    def reactions(self, post: str) -> int:
        """What a post brought in the window, with and without a name."""
        named = self.acts.get(post)
        return (named.total() if named else 0) + self.unnamed[post]


@dataclass
class Book:
    """Both windows, and what is known of every post they touch."""

    before: Side
    now: Side
    about: dict[str, About]

    def network(self, post: str) -> str:
        """The network a post is on."""
        about = self.about.get(post)
        return network_of(about.account) if about and about.account else UNKNOWN


Corrections = Mapping[tuple[str, date], int]
"""By account and local day, how many of the reactions without a name are a correction."""


def gather(
    history: Sequence[Digest],
    windows: tuple[Window, Window],
    masked: Masks,
    now: datetime,
    days: Days,
    same: Mapping[str, str],
) -> tuple[Book, Corrections]:
    """Sort what happened in two windows, the earlier one first.

    Args:
        history: The months of both windows, without what is hidden or later than ``now``.
        windows: The earlier and the later one, of one length.
        masked: Which days of which accounts cannot be compared.
        now: The moment looked at, UTC.
        days: Tells local days.
        same: The person an actor's key stands for, where it is not itself.
    """
    about: dict[str, About] = {}
    for digest in history:
        for post in digest.posts:
            if post.account or post.id not in about:
                about[post.id] = post
    old, corrections = corrected(history, about, days)
    before, after = (Side(window=window) for window in windows)
    young = {post.id for post in about.values() if post.account and post.at > ticks(now - RIPE)}
    for side in (before, after):
        _publish(side, about.values(), masked, young, days)
        for offset, day in enumerate(side.window.days):
            hidden = {account: why for account, offsets in masked.items() if (why := offsets.get(offset)) is not None}
            begin, end = ticks(days.start(day)), ticks(days.end(day)) + 1
            for digest in history:
                _named(
                    side, digest, day, bisect_left(digest.at, begin), bisect_left(digest.at, end), hidden, young, same
                )
    for number, digest in enumerate(history):
        for place, rise in enumerate(digest.rises):
            post = digest.posts[rise.post]
            day = _day(rise.at, days)
            for side in (before, after):
                if side.window.holds(day):
                    account = about[post.id].account
                    offset = (day - side.window.first).days
                    why = masked.get(account, {}).get(offset)
                    if (number, place) in old:
                        why = Why.CORRECTED
                    elif post.id in young:
                        why = why or Why.YOUNG
                    if why is not None:
                        side.aside[network_of(account) or UNKNOWN, why] += rise.count
                        side.aside_posts[network_of(account) or UNKNOWN, why][post.id] += rise.count
                    else:
                        side.unnamed[post.id] += rise.count
                        side.days[post.id, day] += rise.count
    return Book(before=before, now=after, about=about), corrections


def corrected(
    history: Sequence[Digest], about: Mapping[str, About], days: Days
) -> tuple[set[tuple[int, int]], Corrections]:
    """Rises of counters that are no reactions of their day: many old posts of an account at once.

    Returns:
        The rises, by the place of their month and their place in it, and their sums by account and day.
    """
    least_posts, least, times = CORRECTED
    found: defaultdict[tuple[str, date], list[tuple[int, int, str, int]]] = defaultdict(list)
    for number, digest in enumerate(history):
        for place, rise in enumerate(digest.rises):
            post = about[digest.posts[rise.post].id]
            if post.account and not rise.estimated and rise.at - post.at > OLD / timedelta(microseconds=1):
                found[post.account, _day(rise.at, days)].append((number, place, post.id, rise.count))
    sums = {key: sum(count for *_, count in rises) for key, rises in found.items()}
    span = 30 * max(1, len(history))
    rises: set[tuple[int, int]] = set()
    corrections: dict[tuple[str, date], int] = {}
    for (account, day), each in found.items():
        others = sum(count for key, count in sums.items() if key[0] == account and key[1] != day) / span
        total = sums[account, day]
        if len({post for *_, post, _ in each}) >= least_posts and total >= max(least, times * others):
            rises.update((number, place) for number, place, *_ in each)
            corrections[account, day] = total
    return rises, corrections


def _publish(side: Side, posts: Iterable[About], masked: Masks, young: set[str], days: Days) -> None:
    begin, end = ticks(days.start(side.window.first)), ticks(days.end(side.window.last))
    for post in posts:
        if begin <= post.at <= end and post.account and post.is_original and post.id not in young:
            offset = (_day(post.at, days) - side.window.first).days
            if offset not in masked.get(post.account, {}):
                side.posts[post.id] = post


def _named(
    side: Side,
    digest: Digest,
    day: date,
    begin: int,
    end: int,
    hidden: Mapping[str, Why],
    young: set[str],
    same: Mapping[str, str],
) -> None:
    """One day's named acts of one month."""
    if begin == end:
        return
    whys = [hidden.get(account) for account in digest.accounts]
    if not any(whys):
        whys = []
    places, flags, actors = digest.post, digest.flags, digest.actors
    for row in range(begin, end):
        if flags[row] & HIDDEN:
            continue
        place = places[row]
        post = digest.posts[place].id if place >= 0 else None
        why = (whys[digest.account[row]] if whys else None) or (Why.YOUNG if post in young else None)
        key = actors[digest.actor[row]]
        person = same.get(key, key) if same else key
        if why is not None:
            which = network_of(digest.accounts[digest.account[row]]), why
            side.aside[which] += 1
            side.aside_people[which][person] += 1
            if post is not None:
                side.aside_posts[which][post] += 1
        else:
            side.people_of[day][person] += 1
            if post is None:
                side.loose[network_of(digest.accounts[digest.account[row]])] += 1
                side.loose_by[person] += 1
            else:
                side.acts[post][person] += 1
                side.days[post, day] += 1


def _day(at: int, days: Days) -> date:
    return days.of(moment(at))
