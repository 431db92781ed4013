"""The blog's REST interface: ``/wp-json/wp/v2`` as WordPress answers anybody (developer.wordpress.org/rest-api)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from klout_tui.demo.blog_ledger import HER_USER, BlogLedger, as_html
from klout_tui.demo.events import Article, Comment
from klout_tui.demo.replying import Query, as_json, link_header, whole

Row = dict[str, Any]

API: Final = "/wp-json"
_REST: Final = f"{API}/wp/v2"
_MOST: Final = 100
_HIDDEN: Final = ("author_email", "status", "type", "author", "author_exclude")
"""Parameters of comments that ask for more than anybody may know."""


class RestError(Exception):
    """Answered with WordPress's own error shape."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.response = as_json({"code": code, "message": message, "data": {"status": status}}, status)


class WordPress:
    """Reads of posts, comments, terms and the one public user."""

    def __init__(self, blog: BlogLedger) -> None:
        self._blog = blog

    def answer(self, request: httpx.Request, at: datetime) -> httpx.Response:
        """One answer of the REST interface, as of ``at``."""
        path, query = request.url.path.rstrip("/"), request.url.params
        try:
            if request.method not in ("GET", "HEAD"):
                raise RestError("rest_cannot_create", "Sorry, you are not allowed to do that.", 401)
            if query.get("context") == "edit":
                message = "Sorry, you are not allowed to edit posts in this post type."
                raise RestError("rest_forbidden_context", message, 401)
            return self._route(request, path, query, at)
        except RestError as error:
            return error.response

    def _route(self, request: httpx.Request, path: str, query: Query, at: datetime) -> httpx.Response:
        if path == API:
            return as_json(_only(self._root(), query))
        match = re.fullmatch(rf"{_REST}/(posts|comments|categories|tags|users)(?:/(\d+))?", path)
        if not match:
            raise RestError("rest_no_route", "No route was found matching the URL and request method.", 404)
        noun, number = match.groups()
        if number:
            found = [row for row in self._rows(noun, Query({"include": number}), at) if row["id"] == int(number)]
            if not found:
                raise RestError(f"rest_{noun.removesuffix('s')}_invalid_id", "Invalid ID.", 404)
            return as_json(_only(found[0], query))
        return self._paged(request, noun, self._rows(noun, query, at), query)

    def _rows(self, noun: str, query: Query, at: datetime) -> list[Row]:
        if noun == "posts":
            return self._posts(query, at)
        if noun == "comments":
            return self._comments(query, at)
        return self._users() if noun == "users" else self._terms(noun, query, at)

    def _paged(self, request: httpx.Request, noun: str, rows: Sequence[Row], query: Query) -> httpx.Response:
        size, number = whole(query, "per_page", 10), whole(query, "page", 1)
        if not 1 <= size <= _MOST:
            raise RestError("rest_invalid_param", "Invalid parameter(s): per_page", 400)
        if number < 1:
            raise RestError("rest_invalid_param", "Invalid parameter(s): page", 400)
        pages = -(-len(rows) // size)
        if noun == "posts" and number > max(pages, 1):
            message = "The page number requested is larger than the number of pages available."
            raise RestError("rest_post_invalid_page_number", message, 400)
        offset = whole(query, "offset", (number - 1) * size)
        links = [(f"{self._blog.origin}{API}/", "https://api.w.org/")]
        for rel, other in (("prev", number - 1), ("next", number + 1)):
            if 1 <= other <= pages:
                links.append((str(request.url.copy_set_param("page", str(other))), rel))
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages), **link_header(links)}
        return as_json([_only(row, query) for row in rows[offset : offset + size]], headers=headers)

    def _root(self) -> Row:
        her = self._blog.her
        return {
            "name": her.blog,
            "description": her.tagline,
            "url": self._blog.origin,
            "home": self._blog.origin,
            "gmt_offset": "1",
            "timezone_string": self._blog.zone_name,
            "namespaces": ["oembed/1.0", "wp/v2", "wp-site-health/v1", "wp-block-editor/v1"],
            "authentication": {},
            "routes": {
                f"/wp/v2/{noun}": {"namespace": "wp/v2", "methods": ["GET"]}
                for noun in ("posts", "comments", "categories", "tags", "users")
            },
        }

    def _posts(self, query: Query, at: datetime) -> list[Row]:
        articles = _dated(self._blog.articles(at), query, lambda article: article.at, lambda article: article.id)
        if slugs := _list(query, "slug"):
            articles = [article for article in articles if article.slug in slugs]
        for name, ids in (("categories", self._category_ids), ("tags", self._tag_ids)):
            if wanted := _numbers(query, name):
                articles = [article for article in articles if wanted & set(ids(article))]
        if after := _moment(query, "modified_after"):
            articles = [article for article in articles if article.at > after]
        return [self._post(article) for article in articles]

    def _category_ids(self, article: Article) -> list[int]:
        return [self._blog.categories[self._blog.category(article)]]

    def _tag_ids(self, article: Article) -> list[int]:
        return [self._blog.tags[tag] for tag in article.tags]

    def _post(self, article: Article) -> Row:
        content = self._blog.content(article)
        local, gmt = _wordpress(article.at.astimezone(self._blog.zone)), _wordpress(article.at.astimezone(UTC))
        return {
            "id": article.id,
            "date": local,
            "date_gmt": gmt,
            "guid": {"rendered": self._blog.guid(article)},
            "modified": local,
            "modified_gmt": gmt,
            "slug": article.slug,
            "status": "publish",
            "type": "post",
            "link": self._blog.url(article),
            "title": {"rendered": _texturized(article.title)},
            "content": {"rendered": content, "protected": False},
            "excerpt": {"rendered": content.partition("\n")[0] + "\n", "protected": False},
            "author": HER_USER,
            "featured_media": 0,
            "comment_status": "open",
            "ping_status": "closed",
            "sticky": False,
            "template": "",
            "format": "standard",
            "meta": {"footnotes": ""},
            "categories": self._category_ids(article),
            "tags": self._tag_ids(article),
        }

    def _comments(self, query: Query, at: datetime) -> list[Row]:
        if hidden := [name for name in _HIDDEN if name in query]:
            raise RestError("rest_forbidden_param", f"Query parameter not permitted: {', '.join(hidden)}", 401)
        comments = _dated(self._blog.comments(at), query, lambda comment: comment.at, lambda comment: comment.id)
        if posts := _numbers(query, "post"):
            comments = [comment for comment in comments if comment.article.id in posts]
        if "parent" in query:
            parents = _numbers(query, "parent")
            comments = [one for one in comments if (one.parent.id if one.parent else 0) in parents]
        return [self._comment(comment) for comment in comments]

    def _comment(self, comment: Comment) -> Row:
        name, url = self._blog.author(comment)
        return {
            "id": comment.id,
            "post": comment.article.id,
            "parent": comment.parent.id if comment.parent else 0,
            "author": 0 if comment.author else HER_USER,
            "author_name": name,
            "author_url": url,
            "date": _wordpress(comment.at.astimezone(self._blog.zone)),
            "date_gmt": _wordpress(comment.at.astimezone(UTC)),
            "content": {"rendered": as_html(comment.text)},
            "link": self._blog.comment_url(comment),
            "status": "approved",
            "type": "comment",
            "author_avatar_urls": {},
            "meta": [],
        }

    def _terms(self, noun: str, query: Query, at: datetime) -> list[Row]:
        singular, ids, of = (
            ("category", self._blog.categories, self._category_ids)
            if noun == "categories"
            else ("tag", self._blog.tags, self._tag_ids)
        )
        used = [number for article in self._blog.articles(at) for number in of(article)]
        include, exclude = _numbers(query, "include"), _numbers(query, "exclude")
        return [
            {
                "id": number,
                "count": used.count(number),
                "description": "",
                "link": f"{self._blog.origin}/{singular}/{name.lower()}/",
                "name": html.escape(name),
                "slug": name.lower(),
                "taxonomy": "category" if singular == "category" else "post_tag",
            }
            for name, number in ids.items()
            if (not include or number in include) and number not in exclude
        ]

    def _users(self) -> list[Row]:
        her = self._blog.her
        return [
            {
                "id": HER_USER,
                "name": her.name,
                "url": self._blog.origin,
                "description": "",
                "link": f"{self._blog.origin}/author/{her.handle}/",
                "slug": her.handle,
                "avatar_urls": {},
                "meta": [],
            }
        ]


def _dated(rows: Sequence[Any], query: Query, at: Callable[[Any], datetime], key: Callable[[Any], int]) -> list[Any]:
    """Filtered by ``after``, ``before``, ``include`` and ``exclude``, in the order asked for; given newest first."""
    after, before = _moment(query, "after"), _moment(query, "before")
    include, exclude = _numbers(query, "include"), _numbers(query, "exclude")
    found = [
        row
        for row in rows
        if (after is None or at(row) > after)
        and (before is None or at(row) < before)
        and (not include or key(row) in include)
        and key(row) not in exclude
    ]
    if query.get("orderby") in ("id", "modified", "date", "date_gmt", None) and query.get("order", "desc") == "asc":
        found.reverse()
    return found


def _moment(query: Query, name: str) -> datetime | None:
    """An ISO time; without a zone it would be the site's own."""
    given = query.get(name)
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise RestError("rest_invalid_param", f"Invalid parameter(s): {name}", 400) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _list(query: Query, name: str) -> list[str]:
    """A comma-separated list, or the name repeated with brackets."""
    values = query.get_list(name) + query.get_list(f"{name}[]")
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _numbers(query: Query, name: str) -> set[int]:
    return {int(part) for part in _list(query, name) if part.isdecimal()}


def _only(row: Row, query: Query) -> Row:
    """The fields asked for with ``_fields``; ``title.rendered`` names one inside another."""
    wanted = _list(query, "_fields")
    if not wanted:
        return row
    found: Row = {}
    for name in wanted:
        outer, _, inner = name.partition(".")
        if outer not in row:
            continue
        if inner and isinstance(row[outer], dict):
            if inner in row[outer]:
                found.setdefault(outer, {})[inner] = row[outer][inner]
        else:
            found[outer] = row[outer]
    return found


def _wordpress(at: datetime) -> str:
    """Without a zone, as WordPress writes both of its dates."""
    return f"{at:%Y-%m-%dT%H:%M:%S}"


def _texturized(title: str) -> str:
    """Entities as WordPress makes them for typographic signs."""
    return html.escape(title, quote=False).replace("'", "&#8217;").replace("–", "&#8211;")
