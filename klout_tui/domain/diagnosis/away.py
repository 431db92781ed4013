"""Days she was away: no posts, so no reactions to judge."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from klout_tui.domain.diagnosis.spans import Window
from klout_tui.domain.model import Value

LEAST: Final = 7
"""Days without a post that can be a holiday."""

LONGEST: Final = 28
"""Days beyond which it is one no more: she stopped."""

CHANCE: Final = 0.05
"""How likely a run without posts may be by chance, at the rate she posts at otherwise."""

SURE: Final = 0.01
"""The same for it to be a reason of its own, and not just how often she happened to post."""

TAIL: Final = 1
"""Days after the first post again that still bring little."""


class Away(Value, frozen=True):
    """A run of days without a post."""

    first: date
    last: date
    chance: float = 0.0
    """How likely a run as long is within four weeks at the rate she otherwise posts at."""

    @property
    def length(self) -> int:
        """Days it lasted."""
        return (self.last - self.first).days + 1

    @property
    def days(self) -> tuple[date, ...]:
        """Each of them."""
        return tuple(self.first + timedelta(days=offset) for offset in range(self.length))


def holidays(posted: Collection[date], span: Window) -> tuple[Away, ...]:
    """Runs of days without a post, too long for chance at the rate of the four weeks at either side.

    Args:
        posted: The local days of every original, once for each, those just outside ``span`` included.
        span: The days looked at; a run that has not ended with it counts, one that began before it too.
    """
    if not posted:
        return ()
    ordered = sorted(posted)
    found = []
    edges = [*dict.fromkeys(ordered), span.last + timedelta(days=1)]
    for earlier, later in pairwise(edges):
        run = Away(first=earlier + timedelta(days=1), last=later - timedelta(days=1))
        if not LEAST <= run.length <= LONGEST or run.last < span.first:
            continue
        around = [
            rate
            for side in (_rate(ordered, run.first, -1), _rate(ordered, run.last, 1, span.last))
            if (rate := side) is not None
        ]
        chance = LONGEST * math.exp(-min(around) * run.length) if around else 1.0
        if chance < CHANCE:
            found.append(Away(first=run.first, last=run.last, chance=chance))
    return tuple(found)


def days_of(away: Iterable[Away]) -> frozenset[date]:
    """Each day of some runs, and those just after them."""
    return frozenset(run.first + timedelta(days=offset) for run in away for offset in range(run.length + TAIL))


def offsets(away: Iterable[Away], before: Window, now: Window) -> frozenset[int]:
    """Days of two windows (counted from 0) on which she was away in either, and just back."""
    gone = days_of(away)
    pairs = enumerate(zip(before.days, now.days, strict=True))
    return frozenset(offset for offset, (then, day) in pairs if then in gone or day in gone)


def _rate(posted: list[date], edge: date, towards: int, end: date = date.max) -> float | None:
    """Posts a day in the four weeks to one side of a run; None where too few of them are over."""
    first, last = (edge - timedelta(days=28), edge) if towards < 0 else (edge, min(edge + timedelta(days=28), end))
    if (last - first).days < LEAST:
        return None
    return sum(first <= day <= last for day in posted) / (last - first).days
