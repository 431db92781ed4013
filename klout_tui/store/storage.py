"""TinyDB files, written so that a crash cannot spoil them and read so that only what is asked for is decoded.

A file holds tables of documents, as TinyDB wants it, one document a line so that people and ``grep`` can read it::

    {"meta":{
    "file":{"name":"days-2026","format":1,"folded":17}},
    "days":{
    "2026-03-04 like mastodon:ada@social.example":{"account":…,"day":"2026-03-04","kind":"like","named":2}}}

``meta.file.folded`` is the number of the last journal commit that the file already contains.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from klout_tui.errors import StoreError
from klout_tui.store.files import read_bytes, replace_file, sync_folder

RawTable = dict[str, msgspec.Raw]
"""Document id to the document's JSON, decoded when somebody asks."""

META: Final = "meta"

_shape = msgspec.json.Decoder(dict[str, RawTable])
_plain = msgspec.json.Decoder(dict[str, dict[str, Any]])
_quote = msgspec.json.Encoder().encode


class Damaged(Exception):
    """The file is not JSON, or not tables of documents."""


class ShardStorage(Storage):
    """A TinyDB storage: fast JSON, replaced atomically, the last good copy kept beside it as ``*.bak``."""

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self.path = Path(path)
        self.kept = self.path.with_name(f"{self.path.name}.bak")

    def read(self) -> dict[str, dict[str, Any]] | None:
        """All tables, fully decoded; None where there is no file yet.

        Raises:
            StoreError: the file cannot be read, or is damaged.
        """
        body = read_bytes(self.path)
        if body is None:
            return None
        try:
            return _plain.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise StoreError(
                f"{self.path} is damaged.", hint=f"The last good copy is {self.kept.name}, if there is one."
            ) from error

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace the file by these tables; the one before stays as ``*.bak``.

        Raises:
            StoreError: the disk is full or refuses; the old file is still in place.
        """
        self.write_raw({table: {key: _raw(doc) for key, doc in rows.items()} for table, rows in data.items()})
        sync_folder(self.path.parent)

    def read_raw(self) -> dict[str, RawTable] | None:
        """All tables with their documents undecoded; None where there is no file.

        Raises:
            Damaged: the content is not tables of documents.
            StoreError: the file cannot be read.
        """
        body = read_bytes(self.path)
        return None if body is None else parse(body)

    def read_kept(self) -> dict[str, RawTable] | None:
        """The last good copy likewise, or None where none is kept or it is damaged too.

        Raises:
            StoreError: it cannot be read.
        """
        body = read_bytes(self.kept)
        if body is None:
            return None
        try:
            return parse(body)
        except Damaged:
            return None

    def write_raw(self, tables: Mapping[str, Mapping[str, msgspec.Raw]], *, keep: bool = True) -> int:
        """Replace the file, leave flushing the folder to the caller, and tell the new size in bytes.

        Raises:
            StoreError: the disk is full or refuses; the old file is still in place.
        """
        body = render(tables)
        replace_file(self.path, body, keep=self.kept if keep else None)
        return len(body)


class Rows(Table):
    """A TinyDB table whose documents go by text ids."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB calls it with the id's text; its hint says int


class ShardFile(TinyDB):
    """One file of the store, opened the TinyDB way."""

    table_class = Rows
    default_storage_class = ShardStorage  # type: ignore[assignment]  # its hint says JSONStorage, any storage will do

    @property
    def shard(self) -> ShardStorage:
        """The storage underneath."""
        return cast("ShardStorage", self.storage)


def parse(body: bytes) -> dict[str, RawTable]:
    """Tables of undecoded documents.

    Raises:
        Damaged: it is no such thing.
    """
    try:
        tables = _shape.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Damaged(str(error)) from error
    if META not in tables:
        raise Damaged("no meta table")
    return tables


def render(tables: Mapping[str, Mapping[str, msgspec.Raw]]) -> bytes:
    """The JSON of a file, one document a line."""
    parts: list[bytes | msgspec.Raw] = []
    opening = b"{"
    for table, rows in tables.items():
        parts += (opening, _quote(table), b":{")
        opening = b",\n"
        separator = b"\n"
        for key, row in rows.items():
            parts += (separator, _quote(key), b":", row)
            separator = b",\n"
        parts.append(b"}")
    parts.append(b"}\n" if tables else b"{}\n")
    return b"".join(parts)


def _raw(document: object) -> msgspec.Raw:
    return msgspec.Raw(_quote(document))
