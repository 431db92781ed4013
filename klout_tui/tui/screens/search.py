"""Search over everything: topics, people, posts and what people wrote."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Input
from textual.worker import get_current_worker

from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.details import Hit
from klout_tui.tui import words
from klout_tui.tui.desk import Desk
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun, Opened
from klout_tui.tui.screens.page import one_line
from klout_tui.tui.widgets.table import Column, Row, RowTable

COLUMNS: Final = (
    Column("what", "", 8),
    Column("label", "found", 24, grow=4),
    Column("sub", "", 16, grow=1, rank=1, most=48),
    Column("when", "when", 6, right=True),
)


class SearchScreen(Screen[None]):
    """A line to type in and what it finds, best first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Back", id="search.back"),
        Binding("down", "to_hits", "To the list", show=False, id="search.to_hits"),
    ]

    def __init__(self, desk: Desk, view: Dashboard) -> None:
        super().__init__()
        self._desk = desk
        self._view = view

    def compose(self) -> ComposeResult:
        """The line and the list."""
        yield Input(placeholder="search posts, people, topics and what people wrote", id="query")
        yield RowTable(COLUMNS)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start typing at once."""
        self.query_one(Input).focus()

    def action_to_hits(self) -> None:
        """Into the list."""
        self.query_one(RowTable).focus()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_to_hits()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    @work(exclusive=True, group="search", thread=True)
    def _search(self, query: str) -> None:
        hits = self._desk.search(query)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show, hits)

    def _show(self, hits: tuple[Hit, ...]) -> None:
        inks = Inks.of(self.app)
        self.query_one(RowTable).show([self._row(number, hit, inks) for number, hit in enumerate(hits)])

    def _row(self, number: int, hit: Hit, inks: Inks) -> Row:
        noun, key = next(
            (noun, key)
            for noun, key in ((Noun.TOPIC, hit.topic), (Noun.PERSON, hit.person), (Noun.POST, hit.post))
            if key is not None
        )
        return Row(
            key=str(number),
            cells={
                "what": Text(noun.value, style=inks.dim),
                "label": Text(one_line(hit.label)),
                "sub": Text(one_line(hit.sub), style=inks.dim),
                "when": Text(words.ago(hit.at, self._view.now) if hit.at else "", style=inks.dim),
            },
            opens=(noun, key),
        )

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        row = self.query_one(RowTable).current
        if row and row.opens and event.row_key.value == row.key:
            self.post_message(Opened(Noun(row.opens[0]), row.opens[1]))
