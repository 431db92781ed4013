"""How far a refresh got, as a flat cursor and as what the cursor means. Pure.

All lists are walked from now backwards, in spans of time. A walk that was cut off goes on where it was; one that is
finished leaves the floor for the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Self, TypeVar

import msgspec

from klout_tui.domain.batch import Cursor
from klout_tui.networks.dates import moment

T = TypeVar("T")

OVERLAP: Final = 3600
"""Seconds read again: the search trails the site by seconds to minutes."""
THREAD_AGE: Final = timedelta(days=15)
"""Threads close to replies after about 14 days."""
MOST_THREADS: Final = 100
"""Live threads followed, the newest: two searches take them."""
REMARK_AGE: Final = timedelta(days=30)
MOST_REMARKS: Final = 300
"""Own comments whose answers are recognised, the newest."""
TRIES: Final = 3
"""Refreshes in which an own item is looked for that the site lists and does not give."""


class Walk(msgspec.Struct, omit_defaults=True):
    """One list, read from now backwards to a floor. Seconds since 1970."""

    floor: int = 0
    """Everything up to here has been read."""
    before: int = 0
    """Where the walk goes on; 0 at its start."""
    top: int = 0
    """Newest time met in this walk."""
    done: bool = False
    """Whether it has come to its end at least once."""

    def step(self, times: Iterable[int]) -> None:
        """A page with these times was read; the next begins where it ends, or a second earlier if it was all one."""
        times = tuple(times)
        if not times:
            return
        oldest = min(times)
        self.before = self.before - 1 if self.before and oldest >= self.before else oldest
        self.top = max(self.top, *times)

    def finish(self) -> None:
        """Nothing is left down to the floor."""
        self.floor = max(self.floor, self.top - OVERLAP)
        self.before, self.top, self.done = 0, 0, True


class Thread(msgspec.Struct, frozen=True, array_like=True):
    """A story whose comments are followed."""

    story: int
    at: int
    """When she last took part."""
    mine: bool


class Pending(msgspec.Struct, omit_defaults=True):
    """Comments that are still to be read."""

    mine: list[int] = []
    """Stories of hers."""
    theirs: list[int] = []
    """Stories of others she wrote below."""
    walk: Walk = msgspec.field(default_factory=Walk)


@dataclass(slots=True)
class Bookmark:
    """All that is remembered between two refreshes."""

    own: Walk = field(default_factory=Walk)
    """What she wrote."""
    newest: int = 0
    """Highest id of an own item that was read."""
    absent: dict[int, int] = field(default_factory=dict)
    """Own items the site lists and did not give: how often they were looked for."""
    heard: int = 0
    """Seconds since 1970 from which live threads are read next."""
    queue: list[Pending] = field(default_factory=list)
    threads: dict[int, Thread] = field(default_factory=dict)
    remarks: dict[int, int] = field(default_factory=dict)
    """Own comments in the threads of others, and when they were written."""
    sites: dict[str, Walk] = field(default_factory=dict)
    scored: datetime | None = None
    """When points were last read live."""
    listed: datetime | None = None
    """When points were last read by the search."""
    searched: datetime | None = None
    """When submissions of her sites were last looked for."""

    @classmethod
    def read(cls, cursor: Cursor) -> Self:
        """What a cursor means; a part that makes no sense counts as never written."""
        newest, heard = cursor.get("newest", ""), cursor.get("heard", "")
        return cls(
            own=_part(cursor, "own", Walk) or Walk(),
            newest=int(newest) if newest.isascii() and newest.isdigit() else 0,
            absent=_part(cursor, "absent", dict[int, int]) or {},
            heard=int(heard) if heard.isascii() and heard.isdigit() else 0,
            queue=_part(cursor, "queue", list[Pending]) or [],
            threads={each.story: each for each in _part(cursor, "threads", list[Thread]) or []},
            remarks=_part(cursor, "remarks", dict[int, int]) or {},
            sites=_part(cursor, "sites", dict[str, Walk]) or {},
            scored=moment(cursor.get("scored")),
            listed=moment(cursor.get("listed")),
            searched=moment(cursor.get("searched")),
        )

    def written(self) -> Cursor:
        """The cursor that means this."""
        parts = {
            "own": self.own,
            "absent": self.absent,
            "queue": self.queue,
            "threads": list(self.threads.values()),
            "remarks": self.remarks,
            "sites": self.sites,
        }
        flat = {name: msgspec.json.encode(part).decode() for name, part in parts.items() if part}
        flat |= {"newest": str(self.newest or ""), "heard": str(self.heard or "")}
        for name, at in (("scored", self.scored), ("listed", self.listed), ("searched", self.searched)):
            flat[name] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
        return {name: value for name, value in flat.items() if value and value != "{}"}

    def follow(self, story: int, at: datetime, *, mine: bool, now: datetime) -> None:
        """Take part in a thread; what was said in it since is not missed, however late we learn of it."""
        seconds, known = int(at.timestamp()), self.threads.get(story)
        if known is not None:
            seconds, mine = max(seconds, known.at), mine or known.mine
        self.threads[story] = Thread(story, seconds, mine)
        self.threads = {each.story: each for each in self.live(now)[:MOST_THREADS]}
        if self.own.done and story in self.threads and known is None:
            self.heard = min(self.heard, seconds)

    def remark(self, number: int, at: datetime, now: datetime) -> None:
        """Remember an own comment in somebody else's thread."""
        self.remarks[number] = int(at.timestamp())
        oldest = (now - REMARK_AGE).timestamp()
        young = sorted(((each, at) for each, at in self.remarks.items() if at >= oldest), key=lambda pair: -pair[1])
        self.remarks = dict(young[:MOST_REMARKS])

    def live(self, now: datetime) -> list[Thread]:
        """Threads that may have got comments since they were read last, the newest first."""
        oldest = min(self.heard or now.timestamp(), now.timestamp()) - THREAD_AGE.total_seconds()
        return sorted((each for each in self.threads.values() if each.at >= oldest), key=lambda each: -each.at)


def _part(cursor: Cursor, name: str, shape: type[T]) -> T | None:
    try:
        return msgspec.json.decode(cursor[name], type=shape, strict=False) if cursor.get(name) else None
    except (msgspec.MsgspecError, ValueError):
        return None
