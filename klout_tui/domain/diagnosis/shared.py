"""Reasons that lie in how much she shared: more or fewer posts, and days she was away."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.evidence import LOOKBACK
from klout_tui.domain.diagnosis.findings import CERTAIN, WANT, Cause, Finding
from klout_tui.domain.diagnosis.ground import A_DAY, Ground, Row, interval, pile
from klout_tui.domain.diagnosis.lmdi import log_mean
from klout_tui.domain.diagnosis.noise import Noise, departure, noise
from klout_tui.domain.diagnosis.spans import Window
from klout_tui.domain.digest import moment, ticks

STEADY: Final = 0.3
"""The least variance over mean of posts a week: nobody is a clock."""

DOUBT: Final = 4
"""Degrees of freedom by which posts a week are taken to vary as if each came by chance."""

LITTLE: Final = 0.15
"""A logarithm of a ratio of posts that is little change."""


def sharing(ground: Ground) -> Iterator[Finding]:
    """More or fewer posts, days away apart.

    How many there were is known, and what that does hardly less surely; whether it is more than her months differ
    anyway only tells how much weight it has among other reasons.
    """
    before, now = len(ground.before), len(ground.now)
    if not before or not now:
        yield from _stopped(ground)
        return
    at_hand = ground.splits.shares().posts * _calmed(ground)
    effect = at_hand - _away_effect(ground)
    free = [_free_days(ground, window) for window in (ground.book.before.window, ground.book.now.window)]
    if not all(free) or effect == 0 or (at_hand and effect / at_hand < 0):
        return
    exposure = free[1] / free[0]
    ratio = now / before / exposure
    beyond = abs(_posts_apart(ground, before, now, free))
    if beyond < WANT and abs(math.log(ratio)) < LITTLE:
        return
    unsure = abs(effect) * math.sqrt(ground.variation / max(1, before + now))
    days = "" if free[0] == free[1] else " on the days you were there"
    yield Finding(
        cause=Cause.SHARING,
        subject="",
        sentence=f"You shared {saying.less_or_more(ratio)}{days}: {saying.counted(now, 'post')} instead of {before}. "
        f"By itself that makes {saying.reactions(shown := interval(effect, unsure))}.",
        advice=f"Share as often as you did: about {saying.decimal(7 * before / free[0])} posts a week."
        if ratio < 1
        else "",
        effect=shown,
        away=min(CERTAIN, abs(effect) / unsure) if unsure else CERTAIN,
        beyond=beyond,
        posts=ground.shown(row.post.id for row in _best(ground.now if ratio > 1 else ground.before)),
        post_count=before + now,
    )


def away(ground: Ground) -> Iterator[Finding]:
    """Days without a post that are hers: no posts, so no reactions to judge."""
    effect = _away_effect(ground)
    if not effect:
        return
    windows = (ground.book.before.window, ground.book.now.window)
    runs = [run for run in ground.away if any(run.first <= each.last and run.last >= each.first for each in windows)]
    rows = ground.rows
    which = " and ".join(saying.span(run.first, run.last) for run in runs)
    unsure = abs(effect) * math.sqrt(ground.variation / max(1, len(rows)))
    then = "that is why there are more now" if effect > 0 else "no posts, so no reactions to judge"
    yield Finding(
        cause=Cause.AWAY,
        subject="",
        sentence=f"You posted nothing from {which}: {then}. "
        f"By itself that makes {saying.reactions(shown := interval(effect, unsure))}.",
        advice="",
        effect=shown,
        away=CERTAIN,
        beyond=math.sqrt(-2 * math.log(min(run.chance for run in runs))),
        post_count=0,
    )


def _stopped(ground: Ground) -> Iterator[Finding]:
    before, now = ground.before, ground.now
    if bool(before) == bool(now) or ground.away:
        return
    effect = ground.splits.shares().posts
    if not effect:
        return
    unsure = abs(effect) * math.sqrt(ground.variation / (len(before) + len(now)))
    words = "You posted nothing" if before else f"You began to post: {saying.counted(len(now), 'post')}"
    yield Finding(
        cause=Cause.SHARING,
        subject="",
        sentence=f"{words}, after {saying.counted(len(before), 'post')} before. "
        f"By itself that makes {saying.reactions(shown := interval(effect, unsure))}.",
        advice="One post is a beginning." if before else "",
        effect=shown,
        away=CERTAIN,
        posts=ground.shown(row.post.id for row in _best(before or now)),
        post_count=len(before) + len(now),
    )


def _posts_apart(ground: Ground, before: int, now: int, free: Sequence[int]) -> float:
    """How far the number of posts lies from what it was in three months, by how much her weeks vary."""
    earlier = (
        [] if ground.partly else ground.earlier(LOOKBACK)
    )  # of before, days that cannot be compared are not left out
    stretches = [[ticks(post.at) for post in earlier]]
    stretches += [[post.at for post in side.posts.values()] for side in (ground.book.before, ground.book.now)]
    lengths = (LOOKBACK, ground.book.before.window.length, ground.book.now.window.length)
    groups = [_weeks(each, length) for each, length in zip(stretches, lengths, strict=True) if each]
    found = noise(groups, least=STEADY)
    drawn = (found.dispersion * found.freedom + DOUBT) / (found.freedom + DOUBT)
    measured = Noise(dispersion=drawn, freedom=found.freedom + DOUBT)
    known = free[0]
    if earlier:
        begun = max(ground.begin - LOOKBACK * A_DAY, min(stretches[0]))
        before, known = before + len(earlier), known + _days_there(ground, begun, ground.begin)
    return departure(before, now, measured, free[1] / known)


def _weeks(posted: Sequence[int], length: int) -> list[float]:
    """Posts in each of the whole weeks of ``length`` days from the first of them on."""
    begin = min(posted)
    weeks = [0.0] * (length // 7)
    for at in posted:
        place = (at - begin) // (7 * A_DAY)
        if place < len(weeks):
            weeks[place] += 1
    return weeks


def _days_there(ground: Ground, begin: int, end: int) -> int:
    """Days from one moment to another, those away left out."""
    first, length = moment(begin).date(), round((end - begin) / A_DAY)
    days = [first + timedelta(days=offset) for offset in range(length)]
    return sum(not any(run.first <= day <= run.last for run in ground.away) for day in days)


def _calmed(ground: Ground) -> float:
    """What is left of the size of both windows, as the effect of more posts is measured by it, without bursts."""
    raw = [side.compared for side in (ground.book.before, ground.book.now)]
    calm = [
        count - sum(burst.excess(ground.counts, side.window.days) for burst in ground.bursts)
        for count, side in zip(raw, (ground.book.before, ground.book.now), strict=True)
    ]
    return log_mean(calm[0], calm[1]) / log_mean(raw[0], raw[1]) if min(*raw, *calm) > 0 else 1.0


def _away_effect(ground: Ground) -> float:
    """Reactions that days away cost the one window, or the other."""
    days = [
        sum(run.first <= day <= run.last for run in ground.away for day in side.window.days)
        for side in (ground.book.before, ground.book.now)
    ]
    if days[0] == days[1]:
        return 0.0
    free = ground.book.now.window.length * 2 - sum(days)
    rows = ground.rows
    if free <= 0 or not rows:
        return 0.0
    return -(days[1] - days[0]) * len(rows) / free * pile(rows).mean


def _free_days(ground: Ground, window: Window) -> int:
    return sum(not any(run.first <= day <= run.last for run in ground.away) for day in window.days)


def _best(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.acts, row.post.at))
