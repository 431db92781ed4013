"""The names of files and what they hold, in the user's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from klout_tui.store.records import CORE, DAYS, INTERACTIONS, POSTS, is_derived

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_HELD: Final = {
    INTERACTIONS: "the interactions",
    POSTS: "your posts",
    DAYS: "the day totals and the readings of your counters",
}
_NAMED_AT_MOST: Final = 5


def spoken(shard: str) -> str:
    """What a shard holds: ``the interactions of March 2026``."""
    if shard == CORE:
        return "accounts, thanks and what the program remembers"
    if is_derived(shard):
        return "an index, which can be built anew"
    prefix, _, place = shard.partition("-")
    held = _HELD.get(prefix, f"what lies in {shard}")
    return f"{held} of {spoken_place(place)}" if place and place[0].isdigit() else held


def spoken_place(place: str) -> str:
    """``2026-03`` as ``March 2026``; a year as itself."""
    year, _, month = place.partition("-")
    try:
        return f"{_MONTHS[int(month) - 1]} {year}" if month else year
    except (ValueError, IndexError):
        return place


def spoken_day(day: date) -> str:
    """``10 March 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def listed(things: Iterable[str], most: int = _NAMED_AT_MOST) -> str:
    """The first few by name and the number of the others: ``a, b and 3 more``."""
    names: Sequence[str] = list(things)
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def many(number: int, one: str, more: str = "") -> str:
    """``1 file``, ``2 files``."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def they(number: int, one: str, do: str) -> str:
    """``1 row lies``, ``2 rows lie``."""
    return f"{many(number, one)} {do}{'s' if number == 1 else ''}"
