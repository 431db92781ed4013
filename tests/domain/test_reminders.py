"""Reminders: by her own pace, with enough to go by, and never about what was not read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.days import Days
from klout_tui.domain.model import Account, Actor, Health, InteractionKind, Post, PostKind
from klout_tui.domain.reminders import FEWEST, Pause, overdue, pauses, sentences
from klout_tui.domain.waiting import Waiting
from tests.domain.facts import NOON, ago

DAYS = Days(ZoneInfo("Europe/Berlin"))
TODAY = date(2026, 11, 23)
BLOG = Account(id="blog:ada.example", network="blog", handle="ada.example", base_url="", url="", linked_at=ago(500))
READ = {BLOG.id: Health(account=BLOG.id, last_ok=NOON - timedelta(hours=1))}


def posts(gap: int, since: int, count: int = 20, kind: PostKind = PostKind.ARTICLE) -> list[Post]:
    """So many posts with so many days between them, the last so many days ago."""
    return [
        Post(id=f"{kind}{number}", account=BLOG.id, kind=kind, at=ago(since + gap * number)) for number in range(count)
    ]


def told(gap: int, since: int, count: int = 20, health: dict[str, Health] = READ, now: datetime = NOON) -> list[str]:
    return [each.sentence for each in pauses([BLOG], health, posts(gap, since, count), now, DAYS)]


def test_a_long_pause_is_told_with_what_is_usual() -> None:
    assert told(4, 12) == ["blog: 12 days since the last post (your usual: 4)"]


@pytest.mark.parametrize(
    ("gap", "since", "count"),
    [(4, 7, 20), (4, 12, FEWEST), (1, 130, 20)],
    ids=["not twice the usual", "too few to know her pace", "no pause but a decision"],
)
def test_else_nothing_is_said(gap: int, since: int, count: int) -> None:
    assert told(gap, since, count) == []


def test_what_was_not_read_is_not_missing() -> None:
    assert told(4, 12, health={BLOG.id: Health(account=BLOG.id, last_ok=ago(3))}) == []
    assert told(4, 12, health={}) == []
    assert pauses([BLOG], READ, posts(4, 12), NOON, DAYS, paused=[BLOG.id]) == ()


def test_of_the_past_only_what_has_been_read_since_is_told() -> None:
    """Ten days ago the account had not been read for four days; it may have been read since."""
    then, made = NOON - timedelta(days=10), posts(4, 22)
    assert pauses([BLOG], {BLOG.id: Health(account=BLOG.id, last_ok=ago(14))}, made, then, DAYS) == ()
    assert pauses([BLOG], READ, made, then, DAYS) == (Pause(account=BLOG.id, days=12, usual=4),)


def test_two_accounts_on_one_network_are_told_apart() -> None:
    shop = msgspec.structs.replace(BLOG, id="blog:shop.example", handle="shop.example")
    made = [*posts(4, 12), *(msgspec.structs.replace(each, account=shop.id) for each in posts(4, 16))]
    healths = READ | {shop.id: msgspec.structs.replace(READ[BLOG.id], account=shop.id)}
    assert [each.sentence for each in pauses([BLOG, shop], healths, made, NOON, DAYS)] == [
        "blog shop.example: 16 days since the last post (your usual: 4)",
        "blog ada.example: 12 days since the last post (your usual: 4)",
    ]


def test_answering_is_no_post() -> None:
    replies = posts(1, 0, 30, PostKind.REPLY)
    assert [each.days for each in pauses([BLOG], READ, [*posts(4, 12), *replies], NOON, DAYS)] == [12]


@given(st.integers(1, 30), st.integers(0, 200), st.integers(0, 40))
def test_a_pause_told_is_at_least_twice_the_usual(gap: int, since: int, count: int) -> None:
    for each in pauses([BLOG], READ, posts(gap, since, count), NOON, DAYS):
        assert each.days >= 2 * each.usual
        assert each.usual == gap
        assert each.days == since


def wait(who: str, days: float, kind: InteractionKind = InteractionKind.REPLY) -> Waiting:
    at = ago(days)
    actor = Actor(key=who, handle=f"@{who}@far.example")
    return Waiting(id=f"{who} {days}", account="a", person=who, actor=actor, kind=kind, at=at, since=at, text="Why?")


def late(*waiting: Waiting) -> tuple[str, ...]:
    return sentences((), overdue(waiting, NOON), DAYS, TODAY, posts=True, answers=True)


def test_answers_that_wait_for_days_are_told() -> None:
    comment = wait("bo", 9, InteractionKind.COMMENT)
    assert late(wait("ann", 3), wait("bo", 6)) == ("two replies to answer, the oldest since Tuesday",)
    assert late(wait("ann", 3), wait("ann", 6)) == ("two replies to answer (1 person), the oldest since Tuesday",)
    assert late(wait("ann", 3)) == ("one reply to answer since Friday",)
    assert late(wait("ann", 3), comment) == ("two to answer, the oldest since 14 Nov",)
    assert late(wait("ann", 1)) == ()


def test_they_are_told_as_a_part_of_all_that_waits() -> None:
    """The number beside it counts everything, however young."""
    some = "have waited for 2 days or more, the oldest since"
    assert late(wait("ann", 3), wait("bo", 6), wait("cy", 1)) == (f"2 of the 3 to answer {some} Tuesday",)
    assert late(wait("ann", 3), wait("bo", 6), wait("bo", 1)) == (f"2 of the 3 to answer (2 people) {some} Tuesday",)
    assert late(wait("ann", 3), wait("cy", 1)) == ("1 of the 2 to answer has waited since Friday",)


def test_only_what_is_wanted_is_said() -> None:
    quiet = pauses([BLOG], READ, posts(4, 12), NOON, DAYS)
    old = overdue([wait("ann", 3)], NOON)
    assert sentences(quiet, old, DAYS, TODAY, posts=False, answers=False) == ()
    assert len(sentences(quiet, old, DAYS, TODAY, posts=True, answers=True)) == 2
