"""Every key, pressed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from textual.command import CommandList
from textual.widgets import Input, Static

from klout_tui.config import Settings
from klout_tui.domain.engagement import Split
from klout_tui.domain.model import Health, Profile
from klout_tui.store.store import Store
from klout_tui.tui.app import KloutApp
from klout_tui.tui.panes.accounts import AccountsPane
from klout_tui.tui.panes.base import TablePane
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.panes.topics import TopicsPane
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.help import HelpScreen
from klout_tui.tui.screens.home import PANES, HomeScreen
from klout_tui.tui.screens.search import SearchScreen
from klout_tui.tui.widgets.table import RowTable
from tests.conftest import FrozenClock
from tests.tui.village import Driver, account, driving, full, kept, open_app


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    urls: list[str] = []

    def browse(url: str) -> bool:
        urls.append(url)
        return True

    monkeypatch.setattr("klout_tui.tui.app.browse", browse)
    return iter([urls])


def focused_pane(driver: Driver) -> str:
    return next(pane.NAME for pane in PANES if driver.app.screen.query_one(pane).has_pseudo_class("focus-within"))


def head(driver: Driver) -> str:
    return str(driver.app.screen.query_one(".head", Static).content)


def notes(driver: Driver) -> str:
    return "\n".join(note.message for note in driver.app._notifications)


async def test_numbers_go_to_panes(app: KloutApp) -> None:
    async with driving(app) as driver:
        for number in ("2", "3", "4", "1"):
            await driver.press(number)
            assert focused_pane(driver) == PANES[int(number) - 1].NAME


async def test_tab_goes_round_the_panes_and_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        seen = []
        for _ in range(4):
            await driver.press("tab")
            seen.append(focused_pane(driver))
        assert seen == ["Topics", "Recent +K", "Engagement", "Accounts"]
        await driver.press("shift+tab")
        assert focused_pane(driver) == "Engagement"


@pytest.mark.parametrize(("down", "up"), [("down", "up"), ("j", "k")])
async def test_rows_are_walked(app: KloutApp, down: str, up: str) -> None:
    async with driving(app) as driver:
        table = app.home.query_one(PlusKPane).table
        await driver.press("3", down, down, up)
        assert table.cursor_row == 1
        await driver.press("end")
        assert table.cursor_row == table.row_count - 1
        await driver.press("home")
        assert table.cursor_row == 0
        await driver.press("pagedown")
        assert table.cursor_row > 1
        await driver.press("pageup", "right", "left", "l", "h")
        assert table.cursor_row == 0


async def test_m_gives_a_pane_the_screen_and_takes_it_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("4", "m")
        assert app.screen.maximized is not None
        await driver.press("tab")
        await driver.until(lambda: app.screen.maximized is app.home.query_one(AccountsPane))
        await driver.press("escape")
        assert app.screen.maximized is None
        for number in ("1", "2", "3"):
            await driver.press(number, "m")
            assert app.screen.maximized is app.home.query_one(PANES[int(number) - 1])
            await driver.press("m")
            assert app.screen.maximized is None


async def test_enter_opens_and_escape_goes_back_all_the_way(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("3", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert head(driver).startswith("+K from 3 people on give-aways")
        await driver.press("enter")
        await driver.until(lambda: len(app.screen_stack) == 3)
        assert head(driver).startswith("+K from Bo Nyström on give-aways")
        assert "Counts: reposted your post on give-aways: a repost earns a +K" in head(driver)
        await driver.press("down", "enter")
        await driver.until(lambda: len(app.screen_stack) == 4)
        assert "Brought:" in head(driver)
        await driver.press("escape", "escape", "escape")
        assert isinstance(app.screen, HomeScreen)
        assert focused_pane(driver) == "Recent +K"


@pytest.mark.parametrize(("pane", "says"), [("1", "Last 30 days"), ("2", "of the reactions")])
async def test_accounts_and_topics_open(app: KloutApp, pane: str, says: str) -> None:
    async with driving(app) as driver:
        await driver.press(pane, "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert says in str(app.screen.query_one(".head", Static).content)
        assert app.screen.query(RowTable).first().row_count > 0


async def test_karma_stands_where_a_network_has_no_followers(home: Path, clock: FrozenClock) -> None:
    def only_karma(store: Store, now: datetime) -> None:
        ada = account("ada", now)
        store.link(ada, Profile(handle=ada.handle, name="Ada", karma=1204))
        store.set_health(Health(account=ada.id, last_ok=now, next_due=now + timedelta(hours=1), backfilled=True))

    app = open_app(home, clock, only_karma)
    async with driving(app) as driver:
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        head = str(app.screen.query_one(".head", Static).content)
    assert "Karma: 1,204" in head
    assert "Followers" not in head


async def test_o_opens_the_permalink(app: KloutApp, opened: Iterator[list[str]]) -> None:
    urls = next(opened)
    async with driving(app) as driver:
        await driver.press("3", "o")
        await driver.until(lambda: urls)
        plusk = app.home.view.plusks[0] if app.home.view else None
        assert plusk is not None
        assert urls == [plusk.url]
        await driver.press("2", "o")
        await driver.until(lambda: "no permalink" in notes(driver))


async def test_capital_t_marks_thanked_and_takes_it_back(app: KloutApp, clock: FrozenClock) -> None:
    async with driving(app) as driver:
        view = app.home.view
        assert view is not None
        before, first = view.news.to_thank, view.groups[0]
        assert len(first.plusks) == 3
        await driver.press("3", "T")
        await driver.until(lambda: app.home.view and app.home.view.plusks[0].thanked_at == clock())
        after = app.home.view
        assert after is not None
        assert after.news.to_thank == before - 3
        assert app.session.store.thanked() == {each.id: clock() for each in first.plusks}
        await driver.press("T")
        await driver.until(lambda: not app.session.store.thanked())


async def test_capital_t_on_a_person_marks_all_of_it(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("3", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("p")
        await driver.until(lambda: len(app.screen_stack) == 3)
        await driver.press("T")
        await driver.until(lambda: "none waits" in str(app.screen.query_one(".head", Static).content))
        assert len(app.session.store.thanked()) > 1


async def test_slash_filters_enter_keeps_escape_clears(app: KloutApp) -> None:
    async with driving(app) as driver:
        pane = app.home.query_one(TopicsPane)
        whole = pane.table.row_count
        await driver.press("2", "slash", *"pyth")
        await driver.until(lambda: pane.table.row_count == 1)
        assert any("1 of" in figure for figure in pane.figure)
        await driver.press("enter")
        assert not pane.query_one(Input).display
        assert pane.table.has_focus
        await driver.press("escape")
        await driver.until(lambda: pane.table.row_count == whole)


async def test_a_filter_that_nothing_holds_says_so(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("2", "slash", *"qqq")
        empty = app.home.query_one(TopicsPane).query_one(".empty", Static)
        await driver.until(lambda: empty.display)
        assert "Esc clears" in str(empty.content)
        await driver.press("enter", "escape")
        await driver.until(lambda: not empty.display)


async def test_the_footer_tells_how_to_leave_a_filter(app: KloutApp) -> None:
    def offered() -> set[str | None]:
        return {active.binding.id for active in app.screen.active_bindings.values() if active.binding.show}

    async with driving(app) as driver:
        await driver.press("2")
        assert "pane.filter" in offered()
        assert "pane.clear_filter" not in offered()
        await driver.press("slash", "p")
        assert "pane.clear_filter" in offered()
        assert "pane.filter" not in offered()


async def test_r_refreshes_and_says_what_came(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.until(lambda: app._worker is not None)
        await driver.press("r")
        await driver.until(lambda: "new interaction" in notes(driver) or "nothing" in notes(driver))
        await driver.until(lambda: not app.home.progress)
        assert app.session.store.health("town:ada@town.example").last_ok == app.session.now()


async def test_w_and_b_change_the_chart(app: KloutApp) -> None:
    async with driving(app) as driver:
        spans = []
        for _ in range(4):
            await driver.press("w")
            await driver.until(lambda: app.home.view and app.home.view.choice == app.choice)
            spans.append(app.choice.span)
        assert spans == [90, 365, 7, 30]
        await driver.press("b")
        await driver.until(lambda: app.home.view and app.home.view.engagement.split is Split.NETWORK)
        await driver.press("b")
        await driver.until(lambda: app.home.view and app.home.view.engagement.split is Split.TOPIC)
        await driver.press("b", "4", "down")
        assert (app.choice.span, app.choice.split) == (90, Split.KIND)
        await driver.press("up")
        assert app.choice.span == 30


async def test_question_mark_lists_the_keys_and_explains_the_panes(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("question_mark")
        await driver.until(lambda: isinstance(app.screen, HelpScreen))
        assert isinstance(app.screen, HelpScreen)
        ids = {key.binding.id for key in app.screen._keys}
        assert {"app.refresh", "pane.filter", "home.maximise", "row.open", "app.quit"} <= ids
        await driver.press("j", "k", "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_ctrl_f_finds_posts_people_and_topics(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("ctrl+f")
        await driver.until(lambda: isinstance(app.screen, SearchScreen))
        table = app.screen.query_one(RowTable)
        await driver.press(*"python")
        await driver.until(lambda: table.row_count > 1)
        assert table.rows_shown[0].opens == ("topic", "python")
        await driver.press("down", "down", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("escape", "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_a_search_that_finds_nothing_says_so(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("ctrl+f")
        await driver.until(lambda: isinstance(app.screen, SearchScreen))
        nothing = app.screen.query_one(".empty")
        assert not nothing.display
        await driver.press(*"qqq")
        await driver.until(lambda: nothing.display)
        await driver.press("backspace", "backspace", "backspace")
        await driver.until(lambda: not nothing.display)


async def test_ctrl_p_offers_every_action(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("1")
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Refresh", "Link", "Window", "Split", "Search", "Help", "Quit", "Maximise", "Filter", "Theme"} <= titles
        await driver.press("ctrl+p", *"window")
        await driver.until(lambda: app.screen.query("CommandList") and app.screen.query_one(CommandList).option_count)
        await driver.press("enter")
        await driver.until(lambda: app.choice.span == 90)


async def test_y_copies_the_row(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("1", "y")
        assert "@ada@town.example" in app.clipboard
        assert app.clipboard.endswith("https://town.example/ada")


async def test_q_quits_and_the_visit_is_remembered(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("q")
        await driver.pilot.pause()
        assert app._exit


async def test_a_keymap_rebinds_by_id(home: Path, clock: FrozenClock) -> None:
    settings = Settings(keymap={"home.pane_3": "x", "app.refersh": "f5"})
    app = open_app(home, clock, full, settings=settings)
    async with driving(app) as driver:
        await driver.press("x")
        assert focused_pane(driver) == "Recent +K"
        await driver.press("1", "3")
        assert focused_pane(driver) == "Accounts"
        assert "app.refersh" in notes(driver)
        assert "app.refresh" in notes(driver)


async def test_the_theme_chosen_is_kept(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        app.theme = "nord"
        await driver.until(lambda: app.desk.theme() == "nord")
    again = open_app(home, clock, kept)
    async with driving(again):
        assert again.theme == "nord"


async def test_each_pane_says_what_it_is() -> None:
    for pane in PANES:
        assert pane.HELP
        assert pane.HELP.strip().startswith(f"## {pane.NAME}")
    assert all(issubclass(pane, TablePane) for pane in PANES[:3])


async def test_a_key_there_is_not_leaves_the_default(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full, settings=Settings(keymap={"home.pane_3": "[/]", "home.pane_4": "x"}))
    async with driving(app) as driver:
        await driver.press("3")
        assert app.screen.focused is not None
        assert any(isinstance(each, PlusKPane) for each in app.screen.focused.ancestors_with_self)
        await driver.press("x")
        assert not any(isinstance(each, PlusKPane) for each in app.screen.focused.ancestors_with_self)
