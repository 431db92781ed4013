"""The one place where the store touches the disk. Files are there whole or not at all, readable by nobody else."""

from __future__ import annotations

import errno
import io
import itertools
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from filelock import BaseFileLock

from klout_tui.errors import StoreError

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600

SAFE: Final = "What was stored before is safe."
UNTOUCHED: Final = "Nothing was changed."

_REASONS: Final = {
    errno.ENOSPC: ("the disk is full", "Free some space and try again."),
    errno.EDQUOT: ("your disk quota is used up", "Free some space and try again."),
    errno.EACCES: ("the system does not allow it", "Check who owns the folder and its permissions."),
    errno.EPERM: ("the system does not allow it", "Check who owns the folder and its permissions."),
    errno.EROFS: ("the disk is read-only", "Make it writable, or point KLOUT_TUI_HOME to another place."),
    errno.EIO: ("the disk reported an error", "Check the disk's health; make a copy of the folder first."),
    errno.EMFILE: ("too many files are open", "Close other programs and try again."),
}


class InDoubt(StoreError):
    """A change was refused, and taking back what had been written of it was refused as well."""


class Disk:
    """Every system call the store makes. Tests put one in its place that refuses, or dies, at a moment of theirs."""

    def open(self, path: Path, mode: str) -> IO[bytes]:
        """Open a file that is there, unbuffered; ``rb`` or ``r+b``."""
        return path.open(mode, buffering=0)

    def create(self, path: Path) -> IO[bytes]:
        """Create or empty a file that only its owner can read, unbuffered."""
        file = open(path, "wb", buffering=0, opener=_private)  # noqa: SIM115  # paths know no opener
        if hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), FILE_MODE)
        return file

    def read(self, file: IO[bytes], size: int = -1) -> bytes:
        """Read up to ``size`` bytes, or all that follow."""
        return file.read(size)

    def write(self, file: IO[bytes], body: memoryview) -> int:
        """Write some of ``body`` and tell how much."""
        return file.write(body)

    def truncate(self, file: IO[bytes], size: int) -> None:
        """Cut the file off at ``size``."""
        file.truncate(size)

    def fsync(self, file: IO[bytes]) -> None:
        """Return when the file has reached the disk."""
        os.fsync(file.fileno())

    def sync(self, folder: Path) -> None:
        """Return when the names in the folder have reached the disk."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def replace(self, path: Path, target: Path) -> None:
        """Rename a file over another."""
        path.replace(target)

    def link(self, path: Path, target: Path) -> None:
        """Give a file a second name."""
        target.hardlink_to(path)

    def unlink(self, path: Path) -> None:
        """Remove a name, if it is there."""
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path) -> None:
        """Create a folder for its owner only."""
        path.mkdir(mode=FOLDER_MODE, exist_ok=True)
        path.chmod(FOLDER_MODE)

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder."""
        path.rmdir()

    def stat(self, path: Path) -> os.stat_result:
        """What the system knows of a file."""
        return path.stat()

    def names(self, folder: Path) -> list[str]:
        """What lies in a folder."""
        return os.listdir(folder)  # noqa: PTH208  # names are wanted, not paths

    def lock(self, lock: BaseFileLock) -> None:
        """Take a lock, creating its file."""
        lock.acquire()

    def make_writable(self, path: Path) -> None:
        """Let the owner write the file again."""
        path.chmod(FILE_MODE)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, FILE_MODE)


_disk = Disk()


def disk() -> Disk:
    """The disk in use."""
    return _disk


@contextmanager
def through(other: Disk) -> Iterator[None]:
    """Let everything inside the block go through another disk: the seam for tests."""
    global _disk  # the one seam there is
    before, _disk = _disk, other
    try:
        yield
    finally:
        _disk = before


@contextmanager
def explained(doing: str, path: Path, safe: str = SAFE) -> Iterator[None]:
    """Turn the system's refusals inside the block into a sentence on what failed, one on what is safe, and a hint.

    Raises:
        StoreError: something in the block raised OSError.
    """
    try:
        yield
    except OSError as error:
        raise _refused(doing, path, safe, error) from error


def _refused(doing: str, path: Path, safe: str, error: OSError) -> StoreError:
    reason, hint = _REASONS.get(error.errno or 0, (error.strerror or "unknown reason", "Try again."))
    return StoreError(f"Could not {doing} {path}: {reason}. {safe}", hint=hint)


def make_folder(folder: Path) -> None:
    """Create the folder (and those above it) for its owner only.

    Raises:
        StoreError: it cannot be created.
    """
    with explained("create the folder", folder):
        try:
            disk().stat(folder)
        except FileNotFoundError:
            folder.parent.mkdir(parents=True, exist_ok=True)
            disk().make_folder(folder)
            sync_folder(folder.parent)


def stat(path: Path) -> os.stat_result | None:
    """What the system knows of a file, or None where there is no such file.

    Raises:
        StoreError: the folder cannot be looked into.
    """
    with explained("look at", path, UNTOUCHED), suppress(FileNotFoundError):
        return disk().stat(path)
    return None


def named(folder: Path, *suffixes: str) -> list[Path]:
    """The files of a folder whose names end in one of ``suffixes``, sorted.

    Raises:
        StoreError: the folder cannot be read.
    """
    return [folder / name for name in sorted(names(folder)) if name.endswith(suffixes)]


def names(folder: Path) -> list[str]:
    """The names of all files of a folder; none where there is no folder.

    Raises:
        StoreError: the folder cannot be read.
    """
    with explained("read", folder, UNTOUCHED):
        try:
            return list(disk().names(folder))
        except FileNotFoundError:
            return []


def read_bytes(path: Path) -> bytes | None:
    """The content of a file, or None where there is no such file.

    Raises:
        StoreError: it is there and cannot be read.
    """
    with explained("read", path, UNTOUCHED):
        try:
            with disk().open(path, "rb") as file:
                return disk().read(file)
        except FileNotFoundError:
            return None


def replace_file(path: Path, body: bytes, *, keep: Path | None = None) -> None:
    """Put a whole new file in the place of an old one: a reader, or a power cut, meets one of them and no mixture.

    The folder itself is not yet flushed; call ``sync_folder`` once after a series.

    Args:
        path: The file to replace or create.
        body: Its new content.
        keep: Where the old content is kept, replacing what was kept there.

    Raises:
        StoreError: the disk is full or refuses; the old file is still in place, or kept.
    """
    fresh = path.with_name(f"{path.name}.tmp")
    with explained("write", path):
        try:
            with disk().create(fresh) as file:
                _write(file, body)
                disk().fsync(file)
            if keep is not None:
                _keep(path, keep)
            disk().replace(fresh, path)
        except OSError:
            with suppress(OSError):  # the first error is the one to tell
                disk().unlink(fresh)
            raise


def _write(file: IO[bytes], body: bytes) -> None:
    rest = memoryview(body)
    while rest:
        written = disk().write(file, rest)
        if not written:
            raise OSError(errno.EIO, "nothing was written")
        rest = rest[written:]


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write a stream to, mode 0600; it takes its place, flushed, when the block ends without an error.

    Raises:
        StoreError: it cannot be written; what was there before is still in place.
    """
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    with explained("write", path):
        try:
            with disk().create(fresh) as raw, io.BufferedWriter(raw) as file:
                yield file
                file.flush()
                disk().fsync(file)
            disk().replace(fresh, path)
        finally:
            with suppress(OSError):  # gone already, where all went well
                disk().unlink(fresh)


def _keep(path: Path, keep: Path) -> None:
    """Give the old content a second name, so that no moment passes without a file in its place."""
    second = keep.with_name(f"{keep.name}.tmp")
    disk().unlink(second)
    try:
        disk().link(path, second)
    except FileNotFoundError:
        return
    except OSError:
        # A file system without hard links. The loader knows to take the kept copy when the file itself is missing.
        with suppress(FileNotFoundError):
            disk().replace(path, keep)
        return
    disk().replace(second, keep)


def append(path: Path, offset: int, body: bytes) -> None:
    """Write ``body`` at ``offset``, cutting off whatever lay beyond it, and return when it has reached the disk.

    Raises:
        InDoubt: it could not be written, and it may be there all the same: to be written over.
        StoreError: it could not be written, and nothing of it will be taken for a commit.
    """
    with explained("write", path):
        file = disk().open(path, "r+b")
    try:
        disk().truncate(file, offset)
        file.seek(offset)
        _write(file, body)
        disk().fsync(file)
    except OSError as error:
        # What was written may be whole and only not known to have arrived: nobody must take it for a commit.
        if _taken_back(file, offset):
            raise _refused("write", path, SAFE, error) from error
        refused = _refused("write", path, f"{SAFE} This change may turn up when the disk works again.", error)
        raise InDoubt(refused.message, hint=refused.hint) from error
    finally:
        with suppress(OSError):  # what was flushed is on the disk, whatever closing says
            file.close()


def _taken_back(file: IO[bytes], offset: int) -> bool:
    """Cut off what was begun at ``offset``, or at least make its first byte one that no commit begins with."""
    try:
        disk().truncate(file, offset)
    except OSError:
        try:
            file.seek(offset)
            _write(file, b"\n")
        except OSError:
            return False
    with suppress(OSError):
        disk().fsync(file)
    return True


def sync_folder(folder: Path) -> None:
    """Make renames in the folder last. Where folders cannot be flushed (Windows), renames are journalled anyway.

    Raises:
        StoreError: the disk reported an error.
    """
    if os.name == "nt":
        return
    with explained("flush", folder):
        disk().sync(folder)


def read_head(path: Path, size: int) -> bytes | None:
    """The first bytes of a file, or None where there is no such file.

    Raises:
        StoreError: it is there and cannot be read.
    """
    with explained("read", path, UNTOUCHED):
        try:
            with disk().open(path, "rb") as file:
                return disk().read(file, size)
        except FileNotFoundError:
            return None


def remove(*paths: Path) -> None:
    """Remove files, those that are there.

    Raises:
        StoreError: the folder does not allow it.
    """
    for path in paths:
        with explained("remove", path):
            disk().unlink(path)


def rename(path: Path, target: Path) -> None:
    """Rename a file over another.

    Raises:
        StoreError: the folder does not allow it.
    """
    with explained("rename", path):
        disk().replace(path, target)


def remove_folder(folder: Path) -> None:
    """Remove a folder and the files in it, if it is there.

    Raises:
        StoreError: something in it cannot be removed.
    """
    if stat(folder) is None:
        return
    remove(*named(folder, ""))
    with explained("remove", folder):
        disk().remove_folder(folder)


def set_aside(path: Path, now: datetime) -> Path:
    """Give a damaged file a second name that stays, so that nothing of it is lost, and tell that name.

    Raises:
        StoreError: the disk is full or refuses.
    """
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    taken = {each.name for each in named(path.parent, "")}
    for number in itertools.count(2):
        if aside.name not in taken:
            break
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    with explained("set aside", path):
        try:
            disk().link(path, aside)
        except OSError:  # a file system without hard links
            replace_file(aside, read_bytes(path) or b"")
        sync_folder(path.parent)
    return aside
