"""Reasons that lie in a topic: people came for it more than for the others, or she wrote about it more."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.findings import FEWEST, Cause, Finding
from klout_tui.domain.diagnosis.ground import Ground, Pile, Row, grown, most, pile, shares_apart
from klout_tui.domain.diagnosis.moves import by_itself, move

PICKED: Final = 2.5
"""The most striking of many topics looks striking by chance alone: so many standard errors count for one."""

WIDER: Final = 1.5
"""How much wider the interval of one of fifteen topics must be for all to hold (Bonferroni)."""

APART: Final = 3.5
"""Standard errors by which a topic must differ from all others for its change to be its own and nobody else's."""


def odd_topic(ground: Ground) -> str:
    """The topic that moved by itself, if one did; else nothing."""
    best, found = 0.0, ""
    for name, mine, others in _each(ground):
        if all(each.posts for each in (*mine, *others)):
            its, rest = move(ground, name, *mine), move(ground, "", *others)
            apart = abs(its.ratio - rest.ratio) / math.sqrt(its.variance + rest.variance)
            size = abs(its.effect(rest.ratio).reactions)
            if apart >= APART and by_itself(its.ratio, rest.ratio) and size > best:
                best, found = size, name
    return found


def topics(ground: Ground) -> Iterator[Finding]:
    """Topics that moved unlike the others, or that she wrote about more, or less; adverts and repetitions apart."""
    for name, mine, others in _each(ground):
        yield from _rose(ground, name, mine, others)
        yield from _leaned(ground, name, mine, others)


Both = tuple[Pile, Pile]
"""Of the earlier and of the later window."""


def _each(ground: Ground) -> Iterator[tuple[str, Both, Both]]:
    """Every topic with enough posts, and what is on others."""
    before, now = _by_topic(ground.calm[0]), _by_topic(ground.calm[1])
    all_before, all_now = (pile(row for row in rows if row.plain) for rows in ground.calm)
    for name in sorted(before.keys() | now.keys()):
        mine = before.get(name, Pile()), now.get(name, Pile())
        others = all_before - mine[0], all_now - mine[1]
        if mine[0].posts + mine[1].posts >= FEWEST and others[0].posts + others[1].posts >= FEWEST:
            yield name, mine, others


def _by_topic(rows: Iterable[Row]) -> dict[str, Pile]:
    sums: defaultdict[str, Pile] = defaultdict(Pile)
    for row in rows:
        if row.plain:
            for topic in row.topics:
                sums[topic] += Pile(1, row.acts)
    return dict(sums)


def _rose(ground: Ground, name: str, mine: Both, others: Both) -> Iterator[Finding]:
    if not all(each.posts for each in (*mine, *others)):
        return
    its, rest = move(ground, name, *mine), move(ground, "", *others)
    error = math.sqrt(its.variance + rest.variance)
    away = abs(its.ratio - rest.ratio) / error / PICKED
    if away < 1:
        return
    shown = its.effect(rest.ratio, WIDER * error)
    rose = its.ratio > rest.ratio
    told = most(_about(name, ground.calm[1]), 1 if rose else -1)
    people, many = ground.on(*(told if rose else _about(name, ground.calm[0])))
    yield Finding(
        cause=Cause.TOPIC,
        subject=name,
        sentence=f"A post on {name} brings {saying.decimal(mine[1].mean)} reactions instead of "
        f"{saying.decimal(mine[0].mean)}, one on something else {saying.decimal(others[1].mean)} instead of "
        f"{saying.decimal(others[0].mean)}: {saying.reactions(shown)}.",
        advice=_again(name, mine[1].mean, others[1].mean) if rose else "",
        effect=shown,
        away=away,
        posts=ground.shown(row.post.id for row in told),
        post_count=its.post_count,
        people=people,
        people_count=many,
    )


def _about(name: str, rows: Iterable[Row]) -> list[Row]:
    """The posts on a topic that stand in its rate."""
    return [row for row in rows if row.plain and name in row.topics]


def _again(name: str, brings: float, others: float) -> str:
    """What to do about a topic that rose: to rise is not yet to bring more than the others do."""
    if brings > others:
        return f"People come for {name} at the moment: write about it again."
    return f"Still less than your other posts bring, so no reason to write more about {name}."


def _leaned(ground: Ground, name: str, mine: Both, others: Both) -> Iterator[Finding]:
    """Writing more, or less, about a topic that brings more, or less, than the others do."""
    of = [mine[side].posts + others[side].posts for side in (0, 1)]
    if not all(of):
        return
    ones, rest = mine[0] + mine[1], others[0] + others[1]
    apart = abs(shares_apart(mine[1].posts, of[1], mine[0].posts, of[0]))
    rate = math.log((ones.acts + 0.5) / ones.posts * rest.posts / (rest.acts + 0.5))
    error = math.sqrt(ground.unsure(ones) + ground.unsure(rest))
    away = min(apart, abs(rate) / error)
    if away < PICKED:
        return
    shares = mine[0].posts / of[0], mine[1].posts / of[1]
    moved = sum(of) / 2 * (shares[1] - shares[0]) * rest.mean
    shown = grown(moved, rate, WIDER * error)
    more = shares[1] > shares[0]
    told = most(_about(name, ground.calm[1 if more else 0]), 1 if rate > 0 else -1)
    people, many = ground.on(*told)
    advice = "again" if rate > 0 else "less often" if more else ""
    yield Finding(
        cause=Cause.MIX,
        subject=name,
        sentence=f"You wrote {'more' if more else 'less'} about {name} ({saying.percent(shares[1])} of posts "
        f"instead of {saying.percent(shares[0])}). Such a post brings {saying.decimal(ones.mean)} reactions, another "
        f"{saying.decimal(rest.mean)}: {saying.reactions(shown)}.",
        advice=f"Write about {name} {advice}." if advice else "",
        effect=shown,
        away=away / PICKED,
        posts=ground.shown(row.post.id for row in told),
        post_count=ones.posts,
        people=people,
        people_count=many,
    )
