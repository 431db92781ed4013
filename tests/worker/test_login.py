"""Logging in from inside the app, from the first question to the last farewell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from klout_tui.config import NetworkSettings, Settings
from klout_tui.credentials import MemorySecrets, login_key
from klout_tui.errors import CredentialError, KloutError, UsageError
from klout_tui.networks.base import CredentialRefused, Grant, Invitation, LinkRequest, Unavailable
from klout_tui.networks.github.login import DeviceLogin
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon.login import BrowserLogin
from klout_tui.networks.registry import PluginBroken, Registry
from klout_tui.store.store import Store
from klout_tui.worker.granted import LoginSecrets, kept_grant, link_granted, part
from klout_tui.worker.linking import link
from klout_tui.worker.login import browser_here, log_in, login_settings, why_no_login
from tests import secrets as fakes
from tests.networks.oauth_fake import FakeDevices, FakeOAuth
from tests.worker.fakes import Clock, Pages, account, no_sleep, open_store

REQUEST = LinkRequest("@alice@social.example")
ALICE = "pages:alice@social.example"


class LoginPages(Pages):
    """The network ``pages`` with a Mastodon's login."""

    login: ClassVar[Any] = BrowserLogin()

    def origin(self, request: LinkRequest) -> str:
        return "https://social.example"

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Any:
        return await super().verify(LinkRequest("alice@social.example"), client, now)


class Guide:
    """Opens the address as she would, and brings back what a test wants brought."""

    def __init__(self, browse: Callable[[str], Any], *brings: str) -> None:
        self._browse = browse
        self._brings = list(brings)
        self.invited: list[Invitation] = []
        self.troubles: list[KloutError | None] = []
        self.asked = asyncio.Event()

    async def invite(self, invitation: Invitation) -> None:
        self.invited.append(invitation)
        self.shown = self._browse(invitation.url)

    async def brought(self, trouble: KloutError | None) -> str:
        self.troubles.append(trouble)
        self.asked.set()
        if not self._brings:
            await asyncio.Event().wait()
        return self._brings.pop(0).replace("SHOWN", self.shown)


def me(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    with open_store(tmp_path, Clock()) as opened:
        yield opened


async def grant_of(server: FakeOAuth, guide: Guide, *, redirects: bool = False, network: Any = None) -> Grant:
    return await log_in(
        REQUEST,
        network or LoginPages(),
        guide,
        settings={},
        redirects=redirects,
        transport=httpx.MockTransport(server.answer),
        clock=Clock(),
        sleep=no_sleep,
    )


async def linked(server: FakeOAuth, store: Store, secrets: MemorySecrets) -> tuple[str, ...]:
    grant = await grant_of(server, Guide(server.browse, "SHOWN"))
    transport = httpx.MockTransport(server.answer)
    done = await link_granted(grant, LoginPages(), store=store, secrets=secrets, transport=transport, clock=Clock())
    assert done.verified.account.id == ALICE
    return done.notes


async def farewell(server: FakeOAuth, store: Store, secrets: MemorySecrets, *, forget: bool = False) -> tuple[str, ...]:
    (found,) = store.accounts()
    parted = await part(
        found,
        store=store,
        secrets=secrets,
        networks=Registry({"pages": LoginPages()}),
        forget=forget,
        transport=httpx.MockTransport(server.answer),
        clock=Clock(),
    )
    assert store.accounts() == ()
    return parted.notes


async def test_a_code_is_brought_by_hand() -> None:
    server = FakeOAuth()
    grant = await grant_of(server, Guide(server.browse, "SHOWN"))
    assert grant.token == fakes.LOGIN_TOKEN


async def test_a_slip_of_the_hand_does_not_end_the_login() -> None:
    server = FakeOAuth()
    guide = Guide(server.browse, "not it", "wrong", "SHOWN")
    assert (await grant_of(server, guide)).token == fakes.LOGIN_TOKEN
    assert guide.troubles[0] is None
    assert [type(each) for each in guide.troubles[1:]] == [CredentialRefused, CredentialRefused]


async def test_the_browser_brings_it_by_itself() -> None:
    server = FakeOAuth()
    pages: list[httpx.Response] = []

    async def browse(url: str) -> None:
        async with httpx.AsyncClient(mounts={"all://": None}) as browser:
            pages.append(await browser.get(server.browse(url)))

    tasks: list[asyncio.Future[None]] = []
    guide = Guide(lambda url: tasks.append(asyncio.ensure_future(browse(url))))
    assert (await grant_of(server, guide, redirects=True)).token == fakes.LOGIN_TOKEN
    await tasks[0]
    assert pages[0].status_code == 200
    with pytest.raises(httpx.ConnectError):
        await browse(guide.invited[0].url)


async def test_the_address_a_far_browser_ended_at_can_be_pasted() -> None:
    server = FakeOAuth()
    guide = Guide(server.browse, "SHOWN")
    assert (await grant_of(server, guide, redirects=True)).token == fakes.LOGIN_TOKEN
    assert guide.shown.startswith("http://127.0.0.1:")


async def test_declining_in_the_browser_ends_it() -> None:
    server = FakeOAuth()

    async def decline(url: str) -> None:
        address = httpx.URL(url)
        back, state = address.params["redirect_uri"], address.params["state"]
        async with httpx.AsyncClient(mounts={"all://": None}) as browser:
            await browser.get(f"{back}?error=access_denied&state={state}")

    tasks: list[asyncio.Future[None]] = []
    with pytest.raises(CredentialRefused, match="declined"):
        await grant_of(server, Guide(lambda url: tasks.append(asyncio.ensure_future(decline(url)))), redirects=True)
    await tasks[0]


async def test_waiting_can_be_given_up_and_closes_the_port() -> None:
    server = FakeOAuth()
    guide = Guide(server.browse)
    course = asyncio.ensure_future(grant_of(server, guide, redirects=True))
    await guide.asked.wait()
    course.cancel()
    with pytest.raises(asyncio.CancelledError):
        await course
    async with httpx.AsyncClient(mounts={"all://": None}) as browser:
        with pytest.raises(httpx.ConnectError):
            await browser.get(guide.shown)


async def test_a_device_code_is_waited_for() -> None:
    class Hub(Pages):
        login: ClassVar[Any] = DeviceLogin()

    server = FakeDevices([{"error": "authorization_pending"}, {"access_token": fakes.DEVICE_TOKEN}])
    guide = Guide(str)
    grant = await log_in(
        LinkRequest("alice"),
        Hub(),
        guide,
        settings={"client_id": "the-id"},
        redirects=True,
        transport=httpx.MockTransport(server.answer),
        clock=Clock(),
        sleep=no_sleep,
    )
    assert grant.token == fakes.DEVICE_TOKEN
    assert guide.invited[0].code == "WDJB-MJHT"
    assert guide.troubles == []


async def test_a_network_without_a_login_says_so() -> None:
    with pytest.raises(UsageError, match="Pages has no login"):
        await grant_of(FakeOAuth(), Guide(str), network=Pages())


async def test_a_broken_login_is_the_plugins_fault_and_shows_no_secret() -> None:
    class Clumsy(BrowserLogin):
        async def finish(self, invitation: Invitation, client: Client, **_: Any) -> Grant:
            raise ValueError(f"cannot use {invitation.keeps['client_secret']}")

    class Odd(LoginPages):
        login: ClassVar[Any] = Clumsy()

    server = FakeOAuth()
    with pytest.raises(PluginBroken, match="ValueError: cannot use …") as caught:
        await grant_of(server, Guide(server.browse, "SHOWN"), network=Odd())
    assert caught.value.__cause__ is None


# Keeping it and giving it back


async def test_a_login_is_kept_with_what_revokes_it_and_given_back(store: Store) -> None:
    server, secrets = FakeOAuth(then=me), MemorySecrets()
    assert await linked(server, store, secrets) == ()
    assert secrets.get(ALICE) == fakes.LOGIN_TOKEN
    assert fakes.CLIENT_SECRET in (secrets.get(login_key(ALICE)) or "")
    assert await farewell(server, store, secrets) == ()
    assert server.revoked == [fakes.LOGIN_TOKEN]
    assert (secrets.get(ALICE), secrets.get(login_key(ALICE))) == (None, None)


@pytest.mark.parametrize("status", [403, 500])
async def test_a_failure_to_revoke_is_told_and_hinders_nothing(store: Store, status: int) -> None:
    server, secrets = FakeOAuth(then=me), MemorySecrets()
    await linked(server, store, secrets)
    server.revokes = status
    (note,) = await farewell(server, store, secrets, forget=True)
    assert "was not revoked" in note
    assert "by hand" in note
    assert fakes.found_in(note) == []
    assert secrets.get(ALICE) is None


async def test_a_locked_safe_does_not_hinder_unlinking(store: Store) -> None:
    class Locked(MemorySecrets):
        def get(self, account_id: str) -> str | None:
            raise CredentialError("the system's keyring does not open")

    server, secrets = FakeOAuth(then=me), MemorySecrets()
    await linked(server, store, secrets)
    (note,) = await farewell(server, store, Locked())
    assert "does not open" in note


async def test_a_network_that_is_gone_does_not_hinder_unlinking(store: Store) -> None:
    server, secrets = FakeOAuth(then=me), MemorySecrets()
    await linked(server, store, secrets)
    (found,) = store.accounts()
    parted = await part(found, store=store, secrets=secrets, networks=Registry({}), forget=False, clock=Clock())
    assert parted.notes == ()
    assert store.accounts() == ()


async def test_a_login_that_replaces_one_has_the_old_one_revoked(store: Store) -> None:
    server, secrets = FakeOAuth(then=me), MemorySecrets()
    await linked(server, store, secrets)
    server.token = fakes.LOGIN_TOKEN_LATER
    assert await linked(server, store, secrets) == ()
    assert server.revoked == [fakes.LOGIN_TOKEN]
    assert secrets.get(ALICE) == fakes.LOGIN_TOKEN_LATER
    assert await linked(server, store, secrets) == ()  # the very same token again is no old one
    assert server.revoked == [fakes.LOGIN_TOKEN]


async def test_a_pasted_token_is_never_revoked(store: Store) -> None:
    server, secrets = FakeOAuth(then=me), MemorySecrets()
    await linked(server, store, secrets)
    safe = LoginSecrets(secrets)
    await link(
        REQUEST,
        LoginPages(),
        fakes.KEPT_TOKEN,
        store=store,
        secrets=safe,
        transport=httpx.MockTransport(server.answer),
        clock=Clock(),
    )
    assert safe.replaced is not None
    assert secrets.get(login_key(ALICE)) is None
    assert await farewell(server, store, secrets) == ()
    assert server.revoked == []


async def test_what_was_kept_of_another_token_revokes_nothing() -> None:
    secrets = MemorySecrets()
    LoginSecrets(secrets, Grant(fakes.LOGIN_TOKEN, REQUEST, revocation="x")).keep(ALICE, fakes.LOGIN_TOKEN)
    alice = account("alice", "https://social.example")
    assert kept_grant(secrets, alice) is not None
    secrets.keep(ALICE, fakes.KEPT_TOKEN)
    assert kept_grant(secrets, alice) is None
    secrets.keep(login_key(ALICE), "{")
    assert kept_grant(secrets, alice) is None


def test_a_safe_that_cannot_be_read_does_not_hinder_keeping() -> None:
    class Locked(MemorySecrets):
        def get(self, account_id: str) -> str | None:
            raise CredentialError("the system's keyring does not open")

    locked = Locked()
    safe = LoginSecrets(locked, Grant(fakes.LOGIN_TOKEN, REQUEST, revocation="x"))
    safe.keep(ALICE, fakes.LOGIN_TOKEN)
    assert MemorySecrets.get(locked, ALICE) == fakes.LOGIN_TOKEN
    assert safe.replaced is None


async def test_a_refusal_that_quotes_a_secret_is_blotted() -> None:
    class Telling(BrowserLogin):
        async def finish(self, invitation: Invitation, client: Client, **_: Any) -> Grant:
            raise Unavailable(f"no {invitation.keeps['client_secret']}", hint=invitation.keeps["client_secret"])

    class Odd(LoginPages):
        login: ClassVar[Any] = Telling()

    server = FakeOAuth()
    with pytest.raises(Unavailable) as caught:
        await grant_of(server, Guide(server.browse, "SHOWN"), network=Odd())
    assert (caught.value.message, caught.value.hint, str(caught.value)) == ("no …", "…", "no …")


def test_a_session_is_kept_as_it_is() -> None:
    """Another secret of the account, under a key of its own, has no login beside it."""
    secrets = MemorySecrets()
    safe = LoginSecrets(secrets, Grant(fakes.LOGIN_TOKEN, REQUEST, revocation="x"))
    safe.keep(f"session of {ALICE}", fakes.ACCESS_JWT)
    assert secrets.get(f"session of {ALICE}") == fakes.ACCESS_JWT
    assert secrets.get(login_key(f"session of {ALICE}")) is None
    safe.keep(ALICE, fakes.LOGIN_TOKEN)
    safe.drop(f"session of {ALICE}")
    assert (safe.get(ALICE), safe.get(login_key(ALICE)) is None) == (fakes.LOGIN_TOKEN, False)


async def test_what_cannot_be_linked_is_not_kept(store: Store) -> None:
    server, secrets = FakeOAuth(then=lambda _: httpx.Response(503)), MemorySecrets()
    with pytest.raises(Unavailable):
        await linked(server, store, secrets)
    assert (store.accounts(), secrets.get(ALICE), secrets.get(login_key(ALICE))) == ((), None, None)


# Whether it can be offered


@pytest.mark.parametrize(
    ("environ", "client_id", "found"),
    [
        ({}, "", {}),
        ({}, "from-file", {"client_id": "from-file"}),
        ({"KLOUT_TUI_PAGES_CLIENT_ID": " from-env "}, "from-file", {"client_id": "from-env"}),
        ({"KLOUT_TUI_PAGES_CLIENT_ID": ""}, "from-file", {"client_id": "from-file"}),
    ],
)
def test_a_client_id_comes_from_the_environment_or_the_settings(
    environ: Mapping[str, str], client_id: str, found: dict[str, str]
) -> None:
    class Hub(Pages):
        login: ClassVar[Any] = DeviceLogin()

    settings = Settings(network={"pages": NetworkSettings(client_id=client_id)})
    assert login_settings(Hub(), settings, environ) == found
    reason = why_no_login(Hub(), settings, environ)
    assert (reason == "") is bool(found)
    if reason:
        assert "client_id in [network.pages] of settings.toml" in reason


def test_a_network_without_a_login_needs_no_setting() -> None:
    assert login_settings(Pages(), Settings(), {}) == {}
    assert "no login" in why_no_login(Pages(), Settings(), {})
    assert why_no_login(LoginPages(), Settings(), {}) == ""


@pytest.mark.parametrize(
    ("environ", "platform", "here"),
    [
        ({"DISPLAY": ":0"}, "posix", True),
        ({"WAYLAND_DISPLAY": "w"}, "posix", True),
        ({"BROWSER": "w3m"}, "posix", True),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "x"}, "posix", False),
        ({"SSH_TTY": "x"}, "nt", False),
        ({}, "nt", True),
    ],
)
def test_a_browser_is_expected_only_where_one_can_be(environ: Mapping[str, str], platform: str, here: bool) -> None:
    assert browser_here(environ, platform) is here
