"""Files that are there whole or not at all, readable by nobody else."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from klout_tui.errors import StoreError

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600

_REASONS: Final = {
    errno.ENOSPC: ("the disk is full", "Free some space and try again."),
    errno.EDQUOT: ("your disk quota is used up", "Free some space and try again."),
    errno.EACCES: ("the system does not allow it", "Check who owns the folder and its permissions."),
    errno.EPERM: ("the system does not allow it", "Check who owns the folder and its permissions."),
    errno.EROFS: ("the disk is read-only", "Make it writable, or point KLOUT_TUI_HOME to another place."),
    errno.EIO: ("the disk reported an error", "Check the disk's health; make a copy of the folder first."),
    errno.EMFILE: ("too many files are open", "Close other programs and try again."),
}


@contextmanager
def explained(doing: str, path: Path) -> Iterator[None]:
    """Turn the system's refusals inside the block into one sentence and a hint.

    Raises:
        StoreError: something in the block raised OSError.
    """
    try:
        yield
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, (error.strerror or "unknown reason", "Try again."))
        raise StoreError(f"Could not {doing} {path}: {reason}. What was stored before is safe.", hint=hint) from error


def make_folder(folder: Path) -> None:
    """Create the folder (and those above it) for its owner only.

    Raises:
        StoreError: it cannot be created.
    """
    with explained("create the folder", folder):
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            folder.chmod(FOLDER_MODE)
            sync_folder(folder.parent)


def read_bytes(path: Path) -> bytes | None:
    """The content of a file, or None where there is no such file.

    Raises:
        StoreError: it is there and cannot be read.
    """
    with explained("read", path):
        try:
            return path.read_bytes()
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
        StoreError: the disk is full or refuses; the old file is still in place.
    """
    fresh = path.with_name(f"{path.name}.tmp")
    with explained("write", path):
        try:
            with os.fdopen(_private(fresh), "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            if keep is not None:
                _keep(path, keep)
            fresh.replace(path)
        except OSError:
            with suppress(OSError):  # the first error is the one to tell
                fresh.unlink(missing_ok=True)
            raise


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write a stream to, mode 0600; it takes its place, flushed, when the block ends without an error.

    Raises:
        StoreError: it cannot be written; what was there before is still in place.
    """
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    with explained("write", path):
        try:
            with os.fdopen(_private(fresh), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        finally:
            with suppress(OSError):  # gone already, where all went well
                fresh.unlink(missing_ok=True)


def _keep(path: Path, keep: Path) -> None:
    """Give the old content a second name, so that no moment passes without a file in its place."""
    second = keep.with_name(f"{keep.name}.tmp")
    second.unlink(missing_ok=True)
    try:
        second.hardlink_to(path)
    except FileNotFoundError:
        return
    except OSError:
        # A file system without hard links. The loader knows to take the kept copy when the file itself is missing.
        with suppress(FileNotFoundError):
            path.replace(keep)
        return
    second.replace(keep)


def append(path: Path, offset: int, body: bytes) -> None:
    """Write ``body`` at ``offset``, cutting off whatever lay beyond it, and return when it has reached the disk.

    Raises:
        StoreError: it could not be written; the file is cut back to ``offset`` as far as the system lets us.
    """
    with explained("write", path), path.open("r+b", buffering=0) as file:
        try:
            file.truncate(offset)
            file.seek(offset)
            view = memoryview(body)
            while view:
                view = view[file.write(view) :]
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):  # a tail that stays has no valid checksum and is ignored
                file.truncate(offset)
                os.fsync(file.fileno())
            raise


def sync_folder(folder: Path) -> None:
    """Make renames in the folder last. Where folders cannot be flushed (Windows), renames are journalled anyway.

    Raises:
        StoreError: the disk reported an error.
    """
    if os.name == "nt":
        return
    with explained("flush", folder):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def set_aside(path: Path, now: datetime, *, copy: bool = False) -> Path:
    """Rename a damaged file (or copy it) so that nothing of it is lost, and tell the new name.

    Raises:
        StoreError: it cannot be renamed.
    """
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    with explained("set aside", path):
        if copy:
            replace_file(aside, path.read_bytes())
        else:
            path.replace(aside)
    return aside


def _private(path: Path) -> int:
    binary: int = getattr(os, "O_BINARY", 0)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | binary, FILE_MODE)
    if hasattr(os, "fchmod"):
        os.fchmod(handle, FILE_MODE)
    return handle
