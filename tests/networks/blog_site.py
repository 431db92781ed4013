"""A WordPress site made of recordings, and blogs made of a few answers, for the blog adapter's tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import msgspec

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Interaction, Post
from klout_tui.networks.base import LinkRequest, Verified
from klout_tui.networks.blog import Blog
from klout_tui.networks.http import Client

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SITE = "https://blog.example"

Query = tuple[tuple[str, str], ...]


def _place(url: httpx.URL) -> tuple[str, Query]:
    return str(url.copy_with(query=None)), tuple(sorted(url.params.multi_items()))


@cache
def _recorded() -> dict[tuple[str, Query], dict[str, Any]]:
    """Every recorded answer by address; 304s are given by the validators instead."""
    found = {}
    for path in sorted((RECORDINGS / "wordpress").glob("*.json")):
        envelope = json.loads(path.read_text(encoding="utf-8"))
        if envelope["status"] != 304:
            found[_place(httpx.URL(envelope["request"]["url"]))] = envelope
    return found


def feed_file(name: str) -> bytes:
    """One of the small broken feeds."""
    return (RECORDINGS / "feeds" / name).read_bytes()


def envelope(name: str) -> dict[str, Any]:
    """One recorded answer with what was asked."""
    found: dict[str, Any] = json.loads((RECORDINGS / "wordpress" / f"{name}.json").read_text(encoding="utf-8"))
    return found


@dataclass
class Site:
    """Answers from the recordings; ``closed`` paths are refused, ``instead`` answers are given before all others."""

    closed: tuple[str, ...] = ()
    instead: dict[str, Callable[[httpx.Request], httpx.Response]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    conditional: list[httpx.Headers] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.raw_path.decode())
        if special := self.instead.get(request.url.path):
            return special(request)
        if request.url.path.startswith(self.closed):
            body = {
                "code": "rest_not_logged_in",
                "message": "You are not currently logged in.",
                "data": {"status": 401},
            }
            return httpx.Response(401, json=body)
        answer = _recorded().get(_place(request.url))
        if answer is None:
            return httpx.Response(404, json={"code": "rest_no_route", "message": f"not recorded: {request.url}"})
        headers = httpx.Headers([(name, value) for name, value in answer["headers"]])
        if "if-none-match" in request.headers or "if-modified-since" in request.headers:
            self.conditional.append(request.headers)
            same = request.headers.get("if-none-match") == headers.get("etag")
            if same and request.headers.get("if-modified-since") == headers.get("last-modified"):
                return httpx.Response(304, headers=headers)
        return httpx.Response(answer["status"], headers=headers, text=answer["body"])


def pages(answers: Mapping[str, bytes | str | httpx.Response], asked: list[str] | None = None) -> Callable[..., Any]:
    """A site that answers whole addresses with given bodies, and 404 to all others."""

    def answer(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(str(request.url))
        found = answers.get(str(request.url))
        if found is None:
            return httpx.Response(404)
        return found if isinstance(found, httpx.Response) else httpx.Response(200, content=found)

    return answer


@dataclass
class Reading:
    """What one refresh brought."""

    batches: list[Batch]
    requests: int
    cursor: Cursor

    @property
    def posts(self) -> dict[str, Post]:
        """The last version of each post by id."""
        return {post.id: post for batch in self.batches for post in batch.posts}

    @property
    def interactions(self) -> dict[str, Interaction]:
        """The last version of each interaction by id."""
        return {thing.id: thing for batch in self.batches for thing in batch.interactions}

    @property
    def skipped(self) -> dict[str, int]:
        """Sum over the batches."""
        total: dict[str, int] = {}
        for batch in self.batches:
            for name, count in batch.skipped.items():
                total[name] = total.get(name, 0) + count
        return total


def client_of(answer: Callable[[httpx.Request], httpx.Response], hosts: Collection[str] | None = None) -> Client:
    """A client of that site that never waits, and asks no other than ``hosts``."""

    async def at_once(_: float) -> None:
        return None

    return Client(transport=httpx.MockTransport(answer), hosts=hosts, clock=lambda: NOW, sleep=at_once)


async def link(answer: Callable[[httpx.Request], httpx.Response], target: str = SITE, **options: str) -> Verified:
    """Link a blog on that site."""
    async with client_of(answer) as client:
        return await Blog().verify(LinkRequest(target, options=options), client, NOW)


async def refresh(
    answer: Callable[[httpx.Request], httpx.Response],
    account: Account,
    cursor: Cursor | None = None,
    *,
    now: datetime = NOW,
    batches: int | None = None,
) -> Reading:
    """One refresh, killed after so many batches."""
    got: list[Batch] = []
    async with client_of(answer, Blog().hosts(account)) as client:
        async for batch in Blog().refresh(account, dict(cursor or {}), client, now):
            got.append(batch)
            if batches is not None and len(got) == batches:
                break
        requests = client.requests
    return Reading(got, requests, got[-1].cursor if got else dict(cursor or {}))


def without_rest(account: Account) -> Account:
    """The same account as if WordPress's REST API were closed."""
    kept = {name: value for name, value in account.options.items() if not name.startswith("rest")}
    return msgspec.structs.replace(account, options=kept)
