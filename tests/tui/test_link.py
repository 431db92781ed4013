"""The dialogs that link, log in, mend and unlink: by keyboard, by mouse, and small."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msgspec
import pytest
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from klout_tui.credentials import MemorySecrets
from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Fault, Health
from klout_tui.networks.base import Likeness, LinkRequest
from klout_tui.networks.http import Client
from klout_tui.networks.registry import Registry
from klout_tui.store.store import Store
from klout_tui.tui.app import KloutApp
from klout_tui.tui.keys import working_now
from klout_tui.tui.panes.accounts import AccountsPane
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.link import LinkScreen
from klout_tui.tui.screens.unlink import UnlinkScreen
from klout_tui.tui.widgets.networks import NetworkList
from tests import secrets
from tests.conftest import FrozenClock
from tests.networks.oauth_fake import FakeOAuth
from tests.test_cli_login import Village
from tests.town import FAULTS, Town
from tests.tui.village import Driver, driving, full, nothing, open_app


class Hamlet(Town):
    """A network that knows its own addresses."""

    name: ClassVar[str] = "hamlet"
    title: ClassVar[str] = "Hamlet"
    shows: ClassVar[str] = "Who walked by."
    wants_token: ClassVar[str] = ""

    def origin(self, request: LinkRequest) -> str:
        return "https://hamlet.example"

    def recognises(self, text: str) -> int:
        return Likeness.CERTAIN if "hamlet.example" in text else Likeness.NO


class Healed(Town):
    """A town where everybody can be read again."""

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        if not client.has_token:
            raise FAULTS["revoked"]
        yield Batch(account=account.id, cursor={"read": "all"})


@pytest.fixture
def server() -> FakeOAuth:
    return FakeOAuth()


@pytest.fixture
def app(home: Path, clock: FrozenClock, server: FakeOAuth) -> Iterator[KloutApp]:
    """A newcomer's app with a town, a hamlet, and a village one can log in to."""
    app = open_app(home, clock, nothing)
    app.session.networks = Registry({each.name: each for each in (Hamlet(), Town(), Village())})
    app.session.transport = httpx.MockTransport(server.answer)
    yield app
    app.session.close()


def refused(store: Store, now: datetime) -> None:
    """One account whose token was revoked, and one that is well."""
    full(store, now)
    fault = Fault(kind="credential", message="the token was revoked", hint="Link the account again.")
    ada = store.account("town:ada@town.example")
    assert ada is not None
    store.link(msgspec.structs.replace(ada, authorised=True))
    store.set_health(Health(account=ada.id, last_ok=now - timedelta(days=1), fault=fault, failures=1, backfilled=True))


def said(app: KloutApp) -> str:
    return str(app.screen.query_one("#said", Static).content)


async def dialog(driver: Driver, *keys: str) -> LinkScreen:
    await driver.press(*keys)
    await driver.until(lambda: isinstance(driver.app.screen, LinkScreen))
    screen = driver.app.screen
    assert isinstance(screen, LinkScreen)
    await driver.until(lambda: screen.focused)
    return screen


async def test_the_network_is_guessed_from_what_is_pasted(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await dialog(driver, "a")
        assert screen.network is not None
        assert screen.network.name == "hamlet"
        screen.query_one("#target", Input).value = "@ada@social.example"
        await driver.pilot.pause()
        assert screen.network.name == "hamlet"  # nobody claims it
        screen.query_one(NetworkList).focus()
        await driver.press("down")
        assert screen.network.name == "town"
        assert "no name in Town" in said(app)
        screen.query_one("#target", Input).value = "https://hamlet.example/ada"
        await driver.pilot.pause()
        assert screen.network.name == "town"  # her own choice stands
        assert "It looks like Hamlet" in said(app)


async def test_a_guess_moves_the_mark(app: KloutApp) -> None:
    async with driving(app) as driver:
        app.session.networks = Registry({each.name: each for each in (Town(), Hamlet())})
        screen = await dialog(driver, "a")
        networks = screen.query_one(NetworkList)
        await driver.press(*"ada")
        screen.query_one("#target", Input).value = "hamlet.example/ada"
        await driver.until(lambda: screen.network and screen.network.name == "hamlet")
        assert str(networks.get_option("hamlet").prompt) == "✓ Hamlet"
        assert "Who walked by." in str(screen.query_one("#offer", Static).content)
        assert not screen.query_one("#token").display


async def test_a_network_can_be_clicked(app: KloutApp) -> None:
    async with driving(app) as driver:
        screen = await dialog(driver, "a")
        await driver.pilot.click(NetworkList, offset=(3, 1))
        await driver.until(lambda: screen.network and screen.network.name == "town")
        assert screen.focused is screen.query_one("#target")


async def test_a_preview_tells_of_posts_topics_and_hosts(app: KloutApp) -> None:
    async with driving(app) as driver:
        await dialog(driver, "a")
        await driver.press("shift+tab", "down", "tab", *"ada", "enter")
        await driver.until(lambda: "3 posts in 30 days, 2 topics: give-aways, python" in said(app))
        assert "Asked from now on: town.example" in said(app)
        assert not app.session.store.accounts()


async def test_linking_shows_the_first_reading(app: KloutApp) -> None:
    async with driving(app) as driver:
        await dialog(driver, "a")
        await driver.press("shift+tab", "down", "tab", *"ada", "enter")
        await driver.until(lambda: "Found:" in said(app))
        await driver.press("ctrl+s")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        await driver.until(lambda: app.home.query_one(AccountsPane).has_pseudo_class("focus-within"))
        await driver.until(lambda: app.home.view and app.home.view.plusks)


async def test_logging_in_links(app: KloutApp, server: FakeOAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def browse(url: str) -> bool:
        opened.append(url)
        return False

    monkeypatch.setattr("klout_tui.tui.screens.login_panel.browse", browse)
    monkeypatch.setattr("klout_tui.tui.screens.link.browser_here", lambda: False)
    app.session.secrets = kept = MemorySecrets()
    async with driving(app) as driver:
        screen = await dialog(driver, "a")
        screen.query_one(NetworkList).choose(Village())
        await driver.press("ctrl+l")
        assert "First type who you are" in said(app)
        await driver.press(*"@ada@social.example", "ctrl+l")
        await driver.until(lambda: screen.query_one("#login").display and screen.query_one("#brought").display)
        url = str(screen.query_one("#login-url", Static).content)
        assert "Paste the code" in str(screen.query_one("#brought-label", Static).content)
        await driver.press(*"wrong", "enter")
        await driver.until(lambda: "does not take this code" in str(screen.query_one("#login-state", Static).content))
        await driver.pilot.click("#open")
        await driver.until(lambda: opened)
        await driver.until(lambda: "No browser opened" in str(screen.query_one("#login-state", Static).content))
        await driver.until(lambda: not app.screen.query("Button.-active"))
        await driver.pilot.click("#copy")
        await driver.until(lambda: app.clipboard == url)
        line = screen.query_one("#brought", Input)
        line.focus()
        line.value = server.browse(url)
        await driver.press("enter")
        await driver.until(lambda: "Found: Ada" in said(app))
        assert "Permitted: profile, read:statuses, read:notifications" in said(app)
        await driver.until(lambda: screen.focused is screen.query_one("#go-on"))
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        (linked,) = app.session.store.accounts()
        assert linked.authorised
        assert kept.get(linked.id) == secrets.LOGIN_TOKEN
        assert server.revoked == []


async def test_a_login_can_be_given_up_and_one_not_used_is_given_back(
    app: KloutApp, server: FakeOAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("klout_tui.tui.screens.link.browser_here", lambda: False)
    async with driving(app) as driver:
        screen = await dialog(driver, "a")
        screen.query_one(NetworkList).choose(Village())
        await driver.press(*"@ada@social.example", "ctrl+l")
        await driver.until(lambda: screen.query_one("#brought").display)
        await driver.press("escape")
        assert isinstance(app.screen, LinkScreen)
        assert not screen.query_one("#login").display
        await driver.press("ctrl+l")
        await driver.until(lambda: screen.query_one("#brought").display)
        screen.query_one("#brought", Input).value = server.browse(str(screen.query_one("#login-url", Static).content))
        await driver.press("enter")
        await driver.until(lambda: "Found:" in said(app))
        await driver.press("escape")
        await driver.until(lambda: server.revoked == [secrets.LOGIN_TOKEN])
        assert not app.session.store.accounts()


async def test_declining_says_so_in_the_form(app: KloutApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klout_tui.tui.screens.link.browser_here", lambda: False)
    app.session.transport = httpx.MockTransport(lambda _: httpx.Response(503))
    async with driving(app) as driver:
        screen = await dialog(driver, "a")
        screen.query_one(NetworkList).choose(Village())
        await driver.press(*"@ada@social.example", "ctrl+l")
        await driver.until(lambda: "in trouble" in said(app))
        assert not screen.query_one("#login").display


# Mending and unlinking


@pytest.mark.parametrize("detail", [False, True])
async def test_c_mends_a_refused_credential(home: Path, clock: FrozenClock, detail: bool) -> None:
    app = open_app(home, clock, refused)
    app.session.networks = Registry({"town": Healed()})
    async with driving(app) as driver:
        await driver.press("1", "home")
        assert "Token" in {key.binding.description for key in working_now(app.screen)}
        if detail:
            await driver.press("enter")
            await driver.until(lambda: isinstance(app.screen, DetailScreen))
        screen = await dialog(driver, "c")
        assert screen.focused is screen.query_one("#token")
        assert "the token was revoked" in str(screen.query_one("#offer", Static).content)
        assert not screen.query_one("#target").display
        await driver.press("enter")
        assert "Paste a token" in said(app)
        screen.query_one("#token", Input).value = secrets.TOWN_TOKEN
        await driver.press("enter")
        await driver.until(lambda: "Found:" in said(app))
        assert str(screen.query_one("#go-on", Button).label) == "Keep"
        await driver.press("enter")
        await driver.until(lambda: not isinstance(app.screen, ModalScreen))
        assert isinstance(app.screen, DetailScreen if detail else HomeScreen)
        await driver.until(lambda: app.session.store.health("town:ada@town.example").fault is None)
        assert app.session.secrets.get("town:ada@town.example") == secrets.TOWN_TOKEN
        await driver.until(lambda: any("unencrypted" in note.message for note in app._notifications))


async def test_a_credential_of_another_account_mends_nothing(home: Path, clock: FrozenClock) -> None:
    class Swapped(Healed):
        async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Any:
            return await super().verify(LinkRequest("@eve"), client, now)

    app = open_app(home, clock, refused)
    app.session.networks = Registry({"town": Swapped()})
    async with driving(app) as driver:
        await driver.press("1", "home")
        screen = await dialog(driver, "c")
        screen.query_one("#token", Input).value = secrets.TOWN_TOKEN
        await driver.press("enter")
        await driver.until(lambda: "belongs to @eve@town.example, not to @ada@town.example" in said(app))


async def test_what_takes_no_credential_says_so(home: Path, clock: FrozenClock) -> None:
    class Plain(Town):
        wants_token: ClassVar[str] = ""

    app = open_app(home, clock, full)
    app.session.networks = Registry({"town": Plain()})
    async with driving(app) as driver:
        await driver.press("1", "c")
        await driver.until(lambda: any("takes no credential" in note.message for note in app._notifications))


@pytest.mark.parametrize(
    ("keys", "linked", "posts"),
    [(["escape"], True, True), (["enter"], False, True), (["left", "enter", "enter"], False, False)],
)
async def test_u_asks_what_becomes_of_the_history(
    home: Path, clock: FrozenClock, keys: list[str], linked: bool, posts: bool
) -> None:
    app = open_app(home, clock, full)
    ada = "town:ada@town.example"
    async with driving(app) as driver:
        await driver.press("1", "home", "u")
        await driver.until(lambda: isinstance(app.screen, UnlinkScreen) and app.focused and app.focused.id == "keep")
        for key in keys:
            await driver.until(lambda: not app.screen.query("Button.-active"))  # a button takes no second press at once
            await driver.press(key)
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        await driver.until(lambda: (ada in {each.id for each in app.session.store.accounts()}) is linked)
        assert bool(app.session.store.posts(account=ada)) is posts


async def test_forgetting_says_what_goes_and_leaves_nothing_to_undo(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        store, actor = app.session.store, "https://far.example/0"
        store.remark([actor], "met in Berlin", clock())
        app.undo.done("noted", lambda: store.remark([actor], "met in Berlin again", clock()))
        await driver.press("1", "home", "u")
        await driver.until(lambda: isinstance(app.screen, UnlinkScreen))
        said = " ".join(str(each.content) for each in app.screen.query(Static))
        assert "private notes and decisions on people only it knew" in said
        assert "Your notes on days stay, without its posts" in said
        for _ in range(2):
            await driver.until(lambda: not app.screen.query("Button.-active"))
            await driver.pilot.click("#forget")
        await driver.until(lambda: isinstance(app.screen, HomeScreen) and len(store.accounts()) == 1)
        assert store.remarks() == {}
        await driver.press("ctrl+z")
        await driver.until(lambda: "nothing to undo" in str([note.message for note in app._notifications]))
        assert store.remarks() == {}


async def test_u_on_an_accounts_page_goes_back_to_the_panes(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    async with driving(app) as driver:
        await driver.press("1", "home", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("u")
        await driver.until(lambda: isinstance(app.screen, UnlinkScreen))
        await driver.pilot.click("#keep")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        await driver.until(lambda: app.home.view and len(app.home.view.accounts) == 1)


# Toasts and buttons


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light", "textual-dark"])
async def test_a_button_keeps_its_height_while_it_can_not_be_pressed(app: KloutApp, theme: str) -> None:
    async with driving(app, size=(80, 24)) as driver:
        app.theme = theme
        screen = await dialog(driver, "a")
        button = screen.query_one("#go-on", Button)
        assert button.region.height == 1
        button.disabled = True
        await driver.pilot.pause()
        assert button.region.height == 1


async def test_no_toast_lies_over_a_dialogs_buttons(app: KloutApp) -> None:
    async with driving(app, size=(80, 24)) as driver:
        app.notify("A long warning.\n" * 4, severity="warning", timeout=15)
        await driver.until(lambda: app.screen.query("Toast"))
        screen = await dialog(driver, "a")
        app.notify("Another.", timeout=15)
        await driver.pilot.pause(0.3)
        assert not app.screen.query("Toast")
        assert screen.region.contains_region(screen.query_one("#go-on").region)
        await driver.press("escape")
        await driver.until(lambda: len(app.screen.query("Toast")) == 2)


@pytest.mark.parametrize("keys", [["3", "e"], ["4", "left", "n"], ["question_mark"]], ids=["rules", "note", "help"])
async def test_no_toast_lies_over_rules_notes_or_help(home: Path, clock: FrozenClock, keys: list[str]) -> None:
    app = open_app(home, clock, full)
    async with driving(app, size=(80, 24)) as driver:
        app.notify("A long warning.\n" * 4, severity="warning", timeout=15)
        await driver.until(lambda: app.screen.query("Toast"))
        await driver.press(*keys)
        await driver.until(lambda: isinstance(app.screen, ModalScreen))
        await driver.until(lambda: not app.screen.query("Toast"))
        await driver.press("escape")
        await driver.until(lambda: app.screen.query("Toast"))


@pytest.mark.parametrize("size", [(80, 24), (58, 24), (58, 34), (80, 18), (80, 33), (120, 36), (200, 60)], ids=str)
async def test_everything_to_press_is_in_sight(app: KloutApp, size: tuple[int, int]) -> None:
    async with driving(app, size=size) as driver:
        screen = await dialog(driver, "a")
        dialog_itself = screen.query_one(".dialog")
        for keys in (("shift+tab", "down", "tab", *"ada"), ("enter",)):
            await driver.press(*keys)
            if keys == ("enter",):
                await driver.until(lambda: "posts in 30 days" in said(app))
            for name in ("#target", "#cancel", "#go-on"):
                widget = screen.query_one(name)
                assert dialog_itself.region.contains_region(widget.region), name
                assert widget.region.area, name
            assert screen.query_one("#saying").region.area


async def test_a_crash_shows_no_values(app: KloutApp, capsys: pytest.CaptureFixture[str]) -> None:
    def boom() -> None:
        token = secrets.TOWN_TOKEN
        assert token
        raise ZeroDivisionError

    async def crash() -> None:
        async with driving(app) as driver:
            app.call_later(boom)
            await driver.until(lambda: False)

    with pytest.raises(ZeroDivisionError):
        await crash()
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "boom" in told
    assert secrets.found_in(told) == []


def test_the_first_picture_needs_no_http_client() -> None:
    """Half a second of imports that belongs behind the first drawing, not before it."""
    code = "import sys, klout_tui.tui.app; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
