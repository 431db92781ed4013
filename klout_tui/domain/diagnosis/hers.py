"""Reasons that lie in what she did: how much she shared, where it pointed, whether she repeated herself, was away."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.evidence import LOOKBACK
from klout_tui.domain.diagnosis.findings import CERTAIN, FEWEST, WANT, Cause, Finding
from klout_tui.domain.diagnosis.ground import Ground, Pile, Row, interval, pile, shares_apart
from klout_tui.domain.diagnosis.lmdi import log_mean
from klout_tui.domain.diagnosis.noise import Noise, departure, noise
from klout_tui.domain.diagnosis.similar import WITHIN
from klout_tui.domain.diagnosis.spans import Window
from klout_tui.domain.digest import moment, ticks
from klout_tui.domain.model import ORIGINALS, Post

STEADY: Final = 0.3
"""The least variance over mean of posts a week: nobody is a clock."""

A_WEEK: Final = 7 * 24 * 3600 * 1_000_000
"""Microseconds in seven days."""

LITTLE: Final = 0.15
"""A logarithm of a ratio of posts that is little change."""

CHANGED: Final = 2.5
"""Standard errors by which a share must differ for a habit to have clearly changed."""

HABIT: Final = LOOKBACK * A_WEEK // 7
"""How far back before the windows habits are looked for, in microseconds."""

TOLD_APART: Final = WITHIN.days * A_WEEK // 7
"""How much later than the first post it is known of any whether it repeats one."""

DOUBT: Final = 4
"""Degrees of freedom by which posts a week are taken to vary as if each came by chance."""


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


def promotion(ground: Ground) -> Iterator[Finding]:
    """Another share of posts that point to her own site."""

    def told(now: int, of: int, before: int, of_before: int, ones: float, others: float) -> str:
        return (
            f"{now} of {saying.counted(of, 'post')} linked to your own site ({saying.percent(now / of)}), before it "
            f"was {before} of {of_before} ({saying.percent(before / of_before)}). Such a post brings "
            f"{saying.decimal(ones)} reactions, another {saying.decimal(others)}"
        )

    earlier = [post.id in ground.promoting for post in _earlier(ground)]
    yield from _mix(
        ground,
        Cause.PROMOTION,
        lambda row: row.promotes,
        earlier,
        told,
        "Give more, advertise less: {share} of posts was your measure.",
    )


def repeats(ground: Ground) -> Iterator[Finding]:
    """Another share of posts that say nearly what an earlier one said."""

    def told(now: int, of: int, before: int, of_before: int, ones: float, others: float) -> str:
        return (
            f"{now} of {saying.counted(of, 'post')} nearly repeated an earlier one ({saying.percent(now / of)}), "
            f"before it was {before} of {of_before} ({saying.percent(before / of_before)}). A repetition brings "
            f"{saying.decimal(ones)} reactions, another post {saying.decimal(others)}"
        )

    earlier = [post.id in ground.repeating for post in _earlier(ground, HABIT - TOLD_APART)]
    yield from _mix(
        ground,
        Cause.REPEATS,
        lambda row: row.repeats,
        earlier,
        told,
        "Say it anew, or leave a month between two tellings.",
    )


Told = Callable[[int, int, int, int, float, float], str]


def _mix(
    ground: Ground, cause: Cause, has: Callable[[Row], bool], earlier: Sequence[bool], told: Told, advice: str
) -> Iterator[Finding]:
    """A sort of post that makes up another share than before, and brings more or less than the others."""
    before, now = ground.before, ground.now
    if not before or not now:
        return
    ones_before, ones_now = (tuple(filter(has, rows)) for rows in (before, now))
    if len(ones_before) + len(ones_now) < FEWEST:
        return
    ones = (*ones_before, *ones_now)
    others = pile(row for row in ground.rows if not has(row))
    if not others.posts:
        return
    share_before, share_now = len(ones_before) / len(before), len(ones_now) / len(now)
    apart = shares_apart(len(ones_now), len(now), len(ones_before) + sum(earlier), len(before) + len(earlier))
    rate, error = _rate_of(has, ground)
    usual = others.mean
    posts = (len(before) + len(now)) / 2
    effect = posts * (share_now - share_before) * usual * (math.exp(rate) - 1)
    unsure = posts * abs(share_now - share_before) * usual * math.exp(rate) * error
    away = min(abs(apart), abs(rate) / error)
    habit = abs(apart) >= CHANGED
    if effect == 0 or (away < WANT and not habit):
        return
    sentence = told(len(ones_now), len(now), len(ones_before), len(before), pile(ones).mean, usual)
    shown = interval(effect, unsure)
    yield Finding(
        cause=cause,
        subject="",
        sentence=f"{sentence}: "
        + (f"{saying.reactions(shown)}." if away >= WANT else "how much that matters cannot be told yet."),
        advice=advice.format(share=saying.percent(share_before)) if effect < 0 else "",
        habit=habit,
        effect=shown,
        away=away,
        posts=ground.shown(row.post.id for row in sorted(ones_now or ones_before, key=lambda row: -row.post.at)),
        post_count=len(ones),
    )


def _rate_of(has: Callable[[Row], bool], ground: Ground) -> tuple[float, float]:
    """How much more such a post brings than others, as a logarithm, with its standard error.

    Both are compared within each window (Mantel and Haenszel), which keeps out what happened to both alike.
    """
    over = under = 0.0
    ones, others = Pile(), Pile()
    for rows in ground.calm:
        mine, rest = pile(row for row in rows if has(row)), pile(row for row in rows if not has(row))
        ones, others = ones + mine, others + rest
        if mine.posts and rest.posts:
            over += mine.acts * rest.posts / len(rows)
            under += rest.acts * mine.posts / len(rows)
    if not over or not under:
        over, under = ((each.acts + 0.5) / max(1, each.posts) for each in (ones, others))
    return math.log(over / under), math.sqrt(ground.unsure(ones) + ground.unsure(others))


def _posts_apart(ground: Ground, before: int, now: int, free: Sequence[int]) -> float:
    """How far the number of posts lies from what it was in three months, by how much her weeks vary."""
    earlier = [] if ground.partly else _earlier(ground)  # of before, days that cannot be compared are not left out
    stretches = [[ticks(post.at) for post in earlier]]
    stretches += [[post.at for post in side.posts.values()] for side in (ground.book.before, ground.book.now)]
    lengths = (LOOKBACK, ground.book.before.window.length, ground.book.now.window.length)
    groups = [_weeks(each, length) for each, length in zip(stretches, lengths, strict=True) if each]
    found = noise(groups, least=STEADY)
    drawn = (found.dispersion * found.freedom + DOUBT) / (found.freedom + DOUBT)
    measured = Noise(dispersion=drawn, freedom=found.freedom + DOUBT)
    known = free[0]
    if earlier:
        begun = max(ground.begin - HABIT, min(stretches[0]))
        before, known = before + len(earlier), known + _days_there(ground, begun, ground.begin)
    return departure(before, now, measured, free[1] / known)


def _weeks(posted: Sequence[int], length: int) -> list[float]:
    """Posts in each of the whole weeks of ``length`` days from the first of them on."""
    begin = min(posted)
    weeks = [0.0] * (length // 7)
    for at in posted:
        place = (at - begin) // A_WEEK
        if place < len(weeks):
            weeks[place] += 1
    return weeks


def _days_there(ground: Ground, begin: int, end: int) -> int:
    """Days from one moment to another, those away left out."""
    first, length = moment(begin).date(), round((end - begin) * 7 / A_WEEK)
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


def _earlier(ground: Ground, span: int = HABIT) -> list[Post]:
    """Originals of so long before both windows, in microseconds, which tell what was her habit."""
    end = ground.begin
    return [post for post in ground.evidence.posts if post.kind in ORIGINALS and end - span <= ticks(post.at) < end]


def _best(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.acts, row.post.at))
