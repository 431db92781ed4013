"""One archive file of everything but secrets, and the way back.

A backup is a ``tar.gz``: ``klout-tui-backup/manifest.json`` first, with the size and checksum of every other file, then
``klout-tui-backup/settings.toml`` where there is one, and ``klout-tui-backup/store/…`` byte by byte. It is consistent
while others write: under the write lock each file gets a second name (files are replaced, never changed in place) and
the journal, the one file that grows, is copied; the lock is held for no longer than that.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import secrets
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Final

import msgspec

from klout_tui import __version__
from klout_tui.errors import StoreError
from klout_tui.store import locks
from klout_tui.store.files import FOLDER_MODE, explained, make_folder, new_file, sync_folder
from klout_tui.store.glance import FILE as LINE
from klout_tui.store.inspection import LOCKS
from klout_tui.store.journal import Header
from klout_tui.store.migrations import COPY, FORMAT
from klout_tui.store.storage import META, Damaged, parse
from klout_tui.store.telling import many

ROOT: Final = "klout-tui-backup"
MANIFEST: Final = f"{ROOT}/manifest.json"
_STORE: Final = f"{ROOT}/store/"
_SETTINGS: Final = f"{ROOT}/settings.toml"
_SCHEMA: Final = 1
_CHUNK: Final = 1 << 20
_MANIFEST_LIMIT: Final = 16 << 20
_SETTINGS_LIMIT: Final = 1 << 20
_NAME: Final = re.compile(r"(?:before-format-[0-9]+/)?[A-Za-z0-9][A-Za-z0-9._-]{0,200}")
"""What may lie in a store's folder: no path leads out of it, and nothing is hidden."""
_JOURNAL: Final = "journal"


class Entry(msgspec.Struct, frozen=True):
    """One file of a backup."""

    name: str
    """Its path in the archive."""
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself."""

    schema: int
    format: int
    """The store's format."""
    version: str
    """The klout-tui that made it."""
    created: datetime
    files: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(entry.size for entry in self.files)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    aside: Path | None
    """Where the store that was there before lies now."""
    settings: Path | None
    """Where the settings of the backup were put; None where there were none, or the same."""


_manifest = msgspec.json.Decoder(Manifest)
_header = msgspec.json.Decoder(Header)


# making one


def back_up(folder: Path, settings: Path, target: Path, clock: Callable[[], datetime]) -> Manifest:
    """Write a backup of the store in ``folder`` and of the settings file to ``target``, mode 0600, whole or not at all.

    Raises:
        StoreError: there is nothing to back up, or something cannot be read or written; no file is left then.
    """
    if not any(folder.glob("*.json")) and not (folder / _JOURNAL).exists():
        raise StoreError(f"There is no store in {folder} yet.", hint="Link an account first: klout-tui link --help")
    with _snapshot(folder, settings) as (place, names):
        entries = [_entry(place / name, _archived(name)) for name in names]
        manifest = Manifest(
            schema=_SCHEMA,
            format=_format(place / "store"),
            version=__version__,
            created=clock().astimezone(UTC).replace(microsecond=0),
            files=tuple(entries),
        )
        head = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
        with (
            new_file(target) as file,
            gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        ):
            archive.addfile(_member(MANIFEST, len(head), manifest.created), io.BytesIO(head))
            for name, entry in zip(names, entries, strict=True):
                with (place / name).open("rb") as source:
                    archive.addfile(_member(entry.name, entry.size, manifest.created), source)
    return manifest


@contextmanager
def _snapshot(folder: Path, settings: Path) -> Iterator[tuple[Path, list[str]]]:
    """A folder that holds this moment of the store, and the names in it; it goes when the block ends."""
    place = folder.with_name(f"{folder.name}.backup-{secrets.token_hex(4)}")
    with explained("back up", folder):
        try:
            make_folder(place)
            with locks.writing(folder):
                for path in _worth_keeping(folder):
                    second = place / "store" / path.relative_to(folder)
                    second.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
                    _second_name(path, second)
            names = [
                f"store/{path.relative_to(place / 'store').as_posix()}" for path in _worth_keeping(place / "store")
            ]
            if settings.is_file():
                shutil.copyfile(settings, place / "settings.toml")
                names.append("settings.toml")
            yield place, names
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _worth_keeping(folder: Path) -> list[Path]:
    """Every file but locks, what killed processes left, and the line for the prompt, which is made anew."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.name not in (*LOCKS, LINE)
        and not path.name.endswith(".tmp")
        and path.relative_to(folder).parts[0] != COPY
        and _NAME.fullmatch(path.relative_to(folder).as_posix())
    )


def _second_name(path: Path, second: Path) -> None:
    if path.name != _JOURNAL:
        with suppress(OSError):
            second.hardlink_to(path)
            return
    shutil.copyfile(path, second)


def _archived(name: str) -> str:
    return f"{ROOT}/{name}"


def _entry(path: Path, name: str) -> Entry:
    with path.open("rb") as file:
        return Entry(name=name, size=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def _format(folder: Path) -> int:
    """The format the store's journal is of; ours where that cannot be told."""
    try:
        with (folder / _JOURNAL).open("rb") as file:
            return _header.decode(file.readline()).format
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return FORMAT


def _member(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    member.mtime = int(at.timestamp())
    return member


# the way back


def restore(
    source: Path, folder: Path, settings: Path, clock: Callable[[], datetime], *, force: bool = False
) -> Restored:
    """Put the store of a backup in place of the one in ``folder``, once every byte of it has been verified.

    Nothing is deleted: a store that was there is moved aside. Her settings file stays as it is; where it differs, the
    one of the backup is laid beside it.

    Args:
        source: The archive.
        folder: Where the store lies or is to lie.
        settings: Where the settings file lies or is to lie.
        clock: The present, for the name of what is moved aside.
        force: Whether a store that is there may be moved aside.

    Raises:
        StoreError: the archive is damaged, not a backup, or newer than this program; a store is there and ``force`` is
            not said; somebody refreshes; or the disk refuses. Nothing has changed then.
    """
    if not force and _holds_something(folder):
        raise StoreError(
            f"There is a store in {folder} already; nothing was changed.",
            hint="Say --force to put the backup in its place; the present store is moved aside, not deleted.",
        )
    fresh = folder.with_name(f"{folder.name}.restoring-{secrets.token_hex(4)}")
    make_folder(folder.parent)
    try:
        with explained("read", source), _reading(source):
            manifest = _unpack(source, fresh)
        _refuse_newer(manifest, fresh / "store")
        _renew_journal(fresh / "store")
        aside = _put_in_place(fresh / "store", folder, clock, force=force)
        laid = _lay_settings(fresh / "settings.toml", settings)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Restored(manifest, aside, laid)


def _holds_something(folder: Path) -> bool:
    with explained("read", folder):
        return folder.exists() and any(path.name not in LOCKS for path in folder.iterdir())


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    """Turn everything a damaged archive may raise into one sentence.

    Raises:
        StoreError: something in the block failed to read the archive.
    """
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, msgspec.MsgspecError, UnicodeError) as error:
        raise _unfit(source, f"it is damaged or cut short ({error})") from error


def _unfit(source: Path, why: str) -> StoreError:
    return StoreError(
        f"{source} cannot be restored: {why}. Nothing was changed.",
        hint="Try another copy of the backup; check that it was copied whole.",
    )


def _unpack(source: Path, fresh: Path) -> Manifest:
    with gzip.open(source) as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
        manifest = _read_manifest(source, archive)
        awaited = {entry.name: entry for entry in manifest.files}
        _refuse_unfit(source, manifest, awaited, fresh)
        while (member := archive.next()) is not None:
            entry = awaited.pop(member.name, None)
            if entry is None or not member.isreg() or member.size != entry.size:
                raise _unfit(source, f"{member.name!r} is not what its list of files says")
            content = archive.extractfile(member)
            if content is None:
                raise _unfit(source, f"{member.name!r} has no content")
            _extract(source, content, entry, fresh / PurePosixPath(entry.name).relative_to(ROOT))
        if awaited:
            raise _unfit(source, f"{many(len(awaited), 'file')} of its list are missing, {min(awaited)!r} for one")
        while packed.read(_CHUNK):
            pass  # to the very end, where gzip's own checksum is
    for path in (fresh, *fresh.rglob("*")):
        if path.is_dir():
            sync_folder(path)
    return manifest


def _read_manifest(source: Path, archive: tarfile.TarFile) -> Manifest:
    member = archive.next()
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > _MANIFEST_LIMIT:
        raise _unfit(source, "it is no backup of klout-tui")
    content = archive.extractfile(member)
    manifest = _manifest.decode(content.read() if content is not None else b"")
    if manifest.schema > _SCHEMA or manifest.format > FORMAT:
        raise StoreError(
            f"{source} was made by a newer klout-tui ({manifest.version}, format {manifest.format}; this one knows up "
            f"to {FORMAT}). Nothing was changed.",
            hint="Update klout-tui: pip install --upgrade klout-tui",
        )
    return manifest


def _refuse_unfit(source: Path, manifest: Manifest, awaited: dict[str, Entry], fresh: Path) -> None:
    """Look at the list of files before the first of them is written."""
    if len(awaited) != len(manifest.files):
        raise _unfit(source, "its list names a file twice")
    for entry in manifest.files:
        inside = entry.name.removeprefix(_STORE)
        fits = entry.name == _SETTINGS or (inside != entry.name and _NAME.fullmatch(inside))
        if not fits or inside in LOCKS or entry.size < 0:
            raise _unfit(source, f"{entry.name!r} has no place in a backup")
    if awaited.get(_SETTINGS, Entry(_SETTINGS, 0, "")).size > _SETTINGS_LIMIT:
        raise _unfit(source, "its settings file is far too large")
    free = shutil.disk_usage(fresh.parent).free
    if manifest.size > free:
        raise StoreError(
            f"{source} holds {manifest.size:,} bytes, and {free:,} are free. Nothing was changed.",
            hint="Free some space and try again.",
        )


def _extract(source: Path, content: IO[bytes], entry: Entry, path: Path) -> None:
    make_folder(path.parent)
    digest = hashlib.sha256()
    with new_file(path) as file:
        for chunk in _chunks(source, content):
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != entry.sha256:
        raise _unfit(source, f"{entry.name!r} differs from its checksum")


def _chunks(source: Path, content: IO[bytes]) -> Iterator[bytes]:
    while True:
        with explained("read", source), _reading(source):  # here, or it would be taken for a failure to write
            chunk = content.read(_CHUNK)
        if not chunk:
            return
        yield chunk


def _refuse_newer(manifest: Manifest, store: Path) -> None:
    """The list may say what it likes: each file tells its own format."""
    for path in store.glob("*.json"):
        try:
            form = msgspec.convert(msgspec.json.decode(parse(path.read_bytes())[META]["file"]), dict[str, object])
        except (Damaged, KeyError, msgspec.MsgspecError):
            continue  # it was damaged when it was backed up; the store knows what to do about it
        if isinstance(number := form.get("format"), int) and number > FORMAT:
            raise StoreError(
                f"{path.name} in the backup was written by a newer klout-tui than {manifest.version}. "
                "Nothing was changed.",
                hint="Update klout-tui: pip install --upgrade klout-tui",
            )


def _renew_journal(store: Path) -> None:
    """Give the journal a new token: a program that has it open must see that it is another one now."""
    path = store / _JOURNAL
    if not path.exists():
        return
    first, _, rest = path.read_bytes().partition(b"\n")
    try:
        header = _header.decode(first)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return
    renewed = msgspec.structs.replace(header, token=secrets.token_hex(8))
    with new_file(path) as file:
        file.write(msgspec.json.encode(renewed) + b"\n" + rest)
    sync_folder(store)


def _put_in_place(store: Path, folder: Path, clock: Callable[[], datetime], *, force: bool) -> Path | None:
    """Rename the finished folder into place, the old one aside. Only while nobody refreshes or writes.

    The lock files move along by a second name: whoever waits for the old store's lock must meet the new store's.
    """
    there = folder.exists()
    if not there:
        with explained("put the store in", folder):
            store.rename(folder)
            sync_folder(folder.parent)
        return None
    with ExitStack() as held:
        if not held.enter_context(locks.refreshing(folder)):
            raise StoreError(
                "Another klout-tui is refreshing; nothing was restored.", hint="Wait until it is done, or end it."
            )
        held.enter_context(locks.writing(folder))
        worth_keeping = _holds_something(folder)
        if worth_keeping and not force:
            raise StoreError(f"A store appeared in {folder} meanwhile; nothing was changed.", hint="Say --force.")
        stamp = clock().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        aside = folder.with_name(f"{folder.name}.before-restore-{stamp}-{secrets.token_hex(2)}")
        with explained("put the store in", folder):
            for name in LOCKS:
                with suppress(OSError):  # without second names, locks begin anew
                    (store / name).hardlink_to(folder / name)
            if os.name == "nt":
                held.close()  # there, a folder with an open file in it cannot be renamed
            folder.rename(aside)
            try:
                store.rename(folder)
            except OSError:
                aside.rename(folder)
                raise
            sync_folder(folder.parent)
    if worth_keeping:
        return aside
    shutil.rmtree(aside, ignore_errors=True)
    return None


def _lay_settings(found: Path, settings: Path) -> Path | None:
    """The settings file is hers: never written over, only put where there is none, or beside it where it differs."""
    if not found.exists():
        return None
    body = found.read_bytes()
    target = settings
    if settings.exists():
        if settings.read_bytes() == body:
            return None
        target = settings.with_name(f"{settings.name}.restored")
    with explained("write", target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with new_file(target) as file:
            file.write(body)
    return target
