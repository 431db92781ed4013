"""Thanks noted in the app: the dialog, the list, and taking things back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, Select, Static

from klout_tui.domain.gratitude import Way
from klout_tui.domain.model import InteractionKind
from klout_tui.store.log import logged
from klout_tui.tui.app import KloutApp
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.log_dialog import LogDialog
from klout_tui.tui.screens.log_list import LogScreen
from klout_tui.tui.widgets.table import RowTable
from tests.conftest import FrozenClock
from tests.tui.test_keys import notes
from tests.tui.village import Driver, driving, full, nothing, open_app


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


async def opened(driver: Driver) -> LogDialog:
    await driver.press("plus")
    await driver.until(lambda: isinstance(driver.app.screen, LogDialog))
    dialog = driver.app.screen
    assert isinstance(dialog, LogDialog)
    return dialog


def said(dialog: LogDialog, name: str) -> str:
    return str(dialog.query_one(f"#{name}", Static).content)


async def noted(driver: Driver, who: str) -> None:
    dialog = await opened(driver)
    dialog.query_one("#who", Input).value = who
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, HomeScreen))


async def test_plus_notes_thanks_of_somebody_known_and_it_counts_at_once(app: KloutApp) -> None:
    async with driving(app) as driver:
        assert app.home.view is not None
        before = app.home.view.plusk_count
        known = app.home.view.plusks[0].actor
        dialog = await opened(driver)
        await driver.press(*known.name[:4].lower())
        who = dialog.query_one("#who", Input)
        await driver.until(lambda: who._suggestion)
        await driver.press("right")
        await driver.until(lambda: known.handle in said(dialog, "known"))
        assert who.value.casefold() == known.name.casefold()
        await driver.press("tab", *"pyt")
        await driver.until(lambda: dialog.query_one("#topics", Input)._suggestion)
        await driver.press("right", "tab", "tab", *"3d")
        await driver.until(lambda: "Fri 20 Nov 2026, 12:00" in said(dialog, "moment"))
        await driver.press("tab", *"stopped me", "enter")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        await driver.until(lambda: "Ctrl+Z" in notes(driver))  # a toast does not stay
        (entry,) = logged(app.session.store)
        assert (entry.actor.key, entry.topics, entry.text) == (known.key, ("python",), "stopped me")
        assert (entry.kind, entry.way, entry.public) == (InteractionKind.THANKS, Way.MAIL, False)
        await driver.until(lambda: app.home.view and app.home.view.plusk_count == before + 1)
        assert entry.id in {plusk.id for plusk in app.home.view.plusks}
        await driver.press("ctrl+z")
        await driver.until(lambda: app.home.view and app.home.view.plusk_count == before)
        assert list(logged(app.session.store)) == []
        await driver.press("ctrl+z")
        await driver.until(lambda: "nothing to undo" in notes(driver))


async def test_mistakes_are_said_in_the_dialog_and_nothing_is_kept(app: KloutApp) -> None:
    async with driving(app) as driver:
        dialog = await opened(driver)
        await driver.press("enter")
        await driver.until(lambda: "nobody is named" in said(dialog, "said"))
        dialog.query_one("#who", Input).value = "[/] New Body"
        dialog.query_one("#when", Input).value = "tomorrow"
        await driver.until(lambda: "not a day" in said(dialog, "moment"))
        await driver.until(lambda: "somebody new" in said(dialog, "known"))
        await driver.press("ctrl+s")
        await driver.until(lambda: "not a day" in said(dialog, "said"))
        await driver.press("escape")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        assert list(logged(app.session.store)) == []


async def test_you_cannot_thank_yourself(app: KloutApp) -> None:
    async with driving(app) as driver:
        mine = app.session.store.accounts()[0].keys[0]
        dialog = await opened(driver)
        dialog.query_one("#who", Input).value = mine
        await driver.press("enter")
        await driver.until(lambda: said(dialog, "said"))
        assert "is you" in said(dialog, "said")
        assert list(logged(app.session.store)) == []


async def test_the_list_corrects_deletes_and_takes_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        await noted(driver, "the room at a talk")
        await driver.press("L")
        await driver.until(lambda: isinstance(app.screen, LogScreen))
        table = app.screen.query_one(RowTable)
        await driver.until(lambda: table.row_count == 1)
        await driver.press("e")
        await driver.until(lambda: isinstance(app.screen, LogDialog))
        app.screen.query_one("#text", Input).value = "long applause"
        app.screen.query_one("#way", Select).value = Way.APPLAUSE
        (before,) = logged(app.session.store)
        await driver.press("ctrl+s")
        await driver.until(lambda: isinstance(app.screen, LogScreen))
        (after,) = logged(app.session.store)
        assert (after.id, after.at, after.way, after.text) == (before.id, before.at, Way.APPLAUSE, "long applause")
        await driver.until(lambda: table.rows_shown[0].note == "long applause")
        await driver.press("x")
        await driver.until(lambda: not table.display)
        assert list(logged(app.session.store)) == []
        await driver.press("ctrl+z")
        await driver.until(lambda: table.display)
        assert list(logged(app.session.store)) == [after]
        await driver.press("ctrl+z")
        await driver.until(lambda: list(logged(app.session.store)) == [before])
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "the room at a talk" in str(app.screen.query_one(".head", Static).content)
        await driver.press("escape", "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_a_newcomer_who_logs_something_sees_the_panes(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    async with driving(app) as driver:
        assert app.home.greeting
        await noted(driver, "Ann Lee")
        await driver.until(lambda: not app.home.greeting)
        await driver.press("3")
        assert app.home.query_one(PlusKPane).table.row_count == 1


async def test_the_past_takes_no_entries(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    app.session.as_of = clock().date()
    async with driving(app) as driver:
        await driver.press("plus", "ctrl+z")
        assert isinstance(app.screen, HomeScreen)
        await driver.press("L")
        await driver.until(lambda: isinstance(app.screen, LogScreen))
        await driver.press("x", "e")
        assert isinstance(app.screen, LogScreen)
