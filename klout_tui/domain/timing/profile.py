"""When her people act, with the hours at which she posted divided out.

Reactions follow posts: whoever posts at nine has reactions at nine, whenever people are awake. So a post's reactions
are taken to come at the rate ``m · g(d) · a(h)``: how much the post is worth (``m``), how attention fades with the
hours since (``g``, the delay), and how active her people are at that hour of the week (``a``, 1 being their usual
hour). Given how many people a post brought, only *which* hours they chose is looked at, so ``m`` drops out, and with
it everything that makes posts differ: topic, luck, a growing audience. What is left is a table, slot of the post by
hours after it, and the ``a`` and ``g`` that explain it best (Poisson maximum likelihood by turns): the reactions seen
in an hour, divided by those that would have come there had all hours been alike.

Counts are small, so ``a`` is drawn to its neighbours: to the hour of the day over all days, times the day over all
hours, each drawn to 1; and each hour is smoothed with the one before and after, round the clock and round the week.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import mul
from typing import Final

from klout_tui.domain.model import Value
from klout_tui.domain.timing.clock import DAY, WEEK

FULL: Final = 20.0
"""A post of n people weighs n · FULL / (FULL + n): a viral one tells of its own day only, as twenty people do."""

_ROUNDS: Final = 12
_HOURS: Final = 12.0
_DAYS: Final = 40.0
_CELL: Final = 15.0
"""People's worth of belief that an hour of the day, a day, a single slot is like the rest."""


class Profile(Value, frozen=True):
    """When her people act."""

    active: tuple[float, ...]
    """For each hour of the week, how active they are; 1 is the mean over the week."""
    evidence: tuple[float, ...]
    """For each hour of the week, the people expected there had all hours been alike: what is known of it."""
    delay: tuple[float, ...]
    """Of those who come within a day, the share that comes in the hour of the post, the next, and so on."""


class Table:
    """Reactions by the post's hour of the week and the hours since; all that the profile needs."""

    def __init__(self) -> None:
        self.counts = [0.0] * (WEEK * DAY)

    def add(self, place: int, hours: Sequence[int]) -> None:
        """Add one post.

        Args:
            place: The hour of the week it was published in.
            hours: For each person, how many hours later; those a day or more later are passed over.
        """
        within = [each for each in hours if each < DAY]
        if within:
            weight = FULL / (FULL + len(within))
            for each in within:
                self.counts[place * DAY + max(each, 0)] += weight

    def merged(self, others: Iterable[Table]) -> Table:
        """This and others together."""
        whole = Table()
        whole.counts = [sum(each) for each in zip(self.counts, *(other.counts for other in others), strict=True)]
        return whole

    def profile(self) -> Profile:
        """The profile that explains the table best; flat where it is empty."""
        rows = [self.counts[place * DAY : (place + 1) * DAY] for place in range(WEEK)]
        totals = [sum(row) for row in rows]
        posted = [place for place in range(WEEK) if totals[place]]
        by_delay = [sum(row[hour] for row in rows) for hour in range(DAY)]
        seen = [0.0] * WEEK
        for place in posted:
            for hour, count in enumerate(rows[place]):
                seen[(place + hour) % WEEK] += count
        whole = sum(totals)
        delay = [(count + 0.5) / (whole + 0.5 * DAY) for count in by_delay]
        active, expected = [1.0] * WEEK, [0.0] * WEEK
        for _ in range(_ROUNDS):
            ring = active + active[:DAY]
            expected, exposed = [0.0] * WEEK, [0.0] * DAY
            for place in posted:
                hours = ring[place : place + DAY]
                worth = totals[place] / sum(map(mul, delay, hours))
                for hour, share in enumerate(delay):
                    expected[(place + hour) % WEEK] += worth * share
                exposed = [before + worth * each for before, each in zip(exposed, hours, strict=True)]
            active = _smoothed(seen, expected)
            delay = [(count + 0.5) / (exposure + 0.5 * DAY) for count, exposure in zip(by_delay, exposed, strict=True)]
            size = sum(delay)
            delay = [each / size for each in delay]
        return Profile(active=tuple(active), evidence=tuple(expected), delay=tuple(delay))


def _smoothed(seen: Sequence[float], expected: Sequence[float]) -> list[float]:
    """Seen over expected, each hour of the week drawn to its neighbours; the mean is 1."""
    hour_seen = _ring([sum(seen[hour::DAY]) for hour in range(DAY)])
    hour_expected = _ring([sum(expected[hour::DAY]) for hour in range(DAY)])
    by_hour = [(n + _HOURS) / (e + _HOURS) for n, e in zip(hour_seen, hour_expected, strict=True)]
    base = [each * by_hour[place % DAY] for place, each in enumerate(expected)]
    by_day = [
        (sum(seen[day : day + DAY]) + _DAYS) / (sum(base[day : day + DAY]) + _DAYS) for day in range(0, WEEK, DAY)
    ]
    base = [each * by_day[place // DAY] for place, each in enumerate(base)]
    own = zip(_ring(seen), _ring(base), strict=True)
    single = [(n + _CELL) / (e + _CELL) for n, e in own]
    found = [by_hour[place % DAY] * by_day[place // DAY] * each for place, each in enumerate(single)]
    mean = sum(found) / WEEK
    return [each / mean for each in found]


def _ring(values: Sequence[float]) -> list[float]:
    """Each value as a mean of itself, twice, and its two neighbours, the last being the first's."""
    size = len(values)
    return [(values[place - 1] + 2 * value + values[(place + 1) % size]) / 4 for place, value in enumerate(values)]
