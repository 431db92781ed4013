"""Getting feeds over the wire: what is asked for, what is accepted, and what a web page in their place means."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import urlsplit

from klout_tui.networks.base import CredentialRefused, NotFound, NotUnderstood
from klout_tui.networks.blog import feeds
from klout_tui.networks.blog.document import Feed
from klout_tui.networks.blog.naming import named_link
from klout_tui.networks.http import Answer, Client

ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/json;q=0.9, text/html;q=0.8, */*;q=0.5"
)
REFUSALS: Final = (CredentialRefused, NotFound, NotUnderstood)
"""Errors that mean "not here", after which another address may be tried; the others mean "not now"."""
_LARGE: Final = 100_000
"""Bytes above which parsing leaves the event loop."""


async def parsed(answer: Answer) -> Feed:
    """The feed in an answer.

    Raises:
        NotUnderstood: there is none.
    """
    content_type = answer.headers.get("content-type", "")
    try:
        if len(answer.body) > _LARGE:
            return await asyncio.to_thread(feeds.read, answer.body, answer.url, content_type)
        return feeds.read(answer.body, answer.url, content_type)
    except feeds.NotAFeed as error:
        parts = urlsplit(answer.url)
        raise NotUnderstood(
            f"expected a feed (RSS, Atom or JSON Feed) from {parts.hostname}{parts.path}, got {error}",
            hint="The feed may have moved: link the blog again by its home page.",
        ) from error


async def feed_at(client: Client, url: str, source: str) -> tuple[Answer, Feed]:
    """Ask for a feed and read it.

    Args:
        client: of this refresh.
        url: absolute.
        source: address of what named it; strangers do not send us to this machine.

    Raises:
        NetworkError: as the client's ``get``.
        NotUnderstood: something else lies there.
    """
    allowed = named_link(url, source)
    if not allowed:
        raise NotFound(f"{urlsplit(source).hostname} names a feed at an address that is not asked")
    answer = await client.get(allowed, accept=ACCEPT)
    return answer, await parsed(answer)


def lasting(url: str, answer: Answer) -> str:
    """Where to ask next time: the new address after a permanent redirect, else the old."""
    return answer.moved_to or named_link(url, answer.url) or url
