"""Which bar a note is marked on."""

from __future__ import annotations

from datetime import date, timedelta

from klout_tui.domain.notes import Note, marks
from tests.domain.facts import NOON

DAY = date(2026, 11, 20)


def note(number: int, back: int) -> Note:
    return Note(id=str(number), day=DAY - timedelta(days=back), text=f"note {number}", made_at=NOON)


def test_notes_are_marked_by_the_number_they_are_removed_by() -> None:
    bars = [(DAY - timedelta(days=back), DAY - timedelta(days=back)) for back in (3, 2, 1, 0)]
    found = marks([note(10, 0), note(2, 3), note(3, 0), note(4, 9)], bars)
    assert {bar: [each.mark for each in there] for bar, there in found.items()} == {0: ["n2"], 3: ["n3", "n10"]}


def test_a_week_holds_the_notes_of_its_days() -> None:
    weeks = [(DAY - timedelta(days=13), DAY - timedelta(days=7)), (DAY - timedelta(days=6), DAY)]
    assert {bar: len(there) for bar, there in marks([note(1, 7), note(2, 6), note(3, 0)], weeks).items()} == {
        0: 1,
        1: 2,
    }
