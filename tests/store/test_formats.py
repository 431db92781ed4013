"""Formats older and newer than ours, disks that refuse, and files opened by TinyDB itself."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tinydb import Query, TinyDB

from klout_tui.errors import StoreError
from klout_tui.store import Store, engine, migrations
from klout_tui.store.migrations import FORMAT
from klout_tui.store.storage import Rows, ShardFile, ShardStorage
from tests.store.build import Clock, account, act, batch, digests_agree, fold, linked, post, tiny_tables


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def filled(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        store.absorb(batch(post(likes=2), act("a1"), act("a2", by="cy")))
        fold(store)
        store.remember("theme", "nord")


# newer


@pytest.mark.parametrize("name", ["core.json", "journal", "interactions-2026-03.json"])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_newer_format_is_refused_and_never_touched(folder: Path, clock: Clock, name: str, read_only: bool) -> None:
    filled(folder, clock)
    path = folder / name
    path.write_bytes(path.read_bytes().replace(b'"format":%d' % FORMAT, b'"format":%d' % (FORMAT + 1), 1))
    before = contents(folder)
    with pytest.raises(StoreError, match="newer klout-tui") as caught:
        Store.open(folder, clock=clock, read_only=read_only).interactions()
    assert "Update" in caught.value.hint
    assert contents(folder) == before


# older


def renamed_theme(copy: Path) -> None:
    """A step such as a later version may bring: every file says so, and one row changes."""
    for path in copy.glob("*.json"):
        tables = json.loads(path.read_bytes())
        tables["meta"]["file"]["format"] = FORMAT + 1
        if path.name == "core.json":
            tables["memory"]["look"] = tables["memory"].pop("theme")
        path.write_text(json.dumps(tables))


def come_of_age(monkeypatch: pytest.MonkeyPatch) -> None:
    def to_next(folder: Path, found: int) -> None:
        migrations.migrate(folder, found, steps={FORMAT: renamed_theme}, target=FORMAT + 1)

    monkeypatch.setattr(engine, "FORMAT", FORMAT + 1)
    monkeypatch.setattr(engine, "migrate", to_next)
    monkeypatch.setattr("klout_tui.store.shelf.FORMAT", FORMAT + 1)
    monkeypatch.setattr("klout_tui.store.journal.FORMAT", FORMAT + 1)
    monkeypatch.setattr(migrations.refuse_newer, "__defaults__", (FORMAT + 1,))


def test_an_older_store_is_brought_up_to_date_on_a_copy(
    folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(folder, clock)
    come_of_age(monkeypatch)
    with pytest.raises(StoreError, match="older format"):
        Store.open(folder, clock=clock, read_only=True)
    for _ in range(2):
        with Store.open(folder, clock=clock) as store:
            store.remember("visits", "many")
            assert store.recall("look") == "nord"
            assert store.recall("theme") is None
            assert len(store.interactions()) == 2
    assert json.loads((folder / f"before-format-{FORMAT}" / "core.json").read_bytes())["memory"] == {
        "theme": {"value": "nord"}
    }
    assert not (folder / "migrating").exists()


def old_then_new(folder: Path, clock: Clock, step: Callable[[Path], None] = renamed_theme) -> None:
    filled(folder, clock)
    with Store.open(folder, clock=clock) as store:
        fold(store)
    migrations.migrate(folder, FORMAT, steps={FORMAT: step}, target=FORMAT + 1)


def test_every_file_moves_and_the_old_ones_stay_beside_them(folder: Path, clock: Clock) -> None:
    old_then_new(folder, clock)
    found = {path.name: json.loads(path.read_bytes())["meta"]["file"]["format"] for path in folder.glob("*.json")}
    assert set(found.values()) == {FORMAT + 1}
    before = folder / f"before-format-{FORMAT}"
    assert {path.name for path in before.iterdir()} == set(found)
    with pytest.raises(StoreError, match="newer klout-tui"):
        Store.open(folder, clock=clock)


def test_a_step_that_fails_leaves_the_old_store(folder: Path, clock: Clock) -> None:
    def fail(copy: Path) -> None:
        (copy / "core.json").unlink()
        raise StoreError("will not")

    with pytest.raises(StoreError, match="will not"):
        old_then_new(folder, clock, fail)
    with Store.open(folder, clock=clock) as store:
        assert store.recall("theme") == "nord"


def test_a_migration_killed_after_its_point_of_no_return_is_finished(
    folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "finish", lambda _: None)
    old_then_new(folder, clock)
    monkeypatch.undo()
    with pytest.raises(StoreError, match="for reading only"):
        Store.open(folder, clock=clock, read_only=True)
    half = sorted((folder / "migrating").glob("*.json"))[0]
    half.replace(folder / half.name)
    with pytest.raises(StoreError, match="newer klout-tui"):
        Store.open(folder, clock=clock)
    assert json.loads((folder / "core.json").read_bytes())["memory"] == {"look": {"value": "nord"}}
    assert not (folder / "migrating").exists()


def test_a_format_nobody_can_lead_away_from_is_refused_untouched(folder: Path, clock: Clock) -> None:
    filled(folder, clock)
    before = contents(folder)
    with pytest.raises(StoreError, match="cannot read format 0"):
        migrations.migrate(folder, 0, steps={}, target=1)
    assert contents(folder) == before


OLD = Path(__file__).parent / "data"


def dump(store: Store) -> Any:
    accounts = store.accounts(unlinked=True)
    return msgspec.json.decode(
        msgspec.json.encode(
            {
                "accounts": accounts,
                "posts": store.posts(),
                "interactions": store.interactions(),
                "days": store.days(),
                "readings": store.readings(),
                "thanked": store.thanked(),
                "cursor": {account.id: store.cursor(account.id) for account in reversed(accounts)},
                "health": store.health("mastodon:@ada@social.example"),
                "theme": store.recall("theme"),
            }
        )
    )


def test_a_store_of_format_1_comes_to_the_newest_with_all_it_holds(folder: Path, clock: Clock) -> None:
    shutil.copytree(OLD / "format-1", folder)
    expected = json.loads((OLD / "format-1.expected.json").read_bytes())
    expected["cursor"] = dict(sorted(expected["cursor"].items()))
    for _ in range(2):
        with Store.open(folder, clock=clock) as store:
            found = dump(store)
            found["cursor"] = dict(sorted(found["cursor"].items()))
            assert found == expected
            assert store.warnings() == ()
            digests_agree(store)
            for post_ in store.posts():
                assert store.post(post_.id) == post_
    formats = {json.loads(path.read_bytes())["meta"]["file"]["format"] for path in folder.glob("*.json")}
    assert formats == {FORMAT}
    assert not (folder / "posts-2026.json").exists()
    assert (folder / "before-format-1" / "posts-2026.json").exists()
    with Store.open(folder, clock=clock) as store:  # what it knew, it still knows
        before = store.interactions()
        known = next(each for each in before if each.post)
        assert store.absorb(batch(known, of=known.account)).new_interactions == 0
        assert store.interactions() == before


# disks that refuse


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "does not allow"), (errno.EIO, "disk reported")],
)
def test_a_refused_commit_did_not_happen_and_the_next_one_works(
    folder: Path, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    store.absorb(batch(post(likes=2), act("a1")))
    revision = store.revision

    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", refuse)
        with pytest.raises(StoreError, match=words) as caught:
            store.absorb(batch(act("a2"), cursor="2"))
    assert "What was stored before is safe" in caught.value.message
    assert caught.value.hint
    assert store.revision == revision
    assert [each.id for each in store.interactions()] == ["a1"]
    assert store.absorb(batch(act("a2"), cursor="2")).new_interactions == 1
    with Store.open(folder, clock=clock) as again:
        assert [each.id for each in again.interactions()] == ["a1", "a2"]
        assert again.warnings() == ()


def test_a_fold_that_is_refused_costs_no_commit(
    folder: Path, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store._engine._next_fold = 1

    def refuse(path: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", refuse)
        assert store.absorb(batch(act("a1"))).new_interactions == 1
    assert "could not be tidied up" in store.warnings()[0]
    with Store.open(folder, clock=clock) as again:
        assert len(again.interactions()) == 1


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StoreError, match="Could not create the folder"):
        Store.open(tmp_path / "home" / "store", clock=clock)


def test_file_systems_without_hard_links_lose_nothing(
    folder: Path, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    store.absorb(batch(act("a1")))
    fold(store)
    store.absorb(batch(act("a2"), cursor="2"))
    journal = (folder / "journal").read_bytes()
    fold(store)
    # Killed between the two renames: the file is missing, the copy is there, the journal still whole.
    (folder / "interactions-2026-03.json").unlink()
    (folder / "journal").write_bytes(journal)
    (folder / "core.json").write_bytes((folder / "core.json.bak").read_bytes())
    for path in folder.glob("*.json.bak"):
        path.replace(path.with_suffix("")) if path.stem != "interactions-2026-03.json" else None
    with Store.open(folder, clock=clock) as again:
        assert {each.id for each in again.interactions()} == {"a1", "a2"}


# TinyDB


def test_tinydb_opens_every_file_and_finds_documents_by_their_text_ids(folder: Path, clock: Clock) -> None:
    filled(folder, clock)
    with Store.open(folder, clock=clock) as store:
        fold(store)
    tables = tiny_tables(folder)
    assert {"core", "days-2026", "interactions-2026-03", "posts-2026-03"} <= set(tables)
    with ShardFile(folder / "interactions-2026-03.json") as database:
        rows = database.table("interactions")
        assert isinstance(rows, Rows)
        assert len(rows) == 2
        assert [str(found.doc_id) for found in rows.search(Query().actor.key == "cy")] == ["a2"]
    with TinyDB(folder / "core.json", storage=ShardStorage) as database:
        assert database.storage.read()["accounts"][account().id]["network"] == "mastodon"


def test_tinydb_writes_through_our_storage_atomically_and_keeps_the_copy(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    with ShardFile(path) as database:
        assert database.storage.read() is None
        database.table("things").insert({"colour": "red"} | {})
        first = path.read_bytes()
        database.table("things").update({"colour": "blue"})
    assert (tmp_path / "some.json.bak").read_bytes() == first
    assert path.read_bytes().count(b"\n") >= 2
    assert not list(tmp_path.glob("*.tmp"))


def test_reading_a_damaged_file_through_tinydb_names_the_copy(tmp_path: Path) -> None:
    (tmp_path / "some.json").write_bytes(b"{")
    with ShardFile(tmp_path / "some.json") as database, pytest.raises(StoreError, match="damaged") as caught:
        database.storage.read()
    assert "some.json.bak" in caught.value.hint
