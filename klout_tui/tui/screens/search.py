"""Search over everything: topics, people, posts and what people wrote."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import DataTable, Input, Static

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.details import Hit
from klout_tui.errors import KloutError
from klout_tui.tui.desk import Desk
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun, Opened
from klout_tui.tui.screens.page import one_line
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.table import Column, Row, RowTable

COLUMNS: Final = (
    Column("what", "", 8),
    Column("label", "found", 24, grow=4),
    Column("sub", "", 16, grow=1, rank=1, most=48),
    Column("when", "when", 6, right=True),
)

TYPING_PAUSE: Final = 0.12
"""Seconds without a key before a search begins: one over everything is not begun for every letter."""


class SearchScreen(Screen[None]):
    """A line to type in and what it finds, best first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Back", id="search.back"),
        Binding("down", "to_hits", "To the list", show=False, id="search.to_hits"),
    ]

    def __init__(self, desk: Desk, view: Dashboard) -> None:
        super().__init__(classes="search")
        self._desk = desk
        self._view = view

    def compose(self) -> ComposeResult:
        """The line and the list."""
        yield Input(placeholder="search posts, people, topics and what people wrote", id="query")
        yield Static("Nothing found.", classes="empty")
        yield RowTable(COLUMNS)
        yield KeyLine()

    def on_mount(self) -> None:
        """Start typing at once."""
        self.query_one(".empty").display = False
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

    @work(exclusive=True, group="search")
    async def _search(self, query: str) -> None:
        await asyncio.sleep(TYPING_PAUSE)
        try:
            hits = await asyncio.to_thread(self._desk.search, query)
        except KloutError as error:
            self.notify(error.message, severity="error", markup=False)
            return
        if not self.is_mounted or self.app.screen is not self:
            return
        inks = Inks.of(self.app)
        self.query_one(".empty").display = missing = bool(query.strip()) and not hits
        self.query_one(RowTable).display = not missing
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
                "when": Text(wording.ago(hit.at, self._view.now) if hit.at else "", style=inks.dim),
            },
            opens=(noun, key),
        )

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        row = self.query_one(RowTable).current
        if row and row.opens and event.row_key.value == row.key:
            self.post_message(Opened(Noun(row.opens[0]), row.opens[1]))
