"""Forgetting an account: nothing of its network stays anywhere, and what is the user's own does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.checks import wrongs
from klout_tui.domain.curation import Tags
from klout_tui.domain.settled import How, Settled
from klout_tui.domain.ties import tied
from klout_tui.store import Store, people
from klout_tui.store.checkup import check_up
from klout_tui.store.facts import end_visit, seen
from klout_tui.store.people import apart_of, astray, notes_of, ties_of, without
from klout_tui.store.records import Regard
from tests.store.build import ADA, BLOG, NOON, REPLY, Clock, account, act, batch, linked, post

DAY = date(2026, 3, 10)
KNOWN, STRANGER, OTHER, BOTH = (f"https://{name}.example/@who" for name in ("blog-reader", "stranger", "other", "both"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two accounts; two people are known by one of them only, one by the other only, one by both."""
    with linked(tmp_path / "store", Clock()) as store:
        store.link(account(BLOG, keys=("ada.example",)))
        acts = [act(f"a-{n}", by=who, kind=REPLY) for n, who in enumerate((STRANGER, OTHER, BOTH))]
        store.absorb(batch(post("https://ada.example/p1"), *acts))
        mine = [act(f"b-{n}", by=who, on="b1", account=BLOG) for n, who in enumerate((KNOWN, BOTH))]
        store.absorb(batch(post("b1", account=BLOG), *mine, of=BLOG))
        yield store


def everything_on_disk(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_was_noted_on_people_nobody_else_knows_goes_with_them(store: Store, tmp_path: Path) -> None:
    store.remark([STRANGER], "met in Berlin", NOON)
    store.remark([BOTH], "reads everything", NOON)
    store.remark([KNOWN], "a neighbour", NOON)
    store.ignore([OTHER])
    store.settle(["a-0"], Settled(how=How.DONE, at=NOON))
    store.forget(ADA)
    assert store.remarks() == {BOTH: "reads everything", KNOWN: "a neighbour"}
    assert store.ties().ignored == frozenset()
    assert store.settled() == {}
    kept = everything_on_disk(tmp_path)
    for trace in (STRANGER, OTHER, "met in Berlin", "https://ada.example/p1"):
        assert trace.encode() not in kept
    store.close()
    assert not list(wrongs(check_up(tmp_path / "store", Clock()).checks))


def test_whoever_was_merged_keeps_the_note_under_the_handle_that_stays(store: Store, tmp_path: Path) -> None:
    store.remark([STRANGER], "met in Berlin", NOON)
    store.remark([KNOWN], "a neighbour", NOON)
    store.merge([STRANGER, KNOWN, BOTH])
    store.tell_apart(OTHER, BOTH)
    store.forget(ADA)
    person = min(KNOWN, BOTH)
    assert store.ties().people() == {person: tuple(sorted((KNOWN, BOTH)))}
    assert store.remarks() == {person: "a neighbour; met in Berlin"}
    assert store.apart() == frozenset()
    assert STRANGER.encode() not in everything_on_disk(tmp_path)
    store.close()
    assert not list(wrongs(check_up(tmp_path / "store", Clock()).checks))


def test_notes_on_days_stay_without_the_post_they_were_on(store: Store, tmp_path: Path) -> None:
    store.note(DAY, "gave away the report", "https://ada.example/p1")
    store.note(DAY, "rain", None)
    store.note(DAY, "wrote at last", "b1")
    store.tag("tagged", "https://ada.example/p1", Tags(added=("python",)))
    store.forget(ADA)
    kept = {note.text: note.post for note in store.notes()}
    assert kept == {"gave away the report": None, "rain": None, "wrote at last": "b1"}
    assert b"https://ada.example/p1" not in everything_on_disk(tmp_path)


def test_how_far_it_was_read_at_the_last_visit_is_forgotten_too(store: Store, tmp_path: Path) -> None:
    for each in (ADA, BLOG):
        store.set_health(msgspec.structs.replace(store.health(each), last_ok=NOON))
    end_visit(store, NOON)
    store.forget(ADA)
    assert set(seen(store)) == {BLOG}
    assert ADA.encode() not in everything_on_disk(tmp_path)


keys = st.sampled_from("abcdef")


@given(
    groups=st.lists(st.sets(keys, min_size=2, max_size=3), max_size=2),
    notes=st.dictionaries(keys, st.sampled_from(["one", "two", "three"])),
    pairs=st.lists(st.tuples(keys, keys).filter(lambda pair: pair[0] != pair[1]), max_size=3),
    gone=st.sets(keys),
)
def test_what_is_left_is_of_one_piece_and_names_nobody_who_is_gone(
    groups: list[set[str]], notes: dict[str, str], pairs: list[tuple[str, str]], gone: set[str]
) -> None:
    regards = {key: Regard(note=text, noted_at=NOON) for key, text in notes.items()}
    regards |= people.tied(regards, tied(groups))
    regards |= people.told_apart(regards, pairs, apart=True)
    changed = without(regards, gone)
    left = {key: each for key, each in {**regards, **changed}.items() if each}
    assert not gone & left.keys()
    assert astray(left) == {}
    assert not any(gone & {each.person, *each.apart} for each in left.values())
    before, after = ties_of(regards), ties_of(left)
    stay = "abcdef"
    for one in stay:
        for other in stay:
            if not {one, other} & gone:
                assert (after.person(one) == after.person(other)) == (before.person(one) == before.person(other))
    assert apart_of(left) == frozenset(pair for pair in apart_of(regards) if not gone & set(pair))
    told = notes_of(left, after)
    for person, words in notes_of(regards, before).items():
        here = [key for key in before.handles(person) if key not in gone]
        if here:
            assert sorted(told[after.person(here[0])].split("; ")) == sorted(words.split("; "))
    assert len(told) == sum(bool(set(before.handles(each)) - gone) for each in notes_of(regards, before))
