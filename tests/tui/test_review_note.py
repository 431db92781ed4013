"""The line for today at the end of the review: beside other shells, begun and left, taken back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from textual.widgets import Static

from klout_tui.domain.notes import Note
from klout_tui.domain.review import Step
from klout_tui.errors import StoreError
from klout_tui.store.reviewing import kept
from klout_tui.tui.app import KloutApp
from klout_tui.tui.screens.review import ReviewScreen
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.noteline import NoteLine
from tests.conftest import FrozenClock
from tests.tui.test_keys import notes as toasts
from tests.tui.test_review import review, step_of, store, words
from tests.tui.village import Driver, bare, driving, open_app
from tests.tui.village import kept as left

TODAY = date(2026, 11, 23)


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, bare)


async def to_the_line(driver: Driver) -> ReviewScreen:
    screen = await review(driver)
    for _ in Step:
        if step_of(screen) is not Step.NOTE:
            await driver.press("tab")
    assert step_of(screen) is Step.NOTE
    return screen


def line(screen: ReviewScreen) -> str:
    return screen.query_one(NoteLine).value


def store_note(app: KloutApp, text: str) -> Note:
    return app.session.store.note(TODAY, text)


def texts(driver: Driver) -> list[str]:
    return [note.text for note in store(driver).notes()]


async def test_the_line_follows_a_note_made_elsewhere(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await to_the_line(driver)
        store(driver).note(TODAY, "from the shell")
        await driver.until(lambda: line(screen) == "from the shell")
        await driver.press("end", *" too", "enter")
        await driver.until(lambda: texts(driver) == ["from the shell too"])
        await driver.until(lambda: "Noted: from the shell too" in words(screen))


async def test_what_she_types_and_what_is_noted_elsewhere_are_both_kept(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await to_the_line(driver)
        await driver.press(*"mine")
        store(driver).note(TODAY, "from the shell")
        await driver.until(lambda: "Also noted today:\n◆ n1 from the shell" in words(screen))
        assert line(screen) == "mine"
        await driver.press("enter")
        await driver.until(lambda: texts(driver) == ["from the shell", "mine"])
        await driver.until(lambda: "◆ n1 from the shell\n◆ mine" in words(screen))


async def test_a_note_reworded_elsewhere_is_neither_overwritten_nor_dropped(app: KloutApp) -> None:
    first = store_note(app, "first")
    async with driving(app) as driver:
        screen = await to_the_line(driver)
        assert line(screen) == "first"
        await driver.press("end", *"!")
        app.session.store.note(TODAY, "reworded", before=first)
        await driver.until(lambda: "◆ n1 reworded" in words(screen))
        await driver.press("enter")
        await driver.until(lambda: texts(driver) == ["reworded", "first!"])
        assert "beside one that was changed elsewhere" in toasts(driver)


async def test_it_can_be_taken_back_as_everywhere(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await to_the_line(driver)
        await driver.press(*"one", "enter")
        await driver.until(lambda: texts(driver) == ["one"])
        await driver.until(lambda: "Noted: one" in words(screen))
        await driver.press("backspace", "end", *"s", "enter")
        await driver.until(lambda: texts(driver) == ["ones"])
        await driver.press("ctrl+z")
        await driver.until(lambda: texts(driver) == ["one"])
        await driver.until(lambda: "Noted: one" in words(screen) and "ones" not in words(screen))
        await driver.press("ctrl+z")
        await driver.until(lambda: not texts(driver))
        await driver.until(lambda: "Noted" not in words(screen))


async def test_emptied_it_drops_the_note_and_that_can_be_taken_back(app: KloutApp) -> None:
    store_note(app, "a")
    async with driving(app) as driver:
        await to_the_line(driver)
        await driver.press("end", "backspace", "enter")
        await driver.until(lambda: not texts(driver))
        await driver.press("ctrl+z")
        await driver.until(lambda: texts(driver) == ["a"])


@pytest.mark.parametrize("key", ["escape", "ctrl+q"])
async def test_a_half_written_line_is_there_again(home: Path, clock: FrozenClock, key: str) -> None:
    async with driving(open_app(home, clock, bare)) as driver:
        await to_the_line(driver)
        await driver.press(*"half a", key)
        await driver.until(lambda: kept(store(driver)).draft is not None or not driver.app.is_running)
        assert not texts(driver)
    async with driving(open_app(home, clock, left)) as driver:
        screen = await to_the_line(driver)
        assert line(screen) == "half a"
        await driver.press("end", *" line", "enter")
        await driver.until(lambda: texts(driver) == ["half a line"])
        await driver.until(lambda: kept(store(driver)).draft is None)


async def test_another_day_it_is_said_when_it_was_begun(home: Path, clock: FrozenClock) -> None:
    async with driving(open_app(home, clock, bare)) as driver:
        await to_the_line(driver)
        await driver.press(*"half", "escape")
        await driver.until(lambda: kept(store(driver)).draft is not None)
        store(driver).note(TODAY + timedelta(days=1), "of the day itself")
    clock.advance(timedelta(days=1))
    async with driving(open_app(home, clock, left)) as driver:
        screen = await to_the_line(driver)
        assert line(screen) == "half"
        assert "You began this on Monday, 23 Nov." in words(screen)
        await driver.press("enter")
        await driver.until(lambda: sorted(texts(driver)) == ["half", "of the day itself"])


async def test_what_cannot_be_written_stays_in_the_line(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    async with driving(app) as driver:
        screen = await to_the_line(driver)
        monkeypatch.setattr(type(store(driver)), "note", full)
        await driver.press(*"mine", "enter")
        await driver.until(lambda: "The disk is full." in toasts(driver))
        await driver.until(lambda: (draft := kept(store(driver)).draft) is not None and draft.text == "mine")
        await driver.press("backspace")
        assert line(screen) == "mine"
        assert "Noted" not in words(screen)


async def test_the_keys_of_the_line_are_told_and_backspace_goes_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await to_the_line(driver)
        offered = {each.binding.description for each in screen.active_bindings.values() if each.binding.show}
        assert {"Keep and end", "Card before", "Leave"} <= offered
        assert screen.query_one(KeyLine).display
        await driver.press("a", "backspace")
        assert step_of(screen) is Step.NOTE
        await driver.press("backspace")
        assert step_of(screen) is not Step.NOTE
        await driver.press("space", "shift+tab")
        assert step_of(screen) is not Step.NOTE
        assert "Moved" in str(screen.query_one("#review-steps", Static).content)
