"""Hours on her clock: which hour of the week a moment lies in, right through summer time and odd zones."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain.digest import moment

DAY: Final = 24
WEEK: Final = 168

HOUR: Final = timedelta(hours=1) // timedelta(microseconds=1)
_QUARTER: Final = HOUR // 4
"""No zone of today stands off the full hour by less."""

_MONDAY: Final = 3 * DAY
"""1970 began on a Thursday."""


class Clock:
    """Counts local hours for one zone; remembers what it has worked out, since an hour has many reactions."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._known: dict[int, int] = {}

    def hours(self, at: int) -> int:
        """Hours that clocks on the wall have shown since 1970 began, at so many microseconds since then (UTC).

        Where clocks go forward one is left out; where they go back one counts twice.
        """
        quarter = at // _QUARTER
        known = self._known.get(quarter)
        if known is None:
            local = moment(quarter * _QUARTER).astimezone(self._zone)
            shift = (local.utcoffset() or timedelta()) // timedelta(microseconds=1)
            known = self._known[quarter] = (quarter * _QUARTER + shift) // HOUR
        return known


def slot(hours: int) -> int:
    """The hour of the week, Monday 0:00 to 1:00 being 0, of an hour counted by ``Clock.hours``."""
    return (hours + _MONDAY) % WEEK


def weekday(place: int) -> int:
    """The day a slot lies in, Monday being 0."""
    return place // DAY


def week(hours: int) -> int:
    """A number for each local week, Monday first, of an hour counted by ``Clock.hours``."""
    return (hours + _MONDAY) // WEEK
