"""Klout's brake: five a day by the local day, one per person and topic in seven days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from klout_tui.domain.days import Days
from klout_tui.domain.giving import A_DAY, brake, given, left_today
from klout_tui.domain.letters import Addressee, Letter, Purpose, State

DAYS = Days(ZoneInfo("Europe/Berlin"))
NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # 23:30 in Berlin


def gift(at: datetime, *, person: str = "bo", topic: str = "python", state: State = State.SENT) -> Letter:
    return Letter(
        key=f"{at.timestamp()}{person}{topic}",
        account="mastodon:ada@social.example",
        purpose=Purpose.GIVING,
        text="+K",
        at=at,
        to=(Addressee(key=person, handle=f"@{person}"),),
        topic=topic,
        state=state,
    )


def test_five_a_day_and_free_again_at_local_midnight() -> None:
    letters = [gift(NOW - timedelta(minutes=number), person=f"p{number}") for number in range(A_DAY)]
    assert left_today(letters[1:], NOW, DAYS) == 1
    assert brake("bo", "python", letters[1:], NOW, DAYS) is None
    stop = brake("bo", "python", letters, NOW, DAYS)
    assert stop is not None
    assert stop.frees_at == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert brake("bo", "python", letters, stop.frees_at, DAYS) is None
    assert left_today(letters, stop.frees_at, DAYS) == A_DAY


def test_one_per_person_and_topic_in_seven_days() -> None:
    before = [gift(NOW - timedelta(days=3), topic="Machine Learning")]
    stop = brake("bo", "machine-learning", before, NOW, DAYS)
    assert stop is not None
    assert stop.frees_at == NOW + timedelta(days=4)
    assert brake("bo", "machine-learning", before, stop.frees_at, DAYS) is None
    assert brake("bo", "python", before, NOW, DAYS) is None
    assert brake("cy", "machine-learning", before, NOW, DAYS) is None


@pytest.mark.parametrize("state", list(State))
def test_what_did_not_go_out_or_was_taken_back_was_not_given(state: State) -> None:
    counts = state in (State.SENT, State.SENDING, State.UNKNOWN)
    assert bool(given([gift(NOW, state=state)])) is counts
    assert (brake("bo", "python", [gift(NOW, state=state)], NOW, DAYS) is not None) is counts


@given_(st.lists(st.tuples(st.integers(0, 20 * 24), st.sampled_from("abc"), st.sampled_from(["x", "y"])), max_size=60))
def test_whoever_keeps_to_the_brake_never_gives_more(wishes: list[tuple[int, str, str]]) -> None:
    start = datetime(2026, 10, 20, tzinfo=UTC)  # over a change of the clocks
    letters: list[Letter] = []
    for hour, person, topic in sorted(wishes):
        at = start + timedelta(hours=hour)
        stop = brake(person, topic, letters, at, DAYS)
        if stop is None:
            letters.append(gift(at, person=person, topic=topic))
        else:
            assert stop.frees_at > at
    days = [DAYS.of(each.at) for each in letters]
    assert all(days.count(day) <= A_DAY for day in days)
    pairs: dict[tuple[str, str], datetime] = {}
    for each in letters:
        pair = (each.to[0].key, each.topic)
        assert each.at - pairs.get(pair, each.at - timedelta(days=7)) >= timedelta(days=7)
        pairs[pair] = each.at
