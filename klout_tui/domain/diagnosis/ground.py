"""What every reason is looked for in: posts with what they brought, calmed of bursts, and how much that varies."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis.away import Away
from klout_tui.domain.diagnosis.bursts import Burst
from klout_tui.domain.diagnosis.coverage import Masks
from klout_tui.domain.diagnosis.evidence import Evidence, Remark
from klout_tui.domain.diagnosis.findings import SHOWN, Effect, PersonShown, PostShown, Z
from klout_tui.domain.diagnosis.gather import Book, Side
from klout_tui.domain.diagnosis.series import Series
from klout_tui.domain.diagnosis.split import Splits
from klout_tui.domain.digest import About, line_of, moment, ticks
from klout_tui.domain.model import ORIGINALS, Actor, Post, network_of

A_DAY: Final = 24 * 3600 * 1_000_000
"""Microseconds."""


@dataclass(frozen=True)
class Row:
    """One original and what it brought in its own window, the excess of bursts taken out."""

    post: About
    network: str
    topics: tuple[str, ...]
    people: float
    acts: float
    promotes: bool
    repeats: bool
    spiky: bool
    """Whether it was published during a burst, so that what it brought tells little of the usual."""

    @property
    def plain(self) -> bool:
        """Whether it neither advertises nor repeats."""
        return not (self.promotes or self.repeats)


@dataclass(frozen=True)
class Ground:
    """Everything the reasons are looked for in."""

    evidence: Evidence
    book: Book
    splits: Splits
    counts: Series
    bursts: tuple[Burst, ...]
    away: tuple[Away, ...]
    notes: tuple[Remark, ...]
    promoting: frozenset[str]
    """Posts that point to her own things, also those before the windows."""
    repeating: Mapping[str, str]
    """Posts that nearly repeat another one, and which."""
    spikes: tuple[tuple[int, int], ...]
    """First and last moment of each burst, in microseconds since 1970."""
    begin: int
    """When the earlier window begins, in microseconds since 1970."""
    masked: Masks
    """By account, the days of both windows that cannot be compared."""
    days: Days
    """Tells local days."""
    exposure: float
    """How much more the weekdays of the later window let expect."""
    exposure_error: float
    """Its standard error."""

    @property
    def partly(self) -> bool:
        """Whether there are days that cannot be compared."""
        return bool(self.masked)

    @cached_property
    def before(self) -> tuple[Row, ...]:
        """The originals of the earlier window."""
        return tuple(self._rows(self.book.before))

    @cached_property
    def now(self) -> tuple[Row, ...]:
        """The originals of the later window."""
        return tuple(self._rows(self.book.now))

    @cached_property
    def variation(self) -> float:
        """The squared coefficient of variation of what a plain post brings, by window and network."""
        squares, freedom = 0.0, 0
        for rows in self.calm:
            for network in {row.network for row in rows}:
                acts = [row.acts for row in rows if row.plain and row.network == network]
                mean = sum(acts) / len(acts) if acts else 0.0
                if len(acts) > 1 and mean > 0:
                    squares += sum((each - mean) ** 2 for each in acts) / mean**2
                    freedom += len(acts) - 1
        return squares / freedom if freedom else 1.0

    @cached_property
    def posts(self) -> Mapping[str, Post]:
        """Her posts in full, by id."""
        return {post.id: post for post in self.evidence.posts}

    def earlier(self, days: int) -> list[Post]:
        """Her originals of so many days before both windows, which tell what was her habit."""
        first = self.begin - days * A_DAY
        return [post for post in self.evidence.posts if post.kind in ORIGINALS and first <= ticks(post.at) < self.begin]

    def spiky(self, at: int) -> bool:
        """Whether a moment, in microseconds since 1970, lies in a burst."""
        return any(begin <= at <= end for begin, end in self.spikes)

    def unsure(self, some: Pile) -> float:
        """The variance of the logarithm of the mean of some posts."""
        return max(self.variation / some.posts, 1 / (some.acts + 0.5)) if some.posts else 4.0

    @cached_property
    def calm(self) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The originals of the earlier and of the later window that were published outside bursts."""
        before, now = (tuple(row for row in rows if not row.spiky) for rows in (self.before, self.now))
        return before, now

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The originals of both windows."""
        return (*self.before, *self.now)

    @cached_property
    def latest(self) -> tuple[Row, ...]:
        """The same, the newest first."""
        return tuple(sorted(self.rows, key=lambda row: -row.post.at))

    def shown(self, posts: Iterable[str], counts: Mapping[str, int] | None = None) -> tuple[PostShown, ...]:
        """Some posts as evidence, in the order given, with what they brought in their window, unless that is given."""
        found = []
        for post_id in posts:
            about = self.book.about.get(post_id)
            if about is None or not about.account:
                continue
            full = self.posts.get(post_id)
            side = self.book.before if post_id in self.book.before.posts else self.book.now
            found.append(
                PostShown(
                    id=post_id,
                    title=line_of(full) if full else about.title,
                    at=moment(about.at),
                    url=full.url if full else "",
                    reactions=side.reactions(post_id) if counts is None else counts.get(post_id, 0),
                    public=full.public if full else False,
                    now=side is self.book.now,
                )
            )
            if len(found) == SHOWN:
                break
        return tuple(found)

    def faces(
        self, keys: Iterable[str], before: Mapping[str, int] | None = None, now: Mapping[str, int] | None = None
    ) -> tuple[PersonShown, ...]:
        """Some people as evidence, in the order given, with how often they acted: on posts, unless counts are given."""
        was, is_ = (self.people_before if before is None else before), (self.people_now if now is None else now)
        wanted = list(keys)[:SHOWN]
        known: dict[str, Actor] = {}
        for digest in self.evidence.history:
            places = {key: place for place, key in enumerate(digest.actors)} if wanted else {}
            people = digest.people()
            for key in wanted:
                if key in places:
                    known[key] = people[places[key]]
        return tuple(
            PersonShown(
                key=key,
                name=known[key].name or known[key].handle if key in known else key,
                handle=known[key].handle if key in known else key,
                before=was.get(key, 0),
                now=is_.get(key, 0),
            )
            for key in wanted
        )

    def who(
        self, *parts: Mapping[str, int], told: tuple[Mapping[str, int], Mapping[str, int]] | None = None
    ) -> tuple[tuple[PersonShown, ...], int]:
        """Some people as evidence, those who did most first, and how many there are.

        Args:
            parts: What they did; the sums tell their order.
            told: What each did in the earlier and in the later window, where it is not acts on posts.
        """
        sums: Counter[str] = Counter()
        for part in parts:
            sums.update(part)
        keys = sorted(sums, key=lambda key: (-sums[key], key))
        return self.faces(keys, *(told or ())), len(keys)

    def on(self, *rows: Row) -> tuple[tuple[PersonShown, ...], int]:
        """Those who reacted to some posts, in the windows those are of."""
        posts = [row.post.id for row in rows]
        return self.who(*(side.reacting(post for post in posts if post in side.posts) for side in self.sides))

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both windows."""
        return self.book.before, self.book.now

    @cached_property
    def people_before(self) -> Counter[str]:
        """Acts on posts by person, earlier window."""
        return self.book.before.people()

    @cached_property
    def people_now(self) -> Counter[str]:
        """Acts on posts by person, later window."""
        return self.book.now.people()

    def _rows(self, side: Side) -> Iterable[Row]:
        calm = self._calm
        daily: dict[str, float] = {}
        for (name, day), count in side.days.items():
            if name in side.posts:
                daily[name] = daily.get(name, 0.0) + count * calm.get(day, 1.0)
        for post in side.posts.values():
            raw, acts = side.reactions(post.id), daily.get(post.id, 0.0)
            people = len(side.acts[post.id]) if post.id in side.acts else 0
            yield Row(
                post=post,
                network=network_of(post.account),
                topics=self.evidence.topics_of(post),
                people=people * acts / raw if raw else 0.0,
                acts=acts,
                promotes=post.id in self.promoting,
                repeats=post.id in self.repeating,
                spiky=self.spiky(post.at),
            )

    @cached_property
    def _calm(self) -> dict[date, float]:
        """What is left of a day's reactions when a burst is taken out."""
        return {day: min(1.0, 1 / burst.times) for burst in self.bursts for day in burst.days if burst.reactions}


@dataclass(frozen=True)
class Pile:
    """How many posts brought how much."""

    posts: int = 0
    acts: float = 0.0

    @property
    def mean(self) -> float:
        """What a post brought on average."""
        return self.acts / self.posts if self.posts else 0.0

    def __add__(self, other: Pile) -> Pile:
        return Pile(self.posts + other.posts, self.acts + other.acts)

    def __sub__(self, other: Pile) -> Pile:
        return Pile(self.posts - other.posts, max(0.0, self.acts - other.acts))


def pile(rows: Iterable[Row]) -> Pile:
    """Some posts together."""
    acts = [row.acts for row in rows]
    return Pile(len(acts), sum(acts))


def most(rows: Iterable[Row], first: int = 1) -> list[Row]:
    """Those that brought most first; with -1 those that brought least."""
    return sorted(rows, key=lambda row: (-first * row.acts, -row.post.at))


def shares_apart(now: int, of: int, before: int, of_before: int) -> float:
    """How far two shares of posts lie apart, in standard errors."""
    share = (now + before + 0.5) / (of + of_before + 1)
    return (now / of - before / of_before) / math.sqrt(share * (1 - share) * (1 / of + 1 / of_before))


def within(effect: Effect, most: float) -> Effect:
    """The same, but that nothing can have made more reactions than came."""
    low, reactions, high = (max(-most, min(most, each)) for each in (effect.low, effect.reactions, effect.high))
    return Effect(reactions=reactions, low=low, high=high)


def interval(effect: float, error: float) -> Effect:
    """An effect in reactions with its interval."""
    return Effect(reactions=effect, low=effect - Z * error, high=effect + Z * error)


def grown(level: float, ratio: float, error: float) -> Effect:
    """What a change of a rate, a logarithm with its standard error, does to so many reactions.

    The interval is that of the logarithm, so that it reaches beyond nothing just where the ratio could be none.
    """
    ends = sorted(level * math.expm1(ratio + side * Z * error) for side in (-1, 1))
    return Effect(reactions=level * math.expm1(ratio), low=ends[0], high=ends[1])
