"""Months of turnouts (``domain.turnout``) beside the digests they follow from.

A turnout is made when a score first asks for it. Its file says which state of its digest it follows from, by the number
of the last commit that digest contains, and which zone cut its days; where either is no longer so, it is made anew. A
month that the journal says something of is made in memory, from the digest as it is true now. Whatever folding changes
in a digest removes the turnout at once, so that nothing forgotten stays in it.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from klout_tui.domain.days import Days
from klout_tui.domain.digest import Digest, moment, month_of
from klout_tui.domain.turnout import LAYOUT, Turnout, turnout
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.files import remove
from klout_tui.store.records import TURNOUT
from klout_tui.store.storage import Damaged

if TYPE_CHECKING:
    from klout_tui.store.engine import Engine
    from klout_tui.store.shelf import Shelf

Version = tuple[object, ...]
"""Differs from what it was when a month's turnout may have changed."""


class Marked(msgspec.Struct, frozen=True):
    """A turnout, and a mark that is the same for the same content."""

    turnout: Turnout
    mark: str


_encode = msgspec.json.Encoder().encode


class Turnouts:
    """The turnouts of one store."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self._engine = engine
        self._shelf = shelf

    def versions(self, until: str) -> dict[str, Version]:
        """Every month up to ``until`` (``2026-11``) something is known of, sorted, with its version."""
        engine, digests = self._engine, self._engine.digests
        touched = digests.touched() if digests.trusted else frozenset()
        pending = digests.pending_version()
        found: dict[str, Version] = {}
        for month in digests.months():
            if month <= until:
                version = engine.version(records.interactions_shard(month))
                found[month] = (version, pending) if month in touched else (version,)
        return found

    def get(self, month: str, days: Days, until: int | None = None) -> Marked:
        """The turnout of a month as it is true now.

        Args:
            month: ``2026-03``, UTC.
            days: The user's; they cut it.
            until: Microseconds since 1970, UTC; nothing later is looked at. Only the last month needs it.

        Raises:
            StoreError: something it follows from cannot be read, or what was made cannot be written.
        """
        engine, shard = self._engine, records.digest_shard(month)
        cut = until is not None and month >= month_of(moment(until))
        if cut or not engine.digests.trusted or month in engine.digests.touched():
            digest = engine.digests.get(month, keep=True)
            return _marked(turnout(digest.visible(until) if cut else digest, days))
        folded = self._folded(shard)
        kept = self._kept(month, days, folded)
        if kept is not None:
            return kept
        digest = engine.digests.get(month)
        made = _marked(turnout(digest, days))
        if folded is not None and not engine.read_only:
            self._keep(month, made, folded)
        return made

    def _keep(self, month: str, made: Marked, folded: int) -> None:
        """Write what was made; it can be made again, so a disk that refuses costs only time."""
        with suppress(StoreError), self._engine.locked():
            self._engine.catch_up()
            # What it was made of must still be what lies there: neither folded anew nor changed by the journal.
            if self._folded(records.digest_shard(month)) == folded:
                name = records.turnout_shard(month)
                self._shelf.write_turnout(name, made.turnout, made.mark, folded=folded)

    def _kept(self, month: str, days: Days, folded: int | None) -> Marked | None:
        """The file of a month, where it still follows from what is there."""
        if folded is None:
            return None
        try:
            kept = self._shelf.read_turnout(records.turnout_shard(month))
        except Damaged:
            return None  # it is made anew and written over
        if kept is None:
            return None
        meta, found, mark = kept
        if meta.folded != folded or found.layout != LAYOUT or found.zone != days.zone.key or found.month != month:
            return None
        return Marked(found, mark)

    def _folded(self, shard: str) -> int | None:
        """Which commit a file says it contains, without reading all of it; None where there is no file."""
        return self._shelf.folded_of(shard)

    def disagrees(self, month: str, digest: Digest, days: Days) -> bool:
        """Whether the file of a month claims to follow from its digest, and does not."""
        kept = self._kept(month, days, self._folded(records.digest_shard(month)))
        if kept is None or month in self._engine.digests.touched():
            return False
        return kept.turnout != turnout(digest, days) or kept.mark != mark_of(kept.turnout)

    def drop(self, months: frozenset[str] | None = None) -> None:
        """Remove the files of some months, or all: what they follow from changes.

        Raises:
            StoreError: the folder does not allow it.
        """
        for shard in self._shelf.names():
            if shard.startswith(f"{TURNOUT}-") and (months is None or records.place_of(shard) in months):
                remove(self._shelf.path(shard))


def mark_of(found: Turnout) -> str:
    """Sixteen hexadecimal digits that are the same for the same content."""
    return blake2b(_encode(found), digest_size=8).hexdigest()


def _marked(made: Turnout) -> Marked:
    return Marked(made, mark_of(made))
