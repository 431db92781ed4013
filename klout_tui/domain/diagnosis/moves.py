"""How what a post brings moved from one window to the other, on one network or in one topic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from klout_tui.domain.diagnosis.findings import Effect
from klout_tui.domain.diagnosis.ground import Ground, Pile, Row, grown, pile, within

APART: Final = 2.5
"""Standard errors by which one network must differ from the others to be told of by itself."""

RATHER: Final = 0.5
"""How much of its change the others may share at most."""


@dataclass(frozen=True)
class Move:
    """How what a post brings changed."""

    label: str
    before: Pile
    now: Pile
    ratio: float
    """Logarithm of how many times as much."""
    variance: float

    @property
    def posts(self) -> float:
        """Posts a window, on average."""
        return (self.before.posts + self.now.posts) / 2

    @property
    def post_count(self) -> int:
        """Posts in both windows."""
        return self.before.posts + self.now.posts

    def effect(self, ratio: float, error: float = 0.0) -> Effect:
        """Reactions that a change of the rate from ``ratio`` to its own makes, ``error`` that of both logarithms.

        A rise made no more than such posts bring now, whatever half a reaction more in the logarithm lets expect.
        """
        made = grown(self.posts * self.before.mean * math.exp(ratio), self.ratio - ratio, error)
        return within(made, self.posts * self.now.mean) if self.ratio > ratio else made


def move(ground: Ground, label: str, before: Pile, now: Pile) -> Move:
    """How what a post brings changed from the ones to the others; half a reaction is added, 0 has no logarithm."""
    one, other = ((each.acts + 0.5) / max(1, each.posts) for each in (before, now))
    return Move(label, before, now, math.log(other / one), ground.unsure(before) + ground.unsure(now))


def by_network(ground: Ground, without: str = "") -> list[Move]:
    """What a post brings on each network, where there were posts in both windows; ``without`` those on one topic.

    Adverts are held against adverts and repetitions against repetitions, so that more of them do not look like fewer
    people.
    """
    found = []
    for name in sorted({row.network for row in ground.rows}):
        before, now = (
            [row for row in side if row.network == name and without not in row.topics] for side in ground.calm
        )
        sorts = sorted({(row.promotes, row.repeats) for row in (*before, *now)})
        alike = [each for sort in sorts if (each := _alike(ground, sort, before, now)) is not None]
        if alike and any(row.acts for row in (*before, *now)):
            ratio, variance = together(alike)
            found.append(Move(name, pile(before), pile(now), ratio, variance))
    return found


def _alike(ground: Ground, sort: tuple[bool, bool], before: Iterable[Row], now: Iterable[Row]) -> Move | None:
    """How posts of one sort moved, where there were some in both windows."""
    was, is_ = (pile(row for row in rows if (row.promotes, row.repeats) == sort) for rows in (before, now))
    return move(ground, "", was, is_) if was.posts and is_.posts else None


def together(moves: Sequence[Move]) -> tuple[float, float]:
    """The common change of several, by how surely each is known, and its variance."""
    weights = [1 / each.variance for each in moves]
    total = sum(weights)
    return sum(weight * each.ratio for weight, each in zip(weights, moves, strict=True)) / total, 1 / total


def by_itself(ratio: float, common: float) -> bool:
    """Whether something moved while the rest did not, or much less, or less the other way."""
    opposite = common * ratio < 0 and abs(ratio) > abs(common)
    return opposite or abs(common) <= RATHER * abs(ratio)


def odd_one(moves: Sequence[Move]) -> Move | None:
    """The network that moved by itself, if one did."""
    best: tuple[float, Move] | None = None
    for each in moves:
        rest = [other for other in moves if other is not each]
        if not rest:
            return None
        common, variance = together(rest)
        apart = abs(each.ratio - common) / math.sqrt(each.variance + variance)
        size = abs(each.effect(common).reactions)
        if apart >= APART and by_itself(each.ratio, common) and (best is None or size > best[0]):
            best = size, each
    return best[1] if best else None
