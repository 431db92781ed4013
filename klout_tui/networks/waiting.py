"""When a server wants us back, from the several ways it may say so. Pure.

``Retry-After`` (RFC 9110, 10.2.3) is seconds or an HTTP date; ``X-RateLimit-Reset`` is an ISO time on Mastodon, an
integer on older GoToSocial and GitHub. Absolute times are read against the server's own ``Date``, since its clock may
differ from ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST: Final = timedelta(days=31)
"""A server that asks for more than this is mistaken or malicious."""
DEFAULT: Final = timedelta(minutes=5)
"""Mastodon's own window; used when a 429 names no time."""

_SECONDS: Final = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_EPOCH_FLOOR: Final = 1_000_000_000
"""Smaller integers in a reset header are seconds to wait, not a date in the last century."""
_IN_MILLISECONDS: Final = 100_000_000_000
"""Larger ones are milliseconds, not a date in the year 5138."""


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When to ask again, or None where the server does not say.

    Args:
        headers: of the answer; looked up by lower-case names.
        now: our clock, aware, UTC.

    Returns:
        An aware UTC time between ``now`` and ``now + LONGEST``.
    """
    wait = _retry_after(headers, now)
    if wait is None:
        wait = _reset(headers, now)
    return None if wait is None else now + min(max(wait, timedelta()), LONGEST)


def _retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    said = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(said):
        return _seconds(float(said))
    moment = _http_date(said)
    return None if moment is None else moment - _server_time(headers, now)


def _reset(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    said = headers.get("x-ratelimit-reset", "").strip()
    if _SECONDS.fullmatch(said):
        number = float(said)
        if number < _EPOCH_FLOOR:
            return _seconds(number)
        if number >= _IN_MILLISECONDS:
            number /= 1000
        return _seconds(number - _server_time(headers, now).timestamp())
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return _aware(moment) - _server_time(headers, now)


def _server_time(headers: Mapping[str, str], now: datetime) -> datetime:
    return _http_date(headers.get("date", "")) or now


def _http_date(text: str) -> datetime | None:
    try:
        return _aware(parsedate_to_datetime(text))
    except (ValueError, OverflowError):
        return None


def _aware(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # year 1 or 9999, moved out of range by its offset
        return moment.replace(tzinfo=UTC)


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=min(number, LONGEST.total_seconds()))
