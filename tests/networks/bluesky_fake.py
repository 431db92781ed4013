"""A Bluesky server after the lexicons, for ``httpx.MockTransport``: login, feeds, lists, opaque cursors, refusals.

It is PDS and AppView in one; the host ``public.api.bsky.app`` is what everybody may read. Real answers are recorded in
``tests/recordings/bluesky``; see ``recorded``.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from klout_tui.domain.model import Account
from klout_tui.networks.http import Client, Limits
from tests import secrets

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ADA = "did:plc:adaadaadaadaadaadaadaada"
APP_PASSWORD = secrets.BLUESKY_APP_PASSWORD
BASE = "https://bsky.social"
PDS = "https://pds.example"
PUBLIC = "https://public.api.bsky.app"
RECORDINGS = Path(__file__).parent.parent / "recordings" / "bluesky"

Object = dict[str, Any]


def recorded(name: str) -> Object:
    """The body of a recorded answer."""
    value: Object = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))["body"]
    return value


def stamp(age: timedelta) -> str:
    """A time as the network writes it."""
    return (NOW - age).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def did(number: int) -> str:
    """Somebody's DID."""
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:06d}")
    return f"did:plc:{letters}{'x' * 18}"


def person(number: int, **changes: Any) -> Object:
    """app.bsky.actor.defs#profileView."""
    return {"did": did(number), "handle": f"p{number}.example", "displayName": f"P {number}", "labels": []} | changes


def her() -> Object:
    """Ada as the author of a post."""
    return {"did": ADA, "handle": "ada.example", "displayName": "Ada", "labels": []}


def post_uri(number: int, owner: str = ADA) -> str:
    """The address of a post."""
    return f"at://{owner}/app.bsky.feed.post/3post{number:06d}"


def ref(uri: str) -> Object:
    """com.atproto.repo.strongRef."""
    return {"uri": uri, "cid": "bafyfake"}


def record(text: str = "Hello", *, age: timedelta = timedelta(days=1), **changes: Any) -> Object:
    """app.bsky.feed.post."""
    return {"$type": "app.bsky.feed.post", "text": text, "createdAt": stamp(age), "langs": ["en"]} | changes


def answering(parent: str, root: str = "") -> Object:
    """The part of a record that makes it a reply."""
    return {"reply": {"root": ref(root or parent), "parent": ref(parent)}}


def quoting(uri: str) -> Object:
    """The part of a record that makes it a quote."""
    return {"embed": {"$type": "app.bsky.embed.record", "record": ref(uri)}}


def mentioning(who: str = ADA) -> Object:
    """The part of a record that mentions somebody."""
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": who}
    return {"facets": [{"index": {"byteStart": 0, "byteEnd": 4}, "features": [feature]}]}


def view(
    number: int,
    *,
    author: Object | None = None,
    age: timedelta = timedelta(days=1),
    said: Object | None = None,
    **changes: Any,
) -> Object:
    """app.bsky.feed.defs#postView."""
    author = author or her()
    return {
        "uri": post_uri(number, author["did"]),
        "cid": "bafyfake",
        "author": author,
        "record": said or record(f"Post {number}", age=age),
        "bookmarkCount": 0,
        "replyCount": 0,
        "repostCount": 0,
        "likeCount": 0,
        "quoteCount": 0,
        "indexedAt": stamp(age),
        "labels": [],
    } | changes


def reposted(number: int, inner: Object, *, age: timedelta = timedelta(days=1), **changes: Any) -> Object:
    """app.bsky.feed.defs#feedViewPost of a repost of hers."""
    return {
        "post": inner,
        "reason": {
            "$type": "app.bsky.feed.defs#reasonRepost",
            "by": her(),
            "uri": f"at://{ADA}/app.bsky.feed.repost/3repo{number:06d}",
            "indexedAt": stamp(age),
        }
        | changes,
    }


def notification(
    number: int,
    reason: str,
    who: Object,
    *,
    subject: str = "",
    age: timedelta = timedelta(hours=5),
    said: Object | None = None,
    **changes: Any,
) -> Object:
    """app.bsky.notification.listNotifications#notification."""
    collection = {"follow": "graph.follow", "like": "feed.like", "repost": "feed.repost"}.get(reason, "feed.post")
    told = said or {"$type": f"app.bsky.{collection}", "createdAt": stamp(age)} | (
        {"subject": ref(subject)} if subject else {}
    )
    return (
        {
            "uri": f"at://{who['did']}/app.bsky.{collection}/3noti{number:06d}",
            "cid": "bafyfake",
            "author": who,
            "reason": reason,
            "record": told,
            "isRead": False,
            "indexedAt": stamp(age),
            "labels": [],
        }
        | ({"reasonSubject": subject} if subject else {})
        | changes
    )


def like(who: Object, *, age: timedelta = timedelta(hours=5)) -> Object:
    """app.bsky.feed.getLikes#like."""
    return {"actor": who, "createdAt": stamp(age), "indexedAt": stamp(age)}


def refusal(status: int, error: str, message: str = "", headers: dict[str, str] | None = None) -> httpx.Response:
    """An error as every server of the protocol tells it."""
    return httpx.Response(status, json={"error": error, "message": message}, headers=headers)


@dataclass
class FakeBluesky:
    """The network. Change its lists between refreshes; look at ``asked`` afterwards."""

    feed: list[Object] = field(default_factory=list)
    """Of Ada: post views or feedViewPosts, newest first."""
    notifications: list[Object] = field(default_factory=list)
    """Newest first."""
    likes: dict[str, list[Object]] = field(default_factory=dict)
    """By address of a post."""
    reposters: dict[str, list[Object]] = field(default_factory=dict)
    quotes: dict[str, list[Object]] = field(default_factory=dict)
    threads: dict[str, list[Object]] = field(default_factory=dict)
    """Replies, as threadViewPosts."""
    followers: dict[str, int] = field(default_factory=dict)
    """By DID; everybody else has 7."""
    me: Object = field(default_factory=lambda: her() | {"followersCount": 12, "followsCount": 3, "postsCount": 40})
    handle: str = "ada.example"
    password: str = APP_PASSWORD
    endpoint: str = PDS
    """In the DID document."""
    page: int = 100
    """Largest page it gives."""
    cursors: str = "kept"
    """``kept``; or what happens to cursors of an earlier refresh: ``refused``, ``empty``, ``broken``."""
    overrides: dict[str, Callable[[httpx.Request], httpx.Response | None]] = field(default_factory=dict)
    """Method to another answer; None leaves it to the usual one."""
    asked: list[httpx.Request] = field(default_factory=list)
    issued: int = 0
    """Pairs of tokens given out."""
    expired: set[str] = field(default_factory=set)
    """Tokens that have run out."""
    generation: int = 0
    """Part of every cursor; raise it, and cursors given before count as of an earlier refresh."""
    kept: list[str] = field(default_factory=list)
    """Sessions the client was told to keep."""

    def client(
        self,
        token: str | None = APP_PASSWORD,
        base_url: str = BASE,
        session: str = "",
        hosts: tuple[str, ...] | None = None,
        limits: Limits | None = None,
    ) -> Client:
        """A client that talks to this network and never sleeps."""

        async def no_sleep(_: float) -> None:
            return None

        async def keep(session: str) -> None:
            self.kept.append(session)

        return Client(
            base_url=base_url,
            token=token,
            session=session or (self.kept[-1] if self.kept and token else ""),
            keep_session=keep,
            hosts=hosts,
            transport=httpx.MockTransport(self.answer),
            clock=lambda: NOW,
            sleep=no_sleep,
            limits=limits or Limits(tries=2),
        )

    def methods(self) -> list[str]:
        """Last parts of the methods asked so far."""
        return [request.url.path.rpartition(".")[2] for request in self.asked]

    def expire(self) -> None:
        """The access token given out last has run out."""
        self.expired.add(f"access-{self.issued}")

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the network says."""
        self.asked.append(request)
        method = request.url.path.removeprefix("/xrpc/")
        if other := self.overrides.get(method.rpartition(".")[2]):
            answer = other(request)
            if answer is not None:
                return answer
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if method == "com.atproto.server.createSession":
            return self._create(request)
        if method == "com.atproto.server.refreshSession":
            return self._refresh(bearer)
        if bearer in self.expired:
            return refusal(400, "ExpiredToken", "Token has expired")
        if bearer and not bearer.startswith("access-"):
            return refusal(400, "InvalidToken", "Token could not be verified")
        if not bearer and (request.url.host != "public.api.bsky.app" or method.startswith("app.bsky.notification")):
            return refusal(401, "AuthMissing", "Authentication Required")
        return self._query(method.rpartition(".")[2], request.url.params)

    def _create(self, request: httpx.Request) -> httpx.Response:
        given = json.loads(request.content)
        if given["identifier"] not in (self.handle, ADA) or given["password"] != self.password:
            return refusal(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._pair()

    def _refresh(self, bearer: str) -> httpx.Response:
        if bearer in self.expired:
            return refusal(400, "ExpiredToken", "Token has expired")
        if not bearer.startswith("refresh-"):
            return refusal(400, "InvalidToken", "Token could not be verified")
        return self._pair()

    def _pair(self) -> httpx.Response:
        self.issued += 1
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.endpoint}
        return httpx.Response(
            200,
            json={
                "accessJwt": f"access-{self.issued}",
                "refreshJwt": f"refresh-{self.issued}",
                "did": ADA,
                "handle": self.handle,
                "didDoc": {"id": ADA, "service": [service]},
                "active": True,
            },
        )

    def _query(self, name: str, params: httpx.QueryParams) -> httpx.Response:
        if name in ("getProfile", "getAuthorFeed") and params["actor"] not in (ADA, self.handle):
            return refusal(400, "InvalidRequest", "Profile not found")
        if name == "getProfile":
            return httpx.Response(200, json=self.me | {"handle": self.handle})
        if name == "resolveHandle":
            if params["handle"] != self.handle:
                return refusal(400, "InvalidRequest", "Unable to resolve handle")
            return httpx.Response(200, json={"did": ADA})
        if name == "getProfiles":
            some = params.get_list("actors")
            assert len(some) <= 25
            return httpx.Response(200, json={"profiles": [self._detailed(each) for each in some]})
        if name == "getPosts":
            wanted = params.get_list("uris")
            assert len(wanted) <= 25
            return httpx.Response(200, json={"posts": [each for each in self._hers() if each["uri"] in wanted]})
        if name == "getPostThread":
            return self._thread(params["uri"])
        lists: dict[str, tuple[str, list[Object]]] = {
            "getAuthorFeed": ("feed", [each if "post" in each else {"post": each} for each in self.feed]),
            "listNotifications": ("notifications", self.notifications),
            "getLikes": ("likes", self.likes.get(params.get("uri", ""), [])),
            "getRepostedBy": ("repostedBy", self.reposters.get(params.get("uri", ""), [])),
            "getQuotes": ("posts", self.quotes.get(params.get("uri", ""), [])),
        }
        if name not in lists:
            return refusal(501, "MethodNotImplemented", "Method Not Implemented")
        return self._page(*lists[name], params)

    def _hers(self) -> list[Object]:
        return [each.get("post", each) for each in self.feed if "reason" not in each]

    def _detailed(self, who: str) -> Object:
        return {"did": who, "handle": "somebody.example", "followersCount": self.followers.get(who, 7), "postsCount": 3}

    def _thread(self, uri: str) -> httpx.Response:
        found = next((each for each in self._hers() if each["uri"] == uri), None)
        if found is None:
            return refusal(400, "NotFound", f"Post not found: {uri}")
        top = {"$type": "app.bsky.feed.defs#threadViewPost", "post": found, "replies": self.threads.get(uri, [])}
        return httpx.Response(200, json={"thread": top})

    def _page(self, member: str, entries: list[Object], params: httpx.QueryParams) -> httpx.Response:
        """Cursors are tied to the entry before them, so that new entries on top move nothing."""
        limit = min(int(params.get("limit", "50")), self.page)
        start = 0
        if "cursor" in params:
            try:
                generation, _, after = base64.b64decode(params["cursor"]).decode().partition(" ")
            except ValueError:
                return refusal(400, "InvalidRequest", "Malformed cursor")
            if int(generation) < self.generation and self.cursors != "kept":
                if self.cursors == "empty":
                    return httpx.Response(200, json={member: []})
                if self.cursors == "broken":
                    return refusal(500, "InternalServerError", "Internal Server Error")
                return refusal(400, "InvalidRequest", "Malformed cursor")
            names = [_name(each) for each in entries]
            start = names.index(after) + 1 if after in names else len(names)
        some = entries[start : start + limit]
        body: Object = {member: copy.deepcopy(some)}
        if start + limit < len(entries) and some:
            body["cursor"] = base64.b64encode(f"{self.generation} {_name(some[-1])}".encode()).decode()
        return httpx.Response(200, json=body)


def _name(entry: Object) -> str:
    return json.dumps(
        [
            entry.get("uri"),
            entry.get("did"),
            entry.get("actor", {}).get("did"),
            entry.get("reason", {}),
            entry.get("post", {}).get("uri"),
        ]
    )


def ada(*, authorised: bool = True) -> Account:
    """Her account, as linking makes it."""
    return Account(
        id=f"bluesky:{ADA}",
        network="bluesky",
        handle="@ada.example",
        base_url=BASE if authorised else PUBLIC,
        linked_at=NOW,
        keys=(ADA,),
        authorised=authorised,
        options={"did": ADA, "login": "ada.example", "pds": PDS} if authorised else {"did": ADA},
    )
