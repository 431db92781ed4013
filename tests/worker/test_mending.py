"""A refused credential is not presented again until it is mended, not even by the next start; the others go on."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from klout_tui.credentials import MemorySecrets
from klout_tui.networks.base import LinkRequest
from klout_tui.worker.linking import link
from tests.worker.fakes import Clock, Hosts, Pages, account, authorised, make_worker, no_sleep, open_store, paged

ADA, BO = authorised(account("ada", "https://one.example")), account("bo", "https://two.example")


def refuse(_: httpx.Request) -> httpx.Response:
    return httpx.Response(401, json={"error": "The access token is invalid"})


def well(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={}) if request.url.path == "/me" else paged(2)(request)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_credential_rests_until_mended(tmp_path: Path, status: int) -> None:
    clock, secrets = Clock(), MemorySecrets()
    secrets.keep(ADA.id, "old")
    hosts = Hosts(one_example=lambda _: httpx.Response(status, json={"error": "no"}), two_example=paged(2))
    with open_store(tmp_path, clock, ADA, BO) as store:
        worker = make_worker(store, clock, transport=hosts, secrets=secrets)
        results = {each.account: each.status for each in await worker.refresh(forced=False)}
        assert results == {ADA.id: "failed", BO.id: "ok"}
    asked = hosts.seen.count("one.example/ada/items")
    assert asked == 1

    for _ in range(3):  # starts of the program, days apart
        clock.move(days=7)
        with open_store(tmp_path, clock) as store:
            worker = make_worker(store, clock, transport=hosts, secrets=secrets)
            assert [each.account for each in await worker.refresh(forced=False)] == [BO.id]
            assert store.health(ADA.id).fault is not None
    assert hosts.seen.count("one.example/ada/items") == asked

    hosts.hosts["one.example"] = well
    with open_store(tmp_path, clock) as store:
        request = LinkRequest("ada@one.example")
        await link(request, Pages(), "new", store=store, secrets=secrets, transport=hosts, clock=clock, sleep=no_sleep)
        worker = make_worker(store, clock, transport=hosts, secrets=secrets)
        (result,) = await worker.refresh(forced=False)
        assert (result.account, result.status) == (ADA.id, "ok")


async def test_asking_for_it_by_hand_tries_once(tmp_path: Path) -> None:
    clock, secrets = Clock(), MemorySecrets()
    secrets.keep(ADA.id, "old")
    hosts = Hosts(one_example=refuse)
    with open_store(tmp_path, clock, ADA) as store:
        worker = make_worker(store, clock, transport=hosts, secrets=secrets)
        await worker.refresh()
        await worker.refresh()
        assert len(hosts.seen) == 2
        clock.move(days=1)
        assert await worker.refresh(forced=False) == ()
