"""Linking: what may be typed, whose app password it is, where the account lives."""

from __future__ import annotations

import httpx
import pytest

from klout_tui.domain.model import Account
from klout_tui.errors import UsageError
from klout_tui.networks.base import (
    CredentialRefused,
    LinkRequest,
    Network,
    NotFound,
    NotUnderstood,
    Unavailable,
    Verified,
)
from klout_tui.networks.bluesky import Bluesky
from klout_tui.networks.bluesky.target import parse
from tests.networks.bluesky_fake import ADA, APP_PASSWORD, BASE, NOW, PDS, PUBLIC, FakeBluesky, refusal

TYPED = LinkRequest("@ada.example")


async def link(net: FakeBluesky, request: LinkRequest = TYPED, token: str | None = None) -> Verified:
    network: Network = Bluesky()
    async with net.client(token, network.origin(request)) as client:
        return await network.verify(request, client, NOW)


@pytest.mark.parametrize(
    ("typed", "actor"),
    [
        ("ada.example", "ada.example"),
        ("@Ada.Example", "ada.example"),
        (" @ada.bsky.social ", "ada.bsky.social"),
        ("\u2068@ada.bsky.social\u2069", "ada.bsky.social"),
        ("\u202aada.bsky.social\u202c", "ada.bsky.social"),
        ("https://bsky.app/profile/ada.example", "ada.example"),
        ("https://bsky.app/profile/ada.example/", "ada.example"),
        ("bsky.app/profile/ada.example/post/3kxyz", "ada.example"),
        (f"https://bsky.app/profile/{ADA}?utm=1", ADA),
        (f"https://deer.social/profile/{ADA}", ADA),
        (ADA, ADA),
        ("DID:PLC:adaadaadaadaadaadaadaada", ADA),
        ("did:web:ada.example", "did:web:ada.example"),
        ("did:web:localhost%3A3000", "did:web:localhost%3A3000"),
        ("at://ada.example", "ada.example"),
        ("at://@ada.example", "ada.example"),
        (f"at://{ADA}/app.bsky.feed.post/3kxyz", ADA),
        ("zoë.example", "xn--zo-ija.example"),
    ],
)
def test_what_may_be_typed(typed: str, actor: str) -> None:
    target = parse(LinkRequest(typed))
    assert target.actor == actor
    assert (target.login, target.public) == (BASE, PUBLIC)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "an empty handle is no"),
        ("ada", "is no whole handle"),
        ("@", "is no handle"),
        ("handle.invalid", "is nobody's handle"),
        ("did:plc:", "is no DID"),
        ("did:", "is no DID"),
        ("ada@mail.example", "is no handle"),
        ("ada_b.example", "is no handle"),
        ("ada.example?x", "is no handle"),
        ("ada.example:8080", "is no handle"),
        ("-ada.example", "is no handle"),
        ("ada.example.", "is no handle"),
        ("a." * 200 + "example", "is no handle"),
        ("https://bsky.app/", "is not the address of a profile"),
        ("http://bsky.app/profile/ada.example", "is not encrypted"),
        ("https://ada:secret@bsky.app/profile/ada", "holds a user name"),
        ("at://", "is no"),
        ("1.2.3.4", "is no handle"),
    ],
)
def test_what_cannot_be_meant(typed: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as error:
        parse(LinkRequest(typed))
    assert "secret" not in error.value.message


def test_a_bare_name_gets_a_suggestion() -> None:
    with pytest.raises(UsageError) as error:
        parse(LinkRequest("@Ada"))
    assert error.value.hint == "Did you mean ada.bsky.social?"


@pytest.mark.parametrize(
    ("base", "origin"),
    [
        ("", BASE),
        ("https://bsky.app", BASE),
        ("bsky.app/", BASE),
        ("pds.example", "https://pds.example"),
        ("https://pds.example/xrpc", "https://pds.example"),
        ("http://127.0.0.1:2583/", "http://127.0.0.1:2583"),
    ],
)
def test_another_server_may_be_named(base: str, origin: str) -> None:
    assert Bluesky().origin(LinkRequest("ada.example", base)) == origin


@pytest.mark.parametrize("base", ["http://pds.example", "https://me:pw@pds.example", "ftp://pds.example"])
def test_a_server_that_must_not_be_asked(base: str) -> None:
    with pytest.raises(UsageError):
        Bluesky().origin(LinkRequest("ada.example", base))


async def test_without_an_app_password() -> None:
    net = FakeBluesky()
    verified = await link(net)
    account = verified.account
    assert account.id == f"bluesky:{ADA}"
    assert account.handle == verified.profile.handle == "@ada.example"
    assert account.base_url == PUBLIC
    assert account.url == f"https://bsky.app/profile/{ADA}"
    assert account.keys == (ADA,)
    assert account.options == {"did": ADA}
    assert (account.name, account.linked_at, account.authorised) == ("Ada", NOW, False)
    assert (verified.profile.followers, verified.profile.following, verified.profile.posts) == (12, 3, 40)
    assert any("needs an app password" in missed for missed in verified.capabilities.misses)
    assert Bluesky().hosts(account) == ("public.api.bsky.app",)
    assert net.methods() == ["getProfile"]


async def test_with_an_app_password() -> None:
    net = FakeBluesky()
    verified = await link(net, token=APP_PASSWORD)
    account = verified.account
    assert account.id == f"bluesky:{ADA}"
    assert account.base_url == BASE
    assert account.options == {"did": ADA, "login": "ada.example", "pds": PDS}
    assert account.authorised
    assert Bluesky().hosts(account) == ("bsky.social", "pds.example")
    assert [(request.url.host, "authorization" in request.headers) for request in net.asked] == [
        ("bsky.social", False),
        ("pds.example", True),
    ]
    assert APP_PASSWORD not in str(account)


async def test_by_did() -> None:
    net = FakeBluesky()
    assert (await link(net, LinkRequest(ADA))).account.id == f"bluesky:{ADA}"
    verified = await link(net, LinkRequest(ADA), APP_PASSWORD)
    assert verified.account.options["login"] == ADA


async def test_a_handle_that_only_the_resolver_knows() -> None:
    net = FakeBluesky()
    net.overrides["getProfile"] = lambda request: (
        None if request.url.params["actor"] == ADA else refusal(400, "InvalidRequest", "Profile not found")
    )
    assert (await link(net)).account.id == f"bluesky:{ADA}"
    assert net.methods() == ["getProfile", "resolveHandle", "getProfile"]


async def test_nobody_of_that_name() -> None:
    with pytest.raises(NotFound, match="does not know it"):
        await link(FakeBluesky(), LinkRequest("nobody.example"))


async def test_a_server_that_tells_of_another_did() -> None:
    net = FakeBluesky(me={"did": "did:plc:bob", "handle": "bob.example"})
    with pytest.raises(NotUnderstood, match="the server told of did:plc:bob"):
        await link(net, LinkRequest(ADA))
    with pytest.raises(NotUnderstood, match="the server told of did:plc:bob"):
        await link(net, LinkRequest(ADA), APP_PASSWORD)


async def test_an_app_password_of_somebody_else_says_whose() -> None:
    net = FakeBluesky()
    body = {"accessJwt": "access-1", "refreshJwt": "refresh-1", "did": "did:plc:bob", "handle": "bob.example"}
    net.overrides["createSession"] = lambda _: httpx.Response(200, json=body)
    with pytest.raises(UsageError, match=r"belongs to bob\.example, not to ada\.example"):
        await link(net, token=APP_PASSWORD)
    with pytest.raises(UsageError, match=rf"belongs to bob\.example, not to {ADA}"):
        await link(net, LinkRequest(ADA), APP_PASSWORD)


async def test_a_handle_that_is_another_name_of_hers() -> None:
    net = FakeBluesky()
    net.overrides["createSession"] = lambda _: httpx.Response(
        200, json={"accessJwt": "access-1", "refreshJwt": "refresh-1", "did": ADA, "handle": "ada.second.example"}
    )
    assert (await link(net, token=APP_PASSWORD)).account.id == f"bluesky:{ADA}"


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://pds.example",
        "http://127.0.0.1:9",
        "https://u:p@pds.example",
        "ftp://x",
        "?",
        "https://pds.example:x",
    ],
)
async def test_a_server_in_the_did_document_that_is_not_safe_is_not_asked(endpoint: str) -> None:
    net = FakeBluesky(endpoint=endpoint)
    verified = await link(net, token=APP_PASSWORD)
    assert verified.account.options["pds"] == BASE
    assert {request.url.host for request in net.asked} == {"bsky.social"}


@pytest.mark.parametrize("did_doc", [None, [], {"service": None}, {"service": [{"id": 5}]}])
async def test_an_odd_did_document_names_no_server(did_doc: object) -> None:
    net = FakeBluesky()
    body = {"accessJwt": "access-1", "refreshJwt": "refresh-1", "did": ADA, "handle": "ada.example", "didDoc": did_doc}
    net.overrides["createSession"] = lambda _: httpx.Response(200, json=body)
    assert (await link(net, token=APP_PASSWORD)).account.options["pds"] == BASE


async def test_a_try_out_on_this_machine_is_not_left() -> None:
    net = FakeBluesky()
    request = LinkRequest("ada.example", "http://127.0.0.1:2583")
    verified = await link(net, request, APP_PASSWORD)
    assert verified.account.base_url == verified.account.options["pds"] == "http://127.0.0.1:2583"
    assert {asked.url.host for asked in net.asked} == {"127.0.0.1"}
    net.endpoint = "http://localhost:2583"
    verified = await link(net, request, APP_PASSWORD)
    assert verified.account.options["pds"] == "http://localhost:2583"
    assert Bluesky().hosts(verified.account) == ("127.0.0.1", "localhost")


async def test_where_her_own_server_is_away_the_one_she_logs_in_at_serves() -> None:
    net = FakeBluesky()
    net.overrides["getProfile"] = lambda request: (
        httpx.Response(503, text="away") if request.url.host == "pds.example" else None
    )
    assert (await link(net, token=APP_PASSWORD)).account.options["pds"] == BASE


async def test_a_server_that_shows_nothing_to_strangers() -> None:
    request = LinkRequest("ada.example", "https://pds.example")
    with pytest.raises(CredentialRefused, match=r"pds\.example shows nothing without a login") as error:
        await link(FakeBluesky(), request)
    assert "leave the server's address out" in error.value.hint


async def test_an_account_that_is_gone_and_a_network_that_is_away() -> None:
    net = FakeBluesky()
    net.overrides["getProfile"] = lambda _: refusal(400, "AccountTakedown", "Account has been suspended")
    with pytest.raises(NotFound, match="this account is suspended"):
        await link(net)
    net.overrides["getProfile"] = lambda _: refusal(502, "UpstreamFailure")
    with pytest.raises(Unavailable):
        await link(net)
    net.overrides["getProfile"] = lambda _: httpx.Response(200, json={"handle": "ada.example"})
    with pytest.raises(NotUnderstood, match="expected a profile"):
        await link(net)


def test_hosts_are_told_from_the_account_alone() -> None:
    account = Account(id="bluesky:x", network="bluesky", handle="x", base_url=PUBLIC, linked_at=NOW)
    assert Bluesky().hosts(account) == ("public.api.bsky.app",)
