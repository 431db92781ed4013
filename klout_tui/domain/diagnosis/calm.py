"""What is usual before a run of days, bursts found so far apart: how much a day brings, and how much that varies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from klout_tui.domain.diagnosis.noise import Noise
from klout_tui.domain.diagnosis.series import Series
from klout_tui.domain.model import Value

BASELINE: Final = 56
"""Days before a run that tell the usual; at least half of them must be known."""

WEEK: Final = 7


class Usual(Value, frozen=True):
    """What is usual just before a day."""

    rate: float
    """Reactions on a day of weight 1."""
    seen: int
    """Days that tell it."""
    weight: float
    """How much they let expect, in ordinary days."""
    spread: float
    """Variance over mean of what a week and more brings."""
    spread_of_days: float
    """The same of less than a week: more, where several posts happen to fall on one day."""


class Calm:
    """Sums of the days outside the bursts found so far, each day weighing as much as it lets expect.

    Without ``pace`` each day weighs the same, and how much they vary is given. With it, days of which it is not known
    tell nothing, and how much they vary around it is measured on all days before a run.
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
        self._first = first
        self._noises = None if pace is not None else noises
        self._totals, self._seen, self._weighed, self._weights = [0], [0], [0.0], [0.0]
        known: list[tuple[int, float] | None] = []
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            weight = 1.0 if pace is None else pace.get(day, 0.0)
            told = weight > 0 and counts.knows(day) and day not in odd
            count = counts.counts.get(day, 0) if told else 0
            known.append((count, weight) if told else None)
            self._totals.append(self._totals[-1] + count)
            self._seen.append(self._seen[-1] + told)
            self._weighed.append(self._weighed[-1] + (weight if told else 0.0))
            self._weights.append(self._weights[-1] + weight)
        if pace is not None:
            self._by_day, self._by_week = _sums(known, 1), _sums(known, WEEK)

    def weight(self, first: date, length: int) -> float:
        """How much a run lets expect, in ordinary days."""
        place = (first - self._first).days
        return self._weights[place + length] - self._weights[place]

    def before(self, first: date) -> Usual:
        """What is usual before a run that begins on a day."""
        place = (first - self._first).days
        past = max(0, place - BASELINE)
        weighed = self._weighed[place] - self._weighed[past]
        rate = (self._totals[place] - self._totals[past]) / weighed if weighed else 0.0
        seen = self._seen[place] - self._seen[past]
        if self._noises is not None:
            weekly, daily = (noise.dispersion for noise in self._noises)
            return Usual(rate, seen, weighed, weekly, max(weekly, daily))
        spread = max(1.0, self._by_day[place].dispersion, self._by_week[place].dispersion)
        return Usual(rate, seen, weighed, spread, spread)


class _Sums(Value, frozen=True):
    """Sums over runs of days of one length."""

    runs: int = 0
    counts: float = 0.0
    weights: float = 0.0
    counts_squared: float = 0.0
    weights_squared: float = 0.0
    products: float = 0.0

    def and_one(self, count: int, weight: float) -> _Sums:
        """With one run more."""
        return _Sums(
            self.runs + 1,
            self.counts + count,
            self.weights + weight,
            self.counts_squared + count * count,
            self.weights_squared + weight * weight,
            self.products + count * weight,
        )

    @property
    def dispersion(self) -> float:
        """Variance over mean around what was to be expected; 1 where nothing is known."""
        if self.runs < 2 or not self.counts:
            return 1.0
        rate = self.counts / self.weights
        squares = self.counts_squared - 2 * rate * self.products + rate * rate * self.weights_squared
        return squares / self.counts * self.runs / (self.runs - 1)


def _sums(known: Sequence[tuple[int, float] | None], length: int) -> list[_Sums]:
    """Up to each day, the runs of ``length`` known days."""
    found = [_Sums()]
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
