"""Shards with the journal replayed over them: what is true now, by shard, table and id.

Nothing here knows what the documents mean. Reading takes no lock: files are replaced whole and the journal only grows,
so a reader sees some past moment and learns of later ones by looking at the journal again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from klout_tui.domain.digest import Digest
from klout_tui.errors import StoreError
from klout_tui.store import locks
from klout_tui.store.digests import Digests
from klout_tui.store.files import named, remove, sync_folder
from klout_tui.store.journal import Commit, Journal, JournalDamaged, Op
from klout_tui.store.known import KNOWN, Known, is_known
from klout_tui.store.migrations import FORMAT, finish, migrate, unfinished
from klout_tui.store.records import (
    CORE,
    INTERACTIONS,
    LETTERS,
    POSTS,
    STORE,
    TURNOUT,
    Remembered,
    digest_shard,
    is_derived,
    place_of,
    raw,
)
from klout_tui.store.rescue import TRUSTED, Rescue
from klout_tui.store.shelf import Shelf, Tables
from klout_tui.store.storage import META, RawTable

if TYPE_CHECKING:
    from klout_tui.store.turnouts import Turnouts

T = TypeVar("T")

JOURNAL_LIMIT: Final = 16 << 20
"""Bytes of journal after which it is folded into the shards."""
WORTH_FOLDING: Final = 256 << 10
"""Bytes of journal worth folding when the store is closed."""

_ATTEMPTS: Final = 50


class Engine:
    """One process's view of one store folder. Not thread-safe: the door holds a mutex around every call."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], *, read_only: bool) -> None:
        self.folder = folder
        self.read_only = read_only
        self.journal = Journal(folder)
        self.known = Known(self._known_rows)
        self.digests = Digests(self)
        self.epoch = 0
        """Grows whenever everything read so far was dropped."""
        self._shelf = Shelf(folder)
        self._rescue = Rescue(self, self._shelf, clock)
        self._pending: dict[str, dict[str, dict[str, msgspec.Raw | None]]] = {}
        self._versions: dict[str, int] = {}
        self._names: set[str] | None = None
        self._held = False
        self._next_fold = JOURNAL_LIMIT

    @cached_property
    def turnouts(self) -> Turnouts:
        """Who turned up when; only what computes the score asks for it, so it is no part of opening."""
        from klout_tui.store.turnouts import Turnouts

        return Turnouts(self, self._shelf)

    @property
    def revision(self) -> int:
        """Number of the last commit seen."""
        return self.journal.seq

    @property
    def warnings(self) -> list[str]:
        """What was found damaged and what was done about it."""
        return self._rescue.warnings

    # opening

    def open(self) -> None:
        """Read the journal, finishing or starting a migration where needed.

        Raises:
            StoreError: a newer format, an unreadable folder, or an old format in read-only mode.
        """
        if unfinished(self.folder):
            self._need_writing()
            with self.locked():
                if unfinished(self.folder):
                    finish(self.folder)
        self.catch_up()
        if self._rescue.journal_broken and not self.read_only:
            with self.locked():
                self.begin()
        found = self._format()
        if found < FORMAT:
            self._need_writing()
            with self.locked():
                self.catch_up()
                self.fold()
                migrate(self.folder, found)
                self.journal.start(self.journal.seq)
                self._drop()

    def _format(self) -> int:
        self._base(CORE)
        return self._shelf.meta(CORE).format

    def _need_writing(self) -> None:
        if self.read_only:
            raise StoreError(
                f"The store in {self.folder} is of an older format and is open for reading only.",
                hint="Start klout-tui once without --as-of; that brings it up to date.",
            )

    # locking

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the write lock; nested use is free.

        Raises:
            StoreError: it cannot be had.
        """
        if self._held:
            yield
            return
        with locks.writing(self.folder):
            self._held = True
            try:
                yield
            finally:
                self._held = False

    # keeping up

    def catch_up(self) -> bool:
        """Look for commits of other processes; tell whether there were any. One ``stat`` when there were none.

        Raises:
            StoreError: the journal cannot be read, or is of a newer format.
        """
        if self.journal.header is not None and not self.journal.moved():
            return False
        try:
            fresh, found = self.journal.read()
        except JournalDamaged:
            before = self.revision
            return self.revision != before if self._rescue.restart_journal() else self.catch_up()
        if fresh:
            self._drop()
        self._follow(found.commits)
        self._rescue.note_journal(found)
        return fresh or bool(found.commits)

    def consistent(self, read: Callable[[], T]) -> T:
        """What ``read`` returns when nothing new turned up in its course.

        Raises:
            StoreError: other processes write faster than we can read.
        """
        for _ in range(_ATTEMPTS):
            before = (self.epoch, self.revision)
            answer = read()
            if before == (self.epoch, self.revision):
                return answer
        raise StoreError(f"{self.folder} keeps changing while it is read.", hint="Try again in a moment.")

    def _drop(self) -> None:
        self.epoch += 1
        self._shelf.clear()
        self._pending.clear()
        self._versions.clear()
        self.known.forget_recent()
        self.digests.forget()
        self._names = None

    def _follow(self, commits: Iterable[Commit]) -> None:
        for commit in commits:
            for shard, table, key, document in commit.ops:
                self._pending.setdefault(shard, {}).setdefault(table, {})[key] = document
            touched = {op[0] for op in commit.ops}
            self._versions.update(dict.fromkeys(touched, commit.seq))
            if self._names is not None:
                self._names |= touched
            self.known.follow(commit.ops)

    # reading

    def row(self, shard: str, table: str, key: str) -> msgspec.Raw | None:
        """One document's JSON."""
        pending = self._pending.get(shard, {}).get(table, {})
        if key in pending:
            return pending[key]
        return self._base(shard).get(table, {}).get(key)

    def rows(self, shard: str, table: str) -> RawTable:
        """All documents of a table; not to be changed."""
        base = self._base(shard).get(table, {})
        pending = self._pending.get(shard, {}).get(table)
        return overlaid(base, pending) if pending else base

    def files(self) -> list[str]:
        """Names of the shards that have a file, sorted."""
        return sorted(self._shelf.names())

    def look_at(self, shard: str) -> None:
        """Load a shard, and let go of it unless it was in memory already."""
        if shard.startswith(f"{TURNOUT}-"):
            self._rescue.look_at_turnout(shard)
        elif is_derived(shard) and not is_known(shard):
            self._rescue.load_digest(shard)
        elif self._shelf.get(shard) is None:
            self._base(shard)
            self._shelf.discard(shard)

    def let_go(self) -> None:
        """Keep no month of interactions in memory; they are by far the largest shards, and seldom asked for twice."""
        self._shelf.discard_all(f"{INTERACTIONS}-")

    def version(self, shard: str) -> tuple[int, int]:
        """Differs from what it was when the shard's content may have changed."""
        return self.epoch, self._versions.get(shard, 0)

    @property
    def data_version(self) -> tuple[int, int]:
        """Differs from what it was when anything but what she decided, and what the program remembers, may have."""
        touched = (seq for shard, seq in self._versions.items() if shard not in (CORE, LETTERS))
        return self.epoch, max(touched, default=0)

    def shards(self, prefix: str) -> list[str]:
        """Names of the shards ``prefix-*``, sorted."""
        if self._names is None:
            self._names = self._shelf.names() | set(self._pending)
        return sorted(name for name in self._names if name.startswith(f"{prefix}-"))

    def pending(self, shard: str, table: str) -> Mapping[str, msgspec.Raw | None]:
        """What the journal says of a table: documents put, None for those deleted; not to be changed."""
        return self._pending.get(shard, {}).get(table, {})

    def pending_shards(self, prefix: str) -> list[str]:
        """Names of the shards ``prefix-*`` that the journal says something of."""
        return [shard for shard in self._pending if shard.startswith(f"{prefix}-")]

    def base_row(self, shard: str, table: str, key: str) -> msgspec.Raw | None:
        """One document's JSON as it was when the journal was folded last."""
        return self._base(shard).get(table, {}).get(key)

    def digest(self, shard: str) -> Digest | None:
        """A digest as it was when the journal was folded last; None where it has to be made."""
        for _ in range(_ATTEMPTS):
            kept = self._rescue.load_digest(shard)
            if kept is None or kept[0].folded <= self.journal.seq:
                return None if kept is None else kept[1]
            self.catch_up()
        raise self._ahead(shard)

    def keep_digest(self, shard: str, digest: Digest) -> Digest:
        """Keep a digest that was made anew from what is true now, and hand it back."""
        return self._rescue.keep_digest(shard, digest)

    def on_disk(self, shard: str) -> bool:
        """Whether a shard has a file."""
        return self._shelf.on_disk(shard)

    def make_digests(self) -> None:
        """Make every digest anew and trust them from now on. Only under the lock, caught up.

        Raises:
            StoreError: something cannot be read, or the disk refused.
        """
        self.turnouts.drop()
        for month, digest in self.digests.make_all():
            self._shelf.write_digest(digest_shard(month), digest, folded=self.revision)
        sync_folder(self.folder)
        self._names = None
        self.commit([(CORE, STORE, TRUSTED, raw(Remembered(value="yes")))])

    def _known_rows(self, shard: str, table: str) -> RawTable:
        return self._base(shard).get(table, {})

    def _base(self, shard: str) -> Tables:
        """What the shard's file holds, as new as the journal we have read or older."""
        tables = self._shelf.get(shard)
        if tables is not None:
            return tables
        for _ in range(_ATTEMPTS):
            tables = self._rescue.load(shard)
            if self._shelf.meta(shard).folded <= self.journal.seq:
                return tables
            # Another process has folded commits into it that we have not read yet.
            self._shelf.discard(shard)
            self.catch_up()
        raise self._ahead(shard)

    def _ahead(self, shard: str) -> StoreError:
        return StoreError(
            f"{self.folder / shard}.json is newer than the journal beside it; nothing was changed.",
            hint="Restore the whole folder from one backup, not single files.",
        )

    # writing

    def begin(self) -> None:
        """Make ready for a commit. Only under the lock.

        Raises:
            StoreError: the folder cannot be read, or a damaged journal not be mended.
        """
        self.catch_up()
        self._rescue.mend_journal()

    def commit(self, ops: Sequence[Op]) -> None:
        """Make these changes true, all or none: one append, flushed. Only under the lock and caught up.

        Raises:
            StoreError: the disk refused; nothing changed.
        """
        self._follow([self.journal.append(ops)])

    def restart(self, base: int, ops: Sequence[Op]) -> None:
        """Begin a new journal, with one commit in it where there are ops. Only under the lock.

        Raises:
            StoreError: the disk refused.
        """
        self._follow(self.journal.start(base, ops))

    def add(self, op: Op) -> None:
        """Let the next fold write this too, without a commit. Only under the lock and just before folding."""
        self._follow([Commit(self.revision, (op,))])

    def fold_if_large(self, limit: int | None = None) -> None:
        """Fold a long journal. A failure loses nothing, becomes a warning, and is tried again later.

        Args:
            limit: Bytes that count as long; by default what suits a program that goes on.
        """
        if self.journal.size < (self._next_fold if limit is None else limit):
            return
        try:
            self.fold()
        except StoreError as error:
            self._next_fold = self.journal.size + JOURNAL_LIMIT
            self.warnings.append(f"The store could not be tidied up. {error.message}")
        else:
            self._next_fold = JOURNAL_LIMIT

    def fold(self, *, keep: bool = True) -> None:
        """Write what the journal holds into the shards, then begin a new journal. Only under the lock, caught up.

        A kill anywhere leaves the old journal and some newer shards: replaying it over them changes nothing.

        Args:
            keep: Leave the previous files as ``*.bak``; False also removes older ones, so that forgotten data go.

        Raises:
            StoreError: the disk refused; the journal and the kept files still hold everything.
        """
        self._base(CORE)
        form = self._shelf.meta(CORE).format
        digests = self.digests.folded() if form == FORMAT else {}
        for name in sorted({CORE, *self._pending} if not self._shelf.on_disk(CORE) else self._pending):
            self._shelf.write(name, self._folded(name), folded=self.journal.seq, keep=keep, form=form)
        for name, rows in self.known.folded().items():
            self._shelf.write(name, {KNOWN: rows}, folded=self.journal.seq, keep=False, form=form)
        for name, digest in digests.items():
            self._shelf.write_digest(name, digest, folded=self.journal.seq)
        self.turnouts.drop(frozenset(map(place_of, digests)))
        if self._names is not None:
            self._names.update(digests)
        sync_folder(self.folder)
        self.journal.start(self.journal.seq)
        self._pending.clear()
        self.known.forget_recent()
        if not keep:
            self._shelf.drop_kept()
        self._sweep()

    def _folded(self, shard: str) -> Tables:
        tables = {name: rows for name, rows in self._base(shard).items() if name != META}
        for table, pending in self._pending.get(shard, {}).items():
            tables[table] = overlaid(tables.get(table, {}), pending)
        return tables

    def _sweep(self) -> None:
        remove(*named(self.folder, ".tmp"))  # left by a process that was killed

    def index_all(self) -> None:
        """Build the index of ids anew from the ids themselves; the next fold writes it."""
        self.known.start_anew()
        for table in (INTERACTIONS, POSTS):
            for shard in self.shards(table):
                self.known.follow((shard, table, key, row) for key, row in self.rows(shard, table).items())


def overlaid(base: RawTable, changes: dict[str, msgspec.Raw | None]) -> RawTable:
    """The table with puts and deletes applied."""
    merged = dict(base)
    for key, document in changes.items():
        if document is None:
            merged.pop(key, None)
        else:
            merged[key] = document
    return merged
