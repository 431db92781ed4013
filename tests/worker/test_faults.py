"""Each way a network or a plugin can fail, on a real socket, beside an account that must not notice."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from klout_tui.credentials import MemorySecrets
from klout_tui.errors import StoreError
from klout_tui.networks.base import Network, RateLimited, Unavailable
from klout_tui.networks.registry import Registry
from klout_tui.worker.events import Result
from klout_tui.worker.faults import fault_of
from tests.networks.misbehaving import (
    Behaviour,
    Misbehaving,
    cut_body,
    cut_gzip,
    gzip_bomb,
    html_body,
    json_body,
    raw,
    redirect,
    status,
)
from tests.worker.fakes import (
    NOW,
    Clock,
    Pages,
    Scripted,
    account,
    authorised,
    everything,
    make_worker,
    open_store,
    page,
)

WELL = json_body(page(0, 3, 3))
LOOP = redirect("/eve/items?after=0")

FAULTS: list[tuple[str, Behaviour | str, str, str]] = [
    ("429", status(429, {"Retry-After": "3600"}), "rate_limited", "asks us to slow down"),
    ("500", status(500), "unavailable", "in trouble"),
    ("503", status(503, {"Retry-After": "7200"}), "unavailable", "in trouble"),
    ("time-out", "hang", "unavailable", "took longer than"),
    ("drip", "drip", "unavailable", "took longer than"),
    ("cut body", cut_body(), "unavailable", "broke off"),
    ("cut gzip", cut_gzip(b'{"items": [1, 2, 3]}' * 50), "unavailable", "broke off"),
    ("wrong JSON", json_body({"items": "none"}), "not_understood", "expected a page of items"),
    ("web page", html_body("<h1>Welcome</h1>"), "not_understood", "expected a page of items"),
    ("redirect loop", LOOP, "not_understood", "redirects more than"),
    ("gzip bomb", gzip_bomb(50), "not_understood", ""),
    ("not HTTP", raw(b"\x00\x01\x02\r\n\r\n"), "unavailable", ""),
    ("gone", status(404), "not_found", "does not exist"),
    ("refused", status(401), "credential", "refused the token"),
]


@pytest.fixture
async def server() -> AsyncIterator[Misbehaving]:
    async with Misbehaving() as running:
        running.on("/alice/items", WELL)
        yield running


@pytest.mark.parametrize(("name", "behaviour", "kind", "words"), FAULTS, ids=[fault[0] for fault in FAULTS])
async def test_one_account_fails_alone_and_loses_nothing(
    server: Misbehaving, tmp_path: Path, name: str, behaviour: Behaviour | str, kind: str, words: str
) -> None:
    clock, secrets = Clock(), MemorySecrets()
    alice, eve = account("alice", server.url), authorised(account("eve", server.url))
    secrets.keep(eve.id, "s3cret-Token_value")
    with open_store(tmp_path, clock, alice, eve) as store:
        worker = make_worker(store, clock, secrets=secrets)
        server.on("/eve/items", json_body(page(0, 2, 2)))
        await worker.refresh(["eve"])
        before = [each for each in store.posts() if each.account == eve.id]
        cursor = store.cursor(eve.id)
        assert (len(before), cursor) == (2, {"after": "2"})

        server.on("/eve/items", getattr(server, behaviour) if isinstance(behaviour, str) else behaviour)
        clock.move(hours=1)
        well, failed = await worker.refresh()
        assert (well.status, well.new_posts) == ("ok", 3)
        assert failed.status == "failed"
        assert failed.fault is not None
        assert failed.fault.kind == kind
        assert words in failed.fault.message
        assert "s3cret" not in repr(failed)
        assert len(failed.fault.message) <= 300
        assert [each for each in store.posts() if each.account == eve.id] == before
        assert store.cursor(eve.id) == cursor
        health = store.health(eve.id)
        assert (health.failures, health.down_since, health.fault) == (1, clock.now, failed.fault)

        server.on("/eve/items", json_body({"items": [3, 4], "next": None}))
        clock.move(days=1)
        mended = (await worker.refresh(["eve"]))[0]
        assert (mended.status, mended.new_posts) == ("ok", 2)
        assert store.health(eve.id).down_since is None


@pytest.mark.parametrize(
    ("behaviour", "wait"),
    [(status(429, {"Retry-After": "3600"}), 3600), (status(503, {"Retry-After": "7200"}), 7200)],
)
async def test_the_wish_to_be_left_alone_outlives_the_program_and_force(
    server: Misbehaving, tmp_path: Path, behaviour: Behaviour, wait: int
) -> None:
    clock = Clock()
    server.on("/eve/items", behaviour)
    with open_store(tmp_path, clock, account("eve", server.url)) as store:
        (first,) = await make_worker(store, clock).refresh()
        assert first.fault is not None
        assert first.fault.retry_at == NOW + timedelta(seconds=wait)
    asked = len(server.seen)

    with open_store(tmp_path, clock) as store:
        worker = make_worker(store, clock, seed=2)
        clock.move(seconds=wait - 1)
        assert await worker.refresh(forced=False) == ()
        (held,) = await worker.refresh()
        assert (held.status, held.fault) == ("skipped", first.fault)
        assert len(server.seen) == asked, "the network was left alone"
        server.on("/eve/items", WELL)
        clock.move(seconds=1)
        (read,) = await worker.refresh(forced=False)
        assert read.status == "ok"


async def test_backoff_grows_across_restarts_of_the_program(server: Misbehaving, tmp_path: Path) -> None:
    clock = Clock()
    server.on("/eve/items", status(500))
    with open_store(tmp_path, clock, account("eve", server.url)):
        pass
    for failures in range(1, 6):
        with open_store(tmp_path, clock) as store:
            worker = make_worker(store, clock, seed=failures)
            (result,) = await worker.refresh(forced=False)
            assert result.status == "failed"
            health = store.health(result.account)
            assert (health.failures, health.down_since) == (failures, NOW)
            assert health.next_due is not None
            step = timedelta(minutes=2 ** (failures - 1))
            assert step / 2 <= health.next_due - clock.now <= step
            assert await worker.refresh(forced=False) == ()
            clock.now = health.next_due


async def test_a_refused_token_is_tried_again_only_when_forced(server: Misbehaving, tmp_path: Path) -> None:
    clock, secrets = Clock(), MemorySecrets()
    eve = authorised(account("eve", server.url))
    secrets.keep(eve.id, "s3cret")
    server.on("/eve/items", status(401))
    with open_store(tmp_path, clock, eve) as store:
        worker = make_worker(store, clock, secrets=secrets)
        await worker.refresh()
        asked = len(server.seen)
        clock.move(days=365)
        assert await worker.refresh(forced=False) == ()
        assert len(server.seen) == asked
        server.on("/eve/items", WELL)
        (result,) = await worker.refresh()
        assert result.status == "ok"


class Exits(Pages):
    """Tries to end the program."""

    name = "scripted"

    def refresh(self, *_: object) -> None:  # type: ignore[override]
        raise SystemExit(3)


class NoStream(Pages):
    """Returns what cannot be iterated."""

    name = "scripted"

    def refresh(self, *_: object) -> int:  # type: ignore[override]
        return 7


class UnspeakableError(Exception):
    """Cannot even say what it is."""

    def __str__(self) -> str:
        raise ValueError


PLUGINS: list[tuple[Network, str]] = [
    (Scripted(ValueError("broken \x1b[31m[/] s3cret-Token_value access_token=abc\nnext")), "ValueError: broken"),
    (Scripted(KeyError("statuses")), "KeyError"),
    (Scripted(UnspeakableError()), "UnspeakableError"),
    (Scripted(asyncio.CancelledError()), "CancelledError"),
    (Scripted(RecursionError()), "RecursionError"),
    (Scripted("no batch"), "str instead of a batch"),
    (Exits(), "SystemExit"),  # type: ignore[list-item]
    (NoStream(), "gives no batches one after the other"),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("plugin", "words"), PLUGINS, ids=[words for _, words in PLUGINS])
async def test_whatever_a_plugin_does_the_others_go_on(
    server: Misbehaving, tmp_path: Path, plugin: Network, words: str
) -> None:
    clock, secrets = Clock(), MemorySecrets()
    alice, eve = account("alice", server.url), authorised(account("eve", server.url, network="scripted"))
    secrets.keep(eve.id, "s3cret-Token_value")
    with open_store(tmp_path, clock, alice, eve) as store:
        well, failed = await make_worker(store, clock, Pages(), plugin, secrets=secrets).refresh()
        assert well.status == "ok"
        assert (failed.status, failed.fault and failed.fault.kind) == ("failed", "plugin")
        assert failed.fault is not None
        assert words in failed.fault.message
        for sign in ("\x1b", "\n", "s3cret", "abc"):
            assert sign not in failed.fault.message
        assert store.health(eve.id).fault == failed.fault


async def test_a_network_that_is_not_installed_fails_alone(server: Misbehaving, tmp_path: Path) -> None:
    clock = Clock()
    with open_store(
        tmp_path, clock, account("alice", server.url), account("eve", server.url, network="orkut")
    ) as store:
        well, failed = await make_worker(store, clock).refresh(["alice", "eve"])
        assert (well.status, failed.status) == ("ok", "failed")
        assert failed.fault is not None
        assert failed.fault.kind == "plugin"
        assert "orkut" in failed.fault.message


async def test_a_plugin_that_exits_while_it_is_loaded_fails_alone(
    server: Misbehaving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Registry.get

    def get(self: Registry, name: str) -> Network:
        return sys.exit(3) if name == "rude" else load(self, name)

    monkeypatch.setattr(Registry, "get", get)
    clock = Clock()
    rude = account("eve", server.url, network="rude")
    with open_store(tmp_path, clock, account("alice", server.url), rude) as store:
        well, failed = await make_worker(store, clock).refresh(["alice", "eve"])
        assert (well.status, failed.status) == ("ok", "failed")
        assert failed.fault is not None
        assert failed.fault.message == "the rude adapter tried to end the program"


async def test_a_failure_after_some_batches_resumes_where_it_stopped(server: Misbehaving, tmp_path: Path) -> None:
    clock = Clock()
    eve = account("eve", server.url)
    server.on("/eve/items", json_body(page(0, 6, 2)), json_body(page(2, 6, 2)), status(404))
    with open_store(tmp_path / "torn", clock, eve) as torn, open_store(tmp_path / "whole", clock, eve) as whole:
        (result,) = await make_worker(torn, clock).refresh()
        assert (result.status, result.new_posts, torn.cursor(eve.id)) == ("failed", 4, {"after": "4"})
        server.on("/eve/items", json_body(page(4, 6, 2)))
        await make_worker(torn, clock).refresh()
        server.on("/eve/items", json_body(page(0, 6, 6)))
        await make_worker(whole, clock).refresh()
        assert everything(torn) == everything(whole)


def test_every_fault_names_its_kind() -> None:
    later = NOW + timedelta(hours=1)
    limited = fault_of(RateLimited("slow down", retry_at=later), "pages")
    assert (limited.kind, limited.retry_at) == ("rate_limited", later)
    assert fault_of(StoreError("disk full", hint="Free some."), "pages").hint == "Free some."
    assert fault_of(Unavailable("x" * 1000), "pages").message.endswith("…")


def test_a_result_is_json_ready() -> None:
    result = Result(
        account="pages:eve@one.example",
        status="failed",
        fault=fault_of(RateLimited("slow down", retry_at=NOW), "pages"),
    )
    assert msgspec.json.decode(msgspec.json.encode(result)) == {
        "account": "pages:eve@one.example",
        "status": "failed",
        "new_posts": 0,
        "new_interactions": 0,
        "requests": 0,
        "seconds": 0.0,
        "fault": {"kind": "rate_limited", "message": "slow down", "retry_at": "2026-11-23T08:00:00Z"},
    }
    assert msgspec.json.decode(msgspec.json.encode(result), type=Result) == result
