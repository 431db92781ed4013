"""A grid of character cells that becomes lines for the terminal without a detour over escape codes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from rich.segment import Segment
from rich.style import Style

Cell = tuple[int, int]
"""Column and row, from the lower left."""


class Canvas:
    """Cells of one sign and one style each; what is painted later covers what was there."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self._signs = [[" "] * columns for _ in range(rows)]
        self._styles: list[list[int]] = [[0] * columns for _ in range(rows)]
        self._known: dict[Style, int] = {Style.null(): 0}

    def paint(self, cells: Iterable[Cell], sign: str, style: Style) -> None:
        """Put a sign into each of these cells; those outside are passed over."""
        number = self._known.setdefault(style, len(self._known))
        for column, row in cells:
            if 0 <= column < self.columns and 0 <= row < self.rows:
                self._signs[row][column] = sign
                self._styles[row][column] = number

    def overlay(
        self, cells: Iterable[Cell], sign: str, style: Style, fills: Collection[str], kept: Collection[str] = ()
    ) -> None:
        """Put a sign onto whatever is there.

        A cell filled with one of ``fills`` keeps its colour behind the sign; one of ``kept`` stays as it is.
        """
        for column, row in cells:
            if 0 <= column < self.columns and 0 <= row < self.rows and self._signs[row][column] not in kept:
                under = list(self._known)[self._styles[row][column]]
                ground = under.color if self._signs[row][column] in fills else None
                self.paint([(column, row)], sign, style + Style(bgcolor=ground) if ground else style)

    def write(self, column: int, row: int, word: str, style: Style) -> None:
        """Put a word into a row, a sign to each cell."""
        for offset, sign in enumerate(word):
            self.paint([(column + offset, row)], sign, style)

    def line(self, from_top: int) -> list[Segment]:
        """One row of cells, as few segments as there are changes of style."""
        row = self.rows - 1 - from_top
        styles: Sequence[Style] = list(self._known)
        pairs = zip(self._styles[row], self._signs[row], strict=True)
        return [
            Segment("".join(map(itemgetter(1), run)), styles[number]) for number, run in groupby(pairs, itemgetter(0))
        ]
