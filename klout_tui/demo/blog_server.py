"""Her blog: which page, feed or REST route an address means."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import httpx

from klout_tui.demo.blog_ledger import BlogLedger
from klout_tui.demo.events import Article
from klout_tui.demo.feeds import Pages
from klout_tui.demo.replying import as_text
from klout_tui.demo.wordpress import API, WordPress

_ARTICLE: Final = re.compile(r"/\d{4}/\d{2}/([\w-]+)/(feed/)?")
_FOLDER: Final = re.compile(r"(/feed|/comments/feed|/\d{4}/\d{2}/[\w-]+(/feed)?)")
"""Addresses to which WordPress adds the missing slash."""


class BlogServer:
    """``https://{site}`` of the persona; read only."""

    def __init__(self, blog: BlogLedger) -> None:
        self._blog = blog
        self._pages = Pages(blog)
        self._rest = WordPress(blog)

    def answer(self, request: httpx.Request, at: datetime) -> httpx.Response:
        """One answer, as of ``at``; the body of a HEAD is left out."""
        response = self._route(request, at)
        if request.method == "HEAD":
            return httpx.Response(response.status_code, headers=response.headers)
        return response

    def _route(self, request: httpx.Request, at: datetime) -> httpx.Response:
        path = request.url.path
        if path == API or path.startswith(f"{API}/"):
            return self._rest.answer(request, at)
        if path == "/":
            return self._front(request, at)
        if path == "/feed/":
            return self._pages.posts_feed(request, at)
        if path == "/comments/feed/":
            return self._pages.comments_feed(request, at)
        if match := _ARTICLE.fullmatch(path):
            article = self._article(match.group(1), at)
            if article:
                feed = self._pages.comments_feed(request, at, article) if match.group(2) else None
                return feed or self._pages.article(article, at)
        if _FOLDER.fullmatch(path):
            return httpx.Response(301, headers={"Location": str(request.url.copy_with(path=f"{path}/"))})
        return as_text("<!doctype html><title>Page not found</title>", "text/html", 404)

    def _front(self, request: httpx.Request, at: datetime) -> httpx.Response:
        """The home page, or what a plain query address means."""
        query = request.url.params
        if "p" in query:
            found = next((one for one in self._blog.articles(at) if str(one.id) == query["p"]), None)
            if found:
                return httpx.Response(301, headers={"Location": self._blog.url(found)})
        if query.get("feed") in ("rss2", "rss"):
            return self._pages.posts_feed(request, at)
        if query.get("feed") == "comments-rss2":
            return self._pages.comments_feed(request, at)
        return self._pages.home(at)

    def _article(self, slug: str, at: datetime) -> Article | None:
        return next((article for article in self._blog.articles(at) if article.slug == slug), None)
