"""The demo's internet: two servers in this process, no sockets, and nobody else there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import httpx

from klout_tui.demo.blog_ledger import BlogLedger
from klout_tui.demo.blog_server import BlogServer
from klout_tui.demo.events import Life
from klout_tui.demo.ledger import Ledger
from klout_tui.demo.life import make_life
from klout_tui.demo.persona import Persona
from klout_tui.demo.phrases import Phrases
from klout_tui.demo.replying import http_date
from klout_tui.demo.seeds import PHRASES, read
from klout_tui.demo.social_server import SocialServer


class DemoTransport(httpx.AsyncBaseTransport):
    """Answers as the persona's server and blog; every other host does not exist.

    The year is made up at the first request, in a thread, and ends at the moment the transport was made; what happens
    after that becomes visible as ``clock`` passes it.

    Args:
        persona: the description.
        folder: where the phrases lie.
        clock: aware times; asked at every request.
        latency: seconds each answer takes.
        sleep: waits for that long.
        life: a year made before, of the same persona; made here when None.
    """

    def __init__(
        self,
        persona: Persona,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        latency: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        life: Life | None = None,
    ) -> None:
        self._persona = persona
        self._folder = folder
        self._clock = clock
        self._latency = latency
        self._sleep = sleep
        self._end = clock()
        self._life = life
        self._making = threading.Lock()
        self._servers: dict[str, SocialServer | BlogServer] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One answer.

        Raises:
            httpx.ConnectError: for any host but the persona's two, or plain http.
            ConfigError: the description cannot be read or does not fit together.
        """
        hosts = (self._persona.her.server, self._persona.her.site)
        if request.url.scheme != "https" or request.url.host not in hosts:
            raise httpx.ConnectError(f"{request.url.host} does not exist in the demo", request=request)
        if not self._servers:
            await asyncio.to_thread(self._make)
        if self._latency > 0:
            await self._sleep(self._latency)
        at = self._clock()
        response = self._servers[request.url.host].answer(request, at)
        response.headers["Date"] = http_date(at)
        response.request = request
        return response

    def _make(self) -> None:
        with self._making:
            if self._servers:
                return
            life = self._life or make_life(self._persona, read(self._folder / PHRASES, Phrases), self._end)
            ledger = Ledger(life)
            self._servers = {
                self._persona.her.server: SocialServer(self._persona, ledger),
                self._persona.her.site: BlogServer(BlogLedger(self._persona, ledger)),
            }
