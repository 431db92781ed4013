"""Times as networks write them: with leap seconds, without zones, at the ends of the calendar. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_LEAP: Final = re.compile(r"(?<=\d\d:\d\d):60(?!\d)")


def iso(text: str) -> datetime | None:
    """An aware UTC time from ISO 8601 (without a zone: UTC); None for anything else or for what no calendar holds."""
    try:
        at = datetime.fromisoformat(leapless(text))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def leap(text: str) -> datetime | None:
    """The time a text means that names a leap second, in RFC 822 or ISO 8601; None where it names none."""
    if not _LEAP.search(text):
        return None
    try:
        at = parsedate_to_datetime(leapless(text))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return iso(text.strip())


def leapless(text: str) -> str:
    """The text with a leap second (23:59:60) turned into the second before it, which lies in the same day."""
    return _LEAP.sub(":59", text)
