"""Typed rows over spans of time: totals and readings by the year, decoded once; posts and reactions month by month."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Final, Generic, TypeVar

import msgspec

from klout_tui.domain.model import DayTotal, Interaction, Post, Reading, Value
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.engine import Engine

Row = TypeVar("Row", bound=Value)
Dated = TypeVar("Dated", Interaction, Post)

ROOM: Final = 3
"""Years of decoded totals kept, and as many of readings."""

END: Final = "~"
"""Later than any day."""

Warn = Callable[[str], None]


class View(Generic[Row]):
    """One table spread over shards."""

    def __init__(
        self,
        engine: Engine,
        prefix: str,
        table: str,
        decode: Callable[[msgspec.Raw], Row],
        warn: Warn,
    ) -> None:
        self._engine = engine
        self._prefix = prefix
        self._table = table
        self._decode: Callable[[msgspec.Raw], Row] = decode
        self._warn = warn

    def places(self, first: str | None, last: str | None) -> list[str]:
        """The shards from place ``first`` to place ``last`` (``2026-03`` or ``2026``) that there are, sorted."""
        places = (shard.removeprefix(f"{self._prefix}-") for shard in self._engine.shards(self._prefix))
        return [place for place in places if place[:1].isdigit() and _between(place, first, last)]

    def between(self, first: str | None, last: str | None) -> list[Row]:
        """The rows of these places, unsorted."""
        return [row for place in self.places(first, last) for row in self.at(place)]

    def at(self, place: str) -> list[Row]:
        """The rows of one place, unsorted."""
        shard = f"{self._prefix}-{place}"
        return self._rows(shard, self._engine.rows(shard, self._table))

    def some(self, place: str, ids: list[str]) -> list[Row]:
        """The rows of one place with these ids; what is not there is left out."""
        shard = f"{self._prefix}-{place}"
        rows = ((key, self._engine.row(shard, self._table, key)) for key in ids)
        return [row for key, raw in rows if raw is not None and (row := self._decoded(shard, key, raw)) is not None]

    def _rows(self, shard: str, rows: Mapping[str, msgspec.Raw]) -> list[Row]:
        return [row for key, raw in rows.items() if (row := self._decoded(shard, key, raw)) is not None]

    def _decoded(self, shard: str, key: str, raw: msgspec.Raw) -> Row | None:
        try:
            return self._decode(raw)
        except StoreError:
            self._warn(f"{shard}.json: {key!r} could not be understood and is left out.")
            return None


class DayView(View[Row]):
    """A table of local days, in shards by the year; its ids begin with the day. What was asked for is kept decoded."""

    def __init__(
        self,
        engine: Engine,
        prefix: str,
        table: str,
        decode: Callable[[msgspec.Raw], Row],
        shape: type[Row],
        warn: Warn,
    ) -> None:
        super().__init__(engine, prefix, table, decode, warn)
        self._all = msgspec.json.Decoder(list[shape]).decode  # type: ignore[valid-type]
        self._kept: dict[str, tuple[tuple[int, int], str, list[tuple[str, Row]]]] = {}
        """By year, the rows by id from some id on."""

    def within(self, first: date | None, last: date | None) -> list[Row]:
        """The rows from one local day to another, both included, by id."""
        begin = first.isoformat() if first else ""
        end = (last + timedelta(days=1)).isoformat() if last and last < date.max else END
        found: list[Row] = []
        for year in self.places(begin[:4] or None, end[:4]):
            rows = self._since(year, begin)
            low = bisect_left(rows, begin, key=itemgetter(0))
            high = bisect_left(rows, end, key=itemgetter(0))
            found += [row for _, row in rows[low:high]]
        return found

    def earliest(self, apart: str = "") -> Row | None:
        """The first row there is; one whose id ends in ``apart`` only where there is no other."""
        other: Row | None = None
        for year in self.places(None, None):
            shard = f"{self._prefix}-{year}"
            for key in sorted(self._engine.rows(shard, self._table)):
                aside = bool(apart) and key.endswith(apart)
                if aside and other is not None:
                    continue
                for row in self.some(year, [key]):
                    if not aside:
                        return row
                    other = row
        return other

    def _since(self, year: str, begin: str) -> list[tuple[str, Row]]:
        """The rows of a year whose id is ``begin`` or later, by id."""
        shard = f"{self._prefix}-{year}"
        version = self._engine.version(shard)
        kept = self._kept.pop(year, None)
        if kept is None or kept[0] != version or kept[1] > begin:
            rows = self._engine.rows(shard, self._table)
            keys = sorted(filter(begin.__le__, rows))
            kept = (version, begin, self._decoded_at_once(shard, keys, [rows[key] for key in keys]))
        self._kept[year] = kept
        while len(self._kept) > ROOM:
            del self._kept[next(iter(self._kept))]
        return kept[2]

    def _decoded_at_once(self, shard: str, keys: list[str], rows: list[msgspec.Raw]) -> list[tuple[str, Row]]:
        """Each row under its id; one by one only where one of them makes no sense."""
        try:
            return list(zip(keys, self._all(b"[" + b",".join(rows) + b"]"), strict=True))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            decoded = ((key, self._decoded(shard, key, raw)) for key, raw in zip(keys, rows, strict=True))
            return [(key, row) for key, row in decoded if row is not None]


class Views:
    """Every table that is read in spans of time."""

    def __init__(self, engine: Engine, warn: Warn) -> None:
        self.posts = View(engine, records.POSTS, records.POSTS, records.decode_post, warn)
        self.interactions = View(engine, records.INTERACTIONS, records.INTERACTIONS, records.decode_interaction, warn)
        self.days = DayView(engine, records.DAYS, records.DAYS, records.decode_day, DayTotal, warn)
        self.readings = DayView(engine, records.DAYS, records.READINGS, records.decode_reading, Reading, warn)


def _between(place: str, first: str | None, last: str | None) -> bool:
    return (first is None or place >= first) and (last is None or place <= last)


def months(since: datetime | None, until: datetime | None) -> tuple[str | None, str | None]:
    """The places of the first and the last month of a span."""
    return (
        records.month_of(since.astimezone(UTC)) if since else None,
        records.month_of(until.astimezone(UTC)) if until else None,
    )


def ordered(
    rows: list[Dated], account: str | None, since: datetime | None, until: datetime | None, *, newest_first: bool
) -> list[Dated]:
    """Those of posts or interactions that belong to the account and lie within the span, by time."""
    chosen = [
        row
        for row in rows
        if (account is None or row.account == account)
        and (since is None or row.at >= since)
        and (until is None or row.at <= until)
    ]
    return sorted(chosen, key=lambda row: (row.at, row.id), reverse=newest_first)
