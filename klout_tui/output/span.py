"""Which local days are asked for: what people type, as bounds the store and the domain understand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.errors import UsageError

FIRST_DAY: Final = date(1970, 1, 1)
"""The earliest day that may be asked for: nothing counted here is older, and windows before it stay in the calendar."""

LAST_DAY: Final = date(9998, 12, 31)
"""The latest: its end is still an instant in every time zone."""

_UNITS: Final = {"d": 1, "w": 7}
_BACK: Final = re.compile(r"(\d{1,5})([dw])")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of local days, inclusive at both ends; ``None`` is unbounded."""

    first: date | None
    last: date | None
    since: datetime | None
    """First instant of ``first``, UTC."""
    until: datetime | None
    """Last instant of ``last``, UTC."""

    @classmethod
    def between(cls, first: date | None, last: date | None, days: Days) -> Span:
        """The span from ``first`` to ``last``.

        Raises:
            UsageError: it ends before it begins.
        """
        if first and last and first > last:
            raise UsageError(f"the span ends ({last}) before it begins ({first})", hint="Swap --since and --until.")
        return cls(
            first=first,
            last=last,
            since=days.start(first) if first else None,
            until=days.end(last) if last else None,
        )

    def holds(self, instant: datetime) -> bool:
        """Whether an instant lies in the span."""
        return (self.since is None or instant >= self.since) and (self.until is None or instant <= self.until)


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
    return parse_iso_day(word)


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
    raise UsageError(
        f"“{text}” is not a day",
        hint="Write it as 2026-11-23, or, for --since and --until, today, yesterday, 30d or 4w.",
    )
