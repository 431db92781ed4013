"""Linking: the account is found, the token is hers, and what can be seen is said plainly."""

from __future__ import annotations

import httpx
import pytest

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
from klout_tui.networks.mastodon import Mastodon
from tests.networks.mastodon_fake import NOW, TOKEN, FakeMastodon, recorded

ALICE = LinkRequest("@Alice@social.example")


async def link(server: FakeMastodon, request: LinkRequest = ALICE, token: str | None = None) -> Verified:
    network = Mastodon()
    async with server.client(token, network.origin(request), hosts=None) as client:
        return await network.verify(request, client, NOW)


async def test_without_a_token() -> None:
    server = FakeMastodon()
    verified = await link(server)
    account = verified.account
    assert account.id == "mastodon:alice@social.example"
    assert account.handle == verified.profile.handle == "@alice@social.example"
    assert account.base_url == "https://social.example"
    assert account.keys == ("https://social.example/users/alice", "alice@social.example")
    assert account.options == {"remote_id": "495", "software": "4.6.4"}
    assert (account.name, account.linked_at, account.authorised) == ("Alice Example", NOW, False)
    assert verified.profile.followers == 1204
    assert verified.capabilities.names_actors
    assert not verified.capabilities.dates_reactions
    assert any("needs a token" in missed for missed in verified.capabilities.misses)


async def test_with_a_token() -> None:
    server = FakeMastodon()
    verified = await link(server, token=TOKEN)
    assert verified.account.authorised
    assert verified.account.id == "mastodon:alice@social.example"
    assert verified.capabilities.dates_reactions
    sent = [request.url.path for request in server.asked if "authorization" in request.headers]
    assert sent == ["/api/v1/accounts/verify_credentials", "/api/v1/accounts/495/statuses", "/api/v1/notifications"]
    assert "/api/v2/instance" in server.paths()


async def test_a_token_of_somebody_else_says_whose() -> None:
    server = FakeMastodon(me=recorded("credential_account_alice", username="bob", acct="bob"))
    with pytest.raises(UsageError, match=r"this token belongs to @bob@social\.example, not to @Alice@social\.example"):
        await link(server, token=TOKEN)


async def test_a_revoked_token_is_refused_without_being_shown() -> None:
    with pytest.raises(CredentialRefused, match="refused the token") as error:
        await link(FakeMastodon(), token="a-revoked-token")
    assert "a-revoked-token" not in error.value.message + error.value.hint


async def test_a_missing_permission_is_noticed_at_once() -> None:
    server = FakeMastodon()
    server.overrides["/api/v1/notifications"] = lambda _: httpx.Response(
        403, json={"error": "This action is outside the authorized scopes"}
    )
    with pytest.raises(CredentialRefused, match=r"read:notifications.*outside the authorized scopes"):
        await link(server, token=TOKEN)


async def test_a_server_that_shows_nothing_to_strangers() -> None:
    with pytest.raises(CredentialRefused, match=r"social\.example shows nothing without a token"):
        await link(FakeMastodon(anonymous=False))


async def test_nobody_of_that_name() -> None:
    with pytest.raises(NotFound, match=r"social\.example knows no account nobody"):
        await link(FakeMastodon(), LinkRequest("nobody@social.example"))


async def test_older_and_closed_instances() -> None:
    old = FakeMastodon(instance=None)
    old.overrides["/api/v1/instance"] = lambda _: httpx.Response(
        200, json={"uri": "social.example", "version": "2.7.2 (compatible; Pleroma 2.6.0)"}
    )
    assert (await link(old)).account.options["software"] == "2.7.2 (compatible; Pleroma 2.6.0)"
    assert (await link(FakeMastodon(instance=None))).account.options["software"] == ""


async def test_a_server_that_is_no_mastodon() -> None:
    server = FakeMastodon()
    server.overrides["/api/v1/accounts/lookup"] = lambda _: httpx.Response(200, html="<h1>Welcome</h1>")
    with pytest.raises(NotUnderstood, match=r"expected an account from social\.example"):
        await link(server)


async def test_a_server_that_is_down() -> None:
    server = FakeMastodon()
    server.overrides["/api/v1/accounts/lookup"] = lambda _: httpx.Response(502, html="<h1>Bad gateway</h1>")
    with pytest.raises(Unavailable, match=r"social\.example is in trouble"):
        await link(server)


def split(server: FakeMastodon) -> FakeMastodon:
    """Handles at social.example, the API at api.social.example."""
    server.host = "api.social.example"
    server.overrides["/.well-known/webfinger"] = lambda request: (
        httpx.Response(
            200,
            json={
                "subject": "acct:alice@social.example",
                "links": [
                    {"rel": "self", "href": "http://unsafe.example/users/alice"},
                    {
                        "rel": "self",
                        "type": "application/activity+json",
                        "href": "https://api.social.example/users/alice",
                    },
                ],
            },
        )
        if request.url.params["resource"].lower() == "acct:alice@social.example"
        else httpx.Response(404)
    )
    return server


async def test_split_domain_is_found_by_webfinger() -> None:
    account = (await link(split(FakeMastodon()))).account
    assert account.base_url == "https://api.social.example"
    assert account.id == "mastodon:alice@social.example"


async def test_split_domain_typed_as_its_api_host_is_the_same_account() -> None:
    account = (await link(split(FakeMastodon()), LinkRequest("https://api.social.example/@alice"))).account
    assert account.base_url == "https://api.social.example"
    assert account.id == "mastodon:alice@social.example"


async def test_split_domain_with_a_token_asks_before_sending_it_elsewhere() -> None:
    server = split(FakeMastodon())
    with pytest.raises(UsageError) as error:
        await link(server, token=TOKEN)
    assert "https://api.social.example" in error.value.hint
    assert not [each for each in server.asked if each.url.host == "api.social.example"]
    request = LinkRequest("@alice@social.example", base_url="https://api.social.example")
    assert (await link(server, request, TOKEN)).account.id == "mastodon:alice@social.example"


async def test_an_unrelated_domain_is_not_believed() -> None:
    server = FakeMastodon(instance=recorded("instance_v2", domain="bank.example"))
    assert (await link(server)).account.id == "mastodon:alice@social.example"


async def test_an_answer_about_somebody_else_is_not_linked() -> None:
    server = FakeMastodon()
    server.overrides["/api/v1/accounts/lookup"] = lambda _: httpx.Response(200, json=recorded("account_ada"))
    with pytest.raises(NotUnderstood, match="told of another account"):
        await link(server)


@pytest.mark.parametrize("links", [[], [{"rel": "self", "href": "https://x.example:port/"}], [{"rel": "self"}]])
async def test_webfinger_that_leads_nowhere_leaves_the_first_error(links: list[dict[str, str]]) -> None:
    server = FakeMastodon(host="elsewhere.example")
    server.overrides["/.well-known/webfinger"] = lambda _: httpx.Response(200, json={"links": links})
    for token in (None, TOKEN):
        with pytest.raises(NotFound):
            await link(server, token=token)


async def test_base_url_on_this_machine() -> None:
    server = FakeMastodon(host="127.0.0.1", instance=recorded("instance_v2", domain="localhost:3000"))
    request = LinkRequest("@alice@social.example", base_url="http://127.0.0.1:3000")
    account = (await link(server, request)).account
    assert (account.id, account.base_url) == ("mastodon:alice@social.example", "http://127.0.0.1:3000")


def test_the_contract_is_met() -> None:
    network: Network = Mastodon()
    assert (network.name, network.title) == ("mastodon", "Mastodon")
    assert "read:notifications" in network.wants_token
