"""Times as networks write them: with leap seconds, without zones, at the ends of the calendar. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Older dates are a broken clock or an unset one (year 1, 1970), not the web."""

_LEAP: Final = re.compile(r"(?<=\d\d:\d\d):60(?!\d)")

_SPACED_ZONE: Final = re.compile(r"\s+(?=[+-]\d\d:?\d\d$|Z$)")


def moment(text: str | None) -> datetime | None:
    """An aware UTC time from ISO 8601 or RFC 822, a date alone being its midnight.

    None for anything else, and for what lies before the web: some servers tell the year 1 where they know no date.
    """
    said = leapless((text or "").strip())
    if not said or len(said) > 100:
        return None
    at = iso(_SPACED_ZONE.sub("", said.upper())) or _mail_date(said)
    return at if at is not None and at >= EARLIEST else None


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
    return _mail_date(leapless(text)) or iso(text.strip())


def leapless(text: str) -> str:
    """The text with a leap second (23:59:60) turned into the second before it, which lies in the same day."""
    return _LEAP.sub(":59", text)


def _mail_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
