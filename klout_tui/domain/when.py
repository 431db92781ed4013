"""Which local day, or moment, is meant by what people type."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain.days import Days
from klout_tui.errors import UsageError

FIRST_DAY: Final = date(1970, 1, 1)
"""The earliest day that may be asked for: nothing counted here is older, and windows before it stay in the calendar."""

LAST_DAY: Final = date(9998, 12, 31)
"""The latest: its end is still an instant in every time zone."""

NOON: Final = time(12)
"""The hour taken for a day of which no hour is known: it stays that day if she moves to another time zone."""

_WRITTEN: Final = "Write it as 2026-11-23."
_UNITS: Final = {"d": 1, "w": 7}
_BACK: Final = re.compile(r"(\d{1,5})([dw])")
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_PARTS: Final = re.compile(r"(\S+?)(?:\s+(?:at\s+)?|t(?=\d))(\d{1,2}:\d{2})")
"""A day and a time behind it: ``yesterday 18:30``, ``2026-11-20T18:30``."""


def parse_day(text: str, today: date) -> date:
    """The local day meant by ``2026-11-23``, ``today``, ``yesterday``, ``30d`` (30 days ago) or ``4w``.

    Args:
        text: what was typed.
        today: the local day the words count from.

    Raises:
        UsageError: none of these.
    """
    word = text.strip().lower()
    if word == "today":
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    if match := _BACK.fullmatch(word):
        return max(FIRST_DAY, today - timedelta(days=int(match[1]) * _UNITS[match[2]]))
    try:
        return parse_iso_day(word)
    except UsageError as error:
        hint = f"{_WRITTEN[:-1]}, or as today, yesterday, 30d or 4w." if error.hint == _WRITTEN else error.hint
        raise UsageError(error.message, hint=hint) from None


def parse_iso_day(text: str) -> date:
    """The day written as ``2026-11-23``.

    Raises:
        UsageError: anything else, a day no calendar has, or one before ``FIRST_DAY`` or after ``LAST_DAY``.
    """
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise UsageError(f"{text} is not a day of the calendar") from None
        if not FIRST_DAY <= day <= LAST_DAY:
            raise UsageError(f"{text} is out of reach", hint=f"Give a day from {FIRST_DAY} to {LAST_DAY}.")
        return day
    raise UsageError(f"“{text}” is not a day", hint=_WRITTEN)


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The past moment meant by ``now``, a day as ``parse_day`` reads it, ``18:30`` (today) or a day and a time.

    A day without a time is noon of that day, or now where that has not come yet.

    Args:
        text: what was typed; nothing is now.
        now: the present, aware, UTC.
        zone: whose days and hours are meant.

    Returns:
        A moment in UTC, not later than ``now``.

    Raises:
        UsageError: none of these, or one that lies in the future.
    """
    word, today = text.strip().lower(), Days(zone).of(now)
    if word in ("", "now"):
        return now
    if _CLOCK.fullmatch(word):
        day, clock = today, word
    elif parts := _PARTS.fullmatch(word):
        day, clock = _day(parts[1], today), parts[2]
    else:
        day, clock = _day(word, today), ""
    if not clock and day == today:
        return min(now, _at(day, NOON, zone))
    hour = _CLOCK.fullmatch(clock)
    if clock and hour is None:
        raise UsageError(f"{clock} is no time of a day", hint="Write it as 18:30.")
    at = _at(day, time(int(hour[1]), int(hour[2])) if hour else NOON, zone)
    if at > now:
        raise UsageError(f"{text.strip()} lies in the future", hint="Log what has happened: today or a day before.")
    return at


def _day(word: str, today: date) -> date:
    try:
        return parse_day(word, today)
    except UsageError as error:
        hint = error.hint and "Write now, 18:30, today, yesterday, 3d, 2w, 2026-11-23, or a day and a time."
        raise UsageError(error.message, hint=hint) from None


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
