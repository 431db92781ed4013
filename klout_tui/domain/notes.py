"""Notes: dated remarks of the user's on what she did, such as "gave away the report", to see what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from klout_tui.domain.model import Value

LONGEST: Final = 200
"""Characters of a note; it is one line."""


class Note(Value, frozen=True):
    """One remark."""

    id: str
    day: date
    """The local day it is about."""
    text: str
    made_at: datetime
    """When it was written down, UTC."""
    post: str | None = None
    """Id of the post it is about, if it is about one."""

    @property
    def mark(self) -> str:
        """How it is marked on the chart: ``n3``, by the number it is removed by."""
        return f"n{self.id}"

    @property
    def age(self) -> tuple[datetime, int, str]:
        """Orders notes by when they were written, those of one moment by number."""
        return self.made_at, len(self.id), self.id


def marks(notes: Iterable[Note], bars: Iterable[tuple[date, date]]) -> Mapping[int, tuple[Note, ...]]:
    """The notes of each bar that has any, by the bar's place, in order of day.

    Args:
        notes: In any order.
        bars: First and last local day of each bar, oldest first.
    """
    ordered = sorted(notes, key=lambda note: (note.day, note.age))
    there = ((place, tuple(n for n in ordered if first <= n.day <= last)) for place, (first, last) in enumerate(bars))
    return {place: found for place, found in there if found}
