"""Where on a chart things are, in cells: its bars, its axis, and the scale of a line over them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

THICKEST = 7
"""Cells a bar takes at most, however much room there is."""

SCALE = 5
"""Cells at the right for the scale of the line."""

_AIR = 2
"""Cells between two groups of bars that touch, at most."""

_NICE = (1, 1.5, 2, 2.5, 3, 4, 5)
"""Leading digits of a step that reads well on an axis."""


@dataclass(frozen=True, slots=True)
class BarField:
    """Where on the chart things are, in cells."""

    columns: int
    """Those of the bars."""
    scale: int
    """Those of the line's scale, right of them."""
    edges: tuple[int, ...]
    """Where the room of each bar begins, and where that of the last ends."""
    gap: int
    """Cells between two bars."""
    thick: int
    """Cells a bar takes at most."""
    tall: int
    """Rows the highest bar takes: a whole number for each step of the axis. Above it one row at least is free."""
    top: float
    """What such a bar stands for."""
    steps: int
    """Steps of the axis."""

    @classmethod
    def of(
        cls, room: int, rows: int, bars: int, top: float, groups: Sequence[int] = (), *, scaled: bool = False
    ) -> BarField:
        """The chart of some bars.

        Args:
            room: Cells there are for it.
            rows: Rows there are.
            bars: How many; no more than there are cells.
            top: What the highest possible bar stands for.
            groups: Bars before which there may be a little air.
            scaled: Whether a line wants a scale at the right, where there is room for it.
        """
        fits = (room - SCALE) // bars >= min(2, room // bars)
        scale = SCALE if scaled and fits else 0
        each = (room - scale) // bars
        gap = 1 if each > 2 or (each == 2 and bars <= 40) else 0
        edges, air = edges_of(room - scale, bars, groups, spread=gap > 0)
        thick = min(each - gap, THICKEST) if gap else each + (not air)
        steps = _steps(top, rows - 1)
        return cls(edges[-1], scale, edges, gap, thick, (rows - 1) // steps * steps, top, steps)

    def height(self, value: float) -> int:
        """Rows of a value."""
        return round(value / self.top * self.tall)

    def level(self, share: float) -> int:
        """The row that stands at a share of the height."""
        return round(share * self.tall)

    def room(self, index: int) -> range:
        """Columns that belong to a bar, its gap included."""
        return range(self.edges[index], self.edges[index + 1])

    def bar(self, index: int) -> range:
        """Columns a bar is drawn in."""
        return range(max(self.edges[index], self.edges[index + 1] - self.thick), self.edges[index + 1])


def edges_of(columns: int, bars: int, groups: Sequence[int], *, spread: bool) -> tuple[tuple[int, ...], int]:
    """Where the room of each bar begins, and where that of the last ends; and how much air groups have.

    Where gaps can take up the odd cells the bars spread over the whole width. Bars that touch are of equal width, with
    air between their groups as far as there is room, and what is left stays outside the axis; unless that would waste
    more than a quarter of the width.
    """
    each = columns // bars
    apart = [place for place in groups if 0 < place < bars]
    left = columns - each * bars
    air = min(_AIR, left // len(apart)) if apart else 0
    left -= air * len(apart)
    if spread or left > columns / 4:
        return tuple(round(index * columns / bars) for index in range(bars + 1)), 0
    begins = frozenset(apart)
    return tuple(accumulate((each + air * (index in begins) for index in range(bars)), initial=0)), air


def _steps(top: float, rows: int) -> int:
    """Into how many steps the axis is cut: each reads well, and they leave as few rows over as can be."""
    if rows < 2:
        return 1
    if rows < 11:
        return 2
    steps = [each for each in (4, 3, 5, 6) if top % each == 0 and _digits(top / each) in _NICE]
    return max(steps, key=lambda each: rows // each * each, default=2)


def _digits(value: float) -> float:
    """Its leading digits: 2.5 for 25 and for 250."""
    return float(value / 10.0 ** math.floor(math.log10(value)))


def round_up(count: float) -> float:
    """The next number that reads well on an axis: 4, 8, 12, 20, 40, 60, 80, 120, 200 and so on."""
    if count <= 4:
        return 4
    power: float = 10.0 ** math.floor(math.log10(count))
    return next(power * nice for nice in (1.2, 1.6, 2, 3, 4, 6, 8, 10) if power * nice >= count)
