"""The chart's cursor, its windows and notes, and stepping back through the days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from klout_tui.domain import wording
from klout_tui.domain.engagement import Split
from klout_tui.tui.app import KloutApp
from klout_tui.tui.panes.engagement import EngagementPane
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.note import NoteScreen
from klout_tui.tui.widgets.bars import StackedBars
from tests.conftest import FrozenClock
from tests.tui.village import Driver, driving, full, open_app

TODAY = date(2026, 11, 23)


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


def pane(app: KloutApp) -> EngagementPane:
    return app.home.query_one(EngagementPane)


def legend(app: KloutApp) -> str:
    return str(pane(app).query_one(".legend", Static).content)


def painted(app: KloutApp) -> str:
    """The chart as it stands on the screen."""
    bars = pane(app).query_one(StackedBars)
    return "\n".join(bars.render_line(y).text for y in range(bars.size.height))


async def shows(driver: Driver, back: int) -> None:
    await driver.until(lambda: driver.app.home.view and driver.app.home.view.choice.back == back)


async def test_the_cursor_reads_a_bar_out_and_enter_opens_it(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "left", "left")
        assert pane(app).cursor == TODAY - timedelta(days=1)
        assert legend(app).startswith("Sun 22 Nov")
        assert "usual" in legend(app)
        view = app.home.view
        assert view is not None
        assert f"  {view.engagement.totals[-2]}" in legend(app)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        head = str(app.screen.query_one(".head", Static).content)
        assert head.startswith("Sunday, 22 November 2026")
        await driver.press("escape", "escape")
        assert pane(app).cursor is None
        assert "a day" in legend(app)


async def test_past_the_edge_the_window_moves_along_and_end_returns(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "home", "left")
        await shows(driver, 1)
        assert pane(app).cursor == TODAY - timedelta(days=30)
        await driver.press("pageup")
        await shows(driver, 31)
        view = app.home.view
        assert view is not None
        assert view.engagement.last == TODAY - timedelta(days=31)
        assert pane(app).cursor == TODAY - timedelta(days=60)
        assert pane(app).figure[0].startswith("30 days to 23 Oct")
        await driver.press("end")
        await shows(driver, 0)
        assert pane(app).cursor == TODAY


async def test_the_window_never_leaves_what_is_known(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", *["pageup"] * 20)
        await driver.pilot.pause()
        view = app.home.view
        assert view is not None
        assert view.known_since is not None
        await shows(driver, (TODAY - view.known_since).days)
        await driver.press(*["pagedown"] * 20)
        await shows(driver, 0)


async def test_parts_by_topic_add_up_to_the_same_bars(app: KloutApp) -> None:
    async with driving(app) as driver:
        kinds = app.home.view
        assert kinds is not None
        await driver.press("b", "b")
        await driver.until(lambda: app.home.view and app.home.view.choice.split is Split.TOPIC)
        view = app.home.view
        assert view is not None
        assert {part.label for part in view.engagement.series} <= {*view.engagement.labels}
        assert "python" in view.engagement.labels
        sums = [sum(part.counts[bar] or 0 for part in view.engagement.series) for bar in range(30)]
        assert sums == list(kinds.engagement.totals) == list(view.engagement.totals)


async def test_comparing_draws_the_window_before(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "c", "left")
        view = app.home.view
        assert view is not None
        assert f"before {view.engagement.previous[-1]}" in legend(app)
        await driver.press("c", "escape")
        assert "before" not in legend(app)


async def test_a_year_of_weeks_is_drawn_at_80_columns(app: KloutApp) -> None:
    """The newest, and the cursor takes the older ones into view."""
    async with driving(app, size=(80, 24)) as driver:
        await driver.press("4", "w", "w")
        await driver.until(lambda: app.home.view and len(app.home.view.weeks.bars) > 50)
        view = app.home.view
        assert view is not None
        newest, oldest = (wording.day(day) for day in (view.weeks.bars[-1], view.weeks.bars[0]))
        assert newest in painted(app)
        await driver.press("home")
        await driver.until(lambda: "\u2506" in painted(app))
        assert newest not in painted(app)
        await driver.press("end")
        await driver.until(lambda: newest in painted(app))
        assert oldest not in painted(app)


async def test_a_note_is_marked_worded_anew_and_removed(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "left", "left", "n")
        await driver.until(lambda: isinstance(app.screen, NoteScreen))
        await driver.press(*"[b]gift", "enter")
        await driver.until(lambda: app.home.view and app.home.view.notes)
        assert "n1 [b]gift" in legend(app)
        (note,) = app.session.store.notes()
        assert (note.day, note.text) == (TODAY - timedelta(days=1), "[b]gift")
        await driver.press("n")
        await driver.until(lambda: isinstance(app.screen, NoteScreen))
        assert app.screen.query_one(Input).value == "[b]gift"
        await driver.press("s", "enter")
        await driver.until(lambda: app.home.view and app.home.view.notes[0].text == "[b]gifts")
        await driver.press("n")
        await driver.until(lambda: isinstance(app.screen, NoteScreen))
        app.screen.query_one(Input).value = ""
        await driver.press("enter")
        await driver.until(lambda: app.home.view and not app.home.view.notes)
        assert app.session.store.notes() == ()
        await driver.press("ctrl+z")
        await driver.until(lambda: app.home.view and app.home.view.notes)
        assert app.session.store.notes()[0].text == "[b]gifts"
        await driver.press("ctrl+z")
        await driver.until(lambda: app.home.view and app.home.view.notes[0].text == "[b]gift")
        assert app.session.store.notes() == (note,)
        await driver.press("ctrl+z")
        await driver.until(lambda: app.home.view and not app.home.view.notes)
        assert app.session.store.notes() == ()


async def test_a_post_takes_a_note_on_its_own_page(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("enter")
        await driver.until(lambda: len(app.screen_stack) == 3)
        await driver.press("n")
        await driver.until(lambda: isinstance(app.screen, NoteScreen))
        await driver.press(*"mine", "enter")
        await driver.until(lambda: "◆ n1 mine" in str(app.screen.query_one(".head", Static).content))
        (note,) = app.session.store.notes()
        assert note.post is not None


async def test_brackets_step_through_the_days(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("left_square_bracket", "left_square_bracket")
        await driver.until(lambda: app.home.view and app.home.view.today == TODAY - timedelta(days=2))
        view = app.home.view
        assert view is not None
        assert view.past
        assert app.home.mode == "as of 21 Nov 2026"
        await driver.press("3", "t", "T", "4", "n")
        await driver.pilot.pause()
        assert not app.session.store.thanked()
        assert not isinstance(app.screen, NoteScreen)
        await driver.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await driver.until(lambda: app.home.view and not app.home.view.past)
        assert app.home.mode == ""
        assert app.home.view is not None
        assert app.home.view.today == TODAY
