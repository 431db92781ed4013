"""``link --login``, what the command line refuses to be told, and giving a login back."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import httpx
import msgspec
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.base import Grant, Invitation, LinkRequest, Verified
from klout_tui.networks.github.login import DeviceLogin
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon.login import BrowserLogin
from tests import secrets
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.networks.oauth_fake import FakeDevices, FakeOAuth
from tests.town import FAULTS, Town

ADA = "village:ada@town.example"


class Village(Town):
    """A town with a login."""

    name: ClassVar[str] = "village"
    title: ClassVar[str] = "Village"
    option_hints: ClassVar[Mapping[str, str]] = MappingProxyType({})
    login: ClassVar[Any] = BrowserLogin()

    def origin(self, request: LinkRequest) -> str:
        return "https://social.example"

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        found = await super().verify(LinkRequest(request.target.removeprefix("@").partition("@")[0]), client, now)
        account = found.account
        changed = {"id": account.id.replace("town:", "village:"), "network": "village"}
        return Verified(msgspec.structs.replace(account, **changed), found.profile, found.capabilities)

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        if "revoked" in account.id:
            raise FAULTS["revoked"]
        yield Batch(account=account.id, cursor={"read": "all"})


class Instant(DeviceLogin):
    """GitHub's login, without the waiting."""

    async def finish(self, invitation: Invitation, client: Client, **named: Any) -> Grant:
        return await super().finish(invitation, client, **{**named, "sleep": at_once})


async def at_once(_: float) -> None:
    return None


class Hub(Village):
    """A village with GitHub's login."""

    login: ClassVar[Any] = Instant()


@pytest.fixture
def server() -> FakeOAuth:
    return FakeOAuth()


@pytest.fixture
def visit(clock: FrozenClock, server: FakeOAuth) -> Shell:
    """A shell in a world with the village and its server."""
    return Shell(clock, Village(), transport=httpx.MockTransport(server.answer))


def codes(server: FakeOAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    """She opens every address shown, and agrees."""
    begin = BrowserLogin.begin

    async def and_agree(self: BrowserLogin, *args: Any, **kwargs: Any) -> Any:
        invitation = await begin(self, *args, **kwargs)
        server.browse(invitation.url)
        return invitation

    monkeypatch.setattr(BrowserLogin, "begin", and_agree)


def test_a_login_through_pipes(visit: Shell, server: FakeOAuth, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes(server, monkeypatch)
    result = visit("link", "village", "@ada@social.example", "--login", stdin=f"{secrets.LOGIN_CODE}\n")
    assert result.exit_code == 0, result.output
    assert "open: https://social.example/oauth/authorize?" in result.stderr
    assert "to read your profile, your posts and your notifications, and nothing else" in result.stderr
    assert "paste: the code" in result.stderr
    assert f"Linked {ADA}" in result.stdout
    assert f"kept in {home / 'credentials'}, unencrypted" in result.stdout
    assert secrets.found_in(result.output) == []
    assert secrets.LOGIN_TOKEN in (home / "credentials").read_text()
    assert visit("refresh").exit_code == 0

    result = visit("unlink", "ada")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert server.revoked == [secrets.LOGIN_TOKEN]
    assert secrets.found_in((home / "credentials").read_bytes()) == []


def test_a_login_for_programs(visit: Shell, server: FakeOAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    codes(server, monkeypatch)
    result = visit("link", "village", "@ada@social.example", "--login", "--json", stdin=secrets.LOGIN_CODE)
    assert result.exit_code == 0
    assert '"authorised":true' in result.stdout.replace(" ", "")
    assert secrets.found_in(result.output) == []


def test_unlinking_tells_that_a_login_was_not_revoked(
    visit: Shell, server: FakeOAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes(server, monkeypatch)
    visit("link", "village", "@ada@social.example", "--login", stdin=secrets.LOGIN_CODE)
    server.revokes = 503
    result = visit("unlink", "ada", "--forget", "--yes")
    assert result.exit_code == 0
    assert "note: The login was not revoked" in result.stderr
    assert "by hand" in result.stderr
    assert "forgotten" in result.stdout


@pytest.mark.parametrize(("stdin", "words"), [("", "nothing was pasted"), ("wrong\n", "does not take this code")])
def test_without_the_right_code_nothing_is_linked(
    visit: Shell, server: FakeOAuth, home: Path, monkeypatch: pytest.MonkeyPatch, stdin: str, words: str
) -> None:
    codes(server, monkeypatch)
    result = visit("link", "village", "@ada@social.example", "--login", stdin=stdin)
    assert result.exit_code in (1, 2)
    assert words in result.stderr
    assert not (home / "credentials").exists()


def test_a_login_that_cannot_be_linked_with_is_given_back(
    visit: Shell, server: FakeOAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes(server, monkeypatch)
    result = visit("link", "village", "@refused@social.example", "--login", stdin=secrets.LOGIN_CODE)
    assert result.exit_code == 1
    assert "the token was refused" in result.stderr
    assert server.revoked == [secrets.LOGIN_TOKEN]


def test_a_device_code(clock: FrozenClock) -> None:
    server = FakeDevices([{"access_token": secrets.DEVICE_TOKEN}])
    shell = Shell(clock, Hub(), transport=httpx.MockTransport(server.answer))
    refused = shell("link", "village", "@ada@social.example", "--login")
    assert refused.exit_code == 2
    assert "client_id in [network.village] of settings.toml" in refused.stderr
    result = shell("link", "village", "@ada@social.example", "--login", env={"KLOUT_TUI_VILLAGE_CLIENT_ID": "the-id"})
    assert result.exit_code == 0, result.output
    assert "open: https://github.com/login/device" in result.stderr
    assert "code: WDJB-MJHT" in result.stderr
    assert secrets.found_in(result.output) == []
    gone = shell("unlink", "ada")
    assert "https://social.example/settings/applications" not in gone.stdout
    assert "only the user herself" in gone.stderr


def test_a_network_without_a_login_says_what_to_do(shell: Shell) -> None:
    result = shell("link", "town", "@ada", "--login")
    assert result.exit_code == 2
    assert "no login can be offered for Town" in result.stderr
    assert "paste a token instead" in result.stderr


@pytest.mark.parametrize("more", [["--token-stdin"], ["--token-env", "TOWN"]])
def test_a_login_and_a_token_exclude_each_other(shell: Shell, more: list[str]) -> None:
    result = shell("link", "town", "@ada", "--login", *more)
    assert result.exit_code == 2
    assert "--login gets a token by itself" in result.stderr


@pytest.mark.parametrize(
    "typed",
    [
        ["--token", secrets.TOWN_TOKEN],
        [f"--token={secrets.TOWN_TOKEN}"],
        ["--token"],
        ["--password", secrets.APP_PASSWORD],
        [f"--app-password={secrets.APP_PASSWORD}"],
        ["--option", secrets.TOWN_TOKEN],
        ["--option", f"token={secrets.TOWN_TOKEN}"],
    ],
)
def test_no_secret_is_taken_from_the_command_line(shell: Shell, home: Path, typed: list[str]) -> None:
    result = shell("link", "town", "@ada", *typed)
    assert result.exit_code == 2
    assert "hint: " in result.stderr or "NAME=VALUE" in result.stderr
    if "--option" not in typed:
        assert "--token-stdin" in result.stderr
    assert secrets.found_in(result.output) == []
    assert not (home / "credentials").exists()
    assert "--token " not in shell("link", "--help").stdout


def test_a_token_that_the_environment_overrules_is_told(shell: Shell, home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text('[accounts."town:ada@town.example"]\ntoken_env = "ADA"')
    result = shell("link", "town", "@ada", "--token-stdin", stdin=secrets.TOWN_TOKEN, env={"ADA": "another-token"})
    assert "wins over the one kept" in result.stderr
    assert "wins over" not in shell("link", "town", "@ada", "--token-stdin", stdin=secrets.TOWN_TOKEN).stderr


def test_a_secret_in_the_settings_is_refused_unseen(shell: Shell, home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(f'token = "{secrets.TOWN_TOKEN}"')
    result = shell("show", "accounts")
    (home / "settings.toml").unlink()
    assert result.exit_code == 2
    assert "looks like a secret" in result.stderr
    assert secrets.found_in(result.output) == []


def test_a_refused_credential_names_the_command_that_mends_it(visit: Shell) -> None:
    visit("link", "town", "@revoked")
    visit("link", "village", "@revoked@social.example")
    result = visit("refresh")
    assert result.exit_code == 1
    assert "klout-tui link town @revoked@town.example --token-stdin" in result.stderr
    assert "klout-tui link village @revoked@town.example --login" in result.stderr


def test_linking_without_a_token_names_the_login(visit: Shell) -> None:
    result = visit("link", "village", "@ada@social.example")
    assert "To add one: klout-tui link village @ada@town.example --login" in result.stdout


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_on_a_terminal_the_browser_brings_the_answer(
    visit: Shell, server: FakeOAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def browse(url: str) -> bool:
        back = httpx.URL(server.browse(url))
        threading.Thread(target=lambda: httpx.get(back, trust_env=False), daemon=True).start()
        return True

    async def nobody_types() -> str:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("klout_tui.cli.loggingin.on_terminal", lambda: True)
    monkeypatch.setattr("klout_tui.cli.loggingin._line", nobody_types)
    monkeypatch.setattr("klout_tui.tui.browser.browse", browse)
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.delenv("SSH_TTY", raising=False)
    result = visit("link", "village", "@ada@social.example", "--login")
    assert result.exit_code == 0, result.output
    assert re.search(r"redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A\d+%2F", result.stderr)
    assert "paste that here" in result.stderr
