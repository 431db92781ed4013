"""A verdict with what it is made from: reactions a day, what is normal, bursts, and days nobody judges."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from klout_tui.domain.diagnosis.away import Away, days_of
from klout_tui.domain.diagnosis.away import offsets as away_offsets
from klout_tui.domain.diagnosis.bursts import Burst, bursts
from klout_tui.domain.diagnosis.coverage import Masks, Source, masks
from klout_tui.domain.diagnosis.evidence import Evidence
from klout_tui.domain.diagnosis.gather import Corrections
from klout_tui.domain.diagnosis.noise import Noise
from klout_tui.domain.diagnosis.series import Series, judged, normal, normal_days, series
from klout_tui.domain.diagnosis.spans import Window
from klout_tui.domain.diagnosis.verdict import Verdict, verdict


@dataclass(frozen=True)
class Judged:
    """A verdict and what it was made from."""

    verdict: Verdict
    counts: Series
    noise: Noise
    bursts: tuple[Burst, ...]
    after: Callable[[date, date], Followed]
    """What tells of the days from one to another, and of what was usual before them."""


class Followed(NamedTuple):
    """Reactions by which something done on a day can be followed."""

    counts: Series
    noise: Noise
    last: date
    """The last day they are known of; before the day itself where nothing was read since."""


AFTER: Final = 2
"""Days after the weeks that are judged on which a burst can be told, too."""

FORE: Final = timedelta(weeks=8)
"""How long before something was done a source should be known for, to tell what came of it."""

Paced = Callable[[frozenset[str]], Mapping[date, float]]


def judge(
    evidence: Evidence,
    known: Sequence[Source],
    corrections: Corrections,
    chosen: Window,
    earlier: Window,
    gone: Sequence[Away],
    paced: Paced,
    read: Window,
) -> Judged:
    """The verdict on two windows.

    Args:
        evidence: Everything there is.
        known: Of which days each source is known.
        corrections: Rises of counters that are no reactions.
        chosen: The later window.
        earlier: The one it is held against.
        gone: Days she was away.
        paced: Tells what the posts of some accounts let expect of each day.
        read: The days whose day totals are at hand.
    """
    masked = masks(known, earlier, chosen)
    counts = compared(evidence, known, masked, corrections, earlier, chosen, read)
    able = judged(known, masked, chosen.length)
    daily = _known_counts(evidence, able, corrections, read)
    idle = days_of(gone)
    measured = normal(daily, earlier, chosen, away=idle)
    looked_at = [
        earlier.first + timedelta(days=number) for number in range((chosen.last - earlier.first).days + 1 + AFTER)
    ]
    pace = paced(frozenset(source.account for source in able))
    found = bursts(daily, measured, normal_days(daily, earlier, chosen, idle), looked_at, idle, pace)
    left_out = away_offsets(gone, earlier, chosen) | _all_masked(known, masked, chosen.length)

    def after(day: date, last: date) -> Followed:
        telling, last = _telling(able, day, last)
        if len(telling) == len(able):
            return Followed(daily, measured, last)
        its = _known_counts(evidence, telling, corrections, read)
        return Followed(its, normal(its, earlier, chosen, away=idle), last)

    return Judged(
        verdict=verdict(counts, chosen, earlier, left_out, found, idle),
        counts=daily,
        noise=measured,
        bursts=found,
        after=after,
    )


def _telling(able: Sequence[Source], day: date, last: date) -> tuple[list[Source], date]:
    """The sources that tell longest of the days from one to another, those that tell nothing of before left out."""
    begun = [source for source in able if source.first <= day - FORE] or list(able)
    until = {source.account: _until(source, day, last) for source in begun}
    end = max(until.values(), default=day - timedelta(days=1))
    return [source for source in begun if until[source.account] == end], end


def _until(source: Source, day: date, last: date) -> date:
    """The last day from ``day`` on up to which a source is known, at most ``last``; the day before it if none."""
    end = day
    while end <= last and source.unknown(end) is None:
        end += timedelta(days=1)
    return end - timedelta(days=1)


def compared(
    evidence: Evidence,
    known: Sequence[Source],
    masked: Masks,
    corrections: Corrections,
    earlier: Window,
    chosen: Window,
    read: Window,
) -> Series:
    """Reactions a day of what can be compared, days of single accounts that cannot left out of both windows."""
    hidden = {
        (account, side.day(offset))
        for account, offsets in masked.items()
        for offset in offsets
        for side in (earlier, chosen)
    }
    return _without(evidence, judged(known, masked, chosen.length), corrections, hidden, read)


def _known_counts(evidence: Evidence, able: Sequence[Source], corrections: Corrections, read: Window) -> Series:
    """Reactions a day of some sources, only what is not known left out."""
    by_id = {source.account: source for source in able}
    hidden = {
        (row.account, row.day)
        for row in evidence.totals
        if (source := by_id.get(row.account)) is not None and source.unknown(row.day) is not None
    }
    return _without(evidence, able, corrections, hidden, read)


def _without(
    evidence: Evidence,
    able: Sequence[Source],
    corrections: Corrections,
    hidden: Collection[tuple[str, date]],
    read: Window,
) -> Series:
    totals = [row for row in evidence.totals if (row.account, row.day) not in hidden] if hidden else evidence.totals
    unknown = {day for source in able for day in read.days if day >= source.first and source.unknown(day) is not None}
    return series(totals, able, corrections, read, unknown)


def _all_masked(known: Sequence[Source], masked: Masks, length: int) -> frozenset[int]:
    """Days on which nothing at all can be compared."""
    able = judged(known, masked, length)
    if not able:
        return frozenset(range(length))
    return frozenset(
        offset for offset in range(length) if all(offset in masked.get(source.account, {}) for source in able)
    )
