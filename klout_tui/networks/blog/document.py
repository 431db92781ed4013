"""What a feed says, whatever its format: the neutral form that everything after parsing works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a posts feed or of a comments feed, as its publisher wrote it, HTML turned into text."""

    id: str
    """``guid``, ``id``; may be empty, or repeated by other items."""
    url: str
    """Absolute permalink; may be empty, but never together with ``id``."""
    title: str = ""
    text: str = ""
    at: datetime | None = None
    """UTC; None where there is none or none that can be read."""
    authors: tuple[str, ...] = ()
    author_url: str = ""
    topics: tuple[str, ...] = ()
    comments: int | None = None
    """How many comments it has, where the feed tells (``slash:comments``, ``thr:total``)."""
    comments_feed: str = ""
    """Feed of its comments (``wfw:commentRss``, ``link rel=replies``)."""
    answers: str = ""
    """Id of what it answers (``thr:in-reply-to``)."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as read; items in the order of the document."""

    title: str
    site: str
    """Absolute URL of the site it belongs to; may be empty."""
    generator: str = ""
    next_page: str = ""
    """Older items (RFC 5005 ``rel=next``, JSON Feed ``next_url``)."""
    items: tuple[Item, ...] = ()
    owners: tuple[str, ...] = ()
    """Authors named for the whole feed; they wrote what names nobody else."""
    owner_url: str = ""
    unreadable: dict[str, int] = field(default_factory=dict)
    """Items left out, by reason."""

    @property
    def wordpress(self) -> bool:
        """Whether WordPress says that it wrote this."""
        return "wordpress" in self.generator.lower()

    @property
    def authors(self) -> tuple[str, ...]:
        """Every author named, in order of appearance."""
        return tuple(dict.fromkeys((*self.owners, *(name for item in self.items for name in item.authors))))

    @property
    def author_urls(self) -> tuple[str, ...]:
        """Every site an author is named with, in order of appearance."""
        return tuple(dict.fromkeys(filter(None, (self.owner_url, *(item.author_url for item in self.items)))))
