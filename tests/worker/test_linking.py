"""Linking verifies first, keeps the token, then links; unlinking takes both back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from klout_tui.credentials import MemorySecrets
from klout_tui.domain.model import Profile
from klout_tui.errors import CredentialError, StoreError, UsageError
from klout_tui.networks.base import Capabilities, CredentialRefused, LinkRequest, NotFound, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.registry import PluginBroken
from klout_tui.store.store import Store
from klout_tui.worker.linking import link, preview, unlink
from tests.networks.misbehaving import Misbehaving, json_body, status
from tests.worker.fakes import NOW, Clock, Hosts, Pages, account, make_worker, no_sleep, open_store, paged

REQUEST = LinkRequest(target="alice@one.example")
ALICE = "pages:alice@one.example"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    with open_store(tmp_path, clock) as opened:
        yield opened


def well(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={}) if request.url.path == "/me" else paged(2)(request)


def refuse(request: httpx.Request) -> httpx.Response:
    return httpx.Response(401)


async def do(
    store: Store,
    secrets: MemorySecrets,
    token: str | None = None,
    *,
    answer: Callable[[httpx.Request], httpx.Response] = well,
    network: Any = None,
    request: LinkRequest = REQUEST,
) -> Verified:
    return await link(
        request,
        network or Pages(),
        token,
        store=store,
        secrets=secrets,
        transport=Hosts(one_example=answer, two_example=answer),
        clock=Clock(),
        sleep=no_sleep,
    )


class Finds(Pages):
    """Finds the account the test wants found."""

    def __init__(self, **facts: object) -> None:
        self.facts = facts

    async def verify(self, request: LinkRequest, client: Client, now: object) -> Verified:
        found = msgspec.structs.replace(account("alice"), **self.facts)
        return Verified(account=found, profile=Profile(handle="alice"), capabilities=Capabilities(True, True))


async def test_a_preview_keeps_nothing(store: Store, clock: Clock) -> None:
    sent: list[str | None] = []

    def note(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("authorization"))
        return well(request)

    verified = await preview(REQUEST, Pages(), "s3cret", transport=Hosts(one_example=note), clock=clock)
    assert (verified.account.id, verified.account.authorised, verified.account.linked_at) == (ALICE, True, NOW)
    assert sent == ["Bearer s3cret"]
    assert store.accounts() == ()


async def test_linking_keeps_account_and_token_and_makes_it_due(store: Store, clock: Clock) -> None:
    secrets = MemorySecrets()
    verified = await do(store, secrets, " s3cret\n")
    assert store.accounts() == (verified.account,)
    assert secrets.get(ALICE) == "s3cret"
    worker = make_worker(store, clock, transport=Hosts(one_example=well), secrets=secrets)
    (result,) = await worker.refresh(forced=False)
    assert (result.account, result.new_posts) == (ALICE, 2)


@pytest.mark.parametrize("token", [None, "", "  "])
async def test_without_a_token_the_account_is_linked_all_the_same(store: Store, token: str | None) -> None:
    secrets = MemorySecrets()
    assert not (await do(store, secrets, token)).account.authorised
    assert secrets.get(ALICE) is None


async def test_what_the_network_refuses_is_not_linked(store: Store) -> None:
    secrets = MemorySecrets()
    with pytest.raises(CredentialRefused):
        await do(store, secrets, "s3cret", answer=refuse)
    with pytest.raises(NotFound):
        await do(store, secrets, answer=lambda _: httpx.Response(404))
    assert (store.accounts(), secrets.get(ALICE)) == ((), None)


async def test_if_the_token_cannot_be_kept_nothing_is_linked(store: Store) -> None:
    class Full(MemorySecrets):
        def keep(self, account_id: str, token: str) -> str:
            raise CredentialError("the credentials file cannot be written")

    with pytest.raises(CredentialError):
        await do(store, Full(), "s3cret")
    assert store.accounts(unlinked=True) == ()


async def test_if_the_account_cannot_be_kept_no_token_stays_behind(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("no space left")

    secrets = MemorySecrets()
    monkeypatch.setattr(store, "link", full)
    with pytest.raises(StoreError):
        await do(store, secrets, "s3cret")
    assert secrets.get(ALICE) is None

    class Stuck(MemorySecrets):
        def drop(self, account_id: str) -> None:
            raise CredentialError("its token may still be kept")

    with pytest.raises(StoreError, match="no space left; its token may still be kept"):
        await do(store, Stuck(), "s3cret")


async def test_linking_again_mends_a_refused_token(store: Store, clock: Clock) -> None:
    secrets = MemorySecrets()
    await do(store, secrets, "old")
    worker = make_worker(store, clock, transport=Hosts(one_example=refuse), secrets=secrets)
    await worker.refresh()
    clock.move(days=3)
    assert await worker.refresh(forced=False) == ()
    await do(store, secrets, "new")
    assert secrets.get(ALICE) == "new"
    health = store.health(ALICE)
    assert (health.fault, health.down_since) == (None, NOW)
    (result,) = await make_worker(store, clock, transport=Hosts(one_example=well), secrets=secrets).refresh(
        forced=False
    )
    assert result.status == "ok"


async def test_linking_again_without_a_token_drops_the_old_one(store: Store) -> None:
    secrets = MemorySecrets()
    await do(store, secrets, "old")
    await do(store, secrets, None)
    (linked,) = store.accounts()
    assert (linked.authorised, secrets.get(ALICE)) == (False, None)


async def test_no_safe_is_woken_for_an_account_without_a_token(store: Store) -> None:
    class Asleep(MemorySecrets):
        def get(self, account_id: str) -> str | None:
            raise AssertionError

        def drop(self, account_id: str) -> None:
            raise AssertionError

    await do(store, Asleep(), None)
    await do(store, Asleep(), None)
    unlink(store, Asleep(), ALICE, forget=False)
    assert store.accounts() == ()


@pytest.mark.parametrize("base_url", ["http://one.example", "http://192.168.1.7:3000", "ftp://one.example", "https://"])
async def test_only_encrypted_or_loopback_addresses_are_asked(store: Store, base_url: str) -> None:
    with pytest.raises(UsageError):
        await do(store, MemorySecrets(), "s3cret", request=LinkRequest(target="alice@one.example", base_url=base_url))
    with pytest.raises(UsageError):
        await do(store, MemorySecrets(), network=Finds(base_url=base_url))
    assert store.accounts(unlinked=True) == ()


async def test_a_server_on_this_machine_may_be_plain(store: Store, clock: Clock) -> None:
    async with Misbehaving() as server:
        server.on("/me", json_body({}))
        request = LinkRequest(target="alice@here", base_url=server.url)
        verified = await link(request, Pages(), "s3cret", store=store, secrets=MemorySecrets(), clock=clock)
        assert verified.account.base_url == server.url
        server.on("/me", status(401))
        with pytest.raises(CredentialRefused):
            await preview(request, Pages(), "s3cret", clock=clock)


async def test_a_token_is_not_taken_to_another_host(store: Store) -> None:
    moved = Finds(base_url="https://two.example")
    with pytest.raises(UsageError, match=r"the token was meant for https://one\.example"):
        await do(store, MemorySecrets(), "s3cret", network=moved)
    assert (await do(store, MemorySecrets(), None, network=moved)).account.base_url == "https://two.example"


@pytest.mark.parametrize("facts", [{"network": "mastodon"}, {"id": "mastodon:alice@one.example"}])
async def test_an_adapter_cannot_speak_for_another_network(store: Store, facts: dict[str, str]) -> None:
    with pytest.raises(PluginBroken, match="another network"):
        await do(store, MemorySecrets(), network=Finds(**facts))


async def test_a_broken_adapter_is_said_so_without_the_token(store: Store) -> None:
    class Broken(Pages):
        async def verify(self, request: LinkRequest, client: Client, now: object) -> Verified:
            raise ValueError("cannot use s3cret-Token \x1b[2J")

    class Mute(Pages):
        async def verify(self, request: LinkRequest, client: Client, now: object) -> None:  # type: ignore[override]
            return None

    with pytest.raises(PluginBroken) as caught:
        await do(store, MemorySecrets(), "s3cret-Token", network=Broken())
    assert "ValueError: cannot use" in caught.value.message
    assert "s3cret" not in caught.value.message + caught.value.hint
    assert "\x1b" not in caught.value.message
    with pytest.raises(PluginBroken):
        await do(store, MemorySecrets(), network=Mute())


async def test_what_the_network_says_of_the_account_is_washed(store: Store) -> None:
    nasty = "Ali\x1b[31mce\u202e"
    await do(store, MemorySecrets(), network=Finds(name=nasty, url="javascript:alert(1)", keys=(nasty,)))
    (linked,) = store.accounts()
    for text in (linked.name, *linked.keys):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert linked.url == ""


async def test_unlinking_keeps_history_and_drops_the_token(store: Store, clock: Clock) -> None:
    secrets = MemorySecrets()
    await do(store, secrets, "s3cret")
    await make_worker(store, clock, transport=Hosts(one_example=well), secrets=secrets).refresh()
    assert unlink(store, secrets, "alice", forget=False).id == ALICE
    assert (store.accounts(), secrets.get(ALICE), len(store.posts())) == ((), None, 2)
    with pytest.raises(UsageError):
        unlink(store, secrets, "alice", forget=False)
    unlink(store, secrets, "alice", forget=True)
    assert (store.accounts(unlinked=True), store.posts()) == ((), [])


async def test_forgetting_drops_history_and_token(store: Store, clock: Clock) -> None:
    secrets = MemorySecrets()
    await do(store, secrets, "s3cret")
    await make_worker(store, clock, transport=Hosts(one_example=well), secrets=secrets).refresh()
    unlink(store, secrets, ALICE, forget=True)
    assert (store.accounts(unlinked=True), store.posts(), secrets.get(ALICE)) == ((), [], None)
