"""Reactions over time: bars, gaps, the usual range."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.coverage import UNREAD, Source, Why
from klout_tui.domain.days import Days
from klout_tui.domain.engagement import KIND_GROUPS, Split, engagement, quantile
from klout_tui.domain.knowndays import KnownDays
from klout_tui.domain.model import DayTotal, InteractionKind
from tests.domain.facts import ACCOUNT

LAST = date(2026, 11, 23)


def total(back: int, named: int = 1, kind: InteractionKind = InteractionKind.LIKE, account: str = ACCOUNT) -> DayTotal:
    return DayTotal(account=account, day=LAST - timedelta(days=back), kind=kind, named=named)


def test_every_kind_has_a_place_in_the_chart() -> None:
    placed = [kind for kinds in KIND_GROUPS.values() for kind in kinds]
    assert sorted(placed) == sorted(InteractionKind)


def test_parts_add_up_to_the_bars_and_the_bars_to_the_window() -> None:
    totals = [total(back, 2, kind) for back in range(60) for kind in (InteractionKind.LIKE, InteractionKind.REPLY)]
    found = engagement(totals, LAST - timedelta(days=200), LAST, 30)
    assert (len(found.bars), found.total, found.before) == (30, 120, 120)
    assert found.totals == (4,) * 30
    assert {part.label: sum(filter(None, part.counts)) for part in found.series} == {"likes": 60, "replies": 60}


def test_by_network() -> None:
    found = engagement([total(1), total(1, 3, account="blog:ada.example")], date(2026, 1, 1), LAST, 7, Split.NETWORK)
    assert [part.label for part in found.series] == ["blog", "mastodon"]
    assert [part.total for part in found.series] == [3, 1]


def test_a_part_keeps_its_place_whatever_the_window() -> None:
    totals = [total(300, account="blog:ada.example"), total(40, account="github:ada"), total(1)]
    for span in (7, 30, 90, 365):
        found = engagement(totals, LAST - timedelta(days=400), LAST, span, Split.NETWORK)
        assert found.labels == ("blog", "github", "mastodon")
        assert [part.label for part in found.series] == [label for label in found.labels if label in SHOWN[span]]
    assert engagement(totals, None, LAST, 7).labels == tuple(KIND_GROUPS)
    assert engagement([], None, LAST, 7, Split.NETWORK).labels == ()


SHOWN = {7: {"mastodon"}, 30: {"mastodon"}, 90: {"github", "mastodon"}, 365: {"blog", "github", "mastodon"}}


def test_days_before_anything_was_known_are_gaps_not_zeros() -> None:
    found = engagement([total(2)], LAST - timedelta(days=2), LAST, 7)
    assert found.totals == (None, None, None, None, 1, 0, 0)
    assert found.before is None
    assert engagement([], None, LAST, 7).totals == (None,) * 7


def test_the_usual_range_is_of_the_same_weekday() -> None:
    totals = [total(back, 10 if back % 7 == 0 else 1) for back in range(1, 120)]
    found = engagement(totals, LAST - timedelta(days=119), LAST, 7)
    assert found.usual[-1] == (10, 10)
    assert found.usual[-2] == (1, 1)


def test_too_little_known_claims_no_range() -> None:
    found = engagement([total(back) for back in range(40)], LAST - timedelta(days=39), LAST, 7)
    assert set(found.usual) == {None}


def test_weeks_end_today_and_only_whole_ones_are_drawn() -> None:
    totals = [total(back) for back in range(30)]
    found = engagement(totals, LAST - timedelta(days=400), LAST, 30, width=7)
    assert found.bars == tuple(LAST - timedelta(days=back) for back in (27, 20, 13, 6))
    assert found.totals == (7, 7, 7, 7)
    assert found.total == 30
    assert found.span == 30


@pytest.mark.parametrize("width", [1, 7])
def test_the_parts_add_up_to_the_figure_also_where_bars_leave_days_out(width: int) -> None:
    totals = [total(back, 3, kind) for back in range(30) for kind in (InteractionKind.LIKE, InteractionKind.REPLY)]
    found = engagement(totals, LAST - timedelta(days=400), LAST, 30, width=width)
    assert {part.label: part.total for part in found.series} == {"likes": 90, "replies": 90}
    assert sum(part.total for part in found.series) == found.total == 180


def test_a_week_that_began_before_anything_was_known_is_a_gap() -> None:
    totals = [total(back) for back in range(10)]
    found = engagement(totals, LAST - timedelta(days=9), LAST, 30, width=7)
    assert found.totals == (None, None, None, 7)
    assert [(part.label, part.counts, part.total) for part in found.series] == [("likes", (None, None, None, 7), 10)]
    few = engagement(totals[:3], LAST - timedelta(days=2), LAST, 30, width=7)
    assert (few.totals, [part.total for part in few.series]) == ((None,) * 4, [3])


def test_a_usual_week_is_a_week_known_in_full() -> None:
    totals = [total(back, 2) for back in range(45)]
    known = LAST - timedelta(days=44)  # six weeks before this one, the first of them but for four days
    assert engagement(totals, known, LAST, 7, width=7).usual == (None,)
    assert engagement(totals, LAST - timedelta(days=48), LAST, 7, width=7).usual != (None,)


def test_estimated_dates_are_counted_apart() -> None:
    row = DayTotal(account=ACCOUNT, day=LAST, kind=InteractionKind.LIKE, named=1, unnamed=3, estimated=3)
    found = engagement([row], LAST, LAST, 7)
    assert (found.total, found.estimated) == (4, 3)


READ = LAST - timedelta(days=15)
BLOG = "blog:ada.example"


def source(account: str = ACCOUNT, read: date = LAST, first: date = date.min) -> Source:
    return Source(account=account, first=first, last=read - timedelta(days=1), read=read)


def test_days_nobody_read_are_gaps_and_named() -> None:
    totals = [total(back) for back in range(15, 200)]
    found = engagement(totals, LAST - timedelta(days=300), LAST, 30, known=[source(read=READ)])
    assert found.totals == (1,) * 15 + (None,) * 15
    assert found.missing == ((),) * 15 + ((ACCOUNT,),) * 15
    assert found.stale == ((ACCOUNT, READ),)
    assert found.before is None  # half a window is no fall
    before = engagement(totals, LAST - timedelta(days=300), READ, 30, known=[source(read=READ)])
    assert (before.before, before.stale) == (30, ())


def test_a_day_one_of_two_was_read_on_is_told_with_what_is_missing() -> None:
    totals = [total(back) for back in range(200) if back != 3]
    known = [source(), source(BLOG, READ)]
    found = engagement(totals, LAST - timedelta(days=300), LAST, 7, known=known)
    assert found.totals == (1, 1, 1, 0, 1, 1, 1)
    assert set(found.missing) == {(BLOG,)}
    assert found.stale == ((BLOG, READ),)


def test_the_day_of_the_last_reading_is_known_as_far_as_it_was() -> None:
    found = engagement([], LAST - timedelta(days=300), LAST, 7, known=[source(read=LAST)])
    assert found.totals == (0,) * 7
    assert (set(found.missing), found.stale) == ({()}, ())


def test_what_came_is_shown_whoever_was_read() -> None:
    known, since = [source(read=READ)], LAST - timedelta(days=300)
    found = engagement([total(2, 5)], since, LAST, 7, known=known)
    assert found.totals == (None, None, None, None, 5, None, None)
    assert engagement([total(2, 5)], since, LAST, 7, width=7, known=known).totals == (5,)


def test_an_unread_day_is_not_counted_among_the_usual_ones() -> None:
    totals = [total(back, 7) for back in range(30, 200)]
    found = engagement(totals, LAST - timedelta(days=300), LAST, 7, known=[source(read=LAST - timedelta(days=30))])
    assert set(found.usual) == {(7, 7)}


def test_an_account_not_linked_yet_or_no_longer_is_nobodys_fault() -> None:
    young = source(BLOG, first=LAST - timedelta(days=2))
    gone = Source(account=BLOG, last=READ, after=Why.UNLINKED)
    for other in (young, gone):
        found = engagement([], LAST - timedelta(days=300), LAST, 7, known=[source(), other])
        assert (found.totals, set(found.missing), found.stale) == ((0,) * 7, {()}, ())


near = st.integers(-5, 25).map(lambda offset: READ + timedelta(days=offset))
known_sources = st.builds(
    lambda account, first, last, read, after, gaps: Source(
        account=account,
        first=first,
        last=last,
        read=read,
        after=after,
        gaps=frozenset(day for day in gaps if first <= day <= last),
    ),
    st.sampled_from("abc"),
    near,
    near,
    near,
    st.sampled_from([Why.STALE, Why.YOUNG, Why.UNLINKED]),
    st.sets(near, max_size=4),
)


@given(st.lists(known_sources, min_size=1, max_size=3, unique_by=lambda each: each.account), near, st.integers(1, 7))
def test_known_days_are_those_the_sources_tell_of(sources: list[Source], since: date, width: int) -> None:
    days = [READ + timedelta(days=offset) for offset in range(20)]
    known = KnownDays(since, sources, days[0], days[-1])
    for start in range(20 - width + 1):
        bar = days[start : start + width]
        told = [day >= since and any(source.unseen(day) is None for source in sources) for day in bar]
        assert (known.any(start, width), known.whole(start, width)) == (any(told), all(told))
        whys = {source.account: {source.unseen(day) for day in bar} for source in sources}
        assert set(known.missing(start, width)) == {each for each, said in whys.items() if said & UNREAD}
        slept = {Why.STALE, Why.GAP}
        assert known.overslept(start, width) == any(said & slept for said in whys.values())


@pytest.mark.parametrize(("span", "width", "shift"), [(7, 1, 7), (30, 1, 35), (90, 1, 91), (365, 7, 364), (30, 7, 28)])
def test_what_is_compared_lies_whole_weeks_earlier_and_before_the_window(span: int, width: int, shift: int) -> None:
    totals = [total(back, (LAST - timedelta(days=back)).weekday()) for back in range(800)]
    found = engagement(totals, LAST - timedelta(days=900), LAST, span, width=width)
    assert found.shift == shift
    assert found.previous == found.totals
    assert LAST - timedelta(days=shift) < found.bars[0]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30), st.floats(0, 1))
def test_a_quantile_lies_inside(values: list[int], share: float) -> None:
    ordered = sorted(values)
    assert ordered[0] <= quantile(ordered, share) <= ordered[-1]
    assert quantile(ordered, 0) == ordered[0]
    assert quantile(ordered, 1) == ordered[-1]


def test_no_quantile_of_nothing() -> None:
    with pytest.raises(ValueError, match="at least one"):
        quantile([], 0.5)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [("Europe/Berlin", date(2026, 3, 29), 23), ("Europe/Berlin", date(2026, 10, 25), 25), ("UTC", LAST, 24)],
)
def test_a_local_day_has_its_own_length(zone: str, day: date, hours: int) -> None:
    days = Days(ZoneInfo(zone))
    assert days.end(day) - days.start(day) == timedelta(hours=hours) - timedelta(microseconds=1)
    assert days.of(days.start(day)) == days.of(days.end(day)) == day


def test_an_instant_lies_in_the_day_of_its_zone() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert Days(ZoneInfo("Europe/Berlin")).of(late) == date(2026, 11, 23)
    assert Days(ZoneInfo("America/New_York")).of(late) == date(2026, 11, 22)
