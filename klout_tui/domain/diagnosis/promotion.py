"""Which posts point to her own things."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from klout_tui.domain.model import Account, Post

_LINK: Final = re.compile(r"https?://[^\s<>\"'()\[\]]+", re.IGNORECASE)
_SITES: Final = frozenset({"blog", "webmention"})
"""Networks whose accounts are a site of hers."""
_FORGES: Final = frozenset({"github"})
"""Networks where what is hers lies under her name."""


def own_places(accounts: Iterable[Account]) -> frozenset[str]:
    """Hosts that are hers, and ``host/path`` of what is hers elsewhere, unlinked accounts included."""
    places: set[str] = set()
    for account in accounts:
        if account.network in _SITES:
            places.update(place for url in (account.url, account.base_url, account.handle) if (place := _host(url)))
        elif account.network in _FORGES and account.url:
            host, _, path = _place(account.url).partition("/")
            places.add(f"{host}/{path.partition('/')[0]}")
    return frozenset(places - {"webmention.io"})


def promotes(post: Post, places: frozenset[str]) -> bool:
    """Whether a post elsewhere links to something of hers; an article on her own site does not."""
    if not places or _host(post.url) in places:
        return False
    return any(_mine(link, places) for link in _LINK.findall(post.text))


def _mine(link: str, places: frozenset[str]) -> bool:
    host, _, path = _place(link).partition("/")
    return host in places or f"{host}/{path.partition('/')[0]}" in places


def _place(url: str) -> str:
    try:
        link = url.rstrip("/.,;:!?")
        parts = urlsplit(link if "//" in link else f"//{link}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return f"{host}{parts.path.casefold().rstrip('/')}"


def _host(url: str) -> str:
    return _place(url).partition("/")[0]
