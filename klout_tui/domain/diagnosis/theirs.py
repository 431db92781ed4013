"""Reasons that lie in what others did: fewer or more people, one network, the same people doing more."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.findings import WANT, Cause, Finding
from klout_tui.domain.diagnosis.gather import Side
from klout_tui.domain.diagnosis.ground import Ground, Row, grown, interval, most, pile
from klout_tui.domain.diagnosis.lmdi import log_mean
from klout_tui.domain.diagnosis.moves import Move, by_network, odd_one, together
from klout_tui.domain.diagnosis.subjects import odd_topic

LITTLE: Final = 0.15
"""A logarithm of a ratio that is little change."""

REGULAR: Final = 3
"""Acts in a window that make somebody a regular."""


def audience(ground: Ground) -> Iterator[Finding]:
    """More or fewer people a post, whatever it is about, on all networks alike; and a network that went its own way."""
    moves = by_network(ground, without=odd_topic(ground))
    if not moves:
        return
    odd = odd_one(moves)
    rest = [move for move in moves if move is not odd]
    common, variance = together(rest)
    if odd is not None:
        yield _one_network(ground, odd, common, variance)
    if abs(common) / math.sqrt(variance) >= WANT:
        yield _everywhere(ground, rest, common, variance, odd)


def _everywhere(ground: Ground, rest: list[Move], common: float, variance: float, odd: Move | None) -> Finding:
    level = sum(move.posts * move.before.mean for move in rest)
    shown = grown(level, common, math.sqrt(variance))
    were, are = ground.people_before, ground.people_now
    fewer = common < 0
    if fewer:
        whom = sorted(
            (key for key in were if were[key] >= REGULAR and key not in are), key=lambda key: (-were[key], key)
        )
        told = f" {saying.counted(len(whom), 'regular')} of before did not come at all." if whom else ""
        advice = "Answer and thank those who still come; ask the ones who fell silent what they would like to read."
    else:
        whom = sorted((key for key in are if key not in were), key=lambda key: (-are[key], key))
        told = f" {saying.counted(len(whom), 'of them', 'of them')} had not come in the time before." if whom else ""
        advice = "Thank the new ones: who is answered comes back more often."
    people = f"{len(are):,} different people reacted instead of {len(were):,}; a" if were or are else "A"
    sorts = "" if all(row.plain for row in ground.rows) else ", adverts and repetitions apart"
    places = {move.label for move in rest}
    much, where = saying.than_before(math.exp(common)), "" if odd is None else " elsewhere"
    return Finding(
        cause=Cause.AUDIENCE,
        subject="",
        sentence=f"{people} post brings {much}{where}{sorts}: {saying.reactions(shown)}.{told}",
        advice=advice,
        effect=shown,
        away=abs(common) / math.sqrt(variance),
        people=ground.faces(whom),
        people_count=len(whom),
        posts=ground.shown(row.post.id for row in most(_on(places, ground), -1 if fewer else 1)),
        post_count=sum(move.post_count for move in rest),
    )


def _one_network(ground: Ground, move: Move, common: float, variance: float) -> Finding:
    where = saying.network(move.label)
    little, below = abs(common) < LITTLE, move.ratio < common
    told = most(_on({move.label}, ground), -1 if below else 1)
    people, many = ground.on(*(row for row in ground.calm[0 if below else 1] if row.network == move.label))
    elsewhere = "elsewhere little changed" if little else f"elsewhere it is {saying.than_before(math.exp(common))}"
    error = math.sqrt(move.variance + variance)
    shown = move.effect(common, error)
    fell = f"Look whether your people are still on {where}, and whether your posts there are seen."
    return Finding(
        cause=Cause.NETWORK,
        subject=move.label,
        sentence=f"On {where} a post brings {saying.decimal(move.now.mean)} reactions instead of "
        f"{saying.decimal(move.before.mean)}, while {elsewhere}: {saying.reactions(shown)}.",
        advice=fell if below else _worth(ground, move.label, where),
        effect=shown,
        away=abs(move.ratio - common) / error,
        posts=ground.shown(row.post.id for row in told),
        post_count=move.post_count,
        people=people,
        people_count=many,
    )


def _on(places: Collection[str], ground: Ground) -> list[Row]:
    """The later posts on some networks that stand in their rates."""
    return [row for row in ground.calm[1] if row.network in places]


def _worth(ground: Ground, network: str, where: str) -> str:
    """What to do about a network that rose: to rise is not yet to bring more than elsewhere."""
    here, there = (
        pile(row for row in ground.calm[1] if (row.network == network) is inside).mean for inside in (True, False)
    )
    if here > there:
        return f"{saying.capital(where)} is worth your time at the moment."
    return "Still less than a post brings elsewhere."


def acts(ground: Ground) -> Iterator[Finding]:
    """The same people doing more, or less, each; about posts of bursts apart."""
    people, did = zip(*(_each(ground, side) for side in (ground.book.before, ground.book.now)), strict=True)
    if not all(people):
        return
    each = did[0] / people[0], did[1] / people[1]
    error = math.sqrt(sum(max(much - those, 1.0) / much**2 for much, those in zip(did, people, strict=True)))
    away = abs(math.log(each[1] / each[0])) / error
    effect = log_mean(*did) * math.log(each[1] / each[0])
    if away < WANT or not effect:
        return
    unsure = log_mean(*did) * error
    were, are = ground.people_before, ground.people_now
    whom = sorted(were.keys() | are.keys(), key=lambda key: (-abs(are[key] - were[key]), key))
    # What moved it are posts to which the same people did several things.
    side = ground.book.now if effect > 0 else ground.book.before
    beyond = {name: acts.total() - len(acts) for name, acts in side.acts.items() if acts.total() > len(acts)}
    often = sorted(beyond.items(), key=lambda item: (-item[1], item[0]))
    yield Finding(
        cause=Cause.ACTS,
        subject="",
        sentence=f"Whoever reacted to a post did so {each[1]:.2f} times instead of {each[0]:.2f}: "
        f"{saying.reactions(shown := interval(effect, unsure))}.",
        advice="Answer: a conversation is what makes people come back to the same post." if effect < 0 else "",
        effect=shown,
        away=away,
        people=ground.faces(whom),
        people_count=len(whom),
        posts=ground.shown(name for name, _ in often),
        post_count=len(often),
    )


def _each(ground: Ground, side: Side) -> tuple[int, int]:
    """Distinct pairs of a person and a post, and what they did, posts of bursts apart: many do more about one post."""
    told = [acts for post, acts in side.acts.items() if not ground.spiky(ground.book.about[post].at)]
    return sum(map(len, told)), sum(acts.total() for acts in told)


def loose(ground: Ground) -> Iterator[Finding]:
    """Acts that are about no post: follows and mentions."""
    before, now = ground.book.before.loose.total(), ground.book.now.loose.total()
    if not before + now:
        return
    error = math.sqrt(before + now)
    away = abs(now - before) / error
    if away < 2 * WANT:
        return
    were, are = ground.book.before.loose_by, ground.book.now.loose_by
    whom = [key for key, _ in sorted((are if now > before else were).items(), key=lambda item: (-item[1], item[0]))]
    yield Finding(
        cause=Cause.LOOSE,
        subject="",
        sentence=f"{now:,} follows, mentions and other acts on no post of yours instead of {before:,}: "
        f"{saying.reactions(shown := interval(now - before, error))}.",
        advice="",
        effect=shown,
        away=away,
        people=ground.faces(whom, were, are),
        people_count=len(whom),
    )
