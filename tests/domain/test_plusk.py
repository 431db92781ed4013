"""+K: what earns one, what says one, and what counts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.digest import Digest, start_of, ticks
from klout_tui.domain.model import InteractionKind
from klout_tui.domain.plusk import PAUSE, THANK_WITHIN, chains_before, counted, plusks
from tests.domain.facts import NOON, act, ago, by_id, history, post

POSTS = by_id(post("p", "Python"), post("q", "python", "Give Aways"), post("bare"))
ENOUGH = "this helped me a lot"


@pytest.mark.parametrize(
    ("kind", "text", "earns"),
    [
        (InteractionKind.LIKE, "", False),
        (InteractionKind.FOLLOW, "", False),
        (InteractionKind.BOOKMARK, "", False),
        (InteractionKind.REPOST, "", True),
        (InteractionKind.QUOTE, "", True),
        (InteractionKind.LINK, "", True),
        (InteractionKind.STAR, "", True),
        (InteractionKind.FORK, "", True),
        (InteractionKind.REPLY, "nice", False),
        (InteractionKind.REPLY, "@ada #python https://x.example/a/long/link nice", False),
        (InteractionKind.REPLY, ENOUGH, True),
        (InteractionKind.COMMENT, ENOUGH, True),
        (InteractionKind.MENTION, ENOUGH, False),
        (InteractionKind.REPLY, "これは本当に役に立ちました", True),
        (InteractionKind.REPLY, "ありがとうございます", False),
        (InteractionKind.REPLY, "🎉 🎉 🎉 👏", False),
        (InteractionKind.ENDORSEMENT, "", True),
        (InteractionKind.THANKS, "", True),
    ],
)
def test_what_earns_one(kind: InteractionKind, text: str, earns: bool) -> None:
    assert bool(plusks(history([act(kind, text=text)], POSTS), {})) is earns


@pytest.mark.parametrize(
    ("text", "explicit", "topics"),
    [
        ("+K", True, ("python",)),
        ("you get a +k from me", True, ("python",)),
        ("+K about cooking, thanks", True, ("cooking",)),
        ("+k for #Textual!", True, ("textual",)),
        ("+K for this", True, ("python",)),
        ("#plusK", True, ("python",)),
        ("+K for helping me", True, ("python",)),
        ("#plusK about rust", True, ("rust",)),
        ("80 +k a year", False, ()),
        ("C++K is a language", False, ()),
        ("+Kotlin", False, ()),
        ("we grew 5+k", False, ()),
    ],
)
def test_who_says_one(text: str, explicit: bool, topics: tuple[str, ...]) -> None:
    found = plusks(history([act(InteractionKind.MENTION, text=text)], POSTS), {})
    assert [(plusk.explicit, plusk.topics) for plusk in found] == ([(True, topics)] if explicit else [])


def test_a_tag_that_says_plusk_is_no_topic() -> None:
    tagged = act(InteractionKind.REPLY, text="#plusK", topics=("plusK",))
    both = act(InteractionKind.REPLY, "bo", text="#plusK #rust", topics=("plusK", "rust"))
    found = {plusk.actor.key: plusk for plusk in plusks(history([tagged, both], POSTS), {})}
    assert found["ann"].explicit
    assert found["ann"].topics == ("python",)
    assert found["bo"].topics == ("rust",)


def test_two_words_are_a_topic_where_her_posts_know_it() -> None:
    text = "+K about give aways, well done"
    (known,) = plusks(history([act(InteractionKind.REPLY, text=text)], POSTS), {})
    (unknown,) = plusks(history([act(InteractionKind.REPLY, text=text)], by_id(post("p", "python"))), {})
    assert (known.topics, unknown.topics) == (("give-aways",), ("give",))


def test_a_like_cannot_say_one() -> None:
    assert plusks(history([act(InteractionKind.LIKE, text="+K")], POSTS), {}) == ()


def test_an_act_on_two_topics_is_one_row_with_two() -> None:
    (plusk,) = plusks(history([act(on="q")], POSTS), {})
    assert plusk.topics == ("python", "give-aways")


def test_an_act_on_something_without_topics_counts_once() -> None:
    found = plusks(history([act(on="bare", at=ago(2)), act(on="bare", at=ago(1))], POSTS), {})
    assert [(plusk.topics, plusk.at) for plusk in found] == [((), ago(2))]


def test_one_per_person_and_topic_in_seven_days_from_the_last_counted() -> None:
    days = [20, 15, 13.5, 13, 6]
    found = plusks(history([act(at=ago(day)) for day in days], POSTS), {})
    assert [plusk.at for plusk in reversed(found)] == [ago(20), ago(13), ago(6)]


def test_another_person_and_another_topic_count_for_themselves() -> None:
    found = plusks(history([act(at=ago(3)), act(who="bo", at=ago(2)), act(on="q", at=ago(1))], POSTS), {})
    assert [plusk.topics for plusk in found] == [("give-aways",), ("python",), ("python",)]


def test_own_acts_are_left_out() -> None:
    assert plusks(history([act(own=True)], POSTS), {}) == ()


def test_thanks_are_remembered_and_waiting_ends() -> None:
    waiting, old = act(at=ago(1)), act(who="bo", at=NOON - THANK_WITHIN - timedelta(seconds=1))
    found = {plusk.id: plusk for plusk in plusks(history([waiting, old], POSTS), {})}
    assert found[waiting.id].waits(NOON)
    assert not found[old.id].waits(NOON)
    (thanked,) = plusks(history([waiting], POSTS), {waiting.id: NOON})
    assert thanked.thanked_at == NOON
    assert not thanked.waits(NOON)


@given(st.lists(st.floats(0, 60, allow_nan=False), max_size=25))
def test_counted_ones_are_seven_days_apart_and_nothing_more_could_count(days: list[float]) -> None:
    times = sorted({ago(day) for day in days})
    counted = sorted(plusk.at for plusk in plusks(history([act(at=at) for at in times], POSTS), {}))
    assert all(after - before >= PAUSE for before, after in itertools.pairwise(counted))
    last: datetime | None = None
    for at in times:
        if last is None or at - last >= PAUSE:
            assert at in counted
            last = at


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("pq"), st.floats(0, 150)), max_size=60), st.integers(1, 4)
)
def test_what_came_before_is_read_as_far_back_as_it_matters(does: list[tuple[str, str, float]], recent: int) -> None:
    acts = [act(who=who, at=ago(day), on=on) for who, on, day in does]
    months = history(acts, POSTS)
    window = months[-recent:]
    older = iter(months[:-recent][::-1])
    chains = chains_before(older, start_of(window[0].month), lambda: ())
    counting = [(each.at, each.topics) for each in counted(window, lambda: (), chains)]
    everything = [(each.at, each.topics) for each in counted(months, lambda: ())]
    assert counting == [each for each in everything if each[0] >= start_of(window[0].month)]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("pq"), st.floats(0, 150)), max_size=60),
    st.integers(0, 150),
)
def test_counting_may_begin_in_the_middle_of_a_month(does: list[tuple[str, str, float]], days: int) -> None:
    months = history([act(who=who, at=ago(day), on=on) for who, on, day in does], POSTS)
    since = ticks(ago(days))
    older = (digest for digest in months[::-1] if start_of(digest.month) <= since)
    chains = chains_before(older, since, lambda: ())
    counting = [(each.at, each.topics) for each in counted(months, lambda: (), chains, since)]
    everything = [(each.at, each.topics) for each in counted(months, lambda: ())]
    assert counting == [each for each in everything if each[0] >= since]


def test_no_more_of_the_past_is_read_than_needed() -> None:
    months = history([act(at=ago(day)) for day in (0, 25, 60, 100)], POSTS)
    taken: list[str] = []

    def older() -> Iterator[Digest]:
        for digest in months[-2::-1]:
            taken.append(digest.month)
            yield digest

    chains_before(older(), start_of("2026-11"), lambda: ())
    assert taken == ["2026-10"]
