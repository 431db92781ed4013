"""How much, as a character: for maps that must be read without colour too."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

SHADES: Final = "·░▒▓█"

EDGES: Final = (0.85, 0.95, 1.05, 1.15)
"""Times usual at which the next shade begins: the middle one is "as usual"."""


def level(times: float) -> int:
    """Which shade, 0 to 4, 2 being as usual."""
    return bisect_right(EDGES, times)


def shade(times: float) -> str:
    """The character for so many times usual."""
    return SHADES[level(times)]
