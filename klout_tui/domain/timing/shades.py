"""How much, as a character: for maps that must be read without colour too."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

SHADES: Final = "·░▒▓█"

EDGES: Final = (0.85, 0.95, 1.05, 1.15)
"""Times usual at which the next shade begins: the middle one is "as usual"."""


WIDE_EDGES: Final = (0.5, 0.8, 1.25, 1.7)
"""The same for how active people are, which night and day drive much further apart."""


def level(times: float, edges: Sequence[float] = EDGES) -> int:
    """Which shade, 0 to 4, 2 being as usual."""
    return bisect_right(edges, times)
