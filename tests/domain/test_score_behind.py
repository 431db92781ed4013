"""The people and posts behind a part add up to it, and are the ones who made it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from klout_tui.domain.days import Days
from klout_tui.domain.digest import digests
from klout_tui.domain.model import Interaction, InteractionKind, Post
from klout_tui.domain.score.behind import Behind, Parts, without_titles
from klout_tui.domain.score.explain import explanation
from klout_tui.domain.score.model import Factor
from tests.domain.score_world import ADA, ZONE, act, counted, course, day, histories, post

LIKE, REPLY, REPOST, FOLLOW = (
    InteractionKind.LIKE,
    InteractionKind.REPLY,
    InteractionKind.REPOST,
    InteractionKind.FOLLOW,
)


def behind(
    acts: list[Interaction],
    posts: list[Post],
    until: int,
    *,
    account: str = ADA,
    since: str = "",
    people: dict[str, str] | None = None,
    ignored: frozenset[str] = frozenset(),
) -> dict[Factor, Behind]:
    told = course(acts, posts, until=until, people=people, ignored=ignored)
    parts = explanation(told.gauge, told.tallies(told.last), day(until)).contributions
    given = {part.factor: part.points for part in parts if part.account == account}
    months = [digest.visible() for digest in digests(acts, posts) if digest.month >= since]
    tally = told.tallies(told.last).of(account)
    found = Parts(told.gauge, tally, months, Days(ZONE), told.last, people, ignored)
    return {factor: found.behind(factor, given.get(factor.value, 0.0)) for factor in Factor}


def adds_up(found: Behind) -> None:
    people = sum(each.points for each in found.people) + found.others + found.older
    posts = sum(each.points for each in found.posts) + found.no_post + found.older
    assert people == pytest.approx(found.points, abs=1e-9)
    assert posts == pytest.approx(found.points, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(histories())
def test_it_adds_up_to_the_part(history: tuple[list[Interaction], list[Post]]) -> None:
    for found in behind(*history, 110).values():
        adds_up(found)


def test_nothing_is_older_where_all_is_looked_at() -> None:
    here = post(0)
    done = [act(n, f"p{n}", kind, on=here, followers=90) for n, kind in enumerate([LIKE, REPLY, REPOST])]
    for found in behind(done, [here], 5).values():
        assert found.older == pytest.approx(0.0, abs=1e-9)
        assert found.people_count == 3
        assert [each.id for each in found.posts] == [here.id]


def test_the_older_months_stand_as_one_part() -> None:
    here = post(0)
    done = [act(0, "early", REPOST, on=here), act(70, "late", REPOST, on=here)]
    found = behind(done, [here], 70, since="2026-05")[Factor.REACH]
    assert [each.key for each in found.people] == ["late"]
    assert found.older == pytest.approx(found.people[0].points * 0.5 ** (70 / 60), rel=0.02)
    adds_up(found)


def test_who_does_more_and_later_stands_first() -> None:
    here, there = post(0, name="old"), post(40, name="new")
    done = [
        act(0, "liker", LIKE, on=here),
        act(0, "fan", REPOST, on=here),
        act(40, "fan", REPOST, on=there),
        act(40, "known", REPOST, on=there, followers=90_000),
        act(41, "follower", FOLLOW),
    ]
    found = behind(done, [here, there], 42)
    assert [each.key for each in found[Factor.REACH].people][-2:] == ["follower", "liker"]
    assert found[Factor.IMPACT].people[0].key == "known"
    assert [each.id for each in found[Factor.REACH].posts] == ["new", "old"]
    assert found[Factor.REACH].no_post > 0
    assert "follower" not in [each.key for each in found[Factor.AMPLIFICATION].people]
    for part in found.values():
        adds_up(part)


def test_faint_acts_and_counts_without_names_have_their_bounded_part() -> None:
    here = counted(post(0), 1, 500)
    done = [act(1, f"bot{n}", LIKE, on=here, followers=0) for n in range(80)] + [act(1, "real", REPLY, on=here)]
    done += [act(1, "machine", REPOST, on=here, bot=True)]
    found = behind(done, [here], 2)
    assert found[Factor.REACH].people[0].key == "real"
    assert found[Factor.REACH].people_count == 82
    assert found[Factor.REACH].others > 0
    for part in found.values():
        adds_up(part)


def test_merged_people_are_one_and_ignored_ones_are_not_there() -> None:
    here = post(0)
    done = [act(0, who, REPOST, on=here) for who in ("ann", "ann too", "bo", "cy")]
    found = behind(done, [here], 1, people={"ann too": "ann"}, ignored=frozenset({"cy"}))[Factor.REACH]
    assert sorted(each.key for each in found.people) == ["ann", "bo"]
    assert found.older == pytest.approx(0.0, abs=1e-9)


def test_another_account_has_no_part_in_it() -> None:
    found = behind([act(0)], [post(0)], 1, account="blog:elsewhere")
    assert {part.points for part in found.values()} == {0.0}


def test_titles_can_be_left_out() -> None:
    here = post(0)
    here = Post(id=here.id, account=here.account, kind=here.kind, at=here.at, title="Quiet words")
    part = behind([act(0, on=here)], [here], 1)[Factor.REACH]
    assert part.posts[0].title == "Quiet words"
    assert without_titles(part, {here.id}).posts[0].title == ""
