"""What was asked is remembered shortly; what is left is read from what servers say, however they say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.networks.record import BELIEVED, KEPT, Asked, Left, Record

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
EPOCH = str(int(SOON.timestamp()))


def asked(number: int) -> Asked:
    return Asked(NOW, "GET", f"one.example/{number}", "200", 7, timedelta(seconds=1), True)


def test_the_newest_requests_are_kept_and_all_are_counted() -> None:
    record = Record()
    for number in range(KEPT + 5):
        record.note(asked(number))
    assert record.total == KEPT + 5
    assert [each.place for each in record.asked] == [f"one.example/{number}" for number in range(5, KEPT + 5)]


def test_what_was_given_away_does_not_change() -> None:
    record = Record()
    record.note(asked(1))
    before, left = record.asked, record.left
    record.note(asked(2))
    record.learn({"x-ratelimit-remaining": "3"}, NOW)
    assert (len(before), left) == (1, {})


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({"ratelimit-remaining": "2998", "ratelimit-limit": "3000", "ratelimit-reset": EPOCH}, Left(2998, 3000, SOON)),
        ({"ratelimit-remaining": "9", "ratelimit-limit": "10", "ratelimit-reset": "300"}, Left(9, 10, SOON)),
        ({"x-ratelimit-remaining": "299", "x-ratelimit-limit": "300"}, Left(299, 300, None)),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-23T08:05:00.000000Z"}, Left(0, None, SOON)),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": f"{EPOCH}000"}, Left(1, None, SOON)),
        ({"x-ratelimit-remaining": " 5 ", "x-ratelimit-limit": "100, 100;w=60"}, Left(5, 100, None)),
        (
            {"x-ratelimit-remaining": "1", "x-ratelimit-reset": EPOCH, "date": "Mon, 23 Nov 2026 08:04:00 GMT"},
            Left(1, None, NOW + timedelta(minutes=1)),
        ),
        (
            {"x-ratelimit-remaining": "4", "x-ratelimit-reset": "tomorrow", "x-ratelimit-limit": "-1"},
            Left(4, None, None),
        ),
    ],
)
def test_what_is_left_is_read_however_it_is_said(headers: dict[str, str], left: Left) -> None:
    record = Record()
    record.learn(headers, NOW)
    assert record.left == {"": left}


@pytest.mark.parametrize("said", ["", "many", "-1", "1e3", "٣", "9" * 10, "1.5", "0x10"])
def test_garbage_says_nothing(said: str) -> None:
    record = Record()
    record.learn({"x-ratelimit-remaining": said, "x-ratelimit-reset": EPOCH}, NOW)
    assert record.left == {}
    assert record.spent_until("", NOW) is None


@given(st.dictionaries(st.sampled_from(["remaining", "limit", "reset", "resource"]), st.text(max_size=40)))
def test_no_header_breaks_anything(said: dict[str, str]) -> None:
    record = Record()
    record.learn({f"x-ratelimit-{name}": value for name, value in said.items()}, NOW, "one.example")
    for left in record.left.values():
        assert left.remaining >= 0
        assert left.resets_at is None or left.resets_at >= NOW
    until = record.spent_until("one.example", NOW)
    assert until is None or NOW < until <= NOW + BELIEVED


def test_pools_are_told_apart_and_named_harmlessly() -> None:
    record = Record()
    for pool, remaining in (("core", "58"), ("search", "9"), ("core", "57"), ("\x1b[31mx" + "y" * 90, "1")):
        record.learn({"x-ratelimit-remaining": remaining, "x-ratelimit-resource": pool}, NOW)
    assert {pool: left.remaining for pool, left in record.left.items() if len(pool) < 10} == {"core": 57, "search": 9}
    assert all("\x1b" not in pool and len(pool) <= 40 for pool in record.left)


SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": EPOCH}


def test_spent_is_a_host_until_its_limit_starts_anew_or_it_says_otherwise() -> None:
    record = Record()
    record.learn(SPENT, NOW, "one.example")
    assert record.spent_until("one.example", NOW) == SOON
    assert record.spent_until("two.example", NOW) is None
    assert record.spent_until("one.example", NOW, "POST") is None
    assert record.spent_until("one.example", SOON) is None
    record.learn({"x-ratelimit-remaining": "1"}, NOW, "one.example")
    assert record.spent_until("one.example", NOW) is None


def test_a_named_pool_or_an_unbelievable_time_holds_nobody_back() -> None:
    record = Record()
    record.learn(SPENT | {"x-ratelimit-resource": "search"}, NOW, "one.example")
    record.learn(SPENT | {"x-ratelimit-reset": str(40 * 86_400)}, NOW, "two.example")
    record.learn({"x-ratelimit-remaining": "0"}, NOW, "six.example")
    assert [record.spent_until(host, NOW) for host in ("one.example", "two.example", "six.example")] == [None] * 3


def test_the_next_refresh_knows_what_was_left_and_asks_anew() -> None:
    before = Record()
    before.note(asked(1))
    before.learn(SPENT, NOW, "one.example")
    record = Record(before)
    assert (record.total, record.asked) == (0, ())
    assert record.left == before.left
    assert record.spent_until("one.example", NOW) == SOON
