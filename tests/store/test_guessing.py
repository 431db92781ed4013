"""Guesses in the store: made once, kept beside the post, gone when the network tells better."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from klout_tui.domain.model import PostKind
from klout_tui.store import Store
from klout_tui.store.guessing import guessing
from tests.store.build import NOON, Clock, act, batch, fold, post


@pytest.fixture
def filled(store: Store) -> Store:
    tagged = [post(f"t{number}", topics=("Python",)) for number in range(3)]
    plain = post("plain", text="All about Python", at=NOON - timedelta(days=40))
    reply = post("reply", text="Python!", kind=PostKind.REPLY)
    store.absorb(batch(*tagged, plain, reply, post("nothing", text="Good morning"), act("a1", on="plain")))
    return store


def topics_in(store: Store) -> dict[str, tuple[str, ...]]:
    return {each.id: each.topics for digest in store.history() for each in digest.posts if each.guessed}


@pytest.mark.parametrize("folded", [False, True])
def test_posts_without_tags_are_looked_at_once(filled: Store, folded: bool) -> None:
    if folded:
        fold(filled)
    assert sum(guessing(filled)) == 2
    assert topics_in(filled) == {"plain": ("python",)}
    assert sum(guessing(filled)) == 0
    revision = filled.revision
    assert sum(guessing(filled)) == 0
    assert filled.revision == revision
    fold(filled)
    assert topics_in(filled) == {"plain": ("python",)}
    found = filled.post("nothing")
    assert found is not None
    assert found.guessed == ()


def test_they_outlive_the_program_and_the_columns_made_anew(filled: Store, folder: Path, clock: Clock) -> None:
    list(guessing(filled))
    fold(filled)
    filled.close()
    for path in folder.glob("digest-*.json*"):
        path.unlink()
    with Store.open(folder, clock=clock) as again:
        assert topics_in(again) == {"plain": ("python",)}


def test_read_again_a_post_keeps_its_guess_until_it_says_something_else(filled: Store) -> None:
    list(guessing(filled))
    filled.absorb(batch(post("plain", text="All about Python", at=NOON - timedelta(days=40), likes=3), cursor="2"))
    assert topics_in(filled) == {"plain": ("python",)}
    filled.absorb(batch(post("plain", text="All about cats", at=NOON - timedelta(days=40)), cursor="3"))
    assert topics_in(filled) == {}
    assert sum(guessing(filled)) == 1
    filled.absorb(batch(post("plain", text="x", topics=("Cats",), at=NOON - timedelta(days=40)), cursor="4"))
    found = filled.post("plain")
    assert found is not None
    assert (found.topics, found.guessed) == (("Cats",), None)


def test_only_lately_where_that_is_asked(filled: Store) -> None:
    assert sum(guessing(filled, NOON)) == 1
    assert topics_in(filled) == {}
    assert sum(guessing(filled)) == 1


def test_again_by_the_topics_there_are_now(filled: Store) -> None:
    list(guessing(filled))
    filled.absorb(batch(post("m1", topics=("morning",)), post("m2", topics=("morning",)), cursor="5"))
    assert sum(guessing(filled)) == 0
    assert sum(guessing(filled, again=True)) == 2
    assert topics_in(filled) == {"plain": ("python",), "nothing": ("morning",)}


def test_stopped_in_between_nothing_is_lost(filled: Store) -> None:
    steps = guessing(filled)
    next(steps)
    steps.close()
    assert sum(guessing(filled)) == 2


def test_with_guesses_switched_off_nothing_is_looked_at_twice(filled: Store) -> None:
    list(guessing(filled))
    filled.guesses = False
    assert topics_in(filled) == {}
    assert sum(guessing(filled)) == 0
