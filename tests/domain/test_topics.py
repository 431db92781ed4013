"""Topics: one spelling, shares that mean what they say, and the trend."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest

from klout_tui.domain.days import Days
from klout_tui.domain.model import Increment, Interaction, InteractionKind, Post, PostKind
from klout_tui.domain.plusk import counted, known_topics
from klout_tui.domain.tags import canonical, canonical_topics, topics_of
from klout_tui.domain.topics import TopicTable, topic_table
from tests.domain.facts import NOON, act, ago, by_id, history, post

BERLIN = Days(ZoneInfo("Europe/Berlin"))


def table(posts: dict[str, Post], acts: list[Interaction]) -> TopicTable:
    months = history(acts, posts)
    given = counted(months, lambda: known_topics(months))
    return topic_table(months, given, BERLIN, BERLIN.of(NOON), 90)


@pytest.mark.parametrize(
    ("written", "spelt"),
    [("#Python", "python"), ("Give Aways", "give-aways"), ("give_aways", "give-aways"), ("  ", ""), ("Ｐｙ", "py")],
)
def test_one_spelling(written: str, spelt: str) -> None:
    assert canonical(written) == spelt
    assert canonical(spelt) == spelt


def test_each_topic_once() -> None:
    assert canonical_topics(("Python", "#python", "", "Web")) == ("python", "web")


def test_the_mark_for_a_plusk_is_no_topic() -> None:
    posts = by_id(post("p", "python", "plusK", at=ago(1)))
    acts = [act(InteractionKind.REPLY, text="#plusK", topics=("plusK",))]
    assert canonical_topics(("#plusK", "Web")) == ("web",)
    assert topics_of(acts[0], posts) == ("python",)
    assert [(row.topic, row.reactions, row.plusk) for row in table(posts, acts).rows] == [("python", 1, 1)]


def test_an_act_is_about_what_it_names_else_about_its_post() -> None:
    posts = by_id(post("p", "python"))
    assert topics_of(act(), posts) == ("python",)
    assert topics_of(act(topics=("Cooking",)), posts) == ("cooking",)
    assert topics_of(act(on="unknown"), posts) == ()
    assert topics_of(act(on=None), posts) == ()


def test_shares_set_what_she_posts_beside_what_people_come_for() -> None:
    posts = by_id(
        *(post(f"m{number}", "marketing", at=ago(3)) for number in range(3)),
        post("py", "python", at=ago(4)),
        post("answer", "marketing", at=ago(2), kind=PostKind.REPLY),
        post("old", "python", at=ago(200)),
    )
    acts = [act(InteractionKind.LIKE, who, on="py", at=ago(2)) for who in ("ann", "bo", "cy")]
    acts += [act(InteractionKind.REPOST, "ann", on="m0", at=ago(1))]
    found = table(posts, acts)
    rows = {row.topic: row for row in found.rows}
    assert (rows["marketing"].posts, rows["marketing"].post_share) == (3, 0.75)
    assert (rows["python"].reactions, rows["python"].reaction_share) == (3, 0.75)
    assert rows["marketing"].plusk == 1
    assert [row.topic for row in found.rows] == ["python", "marketing"]
    assert (found.posts, found.reactions, found.untagged_posts) == (4, 4, 0)


def test_reactions_without_names_count_too() -> None:
    rise = Increment(kind=InteractionKind.LIKE, at=ago(1), count=5)
    liked = msgspec.structs.replace(post("p", "python", at=ago(2)), unnamed=(rise,))
    found = table(by_id(liked), [])
    assert (found.rows[0].reactions, found.reactions) == (5, 5)


def test_nothing_known_is_no_share() -> None:
    found = table(by_id(post("p", "python", at=ago(1))), [])
    assert found.rows[0].reaction_share is None
    assert table({}, []) == TopicTable()


def test_the_trend_is_reactions_a_week_ending_today() -> None:
    posts = by_id(post("p", "python", at=ago(100)))
    acts = [act(InteractionKind.LIKE, f"w{number}", at=ago(day)) for number, day in enumerate((0, 6, 7, 83, 84))]
    (row,) = table(posts, acts).rows
    assert row.trend == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2)


def test_untagged_posts_are_told() -> None:
    found = table(by_id(post("p", at=ago(1)), post("q", "web", at=ago(1))), [])
    assert (found.posts, found.untagged_posts) == (2, 1)
