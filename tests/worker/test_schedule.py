"""When accounts are due: order, back-off, the network's own wishes, the growing interval."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.model import Fault, Health
from klout_tui.worker import schedule

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
DOWN = Fault(kind="unavailable", message="one.example could not be reached")
REFUSED = Fault(kind="credential", message="one.example refused the token")

jitters = st.floats(0, 1, exclude_max=True)
waits = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=31))


def health(**facts: object) -> Health:
    return msgspec.structs.replace(Health(account="pages:alice@one.example"), **facts)


def fail(before: Health, now: datetime, fault: Fault = DOWN, jitter: float = 0.5) -> Health:
    return schedule.after_failure(before, now, fault, jitter=jitter)


def test_an_account_never_tried_is_due() -> None:
    assert schedule.is_due(health(), NOW)


def test_an_account_is_due_at_its_time_and_not_before() -> None:
    waiting = health(last_try=NOW, next_due=NOW + HALF_HOUR)
    assert not schedule.is_due(waiting, NOW + HALF_HOUR - timedelta(seconds=1))
    assert schedule.is_due(waiting, NOW + HALF_HOUR)


def test_never_read_accounts_come_first_then_the_longest_waiting() -> None:
    late = health(account="late", last_try=NOW - timedelta(hours=1), last_ok=NOW - timedelta(hours=1))
    later = health(account="later", last_try=NOW - timedelta(hours=9), last_ok=NOW - timedelta(hours=9))
    broken = health(account="broken", last_try=NOW - timedelta(minutes=1))
    fresh = health(account="fresh")
    assert [each.account for each in schedule.in_order([late, broken, later, fresh])] == [
        "fresh",
        "broken",
        "later",
        "late",
    ]


@given(failures=st.integers(1, 10_000), jitter=jitters)
def test_backoff_lies_between_half_and_all_of_its_step_and_never_beyond_the_cap(failures: int, jitter: float) -> None:
    step = min(timedelta(hours=6), timedelta(minutes=1) * 2 ** min(failures - 1, 30))
    assert step / 2 <= schedule.backoff(failures, jitter) <= step


@given(failures=st.integers(1, 1000), low=jitters, high=jitters)
def test_backoff_never_shrinks_with_more_failures(failures: int, low: float, high: float) -> None:
    assert schedule.backoff(failures, min(low, high)) <= schedule.backoff(failures + 1, max(low, high))


@given(failures=st.integers(0, 50), wait=waits, jitter=jitters, kind=st.sampled_from(["rate_limited", "unavailable"]))
def test_the_networks_wish_is_never_undercut(failures: int, wait: timedelta, jitter: float, kind: str) -> None:
    asked = Fault(kind=kind, message="slow down", retry_at=NOW + wait)
    after = fail(health(failures=failures), NOW, asked, jitter)
    assert after.next_due is not None
    assert after.next_due >= NOW + wait
    just_before = NOW + wait - timedelta(microseconds=1)
    assert not schedule.is_due(after, just_before)
    assert schedule.held_until(after, just_before) == NOW + wait
    assert schedule.held_until(after, NOW + wait) is None
    assert schedule.is_due(after, after.next_due)


def test_nobody_is_believed_who_asks_for_years() -> None:
    asked = Fault(kind="rate_limited", message="slow down", retry_at=datetime.max.replace(tzinfo=UTC))
    assert fail(health(), NOW, asked).next_due == NOW + timedelta(days=31)


def test_a_time_without_a_zone_is_taken_as_utc() -> None:
    asked = Fault(kind="rate_limited", message="slow down", retry_at=datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001
    assert fail(health(), NOW, asked).next_due == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@given(moments=st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), min_size=1, max_size=12), jitter=jitters)
def test_down_since_is_the_first_failure_until_a_success(moments: list[timedelta], jitter: float) -> None:
    state, times = health(), sorted(moments)
    for passed in times:
        state = fail(state, NOW + passed, jitter=jitter)
        assert state.down_since == NOW + times[0]
    assert state.failures == len(times)
    read = schedule.after_success(state, NOW + timedelta(days=10), interval=HALF_HOUR, jitter=jitter)
    assert (read.down_since, read.failures, read.fault) == (None, 0, None)
    assert read.backfilled


def test_a_refused_credential_is_not_presented_again_by_itself() -> None:
    after = fail(health(last_ok=NOW), NOW, REFUSED)
    assert (after.next_due, after.fault, after.failures) == (None, REFUSED, 1)
    assert not schedule.is_due(after, NOW + timedelta(days=900))
    assert schedule.waits_for_mending(after)
    assert schedule.held_until(after, NOW) is None, "a forced refresh may try again"


def test_a_site_that_turns_strangers_away_is_asked_again_with_backoff() -> None:
    after = schedule.after_failure(health(), NOW, REFUSED, jitter=0.5, presented=False)
    assert after.next_due == NOW + timedelta(seconds=45)
    assert schedule.is_due(after, NOW + timedelta(seconds=45))


def test_linking_again_makes_it_due_at_once_and_keeps_how_long_it_was_down() -> None:
    after = schedule.mended(fail(health(backfilled=True), NOW, REFUSED))
    assert schedule.is_due(after, NOW)
    assert (after.fault, after.failures, after.down_since, after.backfilled) == (None, 0, NOW, True)


@given(quiet=st.integers(0, 100_000), jitter=jitters)
def test_quiet_accounts_wait_longer_but_never_beyond_four_times(quiet: int, jitter: float) -> None:
    after = schedule.after_unchanged(health(quiet=quiet), NOW, interval=HALF_HOUR, jitter=jitter)
    assert after.quiet == quiet + 1
    assert after.next_due is not None
    assert HALF_HOUR < after.next_due - NOW <= 4 * HALF_HOUR * 1.1


def test_the_interval_reaches_four_times_and_news_reset_it() -> None:
    state = health()
    spans = []
    for _ in range(9):
        state = schedule.after_unchanged(state, NOW, interval=HALF_HOUR, jitter=0.5)
        assert state.next_due is not None
        spans.append((state.next_due - NOW) / HALF_HOUR)
    assert spans == pytest.approx([1.5, 2, 2.5, 3, 3.5, 4, 4, 4, 4])
    state = schedule.after_success(state, NOW, interval=HALF_HOUR, jitter=0.5)
    assert (state.quiet, state.next_due) == (0, NOW + HALF_HOUR)


@given(jitter=jitters)
def test_regular_refreshes_are_spread_by_a_tenth(jitter: float) -> None:
    after = schedule.after_success(health(), NOW, interval=HALF_HOUR, jitter=jitter)
    assert after.next_due is not None
    assert 0.9 * HALF_HOUR <= after.next_due - NOW <= 1.1 * HALF_HOUR


def test_a_clock_set_back_by_years_does_not_silence_an_account() -> None:
    planned_in_2040 = health(last_try=NOW.replace(year=2040), next_due=NOW.replace(year=2040) + HALF_HOUR)
    assert schedule.is_due(planned_in_2040, NOW)
    assert schedule.seconds_until_next([planned_in_2040], NOW) == 0


def test_how_long_until_the_next() -> None:
    soon = health(next_due=NOW + timedelta(seconds=90), last_try=NOW)
    later = health(next_due=NOW + timedelta(seconds=900), last_try=NOW)
    assert schedule.seconds_until_next([later, soon, fail(health(), NOW, REFUSED)], NOW) == 90
    assert schedule.seconds_until_next([health()], NOW) == 0
    assert schedule.seconds_until_next([fail(health(), NOW, REFUSED)], NOW) is None
    assert schedule.seconds_until_next([], NOW) is None
