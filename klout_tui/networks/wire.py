"""The way out: one ``httpx`` client as all networks use it, which checks every certificate.

A proxy named in the environment (``HTTPS_PROXY``, ``ALL_PROXY`` and so on) is used for everything but this machine.
"""

from __future__ import annotations

import functools
import logging
import ssl
from typing import Final

import httpx

from klout_tui import __version__
from klout_tui.networks.address import describe
from klout_tui.networks.limits import Limits

USER_AGENT: Final = f"klout-tui/{__version__} (+https://github.com/klout-tui/klout-tui)"
LOCATION: Final = "x-klout-tui-location"
"""Where the target of a redirect is put."""

_PAST_THE_PROXY: Final = ("all://127.0.0.1", "all://localhost", "all://[::1]")
"""A proxy named in the environment cannot reach these."""


def open_wire(transport: httpx.AsyncBaseTransport | None, limits: Limits) -> httpx.AsyncClient:
    """An ``httpx`` client that follows no redirect by itself; with another way out, if one is given."""
    return httpx.AsyncClient(
        transport=_Lent(transport) if transport else None,
        verify=certificates(),
        mounts=dict.fromkeys(_PAST_THE_PROXY) if transport is None else None,
        timeout=httpx.Timeout(limits.timeout, connect=limits.connect),
        follow_redirects=False,
        event_hooks={"response": [_set_location_aside]},
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
    )


class _Lent(httpx.AsyncBaseTransport):
    """A transport that several clients share: closing a client leaves it open for the others."""

    def __init__(self, owner: httpx.AsyncBaseTransport) -> None:
        self._owner = owner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._owner.handle_async_request(request)


async def _set_location_aside(response: httpx.Response) -> None:
    """Keep httpx from preparing a redirect it will not follow: a broken target would pass for a broken connection."""
    location = response.headers.pop("location", None)
    if location is not None:
        response.headers[LOCATION] = location


class _WithoutQueries(logging.Filter):
    """Takes queries out of httpx's own log, which names whole addresses: some networks want their token in there."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(describe(arg) if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True


logging.getLogger("httpx").addFilter(_WithoutQueries())


@functools.cache
def certificates() -> ssl.SSLContext:
    """Trusted authorities, the environment's own included; loaded once, since that takes tens of milliseconds."""
    return httpx.create_ssl_context()
