"""Building answers: JSON, Link headers, whole numbers out of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TypeVar

import httpx
import msgspec

T = TypeVar("T")

Query = httpx.QueryParams


def as_json(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Any value as a JSON answer."""
    content = msgspec.json.encode(body)
    return httpx.Response(
        status, headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})}, content=content
    )


def as_text(body: str, kind: str, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Text of a media type, in UTF-8."""
    content_type = f"{kind}; charset=UTF-8"
    return httpx.Response(status, headers={"Content-Type": content_type, **(headers or {})}, content=body.encode())


def http_date(at: datetime) -> str:
    """As in ``Last-Modified``."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def whole(query: Query, name: str, default: int) -> int:
    """A number of the query; nonsense counts as 0, as a Ruby or PHP server reads it."""
    given = query.get(name)
    if given is None:
        return default
    digits = given.strip().removeprefix("-")
    return abs(int(digits[:20])) if digits.isdecimal() else 0


def link_header(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A ``Link`` header of addresses and their rel; none for none."""
    header = ", ".join(f'<{address}>; rel="{rel}"' for address, rel in links)
    return {"Link": header} if header else {}


def page(items: Sequence[T], key: Callable[[T], int], query: Query, limit: int) -> list[T]:
    """One page by id, newest first, as Mastodon cuts it.

    ``min_id`` gives those that follow it directly, ``since_id`` the newest of them; ``max_id`` goes backwards.

    Args:
        items: ascending by ``key``.
        key: the number that ids sort by.
        query: with any of ``max_id``, ``since_id``, ``min_id``.
        limit: most items.
    """
    below = whole(query, "max_id", 0) if "max_id" in query else None
    above = whole(query, "min_id", 0) if "min_id" in query else whole(query, "since_id", 0)
    found = [item for item in items if key(item) > above and (below is None or key(item) < below)]
    chosen = found[:limit] if "min_id" in query else found[max(0, len(found) - limit) :]
    return chosen[::-1]
