"""What is done to notes, with what takes it back. Blocking; call it in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from klout_tui.domain.notes import Note
from klout_tui.errors import KloutError
from klout_tui.store.store import Store
from klout_tui.tui.undo import Deed


def noted(store: Store, day: date, post: str | None, before: Note | None, text: str) -> Deed:
    """Keep a note in place of the one before; without a text drop that one.

    Raises:
        UsageError: there is neither a text nor a note before, or the text is too long.
        StoreError: it cannot be written, or the note to drop was changed elsewhere.
    """
    if before is not None and not text:
        store.drop_note(before)
        return Deed("removed a note", partial(store.put_note_back, before, None))
    kept = store.note(day, text, post, before=before)
    if before is None:
        return Deed("kept a note", partial(store.drop_note, kept))
    if kept.id == before.id:
        return Deed("reworded a note", partial(store.put_note_back, before, kept))
    return Deed("kept a note beside one that was changed elsewhere", partial(store.drop_note, kept))


def joined(deeds: Sequence[Deed]) -> Deed:
    """Several as one, taken back the last one first."""
    if len(deeds) == 1:
        return deeds[0]

    def back() -> None:
        faults = []
        for deed in reversed(deeds):
            try:
                deed.inverse()
            except KloutError as error:  # the others are taken back all the same
                faults.append(error)
        if faults:
            raise faults[0]

    return Deed(f"changed {len(deeds)} notes", back)
