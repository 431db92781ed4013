"""What posts and reactions are about, and how what she talks about differs from what people come for.

A post with several topics counts once for each, so shares say "so many of your posts carry it" and may add to more than
1. One that carries a topic under several spellings counts once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain, pairwise
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.digest import HIDDEN, Digest, ticks
from klout_tui.domain.model import Value
from klout_tui.domain.plusk import Given
from klout_tui.domain.tags import canonical_topics

TREND_WEEKS: Final = 12
"""Weeks a topic's trend looks back."""


class TopicRow(Value, frozen=True):
    """One topic over one window of days."""

    topic: str
    posts: int
    """Originals that carry the topic."""
    post_share: float | None
    """Of all originals, 0 to 1; shares of several topics may add to more than 1. None without originals."""
    reactions: int
    reaction_share: float | None
    """Of all reactions to posts or of the acts themselves, 0 to 1. None without reactions."""
    plusk: int
    trend: tuple[int, ...]
    """Reactions a week, oldest first, ``TREND_WEEKS`` long, the last week ending on the window's last day."""
    guessed: int = 0
    """How many of ``posts`` carry it by a guess from their words."""
    people: int = 0
    """Distinct people who reacted to it; reactions known by number only have none."""
    people_share: float | None = None
    """Of all people who reacted, 0 to 1. None where nobody is known by name."""


class TopicTable(Value, frozen=True):
    """All topics of a window, and how much carries none."""

    rows: tuple[TopicRow, ...] = ()
    posts: int = 0
    reactions: int = 0
    people: int = 0
    """Distinct people who reacted by name."""
    untagged_posts: int = 0


class Gap(Value, frozen=True):
    """What she talks about most beside what most people come for; the same topic where there is no gap."""

    posted: TopicRow
    came: TopicRow


ENOUGH: Final = 5
"""Posts, and people, below which no topic can be said to be the most of anything."""


def gap(table: TopicTable) -> Gap | None:
    """The two topics furthest ahead; None where too little is known or nothing is ahead of the rest."""
    if table.posts < ENOUGH or table.people < ENOUGH:
        return None
    posted = _ahead(table.rows, lambda row: (row.posts,))
    came = _ahead(table.rows, lambda row: (row.people, row.reactions))
    return Gap(posted=posted, came=came) if posted and came else None


def _ahead(rows: Iterable[TopicRow], count: Callable[[TopicRow], tuple[int, ...]]) -> TopicRow | None:
    """The row with the most, if no other has as much."""
    most = sorted(rows, key=count, reverse=True)[:2]
    if not most or not count(most[0])[0]:
        return None
    return None if len(most) > 1 and count(most[1]) == count(most[0]) else most[0]


class Order(StrEnum):
    """What topics are sorted by, the most first; pinned ones stand before all others."""

    CAME = "they come"
    POSTED = "you post"
    PLUSK = "+K"


def ordered(rows: Iterable[TopicRow], order: Order = Order.CAME, pinned: Sequence[str] = ()) -> tuple[TopicRow, ...]:
    """The rows sorted, those of ``pinned`` first and in its order."""
    place = {topic: number for number, topic in enumerate(pinned)}

    def key(row: TopicRow) -> tuple[object, ...]:
        came = (-row.people, -row.reactions, -row.plusk, -row.posts)
        by = {
            Order.CAME: came,
            Order.POSTED: (-row.posts, *came),
            Order.PLUSK: (-row.plusk, *came),
        }[order]
        return (place.get(row.topic, len(place)), *by, row.topic)

    return tuple(sorted(rows, key=key))


def topic_table(
    history: Iterable[Digest],
    given: Iterable[Given],
    days: Days,
    last: date,
    span: int,
    account: str | None = None,
    pinned: Sequence[str] = (),
) -> TopicTable:
    """Topics over the ``span`` local days that end on ``last``: pinned ones, then those most people came for.

    Args:
        history: The months of the window and of the trend; what lies outside them is passed over.
        given: Counted +K.
        days: Tells the bounds of a local day.
        last: The window's last local day.
        span: Its length in days.
        account: Only posts of, and acts on, this account.
        pinned: Topics with a row of their own even where nothing is known of them.
    """
    if span < 1:
        return TopicTable()
    first = last - timedelta(days=span - 1)
    weeks = [last - timedelta(days=7 * back - 1) for back in range(TREND_WEEKS, 0, -1)]
    edges = sorted({first, *weeks, last + timedelta(days=1)})
    bounds = [ticks(days.start(edge)) for edge in edges]
    week = [bisect_right(weeks, edge) - 1 for edge in edges]
    inside = [edge >= first for edge in edges]
    begin = bounds[edges.index(first)]
    posted: Counter[str] = Counter()
    guessed: Counter[str] = Counter()
    reacted: Counter[str] = Counter()
    trend: defaultdict[str, list[int]] = defaultdict(lambda: [0] * TREND_WEEKS)
    came: defaultdict[str, set[str]] = defaultdict(set)
    everybody: set[str] = set()
    originals = untagged = total = 0
    for digest in history:
        about = [canonical_topics(post.topics) for post in digest.posts]
        made = [
            (topics, post.guessed)
            for topics, post in zip(about, digest.posts, strict=True)
            if begin <= post.at < bounds[-1] and post.is_original and account in (None, post.account)
        ]
        written = [topics for topics, _ in made]
        guessed.update(chain.from_iterable(topics for topics, by_guess in made if by_guess))
        originals += len(written)
        untagged += written.count(())
        posted.update(chain.from_iterable(written))
        for part, count, named in _reactions(digest, about, bounds, account):
            in_week, counts = week[part], inside[part]
            total += count * counts
            for topic, times in named.items():
                if in_week >= 0:
                    trend[topic][in_week] += times
                if counts:
                    reacted[topic] += times
        for topics, people in _people(digest, about, begin, bounds[-1], account):
            everybody.update(people)
            for topic in topics:
                came[topic].update(people)
    mine = given if account is None else (each for each in given if each.account == account)
    acknowledged = Counter(chain.from_iterable(each.topics for each in mine if begin <= each.at < bounds[-1]))

    rows = (
        TopicRow(
            topic=topic,
            posts=posted[topic],
            post_share=posted[topic] / originals if originals else None,
            reactions=reacted[topic],
            reaction_share=reacted[topic] / total if total else None,
            guessed=guessed[topic],
            people=len(came[topic]) if topic in came else 0,
            people_share=(len(came[topic]) if topic in came else 0) / len(everybody) if everybody else None,
            plusk=acknowledged[topic],
            trend=tuple(trend[topic]) if topic in trend else (0,) * TREND_WEEKS,
        )
        for topic in posted.keys() | reacted.keys() | acknowledged.keys() | set(pinned)
    )
    return TopicTable(
        rows=ordered(rows, pinned=pinned),
        posts=originals,
        reactions=total,
        people=len(everybody),
        untagged_posts=untagged,
    )


def _reactions(
    digest: Digest, about: Sequence[tuple[str, ...]], bounds: Sequence[int], account: str | None
) -> Iterator[tuple[int, int, Mapping[str, int]]]:
    """A month's reactions between two ``bounds``: which two, how many, and how many of them are about what."""
    cuts = [bisect_left(digest.at, bound) for bound in bounds]
    about = [*about, ()]  # where an act is to no post, its place is -1
    wanted = [account in (None, each) for each in digest.accounts]
    plain = not digest.topics and all(wanted) and not digest.has_hidden
    for part, (begin, end) in enumerate(pairwise(cuts)):
        rows: Sequence[int] = range(begin, end)
        if not plain:
            rows = [row for row in rows if wanted[digest.account[row]] and not digest.flags[row] & HIDDEN]
        posts = digest.post[begin:end] if plain else [digest.post[row] for row in rows]
        named: Iterable[tuple[str, ...]] = map(about.__getitem__, posts)
        if own := digest.topics:
            named = (canonical_topics(own.get(row, ())) or topics for row, topics in zip(rows, named, strict=True))
        yield part, len(rows), Counter(chain.from_iterable(named))
    for rise in digest.rises:
        part = bisect_right(bounds, rise.at) - 1
        if 0 <= part < len(bounds) - 1 and account in (None, digest.posts[rise.post].account):
            yield part, rise.count, dict.fromkeys(about[rise.post], rise.count)


def _people(
    digest: Digest, about: Sequence[tuple[str, ...]], begin: int, end: int, account: str | None
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Who reacted to what between two moments; one who did so several times may be told as often."""
    first, stop = bisect_left(digest.at, begin), bisect_left(digest.at, end)
    rows: Sequence[int] = range(first, stop)
    posts, actors = digest.post[first:stop], digest.actor[first:stop]
    wanted = [account in (None, each) for each in digest.accounts]
    if digest.has_hidden or not all(wanted):
        rows = [row for row in rows if wanted[digest.account[row]] and not digest.flags[row] & HIDDEN]
        posts, actors = [digest.post[row] for row in rows], [digest.actor[row] for row in rows]
    people = list(map(digest.actors.__getitem__, actors))
    if own := digest.topics:
        for row, post, person in zip(rows, posts, people, strict=True):
            if topics := canonical_topics(own.get(row, ())):
                yield topics, [person]
            else:
                yield about[post] if post >= 0 else (), [person]
        return
    found: defaultdict[int, list[str]] = defaultdict(list)
    for post, person in zip(posts, people, strict=True):
        found[post].append(person)
    for post, those in found.items():
        yield about[post] if post >= 0 else (), those
