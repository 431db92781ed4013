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
from klout_tui.domain.diagnosis.tail import at_least
from klout_tui.domain.model import Value

LONGEST: Final = 21
"""Days a burst may last at most."""

CHANCE: Final = 1e-5
"""How seldom chance alone may bring so much, for a reason to be looked for in it."""

STRICT: Final = 1e-6
"""The same, for her to be asked what happened; so small since every day and every length is looked at, all year."""

STRICTER: Final = 1e-7
"""The same where fewer than ``ENOUGH`` reactions tell the usual, so that it is rather a guess itself."""

ENOUGH: Final = 100
"""Reactions in the weeks before that tell the usual well."""

GIVEN: Final = 1e-4
"""How seldom chance may bring so much given what she posted: what her posts explain she need not be asked about."""

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
        return at_least(self.reactions, max(self.usual, 0.5), self.spread)

    @property
    def days(self) -> tuple[date, ...]:
        """Each of its days."""
        return tuple(self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1))

    @property
    def times(self) -> float:
        """How many times the usual."""
        return self.reactions / self.usual if self.usual else math.inf

    def holds(self, days: Iterable[date]) -> bool:
        """Whether one of some days is one of its own, or so soon after that it belongs to it."""
        return any(self.first <= day <= self.last + timedelta(days=APART) for day in days)

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
        _scanned(counts, noises, days, away, posts=pace), _scanned(counts, noises, days, away, pace, posts=pace)
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
    posts: Mapping[date, float] | None = None,
) -> tuple[Burst, ...]:
    found: list[Burst] = []
    first = days[0] - timedelta(days=LONGEST + BASELINE)

    def calmed() -> tuple[Calm, Calm]:
        odd = {*away, *(day for burst in found for day in burst.days)}
        calm = Calm(counts, first, days[-1], odd, noises, pace)
        return calm, calm if posts is pace else Calm(counts, first, days[-1], odd, noises, posts)

    calm, given = calmed()
    for day in days:
        best = _ending(counts, day, calm, given)
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
        calm, given = calmed()
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


def _ending(counts: Series, day: date, calm: Calm, given: Calm) -> Burst | None:
    """The most striking run that ends on a day, if any is striking enough; told if ``given`` does not explain it."""
    if not counts.counts.get(day, 0):
        return None
    times, above = LEAST
    best: tuple[float, Burst] | None = None
    total = 0
    for length in range(1, LONGEST + 1):
        first = day - timedelta(days=length - 1)
        total += counts.counts.get(first, 0)
        usual = calm.usual(first, length, total, times) if total >= above else None
        if usual is None or total < max(times * usual.mean, usual.mean + above):
            continue
        gain = (total * math.log(total / usual.mean) - (total - usual.mean)) / usual.spread
        if best is not None and gain <= best[0]:
            continue
        chance, strict = usual.chance(total), STRICT if usual.known >= ENOUGH else STRICTER
        if chance < (CHANCE if length >= SHORTEST else strict):
            otherwise = given.usual(first, length)
            unexplained = otherwise is None or otherwise.chance(total) < GIVEN
            told = day if chance < strict and unexplained else None
            best = gain, Burst(first, day, total, usual.plain, usual.spread, told)
    return best[1] if best else None
