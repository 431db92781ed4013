"""Reactions a day, of the sources that can be judged, and what is normal for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import chain, takewhile
from typing import Final

from klout_tui.domain.diagnosis.coverage import Masks, Source
from klout_tui.domain.diagnosis.gather import Corrections
from klout_tui.domain.diagnosis.noise import Noise, drawn, noise
from klout_tui.domain.diagnosis.spans import REFERENCE, Window
from klout_tui.domain.model import DayTotal

ENOUGH: Final = 12
"""Weeks of reference from which on the weeks that are judged need not help to tell what is normal."""

STRETCH: Final = 13
"""Weeks after which the mean may be another one, so that a slow growth is not taken for noise."""


@dataclass(frozen=True)
class Series:
    """Reactions by local day; a day nobody reacted on is 0 from ``first`` on, days before are not known."""

    first: date
    counts: Mapping[date, int]
    unknown: frozenset[date] = frozenset()
    """Days after it on which one of the sources was not read, so that they tell nothing of the usual."""

    @cached_property
    def begun(self) -> date:
        """The first day on which anybody came."""
        return min((day for day, count in self.counts.items() if count), default=date.max)

    def sum(self, days: Iterable[date]) -> int:
        """Reactions on some days."""
        return sum(self.counts.get(day, 0) for day in days)

    def knows(self, day: date) -> bool:
        """Whether a day is known."""
        return day >= self.first and day not in self.unknown


def series(
    totals: Iterable[DayTotal],
    judged: Sequence[Source],
    corrections: Corrections,
    read: Window,
    unknown: Collection[date] = (),
) -> Series:
    """The reactions to the accounts of ``judged``, without corrections of counters.

    Args:
        totals: Day totals of the days of ``read``, at least.
        judged: The sources that are counted.
        corrections: Rises of counters that are no reactions.
        read: The days the totals are there for: one without any was read too, and nobody came.
        unknown: Days of it on which one of the sources was not read.
    """
    ids = {source.account for source in judged}
    counts: defaultdict[date, int] = defaultdict(int)
    for row in totals:
        if row.account in ids and row.day <= read.last:
            counts[row.day] += row.named + row.unnamed
    for (account, day), count in corrections.items():
        if account in ids and day in counts:
            counts[day] = max(0, counts[day] - count)
    began = max((source.first for source in judged), default=read.last)
    return Series(first=max(began, read.first), counts=counts, unknown=frozenset(unknown))


def judged(known: Iterable[Source], masked: Masks, length: int) -> list[Source]:
    """The sources of which anything of a window of ``length`` days can be compared."""
    return [source for source in known if len(masked.get(source.account, {})) < length]


def normal(
    counts: Series, before: Window, now: Window | None = None, *more: Sequence[date], away: Collection[date] = ()
) -> Noise:
    """How much whole weeks vary: those of the reference and, where they are few, further groups of days given.

    Args:
        counts: The reactions.
        before: The window the reference lies before.
        now: The later window; weeks between both help where few lie before.
        more: Runs of whole weeks, each with a mean of its own; weeks of which a day is missing are left out.
        away: Days she was away; weeks that hold one tell nothing.
    """
    gone = set(away)
    found = _reference(counts, before, now)
    reference = [[week for week in weeks if gone.isdisjoint(week)] for weeks in found]
    silent = sum(map(len, _stretched(counts, before.first, REFERENCE))) if not found else 0
    if sum(map(len, reference)) + silent < ENOUGH:
        reference += map(_weeks, more)
    return drawn(noise(week_sums(counts, weeks) for weeks in reference))


def normal_days(counts: Series, before: Window, now: Window | None = None, away: Collection[date] = ()) -> Noise:
    """How much single days vary before a window, whatever they have in common within a week.

    Args:
        counts: The reactions.
        before: The window the days lie before.
        now: The later window; weeks between both help where few lie before.
        away: Days she was away, which tell nothing.
    """
    gone = set(away)
    groups = ([day for week in weeks for day in week if day not in gone] for weeks in _reference(counts, before, now))
    return drawn(noise([float(counts.counts.get(day, 0)) for day in days] for days in groups))


def _reference(counts: Series, before: Window, now: Window | None) -> list[list[tuple[date, ...]]]:
    """The weeks that tell what is normal: before both windows, and between them where those are too few."""
    found = stretches(counts, before)
    lacking = REFERENCE - sum(map(len, found))
    if now is None or lacking <= 0:
        return found
    between = ((now.first - before.last).days - 1) // 7
    return found + _begun(counts, _stretched(counts, now.first, min(lacking, between)))


def stretches(counts: Series, before: Window) -> list[list[tuple[date, ...]]]:
    """The known weeks before a window, in stretches, the latest first; those before anybody ever came are left out."""
    return _begun(counts, _stretched(counts, before.first, REFERENCE))


def silence(counts: Series, before: Window) -> int:
    """The known weeks in a row just before a window in which nobody came."""
    weeks = chain.from_iterable(_stretched(counts, before.first, REFERENCE))
    return sum(1 for _ in takewhile(lambda week: not counts.sum(week), weeks))


def _stretched(counts: Series, end: date, many: int) -> list[list[tuple[date, ...]]]:
    weeks = [_week(end - timedelta(weeks=back)) for back in range(1, many + 1)]
    known = [week for week in weeks if all(map(counts.knows, week))]
    return [known[start : start + STRETCH] for start in range(0, len(known), STRETCH)]


def _begun(counts: Series, found: list[list[tuple[date, ...]]]) -> list[list[tuple[date, ...]]]:
    """Weeks since somebody first came: that it began is no fluctuation."""
    begun = [[week for week in weeks if week[0] >= counts.begun] for weeks in found]
    return [weeks for weeks in begun if weeks]


@lru_cache(maxsize=512)
def _week(first: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=offset) for offset in range(7))


def week_sums(counts: Series, weeks: Iterable[Collection[date]]) -> list[float]:
    """Reactions in each week."""
    return [float(counts.sum(week)) for week in weeks]


def _weeks(days: Sequence[date]) -> list[tuple[date, ...]]:
    """Runs of seven days in a row among these."""
    found: list[tuple[date, ...]] = []
    run: list[date] = []
    for day in days:
        if run and day - run[-1] != timedelta(days=1):
            run = []
        run.append(day)
        if len(run) == 7:
            found.append(tuple(run))
            run = []
    return found


def weekday_weights(counts: Series, days: Iterable[date]) -> tuple[float, ...]:
    """How much is usual on each weekday, Monday first, 1 on average; drawn to 1 where little is known."""
    sums, seen = [0.0] * 7, [0] * 7
    for day in days:
        if counts.knows(day):
            sums[day.weekday()] += counts.counts.get(day, 0)
            seen[day.weekday()] += 1
    if not min(seen) or not sum(sums):
        return (1.0,) * 7
    mean = sum(sums) / sum(seen)
    weights = [(total + 2 * mean) / (times + 2) / mean for total, times in zip(sums, seen, strict=True)]
    average = sum(weights) / 7
    return tuple(weight / average for weight in weights)
