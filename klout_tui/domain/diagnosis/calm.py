"""What is usual before a run of days, bursts found so far apart: how much a day brings, and how much that varies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from klout_tui.domain.diagnosis.noise import BURSTY, WELL, Noise
from klout_tui.domain.diagnosis.series import STRETCH, Series
from klout_tui.domain.diagnosis.spans import REFERENCE
from klout_tui.domain.diagnosis.tail import at_least
from klout_tui.domain.model import Value

BASELINE: Final = 56
"""Days before a run that tell the usual; at least half of them must be known."""

WEEK: Final = 7

NONE: Final = 0.5
"""Reactions that are the least to be expected of a run, whatever is usual."""


class Usual(Value, frozen=True):
    """What is usual for some days."""

    plain: float
    """Reactions they bring otherwise."""
    spread: float
    """Variance over mean of that."""
    known: int
    """Reactions that tell it; none as long as little is known of how much they vary."""

    @property
    def mean(self) -> float:
        """The same, and never nothing."""
        return max(self.plain, NONE)

    def chance(self, total: int) -> float:
        """How seldom chance alone brings so much."""
        return at_least(total, self.mean, self.spread)


class Calm:
    """Sums of the days outside the bursts found so far, each day weighing as much as it lets expect.

    Without ``pace`` each day weighs the same, and how much they vary is given. With it, days of which it is not known
    tell nothing, and how much they vary around it is measured on the half year before a run.
    """

    def __init__(
        self,
        counts: Series,
        first: date,
        last: date,
        odd: Collection[date],
        noises: tuple[Noise, Noise],
        pace: Mapping[date, float] | None = None,
    ) -> None:
        self._first = first if not pace else min(first, *pace)
        self._noises = noises if pace is None else None
        self._totals, self._seen, self._weighed, self._weights = [0], [0], [0.0], [0.0]
        known: list[tuple[int, float] | None] = []
        for offset in range((last - self._first).days + 1):
            day = self._first + timedelta(days=offset)
            weight = 1.0 if pace is None else pace.get(day, 0.0)
            told = weight > 0 and counts.knows(day) and day not in odd
            count = counts.counts.get(day, 0) if told else 0
            known.append((count, weight) if told else None)
            self._totals.append(self._totals[-1] + count)
            self._seen.append(self._seen[-1] + told)
            self._weighed.append(self._weighed[-1] + (weight if told else 0.0))
            self._weights.append(self._weights[-1] + weight)
        if pace is not None:
            self._sums = sums(known, 1), sums(known, WEEK)

    def weight(self, first: date, length: int) -> float:
        """How much a run lets expect, in ordinary days."""
        place = (first - self._first).days
        return self._weights[place + length] - self._weights[place]

    def usual(self, first: date, length: int, total: int | None = None, times: float = 0.0) -> Usual | None:
        """What is usual for a run, by the weeks before it; None where too little is known.

        With ``total``, also None where that is not ``times`` as much: most runs are not, and the rest costs more.
        """
        place = (first - self._first).days
        past = max(0, place - BASELINE)
        weight = self._weights[place + length] - self._weights[place]
        if self._seen[place] - self._seen[past] < BASELINE / 2 or not weight:
            return None
        weighed = self._weighed[place] - self._weighed[past]
        known = self._totals[place] - self._totals[past]
        plain = known / weighed * weight
        if total is not None and total < times * plain:
            return None
        sure = self._noises is None or not any(noise.borrowed for noise in self._noises)
        return Usual(plain, self._spread(place, length) * (1 + weight / weighed), known if sure else 0)

    def _spread(self, place: int, length: int) -> float:
        if self._noises is None:
            return max(1.0, *(dispersion(each, place) for each in self._sums))
        weekly, daily = self._noises
        if length < WEEK or weekly.freedom < WELL:  # on one day several posts may fall; few weeks may be calm by chance
            return max(weekly.cautious, daily.cautious)
        return weekly.cautious


class Sums(Value, frozen=True):
    """Sums over runs of days of one length."""

    runs: int = 0
    counts: float = 0.0
    weights: float = 0.0
    counts_squared: float = 0.0
    weights_squared: float = 0.0
    products: float = 0.0

    def and_one(self, count: int, weight: float) -> Sums:
        """With one run more."""
        return Sums(
            self.runs + 1,
            self.counts + count,
            self.weights + weight,
            self.counts_squared + count * count,
            self.weights_squared + weight * weight,
            self.products + count * weight,
        )

    def __sub__(self, other: Sums) -> Sums:
        return Sums(
            self.runs - other.runs,
            self.counts - other.counts,
            self.weights - other.weights,
            self.counts_squared - other.counts_squared,
            self.weights_squared - other.weights_squared,
            self.products - other.products,
        )

    @property
    def squares(self) -> float:
        """Squared deviations from what was to be expected, by the rate of just these runs."""
        rate = self.counts / self.weights if self.weights else 0.0
        return self.counts_squared - 2 * rate * self.products + rate * rate * self.weights_squared


def sums(known: Sequence[tuple[int, float] | None], length: int) -> list[Sums]:
    """Up to each day, the runs of ``length`` known days."""
    found = [Sums()]
    count, weight, days = 0, 0.0, 0
    for each in known:
        latest = found[-1]
        if each is not None:
            count, weight, days = count + each[0], weight + each[1], days + 1
            if days == length:
                latest = latest.and_one(count, weight)
                count, weight, days = 0, 0.0, 0
        found.append(latest)
    return found


def dispersion(found: Sequence[Sums], place: int) -> float:
    """Variance over mean around what was to be expected, in stretches before a day, each with a rate of its own.

    Where nobody ever came it is as much as it may well be.
    """
    squares = counts = 0.0
    runs = freedom = 0
    for back in range(0, WEEK * REFERENCE, WEEK * STRETCH):
        stretch = found[max(0, place - back)] - found[max(0, place - back - WEEK * STRETCH)]
        if stretch.runs > 1 and stretch.counts:
            squares, counts = squares + stretch.squares, counts + stretch.counts
            runs, freedom = runs + stretch.runs, freedom + stretch.runs - 1
    return squares / counts * runs / freedom if freedom else BURSTY
