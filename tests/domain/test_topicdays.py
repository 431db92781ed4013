"""Reactions a day by topic: parts that add up, and what stands for what."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain.days import Days
from klout_tui.domain.model import Increment, InteractionKind
from klout_tui.domain.topicdays import OTHER, topic_days
from tests.domain.facts import NOON, act, ago, by_id, history, post

BERLIN = Days(ZoneInfo("Europe/Berlin"))
TODAY = date(2026, 11, 23)
WEEK = TODAY - timedelta(days=6)


def test_a_reaction_counts_for_the_one_topic_most_come_for() -> None:
    posts = by_id(post("a", "python"), post("b", "python", "garden"), post("c", "garden"))
    acts = [act(who=who, on=on) for who, on in (("x", "a"), ("y", "a"), ("z", "b"), ("z", "c"))]
    found = topic_days(history(acts, posts), BERLIN, WEEK, TODAY)
    assert found == {"python": {TODAY: 3}, "garden": {TODAY: 1}, OTHER: {}}
    assert list(found) == ["python", "garden", OTHER]


def test_what_carries_no_topic_and_rare_topics_are_the_rest() -> None:
    posts = by_id(post("a", "python"), post("b", "rust"), post("c"))
    acts = [act(who="x", on="a"), act(who="y", on="a"), act(who="x", on="b"), act(who="x", on="c"), act(on=None)]
    assert topic_days(history(acts, posts), BERLIN, WEEK, TODAY, topics=1) == {"python": {TODAY: 2}, OTHER: {TODAY: 3}}


def test_days_are_local_and_hers_are_left_out() -> None:
    late = NOON.replace(day=22, hour=23, minute=30)  # 00:30 on the 23rd in Berlin
    acts = [act(who="x", at=late), act(who="me", own=True)]
    found = topic_days(history(acts, by_id(post("p", "python"))), BERLIN, WEEK, TODAY)
    assert found == {"python": {TODAY: 1}, OTHER: {}}


def test_reactions_known_by_number_only_count_too() -> None:
    steps = tuple(Increment(kind=InteractionKind.LIKE, at=ago(back), count=count) for back, count in ((30, 9), (1, 5)))
    posts = {"p": msgspec.structs.replace(post("p", "python", at=ago(40)), unnamed=steps)}
    found = topic_days(history([], posts), BERLIN, WEEK, TODAY)
    assert found["python"] == {TODAY - timedelta(days=1): 5}


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(("x", "y", "z")), st.integers(0, 12 * 24), st.booleans()),
        max_size=40,
    ),
    st.integers(1, 4),
)
@settings(max_examples=60, deadline=None)
def test_parts_add_up_to_all_reactions_of_the_days(rows: list[tuple[str, str, int, bool]], topics: int) -> None:
    posts = by_id(post("a", "python"), post("b", "python", "garden"), post("c", "garden", "tea"), post("d"))
    acts = [act(who=who, on=on, at=ago(hours / 24), topics=("own",) if names else ()) for on, who, hours, names in rows]
    found = topic_days(history(acts, posts), BERLIN, WEEK, TODAY, topics)
    assert len(found) <= topics + 1
    expected = Counter(BERLIN.of(each.at) for each in {each.id: each for each in acts}.values())
    total: Counter[date] = Counter()
    for days in found.values():
        total.update(days)
    assert +total == Counter({day: count for day, count in expected.items() if WEEK <= day <= TODAY})
