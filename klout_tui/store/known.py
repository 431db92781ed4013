"""Where a thing lies, by its id: whether a like from 2019 is known already is found without opening 2019.

Ids are hashed (64 bits). The first three hexadecimal digits choose one of 4,096 documents, the first of them one of 16
files; a document maps the other digits to the month the thing lies in, ``2026-03``. Only documents that are asked for
are decoded, so a million ids cost some 25 MB of bytes and no objects.

The index is not journalled: it follows from the puts and deletes that are. What the journal holds is kept in
``_recent`` and joins the files when the journal is folded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final

import msgspec

from klout_tui.store.journal import Op
from klout_tui.store.records import INTERACTIONS, POSTS, encode, id_hash
from klout_tui.store.storage import RawTable

KNOWN: Final = "known"
_FILES: Final = 1
_DOCUMENT: Final = 3
_TABLES: Final = (INTERACTIONS, POSTS)

_ALL: Final = {f"{KNOWN}-{digit}" for digit in "0123456789abcdef"}

Rows = Callable[[str, str], RawTable]
"""Documents of a shard's table, journal not included."""

_decode = msgspec.json.Decoder(dict[str, str]).decode


class Known:
    """The index of ids. An id may name a post and an interaction at once (an own reply, seen from both sides)."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._recent: dict[str, str | None] = {}
        self._anew = False

    def place(self, table: str, identifier: str) -> str | None:
        """The month an id lies in, or None where it is unknown."""
        digits = digits_of(table, identifier)
        if digits in self._recent:
            return self._recent[digits]
        place = self._folded_place(digits)
        # the file may have been found damaged just now, and the index built anew
        return self._recent.get(digits, place)

    def folded_place(self, table: str, identifier: str) -> str | None:
        """The month an id lay in when the journal was folded last."""
        return self._folded_place(digits_of(table, identifier))

    def _folded_place(self, digits: str) -> str | None:
        row = self._base(_shard(digits)).get(digits[:_DOCUMENT])
        return None if row is None else _place_in(bytes(row), digits[_DOCUMENT:])

    def _base(self, shard: str) -> RawTable:
        return {} if self._anew else self._rows(shard, KNOWN)

    def start_anew(self) -> None:
        """Trust none of the files; everything that is stored is about to be followed."""
        self._recent.clear()
        self._anew = True

    def follow(self, ops: Iterable[Op]) -> None:
        """Take note of a commit. Within one, deletes come before puts, so that a row that moved is found again."""
        for shard, table, identifier, document in ops:
            if table in _TABLES:
                place = None if document is None else shard.partition("-")[2]
                self._recent[digits_of(table, identifier)] = place

    def forget_recent(self) -> None:
        """The journal was folded, or is read anew."""
        self._recent.clear()
        self._anew = False

    def entries(self) -> Iterator[tuple[str, str]]:
        """The digits of every id that is known, and where it lies."""
        for shard in sorted(_ALL):
            for document, row in self._base(shard).items():
                for rest, place in _decode(row).items():
                    if document + rest not in self._recent:
                        yield document + rest, place
        yield from ((digits, place) for digits, place in self._recent.items() if place is not None)

    def folded(self) -> dict[str, RawTable]:
        """The tables of the files that have to be written, by shard."""
        touched = sorted(_ALL if self._anew else {_shard(digits) for digits in self._recent})
        for shard in touched:
            self._base(shard)  # should one be damaged, all is built anew and written before we go on
        changed: dict[str, dict[str, dict[str, str]]] = {}
        for digits, place in self._recent.items():
            shard, document, rest = _shard(digits), digits[:_DOCUMENT], digits[_DOCUMENT:]
            documents = changed.setdefault(shard, {})
            if document not in documents:
                row = self._base(shard).get(document)
                documents[document] = {} if row is None else _decode(row)
            if place is None:
                documents[document].pop(rest, None)
            else:
                documents[document][rest] = place
        return {
            shard: self._base(shard)
            | {key: msgspec.Raw(encode(places)) for key, places in changed.get(shard, {}).items()}
            for shard in (touched if self._anew else sorted(changed))
        }


def _place_in(document: bytes, rest: str) -> str | None:
    """The place of an id in a document: found as text, ten times faster than by decoding hundreds of others with it."""
    key = f'"{rest}":"'.encode()
    start = document.find(key)
    if start >= 0:
        start += len(key)
        return document[start : document.index(b'"', start)].decode()
    # Somebody's editor may have put spaces in.
    return _decode(msgspec.Raw(document)).get(rest) if b" " in document or b"\n" in document else None


def is_known(shard: str) -> bool:
    """Whether a shard is part of the index, which can be built anew and is never journalled."""
    return shard.startswith(f"{KNOWN}-")


@lru_cache(maxsize=4096)  # asked for when an id is looked up and again when it is kept
def digits_of(table: str, identifier: str) -> str:
    """What the index knows an id by."""
    return id_hash(f"{table} {identifier}")


def _shard(digits: str) -> str:
    return f"{KNOWN}-{digits[:_FILES]}"
