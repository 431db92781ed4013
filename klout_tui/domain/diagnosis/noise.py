"""How much a count varies by itself: measured dispersion, and the test that divides by it.

Reactions come in bursts, so a month varies several times more than a Poisson count would. The dispersion (variance over
mean, at least 1) is measured on whole weeks, and the likelihood ratio of two counts is divided by it and read against
Student's t (quasi-Poisson: Wedderburn 1974; McCullagh and Nelder 1989, ch. 4 and 6).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from klout_tui.domain.model import Value

_TINY: Final = 1e-300
_PRECISE: Final = 1e-13


class Noise(Value, frozen=True):
    """How much counts of a week vary around their mean."""

    dispersion: float = 1.0
    """Variance over mean; of reactions never below 1."""
    freedom: int = 0
    """Degrees of freedom it was measured with; with none, nothing can be told."""
    borrowed: int = 0
    """How many of them come from what is known of others, since too little is known of her."""

    @property
    def cautious(self) -> float:
        """As much variance over mean as there may well be, where little is known of her."""
        return self.dispersion + (BURSTY - OTHERS.dispersion) * self.borrowed / OTHERS.freedom


def noise(groups: Iterable[Sequence[float]], least: float = 1.0) -> Noise:
    """The dispersion of counts of equal spans (weeks) around the mean of each group, and never less than ``least``.

    Pearson's estimate: the squared deviations over the mean, by degree of freedom. A group without any count, or of a
    single span, tells nothing.
    """
    squares, freedom = 0.0, 0
    for group in groups:
        mean = sum(group) / len(group) if group else 0.0
        if len(group) > 1 and mean > 0:
            squares += sum((each - mean) ** 2 for each in group) / mean
            freedom += len(group) - 1
    return Noise(dispersion=max(least, squares / freedom) if freedom else 1.0, freedom=freedom)


OTHERS: Final = Noise(dispersion=4.0, freedom=4)
"""What is known of anybody's weeks: nine accounts of ten vary by 1.7 to 22 times their mean, as a scaled inverse
chi-squared variate of four degrees of freedom does, half of them by less than 4.8 times."""

BURSTY: Final = 22.0
"""Variance over mean that one account of twenty exceeds."""

WELL: Final = 24
"""Degrees of freedom with which her usual weeks are known well: of two stretches of a reference."""

OWN: Final = 12
"""Degrees of freedom of her own weeks from which on others' tell nothing more."""


def drawn(measured: Noise) -> Noise:
    """What was measured, drawn to what is known of others as far as it is little (moderated t: Smyth 2004).

    With two or three weeks alone Student's t would ask for a hundred times as much before it says anything. What was
    measured is never made less of: whose few weeks were wild is not taken to be as calm as others.
    """
    borrowed = round(OTHERS.freedom * max(0, OWN - measured.freedom) / OWN)
    freedom = measured.freedom + borrowed
    squares = measured.dispersion * measured.freedom + OTHERS.dispersion * borrowed
    return Noise(dispersion=max(measured.dispersion, squares / freedom), freedom=freedom, borrowed=borrowed)


def departure(before: float, now: float, noise: Noise, exposure: float = 1.0) -> float:
    """How far two counts lie apart, in measured standard errors; negative for a fall.

    The signed root of the likelihood ratio of two Poisson counts with one rate, over the dispersion.

    Args:
        before: The earlier count.
        now: The later one.
        noise: What is normal.
        exposure: How much more there was to be expected of the later span than of the earlier one.
    """
    total = before + now
    if total <= 0:
        return 0.0
    expected = total * exposure / (1 + exposure)
    ratio = _part(now, expected) + _part(before, total - expected)
    return math.copysign(math.sqrt(max(0.0, 2 * ratio) / noise.dispersion), now - expected)


def tell_apart(before: float, noise: Noise, bound: float, exposure: float = 1.0) -> tuple[int, int]:
    """The counts to which one would have to fall, or rise, to lie ``bound`` away; a fall below 0 cannot be.

    Returns:
        Fall (-1 where not even 0 would do) and rise, whole numbers.
    """
    level = before * exposure
    low = -1
    if departure(before, 0, noise, exposure) <= -bound:
        low = _last(0, math.floor(level), lambda count: departure(before, count, noise, exposure) <= -bound)
    top = math.ceil(level) + 1
    while departure(before, top, noise, exposure) < bound:
        top *= 2
    high = _last(0, top, lambda count: departure(before, count, noise, exposure) < bound) + 1
    return low, high


def both_tails(t: float, freedom: float) -> float:
    """The chance that Student's t lies further from 0 than ``t``, at either side."""
    return _beta(freedom / (freedom + t * t), freedom / 2, 0.5) if freedom > 0 else 1.0


@lru_cache(maxsize=512)
def bound(chance: float, freedom: int) -> float:
    """The value Student's t exceeds at either side with so small a chance; infinite without freedom."""
    if freedom < 1:
        return math.inf
    low, high = 0.0, 2.0
    while both_tails(high, freedom) > chance:
        high *= 2
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if both_tails(middle, freedom) > chance else (low, middle)
    return high


def _part(count: float, expected: float) -> float:
    return count * math.log(count / expected) if count > 0 else 0.0


def _last(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The last whole number of an ascending run for which it holds; it holds for the first."""
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22, after Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for step in range(1, 500):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        d, c = 1 / _off_zero(1 + even * d), _off_zero(1 + even / c)
        value *= d * c
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        d, c = 1 / _off_zero(1 + odd * d), _off_zero(1 + odd / c)
        value *= d * c
        if abs(d * c - 1) < _PRECISE:
            break
    return front * value / a


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
