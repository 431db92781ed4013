"""Reasons that lie in how much she shared: more or fewer posts, days away apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.absence import days_there
from klout_tui.domain.diagnosis.evidence import LOOKBACK
from klout_tui.domain.diagnosis.findings import CERTAIN, LIKELY, WANT, Cause, Finding
from klout_tui.domain.diagnosis.ground import A_DAY, Ground, interval, most
from klout_tui.domain.diagnosis.lmdi import log_mean
from klout_tui.domain.diagnosis.noise import Noise, departure, noise
from klout_tui.domain.diagnosis.pauses import away_effect, there
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
    effect = at_hand - away_effect(ground)
    free = [there(ground, side) for side in ground.sides]
    if not all(free) or effect == 0 or (at_hand and effect / at_hand < 0):
        return
    exposure = free[1] / free[0]
    ratio = now / before / exposure
    beyond = abs(_posts_apart(ground, before, now, free))
    if beyond < WANT and abs(math.log(ratio)) < LITTLE:
        return
    unsure = abs(effect) * math.sqrt(ground.variation / max(1, before + now))
    told = most(ground.now if ratio > 1 else ground.before)
    people, many = ground.on(*told)
    known = " on the days that can be compared" if ground.partly else ""
    counts = f"{saying.counted(now, 'post')} instead of {before}"
    if free[0] != free[1]:  # else the numbers would not bear out the share
        counts = f"{saying.counted(now, 'post')} in {free[1]} days instead of {before} in {free[0]}, days away apart"
    usual = " Your months differ by as much anyway." if beyond < LIKELY else ""
    yield Finding(
        cause=Cause.SHARING,
        subject="",
        sentence=f"You shared {saying.less_or_more(ratio)}{known}: {counts}. "
        f"By itself that makes {saying.reactions(shown := interval(effect, unsure))}.{usual}",
        advice=_as_before(ground) if ratio < 1 else "",
        effect=shown,
        away=min(CERTAIN, abs(effect) / unsure) if unsure else CERTAIN,
        beyond=beyond,
        posts=ground.shown(row.post.id for row in told),
        post_count=before + now,
        people=people,
        people_count=many,
    )


def _as_before(ground: Ground) -> str:
    """What to try; the posts of a few days say nothing of a week."""
    often = f": about {saying.decimal(_a_week(ground))} posts a week" if ground.book.before.window.length >= 7 else ""
    return f"Share as often as you did{often}."


def _stopped(ground: Ground) -> Iterator[Finding]:
    before, now = ground.before, ground.now
    if bool(before) == bool(now) or ground.away:
        return
    effect = ground.splits.shares().posts
    if not effect:
        return
    unsure = abs(effect) * math.sqrt(ground.variation / (len(before) + len(now)))
    people, many = ground.on(*before, *now)
    words = "You posted nothing" if before else f"You began to post: {saying.counted(len(now), 'post')}"
    words += " on the days that can be compared" if ground.partly else ""
    yield Finding(
        cause=Cause.SHARING,
        subject="",
        sentence=f"{words}, after {saying.counted(len(before), 'post')} before. "
        f"By itself that makes {saying.reactions(shown := interval(effect, unsure))}.",
        advice="One post is a beginning." if before else "",
        effect=shown,
        away=CERTAIN,
        posts=ground.shown(row.post.id for row in most(before or now)),
        post_count=len(before) + len(now),
        people=people,
        people_count=many,
    )


def _posts_apart(ground: Ground, before: int, now: int, free: Sequence[int]) -> float:
    """How far the number of posts lies from what it was in three months, by how much her weeks vary."""
    earlier = [] if ground.partly else ground.earlier(LOOKBACK)  # days that cannot be compared are not left out there
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


def _a_week(ground: Ground) -> float:
    """Posts a week in the earlier window, on days that can be compared and on which she was there."""
    posts = Counter(row.post.account for row in ground.before)
    known = {
        account: days_there(ground.book.before.window, ground.away, ground.masked.get(account, {})) for account in posts
    }
    return sum(7 * count / known[account] for account, count in posts.items() if known[account])
