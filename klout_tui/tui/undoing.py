"""The part of the app where what was done last is taken back."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType

from klout_tui.errors import KloutError
from klout_tui.session import Session
from klout_tui.tui.accounts import AccountsApp
from klout_tui.tui.undo import Undo

TOLD: Final = 3.0
"""Seconds a deed is told: it can be seen on the screen as well."""


class UndoingApp(AccountsApp):
    """Deeds of a run, each of which can be taken back with one key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "undo", "Undo", show=False, id="app.undo", tooltip="Take back what you did last"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.undo = Undo()
        self._in_turn = asyncio.Lock()
        """Deeds and their undoing happen in the order they were asked for, however fast the keys."""

    def has_forgotten(self) -> None:
        """No deed from before may bring back anything of what was forgotten."""
        self.undo = Undo()

    @work(group="undo")
    async def action_undo(self) -> None:
        """Take back what was done last; again for what was done before."""
        async with self._in_turn:
            deed = self.undo.take()
            if deed is None:
                self.notify("There is nothing to undo.", markup=False)
                return
            try:
                await asyncio.to_thread(deed.inverse)
            except KloutError as error:
                self.complain(error)
            else:
                self.notify(f"Taken back: {deed.words}.", markup=False, timeout=TOLD)
        self.redraw()
