"""A server on loopback that misbehaves on demand: one behaviour per path, real sockets, real packing.

    async with Misbehaving() as server:
        server.on("/busy", status(429, {"Retry-After": "7"}), json_body({"fine": True}))   # first busy, then fine
        await client.get(server.url + "/busy")

A path with several behaviours shows them in turn and stays at the last. An unknown path is 404.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Seen:
    """A request the server received."""

    path: str
    """With its query."""
    headers: Mapping[str, str]
    """By lower-case names."""


Behaviour = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Misbehaving:
    """The server; ``url`` is its origin once entered."""

    seen: list[Seen] = field(default_factory=list)
    url: str = ""
    port: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the first request has come."""
    _script: dict[str, list[Behaviour]] = field(default_factory=dict)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def on(self, path: str, *behaviours: Behaviour) -> None:
        """Show these in turn at this path (given without query); the last one stays."""
        self._script[path] = list(behaviours)

    def paths(self) -> list[str]:
        """Paths asked so far, queries included."""
        return [request.path for request in self.seen]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.on("/hang", self.hang)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.close()
        await self._server.wait_closed()

    async def hang(self, _: Seen, __: asyncio.StreamWriter) -> None:
        """Say nothing until the server is closed."""
        await self._over.wait()

    async def drip(self, _: Seen, writer: asyncio.StreamWriter) -> None:
        """Promise much, send a little, then stay silent."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[1, 2")
        await writer.drain()
        await self._over.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            fields = (line.partition(":") for line in head[1:] if line)
            request = Seen(head[0].split(" ")[1], {name.lower(): value.strip() for name, _, value in fields})
            self.seen.append(request)
            self.asked.set()
            script = self._script.get(request.path.partition("?")[0], [status(404)])
            behaviour = script.pop(0) if len(script) > 1 else script[0]
            await behaviour(request, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client left; some tests mean it to
        finally:
            writer.close()


def _answer(code: int, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = {"Content-Length": str(len(body)), "Connection": "close"} | dict(headers)
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {code} Said\r\n{head}\r\n".encode("latin-1") + body


def raw(data: bytes) -> Behaviour:
    """Exactly these bytes, then the end."""

    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return behave


def status(code: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Behaviour:
    """An answer with this status."""
    return raw(_answer(code, headers or {}, body))


def json_body(value: Any, headers: Mapping[str, str] | None = None, code: int = 200) -> Behaviour:
    """A proper JSON answer."""
    return status(code, {"Content-Type": "application/json"} | dict(headers or {}), json.dumps(value).encode())


def html_body(html: str, code: int = 200) -> Behaviour:
    """A web page where JSON was expected."""
    return status(code, {"Content-Type": "text/html; charset=utf-8"}, html.encode())


def redirect(target: str, code: int = 302) -> Behaviour:
    """A redirect."""
    return status(code, {"Location": target})


def cut_body() -> Behaviour:
    """Promises 1,000 bytes, sends some, hangs up."""
    return raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[1, 2")


def packed(body: bytes, encoding: str = "gzip") -> Behaviour:
    """A packed answer: ``gzip``, ``deflate``, or ``raw-deflate`` labelled ``deflate`` as some servers do."""
    if encoding == "gzip":
        data = gzip.compress(body)
    else:
        machine = zlib.compressobj(wbits=-15 if encoding == "raw-deflate" else 15)
        data = machine.compress(body) + machine.flush()
    return status(200, {"Content-Type": "application/json", "Content-Encoding": encoding.removeprefix("raw-")}, data)


def cut_gzip(body: bytes) -> Behaviour:
    """Packed data without their end, under a matching Content-Length."""
    data = gzip.compress(body)
    return status(200, {"Content-Type": "application/json", "Content-Encoding": "gzip"}, data[: len(data) // 2])


def gzip_bomb(mebibytes: int = 200) -> Behaviour:
    """A small answer that unpacks to very much."""
    machine = zlib.compressobj(9, wbits=31)
    block = b"\0" * (1024 * 1024)
    data = b"".join(machine.compress(block) for _ in range(mebibytes)) + machine.flush()
    return status(200, {"Content-Type": "application/json", "Content-Encoding": "gzip"}, data)
