"""Guessing after a visit: once for all at first, then for what is new, and never in anybody's way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from klout_tui.errors import StoreError
from klout_tui.store import Store
from klout_tui.worker.guessing import Guesser
from tests.store.build import NOON, Clock, batch, linked, post


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with linked(tmp_path / "store", Clock()) as store:
        tags = [post(f"t{number}", topics=("python",)) for number in range(2)]
        store.absorb(
            batch(*tags, post("new", text="python"), post("old", text="python", at=NOON - timedelta(days=900)))
        )
        yield store


def guessed(store: Store) -> set[str]:
    return {each.id for each in store.posts() if each.guessed}


async def test_the_first_time_all_is_looked_at_even_if_nothing_is_new(store: Store) -> None:
    await Guesser(store, lambda: NOON).after(0, first=False)
    assert guessed(store) == {"new", "old"}


async def test_then_only_after_news_and_lately(store: Store) -> None:
    guesser = Guesser(store, lambda: NOON)
    await guesser.after(0, first=False)
    more = (post("new2", text="python"), post("old2", text="python", at=NOON - timedelta(days=900)))
    store.absorb(batch(*more, cursor="2"))
    await guesser.after(0, first=False)
    assert guessed(store) == {"new", "old"}
    await guesser.after(2, first=False)
    assert guessed(store) == {"new", "old", "new2"}
    await guesser.after(2, first=True)
    assert guessed(store) == {"new", "old", "new2", "old2"}


async def test_a_disk_that_refuses_ends_no_refresh(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(store, "keep_guesses", refuse)
        with caplog.at_level(logging.WARNING):
            await Guesser(store, lambda: NOON).after(1, first=True)
    assert "The disk is full." in caplog.text
    await Guesser(store, lambda: NOON).after(0, first=False)
    assert guessed(store) == {"new", "old"}
