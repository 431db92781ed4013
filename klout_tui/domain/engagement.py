"""Reactions a day over a window, by kind, network or topic, with the usual range to read them against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Final

from klout_tui.domain.coverage import Source, Why
from klout_tui.domain.knowndays import KnownDays
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
    """None where no account is known and nothing came."""
    usual: tuple[tuple[float, float] | None, ...]
    """For each bar the usual range of such a bar; None where too little is known."""
    total: int
    """Of the whole window; the sum of the parts' totals."""
    before: int | None
    """The window before this one, of the same length; None where one of the two is not known in full."""
    shift: int
    """Days by which ``previous`` lies earlier: whole weeks, so that weekdays stand above each other."""
    previous: tuple[int | None, ...]
    """The same bars ``shift`` days earlier, all of them before the window."""
    estimated: int
    """How many of ``total`` carry an estimated date."""
    missing: tuple[tuple[str, ...], ...] = ()
    """For each bar the accounts that were linked and yet not read on one of its days, by id."""
    stale: tuple[tuple[str, date], ...] = ()
    """Accounts that nothing is known of at the window's end, and the day on which each was last read."""

    @property
    def span(self) -> int:
        """Days the window has."""
        return (self.last - self.first).days + 1


@dataclass
class Tally:
    """Day totals added up: once, for bars of any width."""

    last: date
    span: int
    split: Split
    by_day: defaultdict[date, int] = field(default_factory=lambda: defaultdict(int))
    parts: defaultdict[str, defaultdict[date, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    """By part, the window's days."""
    acted: defaultdict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    """By account, the days that brought something whose date is no guess."""
    networks: set[str] = field(default_factory=set)
    estimated: int = 0
    """How many of the window's reactions carry an estimated date."""

    @property
    def first(self) -> date:
        """The window's first local day."""
        return self.last - timedelta(days=self.span - 1)


def tally(totals: Iterable[DayTotal], last: date, span: int, split: Split) -> Tally:
    """Add up the day totals for a window of ``span`` local days that ends on ``last``."""
    found = Tally(last=last, span=span, split=split)
    first, accounts = found.first, set()
    for row in totals:
        day, acts = row.day, row.named + row.unnamed
        accounts.add(row.account)
        if day > last:
            continue
        found.by_day[day] += acts
        if acts > row.estimated:
            found.acted[row.account].add(day)
        if day >= first:
            if split is not Split.TOPIC:
                found.parts[_part(row, split)][day] += acts
            found.estimated += row.estimated
    found.networks.update(map(network_of, accounts))
    return found


def engagement(
    totals: Iterable[DayTotal],
    known_since: date | None,
    last: date,
    span: int,
    split: Split = Split.KIND,
    networks: Sequence[str] = (),
    width: int = 1,
    topics: TopicDays | None = None,
    known: Sequence[Source] = (),
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
        known: Of which days each account is known; without any, every day since ``known_since`` is.
    """
    return chart_of(tally(totals, last, span, split), known_since, networks, width, topics, known)


def chart_of(
    tallied: Tally,
    known_since: date | None,
    networks: Sequence[str] = (),
    width: int = 1,
    topics: TopicDays | None = None,
    known: Sequence[Source] = (),
) -> Engagement:
    """The chart of what was added up; the arguments are those of ``engagement``."""
    last, span, split = tallied.last, tallied.span, tallied.split
    first, many = tallied.first, span // width
    shift = 7 * -(-width * many // 7)
    begin = last - timedelta(days=max(2 * span, shift + span, span + 7 * BAND_WEEKS) + width)
    knows, here = KnownDays(known_since, known, begin, last), (first - begin).days
    starts = range(here + span - width * many, here + span, width)
    told, sums = _told(tallied.by_day, begin, here + span), _sums(tallied.by_day, begin, here + span)

    def count(sums: Sequence[int], start: int) -> int | None:
        if start < knows.began:
            return None
        # What came is told whoever was read; a nothing is only told where somebody looked.
        something = told[start + width] > told[start] or knows.any(start, width)
        return sums[start + width] - sums[start] if something else None

    def usual(start: int) -> tuple[float, float] | None:
        alike = range(start - 7 * BAND_WEEKS, start, 7)
        counts = sorted(sums[same + width] - sums[same] for same in alike if knows.whole(same, width))
        return (quantile(counts, BAND[0]), quantile(counts, BAND[1])) if len(counts) >= BAND_LEAST else None

    by_part: Mapping[str, Mapping[date, int]] = (topics or {}) if split is Split.TOPIC else tallied.parts
    named = sorted({*networks, *tallied.networks})
    labels = tuple({Split.KIND: KIND_GROUPS, Split.NETWORK: named, Split.TOPIC: by_part}[split])
    parts = [(label, days, sum(days.values())) for label in labels for days in [by_part.get(label, {})]]
    comparable = knows.began <= here - span and not knows.overslept(here - span, 2 * span)
    return Engagement(
        first=first,
        last=last,
        width=width,
        bars=tuple(begin + timedelta(days=start) for start in starts),
        split=split,
        series=tuple(
            Series(label=label, counts=tuple(count(own, start) for start in starts), total=total)
            for label, days, total in parts
            if total
            for own in [_sums(days, begin, here + span)]
        ),
        labels=labels,
        totals=tuple(count(sums, start) for start in starts),
        usual=tuple(map(usual, starts)),
        total=sums[here + span] - sums[here],
        before=sums[here] - sums[here - span] if comparable else None,
        shift=shift,
        previous=tuple(count(sums, start - shift) for start in starts),
        estimated=tallied.estimated,
        missing=tuple(knows.missing(start, width) for start in starts),
        stale=tuple(
            (source.account, source.read)
            for source in known
            if source.after is Why.STALE and source.first <= source.read < last
        ),
    )


def _sums(counts: Mapping[date, int], begin: date, length: int) -> list[int]:
    """What came before each of some days and, last, in all of them."""
    days = [0] * length
    for day, count in counts.items():
        place = (day - begin).days
        if 0 <= place < length:
            days[place] = count
    return list(accumulate(days, initial=0))


def _told(counts: Mapping[date, int], begin: date, length: int) -> list[int]:
    """The same of days on which anything came."""
    return _sums(dict.fromkeys(counts, 1), begin, length)


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
