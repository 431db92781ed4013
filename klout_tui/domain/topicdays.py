"""Reactions a day by topic, for the chart: each reaction stands for one topic only, so that the parts add up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.digest import HIDDEN, Digest, ticks
from klout_tui.domain.tags import canonical_topics

TOPICS: Final = 5
"""Topics told apart; a chart with more parts is a carpet."""

OTHER: Final = "other"
"""The part of reactions to anything else, or to nothing that carries a topic."""

TopicDays = Mapping[str, Mapping[date, int]]
"""By topic, the one most come for first, reactions by local day."""


def topic_days(history: Iterable[Digest], days: Days, first: date, last: date, topics: int = TOPICS) -> TopicDays:
    """Reactions between two local days by topic.

    A reaction to something on several topics is counted for that of them most people came for in these days.

    Args:
        history: The months these days lie in, without what is not to be shown.
        days: Tells the bounds of a local day.
        first: The first local day.
        last: The last.
        topics: How many are told apart; the rest is ``OTHER``, which comes last.
    """
    span = (last - first).days + 1
    dates = [first + timedelta(days=each) for each in range(span)]
    bounds = [ticks(days.start(day)) for day in (*dates, last + timedelta(days=1))]
    by_day: list[Counter[tuple[str, ...]]] = [Counter() for _ in dates]
    for digest in history:
        _count(digest, bounds, by_day)
    ranks: Counter[str] = Counter()
    for counts in by_day:
        for about, count in counts.items():
            ranks.update(dict.fromkeys(about, count))
    shown = [topic for topic, _ in sorted(ranks.items(), key=lambda item: (-item[1], item[0]))[:topics]]
    parts: dict[str, dict[date, int]] = {topic: {} for topic in (*shown, OTHER)}
    for day, counts in zip(dates, by_day, strict=True):
        for about, count in counts.items():
            part = parts[next((topic for topic in shown if topic in about), OTHER)]
            part[day] = part.get(day, 0) + count
    return parts


def _count(digest: Digest, bounds: Sequence[int], by_day: Sequence[Counter[tuple[str, ...]]]) -> None:
    """Add a month's reactions to the days they lie in, by what they are about."""
    about = [canonical_topics(post.topics) for post in digest.posts]
    of_row = _topics_of(digest, [*about, ()])  # where an act is to no post, its place is -1
    hidden = digest.has_hidden
    cuts = [bisect_left(digest.at, bound) for bound in bounds]
    for counts, (begin, end) in zip(by_day, pairwise(cuts), strict=True):
        rows = range(begin, end)
        counts.update(of_row(row) for row in rows if not (hidden and digest.flags[row] & HIDDEN))
    for rise in digest.rises:
        day = bisect_right(bounds, rise.at) - 1
        if 0 <= day < len(by_day):
            by_day[day][about[rise.post]] += rise.count


def _topics_of(digest: Digest, about: Sequence[tuple[str, ...]]) -> Callable[[int], tuple[str, ...]]:
    post, own = digest.post, {row: canonical_topics(named) for row, named in digest.topics.items()}
    if not own:
        return lambda row: about[post[row]]
    return lambda row: own.get(row) or about[post[row]]
