"""Guesses: her own topics first, then listed ones, then the word that stands out; and rather none than a wild one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klout_tui.domain.curation import Curation, HerTopics, Tags
from klout_tui.domain.days import Days
from klout_tui.domain.guess import GUESSES, Corpus, corpus, guess
from klout_tui.domain.model import InteractionKind, Post
from klout_tui.domain.plusk import counted, known_topics, shown
from klout_tui.domain.topics import topic_table
from tests.domain.facts import NOON, act, ago, by_id, history, post

LISTED = {
    "machine-learning": "machine-learning",
    "ml-ops": "devops",
    "rust": "rust",
    "go": "go",
    "learning": "learning",
}
KNOWN = frozenset({"python", "give-aways", "writing"})
ABOUT = Corpus(known=KNOWN, listed=LISTED, telling=KNOWN)


def said(text: str, title: str = "") -> Post:
    return msgspec.structs.replace(post("p"), text=text, title=title)


@pytest.mark.parametrize(
    ("text", "title", "topics"),
    [
        ("A new Python release, at last", "", ("python",)),
        ("On give aways and why they work", "", ("give-aways",)),
        ("Machine learning for gardeners", "", ("machine-learning",)),
        ("I go to the rust belt", "", ()),
        ("Rust is nice. Did I say that rust is nice?", "", ("rust",)),
        ("whatever", "Why Rust", ("rust",)),
        ("Why Rust", "Why Rust", ("rust",)),
        ("see https://example.org/python and @python@far.example", "", ()),
        ("writing about Python, give aways and machine learning", "", ("give-aways", "machine-learning")),
        ("", "", ()),
        ("Pythonesque", "", ()),
    ],
)
def test_topics_are_found_in_the_text(text: str, title: str, topics: tuple[str, ...]) -> None:
    assert guess(said(text, title), ABOUT) == topics


def test_a_word_tells_where_her_tagged_posts_say_so() -> None:
    tagged = [msgspec.structs.replace(said(f"python number{number}"), topics=("python",)) for number in range(40)]
    other = [msgspec.structs.replace(said(f"writing on number{number}"), topics=("cats",)) for number in range(5)]
    about = corpus([*tagged, *other], KNOWN, {})
    assert guess(said("python again"), about) == ("python",)
    assert guess(said("writing again"), about) == ()
    assert guess(said("writing, writing"), about) == ("writing",)
    assert guess(said("nothing more", "On writing"), about) == ("writing",)


def test_a_word_of_every_other_post_tells_nothing() -> None:
    about = corpus([said(f"python number{number}") for number in range(40)], {"python"}, {})
    assert guess(said("python again"), about) == ()
    assert guess(said("python, python"), about) == ("python",)


def test_one_word_that_stands_out() -> None:
    posts = [said(f"an ordinary day number{number}") for number in range(36)]
    posts += [said("the aqueduct at dawn") for _ in range(3)]
    about = corpus(posts, (), {})
    assert guess(said("Aqueduct, oh aqueduct"), about) == ("aqueduct",)
    assert guess(said("nothing more", "The aqueduct"), about) == ("aqueduct",)
    assert guess(said("aqueduct once"), about) == ()
    assert guess(said("ordinary, ordinary"), about) == ()
    assert guess(said("viaduct, viaduct"), about) == ()
    assert guess(said("Aqueduct, oh aqueduct"), corpus(posts[-5:], (), {})) == ()


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=30))
def test_any_text_gets_few_topics_each_once_in_their_one_spelling(text: str, title: str) -> None:
    found = guess(said(text, title), ABOUT)
    assert len(set(found)) == len(found) <= GUESSES
    assert set(found) <= {*ABOUT.known, *LISTED.values()}


def guessed(name: str, *topics: str) -> Post:
    return msgspec.structs.replace(post(name, at=ago(3)), guessed=topics)


def test_a_guess_counts_and_is_marked_and_her_own_word_is_stronger() -> None:
    posts = by_id(guessed("a", "python"), guessed("b", "python"), post("c", "python", at=ago(3)))
    acts = [act(InteractionKind.REPOST, "ann", at=ago(2), on="a"), act(InteractionKind.REPOST, "bo", at=ago(2), on="c")]
    hers = HerTopics(tags={"b": Tags(added=("garden",))})
    months = [month.retagged(hers) for month in history(acts, posts)]
    given = list(counted(months, lambda: known_topics(months)))
    days = Days(ZoneInfo("Europe/Berlin"))
    rows = {row.topic: row for row in topic_table(months, given, days, days.of(NOON), 90).rows}
    assert (rows["python"].posts, rows["python"].guessed, rows["python"].plusk) == (2, 1, 2)
    assert (rows["garden"].posts, rows["garden"].guessed) == (1, 0)
    assert {plusk.actor.key: plusk.guessed for plusk in shown(given, {})} == {"ann": True, "bo": False}


def test_a_guess_never_earns_twice_what_a_tag_earns() -> None:
    posts = by_id(guessed("a", "python"), post("c", "python", at=ago(3)))
    acts = [
        act(InteractionKind.REPOST, "ann", at=ago(2), on="a"),
        act(InteractionKind.REPOST, "ann", at=ago(1), on="c"),
    ]
    months = [month.retagged(HerTopics()) for month in history(acts, posts)]
    assert [each.topics for each in counted(months, lambda: known_topics(months))] == [("python",)]


def test_what_she_decided_holds_for_guesses_too() -> None:
    posts = by_id(guessed("a", "python"), guessed("b", "cats"))
    hers = HerTopics(Curation().merge("python", "code").hide("cats"))
    (month,) = (each.retagged(hers) for each in history([], posts))
    assert {each.id: each.topics for each in month.posts} == {"a": ("code",), "b": ()}


def test_guesses_can_be_left_out() -> None:
    (month,) = (each.retagged(HerTopics(guesses=False)) for each in history([], by_id(guessed("a", "python"))))
    assert month.posts[0].topics == ()
    assert month.posts[0].guessed == ()
