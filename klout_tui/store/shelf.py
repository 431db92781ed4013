"""The shards that are in memory, least recently used ones put back first."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from klout_tui.domain.digest import LAYOUT, Digest
from klout_tui.store.files import named, names, read_bytes, read_head, remove, stat
from klout_tui.store.migrations import FORMAT, refuse_newer
from klout_tui.store.records import CORE, raw
from klout_tui.store.storage import META, Damaged, RawTable, ShardFile, ShardStorage

if TYPE_CHECKING:
    from klout_tui.domain.turnout import Turnout

Tables = dict[str, RawTable]

ROOM: Final = 48 << 20
"""Estimated bytes of shards kept in memory."""
_ROW: Final = 250
"""Estimated bytes of a row besides its JSON."""
_FILE: Final = "file"
_SUFFIX: Final = ".json"


_COLUMNS: Final = "columns"
"""Id of the only document of a digest's file."""


class FileMeta(msgspec.Struct, frozen=True):
    """What a file says of itself."""

    name: str
    format: int
    folded: int
    """Number of the last commit it contains."""


@dataclass(slots=True)
class _Loaded:
    tables: Tables
    meta: FileMeta
    size: int


class _DigestFile(msgspec.Struct):
    meta: dict[str, FileMeta]
    digest: dict[str, Digest]


_meta = msgspec.json.Decoder(FileMeta)
_digest_file = msgspec.json.Decoder(_DigestFile)

_HEAD: Final = 256
"""Bytes within which a file says what it is."""
_FOLDED: Final = re.compile(rb'"folded":(\d+)\}')


class Shelf:
    """Files of one folder, by shard name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: OrderedDict[str, _Loaded] = OrderedDict()

    def storage(self, shard: str) -> ShardStorage:
        """The TinyDB storage of a shard's file."""
        return ShardFile(self._folder / f"{shard}{_SUFFIX}").shard

    def names(self) -> set[str]:
        """Every shard that has a file or a kept copy."""
        found = (name.removesuffix(".bak") for name in names(self._folder))
        return {name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)}

    def on_disk(self, shard: str) -> bool:
        """Whether the shard has a file."""
        return stat(self.storage(shard).path) is not None

    def get(self, shard: str) -> Tables | None:
        """The shard's tables, if it is in memory."""
        loaded = self._loaded.get(shard)
        if loaded is None:
            return None
        self._loaded.move_to_end(shard)
        return loaded.tables

    def meta(self, shard: str) -> FileMeta:
        """What a shard in memory says of itself."""
        return self._loaded[shard].meta

    def put(self, shard: str, tables: Tables | None) -> Tables:
        """Take in what was read of a shard (None: there is no file).

        Raises:
            Damaged: it does not say what it is.
            StoreError: it is of a newer format.
        """
        meta = FileMeta(name=shard, format=FORMAT, folded=0) if tables is None else self._meta_of(shard, tables)
        content = {name: rows for name, rows in (tables or {}).items() if name != META}
        self._keep(shard, _Loaded(content, meta, _size(content)))
        return content

    def write(self, shard: str, tables: Tables, *, folded: int, keep: bool, form: int = FORMAT) -> None:
        """Replace the shard's file; flushing the folder is left to the caller.

        Args:
            shard: Its name.
            tables: Its content.
            folded: Number of the last commit the content contains.
            keep: Keep the previous file as ``*.bak``.
            form: The documents' format: an older one when the journal is folded before a migration.

        Raises:
            StoreError: the disk refused; the old file is still in place.
        """
        meta = FileMeta(name=shard, format=form, folded=folded)
        self.storage(shard).write_raw({META: {_FILE: raw(meta)}, **tables}, keep=keep)
        self._keep(shard, _Loaded(tables, meta, _size(tables)))

    def read_digest(self, shard: str) -> tuple[FileMeta, Digest] | None:
        """A digest and what its file says of itself; None where there is none of our layout. It takes no room here.

        Raises:
            Damaged: the content is no digest.
            StoreError: it cannot be read, or is of a newer format.
        """
        path = self.storage(shard).path
        body = read_bytes(path)
        if body is None:
            return None
        try:
            file = _digest_file.decode(body)
            meta, digest = file.meta[_FILE], file.digest[_COLUMNS]
        except (KeyError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Damaged(str(error)) from error
        refuse_newer(meta.format, path)
        if digest.layout != LAYOUT:
            return None
        return meta, msgspec.structs.replace(digest, faces=digest.faces.copy())  # else they keep the whole file

    def write_digest(self, shard: str, digest: Digest, *, folded: int) -> None:
        """Replace a digest's file; flushing the folder is left to the caller.

        Raises:
            StoreError: the disk refused; the old file is still in place.
        """
        meta = FileMeta(name=shard, format=FORMAT, folded=folded)
        tables = {META: {_FILE: raw(meta)}, "digest": {_COLUMNS: raw(digest)}}
        self.storage(shard).write_raw(tables, keep=False)

    def path(self, shard: str) -> Path:
        """Where a shard's file lies, if there is one."""
        return self.storage(shard).path

    def folded_of(self, shard: str) -> int | None:
        """The last commit a file says it contains, without reading all of it; None where it does not say.

        Raises:
            StoreError: it is there and cannot be read.
        """
        told = _FOLDED.search(read_head(self.path(shard), _HEAD) or b"")
        return None if told is None else int(told[1])

    def read_turnout(self, shard: str) -> tuple[FileMeta, Turnout, str] | None:
        """A turnout, what its file says of itself, and its mark; None where there is none. It takes no room here.

        Raises:
            Damaged: the content is no turnout.
            StoreError: it cannot be read, or is of a newer format.
        """
        path = self.path(shard)
        body = read_bytes(path)
        if body is None:
            return None
        try:
            meta, found, mark = _decode_turnout(body)
        except (KeyError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Damaged(str(error)) from error
        refuse_newer(meta.format, path)
        return meta, found, mark

    def write_turnout(self, shard: str, turnout: Turnout, mark: str, *, folded: int) -> None:
        """Replace a turnout's file; flushing the folder is left to the caller, since it can be made again.

        Raises:
            StoreError: the disk refused; the old file is still in place.
        """
        meta = FileMeta(name=shard, format=FORMAT, folded=folded)
        tables = {
            META: {_FILE: raw(meta)},
            "turnout": {_COLUMNS: raw(turnout)},
            "mark": {_COLUMNS: raw({"mark": mark})},
        }
        self.storage(shard).write_raw(tables, keep=False)

    def discard(self, shard: str) -> None:
        """Read this shard anew next time."""
        self._loaded.pop(shard, None)

    def discard_all(self, prefix: str) -> None:
        """Read every shard of this kind anew next time."""
        for shard in [name for name in self._loaded if name.startswith(prefix)]:
            self.discard(shard)

    def clear(self) -> None:
        """Read everything anew next time."""
        self._loaded.clear()

    def drop_kept(self) -> None:
        """Remove every last good copy, because they hold what should be forgotten."""
        remove(*named(self._folder, f"{_SUFFIX}.bak"))

    def _meta_of(self, shard: str, tables: Tables) -> FileMeta:
        try:
            meta = _meta.decode(tables[META][_FILE])
        except (KeyError, msgspec.MsgspecError) as error:
            raise Damaged("no meta document") from error
        refuse_newer(meta.format, self.storage(shard).path)
        return meta

    def _keep(self, shard: str, loaded: _Loaded) -> None:
        self._loaded[shard] = loaded
        self._loaded.move_to_end(shard)
        total = sum(each.size for each in self._loaded.values())
        for name in list(self._loaded):
            if total <= ROOM:
                break
            if name not in (CORE, shard):
                total -= self._loaded.pop(name).size


def _decode_turnout(body: bytes) -> tuple[FileMeta, Turnout, str]:
    """Raises KeyError or msgspec's errors where it is none."""
    file = _turnout_file().decode(body)
    return file.meta[_FILE], file.turnout[_COLUMNS], file.mark[_COLUMNS]["mark"]


@cache
def _turnout_file() -> msgspec.json.Decoder[Any]:
    """Made when the first is read: opening the dashboard reads none."""
    from klout_tui.domain.turnout import Turnout

    parts = [("meta", dict[str, FileMeta]), ("turnout", dict[str, Turnout]), ("mark", dict[str, dict[str, str]])]
    return msgspec.json.Decoder(msgspec.defstruct("TurnoutFile", parts))


def _size(tables: Tables) -> int:
    return sum(memoryview(row).nbytes + _ROW for rows in tables.values() for row in rows.values())
