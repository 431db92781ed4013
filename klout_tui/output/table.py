"""Plain tables: aligned by the cells a terminal uses, not by characters, and cut to the width there is.

Cells are text and nothing else: no markup is read in them, and codes a terminal would obey are taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

from klout_tui.domain.text import clean_line

GAP: Final = "  "

FREE_WIDTH: Final = 120
"""Widest an elastic column gets, also where no terminal sets a bound."""

_LONGEST_CELL: Final = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column and how it gives way when there is too little room."""

    title: str
    right: bool = False
    """Right-aligned, for numbers."""
    least: int | None = None
    """Cells it may be narrowed to; ``None``: it keeps its full width."""
    most: int = FREE_WIDTH
    """Cells an elastic column gets at most, however long one name is."""


def render(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """The table's lines, the head first; no line is wider than ``width`` cells or ends in blanks.

    Args:
        columns: what stands in each place of a row.
        rows: texts, one for each column.
        width: cells in a line; ``None`` where no terminal sets a bound.
    """
    cleaned = [[clean_line(cell, _LONGEST_CELL, emoji=True) for cell in row] for row in rows]
    titles = [column.title for column in columns]
    widths = [max(map(cell_len, cells)) for cells in zip(titles, *cleaned, strict=True)]
    _narrow(columns, widths, width)
    lines = [_line(columns, widths, row) for row in (titles, *cleaned)]
    return lines if width is None else [fit(line, width) for line in lines]


def fit(text: str, width: int) -> str:
    """The text in at most ``width`` cells, an ellipsis where something is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def _narrow(columns: Sequence[Column], widths: list[int], width: int | None) -> None:
    """Take from the widest elastic column, cell by cell in effect, until all fit or none can give more."""
    for place, column in enumerate(columns):
        if column.least is not None:
            widths[place] = min(widths[place], column.most)
    if width is None:
        return
    excess = sum(widths) + len(GAP) * (len(columns) - 1) - width
    while excess > 0:
        givers = [place for place, column in enumerate(columns) if column.least is not None]
        givers = [place for place in givers if widths[place] > (columns[place].least or 0)]
        if not givers:
            return
        widest = max(givers, key=lambda place: widths[place])
        others = max((widths[place] for place in givers if place != widest), default=0)
        floor = max(columns[widest].least or 0, min(others, widths[widest] - 1))
        taken = min(excess, widths[widest] - floor)
        widths[widest] -= taken
        excess -= taken


def _line(columns: Sequence[Column], widths: Sequence[int], row: Sequence[str]) -> str:
    cells = []
    for column, width, cell in zip(columns, widths, row, strict=True):
        shown = fit(cell, width)
        blank = " " * (width - cell_len(shown))
        cells.append(blank + shown if column.right else shown + blank)
    return GAP.join(cells).rstrip()
