"""What a network gives for a token is kept beside it, and goes with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from klout_tui.config import AccountSettings, Settings
from klout_tui.credentials import MemorySecrets, NotedSecrets, SystemSecrets, session_key
from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.errors import CredentialError, StoreError
from klout_tui.networks.base import LinkRequest, Verified
from klout_tui.networks.http import Client
from klout_tui.paths import Paths
from klout_tui.store.store import Store
from klout_tui.worker.linking import link, preview, unlink
from tests.worker.fakes import Clock, Hosts, Pages, account, authorised, make_worker, no_sleep, open_store

ALICE = authorised(account("alice", network="login"))
KEY = session_key(ALICE.id)
REQUEST = LinkRequest(target="alice@one.example")


class Login(Pages):
    """Exchanges the token for a session, and renews it at every refresh, as some networks do."""

    name = "login"

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        found = await super().verify(request, client, now)
        if client.has_token:
            await client.keep_session(f"from-{client.token}")
        return msgspec_network(found)

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        if client.has_token:
            await client.keep_session(f"{client.session or client.token}+")
        yield Batch(account=account.id, cursor={"seen": client.session})


def msgspec_network(found: Verified) -> Verified:
    account = msgspec.structs.replace(found.account, network="login", id=ALICE.id)
    return Verified(account, found.profile, found.capabilities)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    with open_store(tmp_path, clock) as opened:
        yield opened


def well(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


async def do(store: Store, secrets: MemorySecrets | NotedSecrets, token: str | None) -> Verified:
    transport = Hosts(one_example=well)
    return await link(
        REQUEST, Login(), token, store=store, secrets=secrets, transport=transport, clock=Clock(), sleep=no_sleep
    )


async def test_a_session_made_while_linking_is_kept_with_the_token(store: Store) -> None:
    inner = MemorySecrets()
    secrets = NotedSecrets(inner)
    await do(store, secrets, "t0ken")
    assert (inner.get(ALICE.id), inner.get(KEY)) == ("t0ken", "from-t0ken")
    assert secrets.kept == "in memory, until the program ends"


async def test_a_preview_keeps_no_session(clock: Clock) -> None:
    verified = await preview(REQUEST, Login(), "t0ken", transport=Hosts(one_example=well), clock=clock)
    assert verified.hosts == ("one.example",)


async def test_each_refresh_starts_from_the_session_kept_last(store: Store, clock: Clock) -> None:
    secrets = MemorySecrets()
    await do(store, secrets, "t0ken")
    worker = make_worker(store, clock, Login(), secrets=secrets)
    await worker.refresh()
    await make_worker(store, clock, Login(), secrets=secrets).refresh()
    assert (secrets.get(ALICE.id), secrets.get(KEY)) == ("t0ken", "from-t0ken++")


async def test_another_token_never_meets_the_session_of_the_one_before(store: Store) -> None:
    class Forgetful(Login):
        async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
            return msgspec_network(await Pages.verify(self, request, client, now))

    secrets = MemorySecrets()
    await do(store, secrets, "old")
    await link(
        REQUEST, Forgetful(), "new", store=store, secrets=secrets, transport=Hosts(one_example=well), clock=Clock()
    )
    assert (secrets.get(ALICE.id), secrets.get(KEY)) == ("new", None)


@pytest.mark.parametrize("part", ["unlinking", "forgetting", "linking without a token"])
async def test_both_secrets_go_together(store: Store, part: str) -> None:
    secrets = MemorySecrets()
    await do(store, secrets, "t0ken")
    if part == "linking without a token":
        await do(store, secrets, None)
    else:
        unlink(store, secrets, ALICE.id, forget=part == "forgetting")
    assert (secrets.get(ALICE.id), secrets.get(KEY)) == (None, None)


async def test_if_one_cannot_be_dropped_the_other_is_all_the_same(store: Store) -> None:
    class Stuck(MemorySecrets):
        def drop(self, account_id: str) -> None:
            super().drop(account_id)
            if account_id == ALICE.id:
                raise CredentialError("it may be kept still")

    secrets = Stuck()
    await do(store, secrets, "t0ken")
    with pytest.raises(CredentialError):
        unlink(store, secrets, ALICE.id, forget=False)
    assert secrets.get(KEY) is None


@pytest.mark.parametrize("refused", [ALICE.id, KEY])
async def test_if_either_cannot_be_kept_nothing_is_linked_and_none_stays(store: Store, refused: str) -> None:
    class Full(MemorySecrets):
        def keep(self, account_id: str, token: str) -> str:
            if account_id == refused:
                raise CredentialError("no room")
            return super().keep(account_id, token)

    secrets = Full()
    with pytest.raises(CredentialError, match="no room"):
        await do(store, secrets, "t0ken")
    assert (store.accounts(unlinked=True), secrets.get(ALICE.id), secrets.get(KEY)) == ((), None, None)


async def test_if_the_account_cannot_be_kept_no_session_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("no space left")

    secrets = MemorySecrets()
    monkeypatch.setattr(store, "link", full)
    with pytest.raises(StoreError):
        await do(store, secrets, "t0ken")
    assert (secrets.get(ALICE.id), secrets.get(KEY)) == (None, None)


class Counted(MemorySecrets):
    """Tells which doors were tried."""

    def __init__(self) -> None:
        super().__init__()
        self.tried: list[str] = []

    def get(self, account_id: str) -> str | None:
        self.tried.append(account_id)
        return super().get(account_id)

    def keep(self, account_id: str, token: str) -> str:
        self.tried.append(account_id)
        return super().keep(account_id, token)


async def test_an_account_without_a_token_opens_no_safe(store: Store, clock: Clock) -> None:
    secrets = Counted()
    await do(store, secrets, None)
    await make_worker(store, clock, Login(), secrets=secrets).refresh()
    assert secrets.tried == []


def system(tmp_path: Path, environ: dict[str, str], settings: Settings) -> SystemSecrets:
    return SystemSecrets(Paths.under(tmp_path / "home"), settings, environ, lambda: None)


NAMED = Settings(accounts={ALICE.id: AccountSettings(token_env="TOKEN_HERE")})


async def test_a_token_from_the_environment_wins_and_the_session_is_kept_all_the_same(
    tmp_path: Path, clock: Clock
) -> None:
    secrets = system(tmp_path, {"TOKEN_HERE": "from-env"}, NAMED)
    secrets.keep(ALICE.id, "from-file")
    with open_store(tmp_path / "store", clock, ALICE) as store:
        await make_worker(store, clock, Login(), secrets=secrets, settings=NAMED).refresh()
    assert secrets.get(KEY) == "from-env+"
    assert system(tmp_path, {}, Settings()).get(ALICE.id) == "from-file"


async def test_without_a_place_in_the_safe_the_session_lives_as_long_as_the_worker(
    tmp_path: Path, clock: Clock
) -> None:
    alice = msgspec.structs.replace(ALICE, authorised=False)
    secrets = system(tmp_path, {"TOKEN_HERE": "from-env"}, NAMED)
    with open_store(tmp_path / "store", clock, alice) as store:
        worker = make_worker(store, clock, Login(), secrets=secrets, settings=NAMED)
        for _ in range(2):
            await worker.refresh()
        assert store.cursor(ALICE.id) == {"seen": "from-env++"}
    assert secrets.get(KEY) is None
    assert not (tmp_path / "home" / "credentials").exists()


async def test_a_safe_that_will_not_tell_the_session_costs_one_more_login(store: Store, clock: Clock) -> None:
    class Shy(MemorySecrets):
        def get(self, account_id: str) -> str | None:
            if account_id == KEY:
                raise CredentialError("the keyring does not open")
            return super().get(account_id)

    secrets = Shy()
    await do(store, secrets, "t0ken")
    (result,) = await make_worker(store, clock, Login(), secrets=secrets).refresh()
    assert result.status == "unchanged"
    assert store.cursor(ALICE.id) == {"seen": "t0ken+"}


async def test_a_session_that_cannot_be_kept_fails_the_refresh(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = MemorySecrets()
    await do(store, secrets, "t0ken")

    def full(account_id: str, token: str) -> str:
        raise CredentialError("the credentials file cannot be written")

    monkeypatch.setattr(secrets, "keep", full)
    (result,) = await make_worker(store, clock, Login(), secrets=secrets).refresh()
    assert result.fault is not None
    assert (result.status, result.fault.kind) == ("failed", "unavailable")


@pytest.mark.parametrize("forget", [True, False])
async def test_unlinked_meanwhile_it_leaves_no_session_behind(store: Store, clock: Clock, forget: bool) -> None:
    secrets = MemorySecrets()

    class Slow(Login):
        async def refresh(
            self, account: Account, cursor: Cursor, client: Client, now: datetime
        ) -> AsyncIterator[Batch]:
            unlink(store, secrets, ALICE.id, forget=forget)
            await client.keep_session("too late")
            yield Batch(account=account.id, cursor={})

    await do(store, secrets, "t0ken")
    (result,) = await make_worker(store, clock, Slow(), secrets=secrets).refresh()
    assert (result.status, result.fault and result.fault.kind) == ("skipped", "unlinked")
    assert (secrets.get(ALICE.id), secrets.get(KEY)) == (None, None)


async def test_what_a_plugin_says_holds_no_session(store: Store, clock: Clock) -> None:
    class Blabs(Login):
        async def refresh(
            self, account: Account, cursor: Cursor, client: Client, now: datetime
        ) -> AsyncIterator[Batch]:
            client.hide("adapters-own")
            if client.has_token:
                raise ValueError(f"cannot use {client.session} of {client.token}, nor adapters-own")
            yield Batch(account=account.id, cursor={})

    secrets = MemorySecrets()
    await do(store, secrets, "t0ken-s3cret")
    (result,) = await make_worker(store, clock, Blabs(), secrets=secrets).refresh()
    assert result.fault is not None
    assert result.fault.message.endswith("ValueError: cannot use … of …, nor …")


@pytest.mark.parametrize("make", [MemorySecrets, lambda: NotedSecrets(MemorySecrets())])
def test_the_two_keys_never_meet(make: Callable[[], MemorySecrets | NotedSecrets]) -> None:
    secrets = make()
    secrets.keep(ALICE.id, "token")
    secrets.keep(KEY, "session")
    assert (secrets.get(ALICE.id), secrets.get(KEY)) == ("token", "session")
    secrets.drop(KEY)
    assert secrets.get(ALICE.id) == "token"
