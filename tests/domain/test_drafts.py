"""Drafts are short, plain, and about the thing itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.drafts import Cause, faults, giving, thanks
from klout_tui.domain.graphemes import graphemes
from klout_tui.domain.model import InteractionKind
from klout_tui.domain.praise import named_topic, says_plusk

CAUSE = Cause(kind=InteractionKind.REPOST, names=("Bo",), topic="python", post="On caching, and when not to")


@pytest.mark.parametrize("kind", list(InteractionKind))
@pytest.mark.parametrize("said", [True, False])
def test_there_are_three_short_ones_for_every_kind(kind: InteractionKind, said: bool) -> None:
    cause = Cause(kind=kind, names=("Bo",), topic="python", post="On caching", said_plusk=said)
    drafts = thanks(cause, opening="@bo@tech.example")
    assert len(drafts) == len(set(drafts)) == 3
    assert all(draft.startswith("@bo@tech.example ") and graphemes(draft) < 200 for draft in drafts)
    assert all("  " not in draft and "{" not in draft for draft in drafts)
    assert any("python" in draft for draft in drafts)


def test_they_name_the_post_and_the_topic() -> None:
    assert thanks(CAUSE) == (
        "Thank you for passing on “On caching, and when not to”!",
        "Thanks for passing on “On caching, and when not to”. Good to know that what I write on python is of use.",
        "Thank you! What would you like to read next about python?",
    )


def test_without_a_topic_or_a_post_they_still_read_well() -> None:
    assert thanks(Cause(kind=InteractionKind.REPOST, names=("Bo",))) == (
        "Thank you for passing on my post!",
        "Thanks for passing on my post. Good to know that what I write is of use.",
        "Thank you! What would you like to read next?",
    )


def test_her_own_words_win() -> None:
    assert thanks(CAUSE, ["Hi {name}, {topic}, {post}, {did}."], opening="@bo") == (
        "@bo Hi Bo, python, “On caching, and when not to”, passing on.",
    )
    assert faults(["{name} {nmae}", "{post}"]) == [
        "[drafts] {nmae} means nothing; there are {name}, {topic}, {post}, {did}"
    ]


def test_a_short_limit_shortens_the_posts_name_first() -> None:
    long = Cause(kind=InteractionKind.REPOST, names=("Bo",), topic="python", post="x" * 200)
    assert max(graphemes(draft) for draft in thanks(long, opening="@bo", most=100)) <= 100


@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=60))
def test_hostile_words_stay_harmless(post: str, topic: str, name: str) -> None:
    cause = Cause(kind=InteractionKind.QUOTE, names=(name,), topic=topic, post=post)
    for draft in thanks(cause, ["{name} {topic} {post} {did} {name}"]):
        assert not any(character < " " and character != "\n" for character in draft)


@pytest.mark.parametrize("topic", ["python", "machine-learning", "東京"])
def test_a_plusk_given_is_read_as_one(topic: str) -> None:
    text = giving("Bo", topic, opening="@bo@tech.example")
    assert says_plusk(text)
    assert named_topic(text, lambda: ()) == topic
    assert text.startswith("@bo@tech.example +K about ")
