"""Reactions a day, of the sources that can be judged, and what is normal for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from klout_tui.domain.diagnosis.coverage import Masks, Source
from klout_tui.domain.diagnosis.gather import Corrections
from klout_tui.domain.diagnosis.noise import Noise, noise
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

    def sum(self, days: Iterable[date]) -> int:
        """Reactions on some days."""
        return sum(self.counts.get(day, 0) for day in days)

    def knows(self, day: date) -> bool:
        """Whether a day is known."""
        return day >= self.first


def series(totals: Iterable[DayTotal], judged: Sequence[Source], corrections: Corrections, last: date) -> Series:
    """The reactions to the accounts of ``judged`` up to the day ``last``, without corrections of counters."""
    ids = {source.account for source in judged}
    counts: defaultdict[date, int] = defaultdict(int)
    for row in totals:
        if row.account in ids and row.day <= last:
            counts[row.day] += row.named + row.unnamed
    for (account, day), count in corrections.items():
        if account in ids and day in counts:
            counts[day] = max(0, counts[day] - count)
    began = max((source.first for source in judged), default=last)
    return Series(first=max(began, min(counts, default=last)), counts=counts)


def judged(known: Iterable[Source], masked: Masks, length: int) -> list[Source]:
    """The sources of which anything of a window of ``length`` days can be compared."""
    return [source for source in known if len(masked.get(source.account, {})) < length]


def normal(counts: Series, before: Window, *more: Sequence[date], away: Collection[date] = ()) -> Noise:
    """How much whole weeks vary: those of the reference and, where they are few, further groups of days given.

    Args:
        counts: The reactions.
        before: The window the reference lies before.
        more: Runs of whole weeks, each with a mean of its own; weeks of which a day is missing are left out.
        away: Days she was away; weeks that hold one tell nothing.
    """
    gone = set(away)
    reference = [[week for week in weeks if gone.isdisjoint(week)] for weeks in stretches(counts, before)]
    if sum(map(len, reference)) < ENOUGH:
        reference += map(_weeks, more)
    return noise(week_sums(counts, weeks) for weeks in reference)


def normal_days(counts: Series, before: Window, away: Collection[date] = ()) -> Noise:
    """How much single days vary before a window, whatever they have in common within a week.

    Args:
        counts: The reactions.
        before: The window the days lie before.
        away: Days she was away, which tell nothing.
    """
    gone = set(away)
    groups = ([day for week in weeks for day in week if day not in gone] for weeks in stretches(counts, before))
    return noise([float(counts.counts.get(day, 0)) for day in days] for days in groups)


def stretches(counts: Series, before: Window) -> list[list[tuple[date, ...]]]:
    """The known weeks before a window, in stretches, the latest first."""
    weeks = []
    for back in range(1, REFERENCE + 1):
        first = before.first - timedelta(weeks=back)
        if counts.knows(first):
            weeks.append(_week(first))
    return [weeks[start : start + STRETCH] for start in range(0, len(weeks), STRETCH)]


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
