"""Why the number changed, as arithmetic: three tables, each of which adds up to the change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from enum import StrEnum

from klout_tui.domain.diagnosis.coverage import Why
from klout_tui.domain.diagnosis.gather import UNKNOWN, Book, Side
from klout_tui.domain.diagnosis.lmdi import Cell, Shares, split
from klout_tui.domain.digest import About
from klout_tui.domain.model import Value

UNTAGGED = ""
"""Stands for posts without a topic."""


class By(StrEnum):
    """What the parts are."""

    NETWORK = "network"
    TOPIC = "topic"
    KIND = "kind"


class Part(Value, frozen=True):
    """One network, topic or kind of post: what it was made of, and what each factor did to the change."""

    label: str
    """Empty for posts without a topic."""
    before: Cell
    now: Cell
    shares: Shares


class Aside(Value, frozen=True):
    """Reactions no factor applies to, counted in both windows."""

    what: str
    """``unnamed`` (known by number only), ``no post`` (follows, mentions), or ``measurement``."""
    network: str
    why: Why | None
    """For measurement, the reason."""
    before: int
    now: int

    @property
    def change(self) -> int:
        """What it adds to the change."""
        return self.now - self.before


class Splits(Value, frozen=True):
    """A change and its parts: each table's shares and the asides add up to it."""

    before: int
    now: int
    tables: dict[By, tuple[Part, ...]]
    asides: tuple[Aside, ...]

    @property
    def change(self) -> int:
        """By how much there were more, or fewer."""
        return self.now - self.before

    @property
    def measurement(self) -> int:
        """How much of the change is one of measurement."""
        return sum(each.change for each in self.asides if each.what == "measurement")

    def shares(self, by: By = By.NETWORK) -> Shares:
        """What each factor did in all, by one of the tables."""
        return sum((part.shares for part in self.tables[by]), Shares())


def splits(book: Book, topics_of: Callable[[About], tuple[str, ...]]) -> Splits:
    """The change from one window to the other, split three ways.

    Args:
        book: What happened in both.
        topics_of: Tells what a post is about.
    """
    return Splits(
        before=book.before.total,
        now=book.now.total,
        tables={by: tuple(_table(book, labels)) for by, labels in _labels(book, topics_of).items()},
        asides=tuple(_asides(book)),
    )


Labels = Callable[[str], tuple[str, ...]]
"""The parts a post belongs to, in equal shares."""


def _labels(book: Book, topics_of: Callable[[About], tuple[str, ...]]) -> dict[By, Labels]:
    def topics(post: str) -> tuple[str, ...]:
        about = book.about.get(post)
        return (topics_of(about) if about else ()) or (UNTAGGED,)

    def kind(post: str) -> tuple[str, ...]:
        about = book.about.get(post)
        return (about.kind.value if about and about.kind else UNKNOWN,)

    return {By.NETWORK: lambda post: (book.network(post),), By.TOPIC: topics, By.KIND: kind}


def _table(book: Book, labels: Labels) -> list[Part]:
    before, now = _cells(book.before, labels), _cells(book.now, labels)
    parts = [
        Part(label=label, before=was, now=is_, shares=split(was, is_))
        for label in sorted(before.keys() | now.keys())
        if (was := before.get(label, Cell())) != (is_ := now.get(label, Cell())) or was.acts or was.posts
    ]
    return sorted(parts, key=lambda part: (-abs(part.shares.change), part.label))


def _cells(side: Side, labels: Labels) -> dict[str, Cell]:
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for post in side.posts:
        named = labels(post)
        for label in named:
            sums[label][0] += 1 / len(named)
    for post, acts in side.acts.items():
        named = labels(post)
        for label in named:
            sums[label][1] += len(acts) / len(named)
            sums[label][2] += acts.total() / len(named)
    return {label: Cell(posts=posts, people=people, acts=acts) for label, (posts, people, acts) in sums.items()}


def _asides(book: Book) -> Iterator[Aside]:
    unnamed: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, side in enumerate((book.before, book.now)):
        for post, count in side.unnamed.items():
            unnamed[book.network(post)][place] += count
    for network in sorted(unnamed):
        before, now = unnamed[network]
        yield Aside(what="unnamed", network=network, why=None, before=before, now=now)
    for network in sorted(book.before.loose.keys() | book.now.loose.keys()):
        yield Aside(
            what="no post",
            network=network,
            why=None,
            before=book.before.loose[network],
            now=book.now.loose[network],
        )
    for network, why in sorted(book.before.aside.keys() | book.now.aside.keys()):
        yield Aside(
            what="measurement",
            network=network,
            why=why,
            before=book.before.aside[network, why],
            now=book.now.aside[network, why],
        )
