"""One round: what it returns, in what order, and what it leaves alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from klout_tui.config import AccountSettings, Settings
from klout_tui.credentials import MemorySecrets
from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Account
from klout_tui.errors import CredentialError, StoreError, UsageError
from klout_tui.networks.base import Unavailable
from klout_tui.store.store import Store
from klout_tui.worker.events import Finished, Progressed, Result, Started
from tests.worker.fakes import (
    NOW,
    Clock,
    Heard,
    Hosts,
    Pages,
    Scripted,
    account,
    authorised,
    batch,
    everything,
    make_worker,
    open_store,
    paged,
)

ALICE = account("alice", "https://one.example")
BOB = account("bob", "https://two.example", at=NOW + timedelta(seconds=1))
EVE = account("eve", "https://one.example", network="scripted", at=NOW + timedelta(seconds=2))


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_round_reads_stores_and_tells(tmp_path: Path, clock: Clock) -> None:
    hosts = Hosts(one_example=paged(5))
    heard = Heard()
    with open_store(tmp_path, clock, ALICE) as store:
        results = await make_worker(store, clock, transport=hosts).refresh(report=heard)
        assert results == (Result(account=ALICE.id, status="ok", new_posts=5, new_interactions=7, requests=3),)
        assert heard == [
            Started(ALICE.id, backfill=True),
            Progressed(ALICE.id, 2, 3, None),
            Progressed(ALICE.id, 4, 6, None),
            Progressed(ALICE.id, 5, 7, None),
            Finished(results[0]),
        ]
        assert store.cursor(ALICE.id) == {"after": "5"}
        health = store.health(ALICE.id)
        assert (health.last_ok, health.backfilled, health.failures, health.fault) == (NOW, True, 0, None)
        assert health.next_due is not None
        assert timedelta(minutes=27) <= health.next_due - NOW <= timedelta(minutes=33)


async def test_nothing_new_is_unchanged_and_lengthens_the_interval(tmp_path: Path, clock: Clock) -> None:
    with open_store(tmp_path, clock, ALICE) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=paged(3)))
        await worker.refresh()
        before = everything(store)
        heard = Heard()
        (result,) = await worker.refresh(report=heard)
        assert (result.status, result.new_posts, result.new_interactions) == ("unchanged", 0, 0)
        assert heard[0] == Started(ALICE.id, backfill=False)
        assert store.health(ALICE.id).quiet == 1
        assert everything(store) == before


async def test_results_come_in_the_order_of_accounts(tmp_path: Path, clock: Clock) -> None:
    bob_done = asyncio.Event()

    async def after_bob(request: httpx.Request) -> httpx.Response:
        await bob_done.wait()
        return paged(1)(request)

    def bob(request: httpx.Request) -> httpx.Response:
        bob_done.set()
        return paged(2)(request)

    with open_store(tmp_path, clock, ALICE, BOB) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=after_bob, two_example=bob))
        assert [result.account for result in await worker.refresh()] == [ALICE.id, BOB.id]
        assert [result.account for result in await worker.refresh([BOB.id, ALICE.id])] == [BOB.id, ALICE.id]


async def test_never_read_accounts_start_first(tmp_path: Path, clock: Clock) -> None:
    with open_store(tmp_path, clock, ALICE, BOB) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=paged(1), two_example=paged(1)))
        await worker.refresh([ALICE.id])
        heard = Heard()
        await worker.refresh(report=heard)
        started = [event.account_id for event in heard if isinstance(event, Started)]
        assert started == [BOB.id, ALICE.id]


async def test_an_account_may_be_named_by_handle_or_beginning(tmp_path: Path, clock: Clock) -> None:
    with open_store(tmp_path, clock, ALICE, BOB) as store:
        worker = make_worker(store, clock, transport=Hosts(two_example=paged(1)))
        for name in ("bob", "@bob@two.example", "pages:bob", BOB.id):
            assert [result.account for result in await worker.refresh([name])] == [BOB.id]
        assert len(await worker.refresh(["bob", BOB.id])) == 1, "named twice, read once"


async def test_an_unknown_account_is_a_usage_error_with_the_nearest(tmp_path: Path, clock: Clock) -> None:
    with open_store(tmp_path, clock, ALICE, BOB) as store:
        with pytest.raises(UsageError, match="allice") as caught:
            await make_worker(store, clock).refresh(["allice"])
        assert "alice" in caught.value.hint


async def test_paused_accounts_are_left_alone_unless_named(tmp_path: Path, clock: Clock) -> None:
    settings = Settings(accounts={ALICE.id: AccountSettings(paused=True)})
    with open_store(tmp_path, clock, ALICE, BOB) as store:
        hosts = Hosts(one_example=paged(1), two_example=paged(1))
        worker = make_worker(store, clock, transport=hosts, settings=settings)
        alice, bob = await worker.refresh()
        assert (alice.status, bob.status) == ("skipped", "ok")
        assert alice.fault is not None
        assert alice.fault.kind == "paused"
        assert await worker.refresh(forced=False) == ()
        (alice,) = await worker.refresh([ALICE.id])
        assert alice.status == "ok"


async def test_unforced_rounds_read_only_what_is_due(tmp_path: Path, clock: Clock) -> None:
    with open_store(tmp_path, clock, ALICE, BOB) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=paged(1), two_example=paged(1)))
        await worker.refresh([ALICE.id])
        assert [result.account for result in await worker.refresh(forced=False)] == [BOB.id]
        assert await worker.refresh(forced=False) == ()
        clock.move(hours=1)
        assert [result.account for result in await worker.refresh(forced=False)] == [ALICE.id, BOB.id]


async def test_an_accounts_own_interval_wins(tmp_path: Path, clock: Clock) -> None:
    settings = Settings(refresh_minutes=30, accounts={ALICE.id: AccountSettings(refresh_minutes=600)})
    with open_store(tmp_path, clock, ALICE) as store:
        await make_worker(store, clock, transport=Hosts(one_example=paged(1)), settings=settings).refresh()
        due = store.health(ALICE.id).next_due
        assert due is not None
        assert timedelta(minutes=540) <= due - NOW <= timedelta(minutes=660)


async def test_another_refresher_means_all_are_skipped(tmp_path: Path, clock: Clock) -> None:
    with open_store(tmp_path, clock, ALICE, BOB) as store, Store.open(tmp_path, clock=clock) as other:
        hosts = Hosts(one_example=paged(1), two_example=paged(1))
        worker = make_worker(store, clock, transport=hosts)
        with other.refreshing() as theirs:
            assert theirs
            results = await worker.refresh()
        assert [result.status for result in results] == ["skipped", "skipped"]
        assert {result.fault and result.fault.kind for result in results} == {"busy"}
        assert results[0].fault is not None
        assert results[0].fault.message == "another klout-tui is refreshing"
        assert hosts.seen == []
        assert [result.status for result in await worker.refresh()] == ["ok", "ok"]


async def test_what_another_process_read_is_not_read_again(tmp_path: Path, clock: Clock) -> None:
    """The cursor is taken after the turn, not from before the other's commits."""
    with open_store(tmp_path, clock, ALICE) as store, Store.open(tmp_path, clock=clock) as other:
        await make_worker(other, clock, transport=Hosts(one_example=paged(4))).refresh()
        assert await make_worker(store, clock).refresh(forced=False) == ()
        asked: list[str] = []

        def note(request: httpx.Request) -> httpx.Response:
            asked.append(request.url.params["after"])
            return paged(4)(request)

        await make_worker(store, clock, transport=Hosts(one_example=note)).refresh()
        assert asked == ["4"]


async def test_forgetting_in_the_middle_brings_nothing_back(tmp_path: Path, clock: Clock) -> None:
    def forget(who: Account) -> Batch:
        store.forget(who.id)
        return batch(who, [2], cursor={"after": "2"})

    with open_store(tmp_path, clock, EVE) as store:
        script = Scripted(lambda who: batch(who, [1], cursor={"after": "1"}), forget)
        (result,) = await make_worker(store, clock, script).refresh()
        assert (result.status, result.new_posts) == ("skipped", 1)
        assert result.fault is not None
        assert result.fault.kind == "unlinked"
        assert store.posts() == []
        assert store.account(EVE.id) is None
        assert store.health(EVE.id).last_try is None


async def test_a_failure_of_a_forgotten_account_is_not_noted(tmp_path: Path, clock: Clock) -> None:
    with open_store(tmp_path, clock, EVE) as store:
        script = Scripted(lambda who: store.forget(who.id))
        (result,) = await make_worker(store, clock, script).refresh()
        assert result.status == "failed"
        assert store.health(EVE.id).last_try is None


async def test_the_token_goes_to_the_accounts_host(tmp_path: Path, clock: Clock) -> None:
    sent: list[str | None] = []

    def note(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("authorization"))
        return paged(1)(request)

    secrets = MemorySecrets()
    with_token = authorised(account("carol"))
    secrets.keep(with_token.id, "s3cret")
    with open_store(tmp_path, clock, with_token) as store:
        await make_worker(store, clock, transport=Hosts(one_example=note), secrets=secrets).refresh()
    assert sent == ["Bearer s3cret"]


async def test_a_missing_token_is_said_without_asking_the_network(tmp_path: Path, clock: Clock) -> None:
    with_token = authorised(ALICE)
    with open_store(tmp_path, clock, with_token) as store:
        hosts = Hosts(one_example=paged(1))
        (result,) = await make_worker(store, clock, transport=hosts).refresh()
        assert result.fault is not None
        assert (result.fault.kind, hosts.seen) == ("credential", [])
        assert store.health(ALICE.id).next_due is not None, "it may turn up; asking again hurts nobody"


async def test_a_locked_safe_fails_only_the_accounts_that_need_it(tmp_path: Path, clock: Clock) -> None:
    class Locked(MemorySecrets):
        def get(self, account_id: str) -> str | None:
            raise CredentialError("the system's keyring does not open", hint="Unlock it.")

    with_token = authorised(BOB)
    with open_store(tmp_path, clock, ALICE, with_token) as store:
        hosts = Hosts(one_example=paged(1))
        alice, bob = await make_worker(store, clock, transport=hosts, secrets=Locked()).refresh()
        assert alice.status == "ok"
        assert bob.fault is not None
        assert (bob.fault.kind, bob.fault.message) == ("unavailable", "the system's keyring does not open")


async def test_a_full_disk_is_a_store_fault_and_not_due_at_once(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("the store could not be written: no space left", hint="Free some space.")

    with open_store(tmp_path, clock, ALICE) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=paged(3)))
        with monkeypatch.context() as broken:
            broken.setattr(store, "absorb", full)
            broken.setattr(store, "set_health", full)
            (result,) = await worker.refresh()
            assert result.fault is not None
            assert (result.status, result.fault.kind) == ("failed", "store")
            assert await worker.refresh(forced=False) == (), "the back-off is remembered even where it cannot be kept"
        clock.move(minutes=1)
        (result,) = await worker.refresh(forced=False)
        assert (result.status, result.new_posts, result.fault) == ("ok", 3, None)
        assert store.health(ALICE.id).failures == 0


async def test_things_not_counted_are_remembered(tmp_path: Path, clock: Clock) -> None:
    def with_skipped(who: object) -> Batch:
        return Batch(account=EVE.id, cursor={"after": "1"}, skipped={"poll": 2})

    with open_store(tmp_path, clock, EVE) as store:
        worker = make_worker(store, clock, Scripted(with_skipped))
        await worker.refresh()
        assert store.health(EVE.id).skipped == {"poll": 2}


async def test_one_failing_account_leaves_the_other_alone(tmp_path: Path, clock: Clock) -> None:
    with open_store(tmp_path, clock, ALICE, EVE) as store:
        hosts = Hosts(one_example=paged(3))
        script = Scripted(
            lambda who: batch(who, [1], cursor={"after": "1"}),
            Unavailable("one.example could not be reached", hint="Wait."),
        )
        alice, eve = await make_worker(store, clock, Pages(), script, transport=hosts).refresh()
        assert (alice.status, alice.new_posts) == ("ok", 3)
        assert (eve.status, eve.new_posts) == ("failed", 1)
        assert eve.fault is not None
        assert (eve.fault.kind, eve.fault.message) == ("unavailable", "one.example could not be reached")
        assert store.cursor(EVE.id) == {"after": "1"}, "what came before the failure is kept"
        health = store.health(EVE.id)
        assert (health.failures, health.down_since, health.backfilled) == (1, NOW, False)
