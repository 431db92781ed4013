"""Reasons that lie in what she shared: where it pointed, and whether she repeated herself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.evidence import LOOKBACK
from klout_tui.domain.diagnosis.findings import FEWEST, WANT, Cause, Finding
from klout_tui.domain.diagnosis.ground import Ground, Pile, Row, grown, most, pile, shares_apart
from klout_tui.domain.diagnosis.similar import WITHIN

CHANGED: Final = 2.5
"""Standard errors by which a share must differ for a habit to have clearly changed."""

TOLD_APART: Final = LOOKBACK - WITHIN.days
"""Days before the windows from which on it is known of any post whether it repeats one."""


def promotion(ground: Ground) -> Iterator[Finding]:
    """Another share of posts that point to her own site."""

    def told(now: int, of: int, before: int, of_before: int, ones: float, others: float) -> str:
        return (
            f"{now} of {saying.counted(of, 'post')} linked to your own site ({saying.percent(now / of)}), before it "
            f"was {before} of {of_before} ({saying.percent(before / of_before)}). Such a post brings "
            f"{saying.decimal(ones)} reactions, another {saying.decimal(others)}"
        )

    earlier = [post.id in ground.promoting for post in ground.earlier(LOOKBACK)]
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

    earlier = [post.id in ground.repeating for post in ground.earlier(TOLD_APART)]
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
    away = abs(rate) / error
    beyond = min(abs(apart), away)
    habit = abs(apart) >= CHANGED
    if effect == 0 or (beyond < WANT and not habit):
        return
    people, many = ground.on(*ones)
    sentence = told(len(ones_now), len(now), len(ones_before), len(before), pile(ones).mean, usual)
    shown = grown(posts * (share_now - share_before) * usual, rate, error)
    yield Finding(
        cause=cause,
        subject="",
        sentence=f"{sentence}: "
        + (f"{saying.reactions(shown)}." if away >= WANT else "how much that matters cannot be told yet."),
        advice=advice.format(share=saying.percent(share_before)) if effect < 0 else "",
        habit=habit,
        effect=shown,
        away=away,
        beyond=beyond,
        posts=ground.shown(row.post.id for row in most(ones_now or ones_before, 1 if rate > 0 else -1)),
        post_count=len(ones),
        people=people,
        people_count=many,
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
