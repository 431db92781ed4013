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
    RateLimited,
    Unavailable,
    Verified,
)
from klout_tui.networks.github import GitHub
from klout_tui.networks.registry import Registry
from tests.networks.github_fake import TOKEN, FakeGitHub
from tests.networks.github_world import NOW


async def link(server: FakeGitHub, target: str = "@ada", token: str | None = None, base_url: str = "") -> Verified:
    network: Network = GitHub()
    request = LinkRequest(target, base_url=base_url)
    async with server.client(token, network.origin(request)) as client:
        return await network.verify(request, client, NOW)


async def test_without_a_token() -> None:
    server = FakeGitHub()
    verified = await link(server, "https://github.com/ADA/tool")
    account = verified.account
    assert (account.id, account.handle, account.base_url) == ("github:1", "@ada", "https://api.github.com")
    assert account.keys == verified.profile.keys == ("github.com/user/1",)
    assert account.options == {"remote_id": "1", "root": "", "web": "https://github.com"}
    assert (account.name, account.linked_at, account.authorised) == ("Ada Example", NOW, False)
    assert (verified.profile.following, verified.profile.posts) == (3, 2)
    assert server.paths() == ["/users/ADA"]
    missed = " ".join(verified.capabilities.misses)
    assert "who starred your repositories and when: GitHub shows the list to owners alone: needs a token" in missed
    assert "discussions" in missed


async def test_with_a_token_it_is_proved_whose_it_is() -> None:
    server = FakeGitHub(scopes="read:user")
    verified = await link(server, token=TOKEN)
    assert server.paths() == ["/user"]
    headers = server.asked[0].headers
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert (headers["x-github-api-version"], headers["accept"]) == ("2022-11-28", "application/vnd.github+json")
    assert headers["user-agent"].startswith("klout-tui/")
    assert verified.account.authorised
    assert not any("more than read" in missed for missed in verified.capabilities.misses)


async def test_a_token_of_somebody_else_says_whose() -> None:
    with pytest.raises(UsageError, match="this token belongs to @ada, not to @bob") as error:
        await link(FakeGitHub(), "bob", TOKEN)
    assert TOKEN not in error.value.message


@pytest.mark.parametrize(
    ("scopes", "seen", "missed"),
    [
        ("", (), ("mentions elsewhere at once", "not to every token")),
        ("notifications", ("mentions of you",), ("not to every token",)),
        ("public_repo", ("who starred",), ("may do more than read: public_repo",)),
        ("repo, user", ("who starred", "mentions of you"), ("may do more than read: repo, user",)),
        (None, ("discussions",), ("this one is fine-grained",)),
    ],
)
async def test_what_is_seen_goes_by_the_scopes(
    scopes: str | None, seen: tuple[str, ...], missed: tuple[str, ...]
) -> None:
    verified = await link(FakeGitHub(scopes=scopes), token=TOKEN)
    for words in seen:
        assert any(words in each for each in verified.capabilities.sees), words
    for words in missed:
        assert any(words in each for each in verified.capabilities.misses), words
    assert any("more than read" in each for each in verified.capabilities.misses) == bool(scopes and "repo" in scopes)


async def test_enterprise_is_another_place() -> None:
    server = FakeGitHub(host="ghe.example", root="/api/v3")
    verified = await link(server, base_url="https://ghe.example")
    assert server.paths() == ["/api/v3/users/ada"]
    assert verified.account.id == "github:1@ghe.example"
    assert verified.account.base_url == "https://ghe.example"
    assert verified.account.options["root"] == "/api/v3"
    assert verified.account.keys == ("ghe.example/user/1",)


async def test_a_renamed_login_is_the_same_account() -> None:
    server = FakeGitHub()
    before = (await link(server)).account
    server.me = server.me | {"login": "ada-l"}
    after = (await link(server, "ada-l")).account
    assert (before.id, before.keys) == (after.id, after.keys)
    assert after.handle == "@ada-l"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (httpx.Response(404, json={"message": "Not Found"}), NotFound, "knows no ada"),
        (httpx.Response(401, json={"message": "Bad credentials"}), CredentialRefused, "refused the token"),
        (httpx.Response(403, json={"message": "Sorry. Your account was suspended."}), CredentialRefused, "suspended"),
        (httpx.Response(403, headers={"retry-after": "90"}, json={"message": "x"}), RateLimited, "slow down"),
        (httpx.Response(502, text="bad gateway"), Unavailable, "in trouble"),
        (httpx.Response(200, text="<html>hello</html>"), NotUnderstood, "expected a user"),
        (httpx.Response(200, json={"login": "ada"}), NotUnderstood, "without a number"),
        (httpx.Response(200, json=[1]), NotUnderstood, "expected a user"),
    ],
)
async def test_every_refusal_has_its_words(answer: httpx.Response, error: type[Exception], words: str) -> None:
    server = FakeGitHub(overrides={"/user": lambda _: answer})
    with pytest.raises(error, match=words) as raised:
        await link(server, token=TOKEN)
    assert TOKEN not in str(raised.value)


async def test_a_wrong_token_is_never_shown() -> None:
    with pytest.raises(CredentialRefused) as error:
        await link(FakeGitHub(), token="ghp_a-wrong-one")
    assert "ghp_a-wrong-one" not in error.value.message + error.value.hint


async def test_it_is_installed_under_its_name_and_tells_least_privilege() -> None:
    network = Registry.load().get("github")
    assert (network.name, network.title) == ("github", "GitHub")
    assert "No permission is needed" in network.wants_token
