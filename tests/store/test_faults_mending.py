"""A disk that fails while damage is mended, or a format is left behind: neither may lose or hide anything."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from klout_tui.errors import StoreError
from klout_tui.store import Store, migrations
from klout_tui.store.files import named, read_bytes, replace_file, through
from klout_tui.store.migrations import FORMAT, finish, migrate, unfinished
from tests.store.build import ADA, Clock, act, batch, fold, linked, post
from tests.store.faults import KINDS, Faulty, Killed, Kind
from tests.store.test_faults import STRIDE, agrees_with_itself, knows_its_ids

DAMAGES = {
    "a month": "interactions-2026-03*.json",
    "posts": "posts-2026*.json",
    "days": "days-2026*.json",
    "the core": "core.json",
    "the index": "known-*.json",
    "a hole in the journal": "journal",
    "the journal's head": "journal",
}


def grown(folder: Path, clock: Clock) -> None:
    """Two folds, so that every file has a copy that is older, and two commits in the journal."""
    store = linked(folder, clock)
    store.absorb(batch(post(likes=3), act("a1")))
    fold(store)
    store.absorb(batch(post("p2", likes=1), act("a2"), act("a3", on="p2"), cursor="2"))
    fold(store)
    store.absorb(batch(act("a4"), cursor="3"))
    store.absorb(batch(act("a5", on="p2"), cursor="4"))


def harm(folder: Path, how: str) -> bytes:
    path = sorted(folder.glob(DAMAGES[how]))[0]
    body = path.read_bytes()
    if how == "a hole in the journal":
        body = body.replace(b'"id":"a4"', b'"id":"XX"')
    elif how == "the journal's head":
        body = b"!" + body
    else:
        body = body[: len(body) // 2]
    path.write_bytes(body)
    return body


def struck(asked: list[str]) -> Iterator[tuple[Kind, int, bool]]:
    for at, operation in enumerate(asked):
        for kind in KINDS:
            if operation in kind.strikes:
                yield kind, at, at % 2 == 0


@pytest.mark.parametrize("how", DAMAGES)
def test_damage_is_mended_in_spite_of_a_failing_disk(tmp_path: Path, clock: Clock, how: str) -> None:
    whole = tmp_path / "whole"
    grown(whole, clock)
    spoiled = harm(whole, how)

    def mended(folder: Path, disk: Faulty) -> Store | None:
        shutil.copytree(whole, folder)
        with through(disk), suppress(StoreError, Killed):
            store = Store.open(folder, clock=clock)
            store.interactions()
            store.posts()
            store.days()
            store.absorb(batch(act("b1", on=None), cursor="5"))
            return store
        return None

    undisturbed = Faulty()
    expected = mended(tmp_path / "undisturbed", undisturbed)
    assert expected is not None
    allowed = [{each.id for each in expected.interactions()} - {"b1"}]
    allowed.append(allowed[0] | {"b1"})
    cases = list(struck(undisturbed.asked))[::STRIDE]
    for number, (kind, at, lasting) in enumerate(cases):
        folder = tmp_path / str(number)
        mended(folder, Faulty(kind, at, lasting=lasting))
        try:
            with through(Faulty()), Store.open(folder, clock=clock) as store:
                assert {each.id for each in store.interactions()} in allowed
                agrees_with_itself(store)
                if how == "the index":
                    assert store.cursor(ADA) != {}
                else:
                    assert spoiled in [path.read_bytes() for path in folder.glob("*.damaged-*")]
                    assert store.cursor(ADA) in ({}, {"since": "5"}), "everything is read again"
                store.link(expected.accounts()[0])
                knows_its_ids(store)
                fold(store)
                agrees_with_itself(store)
            with through(Faulty()), Store.open(folder, clock=clock) as again:
                agrees_with_itself(again)
                assert again.warnings() == ()
        except BaseException as error:
            error.add_note(f"{how}: {kind.name}, lasting: {lasting}, at {at} ({undisturbed.asked[at]})")
            raise
    assert cases


def contents(folder: Path) -> dict[str, Any]:
    """Every file's tables without its format; and that format, the same in all."""
    found = {path.name: json.loads(path.read_bytes()) for path in folder.glob("*.json")}
    formats = {tables["meta"]["file"].pop("format") for tables in found.values()}
    assert len(formats) == 1
    return {"format": formats.pop(), "files": found}


def step(copy: Path) -> None:
    """Bring every file to the next format."""
    for path in named(copy, ".json"):
        body = read_bytes(path) or b""
        replace_file(path, body.replace(b'"format":%d' % FORMAT, b'"format":%d' % (FORMAT + 1), 1))


def test_a_migration_is_done_or_not_begun_whatever_fails(tmp_path: Path, clock: Clock) -> None:
    whole = tmp_path / "whole"
    grown(whole, clock)
    with Store.open(whole, clock=clock) as store:
        fold(store)
    before = contents(whole)
    assert before["format"] == FORMAT

    def moved(folder: Path, disk: Faulty) -> None:
        with through(disk):
            migrate(folder, FORMAT, steps={FORMAT: step}, target=FORMAT + 1)

    undisturbed = Faulty()
    shutil.copytree(whole, tmp_path / "undisturbed")
    moved(tmp_path / "undisturbed", undisturbed)
    cases = list(struck(undisturbed.asked))[::STRIDE]
    for number, (kind, at, lasting) in enumerate(cases):
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        disk = Faulty(kind, at, lasting=lasting)
        try:
            with suppress(StoreError, Killed):
                moved(folder, disk)
            if kind.power:
                disk.cut_power()
            if unfinished(folder):
                finish(folder)
            after = contents(folder)
            assert after["files"] == before["files"]
            if after["format"] == FORMAT:
                moved(folder, Faulty())
            assert contents(folder) == {**before, "format": FORMAT + 1}
            assert contents(folder / f"before-format-{FORMAT}") == before
            assert not unfinished(folder)
        except BaseException as error:
            error.add_note(f"{kind.name}, lasting: {lasting}, at {at} ({undisturbed.asked[at]})")
            raise
    assert cases
    assert migrations.FORMAT == FORMAT
