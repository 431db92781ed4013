"""Hacker News for ``httpx.MockTransport``: Firebase's items and users, Algolia's search over the same items."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from klout_tui.domain.model import Account
from klout_tui.networks.http import Client, Limits

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Entity = dict[str, Any]


def ago(**span: float) -> int:
    """Seconds since 1970 of a moment that long before now."""
    return int((NOW - timedelta(**span)).timestamp())


@dataclass
class FakeHackerNews:
    """The site. Change its items between refreshes; look at ``asked`` afterwards."""

    items: dict[int, Entity] = field(default_factory=dict)
    """As Firebase tells them."""
    unsearched: set[int] = field(default_factory=set)
    """Ids the search does not know yet."""
    odd_hits: list[Any] = field(default_factory=list)
    """Entries put on top of every page of a search."""
    karma: int = 1204
    page_cap: int = 1000
    totals: bool = True
    """Whether a search tells ``nbHits``."""
    overrides: dict[str, Callable[[httpx.Request], httpx.Response]] = field(default_factory=dict)
    """Path to another answer."""
    asked: list[httpx.Request] = field(default_factory=list)

    def story(self, number: int, at: int, by: str = "me", **more: Any) -> Entity:
        """Submit something."""
        self.items[number] = {
            "id": number,
            "type": "story",
            "by": by,
            "time": at,
            "title": f"Sundials {number}",
            "url": f"https://blog.example/sundials/{number}",
            "score": 10,
            **more,
        }
        return self.items[number]

    def comment(self, number: int, parent: int, at: int, by: str = "bo", **more: Any) -> Entity:
        """Say something."""
        said = {"id": number, "type": "comment", "by": by, "time": at, "parent": parent, "text": f"<p>Word {number}"}
        self.items[number] = said | more
        return self.items[number]

    def client(self, base_url: str = "https://hacker-news.firebaseio.com", requests: int = 1000) -> Client:
        """A client that talks to this site and never sleeps."""

        async def no_sleep(_: float) -> None:
            return None

        return Client(
            base_url=base_url,
            transport=httpx.MockTransport(self.answer),
            clock=lambda: NOW,
            sleep=no_sleep,
            limits=Limits(tries=2, requests=requests),
        )

    def paths(self) -> list[str]:
        """Paths asked so far."""
        return [request.url.path for request in self.asked]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the site says."""
        self.asked.append(request)
        path = request.url.path
        if path in self.overrides:
            return self.overrides[path](request)
        if path.startswith("/v0/user/"):
            return _json(self._user(path.removeprefix("/v0/user/").removesuffix(".json")))
        if path.startswith("/v0/item/"):
            return _json(self.items.get(int(path.removeprefix("/v0/item/").removesuffix(".json"))))
        if path == "/api/v1/search_by_date":
            return self._search(request.url.params)
        return httpx.Response(401, json={"error": "Permission denied"})

    def _user(self, name: str) -> Entity | None:
        hers = sorted((number for number, item in self.items.items() if item.get("by") == name), reverse=True)
        return {"id": name, "karma": self.karma, "created": ago(days=3000), "submitted": hers} if hers else None

    def _search(self, params: httpx.QueryParams) -> httpx.Response:
        assert int(params.get("page", "0")) == 0, "pages shift; spans do not"
        found = [item for number, item in self.items.items() if number not in self.unsearched]
        found = [item for item in found if not item.get("deleted") and not item.get("dead")]
        found = [item for item in found if self._tagged(item, params["tags"]) and self._in_span(item, params)]
        if query := params.get("query"):
            assert params["restrictSearchableAttributes"] == "url"
            found = [item for item in found if query.split(".")[0] in item.get("url", "")]
        found.sort(key=lambda item: item["time"], reverse=True)
        size = min(int(params.get("hitsPerPage", "20")), self.page_cap)
        answer: Entity = {"hits": [*self.odd_hits, *map(self._hit, found[:size])], "page": 0, "hitsPerPage": size}
        if self.totals:
            answer["nbHits"] = len(found)
        return httpx.Response(200, json=answer)

    def _tags(self, item: Entity) -> set[str]:
        return {item["type"], f"author_{item['by']}", f"story_{self._root(item)}"}

    def _root(self, item: Entity) -> int:
        while "parent" in item:
            item = self.items[item["parent"]]
        number: int = item["id"]
        return number

    def _tagged(self, item: Entity, tags: str) -> bool:
        whole, _, either = tags.partition("(")
        wanted = [tag for tag in whole.split(",") if tag]
        has = self._tags(item)
        return all(tag in has for tag in wanted) and (
            not either or any(tag in has for tag in either.rstrip(")").split(","))
        )

    def _in_span(self, item: Entity, params: httpx.QueryParams) -> bool:
        for rule in filter(None, params.get("numericFilters", "").split(",")):
            if rule.startswith("created_at_i>") and not item["time"] > int(rule.rpartition(">")[2]):
                return False
            if rule.startswith("created_at_i<=") and not item["time"] <= int(rule.rpartition("=")[2]):
                return False
        return True

    def _hit(self, item: Entity) -> Entity:
        at = datetime.fromtimestamp(item["time"], UTC).isoformat().replace("+00:00", "Z")
        root = self.items[self._root(item)]
        hit: Entity = {
            "objectID": str(item["id"]),
            "author": item["by"],
            "created_at": at,
            "created_at_i": item["time"],
            "_tags": sorted(self._tags(item)),
            "story_id": root["id"],
            "points": None,
            "num_comments": None,
        }
        if item["type"] == "comment":
            return hit | {"comment_text": item["text"], "parent_id": item["parent"], "story_title": root["title"]}
        below = sum(1 for each in self.items.values() if "parent" in each and self._root(each) == item["id"])
        return hit | {
            "title": item["title"],
            "url": item.get("url"),
            "story_text": item.get("text"),
            "points": item["score"],
            "num_comments": below,
        }


def _json(value: Entity | None) -> httpx.Response:
    return httpx.Response(200, text=json.dumps(value), headers={"Content-Type": "application/json"})


def me(*, site: str = "") -> Account:
    """Her account, as linking makes it."""
    options = {"search_url": "https://hn.algolia.com/api/v1"} | ({"site": site} if site else {})
    return Account(
        id="hackernews:me",
        network="hackernews",
        handle="me",
        base_url="https://hacker-news.firebaseio.com",
        linked_at=NOW,
        url="https://news.ycombinator.com/user?id=me",
        keys=("https://news.ycombinator.com/user?id=me",),
        options=options,
    )
