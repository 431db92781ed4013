"""A taste before linking: honest, cheap, and harmless whatever the adapter does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Post, PostKind, Profile
from klout_tui.networks.base import Capabilities, CredentialRefused, Verified
from klout_tui.networks.http import Client
from klout_tui.worker.sampling import Sample, sample
from tests import secrets
from tests.worker.fakes import NOW, Clock, Hosts, Pages, Scripted, account, batch, no_sleep

ADA = account("ada")
FOUND = Verified(
    account=ADA, profile=Profile(handle="ada"), capabilities=Capabilities(True, True), hosts=("one.example",)
)


def post(days: float, *topics: str, kind: PostKind = PostKind.STATUS) -> Post:
    at = NOW - timedelta(days=days)
    return Post(id=f"https://one.example/ada/{days}/{kind}", account=ADA.id, kind=kind, at=at, topics=topics)


def posts(*some: Post) -> Batch:
    return Batch(account=ADA.id, cursor={"at": "x"}, posts=some)


async def taste(*script: object, **options: Any) -> Sample:
    network = Scripted(*script)
    return await sample(FOUND, network, None, clock=Clock(), sleep=no_sleep, **options)


async def test_it_counts_originals_and_topics_of_thirty_days() -> None:
    found = await taste(
        posts(post(1, "Python", "give aways"), post(2, "#python"), post(3, kind=PostKind.REPLY), post(40, "old"))
    )
    assert found == Sample(2, complete=True, topics=("python", "give-aways"))
    assert found.words == "2 posts in 30 days, 2 topics: python, give-aways"


async def test_more_than_three_topics_are_counted_and_some_named() -> None:
    found = await taste(posts(post(1, "a", "b", "c", "d"), post(2, "d")))
    assert found.words == "2 posts in 30 days, 4 topics: d, a, b …"


async def test_it_stops_once_it_knows() -> None:
    found = await taste(posts(post(1)), posts(), posts(post(31)), AssertionError("asked for more"))
    assert found == Sample(1, complete=True)


async def test_one_page_proves_nothing() -> None:
    assert await taste(posts(post(20), post(40)), posts(post(1), post(10))) == Sample(3, complete=True)
    assert (await taste(posts(post(20), post(40)), TimeoutError())).words == "at least 1 post in 30 days"


async def test_oldest_first_proves_nothing_until_the_end() -> None:
    assert await taste(posts(post(90)), posts(post(1), post(2))) == Sample(2, complete=True)
    half = await taste(posts(post(90)), posts(post(1)), TimeoutError())
    assert half == Sample(1, complete=False)
    assert half.words == "at least 1 post in 30 days"


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    patience, asked = asyncio.timeout(None), []

    def timeout(seconds: float) -> asyncio.Timeout:
        asked.append(seconds)
        return patience

    async def hang(_: Account) -> None:
        patience.reschedule(asyncio.get_running_loop().time())
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "timeout", timeout)
    assert await taste(posts(post(1)), hang, seconds=5) == Sample(1, complete=False)
    assert asked == [5]


async def test_three_requests_are_all_it_takes() -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        after = int(request.url.params["after"])
        return httpx.Response(200, json={"items": [after + 1], "next": after + 1})

    hosts = Hosts(one_example=endless)
    found = await sample(FOUND, Pages(), None, transport=hosts, clock=Clock(), sleep=no_sleep)
    assert len(hosts.seen) == 3
    assert (found.complete, found.trouble) == (False, "")


async def test_nothing_at_all_is_said_as_it_is() -> None:
    assert (await taste()).words == "no posts in 30 days"
    assert (await taste(posts(post(50)))).words == "no posts in 30 days"
    assert Sample().words == ""


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (CredentialRefused("this is not for you"), "A first look brought nothing: this is not for you"),
        (ZeroDivisionError("x"), "A first look brought nothing: the scripted adapter failed: ZeroDivisionError: x"),
        (SystemExit(3), "A first look brought nothing: the scripted adapter failed: SystemExit: 3"),
    ],
)
async def test_what_goes_wrong_is_told_and_raises_nothing(raised: BaseException, words: str) -> None:
    assert (await taste(raised)).words == words
    assert (await taste(posts(post(1)), raised)).words == "at least 1 post in 30 days"


async def test_what_is_no_batch_of_hers_is_not_counted() -> None:
    assert "instead of a batch" in (await taste("nonsense")).words
    assert "another account" in (await taste(batch(account("eve"), [1], cursor={}))).words


async def test_no_other_host_is_asked_and_no_secret_told() -> None:
    class Astray(Pages):
        async def refresh(self, account: Account, cursor: Cursor, client: Client, now: Any) -> AsyncIterator[Batch]:
            try:
                await client.get("https://two.example/")
            except Exception as error:
                raise RuntimeError(f"{error} with {client.token}") from error
            yield batch(account, [], cursor={})

    hosts = Hosts(two_example=lambda _: httpx.Response(200, json={}))
    found = await sample(FOUND, Astray(), secrets.KEPT_TOKEN, transport=hosts, clock=Clock(), sleep=no_sleep)
    assert hosts.seen == []
    assert "not one of the hosts" in found.trouble
    assert secrets.found_in(found.trouble) == []
