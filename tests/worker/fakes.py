"""A small network for the worker's tests: pages of items over the real client, or whatever a test scripts.

``Pages`` reads ``{base_url}/{handle}/items?after=N``, each page ``{"items": [...], "next": N or null}``. Every item is
one post with one like on it and, on even numbers, one reply.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msgspec

from klout_tui.config import Settings
from klout_tui.credentials import MemorySecrets, Secrets
from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind, Post, PostKind, Profile
from klout_tui.networks.base import Capabilities, LinkRequest, Network, Verified
from klout_tui.networks.http import Client, Limits
from klout_tui.networks.registry import Registry
from klout_tui.store.store import Store
from klout_tui.worker.events import Event, Finished, Result
from klout_tui.worker.refresh import Worker

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
QUICK = Limits(timeout=0.05, connect=1.0, total=5.0, body=1024 * 1024)


class Clock:
    """A clock that stands until moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


async def no_sleep(_: float) -> None:
    """For clients: retry at once."""


class Page(msgspec.Struct):
    items: list[int]
    next: int | None = None


class Pages:
    """The network ``pages``."""

    name: ClassVar[str] = "pages"
    title: ClassVar[str] = "Pages"
    target_hint: ClassVar[str] = "alice@example.social"
    option_hints: ClassVar[Mapping[str, str]] = {}
    wants_token: ClassVar[str] = ""

    def origin(self, request: LinkRequest) -> str:
        return request.base_url or f"https://{request.target.partition('@')[2]}"

    def hosts(self, account: Account) -> tuple[str, ...]:
        return (httpx.URL(account.base_url).host,)

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        await client.get("/me")
        handle = request.target.partition("@")[0]
        found = account(handle, self.origin(request), at=now)
        return Verified(account=found, profile=Profile(handle=handle), capabilities=Capabilities(True, True))

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        after: int | None = int(cursor.get("after", "0"))
        while after is not None:
            answer = await client.get(f"/{account.handle}/items", params={"after": str(after)})
            page = answer.json(Page, "a page of items")
            last = max(page.items, default=after)
            yield batch(account, page.items, cursor={"after": str(last)})
            after = page.next


class Scripted(Pages):
    """Hands over what the test put in; exceptions in the list are raised."""

    name: ClassVar[str] = "scripted"

    def __init__(self, *script: object) -> None:
        self.script = script
        self.refreshes = 0

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        self.refreshes += 1
        for step in self.script:
            if isinstance(step, BaseException):
                raise step
            if callable(step):
                step = step(account)
                if isinstance(step, Awaitable):
                    await step
                    continue
            yield step  # type: ignore[misc]  # tests hand over wrong things on purpose


def account(
    handle: str, base_url: str = "https://one.example", *, network: str = "pages", at: datetime = NOW
) -> Account:
    host = httpx.URL(base_url).netloc.decode()
    return Account(
        id=f"{network}:{handle}@{host}",
        network=network,
        handle=handle,
        base_url=base_url,
        linked_at=at,
        keys=(f"{base_url}/{handle}",),
    )


def authorised(owner: Account) -> Account:
    """The same account, linked with a credential."""
    return msgspec.structs.replace(owner, authorised=True)


def batch(owner: Account, items: list[int], *, cursor: Cursor, text: str = "hello") -> Batch:
    """The posts and reactions of these items."""
    posts = tuple(
        Post(id=post_id(owner, item), account=owner.id, kind=PostKind.STATUS, at=moment(item), text=f"{text} {item}")
        for item in items
    )
    return Batch(
        account=owner.id,
        cursor=cursor,
        posts=posts,
        interactions=tuple(act for item in items for act in acts(owner, item)),
    )


def acts(owner: Account, item: int) -> list[Interaction]:
    fan = Actor(key=f"https://fans.example/{item % 7}", handle=f"fan{item % 7}@fans.example")
    post = post_id(owner, item)
    like = Interaction(
        id=f"{owner.id}/like/{fan.key}/{post}",
        account=owner.id,
        kind=InteractionKind.LIKE,
        actor=fan,
        at=moment(item) + timedelta(minutes=5),
        post=post,
    )
    reply = Interaction(
        id=f"{post}/reply",
        account=owner.id,
        kind=InteractionKind.REPLY,
        actor=fan,
        at=moment(item) + timedelta(minutes=9),
        post=post,
        text="well said",
    )
    return [like, reply] if item % 2 == 0 else [like]


def post_id(owner: Account, item: int) -> str:
    return f"{owner.base_url}/{owner.handle}/{item}"


def moment(item: int) -> datetime:
    return NOW - timedelta(days=40) + timedelta(hours=item)


def paged(upto: int, *, size: int = 2) -> Callable[[httpx.Request], httpx.Response]:
    """A host with items 1 … ``upto`` for everybody."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=page(int(request.url.params["after"]), upto, size))

    return answer


def page(after: int, upto: int, size: int) -> dict[str, Any]:
    items = list(range(after + 1, min(after + size, upto) + 1))
    return {"items": items, "next": items[-1] if items and items[-1] < upto else None}


class Hosts(httpx.AsyncBaseTransport):
    """An in-process internet: one answering function per host."""

    def __init__(self, **hosts: Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]) -> None:
        self.hosts = {name.replace("_", "."): answer for name, answer in hosts.items()}
        self.seen: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(f"{request.url.host}{request.url.path}")
        answer = self.hosts[request.url.host](request)
        return await answer if isinstance(answer, Awaitable) else answer


class Heard(list[Event]):
    """Collects what the worker reports."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def __call__(self, event: Event) -> None:
        self.append(event)
        self._news.set()

    def results(self, account_id: str) -> list[Result]:
        """How the refreshes of this account ended so far."""
        results = [event.result for event in self if isinstance(event, Finished)]
        return [result for result in results if result.account == account_id]

    async def wait_for(self, account_id: str, count: int) -> list[Result]:
        """Its results, once there are so many."""
        async with asyncio.timeout(30):
            while len(self.results(account_id)) < count:
                self._news.clear()
                await self._news.wait()
        return self.results(account_id)


def open_store(folder: Path, clock: Callable[[], datetime], *accounts: Account) -> Store:
    store = Store.open(folder, clock=clock, zone="UTC")
    for each in accounts:
        store.link(each)
    return store


def make_worker(
    store: Store,
    clock: Callable[[], datetime],
    *networks: Network,
    transport: httpx.AsyncBaseTransport | None = None,
    secrets: Secrets | None = None,
    settings: Settings | None = None,
    sleep: Callable[[float], Awaitable[None]] = no_sleep,
    seed: int = 1,
) -> Worker:
    return Worker(
        store,
        Registry({network.name: network for network in networks or (Pages(),)}),
        secrets or MemorySecrets(),
        settings or Settings(),
        transport=transport,
        clock=clock,
        sleep=sleep,
        rng=random.Random(seed),
        timer=lambda: 0.0,
        limits=QUICK,
    )


def everything(store: Store) -> str:
    """All that refreshing leaves behind, as comparable text: posts, interactions, day totals, cursors, profiles."""
    accounts = store.accounts(unlinked=True)
    kept = {
        "posts": store.posts(),
        "interactions": store.interactions(),
        "days": store.days(),
        "readings": store.readings(),
        "accounts": accounts,
        "cursors": {each.id: store.cursor(each.id) for each in accounts},
    }
    return json.dumps(msgspec.to_builtins(kept), sort_keys=True, indent=1)
