"""A plugin may break in any way: it is one red row, and everything else goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from textual.widgets import Input, Static

from klout_tui.cli import main
from klout_tui.domain.dashboard import Standing
from klout_tui.domain.model import Account, Profile
from klout_tui.networks import registry
from klout_tui.networks.registry import Registry
from klout_tui.session import Session
from klout_tui.store.store import Store
from klout_tui.tui.app import KloutApp
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.link import LinkScreen
from klout_tui.tui.widgets.networks import NetworkList
from tests.conftest import FrozenClock
from tests.tui.test_behaviour import text_of
from tests.tui.village import driving

Install = Callable[[str, str], None]

SOUND = """
import asyncio, sys, threading
from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Account, Profile
from klout_tui.networks.base import Capabilities, Verified

class Sound:
    title = "{name}"
    name = "{name}"
    target_hint = "ada"
    option_hints = {{}}
    wants_token = ""
    def origin(self, request): return "https://one.example"
    def hosts(self, account): return ("one.example",)
    def account(self, now):
        return Account(id="{name}:ada", network="{name}", handle="ada", base_url="https://one.example", linked_at=now,
                       keys=("ada",))
    async def verify(self, request, client, now):
        return Verified(self.account(now), Profile(handle="ada"), Capabilities(True, True, ("all",)))
    async def refresh(self, account, cursor, client, now):
        yield Batch(account=account.id, cursor={{"read": "all"}}, profile=Profile(handle="ada"))

class Plugin(Sound):
    pass
"""

LOADING: dict[str, str] = {
    "import": "raise RuntimeError('no \\x1b[31mluck')",
    "syntax": "def (",
    "absent": "import no_such_module",
    "exits": "import sys; sys.exit('bye')",
    "pressed": "raise KeyboardInterrupt",
    "hangs": "import threading; threading.Event().wait()",
    "nothing": "",
    "number": "Plugin = 7",
    "constructor": "class Plugin:\n    def __init__(self): raise ValueError('not today')",
    "abandons": "class Plugin:\n    def __init__(self): import sys; sys.exit(1)",
    "property": SOUND + "    @property\n    def title(self): raise KeyError('title')",
    "untitled": SOUND + "    title = None",
    "hints": SOUND + "    option_hints = {{'a': 1}}",
    "nameless": SOUND + "    name = 5",
    "other": SOUND + "    name = 'mastodon'",
    "method": SOUND + "    refresh = None",
    "speechless": "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
}
"""Ways not to become a network at all."""

WORKING: dict[str, str] = {
    "hosts_raise": "    def hosts(self, account): raise ValueError('no')",
    "hosts_exit": "    def hosts(self, account): sys.exit(1)",
    "hosts_none": "    def hosts(self, account): return None",
    "refresh_raises": "    async def refresh(self, *_): raise ValueError('no')",
    "refresh_exits": "    async def refresh(self, *_):\n        sys.exit(1)\n        yield",
    "refresh_early": "    def refresh(self, *_): raise ValueError('no')",
    "refresh_none": "    def refresh(self, *_): return None",
    "refresh_once": "    async def refresh(self, *_): return []",
    "refresh_stops": "    async def refresh(self, *_):\n        raise StopAsyncIteration\n        yield",
    "refresh_cancels": "    async def refresh(self, *_):\n        raise asyncio.CancelledError\n        yield",
    "refresh_quits": "    async def refresh(self, *_):\n        raise GeneratorExit\n        yield",
    "refresh_odd": "    async def refresh(self, *_): yield {{'posts': []}}",
    "refresh_foreign": "    async def refresh(self, *_): yield Batch(account='mastodon:eve@x.example', cursor={{}})",
    "refresh_typed": "    async def refresh(self, account, *_): yield Batch(account=account.id, cursor={{'a': [1]}})",
    "refresh_kind": (
        "    async def refresh(self, *_):\n"
        "        from klout_tui.networks.base import NetworkError\n"
        "        class Own(NetworkError):\n"
        "            kind = 5\n"
        "            def __init__(self): pass\n"
        "        raise Own\n        yield"
    ),
    "refresh_endless": (
        "    async def refresh(self, account, *_):\n        while True: yield Batch(account=account.id, cursor={{}})"
    ),
    "refresh_stuck": "    async def refresh(self, *_):\n        await asyncio.Event().wait()\n        yield",
}
"""Ways to break once it is one."""

LINKING: dict[str, str] = {
    "origin_raises": "    def origin(self, request): raise ValueError('no')",
    "origin_exits": "    def origin(self, request): sys.exit(1)",
    "origin_none": "    def origin(self, request): return None",
    "verify_raises": "    async def verify(self, *_): raise ValueError('no')",
    "verify_exits": "    async def verify(self, *_): sys.exit(1)",
    "verify_none": "    async def verify(self, *_): return None",
    "verify_plain": "    def verify(self, *_): return None",
    "verify_other": (
        "    async def verify(self, request, client, now):\n"
        "        return Verified(Account(id='mastodon:ada', network='mastodon', handle='', base_url='', linked_at=now),"
        " Profile(handle=''), Capabilities(True, True))"
    ),
    "verify_typed": (
        "    async def verify(self, request, client, now):\n"
        "        import msgspec\n"
        "        odd = msgspec.structs.replace(self.account(now), options={{'a': 5}})\n"
        "        return Verified(odd, Profile(handle='ada', followers='many'), Capabilities(True, True))"
    ),
    "verify_blind": (
        "    async def verify(self, request, client, now):\n"
        "        return Verified(self.account(now), Profile(handle='ada'), None)"
    ),
    "verify_hosts": "    def hosts(self, account): raise ValueError('no')",
}


def sound(name: str, more: str = "") -> str:
    return (SOUND + more).format(name=name)


def linked(home: Path, clock: FrozenClock, *names: str) -> None:
    """Accounts of these networks, as if linked before anything broke."""
    with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
        for name in names:
            account = Account(
                id=f"{name}:ada",
                network=name,
                handle="ada",
                base_url="https://one.example",
                linked_at=clock(),
                keys=("ada",),
            )
            store.link(account, Profile(handle="ada"))


def run(*arguments: str) -> Any:
    """The command in this process; anything but an orderly end is raised."""
    result = CliRunner().invoke(main, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "LOAD_SECONDS", 0.5)


@pytest.mark.parametrize("name", LOADING)
def test_what_cannot_be_loaded_fails_alone_in_every_command(
    install: Install, home: Path, clock: FrozenClock, name: str
) -> None:
    install(name, LOADING[name].format(name=name) if LOADING[name].startswith(SOUND) else LOADING[name])
    install("sound", sound("sound"))
    linked(home, clock, name, "sound")
    examined = run("doctor")
    assert examined.exit_code == 1
    assert f"The network {name} does not load" in examined.output
    assert "\x1b" not in examined.output
    assert run("show", "accounts").exit_code == 0
    refreshed = run("refresh", "--json")
    told = {each["account"]: each for each in json.loads(refreshed.stdout)["refresh"]["accounts"]}
    broken, well = told[f"{name}:ada"], told["sound:ada"]
    assert (refreshed.exit_code, well["status"], broken["status"]) == (1, "unchanged", "failed")
    assert broken["error"]["kind"] == "plugin"
    shown = json.loads(run("show", "accounts", "--json").stdout)["accounts"]
    assert {each["id"]: each["fault"] and each["fault"]["kind"] for each in shown} == {
        f"{name}:ada": "plugin",
        "sound:ada": None,
    }
    refused = run("link", name, "ada")
    assert refused.exit_code != 0
    assert "cannot be used" in refused.output


@pytest.mark.parametrize("name", WORKING)
async def test_what_breaks_at_work_is_one_failed_account(
    install: Install, home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from klout_tui.worker import refresh, visit

    monkeypatch.setattr(visit, "MOST_BATCHES", 20)
    install(name, sound(name, WORKING[name]))
    install("sound", sound("sound"))
    linked(home, clock, name, "sound")
    with Session.open(clock=clock) as session:
        worker = refresh.Worker(
            session.store, session.networks, session.secrets, session.settings, clock=clock, stuck_after=0.1
        )
        broken, well = sorted(await worker.refresh(), key=lambda result: result.account == "sound:ada")
    assert (well.status, broken.status) == ("unchanged", "failed")
    assert broken.fault is not None
    assert broken.fault.kind == "plugin"
    assert broken.fault.message


@pytest.mark.parametrize("name", LINKING)
def test_what_breaks_while_linking_links_nothing_and_says_whose_fault_it_is(
    install: Install, home: Path, name: str
) -> None:
    install(name, sound(name, LINKING[name]))
    refused = run("link", name, "ada")
    assert refused.exit_code != 0
    assert f"the {name} adapter" in refused.output
    assert json.loads(run("show", "accounts", "--json").stdout)["accounts"] == []


def test_a_sound_one_links(install: Install) -> None:
    install("sound", sound("sound"))
    assert "Linked sound:ada." in run("link", "sound", "ada").output


async def test_every_screen_bears_them(install: Install, home: Path, clock: FrozenClock) -> None:
    codes = {name: LOADING[name] for name in ("import", "exits", "hangs", "number", "untitled")}
    for name, code in codes.items():
        install(name, code.format(name=name) if code.startswith(SOUND) else code)
    for name in ("refresh_raises", "hosts_exit"):
        install(name, sound(name, WORKING[name]))
    install("origin_raises", sound("origin_raises", LINKING["origin_raises"]))
    broken = (*codes, "refresh_raises", "hosts_exit")
    linked(home, clock, *broken, "origin_raises")
    app = KloutApp(Session.open(clock=clock, networks=Registry.load()))
    async with driving(app, size=(140, 40)) as driver:
        await driver.until(lambda: app.home.view and all(row.fault or row.last_ok for row in app.home.view.accounts))
        assert app.home.view is not None
        standing = {row.account.network: row.standing for row in app.home.view.accounts}
        assert standing == dict.fromkeys(broken, Standing.DOWN) | {"origin_raises": Standing.OK}
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "cannot be used" in text_of(app)
        await driver.press("escape", "a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        choices = app.screen.query_one(NetworkList)
        assert [option.id for option in choices.options if option.disabled] == sorted(codes)
        choices.highlighted = choices.get_option_index("origin_raises")
        app.screen.query_one("#target", Input).value = "ada"
        await driver.until(lambda: "ValueError: no" in str(app.screen.query_one("#said", Static).content))
        await driver.press("escape", "question_mark", "escape", "ctrl+f", "escape")
        assert app.is_running
