"""What must hold of every score, whatever the history: the promises of design.md, section Score."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from klout_tui.domain.model import Interaction, InteractionKind, Post
from klout_tui.domain.score.explain import change, explanation, total
from klout_tui.domain.score.gauge import Factors, Gauge
from klout_tui.domain.score.model import BASE
from tests.domain.score_world import (
    ACCOUNTS,
    ADA,
    AUDIENCES,
    BLOG,
    CODE,
    KINDS,
    act,
    acts,
    counted,
    course,
    day,
    days,
    histories,
    model_1,
    post,
    score,
)

LIKE, REPLY, REPOST, FOLLOW = (
    InteractionKind.LIKE,
    InteractionKind.REPLY,
    InteractionKind.REPOST,
    InteractionKind.FOLLOW,
)
END = 120
TINY = 1e-9

quickly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

History = tuple[list[Interaction], list[Post]]


@quickly
@given(histories())
def test_it_lies_between_1_and_100(history: History) -> None:
    told = course(*history, until=END)
    assert all(1.0 <= each < 100.0 for each in told.scores)


def test_a_crowd_beyond_all_measure_still_stays_under_100() -> None:
    assert 99.0 < 1.0 + sum(Gauge(model_1()).points(Factors(1e15, 1e12, 1e16))) < 100.0


@quickly
@given(histories())
def test_there_is_none_before_anybody_did_anything(history: History) -> None:
    told = course(*history, until=END)
    first = min(each.at for each in history[0])
    assert told.first_day == day((first - post(0).at).total_seconds() / 86_400)
    assert told.score(told.first_day.toordinal() - 1) is None


def test_there_is_none_from_posts_alone() -> None:
    told = course([], [post(1), post(2)])
    assert (told.first_day, told.score(day(5).toordinal())) == (None, None)


@quickly
@given(histories(), st.data())
def test_one_more_interaction_lowers_no_day(history: History, data: st.DataObject) -> None:
    done, posts = history
    more = data.draw(acts(ACCOUNTS, tuple(posts)))
    assume(more.id not in {each.id for each in done})
    before, after = course(done, posts, until=END), course([*done, more], posts, until=END)
    for at in range(before.begun or 0, before.last + 1):
        assert (after.score(at) or 0.0) >= (before.score(at) or 0.0) - TINY


@quickly
@given(histories(accounts=(ADA, BLOG)), histories(accounts=(CODE,)))
def test_linking_a_network_lowers_no_day_and_the_whole_is_never_less_than_any_network(
    history: History, other: History
) -> None:
    before, after = course(*history, until=END), course(history[0] + other[0], history[1] + other[1], until=END)
    for at in range(before.begun or 0, before.last + 1):
        assert (after.score(at) or 0.0) >= (before.score(at) or 0.0) - TINY
        told = after.tallies(at)
        assert all(after.gauge.score(told) >= after.gauge.score_of(each) - TINY for each in told.accounts)


@quickly
@given(st.lists(days(), min_size=2, max_size=40), st.sampled_from(KINDS))
def test_many_people_once_are_more_than_one_person_as_often(when: list[float], kind: InteractionKind) -> None:
    here = post(0)
    many = course([act(at, f"p{n}", kind, on=here) for n, at in enumerate(when)], [here], until=END)
    one = course([act(at + n / 1e4, "p0", kind, on=here) for n, at in enumerate(when)], [here], until=END)
    assert score(many, END) > score(one, END)


def test_a_hundred_people_once_are_far_more_than_one_person_a_hundred_times() -> None:
    here = post(0)
    many = course([act(1, f"p{n}", on=here) for n in range(100)], [here])
    one = course([act(1 + n / 1e4, "p0", on=here) for n in range(100)], [here])
    assert score(many, 10) > score(one, 10) + 15


@quickly
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 40))
def test_the_same_reactions_on_fewer_posts_are_more(few: int, more: int, reactions: int) -> None:
    def scored(count: int) -> float:
        posts = [post(30 * n / count, name=f"post{n}") for n in range(count)]
        done = [act(40 + n, f"p{n % 9}", on=posts[0]) for n in range(reactions)]
        return score(course(done, posts), 100)

    assert scored(few) > scored(few + more)


def test_a_hundred_reposts_on_ten_posts_beat_a_hundred_on_a_thousand() -> None:
    def scored(count: int) -> float:
        posts = [post(90 * n / count, name=f"post{n}") for n in range(count)]
        return score(course([act(0.9 * n, f"p{n}", on=posts[n * count // 100]) for n in range(100)], posts), 95)

    assert scored(10) > scored(1000) + 2


def test_each_point_is_harder_than_the_one_before() -> None:
    here = post(0)
    scores = [score(course([act(1, f"p{n}", on=here) for n in range(2**power)], [here]), 1) for power in range(1, 9)]
    gains = [after - before for before, after in pairwise(scores)]
    people = [2**power - 2 ** (power - 1) for power in range(2, 9)]
    assert all(gain > 0 for gain in gains)
    each = [gain / count for gain, count in zip(gains, people, strict=True)]
    assert each == sorted(each, reverse=True)


@quickly
@given(st.integers(1, 200), st.sampled_from(KINDS), st.sampled_from([None, 0, 50, 5_000]))
def test_a_single_big_day_never_makes_a_cliff(people: int, kind: InteractionKind, followers: int | None) -> None:
    here = counted(post(0), 0, people)
    told = course([act(0, f"p{n}", kind, on=here, followers=followers) for n in range(people)], [here], until=300)
    rise = told.scores[0] - 1.0
    assert max(before - after for before, after in pairwise(told.scores)) < rise / 10
    assert min(before - after for before, after in pairwise(told.scores)) >= 0


@pytest.mark.parametrize("kind", [LIKE, FOLLOW])
@pytest.mark.parametrize("followers", [None, 0, 5])
@settings(max_examples=6, deadline=None)
@given(people=st.integers(1, 3000))
def test_a_burst_of_likers_without_an_audience_is_bounded(
    kind: InteractionKind, followers: int | None, people: int
) -> None:
    posts = [post(5 * n, name=f"post{n}") for n in range(8)]
    real = [act(5 * n + 0.1 * m, f"p{(n + m) % 15}", REPLY, on=posts[n]) for n in range(8) for m in range(6)]
    burst = [act(40, f"bot{n}", kind, on=posts[-1], followers=followers) for n in range(people)]
    assert score(course(real + burst, posts), 40) < score(course(real, posts), 40) + 4


@settings(max_examples=6, deadline=None)
@given(people=st.integers(1, 2000))
def test_bots_are_bounded_whatever_they_do(people: int) -> None:
    posts = [post(5 * n, name=f"post{n}") for n in range(8)]
    real = [act(5 * n + 0.1 * m, f"p{(n + m) % 15}", REPLY, on=posts[n]) for n in range(8) for m in range(6)]
    burst = [act(40, f"bot{n}", REPOST, on=posts[-1], followers=9000, bot=True) for n in range(people)]
    assert score(course(real + burst, posts), 40) < score(course(real, posts), 40) + 4


@quickly
@given(histories(), st.data())
def test_her_own_accounts_do_not_count(history: History, data: st.DataObject) -> None:
    done, posts = history
    mine = [
        act(data.draw(days()), "me", data.draw(st.sampled_from(KINDS)), on=on, own=True, followers=10**6)
        for on in data.draw(st.lists(st.sampled_from([None, *posts]), max_size=5))
    ]
    assert course(done + mine, posts, until=END).scores == course(done, posts, until=END).scores


@quickly
@given(histories(), st.randoms(use_true_random=False))
def test_order_and_duplicates_make_no_difference(history: History, random: object) -> None:
    done, posts = history
    shuffled = [*done, *done]
    getattr(random, "shuffle")(shuffled)  # noqa: B009  # hypothesis gives a Random, typed as object here
    assert course(shuffled, [*reversed(posts)], until=END).scores == course(done, posts, until=END).scores


@quickly
@given(histories(), st.integers(0, END), st.integers(0, END))
def test_its_parts_add_up_to_it_and_those_of_a_change_to_the_change(history: History, one: int, other: int) -> None:
    told = course(*history, until=END)
    first, last = sorted((day(one), day(other)))
    assume(told.score(first.toordinal()) is not None)
    before, after = (explanation(told.gauge, told.tallies(each.toordinal()), each) for each in (first, last))
    for each in (before, after):
        assert abs(total(each.contributions) - (told.score(each.day.toordinal()) or 0.0)) < TINY
        assert abs(sum(sum(row.values()) for row in each.by_network().values()) - each.score) < TINY
        assert [part.factor for part in each.contributions if part.account is None] == [BASE]
        assert all(part.points >= 0.0 for part in each.contributions)
    moved = change(before, after, first)
    assert abs(total(moved.contributions) - (after.score - before.score)) < TINY
    assert moved.points == after.score - before.score


@quickly
@given(histories(), st.sampled_from(["Pacific/Auckland", "America/Los_Angeles", "UTC"]))
def test_sums_of_every_day_give_that_days_score_in_every_zone(history: History, zone: str) -> None:
    told = course(*history, until=END, zone=ZoneInfo(zone))
    for at in range(told.begun or 0, told.last + 1, 7):
        assert told.gauge.score(told.tallies(at)) == pytest.approx(told.score(at), abs=TINY)


@quickly
@given(histories(), st.sampled_from(ACCOUNTS), st.integers(5, END - 5))
def test_unlinking_changes_no_past_day(history: History, account: str, when: int) -> None:
    """Unlinked, an account tells nothing more; what it told stays."""
    done, posts = history
    cut = post(when).at
    left = [each for each in done if each.account != account or each.at < cut]
    known = {each.post for each in left}
    kept = [each for each in posts if each.account != account or each.at < cut or each.id in known]
    whole, after = course(done, posts, until=END), course(left, kept, until=END)
    for at in range(whole.begun or 0, day(when).toordinal()):
        assert after.score(at) == pytest.approx(whole.score(at), abs=TINY)


@quickly
@given(histories())
def test_merged_people_are_one_and_an_ignored_one_is_none_exactly(history: History) -> None:
    done, posts = history
    assert AUDIENCES["p3"] == AUDIENCES["p9"]
    renamed = [
        act(
            (each.at - post(0).at).total_seconds() / 86_400,
            "p3" if each.actor.key == "p9" else each.actor.key,
            each.kind,
            on=each.post,
            account=each.account,
            followers=AUDIENCES[each.actor.key],
            bot=each.actor.bot,
        )
        for each in done
    ]
    merged = course(done, posts, until=END, people={"p9": "p3"})
    assert list(merged.scores) == pytest.approx(list(course(renamed, posts, until=END).scores), abs=TINY)
    without = course([each for each in done if each.actor.key != "p3"], posts, until=END)
    ignoring = course(done, posts, until=END, ignored={"p3"})
    assert ignoring.begun == without.begun
    assert list(ignoring.scores) == pytest.approx(list(without.scores), abs=TINY)


def test_a_year_of_nothing_fades_to_nearly_nothing_but_stays_a_score() -> None:
    told = course([act(0, f"p{n}") for n in range(30)], [post(0)], until=3000)
    assert 1.0 <= told.scores[-1] < 1.001


def test_dates_no_network_could_mean_cost_nothing() -> None:
    told = course([act(-700_000), act(1)], [post(-600_000)], until=10)
    assert told.first_day == day(1)


@pytest.mark.parametrize("when", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_day_of_23_or_25_hours_is_one_day(when: date) -> None:
    start = (when - day(0)).days
    told = course([act(start + hours / 24) for hours in range(-11, 12)], until=start + 3)
    assert told.first_day in (when, date.fromordinal(when.toordinal() - 1))
    assert told.model == model_1()
