"""No secret appears where none may: not in the store, the log, an error, an export, a picture, a backup, anywhere.

One run through all that touches secrets, with whatever it leaves behind searched; and a standing search through what
tests keep in the repository. ``conftest`` searches what every other test leaves.
"""

from __future__ import annotations

import gzip
import io
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msgspec
import pytest
from textual.widgets import Input

from klout_tui.credentials import MemorySecrets
from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Post, PostKind
from klout_tui.errors import CredentialError, KloutError
from klout_tui.networks.base import Grant, Invitation, LinkRequest, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon.login import BrowserLogin
from klout_tui.networks.registry import Registry
from klout_tui.session import Session
from klout_tui.tui.app import KloutApp
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.screens.link import LinkScreen
from klout_tui.worker.granted import link_granted
from klout_tui.worker.login import log_in
from tests import secrets
from tests.cli_helper import Shell
from tests.conftest import FrozenClock
from tests.networks.oauth_fake import FakeOAuth
from tests.test_cli_login import Village, codes
from tests.town import Town
from tests.tui.village import driving, full, open_app

ROOT = Path(__file__).parent


class Leaky(Village):
    """A plugin whose errors, faults and posts try to tell what it knows."""

    name: ClassVar[str] = "leaky"
    title: ClassVar[str] = "Leaky"

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        if "clumsy" in request.target:
            raise RuntimeError(f"cannot use {client.token}")
        found = await super().verify(request, client, now)
        account = msgspec.structs.replace(
            found.account, id=found.account.id.replace("village:", "leaky:"), network="leaky"
        )
        return Verified(account, found.profile, found.capabilities)

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        await client.keep_session(f'{{"accessJwt":"{secrets.ACCESS_JWT}","refreshJwt":"{secrets.REFRESH_JWT}"}}')
        post = Post(id="https://town.example/1", account=account.id, kind=PostKind.STATUS, at=now, text="Harmless")
        yield Batch(account=account.id, cursor={"read": "some"}, posts=(post,))
        client.hide(secrets.ACCESS_JWT)
        await client.get(f"https://social.example/hooks?token={secrets.QUERY_TOKEN}")


def answers(server: FakeOAuth) -> httpx.MockTransport:
    """The login server, echoing whatever else it is asked, headers and all."""

    def echo(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/hooks":
            body = {"error": f"no {request.url} for {request.headers.get('authorization')}"}
            return httpx.Response(401, json=body)
        return httpx.Response(404)

    server.then = echo
    return httpx.MockTransport(server.answer)


def clean(content: str | bytes, where: str) -> None:
    found = secrets.found_in(content)
    assert found == [], f"{', '.join(found)} in {where}"


@pytest.fixture
def heard() -> Any:
    """Everything our own loggers say, at any level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("klout_tui")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_the_command_line_tells_no_secret(
    clock: FrozenClock, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: io.StringIO
) -> None:
    server = FakeOAuth()
    shell = Shell(clock, Village(), Leaky(), transport=answers(server))
    codes(server, monkeypatch)
    told = []

    def run(*arguments: str, stdin: str | None = None) -> None:
        result = shell(*arguments, stdin=stdin)
        told.append(result.output + result.stderr)
        clean(told[-1], " ".join(arguments[:2]))

    run("link", "village", "@ada@social.example", "--login", stdin=secrets.LOGIN_CODE)
    run("link", "leaky", "@ada@social.example", "--token-stdin", stdin=secrets.APP_PASSWORD)
    run("link", "leaky", "@clumsy@social.example", "--token-stdin", stdin=secrets.APP_PASSWORD)
    run("link", "town", "@refused", "--token-stdin", stdin=secrets.TOWN_TOKEN)
    run("link", "town", "@ada", "--token", secrets.TOWN_TOKEN)
    run("link", "village", "@bob@social.example", "--login", stdin="wrong")
    run("refresh")
    run("refresh", "--json")
    for noun in ("accounts", "posts", "interactions", "days"):
        run("show", noun)
        run("show", noun, "--json", "--include-private")
    run("doctor")
    for form in ("ndjson", "csv"):
        run("export", str(tmp_path / f"out.{form}"), "--format", form)
    run("backup", str(tmp_path / "saved.tar.gz"))
    assert "refused the token" in "".join(told)
    server.revokes = 403
    run("unlink", "village:ada")
    run("unlink", "leaky:ada", "--forget", "--yes")
    clean(heard.getvalue(), "the loggers")
    assert list(secrets.files_with_secrets(tmp_path)) == []
    assert not secrets.found_in((home / "credentials").read_bytes())


async def test_tracebacks_tell_no_secret(clock: FrozenClock, home: Path) -> None:
    """Every error on the way, with its causes and contexts, as a crash would print it."""

    class Breaking(BrowserLogin):
        async def finish(self, invitation: Invitation, client: Client, **named: Any) -> Grant:
            await super().finish(invitation, client, **named)
            raise ValueError(dict(invitation.keeps))

    class Broken(Village):
        login: ClassVar[Any] = Breaking()

    class Guide:
        def __init__(self, brought: str) -> None:
            self._brought = brought

        async def invite(self, invitation: Invitation) -> None:
            self.invitation = invitation
            code = server.browse(invitation.url)
            self._brought = self._brought or code

        async def brought(self, trouble: KloutError | None) -> str:
            if trouble is not None:
                raise trouble
            return self._brought

    server = FakeOAuth()
    transport = answers(server)
    request = LinkRequest("@ada@social.example")
    for network, brought in ((Broken(), ""), (Village(), f"https://x.example/?code={secrets.LOGIN_CODE}&state=no")):
        with pytest.raises(KloutError) as caught:
            await log_in(
                request, network, Guide(brought), settings={}, redirects=False, transport=transport, clock=clock
            )
        clean("".join(traceback.format_exception(caught.value)), "a traceback")
    grant = await log_in(request, Village(), Guide(""), settings={}, redirects=False, transport=transport, clock=clock)
    clean(repr(grant), "a grant's repr")

    class Full(MemorySecrets):
        def keep(self, account_id: str, token: str) -> str:
            raise CredentialError("the credentials file cannot be written")

    with Session.open(clock=clock, networks=Registry({}), transport=transport) as session:
        with pytest.raises(CredentialError) as failed:
            await link_granted(grant, Village(), store=session.store, secrets=Full(), transport=transport, clock=clock)
        clean("".join(traceback.format_exception(failed.value)), "a traceback")


async def test_screens_and_pictures_tell_no_secret(
    clock: FrozenClock, home: Path, monkeypatch: pytest.MonkeyPatch, heard: io.StringIO
) -> None:
    monkeypatch.setattr("klout_tui.tui.screens.link.browser_here", lambda: False)
    server = FakeOAuth()
    app: KloutApp = open_app(home, clock, full)
    app.session.networks = Registry({each.name: each for each in (Leaky(), Town(), Village())})
    app.session.transport = answers(server)
    pictures = []

    def picture() -> None:
        pictures.append(app.export_screenshot(simplify=True))
        clean(pictures[-1], f"picture {len(pictures)}")
        clean("\n".join(note.message for note in app._notifications), "a toast")

    async with driving(app) as driver:
        await driver.press("a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        screen = app.screen
        assert isinstance(screen, LinkScreen)
        screen.query_one("#target", Input).value = "@ada@social.example"
        screen.query_one("#token", Input).value = secrets.APP_PASSWORD
        await driver.press("enter")
        await driver.until(lambda: "Found:" in str(screen.query_one("#said").render()))
        picture()
        screen.query_one("#token", Input).value = ""
        await driver.press("ctrl+l")
        await driver.until(lambda: screen.query_one("#brought").display)
        picture()
        url = str(screen.query_one("#login-url").render())
        screen.query_one("#brought", Input).value = server.browse(url)
        picture()
        await driver.press("enter")
        await driver.until(lambda: "Permitted:" in str(screen.query_one("#said").render()))
        picture()
        await driver.press("ctrl+s")
        await driver.until(lambda: isinstance(app.screen, HomeScreen))
        picture()
        await driver.press("1", "end", "enter", "question_mark")
        picture()
        clean(repr(screen.__dict__), "the dialog's own repr")
    assert all("<svg" in each for each in pictures)
    clean(heard.getvalue(), "the loggers")
    assert list(secrets.files_with_secrets(home)) == []


def test_what_tests_keep_holds_no_secret() -> None:
    """Recordings and snapshots, whatever test made them."""
    folders = (ROOT / "recordings", *ROOT.rglob("__snapshots__"))
    assert len(folders) > 1
    assert list(secrets.files_with_secrets(*folders)) == []


def test_a_secret_is_found_where_it_is(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The search itself: plain, packed, and allowed in the safe alone."""
    folder = tmp_path_factory.mktemp("searched")
    (folder / "plain").write_text(f"x{secrets.TOWN_TOKEN}y")
    (folder / "packed").write_bytes(gzip.compress(secrets.DEVICE_CODE.encode()))
    (folder / "credentials").write_text(secrets.TOWN_TOKEN)
    (folder / "harmless").write_text("nothing")
    assert [(path.name, found) for path, found in secrets.files_with_secrets(folder)] == [
        ("packed", ["DEVICE_CODE"]),
        ("plain", ["TOWN_TOKEN"]),
    ]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(AssertionError, match="TOWN_TOKEN in here"):
        clean(secrets.TOWN_TOKEN, "here")


def test_the_fake_secrets_are_all_different_and_long_enough_to_be_told() -> None:
    assert len(set(secrets.ALL.values())) == len(secrets.ALL) > 10
    assert all(len(value) >= 10 for value in secrets.ALL.values())
