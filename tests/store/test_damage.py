"""Damaged files: nothing is thrown away, the last good copy serves, totals stay true, and she is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from klout_tui.errors import StoreError
from klout_tui.store import Store
from tests.store.build import ADA, BLOG, NOON, Clock, account, act, batch, fold, linked, post, tiny_tables, totals

HARMS: dict[str, Callable[[bytes], bytes]] = {
    "zero length": lambda _: b"",
    "truncated": lambda body: body[: len(body) // 2],
    "garbled": lambda body: body[:40] + b"\x00\xff\x13" * 20 + body[100:],
    "other JSON": lambda _: b'{"interactions":[1,2,3]}',
    "no meta": lambda _: b'{"interactions":{}}',
}


def grown(folder: Path, clock: Clock) -> None:
    """A store folded twice, so that every shard has a copy that lacks the second batch."""
    store = linked(folder, clock)
    store.absorb(batch(post(likes=3), act("a1")))
    fold(store)
    store.absorb(batch(post("p2", likes=1), act("a2"), act("a3", on="p2"), cursor="2"))
    fold(store)
    store.close()


def harm(path: Path, how: str) -> bytes:
    body = HARMS[how](path.read_bytes())
    path.write_bytes(body)
    return body


@pytest.mark.parametrize("how", HARMS)
def test_a_damaged_shard_is_set_aside_and_its_copy_used(folder: Path, clock: Clock, how: str) -> None:
    grown(folder, clock)
    spoiled = harm(folder / "interactions-2026-03.json", how)
    with Store.open(folder, clock=clock) as store:
        assert [each.id for each in store.interactions()] == ["a1"]
        (warning,) = store.warnings()
        assert "interactions-2026-03.json was damaged" in warning
        assert "the last good copy is used" in warning
        (aside,) = folder.glob("interactions-2026-03.json.damaged-*")
        assert aside.read_bytes() == spoiled
        assert totals(store) == {("2026-03-10", "like"): (1, 3, 3)}
        assert store.cursor(ADA) == {}
        news = batch(post(likes=3), post("p2", likes=1), act("a1"), act("a2"), act("a3", on="p2"), cursor="3")
        assert store.absorb(news).new_interactions == 2
        assert totals(store) == {("2026-03-10", "like"): (3, 1, 1)}
    with Store.open(folder, clock=clock) as store:
        assert len(store.interactions()) == 3
        assert store.warnings() == ()
    tiny_tables(folder)


def test_the_months_days_and_accounts_that_may_lack_something_are_named(folder: Path, clock: Clock) -> None:
    store = linked(folder, clock)
    store.link(account(BLOG, keys=("https://ada.example",)))
    store.absorb(batch(post(), act("a1"), act("a2", NOON + timedelta(days=1))))
    fold(store)
    store.absorb(batch(act("a3", NOON + timedelta(days=1)), act("a4", NOON + timedelta(days=2)), cursor="2"))
    store.absorb(batch(act("b1", NOON + timedelta(days=5), account=BLOG, on=None), of=BLOG))
    fold(store)
    store.close()
    harm(folder / "interactions-2026-03.json", "truncated")
    with Store.open(folder, clock=clock, read_only=True) as store:
        assert len(store.interactions()) == 2
        (warning,) = store.warnings()
    assert "may be missing: the interactions of March 2026. Incomplete may be" in warning
    assert f"{BLOG} (15 March 2026)" in warning
    assert f"{ADA} (11 March 2026 and 12 March 2026)" in warning


@pytest.mark.parametrize("shard", ["core", "posts-2026-03", "days-2026"])
def test_any_other_shard_likewise(folder: Path, clock: Clock, shard: str) -> None:
    grown(folder, clock)
    harm(folder / f"{shard}.json", "truncated")
    with Store.open(folder, clock=clock) as store:
        assert len(store.interactions()) == 3
        kept = [each.id for each in store.posts()]
        assert kept == (["p1"] if shard == "posts-2026-03" else ["p1", "p2"])
        named, unnamed, _ = totals(store)["2026-03-10", "like"]
        assert (named, unnamed) == (3, 1)
        assert [each.id for each in store.accounts()] == [ADA]
        assert shard in store.warnings()[0]


def test_without_a_good_copy_it_says_what_is_missing(folder: Path, clock: Clock) -> None:
    grown(folder, clock)
    for name in ("posts-2026-03.json", "posts-2026-03.json.bak"):
        harm(folder / name, "zero length")
    with Store.open(folder, clock=clock) as store:
        assert store.posts() == []
        assert "no good copy" in store.warnings()[0]
        assert totals(store) == {("2026-03-10", "like"): (3, 0, 0)}


def test_a_damaged_index_is_built_anew_and_nothing_is_missing(folder: Path, clock: Clock) -> None:
    grown(folder, clock)
    for path in folder.glob("known-*.json"):
        harm(path, "garbled")
    for _ in range(2):
        with Store.open(folder, clock=clock) as store:
            again = batch(post(likes=3), post("p2", likes=1), act("a1"), act("a2"), act("a3", on="p2"), cursor="2")
            assert store.absorb(again).new_interactions == 0
            assert len(store.interactions()) == 3
    with Store.open(folder, clock=clock) as store:
        store.absorb(batch(*(act(f"b{number}") for number in range(200)), cursor="9"))
        fold(store)
        assert store.warnings() == ()


def test_reading_only_uses_the_copy_and_touches_nothing(folder: Path, clock: Clock) -> None:
    grown(folder, clock)
    harm(folder / "interactions-2026-03.json", "truncated")
    harm(next(folder.glob("known-*.json")), "truncated")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with Store.open(folder, clock=clock, read_only=True) as store:
        assert [each.id for each in store.interactions()] == ["a1"]
        assert {each.id for each in (store.post("p1"), store.post("p2")) if each} == {"p1", "p2"}
        assert "damaged" in store.warnings()[0]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_row_that_makes_no_sense_is_left_out_and_named(folder: Path, clock: Clock) -> None:
    grown(folder, clock)
    path = folder / "interactions-2026-03.json"
    path.write_bytes(path.read_bytes().replace(b'"kind":"like"', b'"kind":"lick"', 1))
    with Store.open(folder, clock=clock) as store:
        assert len(store.interactions()) == 2
        assert "'a1' could not be understood" in store.warnings()[0]
        with pytest.raises(StoreError, match="could not be understood") as caught:
            store.absorb(batch(act("a1"), cursor="3"))
        assert ".bak" in caught.value.hint
    harm(folder / "days-2026.json", "truncated")
    with Store.open(folder, clock=clock) as store:
        assert totals(store) == {("2026-03-10", "like"): (2, 2, 2)}


def test_a_hole_in_the_journal_loses_only_what_was_in_it(folder: Path, clock: Clock) -> None:
    store = linked(folder, clock)
    for number in range(3):
        store.absorb(batch(act(f"a{number}"), cursor=str(number)))
    journal = folder / "journal"
    journal.write_bytes(journal.read_bytes().replace(b'"id":"a1"', b'"id":"XX"'))
    with Store.open(folder, clock=clock, read_only=True) as reader:
        assert [each.id for each in reader.interactions()] == ["a0", "a2"]
        assert "journal was damaged" in reader.warnings()[0]
    with Store.open(folder, clock=clock) as again:
        assert [each.id for each in again.interactions()] == ["a0", "a2"]
        assert totals(again)["2026-03-10", "like"][0] == 2
        assert list(folder.glob("journal.damaged-*"))
        again.absorb(batch(act("a1"), cursor="9"))
    with Store.open(folder, clock=clock) as again:
        assert len(again.interactions()) == 3
        assert again.warnings() == ()


@pytest.mark.parametrize("head", [b"", b"garbage\n"])
def test_a_journal_without_a_head_gives_up_the_commits_that_can_be_read(
    folder: Path, clock: Clock, head: bytes
) -> None:
    store = linked(folder, clock)
    store.absorb(batch(post(likes=2), act("a1")))
    body = (folder / "journal").read_bytes()
    (folder / "journal").write_bytes(head + body.partition(b"\n")[2] if head else b"")
    with Store.open(folder, clock=clock) as again:
        assert len(again.interactions()) == (1 if head else 0)
        assert totals(again) == ({("2026-03-10", "like"): (1, 1, 1)} if head else {})
        assert "journal was damaged" in again.warnings()[0]
        again.link(store.accounts()[0])
        again.absorb(batch(act("a1"), act("a2"), cursor="2"))
        assert len(again.interactions()) == 2


def test_a_missing_journal_costs_only_what_it_held(folder: Path, clock: Clock) -> None:
    grown(folder, clock)
    (folder / "journal").unlink()
    with Store.open(folder, clock=clock, read_only=True) as reader:
        assert len(reader.interactions()) == 3
    with Store.open(folder, clock=clock) as store:
        store.absorb(batch(act("a4"), cursor="3"))
    with Store.open(folder, clock=clock) as store:
        assert len(store.interactions()) == 4


def test_a_single_file_from_a_newer_backup_is_refused(folder: Path, clock: Clock) -> None:
    grown(folder, clock)
    old = (folder / "journal").read_bytes()
    with Store.open(folder, clock=clock) as store:
        store.absorb(batch(act("a4"), cursor="3"))
        fold(store)
    (folder / "journal").write_bytes(old)
    with pytest.raises(StoreError, match="newer than the journal") as caught:
        Store.open(folder, clock=clock).interactions()
    assert "one backup" in caught.value.hint
