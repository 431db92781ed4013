"""Going through the past: again from the newest month, over the seams of months, in whatever pieces."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings

from klout_tui.domain.days import Days
from klout_tui.domain.digest import Digest, digests
from klout_tui.domain.model import Interaction, InteractionKind, Post, PostKind
from klout_tui.domain.score.seam import days_of, part
from klout_tui.domain.score.walk import Walk
from klout_tui.domain.turnout import Turnout, turnout
from tests.domain.score_world import ADA, ZONE, act, course, day, histories, model_1, post, score

END = 130
quickly = settings(max_examples=30, deadline=None)

History = tuple[list[Interaction], list[Post]]


def months(history: History, zone: ZoneInfo = ZONE) -> list[Turnout]:
    return [turnout(digest, Days(zone)) for digest in digests(*history)]


@quickly
@given(histories())
def test_again_is_as_if_for_the_first_time(history: History) -> None:
    told = months(history)
    walk, end = Walk(model_1()), day(END).toordinal()
    first = walk.through(told, end)
    again = walk.again([told[-1]], end)
    assert (again.scores, again.people, again.begun) == (first.scores, first.people, first.begun)
    assert [again.tallies(at) for at in range(end - 140, end, 9)] == [
        first.tallies(at) for at in range(end - 140, end, 9)
    ]


@quickly
@given(histories(), histories())
def test_what_comes_into_the_newest_months_is_put_on_top(history: History, later: History) -> None:
    """The second history comes in when the first was gone through; its older months are left out."""
    before = months(history)
    both = (
        history[0] + later[0],
        history[1] + [each for each in later[1] if each.id not in {p.id for p in history[1]}],
    )
    new = [each for each in months(both) if each.month >= before[-1].month]
    assume(new and new[0].month == before[-1].month)
    old = [each for each in before if each.month < before[-1].month]
    walk = Walk(model_1())
    walk.through(before, day(100).toordinal())
    told = walk.again(new, day(END).toordinal())
    afresh = Walk(model_1()).through([*old, *new], day(END).toordinal())
    assert list(told.scores) == pytest.approx(list(afresh.scores), abs=1e-9)


def test_only_the_newest_month_can_be_gone_through_again() -> None:
    told = months(([act(0), act(60)], []))
    walk = Walk(model_1())
    with pytest.raises(ValueError, match="nothing"):
        walk.again(told, day(70).toordinal())
    walk.through(told, day(70).toordinal())
    with pytest.raises(ValueError, match=r"2026-05"):
        walk.again(told[:1], day(70).toordinal())


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "Europe/Berlin"])
def test_a_local_day_that_lies_in_two_months_is_one_day(zone: str) -> None:
    """A post and replies around the first of May in UTC; wherever that is one local day, it counts as one."""
    here = post(59.4, name="late")
    done = [act(59.4 + hour / 24, "ann", InteractionKind.REPLY, on=here) for hour in range(8)]
    place = ZoneInfo(zone)
    told = course(done, [here], until=70, zone=place)
    local = {Days(place).of(each.at) for each in done}
    presence = model_1().presence[InteractionKind.REPLY]
    last = max(local)
    by_day = [sum(Days(place).of(each.at) == when for each in done) for when in sorted(local)]
    left = [model_1().left_after((last - when).days) for when in sorted(local)]
    acts = sum((count * presence) ** 0.5 * part for count, part in zip(by_day, left, strict=True))
    assert told.tallies(last.toordinal()).of(ADA).echoing.acts == pytest.approx(acts)


def test_a_part_keeps_only_its_days() -> None:
    told = turnout(digests([act(0), act(1), act(2)], [post(0), post(2)])[0], Days(ZONE))
    only = part(told, day(1).toordinal(), day(1).toordinal())
    assert ([each.day for each in only.blocks], only.made) == ([day(1).toordinal()], [])
    by_day = days_of(told)
    assert [len(by_day[day(at).toordinal()].made) for at in range(3)] == [1, 0, 1]
    assert all(len(each.blocks) == 1 for each in by_day.values())


def test_nothing_later_than_today_counts() -> None:
    assert course([act(0), act(5), act(40)], until=3).scores == course([act(0)], until=3).scores


def test_followers_that_grow_count_from_the_month_they_are_seen_in() -> None:
    few = course([act(0, "ann", followers=100), act(40, "ann", followers=100)], until=50)
    more = course([act(0, "ann", followers=100), act(40, "ann", followers=9_000)], until=50)
    assert score(more, 20) == score(few, 20)
    assert score(more, 40) > score(few, 40)
    fewer = course([act(0, "ann", followers=9_000), act(40, "ann", followers=100)], until=50)
    assert score(fewer, 41) >= score(few, 41)


def test_the_turnout_of_an_empty_month() -> None:
    empty = turnout(Digest(month="2026-03"), Days(ZONE))
    assert empty.is_empty
    assert Walk(model_1()).through([empty], day(0).toordinal()).first_day is None


def test_a_month_without_anything_before_the_first_act_takes_no_day_from_it() -> None:
    told = course([act(40)], [post(0, kind=PostKind.REPOSITORY)], until=60)
    assert (told.first_day, len(told.scores)) == (day(40), 21)


def test_an_edge_of_the_calendar() -> None:
    from klout_tui.domain.score.seam import last_day

    assert last_day("9999-12") == date.max.toordinal()
    assert last_day("2026-12") == date(2026, 12, 31).toordinal()
