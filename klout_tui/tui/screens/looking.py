"""A screen that has to look through a year first: it stands at once, says so, and is filled when that is done."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from textual import on, work
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from klout_tui.domain import wording
from klout_tui.errors import KloutError
from klout_tui.tui.desk import Desk
from klout_tui.tui.messages import Followed, Noun, Opened
from klout_tui.tui.widgets.table import RowTable

Found = TypeVar("Found")


class LookingScreen(Screen[None], Generic[Found]):
    """Subclasses draw what was found.

    Args:
        desk: Tells which moment is shown.
        look: Finds it; called in a thread.
    """

    def __init__(self, desk: Desk, look: Callable[[], Found]) -> None:
        super().__init__(classes="-looking")
        self._desk = desk
        self._look = look
        self.found: Found | None = None
        """What was found; None while it is being looked for."""

    @abstractmethod
    def draw(self, found: Found) -> None:
        """Show it."""

    def on_mount(self) -> None:
        """Begin to look."""
        self.say("Looking through the last 52 weeks …")
        self.app.theme_changed_signal.subscribe(self, lambda _: self._redraw())
        self.look_again()

    @property
    def now(self) -> datetime:
        """The moment shown, UTC."""
        return self._desk.now()

    def say(self, *lines: str) -> None:
        """The heading: the first line bold, the rest quiet."""
        first, *rest = lines
        if (day := self._desk.as_of) is not None:
            rest.append(f"As at the end of {wording.day(day)} {day.year}.")
        parts = [Content.styled(first, "bold"), *(Content.styled(line, "dim") for line in rest)]
        self.query_one(".head", Static).update(Content("\n").join(parts))

    @work(group="find", exclusive=True)
    async def look_again(self) -> None:
        """Find it anew: another day is shown."""
        try:
            found = await asyncio.to_thread(self._look)
        except KloutError as error:
            self.say(error.message, error.hint)
            return
        if self.is_mounted and self.is_attached:
            self.found = found
            self.remove_class("-looking")
            self.draw(found)
            self.refresh_bindings()

    def _redraw(self) -> None:
        if self.found is not None:
            self.draw(self.found)

    @on(RowTable.Following)
    def _following(self, event: RowTable.Following) -> None:
        self.post_message(Followed(event.row.url))

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        table = event.data_table
        row = table.current if isinstance(table, RowTable) else None
        if row is not None and row.opens is not None and event.row_key.value == row.key:
            self.post_message(Opened(Noun(row.opens[0]), row.opens[1]))
