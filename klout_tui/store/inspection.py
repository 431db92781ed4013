"""A look at the files of a store, one by one, that changes nothing and never stops at what it finds."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from klout_tui.domain.checks import Problem
from klout_tui.store.files import FILE_MODE, FOLDER_MODE
from klout_tui.store.glance import FILE as LINE
from klout_tui.store.journal import Header, Scan, scan
from klout_tui.store.migrations import COPY, FORMAT, READY
from klout_tui.store.ontology import FILE
from klout_tui.store.records import CORE, is_derived
from klout_tui.store.shelf import FileMeta
from klout_tui.store.storage import META, Damaged, RawTable, parse
from klout_tui.store.telling import listed, many, spoken

LENIENCE: Final = timedelta(hours=1)
"""How far in the future a time may lie before a clock is doubted."""

LOCKS: Final = ("write.lock", "refresh.lock")
_JOURNAL: Final = "journal"
_PLAIN: Final = (*LOCKS, _JOURNAL, FILE, LINE)
"""The store's files that are no JSON of TinyDB's."""
_UPDATE: Final = "Update klout-tui: pip install --upgrade klout-tui"


@dataclass(slots=True)
class Inspection:
    """What the files look like."""

    there: bool = False
    """Whether anything is kept at all."""
    files: int = 0
    size: int = 0
    permissions: list[Problem] = field(default_factory=list)
    damage: list[Problem] = field(default_factory=list)
    journal: list[Problem] = field(default_factory=list)
    leftovers: list[Problem] = field(default_factory=list)
    clocks: list[Problem] = field(default_factory=list)

    metas: dict[str, FileMeta] = field(default_factory=dict)
    """What each readable file says of itself, by shard."""
    open_paths: list[tuple[Path, int]] = field(default_factory=list)
    """What others may read or write, and the mode it should have."""
    renamed: list[str] = field(default_factory=list)
    """Shards whose file says it is another."""
    missing: list[str] = field(default_factory=list)
    """Shards of which only the copy is there."""
    spoilt_copies: list[Path] = field(default_factory=list)
    future: list[Path] = field(default_factory=list)
    """Files changed later than now."""
    litter: list[Path] = field(default_factory=list)
    """What killed processes left behind."""
    newer: bool = False
    """A file is of a newer format than ours: nothing may be touched."""
    older: bool = False
    """The store is of an older format, which opening it brings up to date."""
    unfinished: bool = False
    """A migration was cut off."""
    torn: bool = False
    """The journal ends in half a line."""
    ahead: bool = False
    """Files are newer than the journal beside them."""

    @property
    def sound(self) -> bool:
        """Whether what the files hold can be compared."""
        return self.there and not any(each.wrong for each in (*self.damage, *self.journal)) and not self.older


def inspect(folder: Path, now: datetime) -> Inspection:
    """Look at every file in ``folder``.

    Raises:
        OSError: the folder itself cannot be read.
    """
    found = Inspection()
    if not folder.exists():
        return found
    found.there = any(path.name == _JOURNAL or path.suffix == ".json" for path in folder.iterdir())
    if os.name == "posix":
        _permissions(found, folder)
    _shards(found, folder)
    _journal(found, folder)
    _leftovers(found, folder)
    _times(found, folder, now)
    return found


def _permissions(found: Inspection, folder: Path) -> None:
    wide: list[tuple[str, int, int]] = []
    for path in (folder, *sorted(folder.rglob("*"))):
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            words = f"{path.name} is a link to {path.readlink()}; the store's files should lie in its folder."
            found.permissions.append(Problem(words=words, remedy="Put the file itself in its place.", wrong=False))
            continue
        wanted = FOLDER_MODE if stat.S_ISDIR(about.st_mode) else FILE_MODE
        mode = stat.S_IMODE(about.st_mode)
        if mode & 0o077 or mode & wanted != wanted:
            found.open_paths.append((path, wanted))
            wide.append((str(path) if path == folder else path.name, mode, wanted))
    for name, mode, wanted in wide[:5]:
        whom = "others can get at it" if mode & 0o077 else "you yourself are locked out of it"
        words = f"{name} has mode {mode:04o}, so {whom}; it should be {wanted:04o}."
        found.permissions.append(Problem(words=words, mendable=True))
    if wide[5:]:
        words = f"So have {many(len(wide) - 5, 'more file', 'more files')} and folders."
        found.permissions.append(Problem(words=words, mendable=True))


def _shards(found: Inspection, folder: Path) -> None:
    there = {path.name.removesuffix(".json"): path for path in folder.glob("*.json")}
    copies = {path.name.removesuffix(".json.bak"): path for path in folder.glob("*.json.bak")}
    for shard in sorted({*there, *copies}):
        copy = copies.get(shard)
        kept = None if copy is None else _look(found, copy)
        if copy is not None and not isinstance(kept, FileMeta):
            found.spoilt_copies.append(copy)
            words = f"{copy.name}, the spare copy, is damaged ({kept}); the file itself counts."
            found.damage.append(Problem(words=words, mendable=True, wrong=False))
        if shard not in there:
            found.missing.append(shard)
            words = f"{shard}.json is missing; its last good copy is there. What was added since then may be missing: "
            found.damage.append(Problem(words=words + spoken(shard) + ".", mendable=isinstance(kept, FileMeta)))
            continue
        found.files += 1
        found.size += there[shard].stat().st_size
        meta = _look(found, there[shard])
        if not isinstance(meta, FileMeta):
            _tell_damage(found, shard, meta or "", spare=isinstance(kept, FileMeta))
            continue
        found.metas[shard] = meta
        if meta.name != shard:
            found.renamed.append(shard)
            words = f"{shard}.json says it is {meta.name}.json: it was renamed or copied by hand."
            found.damage.append(Problem(words=words, mendable=True))
    _formats(found)
    if found.there and CORE not in there and CORE not in copies and not _journal_only(folder):
        words = "core.json is missing, and no copy of it is there: accounts, thanks and what the program remembers."
        remedy = "Restore a backup, or link your accounts again."
        found.damage.append(Problem(words=words, remedy=remedy, mendable=True))


def _journal_only(folder: Path) -> bool:
    """A store killed before its very first tidying: all of it is in the journal."""
    return not list(folder.glob("*.json*"))


def _look(found: Inspection, path: Path) -> FileMeta | str:
    """What the file says of itself, or what is wrong with it."""
    try:
        body = path.read_bytes()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if not body:
        return "it is empty"
    try:
        tables = parse(body)
        meta = _meta.decode(tables[META]["file"])
    except Damaged as error:
        return _cause(error)
    except (KeyError, msgspec.MsgspecError):
        return "it does not say what it is"
    if meta.format > FORMAT:
        found.newer = True
        words = f"{path.name} was written by a newer klout-tui (format {meta.format}; this one knows up to {FORMAT})."
        found.damage.append(Problem(words=words + " Nothing is touched.", remedy=_UPDATE))
    return meta


def _cause(error: Damaged) -> str:
    words = str(error)
    return "it is cut short" if "truncated" in words else f"it is garbled: {words}"


def _tell_damage(found: Inspection, shard: str, why: str, *, spare: bool) -> None:
    if is_derived(shard):
        words = f"{shard}.json is damaged ({why}). It is an index: it is built anew, and nothing is missing."
    elif spare:
        words = f"{shard}.json is damaged ({why}). There is a good copy; what was added after it may be missing: "
        words += spoken(shard) + "."
    else:
        words = f"{shard}.json is damaged ({why}), and there is no good copy. Missing is {spoken(shard)}."
    readable = "cannot be read" not in why
    remedy = "" if readable else "Check who owns the file, and the disk's health."
    found.damage.append(Problem(words=words, mendable=readable, remedy=remedy))


def _formats(found: Inspection) -> None:
    forms = {meta.format for meta in found.metas.values()}
    if found.newer or not forms or CORE not in found.metas:
        return
    form = found.metas[CORE].format
    if form < FORMAT:
        found.older = True
        words = f"The store is of format {form}; starting klout-tui, or a repair, brings it to format {FORMAT}."
        found.damage.append(Problem(words=words, mendable=True, wrong=False))
    strange = sorted(shard for shard, meta in found.metas.items() if meta.format != form)
    if strange:
        words = f"{listed(f'{shard}.json' for shard in strange)} is not of format {form} as the other files are."
        remedy = "Restore the whole store from one backup, not single files."
        found.damage.append(Problem(words=words, remedy=remedy))


def _journal(found: Inspection, folder: Path) -> None:
    path = folder / _JOURNAL
    if not path.exists():
        if found.there:
            words = "The journal is missing; what was added last, and not yet put into the files, may be missing."
            found.journal.append(Problem(words=words, mendable=True))
        return
    body = path.read_bytes()
    first, _, rest = body.partition(b"\n")
    try:
        header = _header.decode(first)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        saved = len(scan(rest, -1).commits)
        words = f"The journal's first line is damaged; {many(saved, 'commit')} in it can still be read."
        found.journal.append(Problem(words=words, mendable=True))
        return
    if header.format > FORMAT:
        found.newer = True
        words = f"The journal was written by a newer klout-tui (format {header.format}). Nothing is touched."
        found.journal.append(Problem(words=words, remedy=_UPDATE))
        return
    _commits(found, header, scan(rest, header.base))


def _commits(found: Inspection, header: Header, read: Scan) -> None:
    if read.broken:
        words = "The journal has a hole: some commits in it are damaged, and good ones follow."
        found.journal.append(Problem(words=words, mendable=True))
    elif read.torn:
        found.torn = True
        words = "The journal ends in half a line: a process was stopped in the middle. Nothing that counted is missing."
        found.journal.append(Problem(words=words, mendable=True, wrong=False))
    last = read.commits[-1].seq if read.commits else header.base
    ahead = sorted(shard for shard, meta in found.metas.items() if meta.folded > last)
    if ahead and not read.broken:
        found.ahead = True
        words = f"{listed(f'{shard}.json' for shard in ahead)} is newer than the journal: single files were put back."
        found.journal.append(Problem(words=words, mendable=True))


def _leftovers(found: Inspection, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        name = path.name
        if name.endswith(".tmp"):
            found.litter.append(path)
            words = f"{name} was left by a process that was stopped, and counts for nothing."
            found.leftovers.append(Problem(words=words, mendable=True, wrong=False))
        elif ".damaged-" in name:
            size = path.stat().st_size
            words = f"{name} ({size:,} bytes) was set aside as damaged {_when(path)}; it is kept until you delete it."
            found.leftovers.append(Problem(words=words, wrong=False))
        elif name == COPY:
            _migration(found, path)
        elif not (name in _PLAIN or name.endswith((".json", ".json.bak")) or _is_old_store(path)):
            words = f"{name} is not one of the store's files; it is left alone."
            found.leftovers.append(Problem(words=words, wrong=False))
    for path in sorted(folder.parent.glob(f"{folder.name}.*")):
        if path.is_dir():
            found.leftovers.append(Problem(words=_aside(path), wrong=False))


def _migration(found: Inspection, path: Path) -> None:
    if (path / READY).exists():
        found.unfinished = True
        words = "Bringing the store to a newer format was cut off; the next start, or a repair, finishes it."
        found.damage.append(Problem(words=words, mendable=True))
    else:
        found.litter.append(path)
        words = f"{path.name}/ is a copy that was left when bringing the store to a newer format was cut off."
        found.leftovers.append(Problem(words=words, mendable=True, wrong=False))


def _aside(path: Path) -> str:
    kind = path.name.partition(".")[2].partition("-")[0]
    if kind == "before":
        return f"{path} is the store as it was before a restore; it is kept until you delete it."
    return f"{path} was left by a backup or a restore that was cut off; you may delete it."


def _is_old_store(path: Path) -> bool:
    return path.is_dir() and path.name.startswith("before-format-")


def _when(path: Path) -> str:
    return f"on {datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y-%m-%d}"


def _times(found: Inspection, folder: Path, now: datetime) -> None:
    latest = max(now.timestamp(), time.time()) + LENIENCE.total_seconds()  # the system's clock stamps files, not ours
    for path in _whole(folder):
        if path.lstat().st_mtime > latest:
            found.future.append(path)
    if found.future:
        names = listed(path.name for path in found.future)
        words = f"{names} was changed in the future: a clock was wrong, then or now."
        found.clocks.append(Problem(words=words, mendable=True, wrong=False))


def _whole(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.is_file())


def rows_of(path: Path) -> dict[str, RawTable] | None:
    """The tables of a file, or None where it cannot be understood."""
    try:
        return parse(path.read_bytes())
    except (OSError, Damaged):
        return None


_meta = msgspec.json.Decoder(FileMeta)
_header = msgspec.json.Decoder(Header)
