"""What her posts let expect of each day, so that a day with more posts is not taken for a day on which more came.

How many posts there were is known, not estimated: it must not count as chance. A post is expected to bring what one on
its network brings, over the days after it as reactions fade otherwise; what comes to no recent post is spread evenly.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis.gather import Book, Side
from klout_tui.domain.digest import moment
from klout_tui.domain.model import ORIGINALS, Post, network_of

FADES: Final = 14
"""Days after which what a post still brings is no more than what comes anyway."""

RIPENED: Final = 7
"""Days a post must have had to tell how reactions fade."""

FEW: Final = (0.75, 0.15, 0.06, 0.04)
"""How they fade where nothing is known; it counts for ``DOUBT`` posts."""

DOUBT: Final = 3
"""Posts whose worth the common measure has against what is known of one network, and of fading."""

LEAST: Final = 0.05
"""The least that is expected of a day, where an ordinary day is 1."""


def pace(
    book: Book, posts: Sequence[Post], accounts: Collection[str], known: date, last: date, days: Days
) -> Mapping[date, float]:
    """How much each day lets expect, by what was published: 1 on average.

    Args:
        book: Two windows, which tell how reactions fade and what a post brings on each network.
        posts: Everything published from ``known`` on.
        accounts: Those whose reactions are looked at.
        known: The first local day from which on all posts are known.
        last: The last day.
        days: Tells local days.

    Returns:
        The days of which it is known, from ``FADES`` days after ``known`` on; none where no post tells anything.
    """
    fades, worth, share = _fades(book, days), _worth(book), _share(book, days)
    expected: defaultdict[date, float] = defaultdict(float)
    for post in posts:
        if post.kind in ORIGINALS and post.account in accounts:
            begun, brings = days.of(post.at), worth.get(network_of(post.account), worth[""])
            for age, part in enumerate(fades):
                expected[begun + timedelta(days=age)] += brings * part
    first = known + timedelta(days=FADES)
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    mean = sum(expected.get(day, 0.0) for day in span) / len(span) if span else 0.0
    if not mean or not share:
        return {}
    return {day: max(LEAST, share * expected.get(day, 0.0) / mean + 1 - share) for day in span}


def _ages(side: Side, book: Book, days: Days) -> list[tuple[str, int, int]]:
    """Reactions to originals not older than ``FADES`` days: which, how old, how many."""
    begun: dict[str, date] = {}
    found = []
    for (name, day), count in side.days.items():
        about = book.about[name]
        if about.account and about.is_original:
            if name not in begun:
                begun[name] = days.of(moment(about.at))
            age = (day - begun[name]).days
            if 0 <= age < FADES:
                found.append((name, age, count))
    return found


def _fades(book: Book, days: Days) -> list[float]:
    """The share of a post's reactions on its day and those after, each post counting as much as another."""
    shares: defaultdict[str, Counter[int]] = defaultdict(Counter)
    ripe = book.now.window.last - timedelta(days=RIPENED)
    own = {
        name
        for side in (book.before, book.now)
        for name, about in side.posts.items()
        if days.of(moment(about.at)) <= ripe
    }
    for name, age, count in chain(_ages(book.before, book, days), _ages(book.now, book, days)):
        if name in own:
            shares[name][age] += count
    sums = [DOUBT * part for part in FEW] + [0.0] * (FADES - len(FEW))
    for each in shares.values():
        for age, count in each.items():
            sums[age] += count / each.total()
    return [part / sum(sums) for part in sums]


def _worth(book: Book) -> dict[str, float]:
    """What a post brings on each network; under the empty name, on any other."""
    posts: Counter[str] = Counter()
    acts: Counter[str] = Counter()
    for side in (book.before, book.now):
        for name, about in side.posts.items():
            network = network_of(about.account)
            posts[network] += 1
            acts[network] += side.reactions(name)
    mean = acts.total() / posts.total() if posts else 1.0
    found = {network: (acts[network] + DOUBT * mean) / (count + DOUBT) for network, count in posts.items()}
    return {**found, "": mean}


def _share(book: Book, days: Days) -> float:
    """The share of all reactions that come to posts of hers not older than ``FADES`` days."""
    total = book.before.compared + book.now.compared
    fresh = sum(count for side in (book.before, book.now) for _, _, count in _ages(side, book, days))
    return fresh / total if total else 0.0
