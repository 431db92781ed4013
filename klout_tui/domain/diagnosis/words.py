"""The verdict in words a blogger understands: what is compared, what it means, and what would be needed to say more."""

from __future__ import annotations

from datetime import date
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.verdict import LEAST_DAYS, Answer, Because, Verdict

A_QUARTER: Final = 91
"""Days from which on nobody counts in weeks."""

RARE: Final = 10_000
"""Looks beyond which chance need not be told more exactly."""


def sentence(verdict: Verdict, today: date) -> str:
    """The verdict as one or two sentences; days of another year than ``today``'s say which."""
    return _SAID[verdict.answer](verdict, today)


def _blind(verdict: Verdict, today: date) -> str:
    if verdict.window.length < LEAST_DAYS:
        return (
            f"Nothing to judge: a verdict takes {LEAST_DAYS} days at least, so that weekends are in both. "
            f"{_counts(verdict, today)}."
        )
    span = _spans(verdict, today)
    if verdict.days:
        return (
            f"Nothing to judge: only {saying.counted(verdict.days, 'day')} of {span} can be compared. "
            "No posts, or no reading, is no fall."
        )
    return f"Nothing to judge: {span} cannot be compared. No posts, or no reading, is no fall."


def _few(verdict: Verdict, today: date) -> str:
    counts = _counts(verdict, today)
    had = saying.counted(verdict.before, "reaction")
    fall = f"{had} would have to fall to {verdict.fall:,}" if verdict.fall >= 0 else ""
    more = f"{verdict.rise:,} would be a rise" if verdict.before else f"{verdict.rise:,} would be needed"
    if verdict.because is Because.LITTLE:
        needed = "; ".join(each for each in (fall, more) if each)
        return f"Too little is known of your usual weeks to tell: {counts}. As long as that is so, {needed}."
    if not fall and verdict.before:
        fall = f"{had} are so few that even none at all would prove nothing"
    return f"Too few to tell ({'; '.join(each for each in (fall, more) if each)}): {counts}.{_new(verdict)}"


def _new(verdict: Verdict) -> str:
    """What else is lacking, where it is not only reactions."""
    if not verdict.noise.borrowed:
        return ""
    return " Too little is known yet of how much your weeks vary; the more is known, the less is asked."


def _normal(verdict: Verdict, today: date) -> str:
    counts = _counts(verdict, today)
    if verdict.because is Because.SPIKE:
        return f"Back to your usual after a burst: {counts}. A fall after a burst is only to be expected."
    if verdict.because is Because.USUAL:
        way = "unusually many" if verdict.before > verdict.now else "unusually few"
        now = saying.counted(verdict.now, "reaction")
        return (
            f"Back to your usual: {now} in {_spans(verdict, today)}. The {verdict.before:,} before were {way}, "
            "measured by the half year before that."
        )
    return (
        f"All within your normal fluctuation: {counts}; "
        f"anything from {verdict.fall + 1:,} to {verdict.rise - 1:,} would be.{_wide(verdict)}"
    )


def _wide(verdict: Verdict) -> str:
    if verdict.fall >= verdict.before / 2:
        return ""
    if verdict.noise.borrowed:
        return " That is much; when more is known of how much your weeks vary, it will be less."
    return " Your weeks vary so much that not even half as many would be sure to mean something."


def _changed(verdict: Verdict, today: date) -> str:
    ratio = verdict.now / verdict.before if verdict.before else 0.0
    much = f"{saying.less_or_more(ratio)}: " if verdict.before else ""
    seldom = round(1 / max(verdict.chance, 1e-9))
    once = f"about once in {saying.count(seldom)}" if seldom <= RARE else f"less than once in {RARE:,}"
    return (
        f"Engagement {verdict.answer.value}, {much}{_counts(verdict, today)}. "
        f"Chance alone makes such a difference {once} such looks."
    )


def _counts(verdict: Verdict, today: date) -> str:
    now, before = saying.counted(verdict.now, "reaction"), f"{verdict.before:,}"
    if verdict.window.length == 1:
        other = verdict.against.last
        then = "the day before" if other == verdict.window.before().last else f"on {saying.day(other, today)}"
        return f"{now} on {saying.day(verdict.window.last, today)}, {before} {then}"
    return f"{now} in {_spans(verdict, today)}, {before} in {_those(verdict, today)}"


def _spans(verdict: Verdict, today: date) -> str:
    length = verdict.window.length
    told = f"{length // 7} weeks" if length % 7 == 0 and 7 < length < A_QUARTER else saying.counted(length, "day")
    return f"the {told} to {saying.day(verdict.window.last, today)}"


def _those(verdict: Verdict, today: date) -> str:
    """The earlier window: just before, or which days those were."""
    if verdict.against == verdict.window.before():
        return "those before"
    return f"those from {saying.day(verdict.against.first, today)} to {saying.day(verdict.against.last, today)}"


_SAID = {
    Answer.BLIND: _blind,
    Answer.FEW: _few,
    Answer.NORMAL: _normal,
    Answer.FELL: _changed,
    Answer.ROSE: _changed,
}
