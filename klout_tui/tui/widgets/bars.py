"""Stacked bars over time, drawn by plotext cell by cell so that every bar is crisp at every width."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from textual.color import Color
from textual_plotext import PlotextPlot

FILLS = ("█", "▓", "▒", "░", "▞", "▚")
"""A part's fill, so that parts are told apart without colour too."""

_BAND = "·"
EARLIER = "─"
"""Marks the height of a bar one window earlier."""
_CURSOR = "┆"
_IDLE = "▁"
"""A bar of nothing: known, and zero; a gap is left empty."""

THICKEST = 7
"""Cells a bar takes at most, however much room there is."""

_AXES = 2
"""Rows the time axis takes."""

_Cell = tuple[int, int]
"""Column and row, from the lower left."""


@dataclass(frozen=True, slots=True)
class Stack:
    """What to draw: parts stacked in each bar, a quiet band behind, labels below."""

    parts: Sequence[tuple[int, Sequence[int | None]]] = ()
    """For each part, lowest first, the number of its colour and fill, and its counts; None is a gap."""
    band: Sequence[tuple[float, float] | None] = ()
    """Usual low and high of each bar."""
    labels: Sequence[str] = ()
    """A label for each bar; as many are written as fit."""
    earlier: Sequence[int | None] = ()
    """What to compare each bar with; None is a gap. Empty: nothing is compared."""
    marks: Mapping[int, str] = field(default_factory=dict)
    """A short word to stand above a bar, by the bar's place."""
    cursor: int | None = None
    """The bar being read."""


class StackedBars(PlotextPlot):
    """A bar for each moment, the newest at the right edge."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.theme = "clear"  # the page shows through
        self._stack = Stack()

    def show(self, stack: Stack) -> None:
        """Draw this."""
        self._stack = stack
        self.refresh()

    def room(self, bars: int) -> int:
        """Cells each of ``bars`` bars would get at the present width; 0 when they do not fit."""
        return max(0, self.size.width - self._margin()) // max(1, bars)

    def ink(self, part: int) -> tuple[int, int, int] | str:
        """The colour of a part: the theme's own, in a fixed order."""
        return _plotext_colour(self.style_of(part))

    def style_of(self, part: int) -> str:
        """The same colour as a style for words."""
        roles = ("primary", "secondary", "accent", "success", "error")
        return self.app.theme_variables[roles[part % len(roles)]]

    def render(self) -> Any:
        """Draw into the present size."""
        self._draw()
        return super().render()

    def _top(self) -> float:
        stack = self._stack
        totals = (
            sum(count or 0 for count in counts) for counts in zip(*(part for _, part in stack.parts), strict=True)
        )
        usual = (high for _, high in filter(None, stack.band))
        earlier = (count or 0 for count in stack.earlier)
        return _round_up(max(max(values, default=0) for values in (totals, usual, earlier)))

    def _margin(self) -> int:
        return len(f"{self._top():,.0f}") + 1

    def _draw(self) -> None:
        plot, stack = self.plt, self._stack
        plot.clear_figure()
        margin = self._margin()
        columns, rows = self.size.width - margin, self.size.height - _AXES
        if not stack.labels or columns < len(stack.labels) or rows < 2:
            return
        place = _Field.of(columns, rows, len(stack.labels), self._top(), marked=bool(stack.marks) and rows > 3)
        plot.frame(False)
        plot.xaxes(True, False)
        plot.yaxes(True, False)
        plot.xlim(0, columns - 1)
        plot.ylim(0, rows - 1)
        self._draw_band(place)
        tops = self._draw_parts(place)
        self._draw_earlier(place)
        if stack.cursor is not None:
            bar = place.bar(stack.cursor)
            cells = product([bar[len(bar) // 2]], range(tops[stack.cursor], place.tall))
            self._scatter(list(cells), _CURSOR, self._foreground)
        if place.tall < rows:
            self._draw_marks(place)
        self._ticks(place.edges, place.top, place.tall, margin)

    @property
    def _foreground(self) -> tuple[int, int, int] | str:
        return _plotext_colour(self.app.theme_variables["foreground"])

    def _draw_band(self, place: _Field) -> None:
        """The usual range behind everything."""
        band: list[_Cell] = []
        for index, limits in enumerate(self._stack.band):
            if limits:
                low, high = map(place.height, limits)
                band += product(place.room(index), range(low, max(high, low + 1)))
        self._scatter(band, _BAND, "gray")

    def _draw_parts(self, place: _Field) -> list[int]:
        """The bars, and a low stroke for a known nothing; the first free row above each bar."""
        stack, bars = self._stack, len(self._stack.labels)
        base, tops = [0] * bars, [0] * bars
        for number, counts in stack.parts:
            cells: list[_Cell] = []
            for index, count in enumerate(counts):
                if count:
                    low = place.height(base[index])
                    base[index] += count
                    tops[index] = high = max(place.height(base[index]), 1)
                    cells += product(place.bar(index), range(low, high))
            self._scatter(cells, FILLS[number % len(FILLS)], self.ink(number))
        known = [
            all(count is not None for count in counts)
            for counts in zip(*(part for _, part in stack.parts), strict=True)
        ]
        idle = [index for index in range(bars) if known[index] and not base[index]]
        self._scatter([(place.edges[index + 1] - 1, 0) for index in idle], _IDLE, "gray")
        return tops

    def _draw_earlier(self, place: _Field) -> None:
        """A stroke where each bar of the window before ended."""
        strokes: list[_Cell] = []
        for index, count in enumerate(self._stack.earlier):
            if count is not None:
                strokes += product(place.room(index), [max(0, place.height(count) - 1)])
        self._scatter(strokes, EARLIER, self._foreground)

    def _draw_marks(self, place: _Field) -> None:
        """Words above the bars; where two would touch, the later one is left out."""
        free = 0
        for index, word in sorted(self._stack.marks.items()):
            start = min(place.bar(index)[0], place.columns - len(word))
            if start >= free:
                free = start + len(word) + 1
                for offset, sign in enumerate(word):
                    self._scatter([(start + offset, place.tall)], sign, self._foreground)

    def _scatter(self, cells: list[_Cell], marker: str, colour: tuple[int, int, int] | str) -> None:
        if cells:
            across, up = zip(*cells, strict=True)
            self.plt.scatter(across, up, marker=marker, color=colour)

    def _ticks(self, edges: list[int], top: float, rows: int, margin: int) -> None:
        labels = self._stack.labels
        widest = max(map(len, labels)) + 3
        step = max(1, math.ceil(widest * len(labels) / (edges[-1] - edges[0])))
        step = next((nice for nice in (1, 2, 7, 14, 28) if nice >= step), step)
        shown = range((len(labels) - 1) % step, len(labels), step)
        self.plt.xticks([edges[index + 1] - 1 for index in shown], [labels[index] for index in shown])
        # plotext keeps ticks in the order of a set, which changes from run to run, and the first label gets its way.
        monitor: Any = self.plt.monitor  # type: ignore[attr-defined]
        ordered = sorted(zip(monitor.xticks[0], monitor.xlabels[0], strict=True))
        monitor.xticks[0], monitor.xlabels[0] = map(list, zip(*ordered, strict=True))
        steps = 4 if rows >= 12 else 2
        values = [top * part / steps for part in range(steps + 1)]
        values = [value for value in values if value == int(value)]
        places: list[float] = [
            min(rows - 1, max(0, round(value / top * rows) - (1 if value else 0))) for value in values
        ]
        self.plt.yticks(places, [f"{value:,.0f}".rjust(margin - 1) for value in values])


@dataclass(frozen=True, slots=True)
class _Field:
    """Where on the chart things are, in cells."""

    columns: int
    edges: list[int]
    """Where the room of each bar begins, and where that of the last ends."""
    gap: int
    """Cells between two bars."""
    thick: int
    """Cells a bar takes."""
    tall: int
    """Rows the highest bar takes."""
    top: float
    """What such a bar stands for."""

    @classmethod
    def of(cls, columns: int, rows: int, bars: int, top: float, *, marked: bool) -> _Field:
        each = columns // bars
        gap = 1 if each > 2 or (each == 2 and bars <= 40) else 0
        edges = _edges(columns, bars, spread=gap > 0)
        return cls(columns, edges, gap, min(each - gap, THICKEST), rows - marked, top)

    def height(self, value: float) -> int:
        """Rows of a value."""
        return round(value / self.top * self.tall)

    def room(self, index: int) -> range:
        """Columns that belong to a bar, its gap included."""
        return range(self.edges[index], self.edges[index + 1])

    def bar(self, index: int) -> range:
        """Columns a bar is drawn in."""
        return range(self.edges[index + 1] - self.thick, self.edges[index + 1]) if self.gap else self.room(index)


def _edges(columns: int, bars: int, *, spread: bool) -> list[int]:
    """Where the room of each bar begins, and where that of the last ends: at the right edge.

    Where gaps can take up the odd cells the bars spread over the whole width. Bars that touch are of equal width,
    unless that would waste more than a quarter of it.
    """
    each = columns // bars
    left = columns - each * bars
    if spread or left > columns / 4:
        return [round(index * columns / bars) for index in range(bars + 1)]
    return [left + index * each for index in range(bars + 1)]


def _round_up(count: float) -> float:
    """The next number that reads well on an axis: 4, 8, 12, 20, 40, 60, 80, 120, 200 and so on."""
    if count <= 4:
        return 4
    power: float = 10.0 ** math.floor(math.log10(count))
    return next(power * nice for nice in (1.2, 1.6, 2, 3, 4, 6, 8, 10) if power * nice >= count)


def _plotext_colour(variable: str) -> tuple[int, int, int] | str:
    """A theme's colour as plotext takes it: the terminal's own by name, others by their red, green and blue."""
    colour = Color.parse(variable)
    if colour.ansi is not None and colour.ansi >= 0:
        return ("black", "red", "green", "orange", "blue", "magenta", "cyan", "gray")[colour.ansi % 8]
    return colour.rgb
