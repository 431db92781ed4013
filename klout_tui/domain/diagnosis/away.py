"""Days she was away: no posts, so no reactions to judge."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
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

_LEAST: Final = -600.0
"""A logarithm of a chance so small that it would be no number any more."""

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


def holidays(posted: Collection[date], span: Window, unknown: Collection[date] = ()) -> tuple[Away, ...]:
    """Runs of days without a post, too long for chance at the rate of the four weeks at either side.

    Args:
        posted: The local days of every original, once for each, those just outside ``span`` included.
        span: The days looked at; a run that has not ended with it counts, one that began before it too.
        unknown: Days of which nobody knows whether she posted: no run holds one.
    """
    if not posted:
        return ()
    ordered = sorted(posted)
    found = []
    for run in _runs(ordered, span.last, unknown):
        if not LEAST <= run.length <= LONGEST or run.last < span.first:
            continue
        chance = _chance(run, _around(ordered, run, span.last, unknown))
        if chance < CHANCE:
            found.append(Away(first=run.first, last=run.last, chance=chance))
    return tuple(found)


def _runs(posted: Iterable[date], last: date, unknown: Collection[date]) -> Iterator[Away]:
    """Every run of days without a post since the first one, up to the day ``last``."""
    edges = [*dict.fromkeys(sorted((*posted, *(day for day in unknown if day <= last)))), last + timedelta(days=1)]
    for earlier, later in pairwise(edges):
        yield Away(first=earlier + timedelta(days=1), last=later - timedelta(days=1))


def days_of(away: Iterable[Away]) -> frozenset[date]:
    """Each day of some runs, and those just after them."""
    return frozenset(run.first + timedelta(days=offset) for run in away for offset in range(run.length + TAIL))


def offsets(away: Iterable[Away], before: Window, now: Window) -> frozenset[int]:
    """Days of two windows (counted from 0) on which she was away in either, and just back."""
    gone = days_of(away)
    pairs = enumerate(zip(before.days, now.days, strict=True))
    return frozenset(offset for offset, (then, day) in pairs if then in gone or day in gone)


def _around(posted: list[date], run: Away, end: date, unknown: Collection[date]) -> list[tuple[int, int]]:
    """Posts, and in how many days, in the four weeks to each side of a run, as far as they are over and known."""
    four = timedelta(days=LONGEST)
    sides = (run.first - four, run.first), (run.last, min(run.last + four, end))
    found = []
    for first, last in sides:
        known = (last - first).days - sum(first <= day <= last for day in unknown)
        if known >= LEAST:
            found.append((sum(first <= day <= last for day in posted), known))
    return found


def _chance(run: Away, around: list[tuple[int, int]]) -> float:
    """How likely a run as long is within four weeks at the lower of both rates.

    Where only one side is known, how many posts it has is chance too: the rate is then a gamma variate, not a number.
    """
    if not around:
        return 1.0
    posts, days = min(around, key=lambda side: side[0] / side[1])
    log = -posts / days * run.length if len(around) > 1 else -posts * math.log1p(run.length / days)
    return min(1.0, LONGEST * math.exp(max(log, _LEAST)))
