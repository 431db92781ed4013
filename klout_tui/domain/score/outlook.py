"""What will fade out of a score if nothing new comes, and what would move it most: computed, never canned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from math import pow
from typing import Final

import msgspec

from klout_tui.domain.model import InteractionKind, Value
from klout_tui.domain.score.explain import Change, change, explanation
from klout_tui.domain.score.gauge import Gauge
from klout_tui.domain.score.tallies import Crowd, Echoing, Tallies, Tally

AHEAD: Final = 7
"""Days looked ahead."""
NEW_PEOPLE: Final = 3
"""So many people are thought to come in one move."""
FAR: Final = 10_000
"""Followers of the one far-reaching person of a move."""
LEAST: Final = 0.005
"""Points under which a step moves nothing that is shown."""
ACCOUNTS: Final = 4
"""Accounts told of: those that give most."""


class Fading(Value, frozen=True):
    """The next days if nothing new comes."""

    scores: tuple[float, ...]
    """Of the next ``AHEAD`` days."""
    change: Change
    """Between today and the last of them, taken apart."""

    @property
    def points(self) -> float:
        """By how much the score changes over those days; not above 0."""
        return self.change.points


class Step(StrEnum):
    """What could happen."""

    VOICES = "voices"
    """New people answer an original."""
    FAR = "far"
    """One new person who reaches far reposts."""
    LIKES = "likes"
    """People without an audience like an original."""
    POST = "post"
    """One more original gets what hers usually get, from people who are present already."""
    IGNORED = "ignored"
    """One more original gets nothing."""
    QUIET = "quiet"
    """A week without anything."""


class Move(Value, frozen=True):
    """What one step would do to the score, all else the same."""

    step: Step
    points: float
    account: str | None
    """None: all of them."""
    count: int = 1
    """How many people, posts or days."""


def fading(gauge: Gauge, tallies: Tallies, day: date) -> Fading:
    """What the score comes to over the next days if nothing new comes."""
    left = gauge.model.left_after
    now = explanation(gauge, tallies, day)
    then = explanation(gauge, tallies.faded(left(AHEAD)), day + timedelta(days=AHEAD))
    return Fading(
        scores=tuple(gauge.score(tallies.faded(left(ahead))) for ahead in range(1, AHEAD + 1)),
        change=change(now, then, day),
    )


def moves(gauge: Gauge, tallies: Tallies, accounts: Iterable[str], day: date) -> tuple[Move, ...]:
    """What would move the score most, upwards first; then what would lower it.

    Args:
        gauge: The formula.
        tallies: The sums now.
        accounts: Ids of the accounts that something may happen on: the linked ones.
        day: Today.
    """
    now = gauge.score(tallies)
    wanted = set(accounts)
    mine = sorted((each for each in tallies.accounts if each.account in wanted), key=gauge.score_of, reverse=True)[
        :ACCOUNTS
    ]
    found = []
    for tally in mine:
        for step, count, after in _steps(gauge, tally):
            told = Move(
                step=step,
                points=gauge.score(_with(tallies, tally, after)) - now,
                account=tally.account,
                count=count,
            )
            found.append(told)
    quiet = fading(gauge, tallies, day).points
    found.append(Move(step=Step.QUIET, points=quiet, account=None, count=AHEAD))
    telling = (move for move in found if abs(move.points) >= LEAST)
    return tuple(sorted(telling, key=lambda move: (-move.points, move.step, move.account or "")))


def _steps(gauge: Gauge, tally: Tally) -> Iterable[tuple[Step, int, Tally]]:
    model, crowd, echoing = gauge.model, tally.crowd, tally.echoing
    typical = crowd.audience / crowd.people if crowd.people else gauge.weight_of(model.impact_audience)
    reply, repost = model.presence[InteractionKind.REPLY], model.presence[InteractionKind.REPOST]
    like, power = model.presence[InteractionKind.LIKE], model.amplification_power
    yield Step.VOICES, NEW_PEOPLE, _more(tally, NEW_PEOPLE * reply, typical, pow(NEW_PEOPLE * reply, power))
    yield Step.FAR, 1, _more(tally, repost, gauge.weight_of(FAR), pow(repost, power))
    if InteractionKind.LIKE in model.faint.kinds:
        yield (
            Step.LIKES,
            NEW_PEOPLE,
            msgspec.structs.replace(
                tally,
                crowd=crowd._replace(faint=crowd.faint + NEW_PEOPLE * like),
                echoing=echoing._replace(faint=echoing.faint + pow(NEW_PEOPLE * like, power)),
            ),
        )
    if echoing.posts >= 1.0:
        usual = Echoing(
            acts=echoing.acts + echoing.acts / echoing.posts,
            faint=echoing.faint + echoing.faint / echoing.posts,
            posts=echoing.posts + 1.0,
        )
        yield Step.POST, 1, msgspec.structs.replace(tally, echoing=usual)
    yield Step.IGNORED, 1, msgspec.structs.replace(tally, echoing=echoing._replace(posts=echoing.posts + 1.0))


def _more(tally: Tally, people: float, reach: float, acts: float) -> Tally:
    crowd, echoing = tally.crowd, tally.echoing
    return msgspec.structs.replace(
        tally,
        crowd=crowd._replace(people=crowd.people + people, audience=crowd.audience + people * reach),
        echoing=echoing._replace(acts=echoing.acts + acts),
    )


def _with(tallies: Tallies, before: Tally, after: Tally) -> Tallies:
    """All sums with one account's replaced; whoever is new there is new everywhere."""
    more = Crowd(*(there + b - a for there, a, b in zip(tallies.crowd, before.crowd, after.crowd, strict=True)))
    accounts = tuple(after if each is before else each for each in tallies.accounts)
    return Tallies(crowd=more, accounts=accounts)
