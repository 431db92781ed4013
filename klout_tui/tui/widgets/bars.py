"""Stacked bars over time, drawn cell by cell so that every bar is crisp at every width, over plotext's axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.strip import Strip
from textual_plotext import PlotextPlot

from klout_tui.tui.widgets.barfield import SCALE, BarField, round_up
from klout_tui.tui.widgets.canvas import Canvas

FILLS = ("█", "▓", "▒", "░", "▞", "▚")
"""A part's fill, so that parts are told apart without colour too."""

_SOLID = frozenset("█▓")
"""Fills dense enough to stay a bar when a stroke is drawn over them."""
_SPARSE = frozenset(FILLS) - _SOLID
"""Fills in which a dot would look like a hole."""

_BAND = "·"
EARLIER = "─"
"""Marks the height of a bar one window earlier."""
COURSE = "•"
_CURSOR = "┆"
_IDLE = "▁"
"""A bar of nothing: known, and zero; a gap is left empty."""

_AXES = 2
"""Rows the time axis takes."""


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
    course: Sequence[float | None] = ()
    """A line over the bars: for each the share of the height, 0 to 1; None is a gap."""
    reading: str = ""
    """What the line's end stands for, on its scale of 0 to 100."""
    groups: Sequence[int] = ()
    """Bars before which there may be a little air: the first of each week, or month."""
    marks: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Short words to stand above a bar, by the bar's place."""
    cursor: int | None = None
    """The bar being read."""


class StackedBars(PlotextPlot):
    """A bar for each moment, the newest at the right edge.

    plotext draws the axes and their labels, which seldom change; the bars are laid over them cell by cell. Were the
    bars plotted too, each redraw would write every cell as an escape code and read it back.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.theme = "clear"  # the page shows through
        self._given = Stack()
        """All there is to draw."""
        self._stack = Stack()
        """As much of it as there are columns for."""
        self._axes: tuple[object, list[Strip]] = (None, [])
        """The axes, and what they were drawn for."""
        self._canvas = Canvas(0, 0)
        self._drawn: object = None
        """What the canvas was painted for."""

    def show(self, stack: Stack) -> None:
        """Draw this."""
        self._given = stack
        self._drawn = None
        self.refresh()

    def room(self, bars: int) -> int:
        """Cells each of ``bars`` bars would get at the present width; 0 when they do not fit."""
        return max(0, self.size.width - self._margin()) // max(1, bars)

    def style_of(self, part: int) -> str:
        """The colour of a part, as a style for words: the theme's own, in a fixed order."""
        roles = ("primary", "secondary", "accent", "success", "error")
        return self.app.theme_variables[roles[part % len(roles)]]

    def render_line(self, y: int) -> Strip:
        """The axes' line with the bars laid over it."""
        asked = (self.size, self.app.theme, self.app.current_theme)
        if self._drawn != asked:
            self._draw()
            self._drawn = asked
        _, axes = self._axes
        if y >= len(axes):
            return Strip.blank(self.size.width, self.rich_style)
        line = axes[y]
        if y < self._canvas.rows:
            margin = self.size.width - self._canvas.columns
            line = Strip([*line.crop(0, margin), *self._canvas.line(y)], self.size.width)
        return line.apply_style(self.rich_style)

    def _draw(self) -> None:
        room, rows = self.size.width - self._margin(), self.size.height - _AXES
        self._stack = stack = _within(self._given, room)
        self._canvas = Canvas(0, 0)
        if not stack.labels or rows < 2:
            self._axes = (None, [])
            return
        place = BarField.of(room, rows, len(stack.labels), self._top(), stack.groups, scaled=bool(stack.reading))
        self._draw_axes(place)
        self._canvas = Canvas(place.columns + place.scale, rows)
        quiet = Style.parse("bright_black")
        strong = _rich_style(self.app.theme_variables["foreground"])
        self._draw_band(place, quiet)
        tops = self._draw_parts(place, quiet)
        if stack.cursor is not None:
            bar = place.bar(stack.cursor)
            self._canvas.paint(product([bar[len(bar) // 2]], range(tops[stack.cursor], rows)), _CURSOR, strong)
        self._draw_earlier(place, strong)
        self._draw_course(place, strong, quiet)
        if rows > 3:
            self._draw_marks(place, strong)

    def _top(self) -> float:
        stack = self._given
        totals = (
            sum(count or 0 for count in counts) for counts in zip(*(part for _, part in stack.parts), strict=True)
        )
        usual = (high for _, high in filter(None, stack.band))
        earlier = (count or 0 for count in stack.earlier)
        return round_up(max(max(values, default=0) for values in (totals, usual, earlier)))

    def _margin(self) -> int:
        return len(f"{self._top():,.0f}") + 1

    def _draw_band(self, place: BarField, quiet: Style) -> None:
        """The usual range behind everything."""
        for index, limits in enumerate(self._stack.band):
            if limits:
                low, high = map(place.height, limits)
                self._canvas.paint(product(place.room(index), range(low, max(high, low + 1))), _BAND, quiet)

    def _draw_parts(self, place: BarField, quiet: Style) -> list[int]:
        """The bars, and a low stroke for a known nothing; the first free row above each bar."""
        stack, bars = self._stack, len(self._stack.labels)
        base, tops = [0] * bars, [0] * bars
        for number, counts in stack.parts:
            fill, style = FILLS[number % len(FILLS)], _rich_style(self.style_of(number))
            for index, count in enumerate(counts):
                if count:
                    low = place.height(base[index])
                    base[index] += count
                    tops[index] = high = max(place.height(base[index]), 1)
                    self._canvas.paint(product(place.bar(index), range(low, high)), fill, style)
        known = [
            all(count is not None for count in counts)
            for counts in zip(*(part for _, part in stack.parts), strict=True)
        ]
        idle = (index for index, told in enumerate(known) if told and not base[index])
        self._canvas.paint(((place.edges[index + 1] - 1, 0) for index in idle), _IDLE, quiet)
        return tops

    def _draw_earlier(self, place: BarField, strong: Style) -> None:
        """A stroke where each bar of the window before ended, over whatever is there."""
        for index, count in enumerate(self._stack.earlier):
            if count is not None:
                rows = place.height(count)
                cells = product(place.room(index), [max(0, rows - 1)])
                self._canvas.overlay(cells, EARLIER if rows else _IDLE, strong, _SOLID)

    def _draw_course(self, place: BarField, strong: Style, quiet: Style) -> None:
        """The line, beside the bars where they leave a gap, and its scale at the right."""
        # In the gap after a bar where there is one; after the last one of all that is where the scale begins.
        inside, most = int(not place.gap), self._canvas.columns - 1
        points = [
            (min(place.edges[index + 1] - inside, most), place.level(share))
            for index, share in enumerate(self._stack.course)
            if share is not None
        ]
        if place.scale:
            for share, word in ((0.0, "0"), (0.5, "50"), (1.0, "100")):
                self._canvas.write(place.columns, place.level(share), f"{word:>{SCALE}}", quiet)
        self._canvas.overlay(points, COURSE, strong, _SOLID, _SPARSE)
        if place.scale and points:
            column, row = points[-1]
            at = most + 1 - len(self._stack.reading) if column >= place.columns - 1 else column + 1
            self._canvas.write(at, row, self._stack.reading, strong)

    def _draw_marks(self, place: BarField, strong: Style) -> None:
        """Words above the bars; of several on one bar, and where two would touch, the first and how many more."""
        found: list[tuple[int, str, int]] = []
        for index, (word, *others) in sorted(self._stack.marks.items()):
            column, more = place.bar(index)[0], len(others)
            while found and _start(column, word, more, place.columns) <= _end(*found[-1]):
                column, word, before = found.pop()
                more += before + 1
            found.append((_start(column, word, more, place.columns), word, more))
        for start, word, more in found:
            self._canvas.write(start, place.tall, _mark(word, more), strong)

    def _draw_axes(self, place: BarField) -> None:
        """Frame, ticks and labels, unless they are drawn already."""
        asked = (self.size, tuple(self._stack.labels), place, self.app.theme, self.app.current_theme)
        if self._axes[0] == asked:
            return
        plot = self.plt
        plot.clear_figure()
        plot.frame(False)
        plot.xaxes(True, False)
        plot.yaxes(True, False)
        plot.xlim(0, place.columns + place.scale - 1)
        plot.ylim(0, self.size.height - _AXES - 1)
        plot.scatter([0], [0], marker=" ")  # without anything plotted there are no axes
        self._ticks(place)
        drawn = self.render()
        lines: list[Text] = list(drawn.split(allow_blank=True)) if isinstance(drawn, Text) else []
        self._axes = (asked, [Strip(line.render(self.app.console), line.cell_len) for line in lines])

    def _ticks(self, place: BarField) -> None:
        labels, edges = self._stack.labels, place.edges
        widest = max(map(len, labels)) + 3
        step = max(1, math.ceil(widest * len(labels) / (edges[-1] - edges[0])))
        step = next((nice for nice in (1, 2, 7, 14, 28) if nice >= step), step)
        shown = range((len(labels) - 1) % step, len(labels), step)
        self.plt.xticks([edges[index + 1] - 1 for index in shown], [labels[index] for index in shown])
        # plotext keeps ticks in the order of a set, which changes from run to run, and the first label gets its way.
        monitor: Any = self.plt.monitor  # type: ignore[attr-defined]
        ordered = sorted(zip(monitor.xticks[0], monitor.xlabels[0], strict=True))
        monitor.xticks[0], monitor.xlabels[0] = map(list, zip(*ordered, strict=True))
        # A tick stands on the row whose lower edge is its value: so all are equally far from each other.
        each = place.tall // place.steps
        values = [place.top * part / place.steps for part in range(place.steps + 1)]
        width = self.size.width - place.columns - place.scale - 1
        words = [f"{value:,.0f}".rjust(width) for value in values]
        self.plt.yticks([float(part * each) for part in range(place.steps + 1)], words)


def _mark(word: str, more: int) -> str:
    """A word above the bars, and how many there is no room for."""
    return f"{word}+{more}" if more else word


def _start(column: int, word: str, more: int, columns: int) -> int:
    """Where such a mark begins so that it ends within the chart."""
    return max(0, min(column, columns - len(_mark(word, more))))


def _end(start: int, word: str, more: int) -> int:
    """The cell after such a mark, which stays empty."""
    return start + len(_mark(word, more))


def _within(stack: Stack, columns: int) -> Stack:
    """As many of the bars as have a column each: the newest, or from the cursor on where that lies further back."""
    bars = len(stack.labels)
    if bars <= columns:
        return stack
    cursor = stack.cursor
    first = max(0, bars - columns if cursor is None else min(cursor, bars - columns))
    kept = slice(first, min(bars, first + max(0, columns)))
    return Stack(
        [(number, counts[kept]) for number, counts in stack.parts],
        stack.band[kept],
        stack.labels[kept],
        stack.earlier[kept],
        stack.course[kept],
        stack.reading,
        [bar - first for bar in stack.groups if kept.start <= bar < kept.stop],
        {bar - first: word for bar, word in stack.marks.items() if kept.start <= bar < kept.stop},
        None if cursor is None else cursor - first,
    )


def _rich_style(variable: str) -> Style:
    """A theme's colour as a style for cells."""
    return Style(color=Color.parse(variable).rich_color)
