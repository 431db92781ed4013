"""The part of the app where notes are kept: asked for in a dialog, or written in the review."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from textual import on, work

from klout_tui.domain import wording
from klout_tui.errors import KloutError
from klout_tui.tui.messages import Noted, Written
from klout_tui.tui.notedeeds import joined
from klout_tui.tui.undo import Deed
from klout_tui.tui.undoing import TOLD, UndoingApp

if TYPE_CHECKING:
    from klout_tui.domain.notes import Note
    from klout_tui.tui.desk import Desk


class NotingApp(UndoingApp):
    """Keeps what she notes; every note can be taken back."""

    desk: Desk
    """All reading and deciding."""

    @on(Noted)
    @work(group="note")
    async def _note(self, message: Noted) -> None:
        """Ask for what there is to note on a day, or on a post, beside what is noted there already."""
        from klout_tui.tui.screens.note import NoteScreen

        view = self.home.view
        if view is None or view.past:
            self.notify("The past can only be looked at.", markup=False)
            return
        notes = [note for note in view.notes if (note.day, note.post) == (message.day, message.post)]
        about = f"{message.day:%A}, {wording.day(message.day, view.today)}"
        about += ", on a post of that day" if message.post else ""
        texts = await self._answer(NoteScreen(about, notes))
        if texts is not None:
            await self._keep_notes(message.day, message.post, zip((*notes, None), texts, strict=True))

    @on(Written)
    @work(group="note")
    async def _write(self, message: Written) -> None:
        """Keep a note as it was written."""
        if not await self._keep_notes(message.day, None, [(message.before, message.text)]):
            message.failed()

    async def _keep_notes(self, day: date, post: str | None, lines: Iterable[tuple[Note | None, str]]) -> bool:
        """Keep each line in place of the note before; whether all of it could be done."""
        changed = [(before, text) for before, text in lines if text != (before.text if before else "")]
        deeds: list[Deed] = []
        async with self._in_turn:
            for before, text in changed:
                try:
                    deeds.append(await asyncio.to_thread(self.desk.note, day, post, before, text))
                except KloutError as error:
                    self.complain(error)
            if deeds:
                deed = joined(deeds)
                self.undo.done(deed.words, deed.inverse)
                said = f"{deed.words[0].upper()}{deed.words[1:]}. Ctrl+Z takes it back."
                self.notify(said, markup=False, timeout=TOLD)
        self.redraw()
        return len(deeds) == len(changed)
