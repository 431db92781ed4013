"""What is done about damaged files: nothing is thrown away, the last good copy serves, and the user is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from klout_tui.domain.digest import Digest
from klout_tui.errors import StoreError
from klout_tui.store.files import read_bytes, remove, set_aside, sync_folder
from klout_tui.store.journal import Op, Scan, scan
from klout_tui.store.known import is_known
from klout_tui.store.records import (
    CORE,
    DAYS,
    INTERACTIONS,
    STORE,
    TURNOUT,
    ZONE,
    decode_day,
    decode_interaction,
    is_derived,
    local_day,
    place_of,
    raw,
)
from klout_tui.store.shelf import FileMeta, Shelf, Tables
from klout_tui.store.storage import Damaged, RawTable
from klout_tui.store.telling import listed, spoken, spoken_day
from klout_tui.store.zones import zone_name, zone_of

if TYPE_CHECKING:
    from klout_tui.store.engine import Engine

TRUSTED: Final = "digests"
"""Document of core's ``store`` table that says the digests' files may be trusted."""

RECOUNT: Final = "recount"
"""Document of core's ``store`` table that asks the next writer to recompute everything derived."""


class Rescue:
    """Loads shards and mends what cannot be loaded."""

    def __init__(self, engine: Engine, shelf: Shelf, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._shelf = shelf
        self._clock = clock
        self.warnings: list[str] = []
        self.journal_broken = False

    def load(self, shard: str) -> Tables:
        """Read a shard's file, or what can be had in its place.

        Raises:
            StoreError: it cannot be read, is of a newer format, or its replacement cannot be written.
        """
        storage = self._shelf.storage(shard)
        try:
            # A file that is missing beside its copy: a fold was cut off on a file system without hard links.
            return self._shelf.put(shard, storage.read_raw() or storage.read_kept())
        except Damaged:
            pass
        if is_known(shard):
            return self._index_anew(shard)
        if is_derived(shard):
            self._give_up(shard)
            return self._shelf.put(shard, None)
        if self._engine.read_only:
            return self._replace(shard, storage.path.name)
        with self._engine.locked():
            self._engine.catch_up()
            try:
                return self._shelf.put(shard, storage.read_raw() or storage.read_kept())
            except Damaged:
                aside = set_aside(storage.path, self._clock())
            # Asked for while the damaged file is still in its place: cut off here, the next opening does it all again.
            self._engine.commit([_recount(shard)])
            tables = self._replace(shard, aside.name)
            if tables:
                self._shelf.write(shard, tables, folded=self._shelf.meta(shard).folded, keep=False)
            else:
                remove(storage.path)
            sync_folder(self._engine.folder)
        return tables

    def load_digest(self, shard: str) -> tuple[FileMeta, Digest] | None:
        """Read a digest; None where there is none, or it is damaged: it follows from other files.

        Raises:
            StoreError: it cannot be read, or is of a newer format.
        """
        try:
            return self._shelf.read_digest(shard)
        except Damaged:
            self._distrust(shard)
            return None

    def look_at_turnout(self, shard: str) -> None:
        """Read a turnout; a damaged one goes, since it follows from other files.

        Raises:
            StoreError: it cannot be read, or is of a newer format.
        """
        try:
            self._shelf.read_turnout(shard)
        except Damaged:
            self._give_up(shard)

    def _give_up(self, shard: str) -> None:
        """Let go of a damaged file of columns; it is made anew."""
        if not shard.startswith(f"{TURNOUT}-"):
            self._distrust(shard)
            return
        self._warn(f"{shard}.json, columns that follow from other files, is damaged; they are made anew.")
        if not self._engine.read_only:
            with self._engine.locked():
                remove(self._shelf.storage(shard).path)

    def _distrust(self, shard: str) -> None:
        """Have every digest made anew; a damaged one follows from other files and need not be kept."""
        engine = self._engine
        self._warn(f"{shard}.json, columns that follow from other files, is damaged; they are made anew.")
        if not engine.read_only:
            with engine.locked():
                engine.catch_up()
                engine.commit([(CORE, STORE, TRUSTED, None)])
                remove(self._shelf.storage(shard).path)

    def keep_digest(self, shard: str, digest: Digest) -> Digest:
        """Write a digest that was made anew, where anything may be written, and hand it back.

        Raises:
            StoreError: the disk refused.
        """
        engine = self._engine
        if not engine.read_only:
            with engine.locked():
                revision = engine.revision
                if not engine.catch_up():
                    self._shelf.write_digest(shard, digest, folded=revision)
        return digest

    def _replace(self, shard: str, name: str) -> Tables:
        """Take the last good copy of a damaged shard, or nothing, and say so."""
        kept = self._shelf.storage(shard).read_kept()
        lacking = self._lacking(shard, kept or {})  # before the shard is in memory, which others might push out
        try:
            tables = self._shelf.put(shard, kept)
        except Damaged:
            kept, tables = None, self._shelf.put(shard, None)
        if kept is None:
            told = f"and there is no good copy of it. Missing is {spoken(shard)}"
        else:
            told = f"and the last good copy is used. What was added after that copy may be missing: {spoken(shard)}"
        self._warn(f"{shard}.json was damaged ({name}), {told}{lacking}; the next refresh reads everything again.")
        return tables

    def _lacking(self, shard: str, kept: Tables) -> str:
        """Which days of which accounts a copy falls short of, as far as the day totals tell; else nothing."""
        if not shard.startswith(f"{INTERACTIONS}-"):
            return ""
        month = place_of(shard)
        zone = zone_name(self._engine.row(CORE, STORE, ZONE))
        there = Counter(_days_of(kept.get(INTERACTIONS, {}), zone))
        short: dict[str, list[date]] = {}
        for row in self._engine.rows(f"{DAYS}-{month[:4]}", DAYS).values():
            try:
                total = decode_day(row)
            except StoreError:
                continue
            held = there[total.account, total.day]
            there[total.account, total.day] -= total.named  # kinds share a day; each takes its part
            if total.day.isoformat().startswith(month) and held < total.named:
                short.setdefault(total.account, []).append(total.day)
        accounts = (
            f"{account} ({listed(map(spoken_day, sorted(set(days))))})" for account, days in sorted(short.items())
        )
        named = listed(accounts)
        return f". Incomplete may be {named}" if named else ""

    def _index_anew(self, shard: str) -> Tables:
        """The index of ids follows from the ids: no copy of it is kept, it is built again."""
        engine = self._engine
        self._warn(f"{shard}.json, a part of the index of ids, was damaged; it was built anew and nothing is missing.")
        if engine.read_only:
            engine.index_all()
            return self._shelf.put(shard, None)
        with engine.locked():
            engine.catch_up()
            engine.index_all()
            engine.fold()
        return self._shelf.put(shard, self._shelf.storage(shard).read_raw())

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    # the journal

    def note_journal(self, found: Scan) -> None:
        """Remember that the journal has a hole in it, so that no append cuts off what follows."""
        if found.broken and not self.journal_broken:
            self.journal_broken = True
            self._warn("A part of the journal was damaged and left out; everything after it was kept.")

    def mend_journal(self) -> None:
        """Fold a journal with a hole, after a copy of it was put aside. Only under the lock.

        Raises:
            StoreError: the disk refused.
        """
        if not self.journal_broken:
            return
        set_aside(self._engine.journal.path, self._clock())
        self._engine.add(_recount("journal"))  # folded with the rest, since nothing can be appended behind a hole
        self._engine.fold()
        self.journal_broken = False

    def restart_journal(self) -> bool:
        """Begin a new journal where there is none, or its head is garbled; commits that can still be read are kept.

        Returns:
            False where another process did so in the meantime.

        Raises:
            StoreError: the disk refused.
        """
        engine = self._engine
        body = read_bytes(engine.journal.path)
        if engine.read_only:
            engine.journal.seq = self._last_folded()
            if body:
                self._warn("The journal is damaged; what was added last may be missing.")
            return True
        with engine.locked():
            if body != read_bytes(engine.journal.path):
                return False
            saved = self._readable(body) if body else []
            base = max([engine.revision, self._last_folded(), *(seq for seq, _ in saved)])
            if body is not None:
                aside = set_aside(engine.journal.path, self._clock())
                self._warn(f"The journal was damaged ({aside.name}); what was added last may be missing.")
            engine.restart(base, [] if body is None else [*(op for _, op in saved), _recount("journal")])
        return True

    def _last_folded(self) -> int:
        return max((self._folded(shard) for shard in self._shelf.names()), default=0)

    def _folded(self, shard: str) -> int:
        try:
            self._shelf.put(shard, self._shelf.storage(shard).read_raw())
        except Damaged:
            return 0
        return self._shelf.meta(shard).folded

    def _readable(self, body: bytes) -> list[tuple[int, Op]]:
        """Ops of a headless journal that its shards do not contain yet."""
        commits = scan(body[body.find(b"\n") + 1 :], -1).commits
        return [(commit.seq, op) for commit in commits for op in commit.ops if commit.seq > self._folded(op[0])]


def _recount(shard: str) -> Op:
    return CORE, STORE, RECOUNT, raw({"shard": shard})


def _days_of(rows: RawTable, zone: str | None) -> Iterator[tuple[str, date]]:
    """Account and local day of each act that is somebody else's."""
    try:
        place = zone_of(zone or "UTC")
    except StoreError:
        place = zone_of("UTC")
    for row in rows.values():
        with suppress(StoreError):
            act = decode_interaction(row)
            if act.counts:
                yield act.account, local_day(act.at, place)
