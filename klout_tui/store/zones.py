"""Time zones by name: the system's, a kept one, and whether two names mean the same days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import tzlocal

from klout_tui.errors import StoreError
from klout_tui.store import records

_UNKNOWN: Final = (ZoneInfoNotFoundError, OSError, ValueError)
_YEARS_COMPARED: Final = 10


def system_zone() -> str:
    """The system's zone by its IANA name; UTC where it has none."""
    try:
        name = tzlocal.get_localzone_name()
    except _UNKNOWN:
        return "UTC"
    try:
        return ZoneInfo(name or "UTC").key
    except _UNKNOWN:
        return "UTC"


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name.

    Raises:
        StoreError: there is none here.
    """
    try:
        return ZoneInfo(name)
    except _UNKNOWN as error:
        raise StoreError(
            f"The time zone {name!r} is not known here; nothing was changed.",
            hint="Use an IANA name such as Europe/Berlin, or install tzdata.",
        ) from error


def zone_name(row: msgspec.Raw | None) -> str | None:
    """The zone a store keeps; None where it keeps none, or what it keeps cannot be understood."""
    if row is None:
        return None
    try:
        return records.decode_remembered(row).value
    except StoreError:
        return None


def cut_alike(one: ZoneInfo, other: ZoneInfo, now: datetime) -> bool:
    """Whether both zones cut the same days, the last ten years through: ``Europe/Kyiv`` and ``Europe/Kiev`` do.

    Midday and midnight of every day are compared: no change of the clocks falls between them unseen by both.
    """
    if one.key == other.key:
        return True
    at = now.astimezone(UTC)
    half = timedelta(hours=12)
    moments = (at - half * number for number in range(-2, _YEARS_COMPARED * 366 * 2))
    return all(each.astimezone(one).utcoffset() == each.astimezone(other).utcoffset() for each in moments)


def other_system_zone(kept: ZoneInfo, now: datetime) -> ZoneInfo | None:
    """The system's zone where it cuts other days than the kept one, to be offered and never applied by itself."""
    system = ZoneInfo(system_zone())
    return None if cut_alike(kept, system, now) else system
