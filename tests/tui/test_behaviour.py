"""What the screens do besides answering keys: stay calm while things arrive, bear hostile text, link, show the past."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.widgets import Button, Input, Static

from klout_tui.domain.batch import Batch, Cursor, washed
from klout_tui.domain.model import Account, Actor, Health, Interaction, InteractionKind, Post, PostKind, Profile
from klout_tui.networks.base import LinkRequest, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.registry import Broken, Registry
from klout_tui.session import Session
from klout_tui.store.store import Store
from klout_tui.tui.app import KloutApp, run_dashboard
from klout_tui.tui.keys import working_now
from klout_tui.tui.panes.accounts import AccountsPane
from klout_tui.tui.panes.engagement import EngagementPane
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.link import LinkScreen
from klout_tui.tui.widgets.bars import StackedBars
from klout_tui.tui.widgets.networks import NetworkList
from klout_tui.tui.widgets.welcome import Welcome
from tests.conftest import FrozenClock
from tests.town import Town
from tests.tui.village import HOSTILE, account, bare, driving, failing, full, kept, nothing, open_app

EVIL = (
    "[/] [@click=app.quit]x[/] [b]bold",
    "\x1b[31mred\x1b]0;owned\x07\x9b2J",
    "\u202eright to left\u2066",
    "z" + "\u0301" * 400,
    "zero\u200bwidth" * 50,
    "漢字" * 200 + "👩\u200d👩\u200d👧\u200d👦" * 50,
    "[link=javascript:alert(1)]press[/link]",
    "line\nbreak\r\ttab",
)


def text_of(app: KloutApp) -> str:
    """What stands on the screen, cell by cell."""
    width, height = app.size
    lines = app.screen._compositor.render_strips(app.size)[:height]
    assert all(line.cell_length == width for line in lines)
    return "\n".join(line.text for line in lines)


def hostile(store: Store, now: Any) -> None:
    """Every text a network can choose, chosen by an enemy."""
    owner = msgspec.structs.replace(account("ada", now), name=EVIL[0], handle="@a[/]@town.example")
    store.link(owner, Profile(handle=owner.handle, name=EVIL[1]))
    posts = tuple(
        Post(
            id=f"https://town.example/{number}",
            account=owner.id,
            kind=PostKind.STATUS,
            at=now - timedelta(hours=number + 1),
            title=evil if number % 2 else "",
            text=evil,
            topics=(evil, "[bold]"),
            url="https://town.example/[/]",
        )
        for number, evil in enumerate(EVIL)
    )
    acts = tuple(
        Interaction(
            id=f"{owner.id}/reply/{number}",
            account=owner.id,
            kind=InteractionKind.REPLY,
            actor=Actor(key=f"k{number}", handle=evil, name=evil, url="javascript:alert(1)"),
            at=now - timedelta(minutes=number + 1),
            post=f"https://town.example/{number}",
            text=f"{evil} and three more words",
            url="javascript:alert(1)",
        )
        for number, evil in enumerate(EVIL)
    )
    store.absorb(washed(Batch(account=owner.id, cursor={"x": evil_cursor()}, posts=posts, interactions=acts)))


def evil_cursor() -> str:
    return "\x1b[31m"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
async def test_hostile_text_changes_nothing_but_its_own_cell(
    home: Path, clock: FrozenClock, size: tuple[int, int]
) -> None:
    app = open_app(home, clock, hostile)
    async with driving(app, size) as driver:
        table = app.home.query_one(PlusKPane).table
        assert table.row_count == len(EVIL)
        for pane in ("2", "3"):
            await driver.press(pane, "enter")
            await driver.until(lambda: isinstance(app.screen, DetailScreen))
            seen = text_of(app)
            await driver.press("enter")
            await driver.until(lambda: len(app.screen_stack) == 3)
            seen += text_of(app)
            await driver.press("escape", "escape")
        await driver.press("ctrl+f", *"bold")
        await driver.until(lambda: app.screen.query_one("RowTable").row_count)  # type: ignore[attr-defined]
        seen += text_of(app)
        await driver.press("escape", "ctrl+p", *"bold")
        await driver.pilot.pause()
        seen += text_of(app)
        assert not {character for character in seen if character < " " and character != "\n"}
        assert not {character for character in seen if "\x7f" <= character <= "\x9f" or character in "\u202e\u2066"}
        assert app.is_running


async def test_markup_is_shown_as_it_was_written(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app, (200, 60)) as driver:
        table = app.home.query_one(PlusKPane).table
        whole = table.row_count
        await driver.press("3", "slash", *"click")
        await driver.until(lambda: 0 < table.row_count < whole)
        await driver.press("enter", "m")
        await driver.until(lambda: HOSTILE in text_of(app))


async def test_cursor_and_scroll_stay_while_things_arrive(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        table = app.home.query_one(PlusKPane).table
        await driver.press("3", *["down"] * 30)
        here, line = table.current, table.cursor_row - table.scroll_offset.y
        assert here is not None
        news = Interaction(
            id="brand-new",
            account="town:ada@town.example",
            kind=InteractionKind.REPOST,
            actor=Actor(key="new", handle="@new@far.example"),
            at=clock(),
            post="https://town.example/p/3",
        )
        await asyncio.to_thread(
            app.session.store.absorb,
            Batch(account="town:ada@town.example", cursor={"read": "more"}, interactions=(news,)),
        )
        await driver.until(lambda: table.rows_shown[0].key == "brand-new")
        await driver.pilot.pause(0.1)
        assert table.current is not None
        assert table.current.key == here.key
        assert table.cursor_row - table.scroll_offset.y == line


async def test_another_process_is_seen(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        with Store.open(home / "store", clock=clock) as other:
            other.link(account("bo", clock()))
        await driver.until(lambda: app.home.view and len(app.home.view.accounts) == 3)


class Slow(Town):
    """Reads one batch, then waits to be let on."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: Any) -> AsyncIterator[Batch]:
        yield Batch(account=account.id, cursor={"half": "way"}, progress=0.5)
        await self.go_on.wait()


async def test_progress_is_visible_for_each_account(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    slow = Slow()
    app.session.networks = Registry({"town": slow})
    async with driving(app) as driver:
        pane = app.home.query_one(AccountsPane)
        await driver.until(lambda: app._worker is not None)
        await driver.press("r")
        await driver.until(lambda: len(app.home.progress) == 2 and all(app.home.progress.values()))
        await driver.press("1", "m")
        await driver.until(lambda: "50 %" in text_of(app))
        assert any("reading" in figure for figure in pane.figure)
        slow.go_on.set()
        await driver.until(lambda: not app.home.progress)


async def test_a_failure_is_told_once_and_shown_in_its_row(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    app.session.store.link(account("down", clock()))
    async with driving(app, (160, 40)) as driver:
        await driver.until(lambda: "down now" in text_of(app) or "down since" in text_of(app))
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "took longer than 20 s" in str(app.screen.query_one(".head", Static).content)


async def test_each_standing_has_its_words(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, failing)
    async with driving(app, (200, 50)) as driver:
        await driver.press("1", "m")
        await driver.until(lambda: "since yesterday" in text_of(app))
        seen = text_of(app)
        for words in ("down since", "rate limited until 10:00", "needs a token", "paused"):
            assert words in seen


async def test_days_nothing_is_known_of_are_not_drawn(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, bare)
    async with driving(app):
        pane = app.home.query_one(EngagementPane)
        assert not pane.query_one(StackedBars).display
        assert "No reactions yet" in text_of(app)


def half_read(store: Store, now: datetime) -> None:
    """An account whose first reading broke off."""
    ada = account("ada", now)
    post = Post(
        id="https://town.example/p/1",
        account=ada.id,
        kind=PostKind.ARTICLE,
        at=now - timedelta(days=1),
        url="https://town.example/p/1",
        text="Types",
        topics=("Python", "Give Aways"),
    )
    store.link(ada, Profile(handle=ada.handle, name="Ada"))
    store.absorb(Batch(account=ada.id, cursor={"read": "half"}, posts=(post,)))
    store.set_health(Health(account=ada.id, next_due=now + timedelta(hours=1)))


async def test_pages_spell_topics_as_the_pane_does_and_own_up_to_half_a_reading(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, half_read)

    def head() -> str:
        return str(app.screen.query_one(".head", Static).content)

    async with driving(app, size=(120, 36)) as driver:
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "not read to the end yet" in head()
        assert "python, give-aways" in text_of(app)
        await driver.press("enter")
        await driver.until(lambda: "Brought:" in head())
        assert "Topics: python, give-aways" in head()


# Linking


async def test_a_newcomer_is_led_to_linking(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    async with driving(app) as driver:
        assert app.home.query_one(Welcome).display
        assert isinstance(app.focused, Button)
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        await driver.press(*"ada", "enter")
        await driver.until(lambda: "Found:" in said(app))
        assert "your posts and their counters" in said(app)
        assert not app.session.store.accounts()
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        await driver.until(lambda: app.home.view and app.home.view.plusks)
        assert not app.home.query_one(Welcome).display
        assert [each.id for each in app.session.store.accounts()] == ["town:ada@town.example"]


async def test_a_newcomer_is_offered_only_what_there_is_to_do(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    async with driving(app):
        offered = {active.binding.id for active in app.screen.active_bindings.values() if active.binding.show}
        assert offered == {"app.link", "app.help", "app.quit", "app.commands"}


def said(app: KloutApp) -> str:
    return str(app.screen.query_one("#said", Static).content)


async def test_the_dialog_says_what_is_wrong_and_links_nothing(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    async with driving(app) as driver:
        await driver.press("a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        await driver.press(*"a b")
        assert "no name in Town" in said(app)
        target = app.screen.query_one("#target", Input)
        target.value = "nobody"
        await driver.press("enter")
        await driver.until(lambda: "nobody lives there" in said(app))
        assert app.screen.query_one("#said").has_class("-wrong")
        await driver.press("escape")
        assert isinstance(app.screen, HomeScreen)
        assert not app.session.store.accounts()


async def test_the_token_is_hidden_kept_and_nowhere_on_screen(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    async with driving(app) as driver:
        await driver.press("a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        await driver.press(*"ada")
        app.screen.query_one("#token", Input).value = "town-t0ken-g00d"
        await driver.press("ctrl+s")
        await driver.until(lambda: "who liked them" in said(app))
        assert "town-t0ken-g00d" not in text_of(app)
        await driver.press("ctrl+s")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        (linked,) = app.session.store.accounts()
        assert linked.authorised
        assert app.session.secrets.get(linked.id) == "town-t0ken-g00d"


async def test_the_dialog_is_there_before_the_next_key(home: Path, clock: FrozenClock) -> None:
    """Who presses `a` and types on at once must not open a browser with an `o` meant for the dialog."""
    app = open_app(home, clock, nothing)
    async with driving(app) as driver:
        await app.run_action("link")
        assert isinstance(app.screen, LinkScreen)
        await driver.until(lambda: app.focused and app.focused.id == "target")


async def test_what_comes_next_is_in_sight_after_the_check(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    async with driving(app, size=(80, 18)) as driver:
        await driver.press("a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        await driver.press(*"ada", "enter")
        await driver.until(lambda: "Found:" in said(app))
        dialog, button = app.screen.query_one(".dialog"), app.screen.query_one("#go-on", Button)
        await driver.until(lambda: dialog.region.contains_region(button.region) and str(button.label) == "Link")


async def test_typing_on_after_the_check_asks_again(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    async with driving(app) as driver:
        await driver.press("a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        await driver.press(*"ada", "enter")
        await driver.until(lambda: "Found:" in said(app))
        await driver.press("x")
        assert "nothing is linked yet" in said(app)
        assert str(app.screen.query_one("#go-on", Button).label) == "Check"


class Gone(Town):
    """A network that cannot be used."""

    async def verify(self, request: LinkRequest, client: Client, now: Any) -> Verified:
        raise ZeroDivisionError("a plugin may raise anything")


async def test_a_broken_network_is_one_dead_choice(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, nothing)
    registry = Registry({"town": Gone()})
    registry._loaded["lost"] = Broken("lost", "no module named [/]")
    app.session.networks = registry
    async with driving(app) as driver:
        await driver.press("a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        networks = app.screen.query_one(NetworkList)
        assert [networks.get_option_at_index(place).disabled for place in range(2)] == [True, False]
        assert networks.chosen is not None
        assert networks.chosen.name == "town"
        assert "lost cannot be used: no module named [/]" in str(app.screen.query_one("#broken", Static).content)
        await driver.press("tab", "shift+tab")
        app.screen.query_one("#target", Input).value = "ada"
        await driver.press("ctrl+s")
        await driver.until(lambda: "ZeroDivisionError" in said(app))


# The past


async def test_the_past_can_be_looked_at_and_not_touched(home: Path, clock: FrozenClock) -> None:
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        full(store, clock())
    session = Session.open(clock=clock, networks=Registry({"town": Town()}), as_of=date(2026, 10, 1))
    app = KloutApp(session)
    async with driving(app) as driver:
        view = app.home.view
        assert view is not None
        assert view.today == date(2026, 10, 1)
        assert all(plusk.at <= view.now for plusk in view.plusks)
        assert "as of 1 Oct 2026" in text_of(app)
        await driver.press("3", "t", "T", "g", "r", "a")
        assert isinstance(app.screen, HomeScreen)
        offered = {key.binding.description for key in working_now(app.screen)}
        assert not offered & {"Thank", "Mark", "Give +K"}
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert not {"thank", "mark", "give"} & {key.binding.action for key in working_now(app.screen)}
    with Store.open(home / "store", clock=clock) as store:
        assert not store.thanked()
        assert store.recall("theme") is None


def test_a_visit_ends_when_the_program_does(home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(home, clock, full)
    clock.advance(timedelta(hours=1))
    monkeypatch.setattr("klout_tui.tui.app._at_terminal", lambda: True)
    monkeypatch.setattr(KloutApp, "run", lambda _: None)
    run_dashboard(app.session)
    app.session.close()
    with Store.open(home / "store", clock=clock) as store:
        assert store.recall("last_visit") == clock().isoformat()


async def test_quitting_while_reading_is_quick_and_loses_nothing(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    slow = Slow()
    app.session.networks = Registry({"town": slow})
    async with driving(app) as driver:
        await driver.until(lambda: app._worker is not None)
        await driver.press("r")
        await driver.until(lambda: app.home.progress)
        await driver.press("q")
    again = open_app(home, clock, kept)
    async with driving(again):
        assert again.home.view is not None
        assert again.home.view.plusks
