"""How large a difference chance alone makes, when many are looked at.

Every post's result is the logarithm of how many times its usual it brought. A trait's score is how many standard errors
the posts with it lie above the others. To know which score chance brings, the results are dealt anew among the posts of
each account ``DEALS`` times and each time the largest score of *all* traits is noted (Westfall and Young's step-down
idea): a score that only one deal in ten exceeds is no accident of having looked at many things, whatever the results
look like and however the traits overlap.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Final

DEALS: Final = 199
FALSE_ALARM: Final = 0.10
"""How often a history without any effect may show a rule at all."""

TOP: Final = math.log(5)
"""A result counts at most as five times its usual, and at least as a fifth of it."""

_SEED: Final = 20150806


def result(count: int, expected: float) -> float:
    """One post's result; half a person on either side keeps nothing comparable with something."""
    return max(-TOP, min(TOP, math.log((count + 0.5) / (expected + 0.5))))


def centred(results: Sequence[float], blocks: Sequence[range]) -> list[float]:
    """The results of each block less their mean, so that only posts of one account are compared."""
    found = list(results)
    for block in blocks:
        mean = sum(found[place] for place in block) / len(block)
        for place in block:
            found[place] -= mean
    return found


def scores(results: Sequence[float], members: Sequence[Sequence[int]]) -> list[float]:
    """The score of each trait, positive where posts with it do better.

    Args:
        results: Centred.
        members: For each trait the places of its posts, some but not all.
    """
    size = len(results)
    spread = math.sqrt(sum(each * each for each in results) / max(1, size - 1)) or 1.0
    return [
        sum(map(results.__getitem__, own)) / (spread * math.sqrt(len(own) * (1 - len(own) / size))) for own in members
    ]


def threshold(results: Sequence[float], blocks: Sequence[range], members: Sequence[Sequence[int]]) -> float:
    """The score that the largest of chance alone exceeds in ``FALSE_ALARM`` of all histories; the same every time."""
    if not members:
        return math.inf
    chance = random.Random(_SEED)
    largest = []
    parts = [[results[place] for place in block] for block in blocks]
    for _ in range(DEALS):
        dealt: list[float] = []
        for part in parts:
            chance.shuffle(part)
            dealt += part
        largest.append(max(map(abs, scores(dealt, members))))
    return sorted(largest)[math.ceil((1 - FALSE_ALARM) * (DEALS + 1)) - 1]
