"""Reasons that lie in what others did: fewer or more people, one network, one topic, the same people doing more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.findings import Cause, Finding
from klout_tui.domain.diagnosis.ground import Ground, Row, interval, log_ratio, mean
from klout_tui.domain.diagnosis.hers import FEWEST, WANT
from klout_tui.domain.diagnosis.split import UNTAGGED, By

APART: Final = 2.5
"""Standard errors by which one network must differ from the others to be told of by itself."""

RATHER: Final = 0.5
"""How much of its change the others may share at most."""

PICKED: Final = 2.5
"""The most striking of many topics looks striking by chance alone: this many standard errors count for nothing."""

REGULAR: Final = 3
"""Acts in a window that make somebody a regular."""


@dataclass(frozen=True)
class _Move:
    """How what a post brings changed on one network, or in one topic."""

    label: str
    before: tuple[Row, ...]
    now: tuple[Row, ...]
    ratio: float
    """Logarithm of how many times as much."""
    variance: float

    @property
    def posts(self) -> float:
        """Posts a window, on average."""
        return (len(self.before) + len(self.now)) / 2

    def effect(self, ratio: float) -> float:
        """Reactions that a change of the rate from ``ratio`` to its own makes."""
        return self.posts * mean(self.before) * (math.exp(self.ratio) - math.exp(ratio))


def audience(ground: Ground) -> Iterator[Finding]:
    """More or fewer people a post, on all networks alike; and a network that went its own way."""
    moves = _moves(ground)
    if not moves:
        return
    odd = _odd(moves)
    rest = [move for move in moves if move is not odd]
    common, variance = _together(rest)
    if odd is not None:
        yield _one_network(ground, odd, common, variance)
    away = abs(common) / math.sqrt(variance)
    if away < WANT:
        return
    level = sum(move.posts * mean(move.before) for move in rest)
    effect = level * (math.exp(common) - 1)
    error = level * math.exp(common) * math.sqrt(variance)
    were, are = ground.people_before, ground.people_now
    silent = sorted(
        (key for key, acts in were.items() if acts >= REGULAR and key not in are), key=lambda key: (-were[key], key)
    )
    fresh = sorted((key for key in are if key not in were), key=lambda key: (-are[key], key))
    fewer = common < 0
    gone = f" {saying.counted(len(silent), 'regular')} of before did not come at all." if fewer and silent else ""
    came = (
        f" {saying.counted(len(fresh), 'person', 'people')} had not come in the time before."
        if not fewer and fresh
        else ""
    )
    named = bool(were or are)
    whom = f"{len(are):,} different people reacted instead of {len(were):,}; a" if named else "A"
    yield Finding(
        cause=Cause.AUDIENCE,
        subject="",
        sentence=f"{whom} post brings {saying.less_or_more(math.exp(common))} than before"
        f"{'' if odd is None else ' elsewhere'}, also where it neither advertises nor repeats: "
        f"{saying.reactions(shown := interval(effect, error))}.{gone or came}",
        advice="Answer and thank those who still come; ask the ones who fell silent what they would like to read."
        if fewer
        else "Thank the new ones: who is answered comes back more often.",
        effect=shown,
        away=away,
        people=ground.faces(silent if fewer else fresh),
        people_count=len(silent if fewer else fresh),
        posts=ground.shown(row.post.id for row in _latest(rest)),
        post_count=sum(len(move.before) + len(move.now) for move in rest),
    )


def topics(ground: Ground) -> Iterator[Finding]:
    """A topic people came for more, or less, than for the others; and one she wrote about more, or less."""
    names = {topic for row in (*ground.before, *ground.now) for topic in row.topics}
    rows = (*ground.before, *ground.now)
    for name in sorted(names):
        move = _move(
            ground,
            name,
            [row for row in ground.before if name in row.topics],
            [row for row in ground.now if name in row.topics],
        )
        others = [row for row in rows if name not in row.topics]
        if len(others) < FEWEST or len(move.before) + len(move.now) < FEWEST:
            continue
        yield from _rose(ground, move)
        yield from _leaned(ground, move, others)


def acts(ground: Ground) -> Iterator[Finding]:
    """The same people doing more, or less, each."""
    table = ground.splits.tables[By.NETWORK]
    people = sum(part.before.people for part in table), sum(part.now.people for part in table)
    did = sum(part.before.acts for part in table), sum(part.now.acts for part in table)
    if not all(people):
        return
    each = did[0] / people[0], did[1] / people[1]
    error = math.sqrt(sum(max(much - those, 1.0) / much**2 for much, those in zip(did, people, strict=True)))
    away = abs(math.log(each[1] / each[0])) / error
    effect = ground.splits.shares().acts
    if away < WANT or not effect:
        return
    unsure = (did[0] + did[1]) / 2 * error
    yield Finding(
        cause=Cause.ACTS,
        subject="",
        sentence=f"Whoever reacted to a post did so {each[1]:.2f} times instead of {each[0]:.2f}: "
        f"{saying.reactions(shown := interval(effect, unsure))}.",
        advice="Answer: a conversation is what makes people come back to the same post." if effect < 0 else "",
        effect=shown,
        away=away,
    )


def loose(ground: Ground) -> Iterator[Finding]:
    """Acts that are about no post: follows and mentions."""
    before, now = ground.book.before.loose.total(), ground.book.now.loose.total()
    if not before + now:
        return
    error = math.sqrt(before + now)
    away = abs(now - before) / error
    if away < 2 * WANT:
        return
    yield Finding(
        cause=Cause.LOOSE,
        subject="",
        sentence=f"{now:,} follows, mentions and other acts on no post of yours instead of {before:,}: "
        f"{saying.reactions(shown := interval(now - before, error))}.",
        advice="",
        effect=shown,
        away=away,
    )


def _moves(ground: Ground) -> list[_Move]:
    """What a post brings on each network, where there were posts in both windows.

    Adverts are held against adverts and repetitions against repetitions, so that more of them do not look like fewer
    people.
    """
    found = []
    for name in sorted({row.network for row in (*ground.before, *ground.now)}):
        before, now = ([row for row in side if row.network == name] for side in (ground.before, ground.now))
        alike = [
            move
            for sort in ((False, False), (True, False), (False, True), (True, True))
            if (move := _sort(ground, sort, before, now)) is not None
        ]
        if alike and sum(row.acts for row in (*before, *now)):
            ratio, variance = _together(alike)
            found.append(_Move(name, tuple(before), tuple(now), ratio, variance))
    return found


def _sort(ground: Ground, sort: tuple[bool, bool], before: Sequence[Row], now: Sequence[Row]) -> _Move | None:
    """How posts of one sort moved, where there were some in both windows."""
    ones = [[row for row in rows if (row.promotes, row.repeats) == sort] for rows in (before, now)]
    return _move(ground, "", *ones) if all(ones) else None


def _move(ground: Ground, label: str, before: Sequence[Row], now: Sequence[Row]) -> _Move:
    variance = ground.unsure(before) + ground.unsure(now)
    return _Move(label, tuple(before), tuple(now), log_ratio(before, now), variance)


def _odd(moves: Sequence[_Move]) -> _Move | None:
    """The network that moved by itself, if one did."""
    best: tuple[float, _Move] | None = None
    for move in moves:
        rest = [other for other in moves if other is not move]
        if not rest:
            return None
        common, variance = _together(rest)
        apart = abs(move.ratio - common) / math.sqrt(move.variance + variance)
        opposite = common * move.ratio < 0 and abs(move.ratio) > abs(common)
        strange = opposite or abs(common) <= RATHER * abs(move.ratio)
        size = abs(move.effect(common))
        if apart >= APART and strange and (best is None or size > best[0]):
            best = size, move
    return best[1] if best else None


def _together(moves: Sequence[_Move]) -> tuple[float, float]:
    """The common change of several, by how surely each is known, and its variance."""
    weights = [1 / move.variance for move in moves]
    total = sum(weights)
    return sum(weight * move.ratio for weight, move in zip(weights, moves, strict=True)) / total, 1 / total


def _one_network(ground: Ground, move: _Move, common: float, variance: float) -> Finding:
    effect = move.effect(common)
    error = math.sqrt(move.variance + variance)
    unsure = _error(ground, move)
    fell = move.ratio < common
    was, is_ = mean(move.before), mean(move.now)
    where = saying.network(move.label)
    elsewhere = (
        "elsewhere little changed"
        if abs(common) < 0.15
        else (f"elsewhere it is {saying.less_or_more(math.exp(common))}")
    )
    shown = interval(effect, unsure)
    return Finding(
        cause=Cause.NETWORK,
        subject=move.label,
        sentence=f"On {where} a post brings {saying.decimal(is_)} reactions instead of {saying.decimal(was)}, while "
        f"{elsewhere}: {saying.reactions(shown)}.",
        advice=f"Look whether your people are still on {where}, and whether your posts there are seen."
        if fell
        else f"{where[0].upper()}{where[1:]} is worth your time at the moment.",
        effect=shown,
        away=abs(move.ratio - common) / error,
        posts=ground.shown(row.post.id for row in _latest([move])),
        post_count=len(move.before) + len(move.now),
    )


def _rose(ground: Ground, whole: _Move) -> Iterator[Finding]:
    before, now = ([row for row in rows if row.plain] for rows in (ground.before, ground.now))
    mine = [[row for row in rows if whole.label in row.topics] for rows in (before, now)]
    others = [[row for row in rows if whole.label not in row.topics] for rows in (before, now)]
    if not all(mine) or not all(others):
        return
    move, rest = _move(ground, whole.label, *mine), _move(ground, "", *others)
    error = math.sqrt(move.variance + rest.variance)
    away = abs(move.ratio - rest.ratio) / error
    if away < PICKED:
        return
    effect = move.effect(rest.ratio)
    up = move.ratio > rest.ratio
    shown = interval(effect, _error(ground, move))
    yield Finding(
        cause=Cause.TOPIC,
        subject=move.label,
        sentence=f"A post on {move.label} brings {saying.decimal(mean(move.now))} reactions instead of "
        f"{saying.decimal(mean(move.before))}, one on something else {saying.decimal(mean(rest.now))} instead of "
        f"{saying.decimal(mean(rest.before))}: {saying.reactions(shown)}.",
        advice=f"People come for {move.label} at the moment: write about it again." if up else "",
        effect=shown,
        away=away / PICKED,
        posts=ground.shown(row.post.id for row in _latest([move])),
        post_count=len(move.before) + len(move.now),
    )


def _leaned(ground: Ground, move: _Move, others: Sequence[Row]) -> Iterator[Finding]:
    """Writing more, or less, about a topic that brings more, or less, than the others do."""
    if move.label == UNTAGGED or not ground.before or not ground.now:
        return
    ones = [row for row in (*move.before, *move.now) if row.plain]
    plain = [row for row in others if row.plain]
    if len(ones) < FEWEST or len(plain) < FEWEST:
        return
    shares = len(move.before) / len(ground.before), len(move.now) / len(ground.now)
    pooled = (len(move.before) + len(move.now) + 0.5) / (len(ground.before) + len(ground.now) + 1)
    apart = abs(shares[1] - shares[0]) / math.sqrt(
        pooled * (1 - pooled) * (1 / len(ground.before) + 1 / len(ground.now))
    )
    rate = math.log((mean(ones) + 0.5 / len(ones)) / (mean(plain) + 0.5 / len(plain)))
    error = math.sqrt(ground.unsure(ones) + ground.unsure(plain))
    away = min(apart, abs(rate) / error)
    if away < PICKED:
        return
    posts = (len(ground.before) + len(ground.now)) / 2
    effect = posts * (shares[1] - shares[0]) * mean(plain) * (math.exp(rate) - 1)
    shown = interval(effect, abs(posts * (shares[1] - shares[0])) * mean(plain) * math.exp(rate) * error)
    more = shares[1] > shares[0]
    yield Finding(
        cause=Cause.MIX,
        subject=move.label,
        sentence=f"You wrote {'more' if more else 'less'} about {move.label} ({saying.percent(shares[1])} of posts "
        f"instead of {saying.percent(shares[0])}). Such a post brings {saying.decimal(mean(ones))} reactions, another "
        f"{saying.decimal(mean(plain))}: {saying.reactions(shown)}.",
        advice=f"Write about {move.label} {'again' if rate > 0 else 'less often'}."
        if (rate > 0) != more or more
        else "",
        effect=shown,
        away=away / PICKED,
        posts=ground.shown(row.post.id for row in _latest([move])),
        post_count=len(move.before) + len(move.now),
    )


def _error(ground: Ground, move: _Move) -> float:
    """The standard error of the difference of both means, for as many posts as there are in a window."""
    squares = (mean(rows) ** 2 * ground.unsure(rows) for rows in (move.before, move.now))
    return move.posts * math.sqrt(sum(squares))


def _latest(moves: Sequence[_Move]) -> list[Row]:
    rows = [row for move in moves for row in (*move.before, *move.now)]
    return sorted(rows, key=lambda row: -row.post.at)
