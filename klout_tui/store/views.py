"""Typed rows over spans of time: totals and readings by the year, decoded once; posts and reactions month by month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

import msgspec

from klout_tui.domain.model import DayTotal, Interaction, Post, Reading
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.engine import Engine

Row = TypeVar("Row", Interaction, Post, DayTotal, Reading)
Dated = TypeVar("Dated", Interaction, Post)

ROOM: Final = 3
"""Years of decoded totals kept, and as many of readings."""

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
        *,
        room: int = 0,
    ) -> None:
        self._engine = engine
        self._prefix = prefix
        self._table = table
        self._decode: Callable[[msgspec.Raw], Row] = decode
        self._warn = warn
        self._room = room
        self._kept: dict[str, tuple[tuple[int, int], list[Row]]] = {}

    def places(self, first: str | None, last: str | None) -> list[str]:
        """The shards from place ``first`` to place ``last`` (``2026-03`` or ``2026``) that there are, sorted."""
        places = (shard.removeprefix(f"{self._prefix}-") for shard in self._engine.shards(self._prefix))
        return [
            place
            for place in places
            if place[:1].isdigit() and (first is None or place >= first) and (last is None or place <= last)
        ]

    def between(self, first: str | None, last: str | None) -> list[Row]:
        """The rows of these places, unsorted."""
        return [row for place in self.places(first, last) for row in self.at(place)]

    def at(self, place: str) -> list[Row]:
        """The rows of one place, unsorted; not to be changed."""
        shard = f"{self._prefix}-{place}"
        version = self._engine.version(shard)
        kept = self._kept.pop(place, None)
        if kept is None or kept[0] != version:
            kept = (version, self._rows(shard))
        if self._room:
            self._kept[place] = kept
            while len(self._kept) > self._room:
                del self._kept[next(iter(self._kept))]
        return kept[1]

    def some(self, place: str, ids: list[str]) -> list[Row]:
        """The rows of one place with these ids; what is not there is left out."""
        shard = f"{self._prefix}-{place}"
        rows = ((key, self._engine.row(shard, self._table, key)) for key in ids)
        return [row for key, raw in rows if raw is not None and (row := self._decoded(shard, key, raw)) is not None]

    def _rows(self, shard: str) -> list[Row]:
        rows = self._engine.rows(shard, self._table).items()
        return [row for key, raw in rows if (row := self._decoded(shard, key, raw)) is not None]

    def _decoded(self, shard: str, key: str, raw: msgspec.Raw) -> Row | None:
        try:
            return self._decode(raw)
        except StoreError:
            self._warn(f"{shard}.json: {key!r} could not be understood and is left out.")
            return None


class Views:
    """Every table that is read in spans of time."""

    def __init__(self, engine: Engine, warn: Warn) -> None:
        self.posts = View(engine, records.POSTS, records.POSTS, records.decode_post, warn)
        self.interactions = View(engine, records.INTERACTIONS, records.INTERACTIONS, records.decode_interaction, warn)
        self.days = View(engine, records.DAYS, records.DAYS, records.decode_day, warn, room=ROOM)
        self.readings = View(engine, records.DAYS, records.READINGS, records.decode_reading, warn, room=ROOM)


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
