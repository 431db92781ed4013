"""Mending what a check-up found. Nothing of the user's is deleted: what is replaced is set aside first.

Files come first, by hand and under the write lock; then the engine rescues what is damaged; then single rows are put
right in one commit that also asks for a recount, which the next start does where this one is cut off. What a repair
that was cut off earlier has not come to, the next check-up finds again.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from klout_tui.errors import StoreError
from klout_tui.store import locks, people, records
from klout_tui.store.agreement import Agreement, Place, compare
from klout_tui.store.checkup import check_up
from klout_tui.store.engine import Engine
from klout_tui.store.files import FOLDER_MODE, explained, replace_file, set_aside, sync_folder
from klout_tui.store.inspection import Inspection, rows_of
from klout_tui.store.journal import NULL, Commit, Header, Op, render, scan
from klout_tui.store.migrations import FORMAT
from klout_tui.store.records import CORE, STORE, ZONE, Remembered, raw
from klout_tui.store.rescue import RECOUNT
from klout_tui.store.shelf import FileMeta
from klout_tui.store.storage import META, ShardFile
from klout_tui.store.store import Store
from klout_tui.store.telling import listed, many
from klout_tui.store.zones import system_zone, zone_name, zone_of

_DECODERS = {
    records.ACCOUNTS: records.decode_account,
    records.CURSORS: records.decode_bookmark,
    records.HEALTH: records.decode_health,
    records.MEMORY: records.decode_remembered,
    records.THANKS: records.decode_thanked,
    records.PEOPLE: records.decode_regard,
    records.SETTLED: records.decode_settled,
    records.CURATION: records.decode_curation,
    records.TAGS: records.decode_tags,
    records.DECISIONS: records.decode_decided,
    records.NOTES: records.decode_note,
    records.WRITING: records.decode_allowed,
    records.LETTERS: records.decode_letter,
    records.SENT: records.decode_from_here,
    records.ECHOES: records.decode_echoed,
    records.INTERACTIONS: records.decode_interaction,
    records.POSTS: records.decode_post,
    records.TALLIES: records.decode_tally,
    records.DAYS: records.decode_day,
    records.READINGS: records.decode_reading,
}


def mend(folder: Path, clock: Callable[[], datetime]) -> list[str]:
    """Mend what can be mended in the store's folder and tell, in whole sentences, what was done.

    Raises:
        StoreError: somebody refreshes meanwhile, or the disk refuses; what was done before stands.
    """
    if not folder.exists():
        return []
    deeds = _open_up(folder, clock)
    found = check_up(folder, clock)
    if not found.files.there or found.files.newer:
        return deeds
    with locks.refreshing(folder) as mine:
        if not mine:
            raise StoreError(
                "Another klout-tui is refreshing; nothing was mended.", hint="Wait until it is done, or end it."
            )
        mender = _Mender(folder, clock, found.files, deeds)
        with locks.writing(folder):
            mender.files()
        mender.contents()
    return deeds


def _open_up(folder: Path, clock: Callable[[], datetime]) -> list[str]:
    """Give everything the mode it should have; without that nothing else can be read."""
    if os.name != "posix":
        return []
    with explained("change the mode of", folder):
        if folder.stat().st_mode & FOLDER_MODE != FOLDER_MODE:
            folder.chmod(FOLDER_MODE)
        wide = check_up(folder, clock).files.open_paths
        for path, mode in wide:
            path.chmod(mode)
    if not wide:
        return []
    return [f"Closed to others: {listed(str(path) if path == folder else path.name for path, _ in wide)}."]


class _Mender:
    """One repair, step by step."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], found: Inspection, deeds: list[str]) -> None:
        self._folder = folder
        self._clock = clock
        self._found = found
        self._deeds = deeds
        self._recount = False
        self._aside: set[str] = set()

    # files

    def files(self) -> None:
        """What has to be done to files before they can be read as a store. Only under the write lock."""
        with explained("mend", self._folder):
            self._tidy()
            for copy in self._found.spoilt_copies:
                if copy.exists():
                    aside = set_aside(copy, self._clock())
                    copy.unlink()
                    self._deeds.append(f"Set the damaged spare copy aside as {aside.name}.")
            for shard in self._found.missing:
                self._bring_back(shard)
            for shard in self._found.renamed:
                self._name_again(shard)
            if self._found.ahead:
                self._part_from_journal()
            if not (self._folder / "journal").exists():
                self._recount = True
            sync_folder(self._folder)

    def _tidy(self) -> None:
        for path in self._found.litter:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if self._found.litter:
            self._deeds.append(f"Removed what killed processes had left: {listed(p.name for p in self._found.litter)}.")
        for path in self._found.future:
            os.utime(path)
        if self._found.future:
            self._deeds.append(
                f"Dated to now what was changed in the future: {listed(p.name for p in self._found.future)}."
            )

    def _bring_back(self, shard: str) -> None:
        path = self._folder / f"{shard}.json"
        copy = path.with_name(f"{path.name}.bak")
        if copy.exists() and not path.exists():
            replace_file(path, copy.read_bytes())
            self._recount = True
            self._deeds.append(f"Put the last good copy of {path.name} in its place.")

    def _name_again(self, shard: str) -> None:
        """A file under another's name: what is its own stays, what was there before comes back from the copy."""
        path = self._folder / f"{shard}.json"
        tables, kept = rows_of(path), rows_of(path.with_name(f"{path.name}.bak"))
        if tables is None:
            return
        aside = set_aside(path, self._clock())
        merged = {table: dict(rows) for table, rows in (kept or {}).items()}
        for table, rows in tables.items():
            merged.setdefault(table, {}).update(rows)
        metas = [meta for name, meta in self._found.metas.items() if name == shard]
        meta = FileMeta(name=shard, format=metas[0].format, folded=metas[0].folded)
        merged[META] = {"file": raw(meta)}
        with ShardFile(path) as file:
            file.shard.write_raw(merged, keep=False)
        self._recount = True
        self._deeds.append(f"Named {path.name} by its own name again; as it was it is kept as {aside.name}.")

    def _part_from_journal(self) -> None:
        """Files newer than the journal: keep what of the journal they do not hold yet, and begin another."""
        path = self._folder / "journal"
        ops = [
            op
            for commit in scan(path.read_bytes().partition(b"\n")[2], -1).commits
            for op in commit.ops
            if (meta := self._found.metas.get(op[0])) is None or commit.seq > meta.folded
        ]
        base = max(meta.folded for meta in self._found.metas.values())
        header = Header(format=FORMAT, base=base, token=secrets.token_hex(8))
        first = render(Commit(base + 1, (*ops, _ask_for_recount())))
        aside = set_aside(path, self._clock())
        replace_file(path, records.encode(header) + b"\n" + first)
        self._deeds.append(f"Began a new journal; the one that was older than the files is kept as {aside.name}.")

    # what they hold

    def contents(self) -> None:
        """Let the engine rescue what is damaged, then put single rows right."""
        engine = Engine(self._folder, self._clock, read_only=False)
        engine.open()
        with engine.locked():
            engine.begin()
            for path in sorted(self._folder.glob("*.json")):
                engine.rows(path.stem, META)  # loading it is what finds and replaces a damaged one
            rows = compare(engine, UTC if (zone := self._zone(engine)) is None else zone_of(zone), self._clock())
            ops = self._row_ops(engine, rows, zone)
            mended = any(problem.mendable for problem in rows.rows)
            self._recount |= mended or (rows.miscounted and zone is not None)
            if self._recount:
                ops.append(_ask_for_recount())
            if ops:
                engine.commit(sorted(ops, key=lambda op: op[3] is not None))
            if rows.index:
                engine.index_all()
                self._deeds.append("Built the index of ids anew.")
            engine.fold()
            if rows.digests:
                engine.make_digests()
                self._deeds.append("Made the months in columns anew.")
            if self._found.torn:
                self._deeds.append("Cut off the half line at the end of the journal.")
            pending = engine.row(CORE, STORE, RECOUNT) is not None
        self._deeds += engine.warnings
        if rows.incomplete:
            self._deeds.append(f"Something is missing from {listed(rows.incomplete)}.")
        if pending and zone is not None:
            Store.open(self._folder, clock=self._clock).close()
            self._deeds.append("Counted everything again; the next refresh reads again what the networks still offer.")

    def _zone(self, engine: Engine) -> str | None:
        """The zone the totals are to be compared by; None where it is unknown here, and hers to choose."""
        name = zone_name(engine.row(CORE, STORE, ZONE)) or system_zone()
        try:
            return zone_of(name).key
        except StoreError:
            return None

    def _row_ops(self, engine: Engine, rows: Agreement, zone: str | None) -> list[Op]:
        ops: list[Op] = []
        if zone is not None and zone_name(engine.row(CORE, STORE, ZONE)) is None:
            ops.append((CORE, STORE, ZONE, raw(Remembered(value=zone))))
            self._recount = True
            self._deeds.append(f"Your days are cut in {zone} from now on, as your system's are.")
        for place in rows.unreadable:
            ops.append(self._older(place))
        ops += self._led_home(engine, rows)
        for shard, table, key in rows.unflagged:
            row = engine.row(shard, table, key)
            if row is not None:
                own = msgspec.structs.replace(records.decode_interaction(row), own=True)
                ops.append((shard, table, key, raw(own)))
        ops += self._regarded(engine, ops)
        ops += [(*place, None) for place in rows.orphans]
        if rows.orphans:
            self._deeds.append(f"Removed {many(len(rows.orphans), 'bookmark or health record')} of no account.")
        ops += self._on_time(engine, rows)
        return ops

    def _regarded(self, engine: Engine, ops: list[Op]) -> list[Op]:
        """What she decided about people, of one piece again; a row that cannot be understood is mended before."""
        mended = {op[2]: op[3] for op in ops if op[:2] == (CORE, records.PEOPLE)}
        rows = {**engine.rows(CORE, records.PEOPLE), **mended}
        found = people.understood({key: row for key, row in rows.items() if row is not None})
        astray = people.astray(found)
        return [(CORE, records.PEOPLE, key, raw(each) if each else None) for key, each in astray.items()]

    def _older(self, place: Place) -> Op:
        """The row as the last good copy has it, or none."""
        shard, table, key = place
        self._keep_as_is(shard)
        kept = rows_of(self._folder / f"{shard}.json.bak") or {}
        row = kept.get(table, {}).get(key)
        try:
            if row is not None and bytes(row) != NULL:
                _DECODERS[table](row)
                self._deeds.append(f"Took {key!r} from the last good copy of {shard}.json.")
                return (*place, row)
        except StoreError:
            pass
        self._deeds.append(f"Took {key!r} out of {shard}.json: nobody could understand it.")
        return (*place, None)

    def _led_home(self, engine: Engine, rows: Agreement) -> list[Op]:
        ops: list[Op] = []
        taken: set[Place] = set()
        for place, right in rows.astray:
            row = engine.row(*place)
            if row is None:
                continue
            self._keep_as_is(place[0])
            ops.append((*place, None))
            if right not in taken and engine.row(*right) is None:
                taken.add(right)
                ops.append((*right, row))
        if rows.astray:
            self._deeds.append(f"Put {many(len(rows.astray), 'row')} where they belong.")
        return ops

    def _on_time(self, engine: Engine, rows: Agreement) -> list[Op]:
        """Health that no refresh wrote yet at this hour: read the account now rather than years from now."""
        ops: list[Op] = []
        now = self._clock().astimezone(UTC)
        for place in rows.fast:
            row = engine.row(*place)
            if row is None:
                continue
            health = records.decode_health(row)
            stamps = {name: getattr(health, name) for name in ("last_try", "last_ok", "down_since")}
            mended = {name: min(stamp, now) for name, stamp in stamps.items() if stamp is not None}
            ops.append((*place, raw(msgspec.structs.replace(health, **mended, next_due=None))))
            self._deeds.append(f"{place[2]} is due again now.")
        return ops

    def _keep_as_is(self, shard: str) -> None:
        path = self._folder / f"{shard}.json"
        if shard not in self._aside and path.exists():
            self._aside.add(shard)
            aside = set_aside(path, self._clock())
            self._deeds.append(f"{path.name}, as it was, is kept as {aside.name}.")


def _ask_for_recount() -> Op:
    return (CORE, STORE, RECOUNT, raw({"shard": "doctor"}))
