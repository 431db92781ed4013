"""Two locks that the system itself takes back from a process that dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from klout_tui.errors import StoreError
from klout_tui.store.files import FILE_MODE, UNTOUCHED, disk, explained

PATIENCE: Final = 60.0
"""Seconds to wait for another process's commit or tidying; a commit takes milliseconds."""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the write lock for one commit.

    Raises:
        StoreError: another process keeps it beyond all reason, or the lock file cannot be made.
    """
    lock = _lock(folder / "write.lock", PATIENCE)
    with explained("lock", folder, UNTOUCHED):
        try:
            _acquire(lock)
        except Timeout:
            raise StoreError(
                f"Another klout-tui has been writing to {folder} for {PATIENCE:.0f} s; nothing was changed.",
                hint="Wait for it, or end it if it hangs; its lock ends with it.",
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def refreshing(folder: Path) -> Iterator[bool]:
    """Hold the refresh lock, or yield False at once where somebody else refreshes.

    Raises:
        StoreError: the lock file cannot be made.
    """
    lock = _lock(folder / "refresh.lock", 0)
    with explained("lock", folder, UNTOUCHED):
        try:
            _acquire(lock)
            mine = True
        except Timeout:
            mine = False
    try:
        yield mine
    finally:
        if mine:
            lock.release()


def _acquire(lock: FileLock) -> None:
    """Take the lock, even if a copy or a backup program has left its file read-only.

    Raises:
        Timeout: somebody else holds it.
        OSError: its file cannot be made or opened.
    """
    try:
        disk().lock(lock)
    except PermissionError:
        disk().make_writable(Path(lock.lock_file))  # refused again where it is not ours, or the folder is to blame
        disk().lock(lock)


def _lock(path: Path, timeout: float) -> FileLock:
    """A lock object of its own each time: two threads of one process exclude one another as two processes do."""
    return FileLock(path, timeout=timeout, mode=FILE_MODE, thread_local=False, poll_interval=0.003)
