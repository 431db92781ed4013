"""Two networks that take what is written, as the real ones do, and ways for it to go wrong at every step."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx

from klout_tui.config import Settings
from klout_tui.credentials import MemorySecrets
from klout_tui.domain.batch import Batch
from klout_tui.domain.letters import Addressee, Allowed, Letter, Purpose
from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind, Post, PostKind
from klout_tui.networks.base import Network
from klout_tui.networks.bluesky import Bluesky
from klout_tui.networks.http import Limits
from klout_tui.networks.mastodon import Mastodon
from klout_tui.networks.registry import Registry
from klout_tui.store.store import Store
from klout_tui.worker.permission import Pen
from klout_tui.worker.posting import PostOffice
from tests import secrets
from tests.networks.bluesky_fake import ADA, FakeBluesky, ada, post_uri, refusal, view
from tests.networks.mastodon_fake import FakeMastodon, alice, status
from tests.worker.fakes import NOW, Clock, no_sleep

KEPT_FOR: timedelta = timedelta(hours=1)
"""How long Mastodon remembers an Idempotency-Key."""


class Killed(BaseException):
    """The program ends here, without a chance to do anything more."""


@dataclass
class Faults:
    """What happens to the one request that writes."""

    mode: str = ""
    """Empty: nothing. ``before …``: it never arrives; ``after …``: it does, and the answer gets lost somehow."""
    writes: int = 0
    """Requests to write that were begun."""

    def around(self, request: httpx.Request, do: Callable[[], httpx.Response]) -> httpx.Response:
        """The answer, or what comes instead."""
        self.writes += 1
        mode, self.mode = self.mode, ""
        when, _, how = mode.partition(" ")
        if when == "before":
            self._go_wrong(how, request)
            return httpx.Response(502, text="<html>bad gateway</html>", headers={"content-type": "text/html"})
        response = do()
        if when == "after":
            self._go_wrong(how, request)
            if how == "garbage":
                return httpx.Response(200, text="<html>hello</html>", headers={"content-type": "text/html"})
            return httpx.Response(502, text="<html>bad gateway</html>", headers={"content-type": "text/html"})
        return response

    def _go_wrong(self, how: str, request: httpx.Request) -> None:
        errors: dict[str, BaseException] = {
            "connect": httpx.ConnectError("refused", request=request),
            "timeout": httpx.ReadTimeout("nothing", request=request),
            "reset": httpx.ReadError("reset", request=request),
            "killed": Killed(),
        }
        if how in errors:
            raise errors[how]


@dataclass
class PostalMastodon(FakeMastodon):
    """Takes statuses: scopes, Idempotency-Key, search, delete."""

    faults: Faults = field(default_factory=Faults)
    clock: Callable[[], datetime] = lambda: NOW
    keys: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    keeps_keys: bool = True

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the server says."""
        if request.url.host != self.host:
            return super().answer(request)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        path = request.url.path
        if request.method != "GET":
            self.asked.append(request)
            if bearer not in (secrets.WRITE_TOKEN, secrets.MASTODON_TOKEN):
                return httpx.Response(401, json={"error": "The access token is invalid"})
            if bearer != secrets.WRITE_TOKEN:
                return httpx.Response(403, json={"error": "This action is outside the authorized scopes"})
            if request.method == "DELETE":
                return self._delete(path.rpartition("/")[2])
            return self.faults.around(request, lambda: self._create(request))
        if path == "/api/v2/search" and bearer:
            self.asked.append(request)
            wanted = request.url.params["q"]
            found = [each for each in (*self.statuses, *self.others) if wanted in (each["uri"], each["url"])]
            return httpx.Response(200, json={"accounts": [], "statuses": found, "hashtags": []})
        if bearer == secrets.WRITE_TOKEN:
            request.headers["authorization"] = f"Bearer {secrets.MASTODON_TOKEN}"
        return super().answer(request)

    def written(self) -> list[str]:
        """Texts of what was written here."""
        return [each["_typed"] for each in self.statuses if "_typed" in each]

    def _create(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        key, now = request.headers["idempotency-key"], self.clock()
        if self.keeps_keys and key in self.keys and now - self.keys[key][1] < KEPT_FOR:
            return httpx.Response(200, json=next(each for each in self.statuses if each["id"] == self.keys[key][0]))
        text = form["status"]
        if len(text) > 500:
            return httpx.Response(422, json={"error": "Validation failed: Text character limit of 500 exceeded"})
        answered = next((e for e in (*self.statuses, *self.others) if e["id"] == form.get("in_reply_to_id")), None)
        if "in_reply_to_id" in form and answered is None:
            return httpx.Response(404, json={"error": "The post you are trying to reply to does not appear to exist."})
        number = 9_000 + len(self.statuses) + len(self.deleted)
        shown = re.sub(r"@(\w+)@[\w.]+", r'<a href="https://x.example/@\1">@<span>\1</span></a>', html.escape(text))
        made = status(
            number,
            content="".join(f"<p>{part}</p>" for part in shown.split("\n\n")),
            created_at=now.isoformat().replace("+00:00", "Z"),
            visibility=form["visibility"],
            in_reply_to_id=form.get("in_reply_to_id"),
            in_reply_to_account_id=answered["account"]["id"] if answered else None,
            tags=[],
            replies_count=0,
            reblogs_count=0,
            favourites_count=0,
            _typed=text,
        )
        self.statuses.append(made)
        self.keys[key] = (made["id"], now)
        if answered is not None:
            answered["replies_count"] = (answered.get("replies_count") or 0) + 1
        return httpx.Response(200, json=made)

    def _delete(self, identifier: str) -> httpx.Response:
        found = next((each for each in self.statuses if each["id"] == identifier), None)
        if found is None:
            return httpx.Response(404, json={"error": "Record not found"})
        self.statuses.remove(found)
        self.deleted.append(identifier)
        return httpx.Response(200, json=found)


@dataclass
class PostalBluesky(FakeBluesky):
    """Takes records: keys of one's own, getRecord, deleteRecord."""

    faults: Faults = field(default_factory=Faults)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By key."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the network says."""
        name = request.url.path.rpartition(".")[2]
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if name not in ("putRecord", "getRecord", "deleteRecord", "getSession"):
            return super().answer(request)
        self.asked.append(request)
        if bearer in self.expired:
            return refusal(400, "ExpiredToken", "Token has expired")
        if not bearer.startswith("access-"):
            return refusal(401, "AuthMissing", "Authentication Required")
        if name == "getSession":
            return httpx.Response(200, json={"did": ADA, "handle": self.handle, "active": True})
        if name == "getRecord":
            found = self.records.get(request.url.params["rkey"])
            if found is None:
                return refusal(400, "RecordNotFound", "Could not locate record")
            return httpx.Response(200, json={"uri": self._uri(request.url.params["rkey"]), "value": found})
        body = json.loads(request.content)
        if name == "deleteRecord":
            self.records.pop(body["rkey"], None)
            return httpx.Response(200, json={})
        return self.faults.around(request, lambda: self._put(body))

    def written(self) -> list[str]:
        """Texts of what was written here."""
        return [each["text"] for each in self.records.values()]

    def _put(self, body: dict[str, Any]) -> httpx.Response:
        assert re.fullmatch(r"[234567a-z]{13}", body["rkey"])
        if len(body["record"]["text"]) > 300:
            return refusal(400, "InvalidRequest", "Invalid app.bsky.feed.post record: text must not be longer than 300")
        self.records[body["rkey"]] = body["record"]
        return httpx.Response(200, json={"uri": self._uri(body["rkey"]), "cid": "bafynew"})

    @staticmethod
    def _uri(rkey: str) -> str:
        return f"at://{ADA}/app.bsky.feed.post/{rkey}"


class Wire(httpx.AsyncBaseTransport):
    """To one of them; something may happen just before a request goes out."""

    def __init__(self, network: PostalMastodon | PostalBluesky) -> None:
        self.network = network
        self.meanwhile: Callable[[httpx.Request], Awaitable[None]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.meanwhile is not None:
            await self.meanwhile(request)
        return self.network.answer(request)


@dataclass
class PostBox:
    """A post office over a store on disk, and the network behind it."""

    home: Path
    network: PostalMastodon | PostalBluesky
    clock: Clock
    secrets: MemorySecrets
    wire: Wire
    account: Account
    act: Interaction
    text: str = "Thank you for passing it on!"

    def open(self) -> tuple[Store, PostOffice]:
        """As a program that has just started; close the store."""
        store = Store.open(self.home / "store", clock=self.clock, zone="Europe/Berlin")
        adapter: Network = Mastodon() if isinstance(self.network, PostalMastodon) else Bluesky()
        pen = Pen(
            store,
            Registry({adapter.name: adapter}),
            self.secrets,
            Settings(),
            transport=self.wire,
            clock=self.clock,
            sleep=no_sleep,
            limits=Limits(tries=2),
        )
        return store, PostOffice(pen)

    async def thank(self, office: PostOffice, text: str = "", **more: Any) -> Letter:
        """Thank for the one act there is."""
        return await office.send(
            self.account,
            Purpose.THANKS,
            text or self.text,
            to=(Addressee(key=self.act.actor.key, handle=self.act.actor.handle),),
            acts=(self.act.id,),
            answers=self.act.post or "",
            **more,
        )


def reopened(home: Path) -> PostBox:
    """What ``postal`` made for Mastodon, in another process."""
    return postal("mastodon", home, fresh=False)


def postal(which: str, home: Path, *, fresh: bool = True) -> PostBox:
    """A linked account that may write, with one post and one repost of it."""
    clock = Clock()
    network: PostalMastodon | PostalBluesky
    if which == "mastodon":
        first = status(1, visibility="public", tags=[], replies_count=0, reblogs_count=1, favourites_count=0)
        network = PostalMastodon(statuses=[first], clock=clock)
        account, post_id = alice(), first["uri"]
        fan = Actor(key="https://tech.example/users/bo", handle="@bo@tech.example", name="Bo")
        safe = MemorySecrets()
        safe.keep(account.id, secrets.MASTODON_TOKEN)
        safe.keep(f"writing of {account.id}", json.dumps({"token": secrets.WRITE_TOKEN}))
    else:
        network = PostalBluesky(feed=[view(1)])
        account, post_id = ada(), post_uri(1)
        fan = Actor(key="did:plc:bobobobobobobobobobobobo", handle="@bo.example", name="Bo")
        safe = MemorySecrets()
        safe.keep(account.id, secrets.BLUESKY_APP_PASSWORD)
    post = Post(
        id=post_id,
        account=account.id,
        kind=PostKind.STATUS,
        at=NOW - timedelta(days=1),
        text="Hello",
        topics=("python",),
    )
    act = Interaction(
        id=f"{account.id}/repost/{fan.key}/{post_id}",
        account=account.id,
        kind=InteractionKind.REPOST,
        actor=fan,
        at=NOW - timedelta(hours=2),
        post=post_id,
    )
    if fresh:
        with Store.open(home / "store", clock=clock, zone="Europe/Berlin") as store:
            store.link(account)
            store.absorb(Batch(account=account.id, cursor={}, posts=(post,), interactions=(act,)))
            store.allow_writing(account.id, Allowed(at=NOW))
    return PostBox(home, network, clock, safe, Wire(network), account, act)
