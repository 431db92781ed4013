"""Of which days each source is known: missing is not zero.

An account tells nothing of days before it was linked and beyond what its first reading could find, after it was
unlinked, or since it was last read. Such a day, and the day it would be compared with, are left out of every comparison
and told as a matter of measurement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis.spans import RIPE, Window
from klout_tui.domain.model import Account, DayTotal, Health, Reading, Value

GAP: Final = 2
"""Days in a row without a reading and without any reaction that make a gap, where readings are usual."""


class Why(StrEnum):
    """Why something cannot be compared."""

    LINKED = "newly linked"
    UNLINKED = "unlinked"
    STALE = "not read since"
    GAP = "not read in between"
    CORRECTED = "counter corrected"
    YOUNG = "younger than a day"


class Source(Value, frozen=True):
    """Of which days one account is known."""

    account: str
    first: date = date.min
    last: date = date.max
    after: Why = Why.STALE
    """Why nothing is known after ``last``."""
    gaps: frozenset[date] = frozenset()

    def unknown(self, day: date) -> Why | None:
        """Why a day is not known; None where it is."""
        if day < self.first:
            return Why.LINKED
        if day > self.last:
            return self.after
        return Why.GAP if day in self.gaps else None


Masks = Mapping[str, Mapping[int, Why]]
"""By account, the days of a window (counted from 0) that cannot be compared; the same for both windows."""


def sources(
    accounts: Iterable[Account],
    healths: Mapping[str, Health],
    totals: Iterable[DayTotal],
    readings: Iterable[Reading],
    days: Days,
    span: Window,
    now: datetime,
) -> tuple[Source, ...]:
    """What is known of each account.

    Args:
        accounts: All there ever were, unlinked ones included, as of the moment looked at.
        healths: How their refreshes go, as known now; what was read later than that moment has been read too.
        totals: Day totals, those of ``span`` at least.
        readings: The accounts' own counters over ``span``.
        days: Tells local days.
        span: The days that will be looked at.
        now: The moment looked at, UTC.
    """
    acted: defaultdict[str, set[date]] = defaultdict(set)
    for row in totals:
        if row.total > row.estimated:
            acted[row.account].add(row.day)
    read: defaultdict[str, set[date]] = defaultdict(set)
    for reading in readings:
        read[reading.account].add(reading.day)
    return tuple(
        _source(account, healths.get(account.id), acted[account.id], read[account.id], days, span, now)
        for account in accounts
    )


def masks(known: Iterable[Source], before: Window, now: Window) -> Masks:
    """The days of two windows of one length that cannot be compared, since one of the two is not known."""
    found: dict[str, dict[int, Why]] = {}
    for source in known:
        for offset, (then, day) in enumerate(zip(before.days, now.days, strict=True)):
            why = source.unknown(day) or source.unknown(then)
            if why is not None:
                found.setdefault(source.account, {})[offset] = why
    return found


def _source(
    account: Account, health: Health | None, acted: set[date], read: set[date], days: Days, span: Window, now: datetime
) -> Source:
    # What the first reading dated by guess says nothing of the days before linking, what it dated truly does.
    first = min([days.of(account.linked_at), *acted])
    last, after = date.max, Why.STALE
    if health is not None and health.last_ok is not None:
        day = days.of(health.last_ok)
        last = day if days.end(day) <= health.last_ok else day - timedelta(days=1)
        after = Why.YOUNG if now - health.last_ok < RIPE else Why.STALE  # a day that is not over is nobody's fault
    if account.unlinked_at is not None:
        ended = days.of(account.unlinked_at) - timedelta(days=1)
        last, after = min(last, ended), Why.UNLINKED
    inside = [day for day in span.days if first <= day <= last]
    return Source(account=account.id, first=first, last=last, after=after, gaps=_gaps(inside, acted, read))


def _gaps(inside: Sequence[date], acted: set[date], read: set[date]) -> frozenset[date]:
    """Runs of days that were neither read nor brought anything, where the account is read on most days."""
    if 2 * len(read & set(inside)) < len(inside):
        return frozenset()
    found: set[date] = set()
    run: list[date] = []
    for day in [*inside, date.max]:
        if day in read or day in acted or day == date.max:
            if len(run) >= GAP and day != date.max:  # at the end it is not a gap but yet to be read
                found.update(run)
            run = []
        else:
            run.append(day)
    return frozenset(found)
