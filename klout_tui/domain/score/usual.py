"""The normal range of a score: what it could as well be, had her past weeks come in another order.

What each of the last weeks added is one block; new half-years are put together of blocks drawn at random, with
replacement, and scored (a block bootstrap, Künsch 1989; whole weeks, so that weekdays stay together). Eight in ten of
those scores lie in the range. The newest four weeks are not among the blocks: they are
what is judged, and a month of silence must not make silence usual. The draws are the same
every day, so the range moves only when the weeks do.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor
from random import Random
from typing import Final

from klout_tui.domain.engagement import quantile
from klout_tui.domain.model import Value
from klout_tui.domain.score.course import Course
from klout_tui.domain.score.gauge import Factors
from klout_tui.domain.score.tallies import Crowd, Echoing, Tallies

WEEKS: Final = 26
"""Weeks drawn from, and drawn."""

LEAST_WEEKS: Final = 8
"""Weeks under which nothing is said of what is usual."""

JUDGED: Final = 4
"""Newest weeks that are not drawn from."""

DRAWS: Final = 200
PART: Final = (0.10, 0.90)
"""Quantiles of the range, as of the band on the chart of reactions."""
_SEED: Final = 5
_WEEK: Final = 7


class Usual(Value, frozen=True):
    """A normal range of scores."""

    low: float
    high: float

    @property
    def whole(self) -> tuple[int, int]:
        """The range in whole points, widened to them: "39 to 43"."""
        return max(1, floor(self.low)), min(100, ceil(self.high))

    def holds(self, score: float) -> bool:
        """Whether a score is usual; by the tenths and whole points that are shown, so that words and numbers agree."""
        low, high = self.whole
        return low <= round(score, 1) <= high


def usual(course: Course, day: int) -> Usual | None:
    """The usual range of the score on a day (ordinal); None while too few weeks are known."""
    if course.begun is None or course.score(day) is None:
        return None
    weeks = min(WEEKS, (day - course.begun) // _WEEK - JUDGED)
    if weeks < LEAST_WEEKS:
        return None
    left = course.model.left_after(_WEEK)
    names = [track.account for track in course.tracks]
    ends = [_flat(course.tallies(day - _WEEK * back), names) for back in range(weeks + JUDGED, JUDGED - 1, -1)]
    added = [[b - a * left for a, b in zip(before, after, strict=True)] for before, after in pairwise(ends)]
    begin = [each * left**weeks for each in ends[0]]
    random = Random(_SEED)
    scores = sorted(_score(course, _drawn(begin, added, weeks, left, random)) for _ in range(DRAWS))
    return Usual(low=round(quantile(scores, PART[0]), 6), high=round(quantile(scores, PART[1]), 6))


def _drawn(begin: list[float], added: list[list[float]], weeks: int, left: float, random: Random) -> list[float]:
    """The sums after weeks drawn at random."""
    weights = [left**back for back in range(weeks)]
    picked: dict[int, float] = {}
    for weight in weights:
        week = random.randrange(len(added))
        picked[week] = picked.get(week, 0.0) + weight
    columns = [begin, *(added[week] for week in picked)]
    factors = [1.0, *picked.values()]
    return [
        max(0.0, sum(weight * each for weight, each in zip(factors, column, strict=True)))
        for column in zip(*columns, strict=True)
    ]


def _flat(tallies: Tallies, names: list[str]) -> list[float]:
    by_name = {each.account: each.echoing for each in tallies.accounts}
    flat = [*tallies.crowd]
    for name in names:
        flat += by_name.get(name, Echoing())
    return flat


def _score(course: Course, flat: list[float]) -> float:
    gauge = course.gauge
    crowd = Crowd(*flat[:3])
    returned = sum(gauge.amplification(Echoing(*flat[at : at + 3])) for at in range(3, len(flat), 3))
    return 1.0 + sum(gauge.points(Factors(gauge.reach(crowd), returned, crowd.audience)))
