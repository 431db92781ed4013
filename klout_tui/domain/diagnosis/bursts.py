"""Days on which far more came than usual: found once, whether or not a note says why.

Every run of up to three weeks is held against the eight weeks before it. What is usual for so many days is taken as
negative binomial with the measured dispersion, since reactions come in bursts anyway (gamma-mixed Poisson counts); a
run is a burst where chance alone would hardly ever bring so much, and it is at least twice the usual.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from klout_tui.domain.diagnosis.noise import Noise
from klout_tui.domain.diagnosis.series import Series
from klout_tui.domain.model import Value

LONGEST: Final = 21
"""Days a burst may last at most."""

BASELINE: Final = 56
"""Days before it that tell the usual; at least half of them must be known."""

CHANCE: Final = 1e-5
"""How seldom chance alone may bring so much, for a reason to be looked for in it."""

STRICT: Final = 1e-7
"""The same, for her to be asked what happened; so small since every day and every length is looked at, all year."""

LEAST: Final = (2.0, 10.0)
"""How many times the usual it must be, and how many reactions above it."""

SHORTEST: Final = 3
"""Days a burst has at least, unless it passes ``STRICT``."""

APART: Final = 3
"""Days of rest within one burst."""


class Burst(Value, frozen=True):
    """A run of days far above the usual."""

    first: date
    last: date
    reactions: int
    usual: float
    """What so many days bring otherwise."""
    spread: float = 1.0
    """Variance over mean of what so many days bring."""
    told: date | None = None
    """The first day at whose end it passed ``STRICT``; the same while the burst goes on. None where it did not."""

    @property
    def days(self) -> tuple[date, ...]:
        """Each of its days."""
        return tuple(self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1))

    @property
    def times(self) -> float:
        """How many times the usual."""
        return self.reactions / self.usual if self.usual else math.inf

    def excess(self, counts: Series, days: Iterable[date]) -> float:
        """Reactions above the usual on those of ``days`` that it holds."""
        a_day = self.usual / len(self.days)
        return sum(counts.counts.get(day, 0) - a_day for day in days if self.first <= day <= self.last)


def bursts(
    counts: Series, weekly: Noise, daily: Noise, days: Sequence[date], away: Collection[date] = ()
) -> tuple[Burst, ...]:
    """The bursts that could be told on one of ``days`` (in order), the oldest first.

    Args:
        counts: Reactions a day.
        weekly: How much whole weeks vary.
        daily: How much single days vary; more, where several posts happen to fall on one.
        days: Days in a row on whose evenings one looks.
        away: Days that tell nothing of the usual, since she was away.
    """
    found: list[Burst] = []
    calm = _Calm(counts, days, found, away)
    for day in days:
        best = _ending(counts, (weekly, daily), day, calm)
        if best is None:
            continue
        if found and best.first <= found[-1].last + timedelta(days=APART):
            last = found[-1]
            first = min(last.first, best.first)
            length = (day - first).days + 1
            found[-1] = Burst(
                first=first,
                last=day,
                reactions=counts.sum(first + timedelta(days=offset) for offset in range(length)),
                usual=last.usual / len(last.days) * length,
                spread=max(last.spread, best.spread),
                told=last.told or best.told,
            )
        else:
            found.append(best)
        calm = _Calm(counts, days, found, away)
    trimmed = (_trimmed(burst, counts) for burst in found)
    return tuple(burst for burst in trimmed if len(burst.days) <= LONGEST)  # what lasts longer is no burst but a change


def _trimmed(burst: Burst, counts: Series) -> Burst:
    """The part of it that stands out most: what came before and after drags along while one looks every day."""
    days = burst.days
    a_day = max(burst.usual / len(days), 0.1)
    best = -1.0
    kept = burst
    for start in range(len(days)):
        total = 0
        for end in range(start, len(days)):
            total += counts.counts.get(days[end], 0)
            usual = a_day * (end - start + 1)
            if total <= usual:
                continue
            gain = total * math.log(total / usual) - (total - usual)
            if gain > best:
                best = gain
                kept = msgspec.structs.replace(
                    burst,
                    first=days[start],
                    last=days[end],
                    reactions=total,
                    usual=burst.usual / len(days) * (end - start + 1),
                )
    return kept


class _Calm:
    """Sums of the days outside the bursts found so far."""

    def __init__(self, counts: Series, days: Sequence[date], found: Sequence[Burst], away: Collection[date]) -> None:
        self._first = (days[0] if days else counts.first) - timedelta(days=LONGEST + BASELINE)
        odd = {*away, *(day for burst in found for day in burst.days)}
        total = seen = 0
        self._sums = [(0, 0)]
        for offset in range((days[-1] - self._first).days + 1 if days else 0):
            day = self._first + timedelta(days=offset)
            if counts.knows(day) and day not in odd:
                total += counts.counts.get(day, 0)
                seen += 1
            self._sums.append((total, seen))

    def before(self, first: date) -> tuple[float, int]:
        """Reactions a day in the weeks before a day, and from how many days that is."""
        place = (first - self._first).days
        (total, seen), (less, fewer) = self._sums[place], self._sums[max(0, place - BASELINE)]
        return ((total - less) / (seen - fewer) if seen > fewer else 0.0), seen - fewer


def _ending(counts: Series, noises: tuple[Noise, Noise], day: date, calm: _Calm) -> Burst | None:
    """The most striking run that ends on a day, if any is striking enough."""
    if not counts.counts.get(day, 0):
        return None
    times, above = LEAST
    best: tuple[float, Burst] | None = None
    total = 0
    for length in range(1, LONGEST + 1):
        first = day - timedelta(days=length - 1)
        total += counts.counts.get(first, 0)
        if total < above:
            continue
        usual, seen = calm.before(first)
        expected = max(usual * length, 0.5)
        if seen < BASELINE / 2 or total < max(times * expected, expected + above):
            continue
        weekly, daily = (noise.dispersion for noise in noises)
        spread = (max(weekly, daily) if length < 7 else weekly) * (1 + length / seen)
        gain = (total * math.log(total / expected) - (total - expected)) / spread
        if best is not None and gain <= best[0]:
            continue
        chance = _at_least(total, expected, spread)
        if chance < (CHANCE if length >= SHORTEST else STRICT):
            told = day if chance < STRICT else None
            best = gain, Burst(first=first, last=day, reactions=total, usual=usual * length, spread=spread, told=told)
    return best[1] if best else None


def _at_least(count: int, mean: float, spread: float) -> float:
    """The chance of ``count`` or more, negative binomial with variance ``spread`` times the mean; Poisson at 1."""
    # Each term follows from the one before by the factor (k × more + first) / (k + 1).
    if spread <= 1 + 1e-9:
        first, more = mean, 0.0
        term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    else:
        size, more = mean / (spread - 1), 1 - 1 / spread
        first = size * more
        log = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
        term = math.exp(log - size * math.log(spread) + count * math.log(more))
    total, k = 0.0, count
    while term > total * 1e-6 and k < count + 100_000:
        total += term
        term *= (k * more + first) / (k + 1)
        k += 1
    return min(1.0, total)
