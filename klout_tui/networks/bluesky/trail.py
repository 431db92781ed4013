"""How far a list has been read that can only be read from its newest entry downwards. Pure.

A reading goes from the top down to what the last finished reading began with; only then is that mark moved up, so a
reading that is broken off never leaves a hole. Where it goes on is the server's own cursor: kept while the reading is
under way and fresh, never for another day. If the server will not have it any more, the reading starts at the top
again, with the same mark to reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from klout_tui.domain.batch import Cursor
from klout_tui.networks.bluesky.api import Entry
from klout_tui.networks.bluesky.entities import MARK
from klout_tui.networks.dates import moment

FRESH: Final = timedelta(hours=12)
"""How long a server's cursor is trusted."""
KNOWN: Final = 150
"""Marks kept: a page holds 100, and some of what they stand for may be deleted until the next reading."""
LONGEST: Final = 4_000
"""Characters of a server's cursor kept; one that is longer serves only while the program runs."""
LATE: Final = timedelta(days=1)
"""A page of which everything is so much older than the newest known entry lies beyond it, whatever was deleted."""


@dataclass(slots=True)
class Trail:
    """One list."""

    known: tuple[str, ...] = ()
    """Marks of its newest entries when a reading was last finished."""
    newest: datetime | None = None
    """The time of the newest of them."""
    done: bool = False
    """Whether any reading was ever finished."""
    top: tuple[str, ...] = ()
    """Of the reading under way: marks of the first entries it met."""
    top_at: datetime | None = None
    begun: datetime | None = None
    next: str = ""
    """The server's cursor."""
    read: int = 0
    """Entries met so far."""

    def fresh(self, now: datetime) -> bool:
        """Whether there is a reading to go on with."""
        return bool(self.next) and self.begun is not None and timedelta() <= now - self.begun < FRESH

    def begin(self, now: datetime) -> None:
        """Start at the top."""
        self.top, self.top_at, self.begun, self.next, self.read = (), None, now, "", 0

    def meet(self, entries: Sequence[Entry[Any]]) -> bool:
        """Take note of a page; whether it reaches what is known.

        It does where its last entry is known. A known one further up may only have moved, with new ones below it.
        """
        self.top = (*self.top, *(entry.mark for entry in entries))[:KNOWN]
        told = [entry.at for entry in entries if entry.at is not None]
        if self.top_at is None and told:
            self.top_at = max(told)
        self.read += len(entries)
        reached = bool(entries) and entries[-1].mark in self.known
        beyond = bool(told) and self.newest is not None and max(told) < self.newest - LATE
        return reached or beyond

    def finish(self, now: datetime) -> None:
        """The reading is over; from now on it is what is known."""
        self.known = tuple(dict.fromkeys((*self.top, *self.known)))[:KNOWN]
        self.newest = max((min(at, now) for at in (self.newest, self.top_at) if at is not None), default=None)
        self.done = True
        self.top, self.top_at, self.begun, self.next, self.read = (), None, None, "", 0

    @classmethod
    def of(cls, cursor: Mapping[str, str], name: str) -> Self:
        """What a cursor says of the list; a part that makes no sense counts as never written."""
        read = cursor.get(f"{name}_read", "")
        return cls(
            known=_marks(cursor.get(f"{name}_known", "")),
            newest=moment(cursor.get(f"{name}_newest")),
            done=cursor.get(f"{name}_done") == "yes",
            top=_marks(cursor.get(f"{name}_top", "")),
            top_at=moment(cursor.get(f"{name}_top_at")),
            begun=moment(cursor.get(f"{name}_begun")),
            next=cursor.get(f"{name}_next", ""),
            read=int(read) if read.isascii() and read.isdigit() else 0,
        )

    def written(self, name: str) -> Cursor:
        """The same as parts of a cursor."""
        flat = {
            "known": "".join(self.known),
            "newest": stamp(self.newest),
            "done": "yes" if self.done else "",
            "top": "".join(self.top),
            "top_at": stamp(self.top_at),
            "begun": stamp(self.begun),
            "next": self.next if len(self.next) <= LONGEST else "",
            "read": str(self.read) if self.read else "",
        }
        return {f"{name}_{part}": value for part, value in flat.items()}


def stamp(at: datetime | None) -> str:
    """A time as it stands in a cursor."""
    return at.astimezone(UTC).isoformat() if at is not None else ""


def _marks(text: str) -> tuple[str, ...]:
    return tuple(text[start : start + MARK] for start in range(0, len(text) - MARK + 1, MARK))
