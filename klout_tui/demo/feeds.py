"""The blog's pages and RSS 2.0 feeds, with the validators WordPress sends and the 304 it answers to them."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final, TypeVar
from xml.sax.saxutils import escape, quoteattr

import httpx

from klout_tui.demo.blog_ledger import BlogLedger, as_html
from klout_tui.demo.events import Article, Comment
from klout_tui.demo.replying import Query, as_text, http_date, whole

T = TypeVar("T")

_WINDOW: Final = 10
"""Items in a feed, WordPress's default."""
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:wfw="http://wellformedweb.org/CommentAPI/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:atom="http://www.w3.org/2005/Atom"
\txmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
\txmlns:slash="http://purl.org/rss/1.0/modules/slash/"
\t>
<channel>
"""


class Pages:
    """Home page, article pages, and feeds of posts and comments."""

    def __init__(self, blog: BlogLedger) -> None:
        self._blog = blog

    def home(self, at: datetime) -> httpx.Response:
        """The front page, which names the feeds and the REST interface."""
        items = "\n".join(
            f'<article><h2><a href="{self._blog.url(article)}">{html.escape(article.title)}</a></h2></article>'
            for article in self._blog.articles(at)[:_WINDOW]
        )
        return self._page(self._blog.her.blog, "", f"<p>{html.escape(self._blog.her.tagline)}</p>\n{items}")

    def article(self, article: Article, at: datetime) -> httpx.Response:
        """One article with its comments."""
        title = html.escape(article.title)
        link = (
            f'<link rel="alternate" type="application/rss+xml" title="{html.escape(self._blog.her.blog)} &raquo; '
            f'{title} Comments Feed" href="{self._blog.url(article)}feed/" />\n'
            f'<link rel="alternate" title="JSON" type="application/json" '
            f'href="{self._blog.origin}/wp-json/wp/v2/posts/{article.id}" />\n'
        )
        comments = "\n".join(self._listed(comment) for comment in reversed(self._blog.comments(at, article)))
        return self._page(article.title, link, f"<h1>{title}</h1>{self._blog.content(article)}<ol>{comments}</ol>")

    def posts_feed(self, request: httpx.Request, at: datetime) -> httpx.Response:
        """The ten newest articles; ``paged`` turns to older ones. Its validators know nothing of comments."""
        articles = self._blog.articles(at)
        changed = articles[0].at if articles else at
        window = _paged(articles, request.url.params)
        if not window and articles:
            return as_text("<!doctype html><title>Page not found</title>", "text/html", 404)
        items = "".join(self._post_item(article, at) for article in window)
        return self._feed(request, self._blog.her.blog, "/feed/", changed, items)

    def comments_feed(self, request: httpx.Request, at: datetime, article: Article | None = None) -> httpx.Response:
        """The ten newest comments, of all articles or of one."""
        comments = self._blog.comments(at, article)
        newest = self._blog.comments(at)[:1]
        changed = max([one.at for one in newest] + [one.at for one in self._blog.articles(at)[:1]], default=at)
        items = "".join(self._comment_item(comment, article) for comment in _paged(comments, request.url.params))
        if article is None:
            return self._feed(request, f"Comments for {self._blog.her.blog}", "/comments/feed/", changed, items)
        path = f"{self._blog.url(article).removeprefix(self._blog.origin)}feed/"
        return self._feed(request, f"Comments on: {article.title}", path, changed, items)

    def _listed(self, comment: Comment) -> str:
        name = html.escape(self._blog.author(comment)[0])
        return f'<li id="comment-{comment.id}"><b>{name}</b>{as_html(comment.text)}</li>'

    def _feed(self, request: httpx.Request, title: str, path: str, changed: datetime, items: str) -> httpx.Response:
        modified = http_date(changed)
        etag = f'"{hashlib.md5(modified.encode(), usedforsecurity=False).hexdigest()}"'
        validators = {"ETag": etag, "Last-Modified": modified}
        if _unchanged(request, etag, changed):
            return httpx.Response(304, headers=validators)
        blog = self._blog
        channel = (
            f"\t<title>{_safe(title)}</title>\n"
            f'\t<atom:link href={quoteattr(blog.origin + path)} rel="self" type="application/rss+xml" />\n'
            f"\t<link>{blog.origin}</link>\n"
            f"\t<description>{_safe(blog.her.tagline)}</description>\n"
            f"\t<lastBuildDate>{_rss(changed)}</lastBuildDate>\n"
            "\t<language>en-GB</language>\n"
            "\t<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>\n"
            "\t<generator>https://wordpress.org/?v=6.8.3</generator>\n"
        )
        return as_text(f"{_HEAD}{channel}{items}</channel>\n</rss>\n", "application/rss+xml", 200, validators)

    def _post_item(self, article: Article, at: datetime) -> str:
        blog, url = self._blog, self._blog.url(article)
        terms = "".join(f"\t<category>{_cdata(name)}</category>\n" for name in (blog.category(article), *article.tags))
        return (
            f"<item>\n\t<title>{_safe(article.title)}</title>\n\t<link>{url}</link>\n"
            f"\t<comments>{url}#comments</comments>\n"
            f"\t<dc:creator>{_cdata(blog.her.name)}</dc:creator>\n\t<pubDate>{_rss(article.at)}</pubDate>\n{terms}"
            f'\t<guid isPermaLink="false">{blog.guid(article)}</guid>\n'
            f"\t<description>{_cdata(article.paragraphs[0])}</description>\n"
            f"\t<content:encoded>{_cdata(blog.content(article))}</content:encoded>\n"
            f"\t<wfw:commentRss>{url}feed/</wfw:commentRss>\n"
            f"\t<slash:comments>{len(blog.comments(at, article))}</slash:comments>\n</item>\n"
        )

    def _comment_item(self, comment: Comment, article: Article | None) -> str:
        name = self._blog.author(comment)[0]
        title = f"By: {name}" if article else f"Comment on {comment.article.title} by {name}"
        before = ""
        if comment.parent:
            link = self._blog.comment_url(comment.parent)
            other = html.escape(self._blog.author(comment.parent)[0], quote=False)
            before = f'<p>In reply to <a href="{link}">{other}</a>.</p>\n'
        return (
            f"<item>\n\t<title>{_safe(title)}</title>\n\t<link>{self._blog.comment_url(comment)}</link>\n"
            f"\t<dc:creator>{_cdata(name)}</dc:creator>\n\t<pubDate>{_rss(comment.at)}</pubDate>\n"
            f'\t<guid isPermaLink="false">{self._blog.origin}/?p={comment.article.id}#comment-{comment.id}</guid>\n'
            f"\t<description>{_cdata(comment.text)}</description>\n"
            f"\t<content:encoded>{_cdata(before + as_html(comment.text))}</content:encoded>\n</item>\n"
        )

    def _page(self, title: str, links: str, body: str) -> httpx.Response:
        blog, name = self._blog, html.escape(self._blog.her.blog)
        feed = '<link rel="alternate" type="application/rss+xml" title='
        text = (
            f'<!doctype html>\n<html lang="en-GB"><head><meta charset="UTF-8" /><title>{html.escape(title)}</title>\n'
            f'{feed}"{name} &raquo; Feed" href="{blog.origin}/feed/" />\n'
            f'{feed}"{name} &raquo; Comments Feed" href="{blog.origin}/comments/feed/" />\n{links}'
            f'<link rel="https://api.w.org/" href="{blog.origin}/wp-json/" />\n'
            '<meta name="generator" content="WordPress 6.8.3" />\n'
            f'<link rel="me" href="https://{blog.her.server}/@{blog.her.handle}" />\n'
            f"</head><body>\n{body}\n</body></html>\n"
        )
        return as_text(text, "text/html", headers={"Link": f'<{blog.origin}/wp-json/>; rel="https://api.w.org/"'})


def _paged(items: Sequence[T], query: Query) -> Sequence[T]:
    number = max(1, whole(query, "paged", 1))
    return items[(number - 1) * _WINDOW : number * _WINDOW]


def _unchanged(request: httpx.Request, etag: str, changed: datetime) -> bool:
    """As WordPress decides: whatever validators are sent must all match, the tag letter by letter."""
    given, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    if given is None and since is None:
        return False
    fresh = True
    if since is not None:
        try:
            fresh = parsedate_to_datetime(since) >= changed.replace(microsecond=0)
        except ValueError:
            fresh = False
    return fresh and (given is None or given == etag)


def _rss(at: datetime) -> str:
    return format_datetime(at)


def _safe(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _cdata(text: str) -> str:
    return f"<![CDATA[{_NOT_XML.sub('', text).replace(']]>', ']]&gt;')}]]>"
