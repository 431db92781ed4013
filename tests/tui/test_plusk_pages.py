"""A +K opened: why it counts, rows of several one by one, and the dialog that tunes what earns one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Button, Input, Static

from klout_tui.domain.details import PlusKDetail
from klout_tui.domain.model import InteractionKind
from klout_tui.domain.rules import EARNING, USUAL, tuned
from klout_tui.domain.verdict import Bar
from klout_tui.networks.registry import Registry
from klout_tui.session import Session
from klout_tui.store.ruling import ruling
from klout_tui.tui.app import KloutApp
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.rules import RulesScreen
from klout_tui.tui.widgets.table import RowTable
from tests.conftest import FrozenClock
from tests.town import Town
from tests.tui.village import Driver, driving, full, open_app


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


def head(app: KloutApp) -> str:
    return str(app.screen.query_one(".head", Static).content)


def effect(app: KloutApp) -> str:
    return str(app.screen.query_one("#effect", Static).content)


def marks(table: RowTable) -> list[str]:
    return [str(row.cells["mark"]) for row in table.rows_shown]


async def opened(driver: Driver, *keys: str) -> None:
    """Press keys, each of which opens a page, and wait for each page."""
    for depth, key in enumerate(keys, start=len(driver.app.screen_stack) + 1):
        await driver.press(key)
        await driver.until(partial(_as_deep_as, driver.app, depth))


def _as_deep_as(app: KloutApp, depth: int) -> bool:
    return len(app.screen_stack) == depth


async def test_a_row_is_thanked_in_part_whole_and_taken_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        pane, store = app.home.query_one(PlusKPane), app.session.store
        await driver.press("3")
        assert marks(pane.table)[0] == "○"
        await opened(driver, "enter")
        table = app.screen.query_one(RowTable)
        await driver.press("down", "T")
        await driver.until(lambda: marks(table) == ["○", "✓", "○"])
        await driver.until(lambda: marks(pane.table)[0] == "◐")
        (early,) = store.thanked()
        app.session.clock.frozen = app.session.now().replace(minute=59)  # type: ignore[attr-defined]
        await driver.press("A")
        await driver.until(lambda: marks(table) == ["✓"] * 3)
        await driver.until(lambda: marks(pane.table)[0] == "✓")
        await driver.press("A")
        await driver.until(lambda: list(store.thanked()) == [early])


async def test_a_single_one_opens_the_person_the_post_and_itself(
    app: KloutApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[str] = []

    def browse(url: str) -> bool:
        urls.append(url)
        return True

    monkeypatch.setattr("klout_tui.tui.app.browse", browse)
    async with driving(app) as driver:
        await driver.press("3")
        await opened(driver, "enter", "enter")
        assert "Counts: " in head(app)
        await opened(driver, "p")
        assert "to thank (t)" in head(app)
        await driver.press("escape")
        await opened(driver, "i")
        assert "Brought:" in head(app)
        await driver.press("escape", "O")
        await driver.until(lambda: urls)
        assert urls[0].startswith("https://town.example/p/1#")
        await driver.press("T")
        await driver.until(lambda: "✓ thanked" in head(app))
        await driver.press("T")
        await driver.until(lambda: "○ waits" in head(app))


async def test_capital_k_says_why_an_act_is_none_and_leads_to_the_one_that_counted(app: KloutApp) -> None:
    async with driving(app) as driver:
        view = app.home.view
        assert view is not None
        counted = {plusk.id for plusk in view.plusks}
        await driver.press("3")
        await opened(driver, "enter", "p")
        page = app.screen
        assert isinstance(page, DetailScreen)
        table = page.query_one(RowTable)
        said: dict[str, str] = {}
        for row in table.rows_shown[:12]:
            await opened(driver, "K")
            said[row.key] = head(app)
            if "a second one" in head(app):
                first = app.screen.query(RowTable).first().rows_shown[2]
                assert first.opens is not None
                assert first.opens[1] in counted
            await driver.press("escape", "down")
        assert {key for key, words in said.items() if "Counts: " in words} == said.keys() & counted
        assert any("a like alone earns no +K" in words for words in said.values())
        assert any("a second one on" in words for words in said.values())
        assert all(("no +K" in words) is ("Does not count" in words) for words in said.values())


async def test_rules_are_tried_applied_and_taken_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        view = app.home.view
        assert view is not None
        before = view.plusk_count
        await driver.press("3")
        await opened(driver, "e")
        assert isinstance(app.screen, RulesScreen)
        await driver.until(lambda: effect(app) == f"As now: {before:,} +K in 90 days")
        await driver.press(*["down"] * 10, "space")
        await driver.until(lambda: "With likes: " in effect(app))
        promised = int(effect(app).partition("With likes: ")[2].split()[0].replace(",", ""))
        assert promised > before
        assert ruling(app.session.store).rules == USUAL
        await driver.press("ctrl+s")
        await driver.until(lambda: app.home.view and app.home.view.plusk_count == promised)
        assert isinstance(app.screen, HomeScreen)
        assert ruling(app.session.store).rules == tuned([*EARNING, InteractionKind.LIKE], 4)
        await driver.press("ctrl+z")
        await driver.until(lambda: app.home.view and app.home.view.plusk_count == before)
        assert ruling(app.session.store).rules == USUAL
        await opened(driver, "e")
        app.screen.query_one("#before", Button).press()
        await driver.until(lambda: "With likes: " in effect(app))
        await driver.press("ctrl+s")
        await driver.until(lambda: app.home.view and app.home.view.plusk_count == promised)
        await opened(driver, "e")
        app.screen.query_one("#before", Button).press()
        await driver.until(lambda: "Without likes: " in effect(app))
        app.screen.query_one("#apply", Button).press()
        await driver.until(lambda: app.home.view and app.home.view.plusk_count == before)
        assert ruling(app.session.store).rules == USUAL


async def test_a_dialog_left_changes_nothing_and_nonsense_is_told(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("3")
        await opened(driver, "e")
        words = app.screen.query_one("#words", Input)
        words.value = ""
        await driver.until(lambda: "how many words" in effect(app))
        await driver.press("ctrl+s")
        assert words.has_focus
        words.value = "999"
        await driver.until(lambda: "999 words" in effect(app))
        words.value = "9"
        await driver.until(lambda: "from 9 words: " in effect(app))
        app.screen.query_one("#usual", Button).press()
        await driver.until(lambda: effect(app).startswith("As now: "))
        await driver.press("escape")
        assert isinstance(app.screen, HomeScreen)
        assert app.session.store.recall("plusk_rules") is None


async def test_the_past_may_be_counted_otherwise_but_not_changed(home: Path, clock: FrozenClock) -> None:
    open_app(home, clock, full).session.close()
    session = Session.open(clock=clock, networks=Registry({"town": Town()}), as_of=date(2026, 11, 1))
    app = KloutApp(session)
    async with driving(app) as driver:
        await driver.press("3")
        await opened(driver, "e")
        await driver.until(lambda: "As now: " in effect(app))
        await driver.press(*["down"] * 10, "space", "ctrl+s")
        await driver.until(lambda: "With likes: " in effect(app))
        assert not app.screen.query("#apply")
        await driver.press("escape")
        await opened(driver, "enter")
        offered: Callable[[], set[str | None]] = lambda: {  # noqa: E731
            each.binding.id for each in app.screen.active_bindings.values() if each.enabled and each.binding.show
        }
        assert not offered() & {"detail.thank", "detail.thank_all"}


async def test_the_dialog_names_whom_she_ignores_and_their_acts_say_so(app: KloutApp) -> None:
    async with driving(app) as driver:
        view = app.home.view
        assert view is not None
        bo = next(plusk for plusk in view.plusks if plusk.actor.name == "Bo Nyström")
        app.session.store.ignore([bo.actor.key])
        await driver.until(lambda: app.home.view and bo.id not in {each.id for each in app.home.view.plusks})
        await driver.press("3")
        await opened(driver, "e")
        told = str(app.screen.query_one("#ignored", Static).content)
        assert told == "Ignored, so never counted: Bo Nyström (P lists people)"


async def test_an_act_of_one_person_under_two_handles_is_judged_as_theirs(app: KloutApp) -> None:
    async with driving(app) as driver:
        before = app.home.view
        assert before is not None
        app.session.store.merge(["https://far.example/1", "https://far.example/6"])
        await driver.until(lambda: app.home.view and app.home.view.plusk_count < before.plusk_count)
        view = app.home.view
        assert view is not None
        kept = {plusk.id for plusk in view.plusks}
        lost = next(plusk for plusk in before.plusks if plusk.id not in kept)
        detail = app.desk.plusk(lost.id, view)
        assert isinstance(detail, PlusKDetail)
        assert detail.verdict.bar is Bar.PAUSE
        assert {each.id for each in detail.verdict.earlier} <= kept
