"""The verdict in words a blogger understands: what is compared, what it means, and what would be needed to say more."""

from __future__ import annotations

from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.verdict import Answer, Because, Verdict

RARE: Final = 10_000
"""Looks beyond which chance need not be told more exactly."""


def sentence(verdict: Verdict) -> str:
    """The verdict as one or two sentences."""
    return _SAID[verdict.answer](verdict)


def _blind(verdict: Verdict) -> str:
    if verdict.days:
        return (
            f"Nothing to judge: only {saying.counted(verdict.days, 'day')} of {_spans(verdict)} can be compared. "
            "No posts, or no reading, is no fall."
        )
    return f"Nothing to judge: {_spans(verdict)} cannot be compared. No posts, or no reading, is no fall."


def _few(verdict: Verdict) -> str:
    counts = f"{saying.counted(verdict.now, 'reaction')} in {_spans(verdict)}, {verdict.before:,} in those before"
    if verdict.rise < 0:
        return f"Too few to tell: {counts}. How much is normal for you will be known after some weeks more."
    had = saying.counted(verdict.before, "reaction")
    if verdict.fall < 0:
        needed = f"{had} are so few that even none at all would prove nothing" if verdict.before else ""
    else:
        needed = f"{had} would have to fall to {verdict.fall:,}"
    more = f"{verdict.rise:,} would be a rise" if verdict.before else f"{verdict.rise:,} would be needed"
    return f"Too few to tell ({needed + '; ' if needed else ''}{more}): {counts}."


def _normal(verdict: Verdict) -> str:
    now, before = saying.counted(verdict.now, "reaction"), f"{verdict.before:,}"
    if verdict.because is Because.SPIKE:
        return (
            f"Back to your usual after a burst: {now} in {_spans(verdict)}, {before} in those before. "
            "A fall after a burst is only to be expected."
        )
    if verdict.because is Because.USUAL:
        way = "unusually many" if verdict.before > verdict.now else "unusually few"
        return (
            f"Back to your usual: {now} in {_spans(verdict)}. The {before} before were {way}, measured by the half "
            "year before that."
        )
    return (
        f"All within your normal fluctuation: {now} in {_spans(verdict)}, {before} in those before; "
        f"anything from {verdict.fall + 1:,} to {verdict.rise - 1:,} would be.{_wide(verdict)}"
    )


def _wide(verdict: Verdict) -> str:
    if verdict.fall >= verdict.before / 2:
        return ""
    return " Your weeks vary so much that not even half as many would be sure to mean something."


def _changed(verdict: Verdict) -> str:
    ratio = verdict.now / verdict.before if verdict.before else 0.0
    much = f"{saying.less_or_more(ratio)}: " if verdict.before else ""
    seldom = round(1 / max(verdict.chance, 1e-9))
    once = f"about once in {saying.count(seldom)}" if seldom <= RARE else f"less than once in {RARE:,}"
    return (
        f"Engagement {verdict.answer.value}, {much}{saying.counted(verdict.now, 'reaction')} in {_spans(verdict)}, "
        f"{verdict.before:,} in those before. Chance alone makes such a difference {once} such looks."
    )


def _spans(verdict: Verdict) -> str:
    length = verdict.window.length
    told = f"{length // 7} weeks" if length % 7 == 0 and length > 7 else saying.counted(length, "day")
    return f"the {told} to {saying.day(verdict.window.last)}"


_SAID = {
    Answer.BLIND: _blind,
    Answer.FEW: _few,
    Answer.NORMAL: _normal,
    Answer.FELL: _changed,
    Answer.ROSE: _changed,
}
