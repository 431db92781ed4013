"""A table that fills its width exactly, updates in place and keeps the cursor on the row the reader is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widgets import DataTable

ROOMY = 90
"""Cells of width from which columns stand two cells apart instead of one."""


USUAL: Final = "│"
"""Where the usual lies on a bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A cell drawn as a bar of the column's own width."""

    share: float
    """0 to 1; anything above nothing is seen."""
    style: Style
    usual: float | None = None
    """The share at which a stroke stands to read the bar against; None: no stroke."""

    def draw(self, width: int) -> Text:
        """The bar as text."""
        bar = Text("▇" * (max(1, round(min(self.share, 1.0) * width)) if self.share > 0 else 0), style=self.style)
        if self.usual is None:
            return bar
        place = min(round(self.usual * width), width - 1)
        bar.pad_right(max(0, place - len(bar)))
        return Text.assemble(bar[:place], (USUAL, "dim"), bar[place + 1 :])


@dataclass(frozen=True, slots=True)
class Wording:
    """A cell that says the same in ever shorter words; the first that fits is shown."""

    options: tuple[str, ...]
    style: Style

    def draw(self, width: int) -> Text:
        """The longest wording that fits."""
        fitting = (words for words in self.options if cell_len(words) <= width)
        return Text(next(fitting, self.options[-1]), style=self.style)


Cell = Text | Bar | Wording


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how narrow it may be, whether it takes spare room, and when it gives way."""

    key: str
    label: str
    least: int
    """Cells it needs to be worth showing."""
    grow: int = 0
    """Its part of the room left over; 0 keeps it at ``least``."""
    rank: int = 0
    """Columns of higher rank are dropped first where the table is narrow."""
    right: bool = False
    most: int | None = None
    """Cells beyond which it grows no more."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a lasting key, and a cell for every column key."""

    key: str
    cells: Mapping[str, Cell]
    url: str = ""
    """The permalink, where there is one."""
    note: str = ""
    """What there is to read, in full; shown apart where there is room."""
    opens: tuple[str, str] | None = None
    """Noun and key of what the row opens into; None where it is the end of the trail."""


def fit(columns: Sequence[Column], width: int) -> list[tuple[Column, int]]:
    """The columns that fit into ``width`` cells, with the width of each; together they fill it where any may grow."""
    kept = list(columns)
    gap = gutter(width)
    while len(kept) > 1 and sum(column.least + gap for column in kept) > width:
        kept.remove(max(reversed(kept), key=lambda column: column.rank))
    widths = {column.key: column.least for column in kept}
    spare = width - sum(column.least + gap for column in kept)
    growing = [column for column in kept if column.grow]
    while spare > 0 and growing:
        parts = sum(column.grow for column in growing)
        given = 0
        for column in growing:
            share = max(1, spare * column.grow // parts)
            room = share if column.most is None else min(share, column.most - widths[column.key])
            room = max(0, min(room, spare - given))
            widths[column.key] += room
            given += room
        spare -= given
        growing = [column for column in growing if column.most is None or widths[column.key] < column.most]
        if not given:
            break
    return [(column, widths[column.key]) for column in kept]


def _differ(old: Cell, new: Cell) -> bool:
    """Rich compares the words of two texts, not their styles."""
    if isinstance(old, Text) and isinstance(new, Text):
        return old != new or old.style != new.style
    return old != new


def gutter(width: int) -> int:
    """Cells between columns in a table of this width."""
    return 2 if width >= ROOMY else 1


class RowTable(DataTable[Text]):
    """Rows with lasting keys under columns that adapt to the width."""

    ALLOW_SELECT = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open", id="row.open", tooltip="Open what this row is made of"),
        Binding("up,k", "cursor_up", "Up", show=False, id="row.up"),
        Binding("down,j", "cursor_down", "Down", show=False, id="row.down"),
        Binding("left,h", "cursor_left", "Left", show=False, id="row.left"),
        Binding("right,l", "cursor_right", "Right", show=False, id="row.right"),
        Binding("pageup,ctrl+b", "page_up", "Page up", show=False, id="row.page_up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="row.page_down"),
        Binding("home", "scroll_top", "Top", show=False, id="row.top"),
        Binding("end", "scroll_bottom", "Bottom", show=False, id="row.bottom"),
        Binding("o", "follow", "Browser", id="row.follow", tooltip="Open the permalink in the browser"),
        Binding("y", "copy", "Copy", show=False, id="row.copy", tooltip="Copy the row as text"),
    ]

    @dataclass
    class Following(Message):
        """The user asked for the row's permalink."""

        row: Row

    def __init__(self, columns: Sequence[Column], *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            id=id, classes=classes, cursor_type="row", cell_padding=0, cursor_foreground_priority="renderable"
        )
        self._wanted = tuple(columns)
        self._fitted: list[tuple[Column, int]] = []
        self._gap = 1
        self._shown: tuple[Row, ...] = ()

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._shown[self.cursor_row] if 0 <= self.cursor_row < len(self._shown) else None

    @property
    def rows_shown(self) -> tuple[Row, ...]:
        """All rows, in order."""
        return self._shown

    def column_width(self, key: str) -> int:
        """Cells of a column as fitted now; 0 when it is not shown."""
        return next((width for column, width in self._fitted if column.key == key), 0)

    def show(self, rows: Sequence[Row]) -> None:
        """Draw these rows; only what differs is touched, and the cursor stays with its row."""
        before, self._shown = self._shown, tuple(rows)
        if not self._fitted:
            return
        if [row.key for row in before] != [row.key for row in rows]:
            self._refill(before)
            return
        for old, new in zip(before, rows, strict=True):
            for column, width in self._fitted:
                if _differ(old.cells[column.key], new.cells[column.key]):
                    self.update_cell(new.key, column.key, self._cell(new, column, width))

    def wear(self, columns: Sequence[Column]) -> None:
        """Show other columns from now on; rows that have cells for them must follow."""
        if tuple(columns) != self._wanted:
            self._wanted, self._fitted, self._shown = tuple(columns), [], ()
            self.fit()

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self.fit()

    def fit(self) -> None:
        """Fit the columns to the width there is."""
        width = self.outer_size.width - self.styles.gutter.width - self.styles.scrollbar_size_vertical
        if width < 1:
            return
        fitted = fit(self._wanted, width)
        if fitted != self._fitted:
            self._fitted, self._gap = fitted, gutter(width)
            self._refill(self._shown, columns=True)

    # Selecting with the mouse, which DataTable leaves out

    def render_line(self, y: int) -> Strip:
        """A line that the mouse can select text from."""
        # A terminal's own colours may vanish on its own grey: there the cursor's row is in the cursor's colour alone.
        self.cursor_foreground_priority = "css" if self.has_focus and self.has_pseudo_class("ansi") else "renderable"
        strip = super().render_line(y)
        _, top = self.scroll_offset
        line = y if y < self.header_height else y + top
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(line)) is not None:
            start, end = span
            end = strip.cell_length if end == -1 else end
            style = self.screen.get_visual_style("screen--selection").rich_style
            before, within, after = (
                strip.crop(0, start),
                strip.crop(start, end),
                strip.crop(end, strip.cell_length),
            )
            strip = Strip.join([before, within.apply_style(style), after])
        return strip.apply_offsets(0, line)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, row by row as drawn."""
        lines = ["".join(self._drawn(column.label, width) for column, width in self._fitted)]
        lines += [
            "".join(self._drawn(self._cell(row, column, width).plain, width) for column, width in self._fitted)
            for row in self._shown
        ]
        return selection.extract("\n".join(lines)), "\n"

    def _drawn(self, text: str, width: int) -> str:
        """Text as wide as its column and gutter."""
        return set_cell_size(text, width + self._gap)

    def action_follow(self) -> None:
        """Ask for the row's permalink."""
        if self.current:
            self.post_message(self.Following(self.current))

    def action_copy(self) -> None:
        """Copy the row's cells, tab between them, and its link to the clipboard (OSC 52)."""
        if row := self.current:
            drawn = (self._cell(row, column, 200) for column, _ in self._fitted)
            words = [cell.plain.strip() for cell in drawn if cell.plain.strip(f"▇ {USUAL}")]
            self.app.copy_to_clipboard("\t".join(filter(None, [*words, row.url])))
            self.app.notify("Copied.", markup=False)

    def _refill(self, before: Sequence[Row], *, columns: bool = False) -> None:
        place = self.cursor_row
        key = before[place].key if 0 <= place < len(before) else None
        untouched = self.cursor_row == 0 and not self.has_focus
        top = self.scroll_offset.y
        line = place - top
        self.clear(columns=columns)
        if columns:
            for column, width in self._fitted:
                label = Text(column.label, style="dim")
                label.align("right" if column.right else "left", width)
                self.add_column(label, width=width + self._gap, key=column.key)
        for row in self._shown:
            self.add_row(*(self._cell(row, column, width) for column, width in self._fitted), key=row.key)
        places = {row.key: index for index, row in enumerate(self._shown)}
        if key is not None and not untouched:
            at = places.get(key, min(place, len(self._shown) - 1))
            self.move_cursor(row=at, scroll=False)
            top = 0 if top == 0 and at < self.scrollable_content_region.height - self.header_height else at - line
            self.scroll_to(y=max(0, top), animate=False, force=True)

    @staticmethod
    def _cell(row: Row, column: Column, width: int) -> Text:
        """The cell on one line, no wider than its column; the gutter stays empty."""
        cell = row.cells[column.key]
        text = cell.copy() if isinstance(cell, Text) else cell.draw(width)
        text.no_wrap = True
        text.truncate(width, overflow="ellipsis")
        if column.right:
            text.align("right", width)
        return text
