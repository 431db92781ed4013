"""How far a refresh of a Bluesky account got, as a flat cursor and as what the cursor means. Pure.

The cursor also carries her newest posts with their counters, so that names are asked only where one has moved, and how
many followers those have who acted lately.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self, TypeVar

import msgspec

from klout_tui.domain.batch import Cursor
from klout_tui.domain.model import InteractionKind
from klout_tui.networks.bluesky.entities import PostView, Uri
from klout_tui.networks.bluesky.trail import Trail, stamp
from klout_tui.networks.dates import moment

V = TypeVar("V")

RECENT_POSTS: Final = 150
"""Posts whose counters are remembered: her newest, whatever their age."""
NAMED_AGE: Final = timedelta(days=90)
"""What older posts had gained when they were first met stays a number; a score looks back so far."""
ACTORS: Final = 400
"""People whose followers are remembered, those met last."""

COUNTED: Final = (
    InteractionKind.LIKE,
    InteractionKind.REPOST,
    InteractionKind.QUOTE,
    InteractionKind.REPLY,
    InteractionKind.BOOKMARK,
)
"""The counters of a post, in the order they are kept in."""
NAMED: Final = COUNTED[:4]
"""Those with names behind them."""
NEVER: Final = -1
"""Names were never asked for."""

Counts = tuple[int, ...]


class Remembered(msgspec.Struct, frozen=True, array_like=True):
    """A recent post, as short as can be: it travels in every cursor."""

    rkey: str
    """The last part of its address."""
    at: int
    """When it was written, seconds since 1970."""
    seen: Counts
    """As last read, in the order of ``COUNTED``."""
    named: Counts
    """The counts for which names were last asked, in the order of ``NAMED``; ``NEVER`` if not yet."""
    absent: bool = False
    """It exists, and is missing in her feed."""

    def waits(self, kind: int) -> bool:
        """Whether it gained something of this kind whose names were not asked yet."""
        return self.seen[kind] > max(self.named[kind], 0)


class Listing(msgspec.Struct, frozen=True, array_like=True):
    """The list of names that is being read."""

    rkey: str
    kind: int
    """A place in ``NAMED``."""
    count: int
    """The counter it explains."""
    goal: int
    """Entries enough to explain what was gained."""
    first: bool
    """Whether names are asked for the first time."""
    begun: int
    """Seconds since 1970."""
    read: int = 0
    next: str = ""
    """The server's cursor."""


@dataclass(slots=True)
class Bookmark:
    """All that is remembered between two refreshes."""

    posts: Trail = field(default_factory=Trail)
    notifications: Trail = field(default_factory=Trail)
    profiled: datetime | None = None
    """When her profile was last read."""
    recounted: datetime | None = None
    """When counters of posts beyond the first page were last read."""
    private: bool = False
    """Her profile asks not to be shown to strangers."""
    recent: dict[str, Remembered] = field(default_factory=dict)
    """By the last part of their address."""
    listing: Listing | None = None
    followers: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By the mark of a DID: how many, ``NEVER`` where it is not told, and on which day, counted from 1970."""

    @classmethod
    def read(cls, cursor: Cursor) -> Self:
        """What a cursor means; a part that makes no sense counts as never written."""
        recent = _decoded(cursor.get("recent", ""), list[Remembered]) or []
        return cls(
            posts=Trail.of(cursor, "posts"),
            notifications=Trail.of(cursor, "notifications"),
            profiled=moment(cursor.get("profiled")),
            recounted=moment(cursor.get("recounted")),
            private=cursor.get("private") == "yes",
            recent={
                each.rkey: each for each in recent if len(each.seen) == len(COUNTED) and len(each.named) == len(NAMED)
            },
            listing=_decoded(cursor.get("listing", ""), Listing),
            followers=_decoded(cursor.get("followers", ""), dict[str, tuple[int, int]]) or {},
        )

    def written(self) -> Cursor:
        """The cursor that means this."""
        flat = self.posts.written("posts") | self.notifications.written("notifications")
        flat |= {
            "profiled": stamp(self.profiled),
            "recounted": stamp(self.recounted),
            "private": "yes" if self.private else "",
            "recent": _encoded(self.newest_first()) if self.recent else "",
            "listing": _encoded(self.listing) if self.listing else "",
            "followers": _encoded(self.followers) if self.followers else "",
        }
        return {name: value for name, value in flat.items() if value}

    def start_over(self) -> None:
        """Everything shall be read again."""
        self.posts, self.notifications, self.recent, self.listing = Trail(), Trail(), {}, None

    def newest_first(self) -> list[Remembered]:
        """The remembered posts, newest first."""
        return sorted(self.recent.values(), key=lambda each: (each.at, each.rkey), reverse=True)

    def note(self, posts: Iterable[PostView], now: datetime, *, listed: bool = False) -> set[str]:
        """Remember the counters of posts of hers; gives the addresses of those that are new or have changed.

        Args:
            posts: hers.
            now: stands in for a missing date.
            listed: whether they were met in her feed.
        """
        changed: set[str] = set()
        for post in posts:
            rkey = Uri.of(post.uri).rkey
            known = self.recent.get(rkey)
            noted = _noted(post, known, now)
            if known is None or known.seen != noted.seen:
                changed.add(post.uri)
            self.recent[rkey] = msgspec.structs.replace(noted, absent=noted.absent and not listed)
        if len(self.recent) > RECENT_POSTS:
            self.recent = {each.rkey: each for each in self.newest_first()[:RECENT_POSTS]}
        return changed

    def name(self, rkey: str, kind: int, count: int) -> None:
        """Names of this kind have been asked for up to that count."""
        known = self.recent.get(rkey)
        if known is not None:
            named = (*known.named[:kind], min(count, known.seen[kind]), *known.named[kind + 1 :])
            self.recent[rkey] = msgspec.structs.replace(known, named=named)

    def waiting(self) -> list[tuple[Remembered, int]]:
        """Posts and kinds with gains whose names were not asked yet, newest first."""
        return [(each, kind) for each in self.newest_first() for kind in range(len(NAMED)) if each.waits(kind)]

    def follow(self, mark: str, count: int | None, day: int) -> None:
        """Remember how many followers somebody has."""
        self.followers.pop(mark, None)
        self.followers[mark] = (NEVER if count is None else count, day)
        while len(self.followers) > ACTORS:
            del self.followers[next(iter(self.followers))]


def _noted(post: PostView, known: Remembered | None, now: datetime) -> Remembered:
    before = known.seen if known else (0,) * len(COUNTED)
    seen = tuple(post.counters.get(kind, old) for kind, old in zip(COUNTED, before, strict=True))
    at = min(post.at or now, now)
    if known is not None:  # what was undone lowers the mark too, so that the next one is noticed
        named = tuple(min(asked, count) for asked, count in zip(known.named, seen, strict=False))
        return Remembered(rkey=known.rkey, at=known.at, seen=seen, named=named, absent=known.absent)
    old = at < now - NAMED_AGE
    # A counter met at 0 has been seen: what it gains is dated to its gaining, not to the post.
    named = tuple(count if old or count == 0 else NEVER for count in seen[: len(NAMED)])
    return Remembered(rkey=Uri.of(post.uri).rkey, at=int(at.timestamp()), seen=seen, named=named)


def _encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _decoded(text: str, shape: type[V]) -> V | None:
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.MsgspecError, ValueError):
        return None
