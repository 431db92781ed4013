"""The score on the screens: in the header, taken apart, hidden, and under another model."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from textual.widgets import Button, Static

from klout_tui.scoremodels import FOLDER
from klout_tui.session import Session
from klout_tui.tui.app import KloutApp
from klout_tui.tui.panes.engagement import EngagementPane
from klout_tui.tui.scoredesk import ScoreDesk
from klout_tui.tui.screens.consent import ConsentScreen
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.models import ModelsScreen
from klout_tui.tui.screens.why import WhyScreen
from klout_tui.tui.widgets.headline import Headline
from klout_tui.tui.widgets.table import RowTable
from tests.conftest import FrozenClock
from tests.tui.village import Driver, bare, driving, full, kept, open_app

MINE = "models/mine.toml"


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


@pytest.fixture
def two_models(home: Path, app: KloutApp) -> KloutApp:
    """A model of her own beside ours: another half-life."""
    folder = home / FOLDER
    folder.mkdir()
    ours = Path(__file__).parents[2].joinpath("klout_tui/domain/models/model-1.toml").read_text("utf-8")
    mine = ours.replace('"model-1"', '"mine"').replace('"Model 1"', '"My [b]own[/]"')
    folder.joinpath("mine.toml").write_text(mine.replace("half_life_days = 60.0", "half_life_days = 20.0"), "utf-8")
    folder.joinpath("torn.toml").write_text(mine.replace("half_life_days = 60.0", "half_life_days = -1"), "utf-8")
    return app


def header(app: KloutApp) -> str:
    return str(app.home.query_one(Headline).render())


def prose(app: KloutApp) -> str:
    return str(app.screen.query_one(".prose Static", Static).content)


async def scored(driver: Driver) -> None:
    await driver.until(lambda: driver.app.home.look is not None and not driver.app._scoring)


async def opened(driver: Driver) -> WhyScreen:
    await scored(driver)
    await driver.press("s")
    await driver.until(lambda: isinstance(driver.app.screen, WhyScreen))
    assert isinstance(driver.app.screen, WhyScreen)
    return driver.app.screen


def cells(app: KloutApp, key: str) -> list[list[float]]:
    table = app.screen.query_one(RowTable)
    return [
        [float(str(row.cells[name]) or 0) for name in ("reach", "amplification", "impact", "sum")]
        for row in table.rows_shown
        if (row.key == "=") == (key == "=")
    ]


async def test_the_header_says_the_score_and_whether_it_is_usual(app: KloutApp) -> None:
    async with driving(app) as driver:
        await scored(driver)
        look = app.home.look
        assert look is not None
        assert look.score is not None
        assert look.usual is not None
        low, high = look.usual.whole
        assert f"{look.score:.1f}, within your usual {low} to {high}" in header(app)
        shown = app.scores.scoring.shown()
        assert [round(look.score, 1)] == [each.score for each in shown.values()]


async def test_without_reactions_there_is_no_score(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, bare)
    async with driving(app) as driver:
        await scored(driver)
        assert "no score yet" in header(app)
        await driver.press("s")
        await driver.until(lambda: isinstance(app.screen, WhyScreen))
        assert "There is no score yet" in prose(app)
        assert app.scores.scoring.shown() == {}


async def test_why_adds_up_on_the_screen(app: KloutApp) -> None:
    async with driving(app) as driver:
        await opened(driver)
        (together,) = cells(app, "=")
        parts = cells(app, "parts")
        assert [round(sum(column), 2) for column in zip(*parts, strict=True)] == together
        for row in parts:
            assert round(sum(row[:3]), 2) in (row[3], 0)  # the point to start from has no part
        look = app.home.look
        assert look is not None
        assert look.score is not None
        assert round(together[3], 1) == round(look.score, 1)
        assert "If nothing new comes" in prose(app)
        assert "What would move it most" in prose(app)
        await driver.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_the_score_is_reached_by_0_and_enter(app: KloutApp) -> None:
    async with driving(app) as driver:
        await scored(driver)
        await driver.press("0", "enter")
        await driver.until(lambda: isinstance(app.screen, WhyScreen))


async def test_an_account_opens_into_people_and_posts_and_those_open(app: KloutApp) -> None:
    async with driving(app) as driver:
        await opened(driver)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        people = app.screen.query_one(RowTable)
        assert people.row_count > 3
        name = str(people.rows_shown[0].cells["name"])
        await driver.press("enter")
        await driver.until(lambda: len(app.screen_stack) == 4)
        assert name in str(app.screen.query_one(".head", Static).content)


async def test_calm_hides_every_score_everywhere_and_is_remembered(
    app: KloutApp, home: Path, clock: FrozenClock
) -> None:
    async with driving(app) as driver:
        await opened(driver)
        look = app.home.look
        assert look is not None
        number = f"{look.score:.1f}"
        await driver.press("z")
        await driver.until(lambda: number not in str(app.screen.query_one(".head", Static).content))
        await driver.until(lambda: app.session.store.recall("calm") is not None)
        assert "within your usual range" in str(app.screen.query_one(".head", Static).content)
        assert not re.search(r"\d\.\d|[+−]\d", prose(app))
        assert cells(app, "=") == [[0, 0, 0, 0]]
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert all(not str(row.cells["sum"]) for row in app.screen.query_one(RowTable).rows_shown)
        await driver.press("escape", "escape")
        assert number not in header(app)
        assert "within your usual range" in header(app)
        pane = app.home.query_one(EngagementPane)
        await driver.press("4", "left")
        assert "score" not in str(pane.query_one(".legend", Static).content)
    again = open_app(home, clock, kept)
    async with driving(again) as driver:
        await scored(driver)
        assert again.calm
        assert number not in header(again)
        await driver.press("z")
        await driver.until(lambda: number in header(again))
        await driver.until(lambda: again.session.store.recall("calm") is None)


async def test_the_chart_draws_the_score_of_its_days(app: KloutApp) -> None:
    async with driving(app) as driver:
        await scored(driver)
        await driver.until(lambda: app.home.course)
        await driver.press("4", "left")
        look = app.home.look
        assert look is not None
        assert f"score {look.score:.1f}" in str(app.home.query_one(EngagementPane).query_one(".legend", Static).content)


async def test_a_day_says_what_was_shown_then_and_by_which_model(app: KloutApp) -> None:
    async with driving(app) as driver:
        await scored(driver)
        look = app.home.look
        assert look is not None
        yesterday = look.today - timedelta(days=1)
        app.scores.keep(msgspec.structs.replace(look, today=yesterday, score=99.0, model="model-0"))
        await driver.press("4", "left", "left", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        head = str(app.screen.query_one(".head", Static).content)
        assert "as known now; you were shown 99.0, by model-0" in head


async def test_a_day_back_has_its_own_score_and_keeps_nothing(app: KloutApp) -> None:
    async with driving(app) as driver:
        await scored(driver)
        before = app.scores.scoring.shown()
        today = app.home.look.today if app.home.look else None
        await driver.press("left_square_bracket")
        await driver.until(lambda: app.home.look and app.home.look.today != today and not app._scoring)
        assert app.home.look is not None
        assert app.home.view is not None
        assert app.home.look.today == app.home.view.today
        assert app.scores.scoring.shown() == before


async def test_another_model_is_compared_and_used_only_after_consent(two_models: KloutApp) -> None:
    app = two_models
    async with driving(app) as driver:
        await opened(driver)
        await driver.press("v")
        await driver.until(lambda: isinstance(app.screen, ModelsScreen) and "half_life_days" in prose(app))
        assert "half_life_days 60 → 20" in prose(app)
        assert "My [b]own[/]" in prose(app)
        table = app.screen.query_one(RowTable)
        assert [row.key for row in table.rows_shown] == ["model-1", MINE, "models/torn.toml"]
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, ConsentScreen))
        await driver.press("escape")
        await driver.until(lambda: isinstance(app.screen, ModelsScreen))
        assert app.scores.scoring.chosen() == "model-1"
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, ConsentScreen))
        await driver.until(lambda: app.screen.query_one("#leave", Button).has_focus)
        await driver.press("right", "enter")
        await driver.until(lambda: app.scores.scoring.chosen() == MINE)
        await driver.press("escape")
        await driver.until(lambda: app.home.look is not None and app.home.look.model == "mine")


async def test_a_model_that_cannot_be_meant_is_named_with_its_line(two_models: KloutApp) -> None:
    app = two_models
    async with driving(app) as driver:
        await opened(driver)
        await driver.press("v")
        await driver.until(lambda: isinstance(app.screen, ModelsScreen))
        await driver.press("down")
        await driver.until(lambda: "cannot be used" in prose(app))
        assert "torn.toml" in prose(app)
        assert "half_life_days" in prose(app)
        await driver.press("enter")
        assert isinstance(app.screen, ModelsScreen)


async def test_the_announcement_comes_once(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(app) as driver:
        await scored(driver)
        models = app.scores.scoring.models
        text = models._built_in()["model-1"].replace('"model-1"', '"model-2"').replace('"Model 1"', '"Model 2"')
        models._built_in()["model-2"] = text
        app.rescore()
        await driver.until(lambda: any("Model 2" in note.message for note in app._notifications))
        assert app.scores.scoring.chosen() == "model-1"
        app.clear_notifications()
        app.rescore()
        await driver.pilot.pause()
        await scored(driver)
        assert app.scores.announcement() is None
        assert not any("Model 2" in note.message for note in app._notifications)


def test_the_past_forgets_no_wish_for_calm_and_keeps_none(home: Path, clock: FrozenClock) -> None:
    open_app(home, clock, full).session.close()
    with Session.open(clock=clock, as_of=clock().date() - timedelta(days=3)) as past:
        ScoreDesk(past).keep_calm(True)
        assert not ScoreDesk(past).calm()


async def test_whatever_breaks_while_it_is_computed_is_said(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **more: object) -> None:
        raise RuntimeError("no such sum")

    monkeypatch.setattr(ScoreDesk, "look", broken)
    async with driving(app) as driver:
        await driver.until(lambda: any("no such sum" in note.message for note in app._notifications))
        assert app.is_running
        assert app.home.look is None
