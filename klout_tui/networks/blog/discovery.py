"""Finding a blog's feeds in the HTML of one of its pages. Pure.

The rules follow what engines really print; see WordPress's ``feed_links`` and ``rest_output_link_wp_head``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from klout_tui.domain.markup import Tag, pieces

_PAGE_LIMIT: Final = 1_000_000
"""Characters of a page searched; what a blog says of its feeds stands at its beginning."""
_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rss", "application/atom", "application/feed+json"}
)
_ANCHORS: Final = ("atom.xml", "/atom", "rss.xml", "/rss", "index.xml", "/feed.xml", "/feed.json", "/feed")
_GUESSES: Final = ("feed/", "rss/", "feed.xml", "atom.xml", "index.xml", "feed.json")
_COMMENTS: Final = re.compile(r"/comments(/|$)|comments-(rss2|atom|rdf|rss)|/comments\.(xml|rss|atom)$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that a page mentions."""

    url: str
    title: str = ""

    @property
    def surely_comments(self) -> bool:
        """Whether it tells the comments of a whole blog, by its address, which is never translated."""
        parts = urlsplit(self.url)
        return bool(_COMMENTS.search(f"{parts.path}?{parts.query}".rstrip("?")))

    @property
    def of_comments(self) -> bool:
        """Whether it seems to tell comments, by its address or its English title."""
        return self.surely_comments or "comments" in self.title.lower()


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of its feeds; addresses are absolute, in the order of the document, without duplicates."""

    declared: tuple[Candidate, ...] = ()
    """``<link rel=alternate>``."""
    linked: tuple[Candidate, ...] = ()
    """``<a href>`` that look like feeds."""
    rest: str = ""
    """Root of WordPress's REST API, where announced."""
    generator: str = ""

    def posts(self, url: str) -> tuple[Candidate, ...]:
        """Feeds of posts worth trying, the likeliest first; guesses only where the page declares none."""
        for meant in (lambda feed: not feed.of_comments, lambda feed: not feed.surely_comments):
            if declared := tuple(filter(meant, self.declared)):  # the second is for a blog called "Comments on …"
                return declared
        linked = tuple(feed for feed in self.linked if not feed.of_comments)
        return tuple({feed.url: feed for feed in (*linked, *guesses(url))}.values())

    def comments(self) -> tuple[Candidate, ...]:
        """Feeds of a whole blog's comments."""
        return tuple(feed for feed in (*self.declared, *self.linked) if feed.surely_comments)


def read_page(html: str, url: str) -> Page:
    """What the page at ``url`` says of its feeds."""
    reader = _Reader(url)
    for piece in pieces(html[:_PAGE_LIMIT]):
        if isinstance(piece, Tag) and not piece.ends:
            reader.read(piece.name, piece.attributes)
    return Page(tuple(reader.declared.values()), tuple(reader.linked.values()), reader.rest, reader.generator)


def guesses(url: str) -> tuple[Candidate, ...]:
    """Where feeds usually lie: under the page, then under the root of its host."""
    here = url.partition("?")[0].partition("#")[0].rpartition("/")[0] + "/"
    bases = dict.fromkeys((here, urljoin(url, "/")))
    return tuple(Candidate(urljoin(base, guess)) for base in bases for guess in _GUESSES)


def comments_beside(feed: str, *, wordpress: bool) -> tuple[str, ...]:
    """Where the comments feed of a whole blog lies, by the address of its posts feed; the more telling form first.

    WordPress's Atom form names the commenter's site and the comment that is answered, its RSS form does not.
    """
    parts = urlsplit(feed)
    if parts.path.endswith("/feeds/posts/default"):  # Blogger
        return (urljoin(feed, "../comments/default"),)
    if not wordpress:
        return ()
    if "feed=" in parts.query:
        base = feed.partition("?")[0]
        return (f"{base}?feed=comments-atom", f"{base}?feed=comments-rss2")
    base = re.sub(r"(category/.*|tag/.*|author/.*)?feed/?(rss2|rss|atom|rdf)?/?$", "", feed.partition("?")[0])
    return (f"{base}comments/feed/atom/", f"{base}comments/feed/") if base.endswith("/") else ()


def atom_form(comments_feed: str) -> str:
    """The Atom address of a WordPress RSS comments feed, or empty."""
    parts = urlsplit(comments_feed)
    if parts.path.rstrip("/").endswith("/feed"):
        return f"{comments_feed.partition('?')[0].rstrip('/')}/atom/"
    if "feed=comments-rss2" in parts.query:
        return comments_feed.replace("feed=comments-rss2", "feed=comments-atom")
    return ""


class _Reader:
    """Collects links."""

    def __init__(self, url: str) -> None:
        self._base = url
        self.declared: dict[str, Candidate] = {}
        self.linked: dict[str, Candidate] = {}
        self.rest = ""
        self.generator = ""

    def read(self, tag: str, given: dict[str, str]) -> None:
        """Take what a start tag tells."""
        if tag == "meta" and given.get("name", "").lower() == "generator":
            self.generator = self.generator or given.get("content", "")
        href = self._absolute(given.get("href", ""))
        if not href:
            return
        if tag == "base":
            self._base = href
        elif tag == "link":
            self._link(href, given)
        elif tag == "a":
            path = urlsplit(href).path.rstrip("/").lower()
            if path.endswith(_ANCHORS):
                self.linked.setdefault(href, Candidate(href, given.get("title", "")))

    def _link(self, href: str, given: dict[str, str]) -> None:
        relations = given.get("rel", "").lower().split()
        if "https://api.w.org/" in relations:
            self.rest = self.rest or href
        kind = given.get("type", "").partition(";")[0].strip().lower()
        # plain application/json is a JSON Feed only by its name: WordPress announces its REST API in the same way
        named = kind == "application/json" and urlsplit(href).path.lower().endswith("/feed.json")
        if "alternate" in relations and (kind in _TYPES or named):
            self.declared.setdefault(href, Candidate(href, given.get("title", "")))

    def _absolute(self, href: str) -> str:
        try:
            url = urljoin(self._base, href.strip()) if href.strip() else ""
        except ValueError:
            return ""
        return url if url.startswith(("https://", "http://")) else ""
