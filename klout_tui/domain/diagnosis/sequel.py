"""What came of something she noted: the days after it against as many days before it, several times over.

How long the effect lasted is the run of days, from the note on, that stands out most; since the most striking of many
lengths is picked, more is asked before anything is called an effect. Its size is told against several earlier runs of
the same length and weekdays, not just the last one, since one window is easily unusual itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.bursts import CHANCE as BURST
from klout_tui.domain.diagnosis.bursts import Burst
from klout_tui.domain.diagnosis.calm import BASELINE
from klout_tui.domain.diagnosis.noise import Noise, both_tails, bound, departure, noise, tell_apart
from klout_tui.domain.diagnosis.series import Series
from klout_tui.domain.model import Value

SOON: Final = 7
"""Days within which an effect must have begun."""

LONGEST: Final = 28
"""Days after which nothing is put down to a note any more."""

SOONEST: Final = 3
"""Days that must have passed before anything is said."""

JUDGED: Final = 7
"""Days told of where nothing stands out."""

COMPARED: Final = 8
"""Earlier runs that tell the usual, as far as they are known."""

LEAST: Final = 3
"""Earlier runs without which the usual is not known."""

CHANCE: Final = 0.05
"""How often a note without any effect may be said to have had one, all lengths tried taken together."""

LENGTHS: Final = 7
"""How many independent looks trying every length up to ``LONGEST`` amounts to."""


class Came(StrEnum):
    """What came of it."""

    WORKED = "worked"
    HURT = "fewer than usual"
    NOTHING = "no visible effect"
    EARLY = "too early to tell"
    UNKNOWN = "nothing to compare with"


class Aftermath(Value, frozen=True):
    """Before and after one day."""

    day: date
    came: Came
    sentence: str
    days: int = 0
    """How long the effect lasted, or how many days are told of where there is none."""
    reactions: int = 0
    """On those days."""
    usual: float = 0.0
    """What as many days brought before, on average over ``windows``."""
    windows: int = 0
    times: float | None = None
    """How many times the usual, with an interval that holds the truth 19 times of 20; None where nothing is usual."""
    low: float | None = None
    high: float | None = None
    chance: float = 1.0
    """How often chance alone would do as much, the choice of the length taken into account."""


def aftermath(
    counts: Series, day: date, last: date, measured: Noise, found: Sequence[Burst] = (), known: date = date.max
) -> Aftermath:
    """What came of something done on a local day, as far as can be told by the end of the day ``last``.

    Args:
        counts: Reactions a day of the sources that can be compared.
        day: The note's.
        last: The last day whose reactions are known in full.
        measured: How much whole weeks vary.
        found: Bursts; days of those that began before the note tell nothing of the usual. One that began with the
            note, and that as many days are held against, tells how long the effect lasted and how many times the usual
            that was, so that no two numbers are told of the same days.
        known: The last day up to which the sources were read.
    """
    over = (last - day).days + 1
    if over >= SOONEST and (min(last, known) - day).days + 1 < SOONEST:
        return Aftermath(day=day, came=Came.UNKNOWN, sentence="the days after it have not been read")
    over = (min(last, known) - day).days + 1
    if over < SOONEST:
        when = saying.day(day + timedelta(days=SOONEST + 1))
        return Aftermath(day=day, came=Came.EARLY, sentence=f"too early to tell; look again on {when}")
    skipped = {each for burst in found if burst.first < day for each in burst.days}
    best: tuple[float, int] | None = None
    for length in range(SOONEST, min(over, LONGEST) + 1):
        runs = _runs(counts, day, length, skipped)
        if len(runs) >= LEAST:
            away = _away(counts, day, length, runs, measured)
            soon = _away(counts, day, min(length, SOON), _runs(counts, day, min(length, SOON), skipped), measured)
            if soon * away <= 0 or abs(soon) < 1:
                away = 0.0  # what only begins weeks later is not its doing
            if best is None or abs(away) > abs(best[0]):
                best = away, length
    if best is None:
        return Aftermath(day=day, came=Came.UNKNOWN, sentence="too little is known of the time before to compare with")
    freedom = max(1, measured.freedom)
    chance = min(1.0, LENGTHS * both_tails(best[0], freedom))
    same = _same(day, over, found)
    if same is not None:
        chance, best = min(chance, BURST), (math.inf, (same.last - day).days + 1)
    told = best[1] if chance < CHANCE else min(over, JUDGED)
    return _told(counts, day, told, _runs(counts, day, told, skipped), measured, chance, best[0] > 0, same)


def _same(day: date, over: int, found: Sequence[Burst]) -> Burst | None:
    """The burst above what is usual for so many days that began with the note."""
    usual = (burst for burst in found if not burst.paced or burst.usual < saying.NONE)
    begun = (burst for burst in usual if -1 <= (burst.first - day).days < SOON)
    return next((burst for burst in begun if (burst.last - day).days < over), None)


def _base(burst: Burst) -> float:
    """What the days brought that tell what is usual for a burst."""
    return burst.usual / len(burst.days) * BASELINE


def _told(
    counts: Series,
    day: date,
    length: int,
    runs: Sequence[int],
    measured: Noise,
    chance: float,
    rose: bool,
    same: Burst | None,
) -> Aftermath:
    days = _days(day, length) if same is None else list(same.days)
    reactions = counts.sum(days)
    usual, base = (sum(runs) / len(runs), sum(runs)) if same is None else (same.usual, _base(same))
    spread = max(measured.dispersion, noise([[float(run) for run in runs]]).dispersion)
    limit = bound(0.05, max(measured.freedom, len(runs) - 1))
    times = low = high = None
    if usual > 0:
        times = reactions / usual
        error = limit * math.sqrt(spread * (1 / max(reactions, 0.5) + 1 / base))
        low, high = times * math.exp(-error), times * math.exp(error)
    came = Came.NOTHING if chance >= CHANCE else Came.WORKED if rose else Came.HURT
    if came is Came.NOTHING:
        # What would have been told here, so that the number and the range never contradict each other.
        few, many = tell_apart(sum(runs), measured, bound(CHANCE / LENGTHS, max(1, measured.freedom)), 1 / len(runs))
        sentence = (
            f"no visible effect: {saying.counted(reactions, 'reaction')} in the {length} days from then, "
            f"{few + 1:,} to {many - 1:,} may come by chance"
        )
    elif times is None or low is None or high is None:
        sentence = f"worked: {saying.counted(reactions, 'reaction')} in {len(days)} days, where none were usual"
    else:
        verb = "worked" if rose else "fewer"
        sentence = f"{verb}: {saying.times(times)} your usual for {len(days)} days ({low:.1f} to {high:.1f})"
    return Aftermath(
        day=day,
        came=came,
        sentence=sentence,
        days=len(days),
        reactions=reactions,
        usual=usual,
        windows=len(runs),
        times=times,
        low=low,
        high=high,
        chance=chance,
    )


def _runs(counts: Series, day: date, length: int, skipped: set[date]) -> list[int]:
    """What earlier runs of the same length and weekdays brought, none overlapping another or the note."""
    weeks = -(-length // 7)
    begun = counts.begun if counts.begun < day else date.min  # before anybody ever came is not her usual
    found = []
    for back in range(1, COMPARED + 1):
        first = day - timedelta(weeks=weeks * back)
        days = _days(first, length)
        if first >= begun and counts.knows(first) and not skipped.intersection(days):
            found.append(counts.sum(days))
    return found


def _away(counts: Series, day: date, length: int, runs: Sequence[int], measured: Noise) -> float:
    """How far the run from the note on lies from the earlier ones, in standard errors."""
    return departure(sum(runs), counts.sum(_days(day, length)), measured, 1 / len(runs))


def _days(first: date, length: int) -> list[date]:
    return [first + timedelta(days=offset) for offset in range(length)]
