"""The addresses of Bridgy's pages, which say what happened where: https://brid.gy/about#source-urls. Pure.

``https://brid.gy/{post|comment|like|repost|react}/{site}/{user}/{post}[/{response}]``; ids that hold slashes, as
Bluesky's do, are quoted, some twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

_HOSTS: Final = frozenset({"brid.gy", "www.brid.gy", "brid-gy.appspot.com"})
_FEDERATED: Final = frozenset({"fed.brid.gy", "bsky.brid.gy", "ap.brid.gy", "web.brid.gy"})
"""Bridgy Fed: the reactions are to the page itself, which is an account of its own there."""
_KINDS: Final = frozenset({"post", "comment", "like", "repost", "react"})
_ACCT: Final = re.compile(r"@?([^@/]+)@([^@/]+)")


@dataclass(frozen=True, slots=True)
class Source:
    """What one of Bridgy's pages stands for."""

    kind: str
    """``post``, ``comment``, ``like``, ``repost`` or ``react``."""
    site: str
    """``mastodon``, ``bluesky``, ``github``, ``reddit``, ``flickr`` …"""
    user: str
    """Hers, by the site's own id for her."""
    post: str
    response: str = ""

    @property
    def post_url(self) -> str:
        """An address or id of her post there, as far as it follows from the ids; else empty."""
        if self.site == "bluesky":
            return self.post if self.post.startswith("at://") else ""
        acct = _ACCT.fullmatch(self.user)
        return f"https://{acct[2]}/@{acct[1]}/{self.post}" if self.site == "mastodon" and acct else ""

    @property
    def said_url(self) -> str:
        """An address or id of what was written, as far as it follows from the ids; else empty."""
        written = self.post if self.kind == "post" else self.response
        return written if self.site == "bluesky" and written.startswith("at://") else ""

    @property
    def actor_id(self) -> str:
        """The site's lasting id of who did it, as far as it follows from the ids; else empty."""
        if self.site != "bluesky":
            return ""
        if self.response.startswith("did:"):
            return self.response
        return self.said_url.removeprefix("at://").partition("/")[0]


def source_of(address: str) -> Source | None:
    """What an address stands for, or None where it is not one of Bridgy's."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.hostname not in _HOSTS:
        return None
    pieces = [_unquoted(piece) for piece in parts.path.strip("/").split("/")]
    if len(pieces) not in (4, 5) or pieces[0] not in _KINDS:
        return None
    return Source(*pieces)


def is_bridge(address: str) -> bool:
    """Whether an address lies on a bridge, so that its host says nothing about who did it."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return host in _HOSTS or host in _FEDERATED


def _unquoted(piece: str) -> str:
    for _ in range(3):
        plain = unquote(piece)
        if plain == piece:
            break
        piece = plain
    return piece
