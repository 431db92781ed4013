"""When an account is due, and when it will be due again. Pure: the clock and the dice are handed in.

``jitter`` is always a number drawn evenly from 0 to below 1. Times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from klout_tui.domain.model import Fault, Health

BACKOFF_BASE: Final = timedelta(minutes=1)
"""The longest wait after a first failure; doubled with each further one."""
BACKOFF_CAP: Final = timedelta(hours=6)
STRETCH_CAP: Final = 4.0
"""How many times its usual interval a quiet account may wait."""
STRETCH_STEP: Final = 0.5
"""How much each quiet refresh adds to the stretch."""
SPREAD: Final = 0.1
"""Regular refreshes are spread by this share either way, so that accounts do not march in step."""
LONGEST_WAIT: Final = timedelta(days=31)
"""No network's wish is believed beyond this; it is also what the client believes at most."""
CLOCK_SLACK: Final = timedelta(hours=1)
"""A last try further in the future than this was dated by a clock that has since been set back."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def waits_for_mending(health: Health) -> bool:
    """Whether only the user can help: a refused credential is not presented again by itself."""
    return health.next_due is None and health.fault is not None and health.fault.kind == "credential"


def held_until(health: Health, now: datetime) -> datetime | None:
    """Until when the network asked to be left alone, if that is still to come; holds for forced refreshes too."""
    if health.fault is None or health.fault.retry_at is None or _clock_was_set_back(health, now):
        return None
    return health.fault.retry_at if health.fault.retry_at > now else None


def is_due(health: Health, now: datetime) -> bool:
    """Whether the account should be refreshed by itself now. One that was never tried is due."""
    if waits_for_mending(health):
        return False
    if health.next_due is None or health.next_due <= now:
        return held_until(health, now) is None
    return _clock_was_set_back(health, now)


def in_order(healths: Iterable[Health]) -> tuple[Health, ...]:
    """Never-read accounts first, then those longest waiting since their last try."""
    return tuple(sorted(healths, key=lambda health: (health.last_ok is not None, health.last_try or _NEVER)))


def seconds_until_next(healths: Iterable[Health], now: datetime) -> float | None:
    """Seconds until the first of these is due by itself; 0 when one is, ``None`` when none will be."""
    waits = [
        0.0 if is_due(health, now) else max(0.0, (_next_due(health, now) - now).total_seconds())
        for health in healths
        if not waits_for_mending(health)
    ]
    return min(waits, default=None)


def after_success(health: Health, now: datetime, *, interval: timedelta, jitter: float) -> Health:
    """The account was read and brought news: the plain interval again."""
    return _after_reading(health, now, quiet=0, interval=interval, jitter=jitter)


def after_unchanged(health: Health, now: datetime, *, interval: timedelta, jitter: float) -> Health:
    """The account was read and brought nothing new: the interval grows, up to ``STRETCH_CAP`` times."""
    return _after_reading(health, now, quiet=health.quiet + 1, interval=interval, jitter=jitter)


def after_failure(health: Health, now: datetime, fault: Fault, *, jitter: float, presented: bool = True) -> Health:
    """The refresh failed: wait between half and all of a doubling step, and never less than the network asked for.

    Source of the "equal jitter" form: Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
    A refused credential gets no next time: see ``waits_for_mending``. Where none was ``presented`` (a site that turns
    strangers away, a token missing on this machine) asking again hurts nobody, and it may mend by itself.
    """
    fault = _believable(fault, now)
    failures = health.failures + 1
    due: datetime | None = None
    if fault.kind != "credential" or not presented:
        due = now + backoff(failures, jitter)
        if fault.retry_at is not None:
            due = max(due, fault.retry_at)
    return msgspec.structs.replace(
        health,
        last_try=now,
        failures=failures,
        down_since=health.down_since or now,
        next_due=due,
        fault=fault,
    )


def mended(health: Health) -> Health:
    """The account was linked anew and answered: due at once. How long it was down stays known until it is read."""
    return msgspec.structs.replace(health, failures=0, fault=None, next_due=None)


def backoff(failures: int, jitter: float) -> timedelta:
    """How long to wait after so many failures in a row (1 or more)."""
    doublings = min(failures - 1, 20)  # beyond this the cap holds anyway, and timedelta would overflow
    step = min(BACKOFF_CAP, BACKOFF_BASE * (1 << doublings))
    return step / 2 + step / 2 * jitter


def stretch(quiet: int) -> float:
    """How many times the usual interval to wait after so many quiet refreshes in a row."""
    return min(STRETCH_CAP, 1 + STRETCH_STEP * quiet)


def _after_reading(health: Health, now: datetime, *, quiet: int, interval: timedelta, jitter: float) -> Health:
    wait = interval * stretch(quiet) * (1 - SPREAD + 2 * SPREAD * jitter)
    return msgspec.structs.replace(
        health,
        last_try=now,
        last_ok=now,
        failures=0,
        down_since=None,
        next_due=now + wait,
        quiet=quiet,
        backfilled=True,
        fault=None,
    )


def _next_due(health: Health, now: datetime) -> datetime:
    return max(health.next_due or now, held_until(health, now) or now)


def _clock_was_set_back(health: Health, now: datetime) -> bool:
    return health.last_try is not None and health.last_try > now + CLOCK_SLACK


def _believable(fault: Fault, now: datetime) -> Fault:
    """The fault with its time in UTC, at most ``LONGEST_WAIT`` ahead; a plugin may have forgotten the zone."""
    if fault.retry_at is None:
        return fault
    at = fault.retry_at if fault.retry_at.tzinfo else fault.retry_at.replace(tzinfo=UTC)
    return msgspec.structs.replace(fault, retry_at=min(at, now + LONGEST_WAIT).astimezone(UTC))
