"""The part of the app that logs thanks no network tells."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work

from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.model import Interaction
from klout_tui.errors import KloutError
from klout_tui.session import Session
from klout_tui.tui.logbook import Logbook
from klout_tui.tui.messages import Correcting, Removing
from klout_tui.tui.undoing import UndoingApp

if TYPE_CHECKING:
    from klout_tui.tui.screens.log_dialog import Logged


class GratitudeApp(UndoingApp):
    """What is done to her log."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.book = Logbook(session)

    def action_log(self) -> None:
        """Log thanks in a dialog."""
        self._ask_about(None)

    def _ask_about(self, entry: Interaction | None) -> None:
        from klout_tui.tui.screens.log_dialog import LogDialog

        if self.home.view is not None:
            self._ask(LogDialog(self.book, self.home.view, entry), self._logged)

    def _logged(self, logged: Logged | None) -> None:
        if logged is None:
            return
        entry, old = logged.entry, logged.old
        who = entry.actor.name or entry.actor.handle
        if old is None:
            self.undo.done(f"logged {who}", partial(self.book.remove, entry.id))
            about = f" for {', '.join(entry.topics)}" if entry.topics else ""
            self.notify(f"Logged: {who}{about}. Ctrl+Z takes it back.", markup=False)
        else:
            self.undo.done(f"corrected {who}", partial(self.book.put_back, old))
            self.notify(f"Corrected: {who}. Ctrl+Z takes it back.", markup=False)
        self.redraw()

    @on(Correcting)
    def _correct(self, message: Correcting) -> None:
        self._ask_about(message.entry)

    @on(Removing)
    @work(group="log")
    async def _remove(self, message: Removing) -> None:
        try:
            gone, thanked_at = await asyncio.to_thread(self.book.remove, message.entry.id)
        except KloutError as error:
            self.complain(error)
        else:
            who = gone.actor.name or gone.actor.handle
            self.undo.done(f"deleted {who}", partial(self.book.put_back, gone, thanked_at))
            self.notify(f"Deleted: {who}. Ctrl+Z takes it back.", markup=False)
        self.redraw()

    @work(group="open", exclusive=True)
    async def action_logged(self) -> None:
        """Everything logged."""
        from klout_tui.tui.screens.log_list import LogScreen

        view = self.home.view
        if view is None:
            return
        try:
            entries = await asyncio.to_thread(self.book.entries, view.now)
        except KloutError as error:
            self.complain(error)
        else:
            await self.push_screen(LogScreen(entries, view))

    async def _renew_log(self, view: Dashboard) -> None:
        """Draw the list anew, where it is on the screen."""
        from klout_tui.tui.screens.log_list import LogScreen

        for screen in self.screen_stack:
            if isinstance(screen, LogScreen):
                entries = await asyncio.to_thread(self.book.entries, view.now)
                if screen.is_mounted and screen.is_attached:
                    screen.update(entries, view)
