"""What people held against Klout, each as a property: none of it may come back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain.model import Interaction, InteractionKind, Post
from klout_tui.domain.score.outlook import AHEAD, Step, fading, moves
from tests.domain.score_world import ADA, act, counted, course, day, post, score

LIKE, REPLY, REPOST = InteractionKind.LIKE, InteractionKind.REPLY, InteractionKind.REPOST

slowly = settings(max_examples=15, deadline=None)


def daily(first: int, last: int, people: int, kind: InteractionKind) -> tuple[list[Interaction], list[Post]]:
    """A post a day, and the same people reacting to each."""
    return every(1, first, last, people, kind)


def every(step: int, first: int, last: int, people: int, kind: InteractionKind) -> tuple[list[Interaction], list[Post]]:
    posts = [post(at, name=f"post {at}") for at in range(first, last, step)]
    done = [
        act(at + 0.01 * n / people, f"p{n}", kind, on=each, followers=100 + n)
        for at, each in zip(range(first, last, step), posts, strict=True)
        for n in range(people)
    ]
    return done, posts


@slowly
@given(st.integers(1, 60), st.sampled_from([LIKE, REPLY, REPOST]), st.integers(1, 5))
def test_a_holiday_costs_less_than_the_same_week_with_ignored_posts(
    people: int, kind: InteractionKind, a_day: int
) -> None:
    done, posts = daily(0, 90, people, kind)
    ignored = [post(90 + n / a_day, name=f"ignored {n}") for n in range(7 * a_day)]
    holiday, at_work = course(done, posts, until=97), course(done, posts + ignored, until=97)
    for at in range(91, 98):
        assert score(at_work, at) < score(holiday, at) < score(holiday, 90)


@slowly
@given(st.integers(1, 250), st.sampled_from([LIKE, REPLY, REPOST]))
def test_from_daily_chatter_to_one_good_post_a_week_costs_less_than_a_point(people: int, kind: InteractionKind) -> None:
    chatter, chatted = daily(0, 140, people, kind)
    weekly, written = every(7, 140, 260, people, kind)
    told = course(chatter + weekly, chatted + written, until=260)
    before = score(told, 139)
    assert min(score(told, at) for at in range(140, 261)) > before - 1.0


@slowly
@given(st.integers(1, 40), st.integers(1, 90))
def test_nothing_done_never_lowers_it_from_one_day_to_the_next_by_more_than_a_fraction(people: int, quiet: int) -> None:
    """A score out of the thirties dropped twenty points overnight; here a day without anything costs under a fifth."""
    done, posts = daily(0, 60, people, REPLY)
    told = course(done, posts, until=60 + quiet)
    falls = [score(told, at) - score(told, at + 1) for at in range(60, 60 + quiet)]
    assert max(falls) < 0.2


def test_what_will_fade_is_told_before_it_does() -> None:
    done, posts = daily(0, 60, 20, REPLY)
    told = course(done, posts, until=80)
    at = 59
    foretold = fading(told.gauge, told.tallies(day(at).toordinal()), day(at))
    assert foretold.scores == pytest.approx([score(told, at + ahead) for ahead in range(1, AHEAD + 1)], abs=1e-9)
    assert foretold.points == pytest.approx(score(told, at + AHEAD) - score(told, at), abs=1e-9)
    assert sum(part.points for part in foretold.change.contributions) == pytest.approx(foretold.points, abs=1e-9)


def test_what_would_move_it_is_what_moves_it() -> None:
    done, posts = daily(0, 60, 20, REPLY)
    told = course(done, posts, until=61)
    at = day(61).toordinal()
    found = {move.step: move for move in moves(told.gauge, told.tallies(at), [ADA], day(61))}

    new = [act(61, f"new{n}", REPLY, on=posts[-1], followers=110) for n in range(3)]
    moved = score(course(done + new, posts, until=61), 61) - score(told, 61)
    assert found[Step.VOICES].points == pytest.approx(moved, rel=0.1)
    far = [act(61, "far", REPOST, on=posts[-1], followers=10_000)]
    moved = score(course(done + far, posts, until=61), 61) - score(told, 61)
    assert found[Step.FAR].points == pytest.approx(moved, abs=1e-9)
    likes = [act(61, f"new{n}", LIKE, on=posts[-1], followers=0) for n in range(3)]
    moved = score(course(done + likes, posts, until=61), 61) - score(told, 61)
    assert found[Step.LIKES].points == pytest.approx(moved, abs=1e-9)
    ignored = course(done, [*posts, post(61, name="ignored")], until=61)
    assert found[Step.IGNORED].points == pytest.approx(score(ignored, 61) - score(told, 61), abs=1e-9)
    assert found[Step.QUIET].points == pytest.approx(
        score(course(done, posts, until=68), 68) - score(told, 61), abs=1e-9
    )
    assert found[Step.IGNORED].points < 0
    assert Step.POST not in found  # after sixty posts like it, one more moves nothing that is shown
    points = [move.points for move in moves(told.gauge, told.tallies(at), [ADA], day(61))]
    assert points == sorted(points, reverse=True)


def test_one_more_post_like_the_others_moves_the_score_of_whoever_has_few() -> None:
    done, posts = daily(0, 2, 5, REPLY)
    told = course(done, posts, until=2)
    found = {move.step: move.points for move in moves(told.gauge, told.tallies(told.last), [ADA], day(2))}
    assert found[Step.POST] > 0 > found[Step.IGNORED]


def test_something_may_only_happen_on_linked_accounts() -> None:
    done, posts = daily(0, 10, 3, REPLY)
    told = course(done, posts, until=10)
    found = moves(told.gauge, told.tallies(told.last), [], day(10))
    assert [move.step for move in found] == [Step.QUIET]


@slowly
@given(st.integers(1, 100_000))
def test_counts_without_names_count_less_than_people_and_within_a_bound(count: int) -> None:
    done, posts = daily(0, 30, 10, REPLY)
    known = score(course(done, posts, until=30), 30)
    counts = [*posts[:-1], counted(posts[-1], 29.5, count)]
    named = [act(29.5, f"new{n}", LIKE, on=posts[-1]) for n in range(min(count, 300))]
    told = score(course(done, counts, until=30), 30)
    assert known < told < known + 4
    assert told < score(course(done + named, posts, until=30), 30)
