"""The worker beside the screens: what it does by itself, and what it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from klout_tui.config import AccountSettings, Settings
from klout_tui.errors import StoreError
from klout_tui.networks.base import CredentialRefused
from klout_tui.store.store import Store
from klout_tui.worker.refresh import LONGEST_NAP, Worker
from tests.worker.fakes import Clock, Heard, Hosts, Scripted, account, batch, make_worker, open_store, paged

ALICE = account("alice", "https://one.example")
BOB = account("bob", "https://two.example")


class Naps:
    """Sleeps that last until the test ends them."""

    def __init__(self) -> None:
        self.lengths: list[float] = []
        self._under_way: asyncio.Future[None] | None = None
        self._begun = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.lengths.append(seconds)
        self._under_way = asyncio.get_running_loop().create_future()
        self._begun.set()
        await self._under_way

    async def begun(self) -> float:
        """The length of the nap under way, waiting for the next if there is none."""
        async with asyncio.timeout(30):
            while self._under_way is None or self._under_way.done():
                self._begun.clear()
                await self._begun.wait()
        return self.lengths[-1]

    async def lasting(self, seconds: float) -> None:
        """Wait until a nap of this length is under way."""
        async with asyncio.timeout(30):
            while await self.begun() != seconds:
                self._begun.clear()
                await self._begun.wait()

    async def end(self) -> None:
        """End the nap under way and wait for the next."""
        await self.begun()
        assert self._under_way is not None
        self._under_way.set_result(None)
        await self.begun()


@asynccontextmanager
async def running(worker: Worker, heard: Heard) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(worker.run(heard))
    try:
        yield task
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_it_reads_what_is_due_and_sleeps_until_something_is(tmp_path: Path) -> None:
    clock, naps, heard = Clock(), Naps(), Heard()
    with open_store(tmp_path, clock, ALICE) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=paged(2)), sleep=naps)
        async with running(worker, heard):
            (first,) = await heard.wait_for(ALICE.id, 1)
            assert first.status == "ok"
            await naps.begun()
            clock.move(minutes=20)
            await naps.end()
            assert len(heard.results(ALICE.id)) == 1, "not due yet"
            clock.move(minutes=40)
            await naps.end()
            _, second = await heard.wait_for(ALICE.id, 2)
            assert second.status == "unchanged"
            assert max(naps.lengths) <= LONGEST_NAP


async def test_the_nap_ends_when_the_next_is_due(tmp_path: Path) -> None:
    clock, naps, heard = Clock(), Naps(), Heard()
    with open_store(tmp_path, clock, account("alice", network="scripted")) as store:
        (alice,) = store.accounts()
        worker = make_worker(store, clock, Scripted(ValueError("broken")), sleep=naps)
        async with running(worker, heard):
            await heard.wait_for(alice.id, 1)
            due = store.health(alice.id).next_due
            assert due is not None
            await naps.lasting((due - clock.now).total_seconds())


async def test_wake_finds_what_was_linked_meanwhile(tmp_path: Path) -> None:
    clock, naps, heard = Clock(), Naps(), Heard()
    with open_store(tmp_path, clock) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=paged(1)), sleep=naps)
        async with running(worker, heard):
            assert await naps.begun() == LONGEST_NAP
            store.link(ALICE)
            worker.wake()
            (result,) = await heard.wait_for(ALICE.id, 1)
            assert result.status == "ok"


async def test_an_account_linked_by_another_process_is_found(tmp_path: Path) -> None:
    clock, naps, heard = Clock(), Naps(), Heard()
    with open_store(tmp_path, clock) as store, Store.open(tmp_path, clock=clock) as other:
        worker = make_worker(store, clock, transport=Hosts(one_example=paged(1)), sleep=naps)
        async with running(worker, heard):
            await naps.begun()
            other.link(ALICE)
            await naps.end()
            assert len(await heard.wait_for(ALICE.id, 1)) == 1


async def test_while_another_refreshes_it_waits_a_minute(tmp_path: Path) -> None:
    clock, naps, heard = Clock(), Naps(), Heard()
    with open_store(tmp_path, clock, ALICE) as store, Store.open(tmp_path, clock=clock) as other:
        hosts = Hosts(one_example=paged(1))
        worker = make_worker(store, clock, transport=hosts, sleep=naps)
        with other.refreshing():
            task = asyncio.create_task(worker.run(heard))
            (skipped,) = await heard.wait_for(ALICE.id, 1)
            assert skipped.fault is not None
            assert (skipped.status, skipped.fault.kind) == ("skipped", "busy")
            await naps.begun()
            await naps.end()
            assert naps.lengths == [60, 60]
            assert hosts.seen == []
        await naps.end()
        results = await heard.wait_for(ALICE.id, 3)
        assert results[-1].status == "ok"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_slow_account_holds_up_no_other(tmp_path: Path) -> None:
    clock, naps, heard = Clock(), Naps(), Heard()
    asked, never = asyncio.Event(), asyncio.Event()

    async def hang(request: httpx.Request) -> httpx.Response:
        asked.set()
        await never.wait()
        raise AssertionError

    with open_store(tmp_path, clock, ALICE, BOB) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=hang, two_example=paged(1)), sleep=naps)
        async with running(worker, heard):
            await asked.wait()
            for count in range(1, 4):
                assert len(await heard.wait_for(BOB.id, count)) == count
                await naps.begun()
                clock.move(hours=3)
                await naps.end()
            assert heard.results(ALICE.id) == []


async def test_it_never_spins_over_what_it_must_not_try(tmp_path: Path) -> None:
    """A refused token, a paused account: nothing to do but to sleep."""
    clock, naps, heard = Clock(), Naps(), Heard()
    refused, paused = account("eve", network="scripted"), account("bob", "https://two.example")
    settings = Settings(accounts={paused.id: AccountSettings(paused=True)})
    network = Scripted(CredentialRefused("refused"))
    with open_store(tmp_path, clock, refused, paused) as store:
        health = store.health(refused.id)
        store.set_health(type(health)(account=refused.id, fault=CredentialRefused("refused").as_fault()))
        worker = make_worker(store, clock, network, settings=settings, sleep=naps)
        async with running(worker, heard):
            for _ in range(5):
                assert await naps.begun() == LONGEST_NAP
                clock.move(minutes=1)
                await naps.end()
        assert (network.refreshes, heard) == (0, [])
        assert len(naps.lengths) == 6


async def test_a_forced_round_beside_it_shares_the_refresh_under_way(tmp_path: Path) -> None:
    clock, naps, heard, mine = Clock(), Naps(), Heard(), Heard()
    asked, go = asyncio.Event(), asyncio.Event()

    async def wait(request: httpx.Request) -> httpx.Response:
        asked.set()
        await go.wait()
        return paged(1)(request)

    with open_store(tmp_path, clock, ALICE) as store:
        hosts = Hosts(one_example=wait)
        worker = make_worker(store, clock, transport=hosts, sleep=naps)
        async with running(worker, heard):
            await asked.wait()
            forced = asyncio.create_task(worker.refresh(report=mine))
            await asyncio.sleep(0)
            go.set()
            assert await forced == tuple(await heard.wait_for(ALICE.id, 1))
            assert len(hosts.seen) == 1
            assert len(mine.results(ALICE.id)) == 1


async def test_stopping_frees_the_refresh_lock_at_once(tmp_path: Path) -> None:
    clock, naps, heard = Clock(), Naps(), Heard()
    asked, never = asyncio.Event(), asyncio.Event()

    async def hang(request: httpx.Request) -> httpx.Response:
        asked.set()
        await never.wait()
        raise AssertionError

    with open_store(tmp_path, clock, ALICE) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=hang), sleep=naps)
        async with running(worker, heard):
            await asked.wait()
            with store.refreshing() as free:
                assert not free
        with store.refreshing() as free:
            assert free
        assert store.health(ALICE.id).failures == 0


async def test_a_cancelled_start_leaves_no_lock_behind(tmp_path: Path) -> None:
    clock, heard = Clock(), Heard()

    async def stop(_: float) -> None:
        raise asyncio.CancelledError

    network = Scripted(lambda who: batch(who, [1], cursor={"after": "1"}))
    with open_store(tmp_path, clock, account("eve", network="scripted")) as store:
        worker = make_worker(store, clock, network, sleep=stop)
        task = asyncio.create_task(worker.run(heard))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with store.refreshing() as free:
            assert free


async def test_a_store_that_cannot_be_read_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(**_: object) -> None:
        raise StoreError("the store cannot be read")

    asked, never = asyncio.Event(), asyncio.Event()

    async def hang(request: httpx.Request) -> httpx.Response:
        asked.set()
        await never.wait()
        raise AssertionError

    clock, naps, heard = Clock(), Naps(), Heard()
    with open_store(tmp_path, clock, ALICE) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=hang), sleep=naps)
        task = asyncio.create_task(worker.run(heard))
        await asked.wait()
        await naps.begun()
        monkeypatch.setattr(store, "accounts", damaged)
        worker.wake()
        with pytest.raises(StoreError, match="the store cannot be read"):
            await task
        with store.refreshing() as free:
            assert free
