"""One or two lines over many days, drawn by plotext; a gap stays a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from textual.color import Color
from textual_plotext import PlotextPlot

MARKERS: Final = ("braille", "dot")
"""So that two lines are told apart without colour too."""
_LABELS: Final = 6
"""Dates written below the axis."""

Line = tuple[str, Sequence[float | None]]
"""What it is, and a value for each day; None is a gap."""


class Lines(PlotextPlot):
    """Lines of scores, over the same days."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = "clear"  # the page shows through
        self._days: Sequence[date] = ()
        self._lines: tuple[Line, ...] = ()

    def show(self, days: Sequence[date], *lines: Line) -> None:
        """Draw these."""
        self._days, self._lines = days, lines
        self.display = bool(lines)
        self.refresh()

    def render(self) -> Any:
        """Draw into the present size."""
        plot = self.plt
        plot.clear_figure()
        plot.frame(False)
        plot.xaxes(True, False)
        plot.yaxes(True, False)
        for number, (label, values) in enumerate(self._lines):
            colour = _rgb(self.app.theme_variables["primary" if number == 0 else "accent"])
            for place, (across, up) in enumerate(_runs(values)):
                plot.plot(across, up, marker=MARKERS[number % 2], color=colour, label=label if place == 0 else None)
        if self._days:
            last = len(self._days) - 1
            ticks: list[float] = sorted({round(last * part / (_LABELS - 1)) for part in range(_LABELS)})
            plot.xticks(ticks, [_day(self._days[int(tick)]) for tick in ticks])
        return super().render()


def _runs(values: Sequence[float | None]) -> Iterator[tuple[list[int], list[float]]]:
    """The stretches without a gap: places and values."""
    for known, run in groupby(enumerate(values), key=lambda pair: pair[1] is not None):
        if known:
            pairs = [(place, value) for place, value in run if value is not None]
            yield [place for place, _ in pairs], [value for _, value in pairs]


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _rgb(variable: str) -> tuple[int, int, int] | str:
    colour = Color.parse(variable)
    if colour.ansi is not None and colour.ansi >= 0:
        return ("black", "red", "green", "orange", "blue", "magenta", "cyan", "gray")[colour.ansi % 8]
    return colour.rgb
