"""Counters and names, reconciled: never counted twice, nothing invented."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.model import Increment, InteractionKind
from klout_tui.domain.tally import unnamed

POSTED = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIKE = InteractionKind.LIKE


def hour(count: int) -> datetime:
    return POSTED + timedelta(hours=count)


def test_first_reading_is_dated_to_the_post_and_flagged() -> None:
    assert unnamed(POSTED, LIKE, [(hour(500), 14)], []) == (Increment(kind=LIKE, at=POSTED, count=14, estimated=True),)


def test_later_rises_are_dated_to_their_reading() -> None:
    assert unnamed(POSTED, LIKE, [(hour(1), 2), (hour(30), 5)], []) == (
        Increment(kind=LIKE, at=POSTED, count=2, estimated=True),
        Increment(kind=LIKE, at=hour(30), count=3),
    )


def test_named_acts_explain_their_own_span() -> None:
    assert unnamed(POSTED, LIKE, [(hour(1), 2), (hour(30), 5)], [hour(20), hour(25)]) == (
        Increment(kind=LIKE, at=POSTED, count=2, estimated=True),
        Increment(kind=LIKE, at=hour(30), count=1),
    )


def test_all_named_leaves_nothing_over() -> None:
    assert unnamed(POSTED, LIKE, [(hour(2), 2)], [hour(1), hour(2)]) == ()


def test_an_act_told_after_it_was_counted_is_not_counted_again() -> None:
    assert unnamed(POSTED, LIKE, [(hour(1), 1)], [hour(3)]) == ()


def test_a_counter_that_fell_takes_back_the_newest() -> None:
    assert unnamed(POSTED, LIKE, [(hour(1), 4), (hour(9), 9), (hour(20), 5)], []) == (
        Increment(kind=LIKE, at=POSTED, count=4, estimated=True),
        Increment(kind=LIKE, at=hour(9), count=1),
    )


def test_a_rise_after_a_fall_is_counted() -> None:
    assert unnamed(POSTED, LIKE, [(hour(1), 10), (hour(9), 4), (hour(20), 8)], []) == (
        Increment(kind=LIKE, at=POSTED, count=4, estimated=True),
        Increment(kind=LIKE, at=hour(20), count=4),
    )


def test_a_fall_through_several_rises_takes_the_newest_first() -> None:
    assert unnamed(POSTED, LIKE, [(hour(1), 4), (hour(9), 9), (hour(20), 10), (hour(30), 2), (hour(40), 3)], []) == (
        Increment(kind=LIKE, at=POSTED, count=2, estimated=True),
        Increment(kind=LIKE, at=hour(40), count=1),
    )


def test_no_reading_says_nothing() -> None:
    assert unnamed(POSTED, LIKE, [], [hour(1)]) == ()


readings = st.lists(st.tuples(st.integers(0, 300).map(hour), st.integers(0, 30)), max_size=8)
names = st.lists(st.integers(0, 300).map(hour), max_size=20)


@given(readings, names, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(
    read: list[tuple[datetime, int]], named: list[datetime], shuffler: random.Random
) -> None:
    read = list(dict(read).items())
    mixed = [*read, *read]
    shuffler.shuffle(mixed)
    assert unnamed(POSTED, LIKE, mixed, list(reversed(named))) == unnamed(POSTED, LIKE, read, named)


@given(readings, names)
def test_all_of_the_last_total_that_names_do_not_explain_is_told(
    read: list[tuple[datetime, int]], named: list[datetime]
) -> None:
    read = list(dict(read).items())
    total = sum(increment.count for increment in unnamed(POSTED, LIKE, read, named))
    last = max(read)[1] if read else 0
    assert total == max(0, last - len(named))


@given(readings)
def test_a_later_reading_changes_no_day_but_its_own_unless_the_counter_fell(read: list[tuple[datetime, int]]) -> None:
    read = sorted(dict(read).items())
    told = unnamed(POSTED, LIKE, read, [])
    more = unnamed(POSTED, LIKE, [*read, (hour(400), (read[-1][1] if read else 0) + 1)], [])
    assert more[: len(told)] == told
    assert sum(increment.count for increment in more[len(told) :]) == 1
