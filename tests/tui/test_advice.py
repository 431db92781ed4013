"""When to post, and habits: two screens that look through a year off the event loop."""

from __future__ import annotations

import random
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.style import Style
from textual.widgets import Static

from klout_tui.domain.digest import ticks
from klout_tui.domain.timing.advice import timing
from klout_tui.domain.timing.clock import DAY
from klout_tui.errors import StoreError
from klout_tui.tui.app import KloutApp
from klout_tui.tui.desk import Desk
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.habits import HabitsScreen
from klout_tui.tui.screens.help import HelpScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.when import WhenScreen
from klout_tui.tui.widgets.heatmap import BEST, HeatMap
from klout_tui.tui.widgets.table import Bar, RowTable
from tests.conftest import FrozenClock
from tests.domain.audience import NOW, ZONE, awake, year
from tests.tui.village import Driver, bare, driving, full, open_app

if TYPE_CHECKING:
    from klout_tui.domain.habits.finding import Habits


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


async def when(driver: Driver) -> WhenScreen:
    await driver.press("W")
    await driver.until(lambda: isinstance(driver.app.screen, WhenScreen) and driver.app.screen.found is not None)
    assert isinstance(driver.app.screen, WhenScreen)
    return driver.app.screen


async def habits(driver: Driver) -> HabitsScreen:
    await driver.press("H")
    await driver.until(lambda: isinstance(driver.app.screen, HabitsScreen) and driver.app.screen.found is not None)
    assert isinstance(driver.app.screen, HabitsScreen)
    return driver.app.screen


def head(driver: Driver) -> str:
    return str(driver.app.screen.query_one(".head", Static).content)


def says(driver: Driver, words: str) -> bool:
    return words in head(driver)


def reading(driver: Driver) -> str:
    return str(driver.app.screen.query_one(".reading", Static).content)


async def test_the_map_starts_at_the_most_active_hour_and_reads_it_out(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await when(driver)
        assert screen.found is not None
        profile = screen.found[0].profile
        assert profile is not None
        place = list(profile.active).index(max(profile.active))
        assert screen.query_one(HeatMap).place == place
        assert reading(driver).startswith(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[place // DAY])
        assert "your usual (" in reading(driver)
        assert "On the posts not used for this" in head(driver)


async def test_the_map_is_walked_and_goes_round(app: KloutApp) -> None:
    async with driving(app) as driver:
        week = (await when(driver)).query_one(HeatMap)
        await driver.press("home")
        assert week.place % DAY == 0
        before = week.place
        await driver.press("left", "right", "down", "up", "l", "h", "j", "k")
        assert week.place == before
        await driver.press("end")
        assert week.place == before + 23
        for _ in range(7):
            await driver.press("down")
        assert week.place == before + 23
        assert "23–24" in reading(driver)


async def test_enter_goes_to_the_posts_of_the_hour_and_opens_one(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await when(driver)
        assert screen.found is not None
        place = screen.found[0].made[-1].place
        week, table = screen.query_one(HeatMap), screen.query_one(RowTable)
        await driver.press("home")
        for _ in range((place // DAY - week.place // DAY) % 7):
            await driver.press("down")
        for _ in range(place % DAY):
            await driver.press("right")
        await driver.until(lambda: table.rows_shown)
        await driver.press("enter")
        assert table.has_focus
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "Brought:" in head(driver)
        await driver.press("escape", "escape")
        assert week.has_focus
        await driver.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_the_first_map_is_that_of_the_heading_and_v_shows_what_an_hour_is_worth(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await when(driver)
        legend = screen.query_one(".legend", Static)
        week = screen.query_one(HeatMap)
        first = week.render().plain
        assert "your people" in head(driver).splitlines()[0]
        assert "activity" in str(legend.content)
        await driver.press("v")
        assert "worth of a post" in str(legend.content)
        assert week.render().plain != first
        await driver.press("v")
        assert week.render().plain == first


async def test_characters_carry_the_amount(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    found = timing(year(random.Random(1), awake, people=20.0), ticks(NOW), ZONE)
    monkeypatch.setattr(Desk, "timing", lambda _: found)
    async with driving(app, (80, 24)) as driver:
        drawn = (await when(driver)).query_one(HeatMap).render().plain.splitlines()
        assert len(drawn) == 8
        assert {len(line) for line in drawn[1:]} == {76}
        assert sum(line.count(BEST) for line in drawn) == 24
        assert set("·░▒▓█") <= set("".join(line[4:] for line in drawn[1:]))


async def test_a_click_goes_to_an_hour(app: KloutApp) -> None:
    async with driving(app, (80, 24)) as driver:
        week = (await when(driver)).query_one(HeatMap)
        await driver.pilot.click(HeatMap, offset=(4 + 3 * 9 + 1, 2))
        assert week.place == DAY + 9
        await driver.pilot.click(HeatMap, offset=(1, 2))
        assert week.place == DAY + 9


async def test_too_little_is_said_and_the_map_stays_away(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, bare)
    async with driving(app) as driver:
        screen = await when(driver)
        assert "Too little to tell when to post" in head(driver)
        assert not screen.query_one(HeatMap).display
        await driver.press("v", "b", "escape")
        assert isinstance(app.screen, HomeScreen)
        await habits(driver)
        assert "Too little to tell what does better" in head(driver)
        assert not app.screen.query_one("#habits").display


async def test_habits_open_into_their_posts(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await habits(driver)
        table, examples = screen.query_one("#habits", RowTable), screen.query_one("#examples", RowTable)
        assert "to keep doing" in head(driver)
        assert "give-aways" in table.rows_shown[0].cells["what"].plain  # type: ignore[union-attr]
        first = examples.rows_shown
        await driver.press("down")
        await driver.until(lambda: examples.rows_shown != first)
        await driver.press("enter")
        assert examples.has_focus
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("escape", "escape")
        assert table.has_focus
        await driver.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_a_bar_is_read_against_the_usual_and_the_cursor_hides_no_word(app: KloutApp) -> None:
    async with driving(app) as driver:
        table = (await habits(driver)).query_one("#habits", RowTable)
        bar = table.rows_shown[0].cells["bar"]
        assert isinstance(bar, Bar)
        assert bar.draw(12).plain.index("│") == 4
        assert len(bar.draw(12).plain) >= 5
        assert table.has_focus
        styles = {segment.text.strip(): segment.style for segment in table.render_line(1) if segment.style is not None}
        keep = next(style for text, style in styles.items() if "▲ keep" in text)
        what = next(style for text, style in styles.items() if "give-aways" in text)
        assert keep.color == what.color


def test_the_usual_stands_on_long_and_on_short_bars() -> None:
    style = Style()
    drawn = [Bar(share, style, 0.25).draw(12).plain for share in (0.0, 0.1, 0.25, 0.5, 1.0)]
    assert drawn == ["   │", "▇  │", "▇▇▇│", "▇▇▇│▇▇", "▇▇▇│▇▇▇▇▇▇▇▇"]
    assert Bar(0.5, style).draw(4).plain == "▇▇"


async def test_the_screen_stands_while_it_is_looked_for(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    ready, where, real = threading.Event(), [], Desk.habits

    def slow(desk: Desk) -> Habits:
        where.append(threading.get_ident())
        assert ready.wait(10)
        return real(desk)

    monkeypatch.setattr(Desk, "habits", slow)
    async with driving(app) as driver:
        await driver.press("H")
        await driver.until(lambda: "Looking through the last 52 weeks" in head(driver))
        ready.set()
        await driver.until(lambda: "to keep doing" in head(driver))
        assert threading.get_ident() not in where


async def test_leaving_before_it_is_found_is_harmless(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    ready, real = threading.Event(), Desk.habits

    def slow(desk: Desk) -> Habits:
        assert ready.wait(10)
        return real(desk)

    monkeypatch.setattr(Desk, "habits", slow)
    async with driving(app) as driver:
        await driver.press("H")
        await driver.until(lambda: isinstance(app.screen, HabitsScreen))
        await driver.press("escape")
        ready.set()
        await driver.until(lambda: not any(worker.group == "find" for worker in app.workers))
        assert isinstance(app.screen, HomeScreen)


async def test_another_day_is_looked_through_anew(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await when(driver)
        assert screen.found is not None
        now, posts = screen.now, screen.found[0].posts
        for day in (22, 21, 20):
            await driver.press("left_square_bracket")
            await driver.until(partial(says, driver, f"As at the end of {day} Nov 2026"))
        await driver.until(lambda: screen.found is not None and screen.found[0].posts < posts)
        assert screen.now < now


async def test_a_store_that_cannot_be_read_says_so(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(desk: Desk) -> object:
        raise StoreError("the disk is gone [/]", hint="Bring it back.")

    monkeypatch.setattr(Desk, "timing", broken)
    async with driving(app) as driver:
        await driver.press("W")
        await driver.until(lambda: "the disk is gone [/]" in head(driver))
        assert "Bring it back." in head(driver)


@pytest.mark.parametrize(("key", "says"), [("W", "When to post"), ("H", "What to keep doing")])
async def test_help_explains_the_screen_and_the_palette_offers_it(app: KloutApp, key: str, says: str) -> None:
    async with driving(app) as driver:
        assert says in {command.title for command in app.get_system_commands(app.screen)}
        await (when(driver) if key == "W" else habits(driver))
        await driver.press("question_mark")
        await driver.until(lambda: isinstance(app.screen, HelpScreen))
        assert isinstance(app.screen, HelpScreen)
        assert f"## {says}" in app.screen._text
        ids = {each.binding.id for each in app.screen._keys}
        assert ids >= ({"map.open", "when.view"} if key == "W" else {"row.open", "habits.back"})
