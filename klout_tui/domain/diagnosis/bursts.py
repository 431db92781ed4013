"""Days on which far more came than usual: found once, whether or not a note says why.

Every run of up to three weeks is held against the eight weeks before it. What is usual for so many days is taken as
negative binomial with the measured dispersion, since reactions come in bursts anyway (gamma-mixed Poisson counts); a
run is a burst where chance alone would hardly ever bring so much, and it is at least twice the usual.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from klout_tui.domain.diagnosis.calm import BASELINE, Calm
from klout_tui.domain.diagnosis.noise import Noise
from klout_tui.domain.diagnosis.series import Series
from klout_tui.domain.model import Value

LONGEST: Final = 21
"""Days a burst may last at most."""

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
    paced: bool = False
    """Whether ``usual`` is what so many posts bring, and not so many days."""

    @property
    def chance(self) -> float:
        """How seldom chance alone brings so much on just these days."""
        return _at_least(self.reactions, max(self.usual, 0.5), self.spread)

    @property
    def days(self) -> tuple[date, ...]:
        """Each of its days."""
        return tuple(self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1))

    @property
    def times(self) -> float:
        """How many times the usual."""
        return self.reactions / self.usual if self.usual else math.inf

    def overlaps(self, other: Burst) -> bool:
        """Whether both have a day in common."""
        return self.first <= other.last and other.first <= self.last

    def excess(self, counts: Series, days: Iterable[date]) -> float:
        """Reactions above the usual on those of ``days`` that it holds."""
        inside = [day for day in days if self.first <= day <= self.last]
        return counts.sum(inside) * (1 - self.usual / self.reactions) if self.reactions else 0.0


def bursts(
    counts: Series,
    weekly: Noise,
    daily: Noise,
    days: Sequence[date],
    away: Collection[date] = (),
    pace: Mapping[date, float] | None = None,
) -> tuple[Burst, ...]:
    """The bursts that could be told on one of ``days`` (in order), the oldest first.

    Args:
        counts: Reactions a day.
        weekly: How much whole weeks vary.
        daily: How much single days vary; more, where several posts happen to fall on one.
        days: Days in a row on whose evenings one looks.
        away: Days that tell nothing of the usual, since she was away.
        pace: What her posts let expect of each day. Bursts are then also those that her posts do not explain.
    """
    if not days:
        return ()
    noises = weekly, daily
    if not pace:
        return _scanned(counts, noises, days, away)
    return _merged(
        _scanned(counts, noises, days, away, told_by=pace), _scanned(counts, noises, days, away, pace, told_by=pace)
    )


def _merged(plain: Sequence[Burst], beyond: Sequence[Burst]) -> tuple[Burst, ...]:
    """Both; of those that overlap, those that chance explains least, told since the first day any of them was."""
    kept: list[Burst] = []
    for burst in sorted((*plain, *beyond), key=lambda each: (each.chance, each.first)):
        same = next((place for place, each in enumerate(kept) if each.overlaps(burst)), None)
        if same is None:
            kept.append(burst)
        elif burst.told is not None:
            told = min(burst.told, kept[same].told or burst.told)
            kept[same] = msgspec.structs.replace(kept[same], told=told)
    return tuple(sorted(kept, key=lambda burst: burst.first))


def _scanned(
    counts: Series,
    noises: tuple[Noise, Noise],
    days: Sequence[date],
    away: Collection[date],
    pace: Mapping[date, float] | None = None,
    told_by: Mapping[date, float] | None = None,
) -> tuple[Burst, ...]:
    found: list[Burst] = []
    first = days[0] - timedelta(days=LONGEST + BASELINE)

    def calmed() -> tuple[Calm, Calm]:
        odd = {*away, *(day for burst in found for day in burst.days)}
        calm, strict = (Calm(counts, first, days[-1], odd, noises, each) for each in (pace, told_by))
        return calm, strict

    calm, strict = calmed()
    for day in days:
        best = _ending(counts, day, calm, strict)
        if best is None:
            continue
        if found and best.first <= found[-1].last + timedelta(days=APART):
            last = found[-1]
            first_day = min(last.first, best.first)
            length = (day - first_day).days + 1
            found[-1] = Burst(
                first=first_day,
                last=day,
                reactions=counts.sum(first_day + timedelta(days=offset) for offset in range(length)),
                usual=last.usual / calm.weight(last.first, len(last.days)) * calm.weight(first_day, length),
                spread=max(last.spread, best.spread),
                told=last.told or best.told,
            )
        else:
            found.append(best)
        calm, strict = calmed()
    trimmed = (_trimmed(burst, counts, calm) for burst in found)
    kept = (burst for burst in trimmed if len(burst.days) <= LONGEST)  # what lasts longer is no burst but a change
    return tuple(msgspec.structs.replace(burst, paced=pace is not None) for burst in kept)


def _trimmed(burst: Burst, counts: Series, calm: Calm) -> Burst:
    """The part of it that stands out most: what came before and after drags along while one looks every day."""
    days = burst.days
    rate = burst.usual / calm.weight(burst.first, len(days))
    best = -1.0
    kept = burst
    for start in range(len(days)):
        total = 0
        for end in range(start, len(days)):
            total += counts.counts.get(days[end], 0)
            usual = rate * calm.weight(days[start], end - start + 1)
            at_least = max(usual, 0.1 * (end - start + 1))
            if total <= at_least:
                continue
            gain = total * math.log(total / at_least) - (total - at_least)
            if gain > best:
                best = gain
                kept = msgspec.structs.replace(burst, first=days[start], last=days[end], reactions=total, usual=usual)
    return kept


def _ending(counts: Series, day: date, calm: Calm, strict: Calm) -> Burst | None:
    """The most striking run that ends on a day, if any is striking enough; told if it is by ``strict`` too."""
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
        usual, weight = calm.before(first), calm.weight(first, length)
        expected = max(usual.rate * weight, 0.5)
        if usual.seen < BASELINE / 2 or not weight or total < max(times * expected, expected + above):
            continue
        spread = (usual.spread_of_days if length < 7 else usual.spread) * (1 + weight / usual.weight)
        gain = (total * math.log(total / expected) - (total - expected)) / spread
        if best is not None and gain <= best[0]:
            continue
        chance = _at_least(total, expected, spread)
        if chance < (CHANCE if length >= SHORTEST else STRICT):
            told = day if max(chance, _chance(total, first, length, strict)) < STRICT else None
            best = (
                gain,
                Burst(first=first, last=day, reactions=total, usual=usual.rate * weight, spread=spread, told=told),
            )
    return best[1] if best else None


def _chance(total: int, first: date, length: int, calm: Calm) -> float:
    """The chance that a run of days brings so much; 0 where nothing is known that could explain it."""
    usual, weight = calm.before(first), calm.weight(first, length)
    if usual.seen < BASELINE / 2 or not weight:
        return 0.0
    spread = (usual.spread_of_days if length < 7 else usual.spread) * (1 + weight / usual.weight)
    return _at_least(total, max(usual.rate * weight, 0.5), spread)


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
