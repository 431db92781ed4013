"""What an hour of the week is worth to post in, against the hours she uses now.

Two things tell. The profile foresees it: what people would do in the first ``FIRST`` hours after a post at that hour,
by the measured delay. And her own posts of about that hour say how it went: each as so many times its usual, near
hours counting half, other days less. The two are independent, since the profile looks at which hours people chose and
never at how many they were. The foreseen worth stands for ``FORESEEN`` posts; posts overrule it as they become many.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul
from typing import Final

from klout_tui.domain.model import Value
from klout_tui.domain.timing.clock import DAY, WEEK, weekday
from klout_tui.domain.timing.profile import Profile

FIRST: Final = 12
"""Hours after a post that count: nine of ten reactions within a day come by then."""

_FAITH: Final = 4.0
"""How firmly it is believed beforehand that the foreseen comes true in full: one over the variance of that slope."""

FORESEEN: Final = 12.0
"""Posts that the profile's word weighs as much as."""

SURE: Final = 1.96
"""Standard errors on either side of a 95 % interval."""

_NEAR: Final = ((-1, 0.5), (0, 1.0), (1, 0.5))
_SAME_SORT, _OTHER_SORT = 0.3, 0.1
"""What a post on another day tells: of two working days or two days of a weekend, and of one and the other."""

_LEAST_SPREAD: Final = 0.1
"""Variance of a post's worth, in times its usual, below which none is believed."""


class Slot(Value, frozen=True):
    """One hour of the week to post in."""

    worth: float
    """People in the first hours, 1 being what her present hours bring."""
    low: float
    high: float
    """Ends of a 95 % interval."""
    posts: int
    """Hers of exactly this hour."""


def foreseen(profile: Profile) -> list[float]:
    """For each hour of the week, what a post would bring in its first hours; 1 is the mean over the week."""
    ring = profile.active + profile.active[:FIRST]
    reach = profile.delay[:FIRST]
    found = [sum(map(mul, reach, ring[place : place + FIRST])) for place in range(WEEK)]
    mean = sum(found) / WEEK
    return [each / mean for each in found]


def worths(profile: Profile, places: Sequence[int], times: Sequence[float]) -> tuple[Slot, ...]:
    """Every hour of the week, Monday 0:00 first.

    Args:
        profile: When her people act.
        places: The hour of the week each post was published in.
        times: How many times its usual each brought.
    """
    ahead = foreseen(profile)
    present = sum(ahead[place] for place in places) / len(places) if places else 1.0
    level = sum(times) / len(times) if times else 1.0
    level = level or 1.0
    spread = sum((each / level - 1) ** 2 for each in times) / max(1, len(times) - 1)
    spread = max(spread, _LEAST_SPREAD)
    ahead = _tempered([each / present for each in ahead], places, [each / level for each in times], spread)
    counts, brought = [0] * WEEK, [0.0] * WEEK
    for place, each in zip(places, times, strict=True):
        counts[place] += 1
        brought[place] += each / level
    found = []
    for place, ahead_here in enumerate(ahead):
        weight, sum_of_times = FORESEEN, FORESEEN * ahead_here
        for day in range(7):
            for step, near in _NEAR:
                there = (day * DAY + place % DAY + step) % WEEK
                share = near * _told(weekday(place), day)
                weight += share * counts[there]
                sum_of_times += share * brought[there]
        worth = sum_of_times / weight
        error = SURE * math.sqrt(spread / weight)
        found.append(Slot(worth=worth, low=max(0.0, worth - error), high=worth + error, posts=counts[place]))
    return tuple(found)


def _tempered(ahead: Sequence[float], places: Sequence[int], times: Sequence[float], spread: float) -> list[float]:
    """The foreseen worths as far as her own posts bear them out: all of it, half of it, or none.

    Some feeds forget a post within the hour, others keep it until people wake. The slope of what posts brought on what
    was foreseen of their hours tells; without posts that differ in that, it is believed in full.
    """
    steps = [ahead[place] - 1 for place in places]
    sums = sum(step * (each - 1) for step, each in zip(steps, times, strict=True)) / spread
    squares = sum(step * step for step in steps) / spread
    slope = min(1.0, max(0.0, (sums + _FAITH) / (squares + _FAITH)))
    return [1 + slope * (each - 1) for each in ahead]


def _told(one: int, other: int) -> float:
    if one == other:
        return 1.0
    return _SAME_SORT if (one < 5) == (other < 5) else _OTHER_SORT
