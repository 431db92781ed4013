"""Notes: each with a number of its own, none written over that another shell has changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from klout_tui.errors import StoreError
from klout_tui.store.records import CORE, NUMBERED, STORE
from klout_tui.store.store import Store
from tests.conftest import FrozenClock

DAY = date(2026, 11, 20)


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    with Store.open(tmp_path / "store", clock=clock) as opened:
        yield opened


def texts(store: Store) -> dict[str, str]:
    return {note.id: note.text for note in store.notes()}


def test_a_removal_taken_back_meets_no_other_note(store: Store) -> None:
    store.note(DAY, "one")
    two = store.note(DAY, "two")
    store.drop_note(two)
    store.note(DAY, "three")
    store.put_note_back(two, None)
    assert texts(store) == {"1": "one", "2": "two", "3": "three"}


def test_numbers_go_on_in_a_store_from_before_they_were_remembered(store: Store) -> None:
    store.note(DAY, "one")
    two = store.note(DAY, "two")
    with store._writing() as tx:
        tx.delete(CORE, STORE, NUMBERED)
    store.remove_note(two.id)
    assert store.note(DAY, "three").id == "3"


def test_another_wording_is_kept_beside_one_that_was_changed_elsewhere(store: Store) -> None:
    seen = store.note(DAY, "seen")
    store.note(DAY, "from the shell", before=seen)
    mine = store.note(DAY, "mine", before=seen)
    assert texts(store) == {"1": "from the shell", "2": "mine"}
    store.drop_note(mine)
    store.remove_note("1")
    assert store.note(DAY, "again", before=seen).id == "3"


def test_nothing_is_dropped_or_put_back_over_what_was_changed_elsewhere(store: Store) -> None:
    seen = store.note(DAY, "seen")
    worded = store.note(DAY, "worded", before=seen)
    with pytest.raises(StoreError, match="now says “worded”"):
        store.drop_note(seen)
    with pytest.raises(StoreError, match="now says “worded”"):
        store.put_note_back(seen, None)
    store.remove_note(worded.id)
    with pytest.raises(StoreError, match="is gone"):
        store.put_note_back(seen, worded)
    store.put_note_back(worded, None)
    store.put_note_back(seen, worded)
    assert texts(store) == {"1": "seen"}
