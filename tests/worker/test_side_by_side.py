"""Side by side: what runs at once and what must not, and what is left when it is told to stop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from klout_tui.credentials import MemorySecrets
from klout_tui.domain.batch import Batch
from klout_tui.store.absorb import Absorbed
from klout_tui.worker.events import Finished, Progressed
from tests.worker.fakes import (
    NOW,
    Clock,
    Heard,
    Hosts,
    Scripted,
    account,
    authorised,
    batch,
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


async def test_two_hosts_are_read_side_by_side(tmp_path: Path, clock: Clock) -> None:
    """Each host answers only once the other has been asked: one after the other would never end."""
    asked = {"one.example": asyncio.Event(), "two.example": asyncio.Event()}

    async def meet(request: httpx.Request) -> httpx.Response:
        asked[request.url.host].set()
        for event in asked.values():
            await event.wait()
        return paged(1)(request)

    with open_store(tmp_path, clock, ALICE, BOB) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=meet, two_example=meet))
        async with asyncio.timeout(30):
            assert [result.status for result in await worker.refresh()] == ["ok", "ok"]


async def test_a_host_is_asked_at_most_two_things_at_once(tmp_path: Path, clock: Clock) -> None:
    at_once, most = 0, 0

    async def count(request: httpx.Request) -> httpx.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        for _ in range(20):
            await asyncio.sleep(0)
        at_once -= 1
        return paged(4)(request)

    accounts = [account(f"user{number}") for number in range(6)]
    with open_store(tmp_path, clock, *accounts) as store:
        results = await make_worker(store, clock, transport=Hosts(one_example=count)).refresh()
        assert {result.status for result in results} == {"ok"}
        assert most == 2


async def test_at_most_twenty_accounts_are_read_at_once(tmp_path: Path, clock: Clock) -> None:
    full, gate = asyncio.Event(), asyncio.Event()
    reading: set[str] = set()
    most = 0

    async def wait(request: httpx.Request) -> httpx.Response:
        nonlocal most
        reading.add(request.url.host)
        most = max(most, len(reading))
        if len(reading) == 20:
            full.set()
        await gate.wait()
        reading.remove(request.url.host)
        return paged(1)(request)

    hosts = {f"h{number}_example": wait for number in range(25)}
    accounts = [account("alice", f"https://h{number}.example") for number in range(25)]
    with open_store(tmp_path, clock, *accounts) as store:
        round_ = asyncio.create_task(make_worker(store, clock, transport=Hosts(**hosts)).refresh())
        await full.wait()
        gate.set()
        assert len(await round_) == 25
        assert most == 20


async def test_two_rounds_at_once_read_each_account_once(tmp_path: Path, clock: Clock) -> None:
    with open_store(tmp_path, clock, ALICE, BOB) as store:
        hosts = Hosts(one_example=paged(1), two_example=paged(1))
        worker = make_worker(store, clock, transport=hosts)
        first, second = await asyncio.gather(worker.refresh(), worker.refresh())
        assert first == second
        assert sorted(hosts.seen) == ["one.example/alice/items", "two.example/bob/items"]


async def test_a_round_takes_over_from_one_that_was_cancelled(tmp_path: Path, clock: Clock) -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    async def first_hangs(request: httpx.Request) -> httpx.Response:
        if not asked.is_set():
            asked.set()
            await never.wait()
        return paged(1)(request)

    with open_store(tmp_path, clock, ALICE) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=first_hangs))
        first = asyncio.create_task(worker.refresh())
        await asked.wait()
        second = asyncio.create_task(worker.refresh())
        await asyncio.sleep(0)
        first.cancel()
        assert [result.status for result in await second] == ["ok"]
        assert first.cancelled()


async def test_quitting_in_the_middle_keeps_what_was_stored(tmp_path: Path, clock: Clock) -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    async def second_page_hangs(request: httpx.Request) -> httpx.Response:
        if request.url.params["after"] == "2":
            asked.set()
            await never.wait()
        return paged(6)(request)

    with open_store(tmp_path, clock, ALICE) as store:
        heard = Heard()
        worker = make_worker(store, clock, transport=Hosts(one_example=second_page_hangs))
        task = asyncio.create_task(worker.refresh(report=heard))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert heard[-1] == Progressed(ALICE.id, 2, 3, None)
        assert store.cursor(ALICE.id) == {"after": "2"}
        assert store.health(ALICE.id).failures == 0, "being told to stop is no failure"
        with store.refreshing() as free:
            assert free
        (result,) = await make_worker(store, clock, transport=Hosts(one_example=paged(6))).refresh()
        assert (result.new_posts, len(store.posts())) == (4, 6)


async def test_the_commit_under_way_is_finished_when_cancelled(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(tmp_path, clock, EVE) as store:
        loop, committing = asyncio.get_running_loop(), asyncio.Event()
        absorb = store.absorb

        def slow_absorb(batch: Batch) -> Absorbed:
            loop.call_soon_threadsafe(committing.set)
            return absorb(batch)

        monkeypatch.setattr(store, "absorb", slow_absorb)
        worker = make_worker(store, clock, Scripted(lambda who: batch(who, [1], cursor={"after": "1"})))
        task = asyncio.create_task(worker.refresh())
        await committing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert store.cursor(EVE.id) == {"after": "1"}
        assert len(store.posts()) == 1


async def test_storing_leaves_the_event_loop(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit ends only once the loop has answered it: on the loop itself it would never end."""
    with open_store(tmp_path, clock, EVE) as store:
        loop, absorb, answered = asyncio.get_running_loop(), store.absorb, threading.Event()

        def ask_the_loop(batch: Batch) -> Absorbed:
            loop.call_soon_threadsafe(answered.set)
            assert answered.wait(30)
            return absorb(batch)

        monkeypatch.setattr(store, "absorb", ask_the_loop)
        worker = make_worker(store, clock, Scripted(lambda who: batch(who, [1], cursor={"after": "1"})))
        assert [result.status for result in await worker.refresh()] == ["ok"]


async def test_a_safe_that_waits_for_the_user_holds_up_nobody_else(tmp_path: Path, clock: Clock) -> None:
    unlocked, heard = threading.Event(), Heard()

    class Waits(MemorySecrets):
        def get(self, account_id: str) -> str | None:
            assert unlocked.wait(30)
            return "s3cret"

    locked = [authorised(account(f"user{number}")) for number in range(7)]
    with open_store(tmp_path, clock, *locked, BOB) as store:
        hosts = Hosts(one_example=paged(1), two_example=paged(4))
        worker = make_worker(store, clock, transport=hosts, secrets=Waits())
        task = asyncio.create_task(worker.refresh(report=heard))
        (bob,) = await heard.wait_for(BOB.id, 1)
        assert bob.new_posts == 4
        assert sum(isinstance(event, Finished) for event in heard) == 1
        unlocked.set()
        assert {result.status for result in await task} == {"ok"}


async def test_stopping_while_waiting_for_the_turn_leaves_no_lock_behind(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(tmp_path, clock, ALICE) as store:
        loop, taking, go_on, refreshing = (
            asyncio.get_running_loop(),
            asyncio.Event(),
            threading.Event(),
            store.refreshing,
        )

        @contextmanager
        def slowly() -> Iterator[bool]:
            with refreshing() as ours:
                loop.call_soon_threadsafe(taking.set)
                assert go_on.wait(30)
                yield ours

        with monkeypatch.context() as slow:
            slow.setattr(store, "refreshing", slowly)
            task = asyncio.create_task(make_worker(store, clock).refresh())
            await taking.wait()
            task.cancel()
            go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await task
        with store.refreshing() as free:
            assert free
