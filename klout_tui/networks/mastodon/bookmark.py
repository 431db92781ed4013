"""How far a refresh of a Mastodon account got, as a flat cursor and as what the cursor means. Pure.

The cursor also carries what the API's own ids are needed for later, for the few recent posts whose counters are read
again: the server's id, the object id, and the counters for which names have been asked already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import msgspec

from klout_tui.domain.batch import Cursor
from klout_tui.networks.dates import moment
from klout_tui.networks.mastodon import entities
from klout_tui.networks.mastodon.mapping import object_id

RECENT_POSTS: Final = 40
"""Posts whose counters are read again: two batches of 20, far more than most people write in a month."""
RECENT_AGE: Final = timedelta(days=30)
"""Older posts hardly gain anything, and what they gain with a token arrives as a notification anyhow."""

Counts = tuple[int, int, int]
"""Replies, boosts, likes."""


class Remembered(msgspec.Struct, frozen=True, array_like=True):
    """A recent post, as short as can be: it travels in every cursor."""

    id: str
    """The server's own id, needed to ask for it."""
    uri: str
    """Its object id; empty where it is the bookmark's ``prefix`` and the id."""
    at: int
    """When it was written, seconds since 1970."""
    seen: Counts
    """As last read."""
    named: Counts | None = None
    """The counts for which names were last asked; None if never."""

    @property
    def grown(self) -> Counts:
        """How many more there are than names were asked for."""
        asked = self.named or (0, 0, 0)
        replies, boosts, likes = (max(now - then, 0) for now, then in zip(self.seen, asked, strict=True))
        return replies, boosts, likes


@dataclass(slots=True)
class Trail:
    """How far one list has been read: first backwards to its end, from then on forward."""

    newest: str = ""
    """Highest id met."""
    before: str = ""
    """Where the backward reading goes on; empty before its start and after its end."""
    read: int = 0
    """Entries read backwards so far."""
    done: bool = False
    """Whether the backward reading is over."""

    def met(self, ids: Iterable[str]) -> None:
        """Move ``newest`` up."""
        self.newest = max((self.newest, *ids), key=order)


@dataclass(slots=True)
class Bookmark:
    """All that is remembered between two refreshes."""

    posts: Trail = field(default_factory=Trail)
    notifications: Trail = field(default_factory=Trail)
    recounted: datetime | None = None
    """When counters were last read again."""
    prefix: str = ""
    """What stands before the id in her posts' object ids, where the server builds them so."""
    recent: dict[str, Remembered] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: Cursor) -> Self:
        """What a cursor means; a part that makes no sense counts as never written."""
        return cls(
            posts=_trail(cursor, "posts"),
            notifications=_trail(cursor, "notifications"),
            recounted=moment(cursor.get("recounted")),
            prefix=cursor.get("prefix", ""),
            recent={each.id: each for each in _recent(cursor.get("recent", ""))},
        )

    def written(self) -> Cursor:
        """The cursor that means this."""
        flat = _flat("posts", self.posts) | _flat("notifications", self.notifications) | {"prefix": self.prefix}
        if self.recounted:
            flat["recounted"] = self.recounted.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self.recent:
            newest_first = sorted(self.recent.values(), key=lambda each: order(each.id), reverse=True)
            flat["recent"] = msgspec.json.encode(newest_first).decode()
        return {name: value for name, value in flat.items() if value}

    def learn(self, status: entities.Status) -> None:
        """See from one of her own posts how the server builds object ids."""
        uri = status.uri or ""
        if not self.prefix and len(uri) > len(status.id) and uri.endswith(f"/{status.id}"):
            self.prefix = uri.removesuffix(status.id)

    def uri(self, status_id: str) -> str:
        """The object id of one of her posts; empty where neither memory nor rule gives it."""
        known = self.recent.get(status_id)
        if known and known.uri:
            return known.uri
        return f"{self.prefix}{status_id}" if self.prefix else ""

    def note(self, statuses: Iterable[entities.Status], now: datetime) -> None:
        """Remember the latest counters of her own posts, and forget those grown old or too many."""
        oldest = now - RECENT_AGE
        for status in statuses:
            at, uri = moment(status.created_at) or now, object_id(status)
            if status.reblog is not None or not uri or at < oldest:
                continue
            known = self.recent.get(status.id)
            seen = (_known(status.replies_count), _known(status.reblogs_count), _known(status.favourites_count))
            self.recent[status.id] = Remembered(
                id=status.id,
                uri="" if uri == f"{self.prefix}{status.id}" else uri,
                at=int(at.timestamp()),
                seen=seen,
                named=_lowered(known.named, seen) if known and known.named else None,
            )
        young = [each for each in self.recent.values() if each.at >= oldest.timestamp()]
        young.sort(key=lambda each: order(each.id), reverse=True)
        self.recent = {each.id: each for each in young[:RECENT_POSTS]}

    def named(self, status_id: str) -> None:
        """Names have been asked for everything counted on that post."""
        known = self.recent[status_id]
        self.recent[status_id] = msgspec.structs.replace(known, named=known.seen)

    def waiting(self) -> list[Remembered]:
        """Posts that gained something whose names were not asked yet, newest first."""
        gained = [each for each in self.recent.values() if any(each.grown)]
        return sorted(gained, key=lambda each: order(each.id), reverse=True)


def order(identifier: str) -> tuple[int, str]:
    """Ids are opaque text that grows: sorted by length, then as text."""
    return len(identifier), identifier


def _lowered(asked: Counts, seen: Counts) -> Counts:
    """Undone likes lower the mark too, so that the next one is noticed."""
    replies, boosts, likes = (min(pair) for pair in zip(asked, seen, strict=True))
    return replies, boosts, likes


def _known(number: int | None) -> int:
    return max(number or 0, 0)


def _trail(cursor: Mapping[str, str], name: str) -> Trail:
    read = cursor.get(f"{name}_read", "")
    return Trail(
        newest=cursor.get(f"{name}_newest", ""),
        before=cursor.get(f"{name}_before", ""),
        read=int(read) if read.isascii() and read.isdigit() else 0,
        done=cursor.get(f"{name}_done") == "yes",
    )


def _flat(name: str, trail: Trail) -> Cursor:
    return {
        f"{name}_newest": trail.newest,
        f"{name}_before": trail.before,
        f"{name}_read": str(trail.read) if trail.read else "",
        f"{name}_done": "yes" if trail.done else "",
    }


def _recent(text: str) -> list[Remembered]:
    try:
        return msgspec.json.decode(text or "[]", type=list[Remembered])
    except msgspec.MsgspecError:
        return []
