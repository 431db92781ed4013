"""Whether engagement changed by more than it does anyway: once a week, so that looking daily cries wolf no oftener.

The last four whole weeks are held against the four before, every Tuesday. With ``CHANCE`` at each of 52 verdicts, a
year without any true change shows a false alarm in at most eight cases of a hundred (Boole's inequality, whatever the
overlap of the windows); ``docs/diagnosis.md`` has what simulations find.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from klout_tui.domain.diagnosis.bursts import Burst
from klout_tui.domain.diagnosis.noise import WELL, Noise, both_tails, bound, departure, tell_apart
from klout_tui.domain.diagnosis.series import Series, normal, silence, stretches, weekday_weights
from klout_tui.domain.diagnosis.spans import Window
from klout_tui.domain.model import Value

CHANCE: Final = 0.0015
"""Chance of a false alarm at one verdict."""

FLOOR: Final = 10
"""Reactions in both windows together under which nothing is claimed."""

USUAL: Final = 0.05
"""Chance beyond which a window counts as unlike the usual of the half year before."""

SPIKE: Final = 2
"""Days of a burst in the earlier window that make a fall after it something to be expected."""

LEAST_DAYS: Final = 7
"""Comparable days a verdict needs."""


class Answer(StrEnum):
    """The kinds of answer."""

    FEW = "too few to tell"
    NORMAL = "normal fluctuation"
    FELL = "fell"
    ROSE = "rose"
    BLIND = "cannot be judged"


class Because(StrEnum):
    """What an answer rests on besides the counts."""

    COUNTS = "counts"
    SPIKE = "after a burst"
    USUAL = "back to the usual"
    LITTLE = "little known of the usual"


class Verdict(Value, frozen=True):
    """The answer for two windows."""

    answer: Answer
    because: Because
    window: Window
    against: Window
    before: int
    """Reactions on the comparable days of ``against``."""
    now: int
    days: int
    """Comparable days of each window; days away and days a source is not known for are left out."""
    fall: int
    """The count it would have to fall to before that was more than chance; -1: not even 0 would do."""
    rise: int
    chance: float
    """How often chance alone would bring such a difference, at one look."""
    noise: Noise


def verdict(
    counts: Series,
    window: Window,
    against: Window,
    left_out: Collection[int],
    found: Sequence[Burst] = (),
    away: Collection[date] = (),
) -> Verdict:
    """Judge two windows of one length.

    Args:
        counts: Reactions a day of the sources that can be compared, days that cannot already left out of both windows.
        window: The later one.
        against: The earlier one.
        left_out: Days of both (counted from 0) that nobody judges: she was away.
        found: Bursts, since after one a fall is to be expected.
        away: Days she was away, which tell nothing of what is normal.
    """
    kept = [offset for offset in range(window.length) if offset not in left_out]
    plain = _compare(counts, window, against, kept, away)
    spikes = {day for burst in found for day in burst.days}
    spared = [offset for offset in kept if against.day(offset) not in spikes]
    fell = plain.now < plain.before and plain.answer in (Answer.FELL, Answer.NORMAL)
    if fell and len(kept) - len(spared) >= SPIKE:
        calm = _compare(counts, window, against, spared, away)
        if calm.answer is not Answer.FELL:
            return _but(plain, Answer.NORMAL, Because.SPIKE)
    if plain.answer not in (Answer.FELL, Answer.ROSE):
        return plain
    if _only_back(counts, plain):
        return _but(plain, Answer.NORMAL, Because.USUAL)
    return plain


def exposure(counts: Series, window: Window, against: Window, kept: Sequence[int]) -> float:
    """How much more the kept days of the one window let expect than those of the other, by their weekdays."""
    days, others = [window.day(offset) for offset in kept], [against.day(offset) for offset in kept]
    if sorted(day.weekday() for day in days) == sorted(day.weekday() for day in others):
        return 1.0
    weights = weekday_weights(counts, _telling(counts, window, against))
    return sum(weights[day.weekday()] for day in days) / sum(weights[day.weekday()] for day in others)


def exposure_error(counts: Series, window: Window, against: Window, spread: float) -> float:
    """The standard error of ``exposure``: each weekday's weight comes from so many reactions, as bursty as they are."""
    ones, others = (Counter(day.weekday() for day in each.days) for each in (window, against))
    days = _telling(counts, window, against)
    weights = weekday_weights(counts, days)
    seen: Counter[int] = Counter()
    for day in days:
        seen[day.weekday()] += counts.counts.get(day, 0)
    base = sum(others[day] * weights[day] for day in others)
    ratio = sum(ones[day] * weights[day] for day in ones) / base
    parts = ((ones[day] - ratio * others[day]) * weights[day] / base for day in range(7))
    return math.sqrt(sum(part**2 * spread / max(1, seen[day]) for day, part in enumerate(parts)))


def _telling(counts: Series, window: Window, against: Window) -> list[date]:
    """The days that tell how much is usual on each weekday."""
    before = (day for weeks in stretches(counts, against) for week in weeks for day in week)
    return [day for day in (*before, *against.days, *window.days) if counts.knows(day)]


def _compare(counts: Series, window: Window, against: Window, kept: Sequence[int], away: Collection[date]) -> Verdict:
    days, others = [window.day(offset) for offset in kept], [against.day(offset) for offset in kept]
    before, now = counts.sum(others), counts.sum(days)
    measured = normal(counts, against, window, others, days, away=away)
    ratio = _since_nothing(counts, against, len(kept)) if not before else exposure(counts, window, against, kept)
    limit = bound(CHANCE, measured.freedom)
    apart = departure(before, now, measured, ratio)
    few = Verdict(
        answer=Answer.FEW,
        because=Because.COUNTS,
        window=window,
        against=against,
        before=before,
        now=now,
        days=len(kept),
        fall=-1,
        rise=-1,
        chance=both_tails(apart, measured.freedom),
        noise=measured,
    )
    if len(kept) < LEAST_DAYS:
        return _but(few, Answer.BLIND, Because.COUNTS)
    fall, rise = tell_apart(before, measured, limit, ratio)
    few = _with(few, fall, rise)
    if before + now < FLOOR:
        return few
    if abs(apart) >= limit:
        return _but(few, Answer.FELL if apart < 0 else Answer.ROSE, Because.COUNTS)
    # Were her weeks known well, would it be another answer? Then it is not reactions that are lacking.
    known = bound(CHANCE, WELL)
    if measured.borrowed and abs(apart) >= known:
        return _but(few, Answer.FEW, Because.LITTLE)
    # Where not even a halving could be told, were every reaction independent of the others, silence is no good news.
    halving = abs(departure(before, before * ratio / 2, Noise(), ratio))
    if halving < limit:
        return _but(few, Answer.FEW, Because.LITTLE if measured.borrowed and halving >= known else Because.COUNTS)
    return _but(few, Answer.NORMAL, Because.COUNTS)


def _since_nothing(counts: Series, against: Window, kept: int) -> float:
    """How much the later window lets expect where nothing came in the earlier one, nor for long before it."""
    return kept / (kept + 7 * silence(counts, against)) if kept else 1.0


def _only_back(counts: Series, plain: Verdict) -> bool:
    """Whether it is the earlier window that was unusual, and the later one is like the half year before both."""
    weeks = [week for stretch in stretches(counts, plain.against) for week in stretch]
    if len(weeks) < 8:
        return False
    usual = counts.sum(day for week in weeks for day in week)
    share = plain.days / (7 * len(weeks))
    limit = bound(USUAL, plain.noise.freedom)
    was = departure(usual, plain.before, plain.noise, share)
    now = departure(usual, plain.now, plain.noise, share)
    return abs(now) < limit <= abs(was) and (was > 0) == (plain.answer is Answer.FELL)


def _but(verdict: Verdict, answer: Answer, because: Because) -> Verdict:
    return msgspec.structs.replace(verdict, answer=answer, because=because)


def _with(verdict: Verdict, fall: int, rise: int) -> Verdict:
    return msgspec.structs.replace(verdict, fall=fall, rise=rise)
