"""The list of people, by its keys: what is shown, what is decided, and how it is taken back."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from textual.widgets import Input, OptionList, Static

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Actor
from klout_tui.domain.people import Sort, Tab
from klout_tui.domain.settled import How
from klout_tui.networks.registry import Registry
from klout_tui.session import Session
from klout_tui.store.store import Store
from klout_tui.tui.app import KloutApp
from klout_tui.tui.people import PeopleDesk
from klout_tui.tui.screens.asking import ChooseScreen, LineScreen
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.help import HelpScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.people import PeopleScreen
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.table import RowTable
from tests.conftest import FrozenClock
from tests.town import Town
from tests.tui.test_pictures import drawn
from tests.tui.village import HOSTILE, Driver, account, bare, driving, full, open_app, year

TWIN = Actor(key="did:plc:ann", handle="person0.far.example", name="Ann Lee", url="https://elsewhere.example/ann")


def twins(store: Store, now: datetime) -> None:
    """A year, and somebody who looks like Ann under another handle."""
    full(store, now)
    owner = account("ada", now)
    acts = year(owner, now).interactions[-3:]
    again = (
        msgspec.structs.replace(each, id=f"twin-{n}", actor=TWIN, at=now - timedelta(days=n))
        for n, each in enumerate(acts)
    )
    store.absorb(Batch(account=owner.id, cursor={"read": "more"}, interactions=tuple(again)))


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, twins)


def people(driver: Driver) -> PeopleScreen:
    screen = driver.app.screen
    assert isinstance(screen, PeopleScreen)
    return screen


async def opened(driver: Driver) -> PeopleScreen:
    """The list, the past read."""
    await driver.press("P")
    await driver.until(lambda: isinstance(driver.app.screen, PeopleScreen))
    screen = people(driver)
    await driver.until(lambda: screen._listing is not None and screen._listing.complete)
    return screen


def names(screen: PeopleScreen) -> list[str]:
    return [str(row.cells["who"]) for row in screen.query_one(RowTable).rows_shown]


def said(driver: Driver) -> str:
    return "\n".join(note.message for note in driver.app._notifications)


async def go_to(driver: Driver, screen: PeopleScreen, name: str) -> None:
    table = screen.query_one(RowTable)
    table.move_cursor(row=names(screen).index(name))
    await driver.until(lambda: screen.current is not None and screen.current.actor.name == name)


async def listed(driver: Driver, screen: PeopleScreen, condition: Callable[[list[str]], bool]) -> None:
    await driver.until(lambda: condition(names(screen)))


async def test_p_lists_everybody_and_enter_opens_one(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        assert HOSTILE in names(screen)
        assert len(names(screen)) == 9
        assert "All 9" in str(screen.query_one("#people-tabs", Static).content)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("escape", "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_tabs_go_round_and_by_number(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        for number, tab in enumerate(Tab, 1):
            await driver.press(str(number))
            await driver.until(lambda tab=tab: screen._listing and screen._listing.wish.tab is tab)  # type: ignore[misc]
        await driver.press("tab")
        await driver.until(lambda: screen._listing and screen._listing.wish.tab is Tab.ALL)
        await driver.press("shift+tab")
        await driver.until(lambda: screen._listing and screen._listing.wish.tab is Tab.APART)
        assert "Nobody" in str(screen.query_one(".empty", Static).content)


async def test_shift_s_sorts_and_w_takes_all_that_is_known(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        seen = []
        for _ in Sort:
            await driver.press("S")
            await driver.until(lambda: screen._listing and screen._listing.wish == screen._wish)
            seen.append(screen._wish.sort)
        assert set(seen) == set(Sort)
        ninety = screen._listing.people[0].acts if screen._listing else 0
        await driver.press("w")
        await driver.until(lambda: screen._listing and screen._listing.wish.whole)
        assert screen._listing is not None
        assert screen._listing.people[0].acts > ninety
        assert "all that is known" in str(screen.query_one("#people-head", Static).content)


async def test_slash_filters_and_escape_clears(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        await driver.press("slash", *"chidi")
        await listed(driver, screen, lambda shown: shown == ["Chidi Okafor"])
        await driver.press("enter", "escape")
        await listed(driver, screen, lambda shown: len(shown) == 9)
        await driver.press("slash", *"qqq")
        await driver.until(lambda: screen.query_one(".empty").display)
        assert "Esc clears" in str(screen.query_one(".empty", Static).content)
        await driver.press("escape")
        await listed(driver, screen, lambda shown: len(shown) == 9)


async def test_t_marks_what_waits_and_takes_it_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        row = next(n for n, each in enumerate(screen._listing.people if screen._listing else ()) if each.to_thank)
        screen.query_one(RowTable).move_cursor(row=row)
        await driver.until(lambda: screen.current and screen.current.to_thank)
        assert screen.current is not None
        waiting = set(screen.current.to_thank)
        await driver.press("T")
        await driver.until(lambda: set(app.session.store.thanked()) == waiting)
        await driver.until(lambda: screen.current and not screen.current.to_thank)
        await driver.press("T")
        await driver.until(lambda: not app.session.store.thanked())


async def test_i_ignores_everywhere_and_ctrl_z_takes_it_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        before = sum(row.total for row in app.session.store.days())
        await go_to(driver, screen, "Chidi Okafor")
        await driver.press("i")
        await listed(driver, screen, lambda shown: "Chidi Okafor" not in shown)
        assert sum(row.total for row in app.session.store.days()) < before
        await driver.until(lambda: "Ctrl+Z" in said(driver))
        await driver.press("ctrl+z")
        await listed(driver, screen, lambda shown: "Chidi Okafor" in shown)
        assert sum(row.total for row in app.session.store.days()) == before


async def test_the_ignored_are_apart_open_and_come_back(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        await go_to(driver, screen, "Chidi Okafor")
        await driver.press("i", "6")
        await listed(driver, screen, lambda shown: shown == ["Chidi Okafor"])
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "You ignore them" in str(app.screen.query_one(".head", Static).content)
        await driver.press("K")
        await driver.until(lambda: len(app.screen_stack) == 4)
        await driver.press("escape")
        await driver.until(lambda: len(app.screen_stack) == 3)
        await driver.press("i")
        await driver.until(lambda: "You ignore them" not in str(app.screen.query_one(".head", Static).content))
        assert not app.session.store.ties()


async def test_m_merges_whom_she_chooses_and_u_splits(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        await go_to(driver, screen, "Bo Nyström")
        await driver.press("M")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        await driver.press(*"chidi", "enter")
        await listed(driver, screen, lambda shown: len(shown) == 8)
        merged = set(app.session.store.ties().same)
        assert merged == {"https://far.example/1", "https://far.example/5"}
        assert screen._listing is not None
        row = next(n for n, each in enumerate(screen._listing.people) if each.handles == 2)
        screen.query_one(RowTable).move_cursor(row=row)
        await driver.until(lambda: screen.current and screen.current.handles == 2)
        await driver.press("U")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        assert app.screen.query_one(OptionList).option_count == 2
        await driver.press("enter")
        await listed(driver, screen, lambda shown: len(shown) == 9)
        await driver.press("ctrl+z")
        await listed(driver, screen, lambda shown: len(shown) == 8)
        await driver.press("ctrl+z")
        await listed(driver, screen, lambda shown: len(shown) == 9)
        assert not app.session.store.ties()


async def test_who_looks_alike_is_offered_first_and_can_be_told_apart(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        await go_to(driver, screen, "Ann Lee")
        assert screen.current is not None
        await driver.press("M")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        first = app.screen.query_one(OptionList).get_option_at_index(0)
        assert "the same handle and name" in str(first.prompt)
        assert not app.session.store.ties()
        await driver.press(*"somebody else", "enter")
        await driver.until(lambda: app.session.store.apart())
        await driver.press("M")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        assert "the same" not in str(app.screen.query_one(OptionList).get_option_at_index(0).prompt)
        await driver.press("escape")


async def test_a_page_opened_from_the_dashboard_offers_everybody_too(app: KloutApp) -> None:
    async with driving(app) as driver:
        await driver.press("ctrl+f")
        await driver.press(*"chidi")
        await driver.until(lambda: app.screen.query_one(RowTable).row_count > 0)
        await driver.press("down", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("M")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        await driver.press(*"nyström", "enter")
        await driver.until(lambda: len(app.session.store.ties().same) == 2)
        await driver.until(lambda: "Merged of 2 handles" in str(app.screen.query_one(".head", Static).content))


async def test_p_is_offered_everywhere_but_in_the_list_and_leads_back_to_it(app: KloutApp) -> None:
    async with driving(app, (240, 40)) as driver:

        def offered() -> bool:
            return any(offer.words == "People" for offer in app.screen.query_one(KeyLine).offers)

        await driver.until(offered)
        screen = await opened(driver)
        await driver.until(lambda: screen.query_one(KeyLine).offers)
        assert not offered()
        assert "People" not in {command.title for command in app.get_system_commands(screen)}
        await driver.press("ctrl+p")
        await driver.until(lambda: app.screen is not screen)
        assert "People" not in {command.title for command in app.get_system_commands(screen)}
        await driver.press("escape")
        await driver.until(lambda: app.screen is screen)
        assert not offered()
        await driver.press("P")
        assert app.screen is screen
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.until(offered)
        await driver.press("P")
        await driver.until(lambda: app.screen is screen)
        await driver.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_n_keeps_a_note_that_the_page_shows(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        await go_to(driver, screen, "Chidi Okafor")
        await driver.press("n")
        await driver.until(lambda: isinstance(app.screen, LineScreen))
        await driver.press(*"met [b]in Berlin", "enter")
        await driver.until(lambda: screen.current and screen.current.note == "met [b]in Berlin")
        assert "met [b]in Berlin" in str(screen.query_one(".preview", Static).content)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "met [b]in Berlin" in str(app.screen.query_one(".head", Static).content)
        await driver.press("n")
        await driver.until(lambda: isinstance(app.screen, LineScreen))
        assert app.screen.query_one(Input).value == "met [b]in Berlin"
        app.screen.query_one(Input).value = ""
        await driver.press("enter")
        await driver.until(lambda: not app.session.store.remarks())
        await driver.press("ctrl+z")
        await driver.until(lambda: list(app.session.store.remarks().values()) == ["met [b]in Berlin"])


async def test_a_declares_mine_only_after_a_yes(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        await go_to(driver, screen, "Chidi Okafor")
        await driver.press("A")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        await driver.press("enter")
        assert "https://far.example/5" not in app.session.store.own_keys()
        await driver.press("A")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        await driver.press("down", "enter")
        await listed(driver, screen, lambda shown: "Chidi Okafor" not in shown)
        assert "https://far.example/5" in app.session.store.own_keys()
        await driver.press("6")
        await listed(driver, screen, lambda shown: shown == ["Chidi Okafor"])
        assert not screen.check_action("judge", ("ignore",))


@pytest.mark.parametrize(("key", "how"), [("d", How.DONE), ("x", How.DISMISSED), ("Z", How.SNOOZED)])
async def test_what_waits_can_be_done_dismissed_or_put_off(app: KloutApp, key: str, how: How) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        await driver.press("4")
        await driver.until(lambda: screen._listing and screen._listing.wish.tab is Tab.WAITING and screen.current)
        person, waiting = screen.current, len(names(screen))
        assert person is not None
        assert "I tried this" in str(screen.query_one(".preview", Static).content)
        await driver.press(key)
        await listed(driver, screen, lambda shown: len(shown) == waiting - 1)
        settled = app.session.store.settled()
        assert {each.how for each in settled.values()} == {how}
        assert settled.keys() == {each.id for each in person.waiting}
        await driver.press("ctrl+z")
        await listed(driver, screen, lambda shown: len(shown) == waiting)
        assert app.session.store.settled() == {}


async def test_the_past_is_said_to_be_read_and_blocks_nothing(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    going = threading.Event()
    real = PeopleDesk.read_past

    def slow(self: PeopleDesk, report: Callable[[str], None]) -> None:
        report("2019-03")
        going.wait(20)
        real(self, report)

    monkeypatch.setattr(PeopleDesk, "read_past", slow)
    async with driving(app) as driver:
        await driver.press("P")
        await driver.until(lambda: isinstance(app.screen, PeopleScreen))
        screen = people(driver)
        try:
            await listed(driver, screen, lambda shown: len(shown) == 9)
            await driver.until(lambda: "2019" in str(screen.query_one("#people-head", Static).content))
            assert "3 Silent …" in str(screen.query_one("#people-tabs", Static).content)
            await driver.press("3")
            await driver.until(lambda: "being read" in str(screen.query_one(".empty", Static).content))
        finally:
            going.set()
        await driver.until(lambda: screen._listing is not None and screen._listing.complete)
        assert "2019" not in str(screen.query_one("#people-head", Static).content)
        assert "3 Silent 0" in str(screen.query_one("#people-tabs", Static).content)


async def test_news_are_listed_while_one_looks(app: KloutApp, clock: FrozenClock) -> None:
    async with driving(app) as driver:
        screen = await opened(driver)
        owner = account("ada", clock())
        (one, *_) = year(owner, clock()).interactions
        newcomer = Actor(key="https://far.example/new", handle="@new@far.example", name="Newcomer")
        act = msgspec.structs.replace(one, id="new-1", actor=newcomer, at=clock() - timedelta(hours=1))
        await asyncio.to_thread(app.session.store.absorb, Batch(account=owner.id, cursor={}, interactions=(act,)))
        await listed(driver, screen, lambda shown: "Newcomer" in shown)


async def test_the_past_can_only_be_looked_at(home: Path, clock: FrozenClock) -> None:
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        full(store, clock())
    as_of = date(2026, 11, 1)
    app = KloutApp(Session.open(clock=clock, as_of=as_of, networks=Registry({"town": Town()})))
    async with driving(app) as driver:
        screen = await opened(driver)
        assert not any(screen.check_action("judge", (deed,)) for deed in ("ignore", "merge", "note", "own", "done"))
        before = app.session.store.ties()
        await driver.press("i", "n", "A", "d", "t")
        assert isinstance(app.screen, PeopleScreen)
        assert app.session.store.ties() == before


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="pictures are kept for one Python")
@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["80x24", "200x60"])
def test_the_list_is_drawn(
    home: Path, clock: FrozenClock, snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    app = open_app(home, clock, twins)
    try:
        busy = ("view", "open", "people", "past")
        assert snap_compare(app, terminal_size=size, run_before=drawn("P", "down", busy=busy))
    finally:
        app.session.close()


async def test_nobody_yet_is_a_friendly_word_and_help_tells_the_rest(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, bare)
    async with driving(app) as driver:
        screen = await opened(driver)
        assert "Nobody yet" in str(screen.query_one(".empty", Static).content)
        await driver.press("question_mark")
        await driver.until(lambda: isinstance(app.screen, HelpScreen))
        assert isinstance(app.screen, HelpScreen)
        assert "## People" in app.screen._text
