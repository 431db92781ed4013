"""Logging in to Mastodon-API servers: registering, asking for the least, exchanging the code, revoking."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from klout_tui.errors import UsageError
from klout_tui.networks.base import (
    CredentialRefused,
    Grant,
    Invitation,
    LinkRequest,
    NetworkError,
    NotFound,
    NotUnderstood,
    Unavailable,
)
from klout_tui.networks.http import Client, Limits
from klout_tui.networks.mastodon.login import BrowserLogin, least
from tests import secrets
from tests.networks.oauth_fake import KNOWN, PASTE, FakeOAuth

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ALICE = LinkRequest("@alice@social.example")
HERE = "http://127.0.0.1:4711/"


def client(server: FakeOAuth) -> Client:
    async def no_sleep(_: float) -> None:
        return None

    return Client(
        transport=httpx.MockTransport(server.answer), clock=lambda: NOW, sleep=no_sleep, limits=Limits(tries=2)
    )


async def begin(server: FakeOAuth, request: LinkRequest = ALICE, redirect: str = "") -> Invitation:
    async with client(server) as asking:
        return await BrowserLogin().begin(request, asking, NOW, redirect=redirect, settings={})


async def finish(server: FakeOAuth, invitation: Invitation, brought: str) -> Grant:
    async with client(server) as asking:
        return await BrowserLogin().finish(invitation, asking, brought=brought, clock=lambda: NOW, sleep=asyncio.sleep)


def query(invitation: Invitation) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(invitation.url).query).items()}


async def test_a_pasted_code_becomes_a_token() -> None:
    server = FakeOAuth()
    invitation = await begin(server)
    assert invitation.brings_back
    assert query(invitation)["redirect_uri"] == PASTE
    assert query(invitation)["scope"] == "profile read:statuses read:notifications"
    assert query(invitation)["code_challenge_method"] == "S256"
    grant = await finish(server, invitation, f"  {server.browse(invitation.url)}\n")
    assert grant.token == secrets.LOGIN_TOKEN
    assert grant.scopes == ("profile", "read:statuses", "read:notifications")
    assert grant.request == ALICE
    assert secrets.found_in(repr((invitation, grant))) == []


async def test_a_redirect_brings_the_code_by_itself() -> None:
    server = FakeOAuth()
    invitation = await begin(server, redirect=HERE)
    assert query(invitation)["redirect_uri"] == HERE
    assert (await finish(server, invitation, server.browse(invitation.url))).token == secrets.LOGIN_TOKEN


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (None, "read:accounts read:statuses read:notifications"),
        ([], "read:accounts read:statuses read:notifications"),
        (KNOWN, "profile read:statuses read:notifications"),
        (
            ["read", "read:accounts", "read:statuses", "read:notifications"],
            "read:accounts read:statuses read:notifications",
        ),
        (["read", "write", "follow", "push"], "read"),
        (["profile", "read"], "read"),
    ],
)
def test_the_least_is_asked_for_that_the_server_knows(known: list[str] | None, asked: str) -> None:
    assert least(known) == asked


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"scopes_supported": None, "code_challenge_methods_supported": None}, {"scopes_supported": "read"}],
)
async def test_a_server_that_says_nothing_of_itself_is_asked_as_all_understand(
    metadata: dict[str, object] | None,
) -> None:
    server = FakeOAuth(metadata=metadata)
    invitation = await begin(server)
    assert query(invitation)["scope"] == "read:accounts read:statuses read:notifications"
    assert "code_challenge" not in query(invitation)
    assert (await finish(server, invitation, server.browse(invitation.url))).token == secrets.LOGIN_TOKEN


async def test_a_server_that_takes_no_address_of_this_machine_shows_the_code() -> None:
    server = FakeOAuth(refuses=lambda form: "127.0.0.1" in form["redirect_uris"])
    invitation = await begin(server, redirect=HERE)
    assert query(invitation)["redirect_uri"] == PASTE
    assert (await finish(server, invitation, server.browse(invitation.url))).token == secrets.LOGIN_TOKEN


async def test_a_server_that_knows_only_one_way_to_read_is_asked_for_that() -> None:
    server = FakeOAuth(metadata=None, refuses=lambda form: form["scopes"] != "read")
    invitation = await begin(server, redirect=HERE)
    assert query(invitation)["scope"] == "read"
    assert "divides reading no further" in invitation.asks


async def test_a_server_that_takes_no_program_says_so() -> None:
    with pytest.raises(CredentialRefused, match="Validation failed"):
        await begin(FakeOAuth(refuses=lambda _: True))


async def test_the_server_of_a_handle_may_be_elsewhere() -> None:
    def webfinger(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/.well-known/webfinger":
            return httpx.Response(404, text="Not Found")
        there = {"rel": "self", "type": "application/activity+json", "href": "https://social.example/users/alice"}
        return httpx.Response(200, json={"subject": "acct:alice@example.org", "links": [there]})

    server = FakeOAuth(then=webfinger)
    invitation = await begin(server, LinkRequest("@alice@example.org", options={"a": "b"}))
    assert invitation.url.startswith("https://social.example/oauth/authorize?")
    assert invitation.request == LinkRequest("@alice@example.org", "https://social.example", {"a": "b"})
    with pytest.raises(NotFound):
        await begin(server, LinkRequest("@alice@example.org", "https://example.org"))


async def test_what_is_no_handle_asks_nobody() -> None:
    server = FakeOAuth()
    with pytest.raises(UsageError):
        await begin(server, LinkRequest("not a handle"))
    assert server.asked == []


@pytest.mark.parametrize(
    ("brought", "words"),
    [
        ("", "no code"),
        ("https://social.example/", "no code"),
        ("naïve", "no code"),
        (f"{HERE}?code=x&state=another", "another login"),
        (f"{HERE}?code=x", "another login"),
        (f"{HERE}?state=STATE", "holds no code"),
        (f"{HERE}?error=access_denied&state=STATE", "declined in the browser"),
        (f"{HERE}?error=server_error&error_description=down+%1b[31m&state=STATE", "refused the login: down"),
        ("a-wrong-code", "does not take this code"),
    ],
)
async def test_what_was_brought_may_be_wrong(brought: str, words: str) -> None:
    server = FakeOAuth()
    invitation = await begin(server, redirect=HERE)
    server.browse(invitation.url)
    with pytest.raises(CredentialRefused, match=words) as caught:
        await finish(server, invitation, brought.replace("STATE", invitation.state))
    assert "\x1b" not in caught.value.message


async def test_a_code_works_once() -> None:
    server = FakeOAuth()
    invitation = await begin(server)
    code = server.browse(invitation.url)
    await finish(server, invitation, code)
    with pytest.raises(CredentialRefused, match="does not take this code"):
        await finish(server, invitation, code)


@pytest.mark.parametrize("grants", [None, "read", "read write follow"])
async def test_what_was_granted_is_told(grants: str | None) -> None:
    server = FakeOAuth(grants=grants)
    invitation = await begin(server)
    grant = await finish(server, invitation, server.browse(invitation.url))
    assert grant.scopes == tuple((grants or "").split())


@pytest.mark.parametrize(
    "body",
    [{"access_token": ""}, {"token": secrets.LOGIN_TOKEN}, [secrets.LOGIN_TOKEN], {"access_token": None}],
)
async def test_an_odd_answer_to_the_code_shows_no_secret(body: object) -> None:
    server = FakeOAuth()
    invitation = await begin(server)
    odd = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    async with Client(transport=odd, clock=lambda: NOW) as asking:
        with pytest.raises(NotUnderstood, match="expected a token") as caught:
            await BrowserLogin().finish(
                invitation, asking, brought=secrets.LOGIN_CODE, clock=lambda: NOW, sleep=asyncio.sleep
            )
    said = caught.value.message
    assert secrets.LOGIN_CODE not in said
    assert secrets.CLIENT_SECRET not in said


async def test_revoking() -> None:
    server = FakeOAuth()
    invitation = await begin(server)
    grant = await finish(server, invitation, server.browse(invitation.url))
    async with client(server) as asking:
        await BrowserLogin().revoke("https://social.example", grant, asking)
    assert server.revoked == [secrets.LOGIN_TOKEN]


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_a_failure_to_revoke_says_how_by_hand(status: int) -> None:
    server = FakeOAuth(revokes=status)
    invitation = await begin(server)
    grant = await finish(server, invitation, server.browse(invitation.url))
    async with client(server) as asking:
        with pytest.raises(Unavailable) as caught:
            await BrowserLogin().revoke("https://social.example", grant, asking)
    assert "social.example" in caught.value.hint
    assert secrets.found_in(caught.value.message + caught.value.hint) == []


async def test_without_what_it_takes_nothing_is_revoked() -> None:
    async with client(FakeOAuth()) as asking:
        with pytest.raises(NetworkError, match="not known any more"):
            await BrowserLogin().revoke("https://social.example", Grant("x", ALICE, revocation="{"), asking)
