"""Recorded answers: small JSON files, and a transport that gives them instead of the network.

A file holds one exchange, or a list of them::

    {"method": "GET", "path": "/api/birds/wren", "query": {"after": "7"},
     "status": 200, "headers": {"ETag": "W/1"}, "body": {"name": "wren"}}

``method`` is GET, ``status`` 200, ``host`` any host and ``query`` any query unless they are given. A ``body`` that is
text is sent as it stands, anything else as JSON. Leave out what no test needs, and everything that is secret or about
real people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
import msgspec


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exchange."""

    path: str
    method: str = "GET"
    host: str = ""
    query: dict[str, str | list[str]] | None = None
    status: int = 200
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw(b"null")

    @classmethod
    def read(cls, place: Path) -> tuple[Self, ...]:
        """The recordings in a file, or in all ``*.json`` files of a folder, by name.

        Raises:
            ValueError: a file is none; the message names it.
        """
        files = sorted(place.glob("*.json")) if place.is_dir() else [place]
        found: list[Self] = []
        for file in files:
            try:
                found += msgspec.json.decode(b"[" + _members(file.read_bytes()) + b"]", type=list[cls])  # type: ignore[valid-type]  # a class all right
            except msgspec.MsgspecError as error:
                raise ValueError(f"{file} is no recording: {error}") from error
        return tuple(found)

    def answers(self, request: httpx.Request) -> bool:
        """Whether this is what was recorded for such a request."""
        asked = request.url
        return (
            (self.method, self.path) == (request.method, asked.path)
            and (not self.host or self.host == asked.host)
            and (self.query is None or _pairs(self.query) == sorted(asked.params.multi_items()))
        )

    def response(self, request: httpx.Request) -> httpx.Response:
        """The answer; 304 where the request names its validators."""
        headers = httpx.Headers(self.headers)
        named = {"if-none-match": headers.get("etag"), "if-modified-since": headers.get("last-modified")}
        asked = {name: value for name in named if (value := request.headers.get(name))}
        if asked and all(named[name] == value for name, value in asked.items()):
            return httpx.Response(304, headers=headers, request=request)
        body: object = msgspec.json.decode(self.body)
        if isinstance(body, str):
            return httpx.Response(self.status, headers=headers, text=body, request=request)
        headers.setdefault("content-type", "application/json")
        content = b"" if body is None else bytes(self.body)
        return httpx.Response(self.status, headers=headers, content=content, request=request)


@dataclass
class Replay(httpx.AsyncBaseTransport):
    """Gives recorded answers, those that name a query before those for any; 404 to what was not recorded."""

    recordings: Sequence[Recording]

    def __post_init__(self) -> None:
        self.asked: list[httpx.Request] = []
        """Everything asked so far."""
        self.missing: list[str] = []
        """Addresses asked that were not recorded."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer."""
        self.asked.append(request)
        found = [each for each in self.recordings if each.answers(request)]
        found.sort(key=lambda each: (each.query is None, not each.host))
        if found:
            return found[0].response(request)
        self.missing.append(f"{request.method} {request.url}")
        return httpx.Response(404, json={"error": "not recorded"}, request=request)


def _members(content: bytes) -> bytes:
    content = content.strip()
    return content[1:-1] if content.startswith(b"[") and content.endswith(b"]") else content


def _pairs(query: Mapping[str, str | Iterable[str]]) -> list[tuple[str, str]]:
    return sorted(
        (name, value) for name, given in query.items() for value in ([given] if isinstance(given, str) else given)
    )
