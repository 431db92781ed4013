"""Reactions a day over a window, by kind, network or topic, with the usual range to read them against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from klout_tui.domain.model import DayTotal, InteractionKind, Value, network_of
from klout_tui.domain.topicdays import TopicDays

WINDOWS: Final = (7, 30, 90, 365)
"""Days the chart can show."""

BAND_WEEKS: Final = 12
"""Weeks of the same weekday the usual range is read from."""

BAND_LEAST: Final = 6
"""Known days under which no usual range is claimed."""

BAND: Final = (0.10, 0.90)
"""Quantiles of the usual range."""

KIND_GROUPS: Final[Mapping[str, frozenset[InteractionKind]]] = {
    "likes": frozenset({InteractionKind.LIKE, InteractionKind.STAR, InteractionKind.BOOKMARK}),
    "reposts": frozenset({InteractionKind.REPOST, InteractionKind.QUOTE, InteractionKind.FORK, InteractionKind.LINK}),
    "replies": frozenset(
        {
            InteractionKind.REPLY,
            InteractionKind.MENTION,
            InteractionKind.COMMENT,
            InteractionKind.ISSUE,
            InteractionKind.REVIEW,
        }
    ),
    "follows": frozenset({InteractionKind.FOLLOW}),
    "thanks": frozenset({InteractionKind.ENDORSEMENT, InteractionKind.THANKS}),
}
"""How fifteen kinds become the few a chart can tell apart."""

_GROUP_OF: Final = {kind: group for group, kinds in KIND_GROUPS.items() for kind in kinds}


class Split(StrEnum):
    """What the parts of a day's bar are."""

    KIND = "kind"
    NETWORK = "network"
    TOPIC = "topic"


class Series(Value, frozen=True):
    """One part of the chart: a count for each bar, None where nothing is known."""

    label: str
    counts: tuple[int | None, ...]
    total: int
    """Of the whole window, also of days that no bar shows: those before the first whole week, and gaps."""


class Engagement(Value, frozen=True):
    """Reactions over one window of local days, in bars of equal width."""

    first: date
    """The window's first local day; the first bar may begin a few days later where bars are whole weeks."""
    last: date
    width: int
    """Days a bar stands for."""
    bars: tuple[date, ...]
    """The first local day of each bar; the last bar ends on the window's last day."""
    split: Split
    series: tuple[Series, ...]
    """Parts with at least one reaction in the window, in the order of ``labels``; together they are ``totals``."""
    labels: tuple[str, ...]
    """Every part there can be: kinds as grouped and networks by name, in an order that no window changes; of topics
    those most come for in this one."""
    totals: tuple[int | None, ...]
    usual: tuple[tuple[float, float] | None, ...]
    """For each bar the usual range of such a bar; None where too little is known."""
    total: int
    """Of the whole window; the sum of the parts' totals."""
    before: int | None
    """The window before this one, of the same length; None where it is not known in full."""
    previous: tuple[int | None, ...]
    """The same bars one window earlier."""
    estimated: int
    """How many of ``total`` carry an estimated date."""

    @property
    def span(self) -> int:
        """Days the window has."""
        return (self.last - self.first).days + 1


def engagement(
    totals: Sequence[DayTotal],
    known_since: date | None,
    last: date,
    span: int,
    split: Split = Split.KIND,
    networks: Sequence[str] = (),
    width: int = 1,
    topics: TopicDays | None = None,
) -> Engagement:
    """Reactions over the ``span`` local days that end on ``last``, in as many whole bars as fit.

    Args:
        totals: Day totals reaching back at least two windows, and ``BAND_WEEKS`` before the window for the usual range.
        known_since: The first day anything can be known of; earlier days are gaps, not zeros, and so are bars that
            begin earlier. None: nothing is known.
        last: The window's last local day.
        span: Its length in days.
        split: What the parts of a bar are.
        networks: Every network there can be a part for.
        width: Days a bar stands for: 1, or 7.
        topics: Where the parts are topics, the window's reactions by topic.
    """
    first = last - timedelta(days=span - 1)
    by_day: defaultdict[date, int] = defaultdict(int)
    parts: defaultdict[str, defaultdict[date, int]] = defaultdict(lambda: defaultdict(int))
    estimated = 0
    for row in totals:
        day, acts = row.day, row.named + row.unnamed
        if day > last:
            continue
        by_day[day] += acts
        if day >= first:
            if split is not Split.TOPIC:
                parts[_part(row, split)][day] += acts
            estimated += row.estimated

    bars = tuple(last - timedelta(days=width * back - 1) for back in range(span // width, 0, -1))

    def known(day: date) -> bool:
        return known_since is not None and day >= known_since

    def count(counts: Mapping[date, int], start: date) -> int | None:
        if not known(start):
            return None
        return sum(counts.get(start + timedelta(days=offset), 0) for offset in range(width))

    def usual(start: date) -> tuple[float, float] | None:
        alike = (start - timedelta(weeks=back) for back in range(1, BAND_WEEKS + 1))
        counts = sorted(each for same in alike if (each := count(by_day, same)) is not None)
        return (quantile(counts, BAND[0]), quantile(counts, BAND[1])) if len(counts) >= BAND_LEAST else None

    named = {*networks, *map(network_of, {row.account for row in totals})}
    by_part: Mapping[str, Mapping[date, int]] = (topics or {}) if split is Split.TOPIC else parts
    labels = tuple({Split.KIND: KIND_GROUPS, Split.NETWORK: sorted(named), Split.TOPIC: by_part}[split])
    series = (
        Series(label=label, counts=tuple(count(days, bar) for bar in bars), total=sum(days.values()))
        for label in labels
        for days in [by_part.get(label, {})]
    )
    previous = [first - timedelta(days=back) for back in range(1, span + 1)]
    return Engagement(
        first=first,
        last=last,
        width=width,
        bars=bars,
        split=split,
        series=tuple(part for part in series if part.total),
        labels=labels,
        totals=tuple(count(by_day, bar) for bar in bars),
        usual=tuple(usual(bar) for bar in bars),
        total=sum(by_day.get(first + timedelta(days=offset), 0) for offset in range(span)),
        before=sum(by_day.get(day, 0) for day in previous) if known(previous[-1]) else None,
        previous=tuple(count(by_day, bar - timedelta(days=span)) for bar in bars),
        estimated=estimated,
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which ``share`` of an ascending sequence lies, interpolated (Hyndman and Fan 1996, type 7).

    Raises:
        ValueError: the sequence is empty.
    """
    if not ordered:
        raise ValueError("a quantile needs at least one value")
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _part(row: DayTotal, split: Split) -> str:
    return network_of(row.account) if split is Split.NETWORK else _GROUP_OF[row.kind]
