"""What earns a +K, tuned: what then counts, and what is said to change."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain import reasons
from klout_tui.domain.digest import start_of
from klout_tui.domain.effect import Count, Effect, count
from klout_tui.domain.model import InteractionKind, PostKind
from klout_tui.domain.plusk import PAUSE, chains_before, counted, plusks
from klout_tui.domain.rules import EARNING, MOST_WORDS, TUNABLE, USUAL, Rules, Ruling, tuned
from klout_tui.errors import UsageError
from tests.domain.facts import act, ago, by_id, history, post

POSTS = by_id(post("p", "python"), post("q", "python", "rust"), post("bare"))
KINDS = st.sampled_from(InteractionKind)
RULES = st.builds(tuned, st.sets(st.sampled_from(TUNABLE)), st.integers(0, 12))
DOES = st.lists(
    st.tuples(KINDS, st.sampled_from("abc"), st.sampled_from(["p", "q", "bare"]), st.floats(0, 150), st.integers(0, 8)),
    max_size=50,
)


def done(does: list[tuple[InteractionKind, str, str, float, int]]):  # type: ignore[no-untyped-def]
    acts = [act(kind, who, ago(day), on=on, text="word " * words) for kind, who, on, day, words in does]
    return history({each.id: each for each in acts}.values(), POSTS)


def test_the_usual_rules_are_the_default() -> None:
    assert tuned(EARNING, 4) == USUAL == Rules()
    assert USUAL.usual
    assert not tuned([*EARNING, InteractionKind.LIKE], 4).usual


@settings(deadline=None)
@given(RULES)
def test_equal_rules_have_one_form_and_survive_being_kept(rules: Rules) -> None:
    assert tuned(reversed(rules.earns), rules.words) == rules
    ruling = Ruling(rules=rules, before=USUAL)
    assert msgspec.json.decode(msgspec.json.encode(ruling), type=Ruling) == ruling


@pytest.mark.parametrize(
    ("earns", "words"),
    [([InteractionKind.THANKS], 4), ([InteractionKind.ENDORSEMENT], 4), (EARNING, -1), (EARNING, MOST_WORDS + 1)],
)
def test_rules_that_cannot_be_are_refused(earns: list[InteractionKind], words: int) -> None:
    with pytest.raises(UsageError):
        tuned(earns, words)


@pytest.mark.parametrize(
    ("kind", "words", "rules", "earns"),
    [
        (InteractionKind.LIKE, 0, tuned([InteractionKind.LIKE], 4), True),
        (InteractionKind.REPOST, 0, tuned([InteractionKind.LIKE], 4), False),
        (InteractionKind.REPLY, 5, tuned(EARNING, 6), False),
        (InteractionKind.REPLY, 6, tuned(EARNING, 6), True),
        (InteractionKind.REPLY, 0, tuned(EARNING, 0), True),
        (InteractionKind.MENTION, 3, tuned([InteractionKind.MENTION], 4), False),
        (InteractionKind.MENTION, 4, tuned([InteractionKind.MENTION], 4), True),
        (InteractionKind.ENDORSEMENT, 0, tuned([], 0), True),
        (InteractionKind.THANKS, 0, tuned([], 100), True),
    ],
)
def test_what_earns_one_by_other_rules(kind: InteractionKind, words: int, rules: Rules, earns: bool) -> None:
    assert bool(plusks(history([act(kind, text="word " * words)], POSTS), {}, rules=rules)) is earns


@settings(deadline=None)
@given(st.sets(st.sampled_from(TUNABLE)), st.integers(0, MOST_WORDS))
def test_whoever_says_it_gives_one_whatever_the_rules(earns: set[InteractionKind], words: int) -> None:
    (found,) = plusks(history([act(InteractionKind.MENTION, text="+K")], POSTS), {}, rules=tuned(earns, words))
    assert (found.explicit, found.said) == (True, "+K")


@settings(deadline=None)
@given(DOES, RULES)
def test_seven_days_hold_by_any_rules_and_counting_twice_counts_the_same(does, rules) -> None:  # type: ignore[no-untyped-def]
    months = done(does)
    found = list(counted(months, tuple, rules=rules))
    assert [(each.at, each.topics) for each in counted(months, tuple, rules=rules)] == [
        (each.at, each.topics) for each in found
    ]
    times: dict[tuple[str, str], list[int]] = {}
    for each in found:
        for topic in each.topics or ("",):
            times.setdefault((each.digest.actors[each.digest.actor[each.row]], topic), []).append(each.at)
    pause = PAUSE.total_seconds() * 1_000_000
    assert all(after - before >= pause for run in times.values() for before, after in itertools.pairwise(run))


@settings(deadline=None)
@given(DOES, RULES, st.integers(1, 4))
def test_what_came_before_stops_the_same_ones_by_any_rules(does, rules, recent) -> None:  # type: ignore[no-untyped-def]
    months = done(does)
    window = months[-recent:]
    if not window:
        return
    begin = start_of(window[0].month)
    chains = chains_before(iter(months[:-recent][::-1]), begin, tuple, rules)
    everything = [(each.at, each.topics) for each in counted(months, tuple, rules=rules)]
    assert [(each.at, each.topics) for each in counted(window, tuple, chains, rules=rules)] == [
        each for each in everything if each[0] >= begin
    ]


@settings(deadline=None)
@given(DOES)
def test_letting_more_earn_never_leaves_a_person_or_a_topic_without(does) -> None:  # type: ignore[no-untyped-def]
    months = done(does)
    few = count(counted(months, tuple, rules=USUAL))
    more = count(counted(months, tuple, rules=tuned(TUNABLE, 0)))
    assert more.people >= few.people
    assert set(few.topics) <= set(more.topics)


def test_a_change_is_said_before_it_is_made() -> None:
    likes = tuned([*EARNING, InteractionKind.LIKE], 6)
    before = Count(plusks=97, people=40, topics={"python": 164, "gone": 2, "same": 5})
    after = Count(plusks=412, people=71, topics={"python": 301, "same": 5, "new": 1})
    assert reasons.difference(likes, USUAL) == "with likes, what is written from 6 words"
    assert reasons.difference(USUAL, likes) == "without likes, what is written from 4 words"
    assert reasons.effect_words(Effect(before=before, after=after, days=90)) == (
        "412 instead of 97 +K in 90 days, 31 people more",
        "topics: python 164 → 301 · gone 2 → 0 · new 0 → 1",
    )
    assert reasons.effect_words(Effect(before=before, after=before, days=90)) == ("97 +K in 90 days, as now",)
    fewer = Effect(before=before, after=Count(plusks=96, people=39, topics=before.topics), days=90)
    assert reasons.effect_words(fewer) == ("96 instead of 97 +K in 90 days, 1 person fewer",)
    many = Count(plusks=1, people=0, topics={f"t{number}": number for number in range(9)})
    assert reasons.effect_words(Effect(before=Count(), after=many, days=7))[1].endswith("t3 0 → 3 · 2 more change")


def test_the_rules_in_a_line() -> None:
    assert reasons.earning(USUAL) == (
        "reposts, quotes, links, stars, forks, reviews and replies and comments of 4 words or more"
    )
    assert reasons.earning(tuned([InteractionKind.LIKE], 0)) == "likes"
    assert reasons.earning(tuned([], 0)) == "nothing but a +K in so many words"


@pytest.mark.parametrize(
    ("kind", "on", "text", "says"),
    [
        (InteractionKind.REPOST, "p", "", "reposted your post on python: a repost earns a +K"),
        (InteractionKind.QUOTE, "q", "", "quoted your post on python and rust: a quote earns a +K"),
        (InteractionKind.REPOST, "bare", "", "reposted your post: a repost earns a +K"),
        (InteractionKind.STAR, "repo", "", "starred your repository on python: a star earns a +K"),
        (InteractionKind.LINK, None, "", "linked to you: a link earns a +K"),
        (
            InteractionKind.REPLY,
            "p",
            "that is just what I needed",
            "replied to your post on python in 6 words: a reply of 4 words or more earns a +K",
        ),
        (InteractionKind.MENTION, "p", "@ada +K about  Rust, really", "wrote “+K about Rust” in a mention"),
        (InteractionKind.REPLY, "p", "+K", "wrote “+K” in a reply, for python"),
        (InteractionKind.ENDORSEMENT, "p", "", "endorsed you for python: an endorsement is a +K outright"),
        (InteractionKind.THANKS, None, "", "thanked you: a thank-you is a +K outright"),
    ],
)
def test_each_says_why_it_counts(kind: InteractionKind, on: str | None, text: str, says: str) -> None:
    posts = {**POSTS, **by_id(post("repo", "python", kind=PostKind.REPOSITORY))}
    (found,) = plusks(history([act(kind, on=on, text=text)], posts), {})
    assert reasons.why(found) == says


def test_her_own_rules_are_named_as_the_reason() -> None:
    likes = tuned([*EARNING, InteractionKind.LIKE], 1)
    (liked,) = plusks(history([act(InteractionKind.LIKE)], POSTS), {}, rules=likes)
    assert reasons.why(liked, likes) == "liked your post on python: by your rules a like earns a +K"
    (replied,) = plusks(history([act(InteractionKind.REPLY, text="nice")], POSTS), {}, rules=likes)
    assert reasons.why(replied, likes) == "replied to your post on python in 1 word: by your rules a reply earns a +K"


def test_words_that_are_not_public_are_not_quoted_outside() -> None:
    secret = msgspec.structs.replace(act(InteractionKind.REPLY, text="+K about divorce"), public=False)
    (found,) = plusks(history([secret], POSTS), {})
    assert reasons.why(found) == "wrote “+K about divorce” in a reply"
    assert "about" not in reasons.why(found, private=False)
