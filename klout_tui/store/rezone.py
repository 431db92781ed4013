"""Another time zone: every day is cut anew, in one commit, so that no moment shows days cut by both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from pathlib import Path

import msgspec

from klout_tui.domain.model import COUNTERS, Reading
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.counting import counted
from klout_tui.store.engine import Engine
from klout_tui.store.files import make_folder
from klout_tui.store.journal import Op
from klout_tui.store.records import CORE, DAYS, READINGS, STORE, ZONE, Remembered
from klout_tui.store.zones import zone_name, zone_of


@dataclass(frozen=True, slots=True)
class Rezoned:
    """What another zone changed."""

    before: str
    """Name of the zone before."""
    after: str
    totals: int
    """Day totals there are now."""
    changed: int
    """Day totals and readings put, replaced or removed."""


def kept_zone(folder: Path, clock: Callable[[], datetime]) -> str | None:
    """Name of the zone a store keeps, known here or not; None where it keeps none that is a name. Writes nothing.

    Raises:
        StoreError: the store cannot be read.
    """
    engine = Engine(folder, clock, read_only=True)
    engine.open()
    return zone_name(engine.row(CORE, STORE, ZONE))


def change_zone(folder: Path, name: str, clock: Callable[[], datetime]) -> Rezoned:
    """Cut the days of the store in ``folder`` by another zone: all day totals are counted anew, or nothing changes.

    A month is in memory at a time, and what is counted. A reading keeps no time of day, so it goes where the middle of
    its old day lies. Other processes follow with their next commit, since they look up the zone under the same lock.

    Raises:
        StoreError: the zone is not known here, or the store cannot be read or written; nothing changed.
    """
    zone = zone_of(name)
    make_folder(folder)
    engine = Engine(folder, clock, read_only=False)
    engine.open()
    with engine.locked():
        engine.begin()
        kept = zone_name(engine.row(CORE, STORE, ZONE))
        if kept == name:
            return Rezoned(name, name, sum(len(engine.rows(shard, DAYS)) for shard in engine.shards(DAYS)), 0)
        totals = counted(engine, zone)
        wanted = {_place(total.day, records.day_key(total.day, total.kind, total.account)): total for total in totals}
        before = kept or name
        readings = _moved(engine, _or_same(before, zone), zone)
        ops = [*_replaced(engine, DAYS, wanted), *_replaced(engine, READINGS, readings)]
        ops.sort(key=lambda op: op[3] is not None)
        engine.commit([*ops, (CORE, STORE, ZONE, records.raw(Remembered(value=name)))])
        engine.fold_if_large(0)  # a disk that refuses costs nothing: the commit stands
    return Rezoned(before, name, len(wanted), len(ops))


def _or_same(name: str, zone: tzinfo) -> tzinfo:
    """The zone before, or, where it is not known here any more, the new one: then readings stay where they are."""
    try:
        return zone_of(name)
    except StoreError:
        return zone


def _place(day: date, key: str) -> tuple[str, str]:
    return records.days_shard(day), key


def _moved(engine: Engine, old: tzinfo, new: tzinfo) -> dict[tuple[str, str], Reading]:
    """Every reading under its new day. Where two meet, the later one holds, and fills its gaps from the other."""
    found: list[Reading] = []
    for shard in engine.shards(DAYS):
        for row in engine.rows(shard, READINGS).values():
            try:
                found.append(records.decode_reading(row))
            except StoreError:
                continue
    moved: dict[tuple[str, str], Reading] = {}
    for reading in sorted(found, key=lambda each: each.day):
        day = datetime.combine(reading.day, time(12), old).astimezone(new).date()
        place = _place(day, records.reading_key(day, reading.account))
        known = moved.get(place)
        told = {name: getattr(reading, name) for name in COUNTERS}
        told = {name: value for name, value in told.items() if value is not None}
        base = known or Reading(account=reading.account, day=day)
        moved[place] = msgspec.structs.replace(base, **told)
    return moved


def _replaced(engine: Engine, table: str, wanted: Mapping[tuple[str, str], object]) -> Iterator[Op]:
    """What has to change so that a table of the days holds exactly this; rows nobody understands stay."""
    decode = records.decode_day if table == DAYS else records.decode_reading
    there: set[tuple[str, str]] = set()
    for shard in engine.shards(DAYS):
        for key, row in engine.rows(shard, table).items():
            place = (shard, key)
            there.add(place)
            if place not in wanted:
                if table == DAYS or _makes_sense(decode, row):
                    yield (shard, table, key, None)
            elif bytes(fresh := records.raw(wanted[place])) != bytes(row):
                yield (shard, table, key, fresh)
    for shard, key in wanted.keys() - there:
        yield (shard, table, key, records.raw(wanted[shard, key]))


def _makes_sense(decode: Callable[[msgspec.Raw], object], row: msgspec.Raw) -> bool:
    try:
        decode(row)
    except StoreError:
        return False
    return True
