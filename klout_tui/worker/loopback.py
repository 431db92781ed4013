"""One answer of a browser, taken on this machine: the redirect at the end of a login (RFC 8252, 7.3)."""

from __future__ import annotations

import asyncio
import secrets
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

HOST: Final = "127.0.0.1"
"""The number, not the name ``localhost``: that may lead elsewhere."""
_LONGEST: Final = 16 * 1024
"""Bytes of a request read; codes are short."""
_PATIENCE: Final = 10.0
"""Seconds for a browser to say what it wants."""
_DONE: Final = "klout-tui has its answer. You can close this page and go back to your terminal."
_NOT_HERE: Final = "This page is no answer to a login of klout-tui."


class Loopback:
    """Listens on this machine alone, on a port of its own, until it has the one answer it waits for, or is left.

    Raises on entering:
        OSError: no port is free, or none may be used.
    """

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._state = ""
        self.address = ""
        """Where the browser is to be sent, once entered."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0, limit=_LONGEST)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"http://{HOST}:{port}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answer.cancel()
        if self._server is not None:
            self._server.close()

    def expect(self, state: str) -> None:
        """Take only an answer that repeats this; any page on this machine's browser may try the port."""
        self._state = state

    async def answer(self) -> str:
        """The address the browser was sent to, with its query."""
        return await asyncio.shield(self._answer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                target = self._target(head.decode("latin-1"))
                writer.write(_page(_DONE if target else _NOT_HERE, good=bool(target)))
                await writer.drain()
            if target and not self._answer.done():
                self._answer.set_result(self.address.rstrip("/") + target)
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass  # a caller that is no browser with an answer; the true one may still come
        finally:
            writer.close()

    def _target(self, head: str) -> str:
        """Path and query of the request, if it is the answer awaited; else empty."""
        first, *lines = head.split("\r\n")
        method, _, rest = first.partition(" ")
        target = rest.rpartition(" ")[0]
        hosts = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("host:")]
        if method != "GET" or not target.startswith("/?") or hosts != [urlsplit(self.address).netloc]:
            return ""
        try:
            said = parse_qs(urlsplit(target).query, max_num_fields=20).get("state", [""])[0]
        except ValueError:
            return ""
        return target if self._state and secrets.compare_digest(said.encode(), self._state.encode()) else ""


def _page(words: str, *, good: bool) -> bytes:
    body = f"<!doctype html><meta charset=utf-8><title>klout-tui</title><p>{words}</p>".encode()
    head = (
        f"HTTP/1.1 {'200 OK' if good else '404 Not Found'}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Content-Security-Policy: default-src 'none'",
        "Referrer-Policy: no-referrer",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode("ascii") + body
