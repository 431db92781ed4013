"""Whether the advice would have helped: measured on posts that had no part in it.

Her weeks are dealt into ``FOLDS`` parts. For each part the best hours are found from the other parts alone, and the
posts of this part that happened to fall into them are compared with all posts of it: how many times its usual each
brought. So every post is judged once, by advice that does not know it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from klout_tui.domain.model import Value
from klout_tui.domain.timing.clock import WEEK
from klout_tui.domain.timing.profile import Table
from klout_tui.domain.timing.worth import SURE, Slot, worths

FOLDS: Final = 4
BEST: Final = 24
"""Hours of the week that are called best: a seventh of it."""

LEAST_TRIED: Final = 8
"""Held-out posts in the best hours under which no gain is claimed."""


class Gain(Value, frozen=True):
    """What the best hours brought over her usual hours, on posts the advice did not know."""

    gain: float
    """0.06 is 6 % more people in the first hours."""
    low: float
    high: float
    """Ends of a 95 % interval."""
    tried: int
    """Held-out posts in the best hours."""
    posts: int
    """Held-out posts in all."""

    @property
    def differs(self) -> bool:
        """Whether chance alone would not make such a difference."""
        return self.low > 0 or self.high < 0


class Trial(Value, frozen=True):
    """One post, as the advice sees it."""

    place: int
    """The hour of the week it was published in."""
    week: int
    """Number of its local week."""
    hours: tuple[int, ...]
    """For each person, how many hours later they came."""
    times: float
    """How many times its usual it brought in the first hours."""


def best(slots: Sequence[Slot]) -> frozenset[int]:
    """The ``BEST`` hours of the week; of equal ones the earlier."""
    order = sorted(range(WEEK), key=lambda place: (-slots[place].worth, place))
    return frozenset(order[:BEST])


def table_of(trials: Sequence[Trial]) -> Table:
    """The reactions of these posts."""
    table = Table()
    for trial in trials:
        table.add(trial.place, trial.hours)
    return table


def slots_of(table: Table, trials: Sequence[Trial]) -> tuple[Slot, ...]:
    """What each hour of the week is worth, by these posts and the table of their reactions."""
    return worths(table.profile(), [trial.place for trial in trials], [trial.times for trial in trials])


def held_out(trials: Sequence[Trial]) -> Gain | None:
    """The gain on held-out posts; None where too few of them fell into the best hours to tell."""
    return gain_of(judged(trials))


def judged(trials: Sequence[Trial]) -> list[tuple[float, bool]]:
    """For each post how many times its usual it brought, and whether advice from the others calls its hour best."""
    parts: list[list[Trial]] = [[] for _ in range(FOLDS)]
    for trial in trials:
        parts[trial.week % FOLDS].append(trial)
    tables = [table_of(part) for part in parts]
    found: list[tuple[float, bool]] = []
    for number, part in enumerate(parts):
        others = [trial for other, each in enumerate(parts) if other != number for trial in each]
        if part and others:
            table = Table().merged(each for other, each in enumerate(tables) if other != number)
            chosen = best(slots_of(table, others))
            found += [(trial.times, trial.place in chosen) for trial in part]
    return found


def gain_of(judged: Sequence[tuple[float, bool]]) -> Gain | None:
    """The gain of the posts in the best hours over all posts.

    Args:
        judged: For each post how many times its usual it brought, and whether it fell into the best hours.
    """
    tried = [times for times, chosen in judged if chosen]
    return gain_from(
        len(tried), sum(tried), len(judged), sum(times for times, _ in judged), sum(times**2 for times, _ in judged)
    )


def gain_from(tried: int, brought: float, posts: int, total: float, squares: float) -> Gain | None:
    """The gain from sums alone.

    The interval is that of the logarithm of a ratio of two means that share posts, with the spread of all posts: that
    of a few lucky or unlucky ones would be too wide or too narrow.

    Args:
        tried: Posts in the best hours.
        brought: What they brought, added up.
        posts: All posts.
        total: What they brought.
        squares: The same, each squared first.
    """
    if tried < LEAST_TRIED or brought <= 0:
        return None
    mean = total / posts
    ratio = brought / tried / mean
    spread = max(0.0, squares - posts * mean**2) / (posts - 1) / mean**2
    error = math.sqrt(spread * (1 / tried - 1 / posts)) * _quantile(tried - 1)
    return Gain(
        gain=ratio - 1,
        low=ratio * math.exp(-error) - 1,
        high=ratio * math.exp(error) - 1,
        tried=tried,
        posts=posts,
    )


def _quantile(freedom: int) -> float:
    """Student's 97.5 % quantile, to a hundredth from seven degrees of freedom up."""
    return SURE + 2.4 / freedom + 2.8 / freedom**2
