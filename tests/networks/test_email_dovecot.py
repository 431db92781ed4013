"""Email against a real mail server: linked, read, and nothing in the mailbox changed.

Skipped where Dovecot is not installed; ``.ci/run`` installs it where it can.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from klout_tui.config import Settings
from klout_tui.credentials import MemorySecrets
from klout_tui.domain.model import Interaction
from klout_tui.networks import wire
from klout_tui.networks.base import CredentialRefused, LinkRequest, NotFound, Unavailable, Verified
from klout_tui.networks.email import Email
from klout_tui.networks.registry import Registry
from klout_tui.store.store import Store
from klout_tui.worker.events import Result
from klout_tui.worker.linking import link
from klout_tui.worker.refresh import Worker
from tests.networks import dovecot
from tests.networks.dovecot import USER, Dovecot
from tests.secrets import MAIL_PASSWORD

pytestmark = pytest.mark.skipif(bool(dovecot.missing()), reason=dovecot.missing() or "it is there")

NOW = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
MORNING = datetime(2026, 11, 3, 9, 12, tzinfo=UTC)
BODY = "the body that must never leave the server"


def mail(sender: str, number: str, *, subject: str = "Thank you", more: str = "") -> bytes:
    lines = f"From: {sender}\r\nTo: {USER}\r\nSubject: {subject}\r\nMessage-ID: <{number}@far.example>\r\n{more}"
    return f"{lines}\r\n{BODY}\r\n".encode()


@pytest.fixture(scope="session")
def running() -> Iterator[Dovecot]:
    with dovecot.running() as server:
        yield server


@pytest.fixture
def server(running: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dovecot]:
    """With a fresh folder of thanks, its certificate believed."""
    running.folders("Gratitude", "Gratitude/python", "Danke sch&APY-n")
    monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
    wire.certificates.cache_clear()
    running.heard()
    yield running
    wire.certificates.cache_clear()


class Desk:
    """A store, a safe and a worker, as the app has them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.secrets = MemorySecrets()
        self.worker = Worker(store, Registry({"email": Email()}), self.secrets, Settings(), clock=lambda: NOW)

    async def link(
        self, server: Dovecot, *, tls: bool = True, password: str = MAIL_PASSWORD, **options: str
    ) -> Verified:
        base = f"imaps://localhost:{server.tls}" if tls else f"imap://localhost:{server.plain}"
        request = LinkRequest(target=USER, base_url=base, options=options)
        return await link(request, Email(), password, store=self.store, secrets=self.secrets, clock=lambda: NOW)

    async def refresh(self) -> Result:
        (result,) = await self.worker.refresh()
        return result

    @property
    def thanks(self) -> list[Interaction]:
        return self.store.interactions()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Store.open(tmp_path / "store", clock=lambda: NOW, zone="UTC") as store:
        yield Desk(store)


@pytest.mark.parametrize("tls", [True, False], ids=["TLS", "STARTTLS"])
async def test_a_mail_in_the_folder_counts_and_stays_as_it_was(server: Dovecot, desk: Desk, tls: bool) -> None:
    server.put("Gratitude", MORNING, mail("=?utf-8?q?J=C3=BCrgen_Ek?= <J.Ek@pixel.example>", "1"))
    server.put("Gratitude/python", NOW, mail("bo@pixel.example", "2"))
    server.put("Gratitude", NOW, mail(USER, "3"))
    server.put("Gratitude", NOW, mail("news@shop.example", "4", more="List-Id: <news.shop.example>\r\n"))
    server.put("INBOX", NOW, mail("cy@pixel.example", "5"))
    server.heard()
    found = await desk.link(server, tls=tls)
    assert found.hosts == ("localhost",)
    assert "3 mails in “Gratitude”" in found.capabilities.sees[0]
    result = await desk.refresh()
    assert (result.status, result.new_interactions, result.fault) == ("ok", 2, None)
    first, second = desk.thanks
    assert (first.actor.key, first.actor.name) == ("mailto:j.ek@pixel.example", "Jürgen Ek")
    assert (first.at, first.text, first.public, first.url) == (MORNING, "", False, "mailto:J.Ek@pixel.example")
    assert (second.actor.handle, second.topics) == ("bo@pixel.example", ("python",))
    assert desk.store.health(found.account.id).skipped == {"mail of your own": 1, "mail of a list": 1}
    # nothing was marked, opened for writing, or fetched but heads; the subject not even asked for
    heard = server.heard()
    assert server.unseen("Gratitude") == (3, 3)
    assert "EXAMINE" in heard
    assert "SUBJECT" not in heard
    assert heard.count("BODY") == heard.count("BODY.PEEK[HEADER.FIELDS (")
    for never in ("SELECT", "STORE", "COPY", "MOVE", "EXPUNGE", "CLOSE", "APPEND", "RFC822", "TEXT", "INBOX"):
        assert never not in heard
    assert BODY not in json.dumps([str(each) for each in desk.thanks])


async def test_the_server_itself_counts_no_body_read(server: Dovecot, desk: Desk) -> None:
    server.put("Gratitude", MORNING, mail("ann@far.example", "1"))
    await desk.link(server, subjects="yes")
    await desk.refresh()
    ended = server.logged("hdr_count=1 ")
    assert all("body_count=0 body_bytes=0" in line and "expunged=0" in line for line in ended)
    assert [act.text for act in desk.thanks] == ["Thank you"]
    assert not desk.thanks[0].public


async def test_nothing_new_opens_nothing_and_what_is_new_is_read_alone(server: Dovecot, desk: Desk) -> None:
    server.put("Gratitude", MORNING, *(mail(f"Ann <ann{number}@far.example>", str(number)) for number in range(150)))
    await desk.link(server)
    assert (await desk.refresh()).new_interactions == 150
    server.heard()
    assert (await desk.refresh()).status == "unchanged"
    heard = server.heard()
    assert ("EXAMINE" in heard, "FETCH" in heard, heard.count("STATUS")) == (False, False, 2)
    server.put("Gratitude", NOW, mail("bo@pixel.example", "new"))
    server.heard()
    assert (await desk.refresh()).new_interactions == 1
    assert "UID FETCH 151 (" in server.heard()


async def test_a_folder_numbered_anew_is_read_again_and_counts_once(server: Dovecot, desk: Desk) -> None:
    server.put("Gratitude", MORNING, mail("ann@far.example", "1"))
    server.put("Gratitude/python", MORNING, mail("ann@far.example", "1"))  # one mail under two labels
    await desk.link(server)
    assert (await desk.refresh()).new_interactions == 1
    assert desk.thanks[0].topics == ("python",)
    server.folders("Gratitude")
    server.put("Gratitude", MORNING, mail("ann@far.example", "1"))
    server.put("Gratitude", NOW, mail("bo@pixel.example", "2"))
    assert (await desk.refresh()).new_interactions == 1
    assert [act.actor.handle for act in desk.thanks] == ["ann@far.example", "bo@pixel.example"]


async def test_a_foreign_name_is_found_and_one_in_other_letters_too(server: Dovecot, desk: Desk) -> None:
    server.put("Danke sch&APY-n", MORNING, mail("ann@far.example", "1"))
    found = await desk.link(server, folder="danke SCHÖN")
    assert found.account.options["folder"] == "Danke schön"
    assert (await desk.refresh()).new_interactions == 1
    assert (await desk.link(server, folder="Gratitude/python")).account.options["folder"] == "Gratitude/python"


async def test_a_wrong_password_rests_and_is_told_apart(server: Dovecot, desk: Desk) -> None:
    with pytest.raises(CredentialRefused) as refused:
        await desk.link(server, password="wrong")
    assert "app password" in refused.value.hint
    assert "Authentication failed" in refused.value.hint
    assert desk.store.accounts() == ()
    found = await desk.link(server)
    desk.secrets.keep(found.account.id, "changed since")
    result = await desk.refresh()
    assert result.fault is not None
    assert result.fault.kind == "credential"
    assert desk.store.health(found.account.id).next_due is None  # not presented again by itself
    server.heard()
    assert await desk.worker.refresh(forced=False) == ()
    assert server.heard() == ""


async def test_a_folder_that_is_not_there_is_told_with_those_that_are(server: Dovecot, desk: Desk) -> None:
    with pytest.raises(NotFound, match="no folder “Thanks”") as missing:
        await desk.link(server, folder="Thanks")
    assert "Danke schön, Gratitude, Gratitude/python" in missing.value.hint
    await desk.link(server)
    with server.client() as client:
        client.delete('"Gratitude/python"')
        client.delete("Gratitude")
    result = await desk.refresh()
    assert result.fault is not None
    assert (result.fault.kind, "Danke schön" in result.fault.hint) == ("not_found", True)


async def test_a_certificate_nobody_vouches_for_is_refused(
    server: Dovecot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    wire.certificates.cache_clear()
    for tls in (True, False):
        server.heard()
        with pytest.raises(Unavailable, match="certificate is not valid"):
            await desk.link(server, tls=tls)
        assert MAIL_PASSWORD not in server.heard()


async def test_a_refresh_under_way_can_be_stopped_at_once(server: Dovecot, desk: Desk) -> None:
    server.put("Gratitude", MORNING, *(mail("ann@far.example", str(number)) for number in range(40)))
    await desk.link(server)
    task = asyncio.create_task(desk.worker.refresh())
    await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert (await desk.refresh()).fault is None
    assert len(desk.thanks) == 40


def test_from_a_shell_without_anything_of_ours_in_between(server: Dovecot, home: Path) -> None:
    """The program itself, in a process of its own, with the password from stdin and the certificate from outside."""
    server.put("Gratitude", MORNING, mail("Ann Lee <ann@far.example>", "1", subject="a very private subject"))

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, **dovecot.trusting(server)}
        command = [sys.executable, "-m", "klout_tui", *arguments]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, env=environ, check=False, timeout=60
        )

    where = ["--base-url", f"imaps://localhost:{server.tls}", "--option", "subjects=yes"]
    linked = run("link", "email", USER, *where, "--token-stdin", stdin=MAIL_PASSWORD)
    assert linked.returncode == 0, linked.stderr
    assert "Asked for it: localhost, and no other host." in linked.stdout
    assert "opens the whole mailbox" in linked.stdout
    assert run("refresh").returncode == 0
    (plusk,) = json.loads(run("show", "plusk", "--json").stdout)["plusk"]
    assert (plusk["network"], plusk["actor"]["name"], plusk["explicit"]) == ("email", "Ann Lee", True)
    assert "very private" not in run("show", "interactions").stdout
    assert "very private" in run("show", "interactions", "--include-private").stdout
    assert run("doctor").returncode == 0
