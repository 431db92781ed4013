"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), read tolerantly: each member is taken if it is of use. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any, Final
from urllib.parse import urljoin

import msgspec

from klout_tui.domain.batch import TEXT_LIMIT
from klout_tui.domain.text import html_to_text
from klout_tui.networks.blog.document import Feed, Item
from klout_tui.networks.blog.naming import clean_link, plain_name
from klout_tui.networks.dates import moment
from klout_tui.networks.repair import mended_json

_VERSION: Final = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(www\.)?jsonfeed\.org\\?/version\\?/', re.IGNORECASE)


def looks_like_one(start: bytes) -> bool:
    """Whether the beginning of a JSON object is that of a JSON Feed; its version may come late."""
    return bool(_VERSION.search(start)) or b'"home_page_url"' in start or b'"items"' in start


def read(body: bytes, url: str) -> Feed:
    """The feed in a body.

    Args:
        body: UTF-8, without byte order mark.
        url: where it came from; relative links start there.

    Raises:
        ValueError: no JSON, or no JSON Feed.
    """
    document = _document(body)
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise ValueError("no JSON Feed")
    version = _text(document.get("version")).lower()
    if version and "jsonfeed.org/version/" not in version:
        raise ValueError("no JSON Feed")
    items: list[Item] = []
    unreadable: Counter[str] = Counter()
    common = _authors(document)
    for member in document["items"]:
        item = _item(member, url, common) if isinstance(member, dict) else None
        if item is None:
            unreadable["unreadable item"] += 1
        elif item.id or item.url:
            items.append(item)
        else:
            unreadable["item without id and link"] += 1
    return Feed(
        title=" ".join(_text(document.get("title")).split()),
        site=_absolute(document.get("home_page_url"), url),
        next_page=_absolute(document.get("next_url"), url),
        items=tuple(items),
        unreadable=dict(unreadable),
    )


def _document(body: bytes) -> Any:
    """The JSON in a body.

    Raises:
        ValueError: it cannot be made out.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return msgspec.json.decode(mended_json(body))
    except RecursionError as error:
        raise ValueError("no JSON") from error


def _item(member: dict[str, Any], url: str, common: tuple[tuple[str, str], ...]) -> Item:
    authors = _authors(member) or common
    text = _text(member.get("content_text"))
    if not text:
        text = html_to_text(_text(member.get("content_html"))) or _text(member.get("summary"))
    tags = member.get("tags")
    return Item(
        id=_identifier(member.get("id")),
        url=clean_link(_absolute(member.get("url"), url)),
        title=" ".join(html_to_text(_text(member.get("title"))).split()),
        text=text[:TEXT_LIMIT],
        at=moment(_text(member.get("date_published"))) or moment(_text(member.get("date_modified"))),
        authors=tuple(name for name, _ in authors if name),
        author_url=next((site for _, site in authors if site), ""),
        topics=tuple(dict.fromkeys(filter(None, map(_text, tags)))) if isinstance(tags, list) else (),
    )


def _authors(thing: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Names and sites; 1.1's ``authors`` before 1.0's ``author``."""
    listed = thing.get("authors")
    listed = listed if isinstance(listed, list) and listed else [thing.get("author")]
    people = (author for author in listed if isinstance(author, dict))
    return tuple((plain_name(_text(author.get("name"))), _text(author.get("url"))) for author in people)


def _identifier(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(int(value)) if value == int(value) else str(value)
    return _text(value)


def _absolute(value: Any, url: str) -> str:
    link = _text(value)
    if not link:
        return ""
    try:
        joined = urljoin(url, link)
    except ValueError:
        return ""
    return joined if joined.startswith(("https://", "http://")) else ""


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
