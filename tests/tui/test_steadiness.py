"""Small faults that must not spread: races, failing parts, settings that cannot be."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from textual.command import CommandList
from textual.coordinate import Coordinate
from textual.widgets import Button

from klout_tui.config import Settings
from klout_tui.errors import StoreError
from klout_tui.networks.base import LinkRequest, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.registry import Registry
from klout_tui.store.store import Store
from klout_tui.tui import keys
from klout_tui.tui.app import KloutApp, run_dashboard
from klout_tui.tui.desk import Desk
from klout_tui.tui.keymap import all_bindings
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.panes.topics import TopicsPane
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.link import LinkScreen
from klout_tui.tui.screens.search import SearchScreen
from klout_tui.tui.widgets.table import Bar
from tests.conftest import FrozenClock
from tests.town import Town
from tests.tui.test_behaviour import hostile, said
from tests.tui.test_keys import notes
from tests.tui.village import account, driving, full, kept, nothing, open_app, year


class Thoughtful(Town):
    """Answers a question about an account when it is let."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()

    async def verify(self, request: LinkRequest, client: Client, now: Any) -> Verified:
        self.asked.set()
        await self.answer.wait()
        return await super().verify(request, client, now)


async def test_what_was_typed_during_the_check_is_not_what_was_checked(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    network = Thoughtful()
    app.session.networks = Registry({"town": network})
    async with driving(app) as driver:
        await driver.press("a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        await driver.press(*"ada", "enter")
        await driver.until(network.asked.is_set)
        await driver.press("m")
        network.answer.set()
        await driver.until(lambda: not app.screen.query_one("#go-on", Button).disabled)
        assert "Found:" not in said(app)
        assert str(app.screen.query_one("#go-on", Button).label) == "Check"


async def test_a_damaged_file_is_told_on_screen(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    app.session.close()
    shard = next((home / "store").glob("interactions-2026-02.json"))
    shard.write_bytes(shard.read_bytes()[:100])
    for backup in (home / "store").glob("interactions-2026-02.json.bak*"):
        backup.unlink()
    again = open_app(home, clock, kept)
    async with driving(again) as driver:
        await driver.until(lambda: "interactions-2026-02" in notes(driver))


async def test_a_store_that_fails_while_looking_is_told_and_borne(
    home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:

        def broken(desk: Desk, *_: object) -> Any:
            raise StoreError("the journal cannot be read", hint="Look at the disk.")

        monkeypatch.setattr(Desk, "revision", broken)
        await driver.until(lambda: "the journal cannot be read" in notes(driver))
        monkeypatch.setattr(Desk, "search", broken)
        await driver.press("ctrl+f", *"py")
        await driver.until(lambda: isinstance(app.screen, SearchScreen))
        await driver.until(lambda: notes(driver).count("the journal cannot be read") > 1)
        await driver.press("escape")
        monkeypatch.setattr(Desk, "plusk", broken)
        await driver.press("3", "enter")
        await driver.until(lambda: notes(driver).count("the journal cannot be read") > 2)
        assert isinstance(app.screen, HomeScreen)


async def test_leaving_a_search_that_is_still_going_on_is_harmless(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        for _ in range(3):
            await driver.press("ctrl+f", *"python", "escape")
        await driver.pilot.pause(0.3)
        assert isinstance(app.screen, HomeScreen)
        assert app.is_running


async def test_a_hostile_topic_does_not_empty_the_palette(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, hostile)
    async with driving(app) as driver:
        await driver.press("ctrl+p", *"bold")
        await driver.until(lambda: app.screen.query("CommandList") and app.screen.query_one(CommandList).option_count)
        prompts = [str(option.prompt) for option in app.screen.query_one(CommandList).options]
        assert any("[bold]" in prompt for prompt in prompts)


async def test_the_palette_offers_what_other_panes_do_too(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        await driver.press("1")
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        assert {"Mark", "Thank", "Next pane", "Copy", "Wider"} <= commands.keys()
        commands["Mark"].callback()
        await driver.until(lambda: app.session.store.thanked())


async def test_no_theme_is_kept_that_nobody_chose(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        await driver.pilot.pause(0.2)
        assert app.session.store.recall("theme") is None


async def test_a_new_theme_colours_the_tables_too(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        table = app.home.query_one(PlusKPane).table

        def ink() -> object:
            cell = table.get_cell_at(Coordinate(0, 0))
            assert isinstance(cell, Text)
            return cell.style

        before = ink()
        app.theme = "textual-light"
        await driver.until(lambda: ink() != before)


async def test_the_cursor_stays_near_a_row_that_vanished(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        table = app.home.query_one(PlusKPane).table
        await driver.press("3", *["down"] * 20)
        rows = table.rows_shown
        table.show([row for row in rows if row.key != rows[20].key])
        assert table.cursor_row == 20


async def test_keys_still_work_in_a_pane_whose_table_emptied(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        pane = app.home.query_one(TopicsPane)
        await driver.press("2", "slash", *"zzz", "tab", "2")
        await driver.until(lambda: not pane.table.display)
        assert pane.has_focus_within or pane.has_focus
        await driver.press("escape")
        await driver.until(lambda: pane.table.display)


async def test_capital_t_on_a_person_leaves_older_thanks_alone(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        view = app.home.view
        assert view is not None
        first = view.plusks[0]
        old = next(plusk for plusk in reversed(view.plusks) if plusk.actor.key == first.actor.key)
        assert not old.waits(view.now)
        long_ago = clock() - timedelta(days=40)
        app.session.store.thank([old.id], long_ago)
        await driver.press("3", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("T")
        await driver.until(lambda: len(app.session.store.thanked()) > 1)
        await driver.press("T")
        await driver.until(lambda: app.session.store.thanked() == {old.id: long_ago})


async def test_enter_twice_opens_one_page(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        await driver.press("2")
        await driver.pilot.press("enter", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.pilot.pause(0.2)
        assert sum(isinstance(screen, DetailScreen) for screen in app.screen_stack) <= 2
        assert app.screen_stack[1] is not app.home


async def test_text_in_a_table_can_be_selected_and_copied(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        table = app.home.query_one(PlusKPane).table
        await driver.press("3")
        await driver.pilot.mouse_down(table, offset=(2, 1))
        await driver.pilot.hover(table, offset=(12, 1))
        await driver.pilot.mouse_up(table, offset=(12, 1))
        await driver.press("ctrl+c")
        who = table.rows_shown[0].cells["who"]
        assert not isinstance(who, Bar)
        shown = who if isinstance(who, Text) else who.draw(table.column_width("who"))
        assert app.clipboard
        assert app.clipboard.strip() in shown.plain


@pytest.mark.parametrize(
    ("keymap", "says"),
    [
        ({"app.window": "nosuchkey"}, ["there is no key 'nosuchkey'"]),
        ({"app.help": "q"}, ["'q' is meant for app.help and app.quit"]),
        ({"home.pane_3": "r"}, ["'r' is meant for"]),
        ({"app.refersh": "f5"}, ["did you mean app.refresh?"]),
        ({"app.refresh": "f5", "app.quit": "ctrl+x,Q", "detail.back": "b"}, []),
    ],
)
def test_a_keymap_that_cannot_be_is_told(keymap: dict[str, str], says: list[str]) -> None:
    faults = keys.keymap_faults(keymap, all_bindings(KloutApp))
    assert len(faults) >= len(says)
    assert all(any(words in fault for fault in faults) for words in says)
    if not says:
        assert [fault for fault in faults if "no key" in fault] == []


async def test_keymap_faults_are_told_at_the_start(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full, settings=Settings(keymap={"app.window": "nosuchkey"}))
    async with driving(app) as driver:
        await driver.until(lambda: "nosuchkey" in notes(driver))


def test_a_crash_is_an_exit_code_and_ends_no_visit(
    home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(home, clock, full)
    before = app.session.store.recall("last_visit")

    def crash(self: KloutApp) -> None:
        self._return_code = 1

    monkeypatch.setattr("klout_tui.tui.app._at_terminal", lambda: True)
    monkeypatch.setattr(KloutApp, "run", crash)
    assert run_dashboard(app.session) == 1
    assert app.session.store.recall("last_visit") == before
    app.session.close()


async def test_a_year_arriving_at_once_leaves_the_keys_alive(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    async with driving(app) as driver:
        owner = account("ada", clock())

        def arrive(store: Store) -> None:
            store.link(owner)
            store.absorb(year(owner, clock()))

        await asyncio.to_thread(arrive, app.session.store)
        await driver.until(lambda: app.home.view and app.home.view.plusks)
        await driver.press("3", "down")
        assert app.home.query_one(PlusKPane).table.cursor_row == 1
