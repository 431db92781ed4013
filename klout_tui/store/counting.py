"""Day totals counted from what they are made of, one shard in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, tzinfo
from typing import TypeVar

import msgspec

from klout_tui.domain.model import DayTotal, Interaction, InteractionKind, Post
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.engine import Engine
from klout_tui.store.records import INTERACTIONS, POSTS, local_day

Row = TypeVar("Row")

DayKey = tuple[date, InteractionKind, str]
"""Local day, kind, account."""


class Totals:
    """Sums by local day, kind and account; the user's own acts and echoes count nowhere."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._sums: dict[DayKey, tuple[int, int, int]] = {}

    def add(self, act: Interaction) -> None:
        """Count one interaction."""
        if act.counts:
            self._add(act.account, act.kind, act.at, 1, 0, int(act.estimated))

    def add_unnamed(self, post: Post) -> None:
        """Count a post's reactions without names."""
        for step in post.unnamed:
            self._add(post.account, step.kind, step.at, 0, step.count, step.count * step.estimated)

    def take(self, key: DayKey) -> DayTotal | None:
        """Hand out one sum and forget it; None where nothing was counted."""
        sums = self._sums.pop(key, None)
        return None if sums is None else _total(key, sums)

    def __iter__(self) -> Iterator[DayTotal]:
        return (_total(key, sums) for key, sums in self._sums.items())

    def __len__(self) -> int:
        return len(self._sums)

    def _add(self, account: str, kind: InteractionKind, at: datetime, named: int, unnamed: int, guessed: int) -> None:
        key = (local_day(at, self._zone), kind, account)
        before = self._sums.get(key, (0, 0, 0))
        self._sums[key] = (before[0] + named, before[1] + unnamed, before[2] + guessed)


def counted(engine: Engine, zone: tzinfo) -> Totals:
    """The totals of everything kept.

    Raises:
        StoreError: the folder cannot be read.
    """
    totals = Totals(zone)
    for shard in engine.shards(INTERACTIONS):
        for act in understood(engine, shard, INTERACTIONS, records.decode_interaction):
            totals.add(act)
    for shard in engine.shards(POSTS):
        for post in understood(engine, shard, POSTS, records.decode_post):
            totals.add_unnamed(post)
    return totals


def understood(engine: Engine, shard: str, table: str, decode: Callable[[msgspec.Raw], Row]) -> Iterator[Row]:
    """The rows of one shard's table that make sense; every view leaves out the others, and says so."""
    for row in engine.rows(shard, table).values():
        try:
            yield decode(row)
        except StoreError:
            continue


def _total(key: DayKey, sums: tuple[int, int, int]) -> DayTotal:
    day, kind, account = key
    named, unnamed, estimated = sums
    return DayTotal(account=account, day=day, kind=kind, named=named, unnamed=unnamed, estimated=estimated)
