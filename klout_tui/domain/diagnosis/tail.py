"""The upper tail of counts that come in bursts."""

from __future__ import annotations

import math


def at_least(count: int, mean: float, spread: float) -> float:
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
