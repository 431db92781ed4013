"""Suggestions: what may be one topic, why, and what must never be taken for one."""

from __future__ import annotations

from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.alike import alike, singular, squeezed

DIFFERENT = (
    "news new", "css cs", "physics physic-al", "bus buses-line", "java javascript", "react reach",
    "cat cart", "ios io", "analysis analyst", "gas ga", "c c#", "c c++", "go god", "rust trust", "data date",
    "marketing market", "write writing", "design designer", "species specie", "python3 python", "web2 web3",
    "2024 2025", "series serie", "nodejs nodej",
)  # fmt: skip


@pytest.mark.parametrize(
    ("into", "topic", "why"),
    [
        ("give-aways", "giveaways", "hyphen"),
        ("café", "cafe", "accent"),
        ("gardens", "garden", "one and many"),
        ("libraries", "library", "one and many"),
        ("boxes", "box", "one and many"),
        ("give-aways", "giveaway", "nearly"),
        ("marketing", "marekting", "letter"),
        ("accessibility", "accessability", "letter"),
        ("newsletter", "newsleter", "letter"),
    ],
)
def test_what_looks_alike_is_suggested_with_the_reason(into: str, topic: str, why: str) -> None:
    (found,) = alike([into, topic, "web"])
    assert (found.into, found.topic) == (into, topic)
    assert why in found.why


@pytest.mark.parametrize("pair", DIFFERENT)
def test_different_words_are_not_suggested(pair: str) -> None:
    assert alike(pair.split()) == ()


def test_what_she_kept_apart_is_not_suggested_again() -> None:
    assert alike(["gardens", "garden"], [("garden", "gardens")]) == ()


def test_each_topic_is_joined_into_one_other_at_most() -> None:
    found = alike(["give-aways", "giveaways", "give-away", "giveaway"])
    assert len({each.topic for each in found}) == len(found)
    assert {each.into for each in found}.isdisjoint(each.topic for each in found)


@given(st.lists(st.sampled_from(["garden", "gardens", "give-aways", "giveaways", "café", "cafe", "web"]), unique=True))
def test_pairs_do_not_depend_on_the_order(topics: list[str]) -> None:
    pairs = {frozenset((each.topic, each.into)) for each in alike(topics)}
    for other in islice(permutations(topics), 24):
        joined = {frozenset({each.topic, each.into}) for each in alike(other)}
        assert {topic for pair in joined for topic in pair} == {topic for pair in pairs for topic in pair}


@given(st.text(alphabet="abcs-ieyxh", max_size=12))
def test_taking_an_ending_off_never_leaves_nothing(word: str) -> None:
    assert bool(singular(word)) == bool(word)
    assert squeezed(squeezed(word)) == squeezed(word)
