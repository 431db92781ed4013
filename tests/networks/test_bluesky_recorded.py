"""What a real network answered, recorded: what it means, and that every route tells the same."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Interaction, InteractionKind, PostKind
from klout_tui.networks.base import LinkRequest, NetworkError
from klout_tui.networks.bluesky import Bluesky
from klout_tui.networks.bluesky.session import Session
from klout_tui.networks.http import Client, Limits
from tests.networks.bluesky_fake import APP_PASSWORD, RECORDINGS

ADA, BEN = (f"did:plc:{name * 8}" for name in ("ada", "ben"))
NOW = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
TAGGED = f"at://{ADA}/app.bsky.feed.post/3recordingaa5"
QUIET = json.dumps({"likes": [], "repostedBy": [], "posts": []})

ANSWERS = {
    "getProfile": "profile",
    "getProfiles": "profiles",
    "getAuthorFeed": "author-feed",
    "getLikes": "likes",
    "getRepostedBy": "reposted-by",
    "getQuotes": "quotes",
    "getPostThread": "thread",
    "createSession": "session",
    "refreshSession": "session-refreshed",
    "listNotifications": "notifications",
    "resolveHandle": "handle",
}


def played(name: str) -> httpx.Response:
    """A recorded answer."""
    told = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    return httpx.Response(told["status"], json=told["body"], headers=told["headers"])


@asynccontextmanager
async def replaying(base_url: str, token: str | None = None, **other: str) -> AsyncIterator[Client]:
    """A client that hears recordings; ``other`` names another one for a method."""

    def answer(request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition(".")[2]
        return played(({**ANSWERS, **other})[method])

    async with Client(
        base_url=base_url,
        token=token,
        transport=httpx.MockTransport(answer),
        clock=lambda: NOW,
        limits=Limits(tries=1),
    ) as client:
        yield client


async def read(token: str | None = None) -> list[Batch]:
    network = Bluesky()
    request = LinkRequest("ada.test", "https://pds.example" if token else "https://appview.example")
    async with replaying(network.origin(request), token) as client:
        account = (await network.verify(request, client, NOW)).account
    assert account.id == f"bluesky:{ADA}"
    async with replaying(account.base_url, token) as client:
        return [batch async for batch in network.refresh(account, {}, client, NOW)]


def acts(batches: list[Batch]) -> dict[str, Interaction]:
    return {act.id: act for batch in batches for act in batch.interactions}


async def test_posts_with_tags_dates_kinds_and_counters() -> None:
    batches = await read()
    found = {post.id.rpartition("/")[2]: post for batch in batches for post in batch.posts}
    tagged = found["3recordingaa5"]
    assert tagged.topics == ("Python", "Sundials", "garden")
    assert tagged.text == "Sonnenuhr – mit #Python und #Sundials ☀️"
    assert tagged.counters == {
        InteractionKind.LIKE: 4,
        InteractionKind.REPOST: 2,
        InteractionKind.QUOTE: 1,
        InteractionKind.REPLY: 2,
        InteractionKind.BOOKMARK: 0,
    }
    assert tagged.url == f"https://bsky.app/profile/{ADA}/post/3recordingaa5"
    assert found["3recordingaa4"].at == datetime(2026, 11, 1, 8, 15, 22, 904000, tzinfo=UTC)
    assert {key: post.kind for key, post in found.items()} == {
        "3recordinga25": PostKind.STATUS,
        "3recordingabd": PostKind.REPOST,
        "3recordingaa7": PostKind.REPLY,
        "3recordingaa5": PostKind.STATUS,
        "3recordingaa4": PostKind.STATUS,
    }
    assert found["3recordingaa7"].reply_to == f"at://{BEN}/app.bsky.feed.post/3recordingaa6"


async def test_without_a_login_nearly_everything_is_seen() -> None:
    found = acts(await read()).values()
    assert sorted((act.kind.value, act.actor.handle) for act in found if not act.own) == [
        ("like", "@ben.test"),
        ("like", "@cleo.test"),
        ("like", "@dan.test"),
        ("quote", "@cleo.test"),
        ("reply", "@ben.test"),
        ("reply", "@ben.test"),
        ("reply", "@cleo.test"),
        ("repost", "@ben.test"),
        ("repost", "@dan.test"),
    ]
    assert all(act.post == TAGGED for act in found)
    assert {act.kind for act in found if act.estimated} == {InteractionKind.REPOST}
    assert {act.actor.handle for act in found if not act.public} == {"@dan.test"}
    assert all(act.actor.followers is not None for act in found if not act.own)


async def test_with_a_login_the_same_and_more_under_the_same_ids() -> None:
    stranger, owner = acts(await read()), acts(await read(APP_PASSWORD))
    theirs = {key: act for key, act in stranger.items() if not act.own}
    assert theirs.keys() < owner.keys()
    assert {(key, act.kind, act.post) for key, act in theirs.items()} <= {
        (key, act.kind, act.post) for key, act in owner.items()
    }
    more = {key: act for key, act in owner.items() if key not in stranger}
    assert sorted(act.kind.value for act in more.values()) == ["follow", "follow", "mention"]
    assert not any(act.estimated for act in owner.values())


async def test_what_is_no_act_towards_her_is_counted_apart() -> None:
    batches = await read(APP_PASSWORD)
    assert {name: count for batch in batches for name, count in batch.skipped.items()} == {
        "like-via-repost": 1,
        "repost-via-repost": 1,
    }


@pytest.mark.parametrize(
    ("recording", "error", "words"),
    [
        ("profile-unknown", "NotFound", "Profile not found"),
        ("profile-deactivated", "NotFound", "this account is deactivated"),
        ("handle-unknown", "NotFound", "Unable to resolve handle"),
        ("author-feed-unknown", "NotFound", "Profile not found"),
        ("author-feed-bad-cursor", "Unavailable", "in trouble"),
        ("thread-deleted", "NotFound", "Post not found"),
        ("pds-anonymous", "CredentialRefused", "shows nothing without a login"),
        ("no-such-method", "NotUnderstood", "is not known to"),
    ],
)
async def test_recorded_refusals(recording: str, error: str, words: str) -> None:
    async with replaying("https://appview.example", getProfile=recording) as client:
        session = Session(client, did=ADA, login=ADA, origin="https://appview.example")
        with pytest.raises(NetworkError, match=words) as caught:
            await session.query("app.bsky.actor.getProfile", {"actor": ADA})
    assert type(caught.value).__name__ == error


@pytest.mark.parametrize(
    ("recording", "error", "words"),
    [
        ("session-refused", "WrongPassword", "does not know this handle with this app password"),
        ("session-deactivated", "CredentialRefused", "this account is deactivated"),
        ("appview-login", "NotUnderstood", "no server to log in at"),
    ],
)
async def test_recorded_refusals_of_a_login(recording: str, error: str, words: str) -> None:
    async with replaying("https://pds.example", APP_PASSWORD, createSession=recording) as client:
        with pytest.raises(NetworkError, match=words) as caught:
            await Bluesky().verify(LinkRequest("ada.test", "https://pds.example"), client, NOW)
    assert type(caught.value).__name__ == error


@pytest.mark.parametrize("recording", ["notifications-expired", "notifications-invalid", "notifications-missing"])
async def test_recorded_ends_of_a_session_lead_to_a_new_one(recording: str) -> None:
    answers = [played(recording), played("notifications")]
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition(".")[2]
        asked.append(method)
        return answers.pop(0) if method == "listNotifications" else played(ANSWERS[method])

    kept: Any = json.dumps({"did": ADA, "access": "old-access", "refresh": "old-refresh"})
    async with Client(
        base_url="https://pds.example",
        token=APP_PASSWORD,
        session=kept,
        transport=httpx.MockTransport(answer),
        clock=lambda: NOW,
    ) as client:
        session = Session(client, did=ADA, login=ADA, origin="https://pds.example")
        await session.query("app.bsky.notification.listNotifications", {})
        assert json.loads(client.session)["access"] == "access-token"
    assert asked == ["listNotifications", "refreshSession", "listNotifications"]


@pytest.mark.parametrize("recording", ["refresh-expired", "refresh-wrong"])
async def test_recorded_ends_of_both_tokens_lead_to_a_login(recording: str) -> None:
    async with replaying("https://pds.example", APP_PASSWORD, refreshSession=recording) as client:
        session = Session(client, did=ADA, login=ADA, origin="https://pds.example")
        await session.query("app.bsky.notification.listNotifications", {})
        tokens = session._tokens
        assert await session._renewed(tokens) is not tokens
        assert [asked.place.rpartition(".")[2] for asked in client.record.asked] == [
            "createSession",
            "listNotifications",
            "refreshSession",
            "createSession",
        ]
