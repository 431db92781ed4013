"""Of which days each account is known: missing is not zero.

An account tells nothing of days before it was linked and beyond what its first reading could find, after it was
unlinked, or since it was last read. The diagnosis leaves such a day, and the day it would be compared with, out of
every comparison; the chart leaves it empty and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.model import Account, DayTotal, Health, Reading, Value

GAP: Final = 2
"""Days in a row without a reading and without any reaction that make a gap, where readings are usual."""

FRESH: Final = timedelta(hours=24)
"""An account read so lately is not stale: its day is only not over."""


class Why(StrEnum):
    """Why something cannot be compared."""

    LINKED = "newly linked"
    UNLINKED = "unlinked"
    STALE = "not read since"
    GAP = "not read in between"
    CORRECTED = "counter corrected"
    YOUNG = "younger than a day"


UNREAD: Final = frozenset({Why.STALE, Why.GAP, Why.YOUNG})
"""An account that is linked, and yet nobody looked."""


class Source(Value, frozen=True):
    """Of which days one account is known."""

    account: str
    first: date = date.min
    last: date = date.max
    """The last day known as a whole."""
    after: Why = Why.STALE
    """Why nothing is known after ``last``."""
    gaps: frozenset[date] = frozenset()
    read: date = date.min
    """The day it was last read on, or unlinked on: known in part, where it lies after ``last``."""

    def unknown(self, day: date) -> Why | None:
        """Why a day is not known as a whole; None where it is."""
        if day < self.first:
            return Why.LINKED
        if day > self.last:
            return self.after
        return Why.GAP if day in self.gaps else None

    def unseen(self, day: date) -> Why | None:
        """Why nothing at all is known of a day; None where it is known, or was when it was last read."""
        return None if self.first <= day <= self.read and day > self.last else self.unknown(day)


def sources(
    accounts: Iterable[Account],
    healths: Mapping[str, Health],
    acted: Mapping[str, Collection[date]],
    readings: Iterable[Reading],
    days: Days,
    span: Sequence[date],
    now: datetime,
) -> tuple[Source, ...]:
    """What is known of each account.

    Args:
        accounts: All there ever were, unlinked ones included, as of the moment looked at.
        healths: How their refreshes go, as known now; what was read later than that moment has been read too.
        acted: ``acted`` of the day totals, those of ``span`` at least.
        readings: The accounts' own counters over ``span``.
        days: Tells local days.
        span: The days that will be looked at, in order.
        now: The moment looked at, UTC.
    """
    read: defaultdict[str, set[date]] = defaultdict(set)
    for reading in readings:
        read[reading.account].add(reading.day)
    return tuple(
        _source(account, healths.get(account.id), acted.get(account.id, ()), read[account.id], days, span, now)
        for account in accounts
    )


def acted(totals: Iterable[DayTotal]) -> Mapping[str, Collection[date]]:
    """By account, the days that brought something whose date is no guess."""
    found: defaultdict[str, set[date]] = defaultdict(set)
    for row in totals:
        if row.named + row.unnamed > row.estimated:
            found[row.account].add(row.day)
    return found


def _source(
    account: Account,
    health: Health | None,
    acted: Collection[date],
    read: Collection[date],
    days: Days,
    span: Sequence[date],
    now: datetime,
) -> Source:
    # What the first reading dated by guess says nothing of the days before linking, what it dated truly does.
    first = min([days.of(account.linked_at), *acted])
    last, after, seen = date.max, Why.STALE, date.max
    if health is not None and health.last_ok is not None:
        seen = days.of(health.last_ok)
        last = seen if days.end(seen) <= health.last_ok else seen - timedelta(days=1)
        after = Why.YOUNG if now - health.last_ok < FRESH else Why.STALE  # a day that is not over is nobody's fault
    if account.unlinked_at is not None:
        ended = days.of(account.unlinked_at)
        last, seen, after = min(last, ended - timedelta(days=1)), min(seen, ended), Why.UNLINKED
    inside = [day for day in span if first <= day <= last]
    return Source(account=account.id, first=first, last=last, after=after, gaps=_gaps(inside, acted, read), read=seen)


def _gaps(inside: Sequence[date], acted: Collection[date], read: Collection[date]) -> frozenset[date]:
    """Runs of days that were neither read nor brought anything, where the account is read on most days."""
    if 2 * len(set(read).intersection(inside)) < len(inside):
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
