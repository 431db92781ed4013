"""Backups: complete and without secrets, consistent while others write, and restored whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klout_tui.errors import StoreError
from klout_tui.store import Store, backup, locks
from klout_tui.store.backup import MANIFEST, ROOT, Manifest, back_up, restore
from klout_tui.store.checkup import check_up
from tests.store.build import ADA, BLOG, Clock, act, batch, linked, totals
from tests.store.test_checkup import lived
from tests.store.test_crash import writer

OTHER = "another"


@pytest.fixture
def saved(folder: Path, clock: Clock) -> Path:
    """A backup of a store with some life, settings beside it."""
    lived(folder, clock)
    (folder.parent / "settings.toml").write_text("refresh_minutes = 45\n")
    (folder.parent / "credentials").write_text('{"schema":1,"tokens":{"a":"s3cret"}}')
    target = folder.parent / "saved.tar.gz"
    back_up(folder, folder.parent / "settings.toml", target, clock)
    return target


def everything(folder: Path, clock: Clock) -> dict[str, object]:
    with Store.open(folder, clock=clock, read_only=True) as store:
        assert store.warnings() == ()
        return {
            "accounts": store.accounts(unlinked=True),
            "posts": store.posts(),
            "interactions": store.interactions(),
            "days": store.days(),
            "readings": store.readings(),
            "thanked": store.thanked(),
            "cursors": [store.cursor(each) for each in (ADA, BLOG)],
            "health": [store.health(each) for each in (ADA, BLOG)],
            "memory": store.recall("theme"),
            "own": sorted(store._engine.rows("core", "own")),
            "zone": store.zone.key,
        }


def files(folder: Path) -> dict[str, bytes]:
    """Every file's content; of the journal all but its token, which a restore renews."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.suffix != ".lock"}
    header, _, rest = found.pop("journal").partition(b"\n")
    known = msgspec.json.decode(header)
    del known["token"]
    return {**found, "journal": msgspec.json.encode(known) + rest}


def names(target: Path) -> list[str]:
    with tarfile.open(target) as archive:
        return archive.getnames()


def test_there_and_back_is_the_identical_store(folder: Path, clock: Clock, saved: Path, tmp_path: Path) -> None:
    there = tmp_path / OTHER / "store"
    done = restore(saved, there, there.parent / "settings.toml", clock)
    assert done.aside is None
    assert done.settings == there.parent / "settings.toml"
    assert files(there) == files(folder)
    assert everything(there, clock) == everything(folder, clock)
    assert (there.parent / "settings.toml").read_text() == "refresh_minutes = 45\n"
    assert [check.mark for check in check_up(there, clock).checks if check.mark == "wrong"] == []
    assert there.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in there.iterdir()} == {0o600}
    assert sorted(path.name for path in there.parent.iterdir()) == ["settings.toml", "store"]
    with Store.open(there, clock=clock) as store:
        assert store.absorb(batch(act("a1", on="p2", by="x1"), cursor="9")).new_interactions == 0


def test_it_is_private_complete_and_without_secrets(folder: Path, saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    assert b"s3cret" not in gzip.decompress(saved.read_bytes())
    inside = names(saved)
    assert inside[0] == MANIFEST
    assert {name.removeprefix(f"{ROOT}/store/") for name in inside} >= {path.name for path in folder.glob("*.json*")}
    assert not any("credentials" in name or name.endswith(".lock") for name in inside)
    assert sorted(path.name for path in folder.parent.iterdir()) == [
        "credentials",
        "saved.tar.gz",
        "settings.toml",
        "store",
    ]


def test_what_was_set_aside_and_old_formats_come_along(folder: Path, clock: Clock, tmp_path: Path) -> None:
    lived(folder, clock)
    (folder / "core.json.damaged-20260101T000000000000Z").write_bytes(b"{")
    (folder / "before-format-1").mkdir()
    (folder / "before-format-1" / "core.json").write_bytes(b"{}")
    (folder / "core.json.tmp").write_bytes(b"{")
    back_up(folder, tmp_path / "none.toml", tmp_path / "b.tar.gz", clock)
    there = tmp_path / OTHER / "store"
    restore(tmp_path / "b.tar.gz", there, tmp_path / "none.toml", clock)
    assert (there / "core.json.damaged-20260101T000000000000Z").read_bytes() == b"{"
    assert (there / "before-format-1" / "core.json").read_bytes() == b"{}"
    assert not (there / "core.json.tmp").exists()
    assert not (tmp_path / "none.toml").exists()


def test_nothing_to_back_up_is_said(folder: Path, clock: Clock, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store"):
        back_up(folder, tmp_path / "s", tmp_path / "b.tar.gz", clock)
    assert not folder.exists()


def test_a_store_that_is_there_is_moved_aside_only_when_told(folder: Path, clock: Clock, saved: Path) -> None:
    with Store.open(folder, clock=clock) as store:
        store.remember("theme", "nord")
    before, own = files(folder), folder.parent / "settings.toml"
    own.write_text("refresh_minutes = 60\n")
    with pytest.raises(StoreError, match="already") as caught:
        restore(saved, folder, own, clock)
    assert "--force" in caught.value.hint
    assert files(folder) == before
    done = restore(saved, folder, own, clock, force=True)
    assert done.aside is not None
    assert files(done.aside) == before
    assert everything(folder, clock)["memory"] is None
    assert own.read_text() == "refresh_minutes = 60\n"
    assert done.settings == own.with_name("settings.toml.restored")
    assert done.settings.read_text() == "refresh_minutes = 45\n"
    leftovers = {check.name: check for check in check_up(folder, clock).checks}["leftovers"]
    assert "before a restore" in leftovers.problems[0].words


def test_an_empty_folder_needs_no_force(clock: Clock, saved: Path, tmp_path: Path) -> None:
    there = tmp_path / OTHER / "store"
    there.mkdir(parents=True)
    assert restore(saved, there, tmp_path / "s.toml", clock).aside is None
    assert sorted(path.name for path in there.parent.iterdir()) == ["store"]


def test_it_is_refused_while_somebody_refreshes(folder: Path, clock: Clock, saved: Path) -> None:
    before = files(folder)
    with locks.refreshing(folder), pytest.raises(StoreError, match="refreshing; nothing was restored"):
        restore(saved, folder, folder.parent / "settings.toml", clock, force=True)
    assert files(folder) == before
    assert not list(folder.parent.glob("store.*"))


def test_a_program_that_has_the_store_open_sees_the_restored_one(folder: Path, clock: Clock, saved: Path) -> None:
    with Store.open(folder, clock=clock) as store:
        store.absorb(batch(act("late", clock.now), cursor="9"))
        store.remember("theme", "nord")
        assert "late" in {each.id for each in store.interactions()}
        restore(saved, folder, folder.parent / "settings.toml", clock, force=True)
        assert store.poll()
        assert "late" not in {each.id for each in store.interactions()}
        assert store.recall("theme") is None
        assert store.absorb(batch(act("later", clock.now), cursor="9")).new_interactions == 1


def test_it_is_consistent_while_another_process_writes(folder: Path, clock: Clock, tmp_path: Path) -> None:
    linked(folder, clock).close()
    process = writer(folder, "w", 0, 100_000)
    assert process.stdout is not None
    try:
        for number in range(6):
            seen = int(process.stdout.readline())
            target, there = tmp_path / f"{number}.tar.gz", tmp_path / str(number) / "store"
            back_up(folder, tmp_path / "none", target, clock)
            restore(target, there, tmp_path / "none", clock)
            assert {check.name: check.mark for check in check_up(there, clock).checks}["totals"] == "ok"
            with Store.open(there, clock=clock) as store:
                assert int(store.cursor(ADA)["since"]) >= seen
                assert len(store.interactions()) == 5 * (int(store.cursor(ADA)["since"]) + 1)
                assert totals(store)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# archives that are not as they should be

Change = Callable[[Manifest, dict[str, tuple[tarfile.TarInfo, bytes]]], Manifest]


def rewritten(saved: Path, change: Change, target: Path) -> Path:
    """The archive after a change of its list and members."""
    members: dict[str, tuple[tarfile.TarInfo, bytes]] = {}
    with tarfile.open(saved) as archive:
        for member in archive:
            content = archive.extractfile(member)
            members[member.name] = (member, content.read() if content else b"")
    manifest = msgspec.json.decode(members.pop(MANIFEST)[1], type=Manifest)
    body = msgspec.json.encode(change(manifest, members))
    with tarfile.open(target, "w:gz") as archive:
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(body)
        archive.addfile(head, io.BytesIO(body))
        for member, kept in members.values():
            if member.isreg():
                member.size = len(kept)
            archive.addfile(member, io.BytesIO(kept))
    return target


def added(name: str, content: bytes = b"{}", **more: Any) -> Change:
    def change(manifest: Manifest, members: dict[str, tuple[tarfile.TarInfo, bytes]]) -> Manifest:
        member = tarfile.TarInfo(name)
        for key, value in more.items():
            setattr(member, key, value)
        members[name] = (member, content)
        entry = backup.Entry(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        return msgspec.structs.replace(manifest, files=(*manifest.files, entry))

    return change


def changed(manifest: Manifest, members: dict[str, tuple[tarfile.TarInfo, bytes]]) -> Manifest:
    name = f"{ROOT}/store/core.json"
    members[name] = (members[name][0], members[name][1].replace(b"ada", b"eve", 1))
    return manifest


def replaced(name: str, change: Callable[[bytes], bytes]) -> Change:
    """Another content, and a list that agrees with it."""

    def changed(manifest: Manifest, members: dict[str, tuple[tarfile.TarInfo, bytes]]) -> Manifest:
        body = change(members[name][1])
        members[name] = (members[name][0], body)
        fresh = backup.Entry(name=name, size=len(body), sha256=hashlib.sha256(body).hexdigest())
        return msgspec.structs.replace(manifest, files=tuple(fresh if it.name == name else it for it in manifest.files))

    return changed


def missing(manifest: Manifest, members: dict[str, tuple[tarfile.TarInfo, bytes]]) -> Manifest:
    members.popitem()
    return manifest


def unlisted(manifest: Manifest, members: dict[str, tuple[tarfile.TarInfo, bytes]]) -> Manifest:
    return msgspec.structs.replace(manifest, files=manifest.files[1:])


def huge(manifest: Manifest, members: dict[str, tuple[tarfile.TarInfo, bytes]]) -> Manifest:
    first = msgspec.structs.replace(manifest.files[0], size=1 << 60)
    return msgspec.structs.replace(manifest, files=(first, *manifest.files[1:]))


UNFIT: dict[str, tuple[Change, str]] = {
    "a path that leads out": (added(f"{ROOT}/store/../../evil"), "has no place in a backup"),
    "an absolute path": (added("/tmp/evil"), "has no place in a backup"),
    "a hidden file": (added(f"{ROOT}/store/.bashrc"), "has no place in a backup"),
    "a deep folder": (added(f"{ROOT}/store/a/b"), "has no place in a backup"),
    "tokens": (added(f"{ROOT}/credentials"), "has no place in a backup"),
    "a lock": (added(f"{ROOT}/store/write.lock"), "has no place in a backup"),
    "huge settings": (replaced(f"{ROOT}/settings.toml", lambda _: b"#" * (2 << 20)), "far too large"),
    "a symbolic link": (
        added(f"{ROOT}/store/x.json", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        "is not what its list",
    ),
    "a hard link": (added(f"{ROOT}/store/x.json", b"", type=tarfile.LNKTYPE, linkname="core.json"), "is not what"),
    "a device": (added(f"{ROOT}/store/x.json", b"", type=tarfile.CHRTYPE), "is not what its list"),
    "another content": (changed, "differs from its checksum"),
    "a file less": (missing, "1 file of its list are missing"),
    "a file more": (unlisted, "is not what its list"),
    "a newer file": (
        replaced(f"{ROOT}/store/core.json", lambda body: body.replace(b'"format":', b'"format":9', 1)),
        "newer klout-tui",
    ),
    "a newer format": (lambda it, _: msgspec.structs.replace(it, format=99), "made by a newer klout-tui"),
    "a newer list": (lambda it, _: msgspec.structs.replace(it, schema=99), "made by a newer klout-tui"),
    "a name twice": (lambda it, _: msgspec.structs.replace(it, files=it.files * 2), "names a file twice"),
    "more than fits": (huge, "are free"),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_an_archive_that_is_not_as_it_should_be_changes_nothing(
    folder: Path, clock: Clock, saved: Path, tmp_path: Path, kind: str
) -> None:
    change, words = UNFIT[kind]
    target = rewritten(saved, change, tmp_path / "changed.tar.gz")
    before = files(folder)
    with pytest.raises(StoreError, match=words) as caught:
        restore(target, folder, folder.parent / "settings.toml", clock, force=True)
    assert "othing was changed" in caught.value.message
    assert caught.value.hint
    assert files(folder) == before
    assert not list(folder.parent.glob("store.*"))
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "body", [b"", b"no archive", gzip.compress(b"no tar"), gzip.compress(b"\0" * 20_000)], ids=range(4)
)
def test_another_file_is_no_backup(clock: Clock, tmp_path: Path, body: bytes) -> None:
    (tmp_path / "x").write_bytes(body)
    with pytest.raises(StoreError, match="cannot be restored"):
        restore(tmp_path / "x", tmp_path / "h" / "store", tmp_path / "s", clock)
    assert list((tmp_path / "h").iterdir()) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 1, exclude_max=True), st.booleans())
def test_cut_anywhere_or_with_any_byte_changed_it_is_refused(
    clock: Clock, saved: Path, where: float, cut: bool
) -> None:
    body = saved.read_bytes()
    at = max(10, int(len(body) * where))  # gzip's own header holds bytes that mean nothing to us
    spoilt = saved.with_name("spoilt.tar.gz")
    spoilt.write_bytes(body[:at] if cut else body[:at] + bytes([body[at] ^ 0x55]) + body[at + 1 :])
    there = saved.parent / OTHER / "store"
    with pytest.raises(StoreError, match="othing was changed"):
        restore(spoilt, there, there.parent / "settings.toml", clock)
    assert not there.exists()


def test_a_full_disk_leaves_no_half_backup(
    folder: Path, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(folder, clock)

    def refuse(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", refuse)
        with pytest.raises(StoreError):
            back_up(folder, tmp_path / "none", tmp_path / "b.tar.gz", clock)
    assert not list(tmp_path.glob("b.tar.gz*"))
    assert not list(folder.parent.glob("store.backup-*"))
