"""Every table and what no factor applies to add up to the change, whatever happened."""

from __future__ import annotations

import math
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain.diagnosis import By, Diagnosis
from klout_tui.domain.model import Actor, Increment, Interaction, InteractionKind, Post, PostKind
from tests.domain.diagnosis.scene import BEGUN, BLOG, BLUESKY, FIRST, MASTODON, RIPE, Scene, account, at, post


def adds_up(found: Diagnosis) -> bool:
    apart = sum(each.change for each in found.splits.asides)
    totals = [sum(part.shares.change for part in found.splits.tables[by]) + apart for by in By]
    return all(math.isclose(total, found.splits.change, abs_tol=1e-9) for total in totals)


days = st.integers(0, 65).map(lambda back: RIPE + timedelta(days=2) - timedelta(days=back))
places = st.sampled_from([MASTODON, BLUESKY, BLOG])


@st.composite
def posts(draw: st.DrawFn) -> list[Post]:
    found = []
    for number in range(draw(st.integers(0, 12))):
        made = post(draw(days), f"p{number}", on=draw(places))
        rises = tuple(
            Increment(kind=InteractionKind.LIKE, at=at(draw(days)), count=draw(st.integers(1, 9)))
            for _ in range(draw(st.integers(0, 2)))
        )
        kind = draw(st.sampled_from(PostKind))
        topics = tuple(draw(st.lists(st.sampled_from(["python", "Garden", "#web"]), max_size=3)))
        found.append(msgspec.structs.replace(made, kind=kind, topics=topics, unnamed=rises))
    return found


@given(posts(), st.data())
@settings(max_examples=60, deadline=None)
def test_nothing_is_left_over(made: list[Post], data: st.DataObject) -> None:
    scene = Scene(MASTODON, BLUESKY, BLOG)
    scene.posts = made
    if data.draw(st.booleans()):
        scene.accounts[1] = account(BLUESKY, linked=at(data.draw(days)))
    targets = [*(each.id for each in made), "https://elsewhere/unknown", None]
    for number in range(data.draw(st.integers(0, 60))):
        target = data.draw(st.sampled_from(targets))
        name = data.draw(places)
        scene.acts.append(
            Interaction(
                id=f"{name}/{number}",
                account=name,
                kind=data.draw(st.sampled_from(InteractionKind)),
                actor=Actor(key=f"u{data.draw(st.integers(0, 5))}", handle="@u"),
                at=at(data.draw(days), 10),
                post=target,
            )
        )
    found = scene.diagnosis()
    assert adds_up(found)
    inside = [act for act in scene.acts if BEGUN <= act.at.date() <= RIPE]
    rises = sum(step.count for each in made for step in each.unnamed if BEGUN <= step.at.date() <= RIPE)
    assert found.splits.now == len(inside) + rises


def test_half_the_posts_is_a_matter_of_posts() -> None:
    scene = Scene().quiet(last=BEGUN - timedelta(days=1))
    for offset in range(0, 30, 2):
        scene.add(post(BEGUN + timedelta(days=offset)), 10)
    found = scene.diagnosis()
    assert (found.splits.before, found.splits.now) == (300, 150)
    shares = found.splits.shares()
    assert shares.posts == pytest.approx(-150)
    assert shares.people == pytest.approx(0, abs=1e-9)
    assert adds_up(found)


def test_a_post_with_two_topics_belongs_to_both_by_halves() -> None:
    scene = Scene()
    scene.add(post(BEGUN, topics=("python", "web")), 4)
    parts = {part.label: part.now for part in scene.diagnosis().splits.tables[By.TOPIC]}
    assert {label: (cell.posts, cell.people, cell.acts) for label, cell in parts.items()} == {
        "python": (0.5, 2.0, 2.0),
        "web": (0.5, 2.0, 2.0),
    }


def test_answers_of_hers_stand_in_no_denominator() -> None:
    scene = Scene().quiet()
    answer = msgspec.structs.replace(post(BEGUN, "answer"), kind=PostKind.REPLY)
    scene.add(answer, 5)
    kinds = {part.label: part for part in scene.diagnosis().splits.tables[By.KIND]}
    assert kinds["reply"].now.posts == 0
    assert kinds["reply"].shares.without == 5
    networks = {part.label: part for part in scene.diagnosis().splits.tables[By.NETWORK]}
    assert networks["mastodon"].now.posts == 30


def test_follows_and_unnamed_reactions_are_parts_of_their_own() -> None:
    scene = Scene().quiet()
    scene.acts.append(
        Interaction(
            id="f", account=MASTODON, kind=InteractionKind.FOLLOW, actor=Actor(key="x", handle="@x"), at=at(BEGUN)
        )
    )
    rise = Increment(kind=InteractionKind.LIKE, at=at(BEGUN, 20), count=7)
    scene.posts[-1] = msgspec.structs.replace(scene.posts[-1], unnamed=(rise,))
    found = scene.diagnosis()
    assert {(each.what, each.network): each.change for each in found.splits.asides} == {
        ("unnamed", "mastodon"): 7,
        ("no post", "mastodon"): 1,
    }
    assert adds_up(found)


def test_what_lies_outside_both_windows_is_in_neither() -> None:
    scene = Scene().quiet(first=FIRST - timedelta(days=20), last=RIPE + timedelta(days=2))
    found = scene.diagnosis()
    assert (found.splits.before, found.splits.now) == (300, 300)
