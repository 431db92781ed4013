"""Typed rows of whole shards, decoded once and kept until the shard changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final, Generic, TypeVar

import msgspec

from klout_tui.domain.model import DayTotal, Interaction, Post, Reading
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.engine import Engine

Row = TypeVar("Row", Interaction, Post, DayTotal, Reading)

ROOM: Final = 60_000
"""Decoded rows kept, of all tables and shards together."""


class View(Generic[Row]):
    """One table spread over shards."""

    def __init__(
        self,
        engine: Engine,
        prefix: str,
        table: str,
        decode: Callable[[msgspec.Raw], Row],
        warn: Callable[[str], None],
    ) -> None:
        self._engine = engine
        self._prefix = prefix
        self._table = table
        self._decode: Callable[[msgspec.Raw], Row] = decode
        self._warn = warn
        self._kept: OrderedDict[str, tuple[tuple[int, int], list[Row]]] = OrderedDict()

    def between(self, first: str | None, last: str | None) -> list[Row]:
        """The rows of every shard from place ``first`` to place ``last`` (``2026-03`` or ``2026``), unsorted."""
        found: list[Row] = []
        for shard in self._engine.shards(self._prefix):
            place = shard.removeprefix(f"{self._prefix}-")
            if (first is None or place >= first) and (last is None or place <= last):
                found += self._rows(shard)
        return found

    def _rows(self, shard: str) -> list[Row]:
        version = self._engine.version(shard)
        kept = self._kept.get(shard)
        if kept is not None and kept[0] == version:
            self._kept.move_to_end(shard)
            return kept[1]
        rows: list[Row] = []
        for key, row in self._engine.rows(shard, self._table).items():
            try:
                rows.append(self._decode(row))
            except StoreError:
                self._warn(f"{shard}.json: {key!r} could not be understood and is left out.")
        self._kept[shard] = (self._engine.version(shard), rows)
        self._kept.move_to_end(shard)
        total = sum(len(each) for _, each in self._kept.values())
        while total > ROOM and len(self._kept) > 1:
            total -= len(self._kept.popitem(last=False)[1][1])
        return rows


class Views:
    """Every table that is read in spans of time."""

    def __init__(self, engine: Engine, warn: Callable[[str], None]) -> None:
        self.posts = View(engine, records.POSTS, records.POSTS, records.decode_post, warn)
        self.interactions = View(engine, records.INTERACTIONS, records.INTERACTIONS, records.decode_interaction, warn)
        self.days = View(engine, records.DAYS, records.DAYS, records.decode_day, warn)
        self.readings = View(engine, records.DAYS, records.READINGS, records.decode_reading, warn)


def dated(row: Post | Interaction, account: str | None, since: datetime | None, until: datetime | None) -> bool:
    """Whether a row belongs to the account and lies within the span, both ends included."""
    return (
        (account is None or row.account == account)
        and (since is None or row.at >= since)
        and (until is None or row.at <= until)
    )
