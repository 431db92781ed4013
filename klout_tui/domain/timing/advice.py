"""When to post, per network and in all: what was seen, what follows, how sure that is, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from klout_tui.domain.model import Value
from klout_tui.domain.responses import Response
from klout_tui.domain.tags import canonical_topics
from klout_tui.domain.timing.clock import DAY, HOUR, Clock, slot, week
from klout_tui.domain.timing.heldout import Gain, Trial, best, held_out, slots_of, table_of
from klout_tui.domain.timing.profile import Profile
from klout_tui.domain.timing.windows import Window, windows
from klout_tui.domain.timing.worth import FIRST, Slot
from klout_tui.domain.usual import LEAST, by_topic, times_usual, usual

SPAN: Final = timedelta(weeks=52)
"""How far back is looked: audiences move, and a year has every season once."""

RIPE: Final = timedelta(days=1)
"""A younger post is not judged yet."""

LEAST_POSTS: Final = 30
LEAST_PEOPLE: Final = 100
"""Posts that brought anybody, and people they brought within a day, under which nothing is advised."""

ACTIVE_HOURS: Final = 24
"""Hours of the week called the most active ones: a seventh of it."""


class Made(Value, frozen=True):
    """A post behind the advice."""

    id: str
    account: str
    at: int
    """Microseconds since 1970, UTC."""
    place: int
    """The hour of the week it was published in, Monday 0:00 being 0."""
    people: int
    """Who came in the first hours."""
    usual: float
    """How many usually come, on that account, around that time, for those topics."""
    title: str


class Timing(Value, frozen=True):
    """When to post on one network, or on all."""

    network: str | None
    """None is all of them."""
    posts: int
    """That can be judged."""
    people: int
    """Who came to them within a day by a date of their own, once a post."""
    undated: int
    """Who were left out, since only an estimated date is known."""
    untold: int
    """Posts left out, since their reactions are known by number only."""
    lacking: str = ""
    """Why nothing is advised, in words; empty where something is."""
    profile: Profile | None = None
    slots: tuple[Slot, ...] = ()
    """Each hour of the week, Monday 0:00 first; empty where nothing is advised."""
    active: tuple[Window, ...] = ()
    """When her people are most active, the most active first."""
    best: tuple[Window, ...] = ()
    """When a post is worth most, the best first."""
    gain: Gain | None = None
    """None where too few posts fell into the best hours to tell."""
    made: tuple[Made, ...] = ()
    """Her posts, oldest first."""

    @property
    def speaks(self) -> bool:
        """Whether there is enough to say anything."""
        return not self.lacking


def timing(responses: Sequence[Response], now: int, zone: ZoneInfo) -> tuple[Timing, ...]:
    """The advice for all networks together, then for each where there are several, most posts first.

    Args:
        responses: Her posts of the last ``SPAN``, by time, without those whose own date is estimated.
        now: Microseconds since 1970, UTC.
        zone: The user's.
    """
    ripe = now - RIPE // timedelta(microseconds=1)
    old = [each for each in responses if each.at <= ripe]
    clock = Clock(zone)
    networks = sorted({each.network for each in old}, key=lambda name: (-sum(e.network == name for e in old), name))
    whole = _timing(None, old, clock)
    if len(networks) < 2:
        return (whole,)
    return (whole, *(_timing(name, [each for each in old if each.network == name], clock) for name in networks))


def _timing(network: str | None, responses: Sequence[Response], clock: Clock) -> Timing:
    told = [each for each in responses if each.is_told]
    counts = [each.within(FIRST * HOUR) for each in told]
    usuals = _usuals(told, counts)
    trials = trials_of(told, times_usual(counts, usuals), clock)
    people = sum(len(trial.hours) for trial in trials)
    seen = Timing(
        network=network,
        posts=len(told),
        people=people,
        undated=sum(each.undated for each in told),
        untold=len(responses) - len(told),
        lacking=_lacking(sum(bool(trial.hours) for trial in trials), people),
        made=tuple(map(_made, told, trials, counts, usuals)),
    )
    if seen.lacking:
        return seen
    table = table_of(trials)
    profile, slots = table.profile(), slots_of(table, trials)
    values = [each.worth for each in slots]
    order = sorted(range(len(values)), key=lambda place: (-profile.active[place], place))
    return msgspec.structs.replace(
        seen,
        profile=profile,
        slots=slots,
        active=windows(order[:ACTIVE_HOURS], profile.active),
        best=windows(best(slots), values),
        gain=held_out(trials),
    )


def trials_of(responses: Sequence[Response], times: Sequence[float], clock: Clock) -> list[Trial]:
    """The posts as the advice sees them.

    Args:
        responses: The posts.
        times: How many times its usual each brought.
        clock: The user's.
    """
    found = []
    for each, brought in zip(responses, times, strict=True):
        begun = clock.hours(each.at)
        later = (clock.hours(each.at + delay) - begun for delay in each.delays if delay < DAY * HOUR)
        found.append(Trial(place=slot(begun), week=week(begun), hours=tuple(later), times=brought))
    return found


def _made(response: Response, trial: Trial, people: int, expected: float) -> Made:
    return Made(
        id=response.id,
        account=response.account,
        at=response.at,
        place=trial.place,
        people=people,
        usual=expected,
        title=response.title,
    )


def _usuals(told: Sequence[Response], counts: Sequence[int]) -> list[float]:
    """What such a post usually brings: on that account, around that time, on those topics."""
    usuals = usual([each.account for each in told], counts)
    does = by_topic([canonical_topics(each.topics) for each in told], times_usual(counts, usuals))
    return [max(LEAST, expected * factor) for expected, factor in zip(usuals, does, strict=True)]


def _lacking(posts: int, people: int) -> str:
    lacks = []
    if posts < LEAST_POSTS:
        lacks.append(f"{posts} posts that brought somebody, {LEAST_POSTS} are needed")
    if people < LEAST_PEOPLE:
        lacks.append(f"{people} people within a day of a post, {LEAST_PEOPLE} are needed")
    return "; ".join(lacks)
