"""The user's notes, in the core file."""

from __future__ import annotations

from datetime import date

from klout_tui.domain.notes import LONGEST, Note
from klout_tui.domain.text import clean_line
from klout_tui.errors import StoreError, UsageError
from klout_tui.store import records
from klout_tui.store.records import CORE, NOTES
from klout_tui.store.transaction import Transaction


def keep(tx: Transaction, day: date, text: str, post: str | None, note_id: str | None) -> Note:
    """Keep a new note, or another wording of one there is.

    Raises:
        UsageError: there is nothing in it, or too much.
    """
    line = clean_line(text, LONGEST + 1)
    if not line:
        raise UsageError("a note needs some words", hint='For example: klout-tui note "gave away the report"')
    if len(line) > LONGEST:
        raise UsageError(f"a note is one line of at most {LONGEST} characters", hint="Say it shorter.")
    if note_id is None:
        taken = (int(key) for key in tx.engine.rows(CORE, NOTES) if key.isdecimal())
        note_id = str(max(taken, default=0) + 1)
    note = Note(id=note_id, day=day, text=line, made_at=tx.now, post=post)
    put(tx, note)
    return note


def put(tx: Transaction, note: Note) -> None:
    """Keep a note as it is."""
    tx.put(CORE, NOTES, note.id, note)


def remove(tx: Transaction, note_id: str) -> Note:
    """Drop a note, and tell what it was.

    Raises:
        StoreError: there is none with that number.
    """
    row = tx.row(CORE, NOTES, note_id)
    if row is None:
        raise StoreError(f"There is no note {note_id}.", hint="See your notes with: klout-tui show notes")
    tx.delete(CORE, NOTES, note_id)
    return records.decode_note(row)
