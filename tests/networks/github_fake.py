"""A GitHub for ``httpx.MockTransport``, after its API documents: one small world, from which every answer follows.

Pages with ``Link`` headers by number (``/repositories/7/…`` from the second page on), ETags with a 304 that costs
nothing when authorised, rate limits by pool, star lists for the owner alone, events with the short pull requests of
2025.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Interaction, Post
from klout_tui.networks.base import NetworkError
from klout_tui.networks.github import GitHub
from klout_tui.networks.http import Client, Limits
from tests import secrets
from tests.networks.github_world import ADA, JSON, NOW, ago

TOKEN = secrets.GITHUB_TOKEN


@dataclass
class FakeGitHub:
    """The server. Change its world between refreshes; look at ``asked`` afterwards."""

    me: JSON = field(
        default_factory=lambda: (
            ADA
            | {"name": "Ada Example", "followers": 0, "following": 3, "public_repos": 2, "created_at": ago(days=2000)}
        )
    )
    repos: list[JSON] = field(default_factory=list)
    elsewhere: list[JSON] = field(default_factory=list)
    """Repositories of others."""
    people: dict[str, int] = field(default_factory=dict)
    """Follower counts by login, for GraphQL."""
    stars: dict[int, list[JSON]] = field(default_factory=dict)
    forks: dict[int, list[JSON]] = field(default_factory=dict)
    issues: dict[int, list[JSON]] = field(default_factory=dict)
    comments: dict[int, list[JSON]] = field(default_factory=dict)
    reviews: dict[int, list[JSON]] = field(default_factory=dict)
    releases: dict[int, list[JSON]] = field(default_factory=dict)
    languages: dict[int, JSON] = field(default_factory=dict)
    events: dict[int, list[JSON]] = field(default_factory=dict)
    received: list[JSON] = field(default_factory=list)
    own_events: list[JSON] = field(default_factory=list)
    followers: list[JSON] = field(default_factory=list)
    notifications: list[JSON] = field(default_factory=list)
    found: list[JSON] = field(default_factory=list)
    """What a search finds."""
    discussions: dict[int, list[JSON]] = field(default_factory=dict)
    graphql: Callable[[str], httpx.Response] | None = None
    """Another answer to every query."""
    scopes: str | None = ""
    """Of the token; None is a fine-grained one."""
    owner_sees_stars: bool = True
    stars_newest_first: bool = False
    etags: bool = True
    host: str = "api.github.com"
    root: str = ""
    link_host: str = ""
    """Another host in ``Link`` headers."""
    limits: dict[str, int] = field(default_factory=lambda: {"core": 5000, "search": 30, "graphql": 5000})
    resets: datetime = NOW + timedelta(minutes=40)
    overrides: dict[str, Callable[[httpx.Request], httpx.Response]] = field(default_factory=dict)
    """Path to another answer."""
    redirects: dict[str, str] = field(default_factory=dict)
    """Old full name to the number of the repository now."""
    asked: list[httpx.Request] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    clock: datetime = NOW
    breaks_at: int = 0
    """Which of the requests, counted from 1, it breaks off at, once; with all its tries."""

    def client(
        self, token: str | None = TOKEN, base_url: str = "https://api.github.com", requests: int = 1000
    ) -> Client:
        """A client that talks to this server and never sleeps."""

        async def no_sleep(_: float) -> None:
            return None

        return Client(
            base_url=base_url,
            token=token,
            transport=httpx.MockTransport(self.answer),
            clock=lambda: self.clock,
            sleep=no_sleep,
            limits=Limits(tries=2, requests=requests),
        )

    def paths(self) -> list[str]:
        """Paths asked so far."""
        return [request.url.path for request in self.asked]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the server says."""
        self.asked.append(request)
        path = request.url.path
        if self.breaks_at and len(self.asked) in (self.breaks_at, self.breaks_at + 1):
            raise httpx.ReadError("broken off", request=request)
        known = path.startswith(self.root) or (self.root == "/api/v3" and path == "/api/graphql")
        if request.url.host != self.host or not known or "user-agent" not in request.headers:
            return httpx.Response(404, text="Not Found")
        sent = request.headers.get("authorization", "")
        if sent and sent != f"Bearer {TOKEN}":
            return httpx.Response(401, json={"message": "Bad credentials"})
        pool = "search" if "/search/" in path else "graphql" if path.endswith("graphql") else "core"
        if self.limits[pool] <= 0:
            return self._sealed(
                request, httpx.Response(403, json={"message": "API rate limit exceeded for user"}), pool
            )
        response = self._served(request, path.removeprefix(self.root), authorised=bool(sent))
        if response.status_code != 304 or not sent:
            self.limits[pool] -= 1
        return self._sealed(request, response, pool)

    def _served(self, request: httpx.Request, path: str, *, authorised: bool) -> httpx.Response:
        if path in self.overrides:
            return self.overrides[path](request)
        response = self._api(request, path, authorised=authorised)
        if not self.etags or response.status_code != 200 or request.method != "GET" or path.startswith("/search"):
            return response
        tag = f'W/"{hashlib.sha256(response.content + str(request.url.query).encode()).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return httpx.Response(304, headers={"ETag": tag})
        response.headers["ETag"] = tag
        return response

    def _sealed(self, request: httpx.Request, response: httpx.Response, pool: str) -> httpx.Response:
        response.headers.setdefault("x-ratelimit-limit", {"core": "5000", "search": "30"}.get(pool, "5000"))
        if pool == "core" and "authorization" not in request.headers:
            response.headers["x-ratelimit-limit"] = "60"
        response.headers.setdefault("x-ratelimit-remaining", str(max(self.limits[pool], 0)))
        response.headers.setdefault("x-ratelimit-reset", str(int(self.resets.timestamp())))
        response.headers.setdefault("x-ratelimit-resource", pool)
        response.headers["date"] = self.clock.strftime("%a, %d %b %Y %H:%M:%S GMT")
        if "authorization" in request.headers and self.scopes is not None:
            response.headers["x-oauth-scopes"] = self.scopes
        if "events" in request.url.path or "notifications" in request.url.path:
            response.headers["x-poll-interval"] = "60"
        return response

    def _api(self, request: httpx.Request, path: str, *, authorised: bool) -> httpx.Response:
        login, number = self.me["login"], self.me["id"]
        if path.endswith("graphql"):
            return (
                self._query(request) if authorised else httpx.Response(401, json={"message": "Requires authentication"})
            )
        if path == "/user":
            return _json(self.me) if authorised else httpx.Response(401, json={"message": "Requires authentication"})
        if path.lower() in (f"/users/{login}", f"/user/{number}"):
            return _json(self.me)
        lists = {
            "repos": self.repos,
            "followers": self.followers,
            "received_events": self.received,
            "events/public": self.own_events,
        }
        for name, entries in lists.items():
            if path in (f"/users/{login}/{name}", f"/user/{number}/{name}"):
                return self._page(
                    request, self._listed(entries) if name == "repos" else entries, f"/user/{number}/{name}"
                )
        if path == "/notifications":
            if not authorised or not {"notifications", "repo"} & set((self.scopes or "").split(", ")):
                return httpx.Response(403, json={"message": "Resource not accessible by personal access token"})
            since = request.url.params["since"]
            new = [each for each in self.notifications if each["updated_at"] >= since]
            return self._page(request, sorted(new, key=lambda each: each["updated_at"], reverse=True), path)
        if path == "/search/issues":
            return _json({"total_count": len(self.found), "incomplete_results": False, "items": self.found})
        return self._repository(request, path, authorised=authorised)

    def _listed(self, repos: list[JSON]) -> list[JSON]:
        return sorted(repos, key=lambda each: str(each.get("pushed_at")), reverse=True)

    def _repository(self, request: httpx.Request, path: str, *, authorised: bool) -> httpx.Response:
        by_name = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", path)
        by_number = re.fullmatch(r"/repositories/(\d+)(/.*)?", path)
        if by_name and by_name[1] in self.redirects:
            target = f"https://{self.host}{self.root}/repositories/{self.redirects[by_name[1]]}{by_name[2] or ''}"
            return httpx.Response(301, headers={"Location": target}, json={"message": "Moved Permanently"})
        for each in [*self.repos, *self.elsewhere]:
            if (by_name and each.get("full_name") == by_name[1]) or (by_number and str(each["id"]) == by_number[1]):
                rest = (by_name or by_number)[2]  # type: ignore[index]  # one of them matched
                return self._of(request, each, rest or "", authorised=authorised)
        return _missing()

    def _of(self, request: httpx.Request, where: JSON, rest: str, *, authorised: bool) -> httpx.Response:
        number = where["id"]
        if not rest:
            return _json(where | {"subscribers_count": 1})
        if rest == "/languages":
            return _json(self.languages.get(number, {}))
        if rest == "/stargazers":
            return self._stars(request, number, authorised=authorised)
        thread = re.fullmatch(r"/issues/(\d+)(/comments)?", rest)
        if thread and not thread[2]:
            for each in self.issues.get(number, []):
                if each["number"] == int(thread[1]):
                    return _json(each)
            return _missing()
        if thread:
            said = [each for each in self.comments.get(number, []) if each["issue_url"].endswith(f"/{thread[1]}")]
            return self._page(request, _since(request, said), f"/repositories/{number}{rest}")
        lists = {
            "/releases": self.releases,
            "/forks": self.forks,
            "/issues": self.issues,
            "/issues/comments": self.comments,
            "/pulls/comments": self.reviews,
            "/events": self.events,
        }
        if rest not in lists:
            return _missing()
        entries = lists[rest].get(number, [])
        if "comments" in rest or rest == "/issues":
            entries = _since(request, entries)
            assert rest != "/issues" or request.url.params["state"] == "all"
        if rest == "/forks":
            entries = sorted(entries, key=lambda each: str(each.get("created_at")), reverse=True)
        return self._page(request, entries, f"/repositories/{number}{rest}")

    def _stars(self, request: httpx.Request, number: int, *, authorised: bool) -> httpx.Response:
        if not authorised:
            return httpx.Response(401, json={"message": "Requires authentication"})
        if not self.owner_sees_stars:
            return httpx.Response(
                403,
                json={"message": "Resource not accessible by personal access token"},
                headers={"x-accepted-github-permissions": "metadata=read; contents=write"},
            )
        rows = sorted(
            self.stars.get(number, []), key=lambda each: str(each["starred_at"]), reverse=self.stars_newest_first
        )
        if "star+json" not in request.headers["accept"]:
            rows = [each["user"] for each in rows]
        return self._page(request, rows, f"/repositories/{number}/stargazers")

    def _page(self, request: httpx.Request, entries: list[JSON], path: str) -> httpx.Response:
        params = request.url.params
        size, page = min(int(params.get("per_page", "30")), 100), int(params.get("page", "1"))
        last = max(-(-len(entries) // size), 1)
        links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        if page == 1:
            del links["prev"], links["first"]
        if page >= last:
            del links["next"], links["last"]
        base = httpx.URL(f"https://{self.link_host or self.host}{self.root}{path}", params=params)
        told_links = [f'<{base.copy_set_param("page", str(to))}>; rel="{name}"' for name, to in links.items()]
        headers = {"Link": ", ".join(told_links)} if told_links else {}
        return httpx.Response(
            200, content=json.dumps(entries[(page - 1) * size : page * size]), headers=headers | _TYPE
        )

    def _query(self, request: httpx.Request) -> httpx.Response:
        text = json.loads(request.content)["query"]
        self.queries.append(text)
        if self.graphql is not None:
            return self.graphql(text)
        asked = re.findall(r'(u\d+): user\(login: "([^"]+)"\)', text)
        if asked:
            nodes = {alias: self._node(login) for alias, login in asked}
            missing = [alias for alias, node in nodes.items() if node is None]
            errors = [
                {"type": "NOT_FOUND", "path": [alias], "message": "Could not resolve to a User"} for alias in missing
            ]
            return _json({"data": nodes} | ({"errors": errors} if errors else {}))
        for each in self.repos:
            if f'name: "{each["name"]}"' in text:
                return self._talk(text, self.discussions.get(each["id"], []))
        return _json({"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve"}]})

    def _talk(self, text: str, entries: list[JSON]) -> httpx.Response:
        size, after = int(re.findall(r"first: (\d+)", text)[0]), re.findall(r'after: "(\d+)"', text)
        start = int(after[0]) if after else 0
        rows = sorted(entries, key=lambda each: str(each["updatedAt"]), reverse=True)
        info = {"hasNextPage": len(rows) > start + size, "endCursor": str(start + size)}
        page = {"nodes": rows[start : start + size], "pageInfo": info}
        return _json({"data": {"repository": {"discussions": page}}})

    def _node(self, login: str) -> JSON | None:
        if login not in self.people:
            return None
        number = int(login[1:]) if login[1:].isdigit() else 0
        return {"databaseId": number, "followers": {"totalCount": self.people[login]}}


_TYPE = {"Content-Type": "application/json; charset=utf-8"}


def _json(value: Any) -> httpx.Response:
    return httpx.Response(200, content=json.dumps(value), headers=_TYPE)


def _missing() -> httpx.Response:
    return httpx.Response(404, json={"message": "Not Found", "documentation_url": "https://docs.github.com/rest"})


def _since(request: httpx.Request, entries: list[JSON]) -> list[JSON]:
    since = request.url.params.get("since", "")
    kept = [each for each in entries if str(each.get("updated_at")) >= since]
    down = request.url.params.get("direction") == "desc"
    return sorted(kept, key=lambda each: str(each.get("updated_at")), reverse=down)


def ada(*, authorised: bool = True, base_url: str = "https://api.github.com", **options: str) -> Account:
    """Her account, as linking makes it."""
    return Account(
        id="github:1",
        network="github",
        handle="@ada",
        base_url=base_url,
        linked_at=NOW,
        keys=("github.com/user/1",),
        authorised=authorised,
        options={"remote_id": "1", "root": "", "web": "https://github.com", **options},
    )


async def refresh(
    server: FakeGitHub,
    cursor: Cursor | None = None,
    *,
    token: str | None = TOKEN,
    now: datetime = NOW,
    account: Account | None = None,
    requests: int = 1000,
) -> list[Batch]:
    """One whole refresh; the server's clock goes with ``now``."""
    server.clock = now
    server.asked.clear()
    account = account or ada(authorised=token is not None)
    async with server.client(token, account.base_url, requests) as client:
        return [batch async for batch in GitHub().refresh(account, cursor or {}, client, now)]


@dataclass
class Kept:
    """What is left of batches when they are put together as the store does."""

    posts: dict[str, Post] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    skipped: dict[str, int] = field(default_factory=dict)

    def add(self, *batches: Batch) -> None:
        """Put in what these brought; of two dates the precise one, then the earlier one stays."""
        for batch in batches:
            self.posts |= {post.id: post for post in batch.posts}
            for act in batch.interactions:
                old = self.interactions.get(act.id)
                if old is None or (act.estimated, act.at) < (old.estimated, old.at):
                    self.interactions[act.id] = act
            self.gone |= set(batch.gone)
            for name, number in batch.skipped.items():
                self.skipped[name] = self.skipped.get(name, 0) + number

    def kinds(self) -> dict[str, int]:
        """How many interactions of each kind, those of her own left out."""
        found: dict[str, int] = {}
        for act in self.interactions.values():
            if not act.own:
                found[act.kind] = found.get(act.kind, 0) + 1
        return found


def kept(*batches: Batch) -> Kept:
    """Batches put together."""
    found = Kept()
    found.add(*batches)
    return found


async def read_on(
    server: FakeGitHub,
    pieces: Kept,
    cursor: Cursor,
    *,
    token: str | None = TOKEN,
    now: datetime = NOW,
    requests: int = 999,
) -> tuple[Cursor, NetworkError | None]:
    """A refresh that keeps what came before it failed, as the worker does; and why it failed, if it did."""
    server.clock = now
    server.asked.clear()
    async with server.client(token, requests=requests) as client:
        try:
            async for batch in GitHub().refresh(ada(authorised=token is not None), cursor, client, now):
                pieces.add(batch)
                cursor = batch.cursor
        except NetworkError as error:
            return cursor, error
    return cursor, None
