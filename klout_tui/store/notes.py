"""The user's notes, in the core file.

A number is never given twice, so that whoever wrote one down means the same note for ever. A note is reworded, dropped
or put back only where it stands as it was seen: another shell may have been there in between.
"""

from __future__ import annotations

from datetime import date

from klout_tui.domain.notes import LONGEST, Note
from klout_tui.domain.text import clean_line
from klout_tui.errors import StoreError, UsageError
from klout_tui.store import records
from klout_tui.store.records import CORE, NOTES, NUMBERED, STORE, Remembered
from klout_tui.store.transaction import Transaction


def keep(tx: Transaction, day: date, text: str, post: str | None, before: Note | None) -> Note:
    """Keep a new note, or another wording of one there is: a note of its own where that one changed meanwhile.

    Raises:
        UsageError: there is nothing in it, or too much.
    """
    line = clean_line(text, LONGEST + 1, emoji=True)
    if not line:
        raise UsageError("a note needs some words", hint='For example: klout-tui note "gave away the report"')
    if len(line) > LONGEST:
        raise UsageError(f"a note is one line of at most {LONGEST} characters", hint="Say it shorter.")
    stands = before is not None and _standing(tx, before.id) == before
    note_id = before.id if before is not None and stands else _number(tx, _given(tx) + 1)
    note = Note(id=note_id, day=day, text=line, made_at=tx.now, post=post)
    tx.put(CORE, NOTES, note.id, note)
    return note


def put_back(tx: Transaction, note: Note, over: Note | None) -> None:
    """Keep a note as it was, in place of another wording or of its removal.

    Raises:
        StoreError: something else stands there by now.
    """
    _expect(tx, note.id, over)
    tx.put(CORE, NOTES, note.id, note)


def drop(tx: Transaction, note: Note) -> None:
    """Drop a note that stands as it was seen.

    Raises:
        StoreError: it says something else by now, or is gone.
    """
    _expect(tx, note.id, note)
    _number(tx, _given(tx))
    tx.delete(CORE, NOTES, note.id)


def remove(tx: Transaction, note_id: str) -> Note:
    """Drop a note, whatever it says, and tell what it was.

    Raises:
        StoreError: there is none with that number.
    """
    note = _standing(tx, note_id)
    if note is None:
        raise StoreError(f"There is no note {note_id}.", hint="See your notes with: klout-tui show notes")
    drop(tx, note)
    return note


def _standing(tx: Transaction, note_id: str) -> Note | None:
    row = tx.row(CORE, NOTES, note_id)
    return None if row is None else records.decode_note(row)


def _expect(tx: Transaction, note_id: str, seen: Note | None) -> None:
    found = _standing(tx, note_id)
    if found != seen:
        now = "is gone" if found is None else f"now says “{found.text}”"
        raise StoreError(
            f"Note {note_id} was changed elsewhere and {now}; nothing was changed here.",
            hint="See your notes with: klout-tui show notes",
        )


def _given(tx: Transaction) -> int:
    """The highest number ever given; 0 before the first."""
    row = tx.row(CORE, STORE, NUMBERED)
    kept = 0 if row is None else int(records.decode_remembered(row).value)
    return max(kept, *(int(key) for key in tx.engine.rows(CORE, NOTES) if key.isdecimal()), 0)


def _number(tx: Transaction, number: int) -> str:
    """Remember that a number was given."""
    tx.put(CORE, STORE, NUMBERED, Remembered(value=str(number)))
    return str(number)
