"""Parts in hundredths that add up on the screen too."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import TypeVar

Key = TypeVar("Key")


def hundredths(parts: Mapping[Key, float]) -> dict[Key, int]:
    """Each part in whole hundredths, so that they add up to the sum's own hundredths.

    Rounding each by itself may leave the sum a few off; here those with the largest remainders are rounded up (Hare's
    method of largest remainders), of equal ones the first.
    """
    low = {key: floor(value * 100.0) for key, value in parts.items()}
    short = round(sum(parts.values()) * 100.0) - sum(low.values())
    by_remainder = sorted(parts, key=lambda key: low[key] - parts[key] * 100.0)
    for key in by_remainder[:short]:
        low[key] += 1
    return low
