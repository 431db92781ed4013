"""Two locks that the system itself takes back from a process that dies."""

from __future__ import annotations

import os
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


def refreshing_elsewhere(folder: Path) -> bool:
    """Whether somebody refreshes right now. Creates and changes nothing."""
    return _held(folder / "refresh.lock")


def writing_elsewhere(folder: Path) -> bool:
    """Whether somebody commits or tidies right now. Creates and changes nothing."""
    return _held(folder / "write.lock")


def _held(path: Path) -> bool:
    if not path.exists():
        return False
    if os.name == "nt":  # there, locking a file leaves no trace in it
        lock = _lock(path, 0)
        try:
            lock.acquire()
        except Timeout:
            return True
        lock.release()
        return False
    import fcntl

    with path.open("rb") as file:
        try:
            # Shared and for an instant only: filelock takes the same lock exclusively, and truncates the file.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _lock(path: Path, timeout: float) -> FileLock:
    """A lock object of its own each time: two threads of one process exclude one another as two processes do."""
    return FileLock(path, timeout=timeout, mode=FILE_MODE, thread_local=False, poll_interval=0.003)
