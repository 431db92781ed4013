"""Locks end with whoever held them, and no lock file keeps anybody out."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import BaseFileLock

from klout_tui.errors import StoreError
from klout_tui.store import Store, locks
from klout_tui.store.files import Disk, through
from tests.store.build import Clock, act, batch, linked

ROOT = Path(__file__).parents[2]

HOLDER = """
import sys
from pathlib import Path
from klout_tui.store import locks
with getattr(locks, sys.argv[1])(Path(sys.argv[2])) as mine:
    print("held" if mine is not False else "refused", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(lock: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a lock until its input ends, or until it is killed."""
    command = [sys.executable, "-c", HOLDER, lock, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def test_a_killed_writer_keeps_nobody_out(
    folder: Path, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.05)
    with holder("writing", folder) as process:
        with pytest.raises(StoreError, match="has been writing") as caught:
            store.absorb(batch(act("a1")))
        assert "end it if it hangs" in caught.value.hint
        assert store.interactions() == [], "reading needs no lock"
        with Store.open(folder, clock=clock) as other:
            assert len(other.accounts()) == 1
        process.kill()
        process.wait()
        assert store.absorb(batch(act("a1"))).new_interactions == 1
    assert (folder / "write.lock").exists()
    assert linked(folder, clock).absorb(batch(act("a2"), cursor="2")).new_interactions == 1


def test_a_killed_refresher_keeps_nobody_out(folder: Path, store: Store) -> None:
    with holder("refreshing", folder) as process:
        with store.refreshing() as ours:
            assert not ours
        store.absorb(batch(act("a1")))
        process.kill()
        process.wait()
        with store.refreshing() as ours:
            assert ours
    assert (folder / "refresh.lock").exists()


def test_a_lock_file_that_was_left_behind_means_nothing(folder: Path, clock: Clock) -> None:
    linked(folder, clock).close()
    for name in ("write.lock", "refresh.lock"):
        (folder / name).write_text("4711@elsewhere\n")
    with Store.open(folder, clock=clock) as store, store.refreshing() as ours:
        assert ours
        assert store.absorb(batch(act("a1"))).new_interactions == 1


class Strict(Disk):
    """Refuses read-only lock files even to root."""

    def __init__(self, *, mend: bool = True) -> None:
        self._mend = mend

    def lock(self, lock: BaseFileLock) -> None:
        path = Path(lock.lock_file)
        if path.exists() and not path.stat().st_mode & stat.S_IWUSR:
            raise PermissionError(13, "Permission denied", str(path))
        super().lock(lock)

    def make_writable(self, path: Path) -> None:
        if not self._mend:
            raise PermissionError(1, "Operation not permitted", str(path))
        super().make_writable(path)


@pytest.mark.parametrize("name", ["write.lock", "refresh.lock"])
def test_a_read_only_lock_file_is_made_writable_again(folder: Path, clock: Clock, name: str) -> None:
    linked(folder, clock).close()
    (folder / name).touch()
    (folder / name).chmod(0o400)
    with through(Strict()), Store.open(folder, clock=clock) as store, store.refreshing() as ours:
        assert ours
        assert store.absorb(batch(act("a1"))).new_interactions == 1


def test_a_lock_file_of_somebody_else_is_explained(folder: Path, clock: Clock) -> None:
    store = linked(folder, clock)
    (folder / "write.lock").chmod(0o400)
    with through(Strict(mend=False)):
        with pytest.raises(StoreError, match="does not allow") as caught:
            store.absorb(batch(act("a1")))
        assert str(folder) in caught.value.message
        assert "Nothing was changed" in caught.value.message
        assert "permissions" in caught.value.hint
        assert store.interactions() == []
    (folder / "write.lock").chmod(0o600)
    assert store.absorb(batch(act("a1"))).new_interactions == 1
