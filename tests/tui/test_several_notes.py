"""Several notes on a day, on posts, and beside each other: each is seen or counted, by one numbering."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from klout_tui.store.store import Store
from klout_tui.tui.app import KloutApp
from klout_tui.tui.screens.changes import ChangesScreen
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.note import NoteScreen
from klout_tui.tui.widgets.bars import Stack, StackedBars
from tests.conftest import FrozenClock
from tests.tui.test_chart import legend, painted, pane
from tests.tui.test_review import review, words
from tests.tui.village import Driver, driving, full, open_app

TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)


def noted(store: Store, now: datetime) -> None:
    full(store, now)
    store.note(TODAY - timedelta(days=9), "removed again")
    store.note(YESTERDAY, "a talk")
    store.note(YESTERDAY, "a report")
    store.remove_note("1")


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, noted)


def texts(app: KloutApp) -> dict[str, str]:
    return {note.id: note.text for note in app.session.store.notes()}


async def dialog(driver: Driver) -> list[Input]:
    await driver.press("n")
    await driver.until(lambda: isinstance(driver.app.screen, NoteScreen))
    return list(driver.app.screen.query(Input))


async def test_the_chart_marks_them_by_the_numbers_they_are_removed_by(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.until(lambda: "n2+1" in painted(app))
        await driver.press("4", "left", "left")
        assert "n2 a talk" in legend(app)
        assert "n3 a report" in legend(app) or "and 1 more" in legend(app)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        head = str(app.screen.query_one(".head", Static).content)
        assert "◆ n2 a talk: too early to tell" in head
        assert "◆ n3 a report: too early to tell" in head


async def test_marks_that_would_touch_are_counted(app: KloutApp) -> None:
    async with driving(app) as driver:
        bars = pane(app).query_one(StackedBars)
        counts = [1] * 60

        def marked(marks: dict[int, list[str]]) -> str:
            bars.show(Stack([(0, counts)], (), [str(each) for each in counts], marks=marks))
            return " ".join(re.findall(r"n\d+(?:\+\d+)?", painted(app)))

        await driver.pilot.pause()
        assert marked({10: ["n4"], 11: ["n5"], 30: ["n6", "n7"], 59: ["n8"]}).split() == ["n4+1", "n6+1", "n8"]
        assert marked({57: ["n8"], 58: ["n9"], 59: ["n10", "n11"]}).split() == ["n8+3"]
        assert marked({place: [f"n{place}"] for place in range(3)}).split() == ["n0+2"]


async def test_each_note_of_a_day_has_a_line_of_its_own(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "left", "left")
        lines = await dialog(driver)
        assert [line.value for line in lines] == ["a talk", "a report", ""]
        lines[0].value = ""
        lines[1].value = "the report"
        await driver.press("tab", "tab", *"third", "enter")
        await driver.until(lambda: texts(app) == {"3": "the report", "4": "third"})
        await driver.press("ctrl+z")
        await driver.until(lambda: texts(app) == {"2": "a talk", "3": "a report"})


async def test_a_note_that_changed_under_the_dialog_stays_beside_hers(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "left", "left")
        lines = await dialog(driver)
        (seen, _) = app.session.store.notes()
        app.session.store.note(YESTERDAY, "from the shell", before=seen)
        lines[0].value = "mine"
        lines[1].value = ""
        await driver.press("enter")
        await driver.until(lambda: texts(app) == {"2": "from the shell", "4": "mine"})


async def test_the_review_tells_the_others_of_today(app: KloutApp) -> None:
    async with driving(app) as driver:
        for number in range(7):
            app.session.store.note(TODAY, f"number {number}")
        screen = await review(driver)
        assert "Note 7 written" in str(screen.query_one("#review-steps", Static).content)
        await driver.press(*["tab"] * 5)
        assert "Also noted today:\n◆ n4 number 0\n" in words(screen)
        assert words(screen).endswith("◆ n8 number 4\n◆ and 1 more")
        assert "it rewords note 10" in words(screen)


async def test_what_changed_counts_the_notes_it_does_not_tell(app: KloutApp) -> None:
    async with driving(app) as driver:
        for number in range(6):
            app.session.store.note(TODAY - timedelta(days=20 - number), f"number {number}")
        await driver.press("C")
        await driver.until(lambda: isinstance(app.screen, ChangesScreen) and app.screen.found is not None)
        head = str(app.screen.query_one(".head", Static).content)
        assert head.count("  number ") == 4
        assert "◆ and 2 more notes" in head


async def test_a_post_tells_what_came_of_its_notes(app: KloutApp) -> None:
    async with driving(app) as driver:
        post = next(each for each in app.session.store.posts() if (TODAY - each.at.date()).days == 20)
        app.session.store.note(post.at.date(), "the long one", post.id)
        await driver.until(lambda: app.home.view is not None and len(app.home.view.notes) == 3)
        assert app.home.view is not None
        detail = app._post(post.id, app.home.view)
        assert detail is not None
        (came,) = detail.came.values()
        assert "in the 7 days" in came or "your usual" in came or "reactions" in came
