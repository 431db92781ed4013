"""The interface's shapes, as far as we read them: https://github.com/aaronpk/webmention.io#api, format JF2.

What another site has written passes through: almost everything may be missing, null, or of another type.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Card(msgspec.Struct, frozen=True):
    """Who did it."""

    name: str | None = None
    url: str | None = None


class Content(msgspec.Struct, frozen=True):
    """What was written. ``value`` is the form of sites registered before March 2018."""

    text: str | None = None
    html: str | None = None
    value: str | None = None


class Mention(
    msgspec.Struct,
    frozen=True,
    rename={
        "id": "wm-id",
        "received": "wm-received",
        "source": "wm-source",
        "target": "wm-target",
        "property": "wm-property",
        "private": "wm-private",
    },
):
    """One webmention."""

    id: int | None = None
    """Grows with time; stays the same when the source is changed."""
    received: str | None = None
    """When the service got it, UTC."""
    source: str | None = None
    """The page that was announced; Bridgy's own page for what it brings from elsewhere."""
    target: str | None = None
    property: str | None = None
    private: bool | None = None
    url: str | None = None
    """The real address of what was written or done."""
    published: str | None = None
    author: Any = None
    content: Any = None
    name: str | None = None
    rsvp: str | None = None


class Feed(msgspec.Struct, frozen=True):
    """One page of a list."""

    children: list[msgspec.Raw] | None = None
