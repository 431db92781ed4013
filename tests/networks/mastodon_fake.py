"""A Mastodon server made of recordings, for ``httpx.MockTransport``: pages, cursors, Link headers, deletions."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from klout_tui.domain.model import Account
from klout_tui.networks.http import Client, Limits
from tests import secrets

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TOKEN = secrets.MASTODON_TOKEN
RECORDINGS = Path(__file__).parent.parent / "recordings" / "mastodon"

Entity = dict[str, Any]


def recorded(name: str, **changes: Any) -> Entity:
    """A recorded object, with members replaced."""
    value: Entity = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    return value | changes


def recorded_list(name: str) -> list[Entity]:
    """A recorded list."""
    value: list[Entity] = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    return value


def status(number: int, *, age: timedelta = timedelta(days=1), **changes: Any) -> Entity:
    """A status of Alice's."""
    return recorded("status") | {
        "id": str(number),
        "uri": f"https://social.example/users/alice/statuses/{number}",
        "url": f"https://social.example/@alice/{number}",
        "created_at": (NOW - age).isoformat().replace("+00:00", "Z"),
        **changes,
    }


def person(number: int, **changes: Any) -> Entity:
    """Somebody on another server."""
    return recorded("account_ada") | {
        "id": str(number),
        "username": f"p{number}",
        "acct": f"p{number}@tech.example",
        "uri": f"https://tech.example/users/p{number}",
        "url": f"https://tech.example/@p{number}",
        **changes,
    }


def favourite(number: int, liked: Entity, who: Entity, *, age: timedelta = timedelta(hours=5)) -> Entity:
    """A notification of a like."""
    at = (NOW - age).isoformat().replace("+00:00", "Z")
    return {"id": str(number), "type": "favourite", "created_at": at, "account": who, "status": liked}


@dataclass
class FakeMastodon:
    """The server. Change its lists between refreshes; look at ``asked`` afterwards."""

    statuses: list[Entity] = field(default_factory=list)
    """Alice's, in any order."""
    others: list[Entity] = field(default_factory=list)
    """Further statuses that can be asked for by id."""
    notifications: list[Entity] = field(default_factory=list)
    people: dict[str, list[Entity]] = field(default_factory=dict)
    """``{status id}/{favourited_by or reblogged_by}`` to accounts."""
    contexts: dict[str, Entity] = field(default_factory=dict)
    me: Entity = field(default_factory=lambda: recorded("credential_account_alice"))
    instance: Entity | None = field(default_factory=lambda: recorded("instance_v2"))
    anonymous: bool = True
    """Whether strangers are shown anything."""
    batch_read: bool = True
    links: bool = True
    overrides: dict[str, Callable[[httpx.Request], httpx.Response]] = field(default_factory=dict)
    """Path to another answer."""
    asked: list[httpx.Request] = field(default_factory=list)
    host: str = "social.example"

    def client(
        self,
        token: str | None = TOKEN,
        base_url: str = "https://social.example",
        hosts: Collection[str] | None = ("social.example",),
    ) -> Client:
        """A client that talks to this server, to no other host than ``hosts``, and never sleeps."""

        async def no_sleep(_: float) -> None:
            return None

        return Client(
            base_url=base_url,
            token=token,
            hosts=hosts,
            transport=httpx.MockTransport(self.answer),
            clock=lambda: NOW,
            sleep=no_sleep,
            limits=Limits(tries=2),
        )

    def paths(self) -> list[str]:
        """Paths asked so far."""
        return [request.url.path for request in self.asked]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the server says."""
        self.asked.append(request)
        path = request.url.path
        if path in self.overrides:
            return self.overrides[path](request)
        if request.url.host != self.host:
            return httpx.Response(404, text="Not Found")
        if path == "/api/v2/instance":
            return httpx.Response(200, json=self.instance) if self.instance else _missing()
        authorised = request.headers.get("authorization") == f"Bearer {TOKEN}"
        if "authorization" in request.headers and not authorised:
            return httpx.Response(401, json={"error": "The access token is invalid"})
        if not (authorised or self.anonymous):
            return httpx.Response(401, json={"error": "This API requires an authenticated user"})
        return self._api(request, path, authorised)

    def _api(self, request: httpx.Request, path: str, authorised: bool) -> httpx.Response:
        me = self.me["id"]
        if path == "/api/v1/accounts/lookup":
            found = request.url.params["acct"].lower() == self.me["username"].lower()
            return httpx.Response(200, json=self._public_me()) if found else _missing()
        if path == f"/api/v1/accounts/{me}":
            return httpx.Response(200, json=self._public_me())
        if path == f"/api/v1/accounts/{me}/statuses":
            shown = [each for each in self.statuses if authorised or each.get("visibility") in ("public", "unlisted")]
            return self._page(request, shown, 40)
        if path == "/api/v1/statuses" and self.batch_read:
            wanted = request.url.params.get_list("id[]")
            return httpx.Response(200, json=[each for each in self.statuses + self.others if each["id"] in wanted])
        parts = path.split("/")
        if path.startswith("/api/v1/statuses/") and len(parts) == 5:
            return self._one(parts[4])
        if path.endswith(("/favourited_by", "/reblogged_by")):
            return self._page(request, self.people.get(f"{parts[4]}/{parts[5]}", []), 80, by_place=True)
        if path.endswith("/context") and parts[4] in self.contexts:
            return httpx.Response(200, json=self.contexts[parts[4]])
        if path == "/api/v1/accounts/verify_credentials" and authorised:
            return httpx.Response(200, json=self.me)
        if path == "/api/v1/notifications" and authorised:
            return self._page(request, self.notifications, 80)
        return _missing()

    def _public_me(self) -> Entity:
        return {name: value for name, value in self.me.items() if name not in ("source", "role")}

    def _one(self, status_id: str) -> httpx.Response:
        for each in self.statuses + self.others:
            if each["id"] == status_id:
                return httpx.Response(200, json=each)
        return _missing()

    def _page(
        self, request: httpx.Request, entities: list[Entity], most: int, *, by_place: bool = False
    ) -> httpx.Response:
        """Mastodon's paging: ``min_id`` gives the oldest of what is newer, each page newest first."""
        params = request.url.params
        limit = min(int(params.get("limit", "20")), most)

        def key(entity: Entity) -> tuple[int, str]:
            return len(entity["id"]), entity["id"]

        if by_place:  # internal cursors: places in the list
            start = int(params.get("max_id", "0"))
            page, following = entities[start : start + limit], str(start + limit)
            more = len(entities) > start + limit
        else:
            found = sorted((each for each in entities if "id" in each), key=key, reverse=True)
            if "max_id" in params:
                found = [each for each in found if key(each) < (len(params["max_id"]), params["max_id"])]
            if "min_id" in params:
                found = [each for each in found if key(each) > (len(params["min_id"]), params["min_id"])][-limit:]
            page = found[:limit]
            following, more = (page[-1]["id"] if page else ""), len(page) == limit
        headers = {}
        if self.links and page:
            base = f"https://{self.host}{request.url.path}?limit={limit}"
            links = [f'<{base}&max_id={following}>; rel="next"'] if more else []
            links.append(f'<{base}&min_id={page[0]["id"]}>; rel="prev"')
            headers["Link"] = ", ".join(links)
        return httpx.Response(200, json=copy.deepcopy(page), headers=headers)


def _missing() -> httpx.Response:
    return httpx.Response(404, json={"error": "Record not found"})


def alice(*, authorised: bool = True, software: str = "4.6.4") -> Account:
    """Her account, as linking makes it."""
    return Account(
        id="mastodon:alice@social.example",
        network="mastodon",
        handle="@alice@social.example",
        base_url="https://social.example",
        linked_at=NOW,
        keys=("https://social.example/users/alice", "alice@social.example"),
        authorised=authorised,
        options={"remote_id": "495", "software": software},
    )
