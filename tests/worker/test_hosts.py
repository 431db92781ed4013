"""No host but those an account was linked with; what a plugin names is looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.http import Client
from klout_tui.worker.faults import AdapterError
from klout_tui.worker.hosts import MOST, hosts_of
from tests.worker.fakes import NOW, Clock, Hosts, Pages, account, make_worker, open_store, paged

ALICE = account("alice")


class Names(Pages):
    """Names the hosts the test wants named."""

    def __init__(self, hosts: Any) -> None:
        self.named = hosts

    def hosts(self, account: Account) -> tuple[str, ...]:
        if isinstance(self.named, BaseException):
            raise self.named
        return self.named  # type: ignore[no-any-return]  # tests name wrong things on purpose


@pytest.mark.parametrize(
    ("named", "hosts"),
    [
        ((), ("one.example",)),
        (("one.example", "API.Two.example", "api.two.example"), ("one.example", "api.two.example")),
        (["xn--bcher-kva.example", ""], ("one.example", "bücher.example")),
        (("127.0.0.1", "::1", "[::1]"), ("one.example", "127.0.0.1", "::1")),
        (iter(["two.example"]), ("one.example", "two.example")),
    ],
)
def test_its_own_host_comes_first_and_each_once(named: Any, hosts: tuple[str, ...]) -> None:
    assert hosts_of(Names(named), ALICE) == hosts


@pytest.mark.parametrize(
    "named",
    [
        None,
        7,
        "two.example",
        (None,),
        ("https://two.example",),
        ("two.example/path",),
        ("two.example:8080",),
        ("me@two.example",),
        ("two example",),
        ("two.example?x",),
        ("\x1b[31m",),
        tuple(f"h{number}.example" for number in range(MOST + 5)),
    ],
)
def test_what_is_no_host_is_said_so(named: Any) -> None:
    with pytest.raises(AdapterError, match=r"the pages adapter named") as raised:
        hosts_of(Names(named), ALICE)
    assert "\x1b" not in raised.value.message


class Wanders(Pages):
    """Goes where it was not linked, by itself and by redirect."""

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        yield Batch(account=account.id, cursor={"after": "0"})
        await client.get("/away" if not cursor else "https://two.example/")


async def test_a_refresh_asks_its_hosts_and_no_other(tmp_path: Path) -> None:
    clock = Clock()
    transport = Hosts(
        one_example=lambda _: httpx.Response(302, headers={"Location": "https://two.example/"}),
        two_example=paged(1),
    )
    with open_store(tmp_path, clock, ALICE) as store:
        worker = make_worker(store, clock, Wanders(), transport=transport)
        for words in (r"one.example/away redirects to two.example", r"two.example is not one of the hosts"):
            (result,) = await worker.refresh()
            assert result.fault is not None
            assert result.fault.kind == "not_understood"
            assert words in result.fault.message
            assert "link it again" in result.fault.hint
    assert transport.seen == ["one.example/away"]


@pytest.mark.parametrize("wrong", [ValueError("no hosts"), SystemExit(3), None, ("https://x.example",)])
async def test_an_adapter_that_cannot_name_its_hosts_asks_nobody(tmp_path: Path, wrong: Any) -> None:
    clock, transport = Clock(), Hosts(one_example=paged(1))
    with open_store(tmp_path, clock, ALICE) as store:
        (result,) = await make_worker(store, clock, Names(wrong), transport=transport).refresh()
    assert result.fault is not None
    assert result.fault.kind == "plugin"
    assert transport.seen == []


async def test_the_worker_remembers_what_each_account_just_asked(tmp_path: Path) -> None:
    clock, bob = Clock(), account("bob", "https://two.example")
    limits = {"x-ratelimit-remaining": "7", "x-ratelimit-limit": "9", "x-ratelimit-reset": "60"}

    def limited(request: httpx.Request) -> httpx.Response:
        answer = paged(3)(request)
        answer.headers.update(limits)
        return answer

    with open_store(tmp_path, clock, ALICE, bob) as store:
        worker = make_worker(store, clock, transport=Hosts(one_example=limited, two_example=paged(0)))
        assert worker.record(ALICE.id) is None
        await worker.refresh()
        alice, record = worker.record(ALICE.id), worker.record(bob.id)
        assert alice is not None
        assert record is not None
        assert [(each.place, each.outcome) for each in alice.asked] == [("one.example/alice/items", "200")] * 2
        assert (record.total, record.left) == (1, {})
        assert alice.left[""].remaining == 7
        assert alice.left[""].resets_at == NOW + timedelta(minutes=1)
        await worker.refresh([ALICE.id])
        newer = worker.record(ALICE.id)
        assert newer is not None
        assert newer is not alice
        assert newer.total == 1


async def test_a_limit_used_up_at_the_end_is_known_to_the_next_refresh(tmp_path: Path) -> None:
    clock = Clock()

    def spent(request: httpx.Request) -> httpx.Response:
        answer = paged(1)(request)
        answer.headers.update({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "600"})
        return answer

    transport = Hosts(one_example=spent)
    with open_store(tmp_path, clock, ALICE) as store:
        worker = make_worker(store, clock, transport=transport)
        (first,) = await worker.refresh()
        (second,) = await worker.refresh()
        assert (first.status, second.status, second.requests) == ("ok", "failed", 0)
        assert second.fault is not None
        assert (second.fault.kind, second.fault.retry_at) == ("rate_limited", NOW + timedelta(minutes=10))
        clock.move(minutes=11)
        (third,) = await worker.refresh()
        assert third.status == "unchanged"
    assert len(transport.seen) == 2
