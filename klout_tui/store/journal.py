"""The journal: one line a commit, the one place where a commit becomes true.

The first line is a header. Every further line is ``{"seq":17,"crc":"89abcdef","ops":[[shard, table, id, doc], …]}``
with the checksum over number and ops; ``null`` for a doc deletes it. Ops are absolute, so that replaying one twice is
harmless. A line that is cut short or garbled at the end was never acknowledged; it is ignored, and cut off by the next
append.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import msgspec

from klout_tui.errors import StoreError
from klout_tui.store.files import UNTOUCHED, InDoubt, append, disk, explained, replace_file, stat, sync_folder
from klout_tui.store.migrations import FORMAT, refuse_newer

Op = tuple[str, str, str, msgspec.Raw | None]
"""Shard, table, document id, and the document's JSON (None: it goes)."""

NULL: Final = b"null"
_HEADER_LIMIT: Final = 4096
_MARK: Final = 48
"""Bytes of a line that tell it from any other: its number, its checksum, and a little more."""


class Header(msgspec.Struct, frozen=True):
    """The journal's first line."""

    format: int
    base: int
    """Number of the last commit folded into the shards before this journal began."""
    token: str
    """Tells one journal from the next, whatever the file system does with names and inodes."""


class _Line(msgspec.Struct, frozen=True):
    seq: int
    crc: str
    ops: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Commit:
    """One acknowledged change."""

    seq: int
    ops: tuple[Op, ...]


@dataclass(slots=True)
class Scan:
    """What reading on from some point found."""

    commits: list[Commit] = field(default_factory=list)
    end: int = 0
    """Offset behind the last good line."""
    torn: bool = False
    """Something unreadable follows ``end``."""
    broken: bool = False
    """Good lines follow something unreadable: that is damage, no cut-off append."""


class JournalDamaged(Exception):
    """There is no journal, or its header is garbled."""


_header = msgspec.json.Decoder(Header)
_line = msgspec.json.Decoder(_Line)
_ops = msgspec.json.Decoder(list[tuple[str, str, str, msgspec.Raw]])
_encode = msgspec.json.Encoder().encode


class Journal:
    """The journal file of one store folder; knows how far it has been read."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal"
        self.header: Header | None = None
        self.offset = 0
        self.seq = 0
        self._seen: tuple[int, int, int] | None = None
        self._last = (0, b"")
        """Offset and beginning of the last line followed."""
        self._refused = b""
        """A line we could neither flush nor take back: no commit, unless another process has gone on from it."""
        self._settled = True
        """Whether the journal's name has reached the disk."""

    def moved(self) -> bool:
        """Whether the file has changed since it was last read: one ``stat``."""
        return self._stamp() != self._seen

    def start(self, base: int, ops: Sequence[Op] = ()) -> Sequence[Commit]:
        """Replace the journal by one whose base is ``base`` and that holds ``ops`` as its one commit, if there are any.

        Raises:
            StoreError: it cannot be written; the old journal is still in place.
        """
        header = Header(format=FORMAT, base=base, token=secrets.token_hex(8))
        head = _encode(header) + b"\n"
        commits = [Commit(base + 1, tuple(ops))] if ops else []
        lines = b"".join(map(render, commits))
        replace_file(self.path, head + lines)
        self._settled = False
        self.header, self.offset, self.seq = header, len(head) + len(lines), base + len(commits)
        self._last, self._refused = (len(head), lines[:_MARK]), b""
        self._seen = self._stamp()
        self._settle()
        return commits

    def _settle(self) -> None:
        if not self._settled:
            sync_folder(self.path.parent)
            self._settled = True

    def read(self) -> tuple[bool, Scan]:
        """Read on; tell whether this is another journal than before (then everything of it is in the scan).

        Raises:
            JournalDamaged: the header cannot be read.
            StoreError: a newer format, or the file cannot be read.
        """
        seen = self._stamp()
        with explained("read", self.path, UNTOUCHED):
            try:
                file = disk().open(self.path, "rb")
            except FileNotFoundError as error:
                raise JournalDamaged("there is none") from error
            with file:
                first = disk().read(file, _HEADER_LIMIT).partition(b"\n")
                header = _header_of(b"".join(first[:2]), self.path)
                fresh = self.header is None or header.token != self.header.token or not self._still_there(file)
                offset, seq = (len(first[0]) + 1, header.base) if fresh else (self.offset, self.seq)
                file.seek(offset)
                body = disk().read(file)
        found = Scan(torn=True) if self._refused and not fresh and body == self._refused else scan(body, seq)
        self.header, self.seq = header, seq
        if fresh:
            self._last = (0, b"")
        if found.commits:
            self.seq = found.commits[-1].seq
            self._refused = b""
        if found.end:
            start = body.rfind(b"\n", 0, found.end - 1) + 1
            self._last = (offset + start, body[start : min(start + _MARK, found.end)])
        self.offset = offset + found.end
        # A torn tail may be replaced by as many bytes within one tick of the file system's clock: look again then.
        self._seen = None if found.torn else seen
        return fresh, found

    def append(self, ops: Sequence[Op]) -> Commit:
        """Make a commit true: one line, flushed to the disk before this returns. Only under the write lock.

        Raises:
            StoreError: it could not be written and did not happen.
        """
        commit = Commit(self.seq + 1, tuple(ops))
        body = render(commit)
        self._settle()
        self._seen = None
        try:
            append(self.path, self.offset, body)
        except InDoubt:
            self._refused = body
            raise
        self._last, self._refused = (self.offset, body[:_MARK]), b""
        self.offset += len(body)
        self.seq = commit.seq
        with suppress(StoreError):  # it happened, whatever looking at it says
            self._seen = self._stamp()
        return commit

    def _still_there(self, file: IO[bytes]) -> bool:
        """Whether the last line we followed still is what it was.

        It is not where another process wrote it, could not flush it and took it back after we had read it.
        """
        offset, mark = self._last
        file.seek(offset)
        return not mark or disk().read(file, len(mark)) == mark

    @property
    def size(self) -> int:
        """Bytes of commits waiting to be folded into the shards."""
        return self.offset

    def _stamp(self) -> tuple[int, int, int] | None:
        known = stat(self.path)
        return None if known is None else (known.st_ino, known.st_size, known.st_mtime_ns)


def render(commit: Commit) -> bytes:
    """The journal line of a commit."""
    ops = b",".join(
        b"[%b,%b,%b,%b]" % (_encode(shard), _encode(table), _encode(key), NULL if doc is None else bytes(doc))
        for shard, table, key, doc in commit.ops
    )
    body = b"[" + ops + b"]"
    return b'{"seq":%d,"crc":"%s","ops":%b}\n' % (commit.seq, _crc(commit.seq, body), body)


def scan(body: bytes, seq: int) -> Scan:
    """The good commits of ``body``, the first of which must follow commit ``seq``."""
    found = Scan()
    at = 0
    while at < len(body):
        stop = body.find(b"\n", at) + 1 or len(body)
        commit = _commit(body[at:stop])
        if commit is None or commit.seq <= seq:
            found.torn = True
        else:
            found.broken = found.broken or found.torn or commit.seq != seq + 1
            seq = commit.seq
            found.commits.append(commit)
        at = stop
        if not found.torn:
            found.end = at
    return found


def _header_of(line: bytes, path: Path) -> Header:
    try:
        header = _header.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise JournalDamaged(str(error)) from error
    if not line.endswith(b"\n"):
        raise JournalDamaged("the header is cut short")
    refuse_newer(header.format, path)
    return header


def _commit(line: bytes) -> Commit | None:
    if not line.endswith(b"\n"):
        return None
    try:
        head = _line.decode(line)
        if head.crc.encode() != _crc(head.seq, bytes(head.ops)):
            return None
        ops = _ops.decode(head.ops)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    return Commit(head.seq, tuple(_op(op) for op in ops))


def _op(op: tuple[str, str, str, msgspec.Raw]) -> Op:
    shard, table, key, doc = op
    return shard, table, key, None if bytes(doc) == NULL else doc


def _crc(seq: int, ops: bytes) -> bytes:
    return b"%08x" % zlib.crc32(ops, zlib.crc32(b"%d " % seq))
