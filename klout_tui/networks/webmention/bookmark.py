"""How far a refresh got, as a flat cursor and as what the cursor means. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

import msgspec

from klout_tui.domain.batch import Cursor
from klout_tui.networks.dates import moment
from klout_tui.networks.webmention.api import Listing


class Trail(msgspec.Struct, omit_defaults=True):
    """How far one list was read, oldest first."""

    since: int = 0
    """Everything up to this id was read."""
    page: int = 0
    """Pages read beyond it, where many came in one second."""
    top: int = 0
    """Highest id met."""
    done: bool = False
    """Whether its end was reached once."""


@dataclass(slots=True)
class Bookmark:
    """All that is remembered between two refreshes."""

    trails: dict[str, Trail] = field(default_factory=dict)
    """By what the list is of, so that other pages, or a token, begin a list of their own."""
    looked_back: datetime | None = None
    """When what was changed lately was last read again."""

    @classmethod
    def read(cls, cursor: Cursor) -> Self:
        """What a cursor means; a part that makes no sense counts as never written."""
        try:
            trails = msgspec.json.decode(cursor.get("trails") or "{}", type=dict[str, Trail])
        except msgspec.MsgspecError:
            trails = {}
        return cls(trails, moment(cursor.get("looked_back")))

    def written(self) -> Cursor:
        """The cursor that means this."""
        flat = {"trails": msgspec.json.encode(self.trails).decode()} if self.trails else {}
        if self.looked_back:
            flat["looked_back"] = self.looked_back.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return flat

    def trail(self, listing: Listing) -> Trail:
        """Of one list; new where it was never read."""
        name = listing.domain or hashlib.sha256("\n".join(listing.targets).encode()).hexdigest()[:16]
        return self.trails.setdefault(name, Trail())
