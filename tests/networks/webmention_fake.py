"""webmention.io and one site that uses it, for ``httpx.MockTransport``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from klout_tui.domain.model import Account
from klout_tui.networks.http import Client, Limits
from tests import secrets

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TOKEN = secrets.WEBMENTION_TOKEN
PAGE = "https://blog.example/sundials/"
Entity = dict[str, Any]


def stamp(**span: float) -> str:
    """A moment that long before now, as the service writes it."""
    return (NOW - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def mention(number: int, kind: str = "in-reply-to", **changes: Any) -> Entity:
    """A webmention as JF2 tells it; ``changes`` use underscores for ``wm_id`` and its kin."""
    told: Entity = {
        "type": "entry",
        "author": {"type": "card", "name": f"P {number}", "photo": "", "url": f"https://p{number}.example/"},
        "url": f"https://p{number}.example/notes/1",
        "published": stamp(hours=1000 - number),
        "wm-received": stamp(hours=999 - number),
        "wm-id": 1_800_000 + number,
        "wm-source": f"https://p{number}.example/notes/1",
        "wm-target": PAGE,
        "wm-protocol": "webmention",
        "content": {"html": f"<p>Words {number}", "text": f"Words {number}"},
        "wm-property": kind,
        "wm-private": False,
    }
    told |= {name.replace("wm_", "wm-"): value for name, value in changes.items()}
    return told | {"in-reply-to" if kind == "rsvp" else kind: told["wm-target"]}


@dataclass
class FakeWebmention:
    """The service. Change its mentions between refreshes; look at ``asked`` afterwards."""

    mentions: list[Any] = field(default_factory=list)
    """In the order they arrived."""
    changed: list[int] = field(default_factory=list)
    """Ids of those whose source was changed, the newest change last."""
    home: httpx.Response = field(
        default_factory=lambda: httpx.Response(
            200, html='<link rel="webmention" href="https://webmention.io/blog.example/webmention">'
        )
    )
    domain: str = "blog.example"
    cap: int = 1000
    overrides: list[Callable[[httpx.Request], httpx.Response | None]] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)

    def client(self, token: str | None = TOKEN) -> Client:
        """A client that talks to this service and never sleeps."""

        async def no_sleep(_: float) -> None:
            return None

        return Client(
            base_url="https://webmention.io",
            token=token,
            transport=httpx.MockTransport(self.answer),
            clock=lambda: NOW,
            sleep=no_sleep,
            limits=Limits(tries=2),
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What it says."""
        self.asked.append(request)
        for override in self.overrides:
            if (said := override(request)) is not None:
                return said
        if request.url.host != "webmention.io":
            return self.home
        if request.url.path != "/api/mentions.jf2":
            return httpx.Response(404, text="Not Found")
        assert "authorization" not in request.headers
        params = request.url.params
        targets = params.get_list("target[]")
        if not targets and params.get("token") != TOKEN:
            refusal = {"error": "forbidden", "error_description": "Access token was not valid"}
            return httpx.Response(401, json=refusal)
        found = [each for each in self.mentions if self._fits(each, params, targets)]
        if params.get("sort-by") == "updated":
            found.sort(key=lambda each: self.changed.index(each["wm-id"]) if each["wm-id"] in self.changed else -1)
        else:
            found = (
                [each for each in found if not isinstance(each, dict) or each["wm-id"] > int(params["since_id"])]
                if ("since_id" in params)
                else found
            )
        if params.get("sort-dir", "down") == "down":
            found.reverse()
        size = min(int(params.get("per-page", "20")), self.cap)
        start = int(params.get("page", "0")) * size
        return httpx.Response(
            200, json={"type": "feed", "name": "Webmentions", "children": found[start : start + size]}
        )

    def _fits(self, each: Any, params: httpx.QueryParams, targets: list[str]) -> bool:
        if not isinstance(each, dict):
            return True
        if targets:
            return each["wm-target"] in targets and not each["wm-private"]
        return params["domain"] == self.domain


def site(*, pages: str = "", authorised: bool = True) -> Account:
    """Her account, as linking makes it."""
    return Account(
        id="webmention:blog.example",
        network="webmention",
        handle="blog.example",
        base_url="https://webmention.io",
        linked_at=NOW,
        url="https://blog.example/",
        keys=("blog.example",),
        authorised=authorised,
        options={"domain": "blog.example"} | ({"pages": pages} if pages else {}),
    )
