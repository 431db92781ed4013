"""Local calendar days: the user's, not the machine's, and not UTC's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 31, tzinfo=UTC) - timedelta(microseconds=1)
"""Instants between which every zone has a calendar day; what a network dates beyond is taken for one of them."""


def in_utc(at: datetime) -> datetime:
    """The same instant in UTC, or the nearest that has a calendar day in every zone. It must be aware."""
    try:
        return min(max(at.astimezone(UTC), FIRST), LAST)
    except OverflowError:
        return FIRST if at.year == 1 else LAST


class Days:
    """Turns instants into local days and back, for one time zone.

    A local day may last 23 or 25 hours; its bounds are instants in UTC, inclusive at both ends.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def of(self, instant: datetime) -> date:
        """The local day an instant lies in."""
        return instant.astimezone(self.zone).date()

    def start(self, day: date) -> datetime:
        """The first instant of a local day, in UTC."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def end(self, day: date) -> datetime:
        """The last instant (to the microsecond) of a local day, in UTC."""
        if day == date.max:
            return datetime.max.replace(tzinfo=UTC)
        return self.start(day + timedelta(days=1)) - timedelta(microseconds=1)
