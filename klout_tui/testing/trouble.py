"""What servers do to programs: every kind of failure at any request, and hostile text in any member of an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, cast

import httpx

from klout_tui.networks.dialing import Dialer, Wire

Fault = Callable[[httpx.Request], httpx.Response]
LineFault = Callable[[bytes], bytes]
"""On a line (``Client.dial``): from what was sent (nothing: the dialling itself) to what is answered instead. Answering
nothing hangs up; an ``OSError`` breaks the line."""

HOSTILE: Final = "\x1b[31m\x07\x9b2J\u202e[/][@click=app.quit]x[/]<script>alert(1)</script>&amp;\x00\ud83d"
"""Terminal codes, direction overrides, markup of ours and of browsers, a zero byte, half a character."""


def _answer(status: int, body: str = "", kind: str = "application/json", **headers: str) -> Fault:
    return lambda request: httpx.Response(status, text=body, headers={"content-type": kind, **headers}, request=request)


def _raise(error: type[httpx.TransportError]) -> Fault:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("as told by a test", request=request)

    return fail


def _loop(request: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"location": str(request.url)}, request=request)


def _cut(request: httpx.Request) -> httpx.Response:
    """Packed data whose end never comes."""
    return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=_Cut(), request=request)


class _Cut(httpx.AsyncByteStream):
    async def __aiter__(self) -> Any:
        yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x8b"


PASSING: Final[dict[str, Fault]] = {
    "429": _answer(429, '{"error": "slow down"}'),
    "500": _answer(500, "<h1>Oops</h1>", "text/html"),
    "503": _answer(503, "", **{"retry-after": "3600"}),
    "cut body": _cut,
    "time-out": _raise(httpx.ReadTimeout),
    "no connection": _raise(httpx.ConnectError),
}
"""After these the next refresh must make up for everything."""

LASTING: Final[dict[str, Fault]] = {
    "401": _answer(401, '{"error": "no"}'),
    "403": _answer(403, '{"error": "no"}'),
    "403 from a guard": _answer(403, "<h1>No robots</h1>", "text/html"),
    "404": _answer(404),
    "410": _answer(410),
    "418": _answer(418),
    "a redirect loop": _loop,
    "a web page": _answer(200, "<!DOCTYPE html><title>Parked</title>", "text/html"),
    "broken JSON": _answer(200, '{"items": [1, 2'),
    "null": _answer(200, "null"),
    "an empty list": _answer(200, "[]"),
    "an empty object": _answer(200, "{}"),
    "a list of odd things": _answer(200, '[null, 1, "x", [], {}, {"id": null}]'),
    "a number": _answer(200, "17"),
    "nothing": _answer(200),
    "endless nesting": _answer(200, "[" * 20_000),
    "bytes": lambda request: httpx.Response(
        200, content=b"\xff\xfe\x00", headers={"content-type": "application/json"}, request=request
    ),
}
"""After these an adapter may believe what it was told, or say that it did not understand; it must not break."""


@dataclass
class Troubled(httpx.AsyncBaseTransport):
    """Another transport, watched: it may fail at one request, is asked for declared hosts only, and is counted."""

    inner: httpx.AsyncBaseTransport
    hosts: Collection[str] | None = None
    """The hosts that may be asked; None: any."""
    at: int = -1
    """Number of the request that fails, counted from 0."""
    fault: Fault | LineFault | None = None
    plant: Callable[[httpx.Response], httpx.Response] | None = None
    """Changes every answer."""
    asked: list[httpx.Request] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    """Hosts asked that were not declared."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The inner answer, or the fault."""
        number = len(self.asked)
        self.asked.append(request)
        if self.hosts is not None and request.url.host.removeprefix("www.") not in self.hosts:
            self.strangers.append(request.url.host)
            raise httpx.ConnectError("this host was not declared", request=request)
        if number == self.at and self.fault is not None:
            return cast("Fault", self.fault)(request)
        response = await self.inner.handle_async_request(request)
        await response.aread()
        response.request = request
        return self.plant(response) if self.plant else response

    async def dial(self, host: str, port: int, *, encrypted: bool) -> Wire:
        """The inner wire; the dialling, and everything sent, counts as a request."""
        number = len(self.asked)
        self.asked.append(httpx.Request("DIAL", f"https://{host}:{port}"))
        if self.hosts is not None and host.removeprefix("www.") not in self.hosts:
            self.strangers.append(host)
            raise ConnectionRefusedError("this host was not declared")
        if not isinstance(self.inner, Dialer):
            raise ConnectionRefusedError("these answers are to web requests")
        wire = _TroubledWire(self, await self.inner.dial(host, port, encrypted=encrypted), f"https://{host}:{port}")
        if number == self.at and self.fault is not None:
            wire.break_off(cast("LineFault", self.fault)(b""))
        return wire


class _TroubledWire:
    """A wire whose other end may say something else from some moment on."""

    def __init__(self, owner: Troubled, inner: Wire, place: str) -> None:
        self._owner = owner
        self._inner = inner
        self._place = place
        self._instead: list[bytes] | None = None

    def break_off(self, said: bytes) -> None:
        """Say this instead, and nothing more."""
        self._instead = [said] if said else []

    async def receive(self) -> bytes:
        if self._instead is None:
            return await self._inner.receive()
        return self._instead.pop() if self._instead else b""

    async def send(self, data: bytes) -> None:
        owner = self._owner
        number = len(owner.asked)
        owner.asked.append(httpx.Request("SEND", self._place))
        if self._instead is not None:
            return
        if number == owner.at and owner.fault is not None:
            self.break_off(cast("LineFault", owner.fault)(data))
        else:
            await self._inner.send(data)

    async def encrypt(self, host: str) -> None:
        await self._inner.encrypt(host)

    async def close(self) -> None:
        await self._inner.close()


def members(response: httpx.Response) -> frozenset[str]:
    """Names under which an answer holds text: members of JSON, elements of XML and HTML."""
    value = _json(response)
    if value is None:
        return frozenset(found[2] for found in _ELEMENT.finditer(response.text))
    return frozenset(name for name, _ in _strings(value))


def planted(member: str) -> Callable[[httpx.Response], httpx.Response]:
    """Adds hostile text to every text under that name in an answer."""

    def plant(response: httpx.Response) -> httpx.Response:
        value = _json(response)
        if value is None:
            body = _ELEMENT.sub(lambda found: _spoilt(found, member), response.text).encode()
        else:
            body = json.dumps(_planted(value, member)).encode()
        dropped = ("content-length", "content-encoding", "etag")
        headers = [(name, text) for name, text in response.headers.items() if name not in dropped]
        return httpx.Response(response.status_code, headers=headers, content=body, request=response.request)

    return plant


def echo(*secrets: str) -> Fault:
    """A server that repeats what it should not, in an error."""

    def answer(request: httpx.Request) -> httpx.Response:
        said = " ".join((*secrets, request.headers.get("authorization", "")))
        return httpx.Response(400, json={"error": said, "message": said}, request=request)

    return answer


_ELEMENT: Final = re.compile(r"(<([\w:-]+)(?:\s[^<>]*)?>)([^<>]+)(?=</)")


def _json(response: httpx.Response) -> Any:
    if not response.content.lstrip().startswith((b"{", b"[")):
        return None
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def _strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _strings(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each, name)


def _planted(value: Any, member: str, name: str = "") -> Any:
    if isinstance(value, str):
        return value + HOSTILE if name == member else value
    if isinstance(value, dict):
        return {key: _planted(each, member, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_planted(each, member, name) for each in value]
    return value


def _spoilt(found: re.Match[str], member: str) -> str:
    escaped = HOSTILE.replace("<", "&lt;").replace("\x00", "").replace("\ud83d", "")
    return found[1] + found[3] + escaped if found[2] == member else found[0]
