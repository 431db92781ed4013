"""WordPress's REST API as far as it is open to everybody: posts, comments, terms, authors.

Source: developer.wordpress.org/rest-api/reference (posts, comments, tags, categories, users). Nothing here needs or
sends a credential. ``*_gmt`` are UTC without saying so; ``rendered`` texts are HTML.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec

from klout_tui.domain.batch import TEXT_LIMIT
from klout_tui.domain.text import html_to_text
from klout_tui.networks.base import NotUnderstood
from klout_tui.networks.blog.document import Item
from klout_tui.networks.blog.naming import clean_link, plain_name
from klout_tui.networks.dates import moment
from klout_tui.networks.http import Answer, Client

PER_PAGE: Final = 100
"""The most WordPress gives at once."""

POST_FIELDS: Final = "id,date_gmt,modified_gmt,guid,link,title,content,author,tags,categories"
COMMENT_FIELDS: Final = "id,post,parent,author,author_name,author_url,date_gmt,link,content"

T = TypeVar("T")
Number = Annotated[int, msgspec.Meta(ge=0)]


class Rendered(msgspec.Struct):
    """A text as HTML."""

    rendered: str = ""


class Root(msgspec.Struct):
    """What a REST root says of itself."""

    namespaces: list[str]
    name: str = ""
    url: str = ""


class RestPost(msgspec.Struct):
    """One of ``/wp/v2/posts``."""

    id: Number
    link: str = ""
    date_gmt: str | None = None
    guid: Rendered = msgspec.field(default_factory=Rendered)
    title: Rendered = msgspec.field(default_factory=Rendered)
    content: Rendered = msgspec.field(default_factory=Rendered)
    author: int = 0
    tags: list[int] = []
    categories: list[int] = []


class RestComment(msgspec.Struct):
    """One of ``/wp/v2/comments``: approved, and a real comment; pingbacks are not told here."""

    id: Number
    post: Number
    parent: Number = 0
    author: int = 0
    author_name: str = ""
    author_url: str = ""
    date_gmt: str | None = None
    link: str = ""
    content: Rendered = msgspec.field(default_factory=Rendered)


class Term(msgspec.Struct):
    """A tag or category."""

    id: Number
    name: str = ""
    slug: str = ""


class User(msgspec.Struct):
    """A public author."""

    id: Number
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing: what could be read of it, how much could not, and how many pages there are."""

    rows: tuple[Any, ...]
    unreadable: int
    pages: int
    hosts: tuple[str, ...] = ()
    """Asked on the way to it."""


def endpoint(root: str, path: str, **query: str | int) -> str:
    """Address of a call; works with pretty permalinks (``/wp-json/``) and without (``/?rest_route=/``).

    Args:
        root: the API root as the site announces it.
        path: below ``wp/v2/``; empty for the root itself.
        query: parameters; underscores as WordPress writes them.
    """
    below = f"wp/v2/{path}" if path else ""
    asked = urlencode(query, safe=",:")
    if "rest_route=" in urlsplit(root).query:
        joined = f"{root.rstrip('/')}/{below}"
        return f"{joined}&{asked}" if asked else joined
    joined = f"{root.rstrip('/')}/{below}"
    return f"{joined}?{asked}" if asked else joined


def posts_url(root: str, *, page: int = 1, after: datetime | None = None, newest: bool = False) -> str:
    """Posts, oldest first, so that pages do not shift while they are read; ``newest`` asks for the last one only."""
    query: dict[str, str | int] = {
        "per_page": 1 if newest else PER_PAGE,
        "orderby": "date",
        "order": "desc" if newest else "asc",
        "_fields": POST_FIELDS,
    }
    return endpoint(root, "posts", **query, **_from(page, after))


def posts_by_id_url(root: str, kind: str, numbers: Iterable[int]) -> str:
    """Up to 100 named posts (``kind`` is ``posts``) or pages (``pages``)."""
    include = ",".join(str(number) for number in sorted(numbers))
    return endpoint(root, kind, include=include, per_page=PER_PAGE, _fields="id,guid,link,author")


def comments_url(root: str, *, page: int = 1, after: datetime | None = None, first: bool = False) -> str:
    """Comments, oldest first; ``first`` asks for a single one, to see whether they are told."""
    query: dict[str, str | int] = {
        "per_page": 1 if first else PER_PAGE,
        "orderby": "date_gmt",
        "order": "asc",
        "_fields": COMMENT_FIELDS,
    }
    return endpoint(root, "comments", **query, **_from(page, after))


def terms_url(root: str, kind: str, numbers: Iterable[int]) -> str:
    """Up to 100 named tags or categories."""
    include = ",".join(str(number) for number in sorted(numbers))
    return endpoint(root, kind, include=include, per_page=PER_PAGE, _fields="id,name,slug")


async def listing(client: Client, url: str, shape: type[T], what: str) -> Page:
    """One page of a listing, read row by row: one bad row does not spoil the others.

    Raises:
        NetworkError: as the client's ``get``.
        NotUnderstood: no list.
    """
    answer = await client.get(url)
    rows: list[T] = []
    unreadable = 0
    for raw in answer.json(list[msgspec.Raw], what):
        try:
            rows.append(msgspec.json.decode(raw, type=shape, strict=False))
        except (msgspec.MsgspecError, ValueError):
            unreadable += 1
    return Page(tuple(rows), unreadable, _pages(answer), answer.hosts)


async def api_root(client: Client, url: str) -> Root:
    """The API's root, asked for its few facts only; the full answer is large.

    Raises:
        NetworkError: as the client's ``get``.
        NotUnderstood: another API, or one without posts.
    """
    answer = await client.get(endpoint(url, "", _fields="name,description,url,namespaces"))
    root = answer.json(Root, "WordPress's REST API")
    if "wp/v2" not in root.namespaces:
        raise NotUnderstood(f"expected WordPress's REST API with posts from {httpx.URL(url).host}, got another one")
    return root


def post_item(post: RestPost, terms: dict[str, dict[int, str]]) -> Item:
    """The post in the neutral form; ``id`` is its guid, as feeds have it.

    Args:
        post: as answered.
        terms: names of ``categories`` and ``tags`` by number; unknown ones are left out.
    """
    numbers = [("categories", number) for number in post.categories] + [("tags", number) for number in post.tags]
    topics = [terms.get(kind, {}).get(number, "") for kind, number in numbers]
    return Item(
        id=html.unescape(post.guid.rendered).strip(),
        url=clean_link(post.link),
        title=" ".join(html_to_text(post.title.rendered).split()),
        text=html_to_text(post.content.rendered)[:TEXT_LIMIT],
        at=gmt(post.date_gmt),
        topics=tuple(dict.fromkeys(filter(None, topics))),
    )


def term_names(terms: Iterable[Term]) -> dict[int, str]:
    """Names by number, HTML entities resolved."""
    return {term.id: plain_name(term.name) for term in terms}


def gmt(text: str | None) -> datetime | None:
    """The moment a ``*_gmt`` member names, in UTC; None where it names none (drafts have zeros)."""
    return moment(text)


def stamp(at: datetime) -> str:
    """A time with its zone named, without which WordPress would read it as the site's local time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _from(page: int, after: datetime | None) -> dict[str, str | int]:
    query: dict[str, str | int] = {"page": page} if page > 1 else {}
    return query | {"after": stamp(after)} if after else query


def _pages(answer: Answer) -> int:
    told = answer.headers.get("x-wp-totalpages", "")
    return int(told) if told.isascii() and told.isdigit() else 1
