"""What the store makes of it: one like however it was seen, and the same whole however often it was interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from klout_tui.domain.model import InteractionKind
from klout_tui.networks.base import LinkRequest
from klout_tui.networks.bluesky import Bluesky
from klout_tui.networks.http import Client
from klout_tui.store import Store
from klout_tui.worker.border import admitted
from tests.conftest import FrozenClock
from tests.networks.bluesky_fake import (
    ADA,
    APP_PASSWORD,
    NOW,
    FakeBluesky,
    ada,
    her,
    like,
    notification,
    person,
    view,
)
from tests.networks.misbehaving import Misbehaving, json_body
from tests.networks.test_bluesky_recorded import ANSWERS, played

ID = f"bluesky:{ADA}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store", clock=FrozenClock(NOW)) as store:
        yield store


async def refresh(store: Store, net: FakeBluesky, *, login: bool, now: Any = NOW, batches: int = 10_000) -> None:
    """As the worker does it: each batch through the border, kept with its cursor before the next is asked for."""
    account = ada(authorised=login)
    async with net.client(APP_PASSWORD if login else None, account.base_url, hosts=Bluesky().hosts(account)) as client:
        stream = Bluesky().refresh(account, store.cursor(ID), client, now)
        async for batch in stream:
            store.absorb(admitted(batch, account, has_token=login))
            batches -= 1
            if not batches:
                await stream.aclose()  # type: ignore[attr-defined]  # an async generator
                return


def liked_and_shared() -> FakeBluesky:
    net = FakeBluesky(page=7)
    net.feed = [
        view(number, age=timedelta(days=2, hours=-number), likeCount=4, repostCount=2) for number in range(9, 0, -1)
    ]
    for post in net.feed:
        uri = post["uri"]
        post["viewer"] = {"like": f"at://{ADA}/app.bsky.feed.like/3x"}
        net.likes[uri] = [like(her()), *(like(person(number), age=timedelta(hours=number)) for number in range(3))]
        net.reposters[uri] = [person(1), person(2)]
        for number in range(3):
            at = timedelta(hours=number)
            net.notifications.append(
                notification(int(uri[-3:]) * 10 + number, "like", person(number), subject=uri, age=at)
            )
        for number in (1, 2):
            net.notifications.append(
                notification(int(uri[-3:]) * 10 + 5 + number, "repost", person(number), subject=uri)
            )
    net.notifications.sort(key=lambda each: each["indexedAt"], reverse=True)
    return net


def summed(store: Store) -> dict[str, tuple[int, int, int]]:
    """Named, unnamed and estimated, by kind."""
    sums: dict[str, tuple[int, int, int]] = {}
    for day in store.days():
        named, unnamed, estimated = sums.get(day.kind, (0, 0, 0))
        sums[day.kind] = (named + day.named, unnamed + day.unnamed, estimated + day.estimated)
    return sums


@pytest.mark.parametrize("first", [False, True])
async def test_one_act_is_one_by_whatever_route_it_is_seen(store: Store, first: bool) -> None:
    net = liked_and_shared()
    store.link(ada(authorised=first))
    await refresh(store, net, login=first)
    # her own likes are no engagement and leave no unnamed ones behind
    assert summed(store) == {"like": (27, 0, 0), "repost": (18, 0, 0 if first else 18)}
    seen = {act.id for act in store.interactions()}
    store.link(ada(authorised=not first))
    await refresh(store, net, login=not first)
    assert {act.id for act in store.interactions()} == seen
    assert summed(store) == {"like": (27, 0, 0), "repost": (18, 0, 0)}


@pytest.mark.parametrize("login", [True, False])
async def test_killed_after_every_batch_the_store_is_the_same(tmp_path: Path, login: bool) -> None:
    kept: list[Any] = []
    for folder, batches in (("whole", 10_000), ("pieces", 1)):
        net = liked_and_shared()
        with Store.open(tmp_path / folder, clock=FrozenClock(NOW)) as store:
            store.link(ada(authorised=login))
            for _ in range(40 if batches == 1 else 1):
                await refresh(store, net, login=login, batches=batches)
            posts = {post.id: post for post in store.posts()}
            acts = {act.id: act for act in store.interactions()}
            kept.append((posts, acts, summed(store)))
    assert kept[0] == kept[1]


async def test_a_handle_that_changed_is_the_same_account(store: Store) -> None:
    net = liked_and_shared()
    store.link(ada())
    await refresh(store, net, login=True)
    net.handle = "ada.new.example"
    await refresh(store, net, login=True, now=NOW + timedelta(days=1))
    (account,) = store.accounts()
    assert (account.id, account.handle) == (ID, "@ada.new.example")


async def test_a_server_on_this_machine_serves_for_everything(store: Store) -> None:
    async with Misbehaving() as server:
        for method, recording in ANSWERS.items():
            group = {
                "createSession": "com.atproto.server",
                "refreshSession": "com.atproto.server",
                "resolveHandle": "com.atproto.identity",
                "listNotifications": "app.bsky.notification",
                "getProfile": "app.bsky.actor",
                "getProfiles": "app.bsky.actor",
            }.get(method, "app.bsky.feed")
            answer = played(recording)
            server.on(f"/xrpc/{group}.{method}", json_body(answer.json(), code=answer.status_code))
        network = Bluesky()
        for token in (None, APP_PASSWORD):
            request = LinkRequest("ada.test", server.url)
            async with Client(base_url=network.origin(request), token=token) as client:
                verified = await network.verify(request, client, NOW)
            account = verified.account
            assert account.base_url == server.url
            store.link(account, verified.profile)
            async with Client(base_url=account.base_url, token=token, hosts=network.hosts(account)) as client:
                async for batch in network.refresh(account, store.cursor(account.id), client, NOW):
                    store.absorb(admitted(batch, account, has_token=token is not None))
    kinds = [act.kind for act in store.interactions()]
    assert kinds.count(InteractionKind.LIKE) == 4
    assert kinds.count(InteractionKind.FOLLOW) == 2
    assert kinds.count(InteractionKind.MENTION) == 1


async def test_trouble_on_the_way_to_a_server_on_this_machine_is_told_plainly() -> None:
    request = LinkRequest("ada.test", "http://127.0.0.1:9")
    async with Client(
        base_url=request.base_url, transport=httpx.MockTransport(lambda _: httpx.Response(200, text="<html>"))
    ) as client:
        with pytest.raises(Exception, match=r"expected a profile from 127\.0\.0\.1"):
            await Bluesky().verify(request, client, NOW)
