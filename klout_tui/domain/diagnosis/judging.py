"""A verdict with what it is made from: reactions a day, what is normal, bursts, and days nobody judges."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

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


AFTER: Final = 2
"""Days after the weeks that are judged on which a burst can be told, too."""

Paced = Callable[[frozenset[str]], Mapping[date, float]]


def judge(
    evidence: Evidence,
    known: Sequence[Source],
    corrections: Corrections,
    chosen: Window,
    earlier: Window,
    gone: Sequence[Away],
    paced: Paced,
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
    """
    masked = masks(known, earlier, chosen)
    counts = compared(evidence, known, masked, corrections, earlier, chosen)
    daily = _known_counts(evidence, known, masked, corrections, chosen)
    idle = days_of(gone)
    measured = normal(daily, earlier, away=idle)
    looked_at = [
        earlier.first + timedelta(days=number) for number in range((chosen.last - earlier.first).days + 1 + AFTER)
    ]
    pace = paced(frozenset(source.account for source in judged(known, masked, chosen.length)))
    found = bursts(daily, measured, normal_days(daily, earlier, idle), looked_at, idle, pace)
    left_out = away_offsets(gone, earlier, chosen) | _all_masked(known, masked, chosen.length)
    return Judged(
        verdict=verdict(counts, chosen, earlier, left_out, found, idle), counts=daily, noise=measured, bursts=found
    )


def compared(
    evidence: Evidence,
    known: Sequence[Source],
    masked: Masks,
    corrections: Corrections,
    earlier: Window,
    chosen: Window,
) -> Series:
    """Reactions a day of what can be compared, days of single accounts that cannot left out of both windows."""
    hidden = {
        (account, side.day(offset))
        for account, offsets in masked.items()
        for offset in offsets
        for side in (earlier, chosen)
    }
    return _without(evidence, judged(known, masked, chosen.length), corrections, hidden)


def _known_counts(
    evidence: Evidence, known: Sequence[Source], masked: Masks, corrections: Corrections, chosen: Window
) -> Series:
    """Reactions a day of the same sources, only what is not known left out."""
    able = judged(known, masked, chosen.length)
    by_id = {source.account: source for source in able}
    hidden = {
        (row.account, row.day)
        for row in evidence.totals
        if (source := by_id.get(row.account)) is not None and source.unknown(row.day) is not None
    }
    return _without(evidence, able, corrections, hidden)


def _without(
    evidence: Evidence, able: Sequence[Source], corrections: Corrections, hidden: Collection[tuple[str, date]]
) -> Series:
    totals = [row for row in evidence.totals if (row.account, row.day) not in hidden] if hidden else evidence.totals
    return series(totals, able, corrections, max((row.day for row in evidence.totals), default=date.min))


def _all_masked(known: Sequence[Source], masked: Masks, length: int) -> frozenset[int]:
    """Days on which nothing at all can be compared."""
    able = judged(known, masked, length)
    if not able:
        return frozenset(range(length))
    return frozenset(
        offset for offset in range(length) if all(offset in masked.get(source.account, {}) for source in able)
    )
