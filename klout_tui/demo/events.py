"""What a year consists of: statuses, acts, articles, comments. Times are aware, UTC, whole milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from klout_tui.demo.people import Person

ActKind = Literal["favourite", "reblog", "mention", "quote", "follow", "poll", "update"]
"""As Mastodon's notifications call them; a reply is a mention."""


@dataclass(slots=True, eq=False)
class Status:
    """Something written on Mastodon, by her or to her."""

    id: str
    at: datetime
    author: Person | None
    """None: herself."""
    text: str
    topic: str = ""
    tags: tuple[str, ...] = ()
    language: str = "en"
    visibility: Literal["public", "unlisted", "private", "direct"] = "public"
    answers: Status | None = None
    quotes: Status | None = None
    boosts: Status | None = None
    to_her: bool = False
    """Written by somebody who names her."""
    typed: bool = False
    """Written by the user of the demo herself, mentions and tags in the text as she typed them."""
    nameless: int = 0
    """Likes in the counter that no notification tells of: muted or suspended people."""

    @property
    def original(self) -> bool:
        """Hers, and neither an answer nor a boost."""
        return self.author is None and self.answers is None and self.boosts is None


@dataclass(slots=True, eq=False)
class Act:
    """Something that became a notification."""

    kind: ActKind
    at: datetime
    person: Person | None
    """None: herself, as with the end of her own poll."""
    status: Status | None = None
    """Hers for a like or boost, the other's for a mention or quote, none for a follow."""
    undone_at: datetime | None = None
    id: str = ""


@dataclass(slots=True, eq=False)
class Article:
    """A post on the blog."""

    id: int
    at: datetime
    slug: str
    title: str
    topic: str
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Comment:
    """A comment on the blog."""

    at: datetime
    article: Article
    author: Person | None
    """None: herself."""
    text: str
    parent: Comment | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """The whole year and some hours beyond it, everything ascending by time."""

    begin: datetime
    end: datetime
    statuses: tuple[Status, ...]
    """Hers: originals, answers and boosts."""
    written: tuple[Status, ...]
    """By others, to or about her."""
    acts: tuple[Act, ...]
    articles: tuple[Article, ...]
    comments: tuple[Comment, ...]
    followers_at_first: int
    leaves: tuple[datetime, ...]
    """When somebody stopped following; nobody is told of that."""
    people: tuple[Person, ...]


class Ids:
    """Ids as Mastodon makes them: milliseconds since 1970 shifted left, the low bits a counter."""

    def __init__(self) -> None:
        self._count = 0

    def at(self, moment: datetime) -> str:
        """A new id that sorts by its time."""
        self._count += 1
        milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        return str(milliseconds << 16 | self._count & 0xFFFF)


def to_millisecond(at: datetime) -> datetime:
    """The instant, cut to what a server would tell."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
