"""How many times her usual some posts bring, drawn to 1 where they are few.

People per post are counts that vary more than chance at one rate would make them (gamma-mixed Poisson, that is negative
binomial). So counts are divided by the measured dispersion, variance over mean, and the rate gets a gamma prior of mean
1 with the weight of ``PRIOR`` people: the estimate is the posterior mean. The comparison's own uncertainty, that of her
other posts, is in the interval.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Final

from klout_tui.domain import wording
from klout_tui.domain.model import Value
from klout_tui.domain.usual import TOP

PRIOR: Final = 4.0
SURE: Final = 1.96
"""Standard errors on either side of a 95 % interval."""


class Effect(Value, frozen=True):
    """Times her usual, with a 95 % interval."""

    times: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """``1.8 times your usual (1.3 to 2.4)``."""
        low, high = wording.bounds(self.low, self.high)
        return f"{wording.times(self.times)} times your usual ({low} to {high})"


def dispersion(counts: Sequence[float], usuals: Sequence[float]) -> float:
    """Variance over mean of the counts about their usual, at least 1; a count is cut at ``TOP`` times its usual."""
    if not counts:
        return 1.0
    total = sum((min(count, TOP * each) - each) ** 2 / each for count, each in zip(counts, usuals, strict=True))
    return max(1.0, total / len(counts))


def effect(
    counts: Sequence[float], usuals: Sequence[float], own: Collection[int], others: Collection[int], phi: float
) -> Effect:
    """What the posts at ``own`` bring against those at ``others``, each measured by its own usual.

    Args:
        counts: People each post brought.
        usuals: What it would usually have brought.
        own: Places of the posts in question.
        others: Places of those they are compared with.
        phi: The dispersion.
    """
    brought = sum(min(counts[place], TOP * usuals[place]) for place in own) / phi
    expected = sum(usuals[place] for place in own) / phi
    brought_else = sum(min(counts[place], TOP * usuals[place]) for place in others) / phi
    expected_else = sum(usuals[place] for place in others) / phi
    level = (brought_else + PRIOR) / (expected_else + PRIOR)
    shape = PRIOR + brought
    times = shape / (PRIOR + expected * level)
    error = SURE * math.sqrt(1 / shape + 1 / (PRIOR + brought_else))
    return Effect(times=times, low=times * math.exp(-error), high=times * math.exp(error))
