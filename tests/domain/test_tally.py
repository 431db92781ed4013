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
def test_never_more_than_the_counter_allows(read: list[tuple[datetime, int]], named: list[datetime]) -> None:
    read = list(dict(read).items())
    total = sum(increment.count for increment in unnamed(POSTED, LIKE, read, named))
    last = max(read)[1] if read else 0
    assert 0 <= total <= max(0, last - len(named))


@given(readings, names)
def test_a_rising_counter_is_explained_in_full(read: list[tuple[datetime, int]], named: list[datetime]) -> None:
    totals = sorted(count for _, count in read)
    rising = list(zip(sorted({at for at, _ in read}), totals, strict=False))
    total = sum(increment.count for increment in unnamed(POSTED, LIKE, rising, named))
    assert total == max(0, (rising[-1][1] if rising else 0) - len(named))
