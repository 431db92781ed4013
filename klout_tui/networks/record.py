"""What a client asked and what came back: a short, redacted record, and what the network says is left to ask. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.text import clean_line
from klout_tui.networks.waiting import retry_at

KEPT: Final = 60
"""Requests remembered of one refresh: the newest tell what is going on."""
BELIEVED: Final = timedelta(days=1)
"""No network's limit starts anew later than this; one that says so may still be asked, and can refuse."""

_WHOLE: Final = re.compile(r"\s*([0-9]{1,9})\s*(?:[,;].*)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, redirects and retries each on their own."""

    at: datetime
    """When it was sent, aware, UTC."""
    method: str
    place: str
    """Host and path, without the query, redacted."""
    outcome: str
    """``200``, or plain words where no answer came."""
    size: int = 0
    """Bytes of the answer after decompression."""
    took: timedelta = timedelta()
    authorised: bool = False
    """Whether a credential went with it."""


@dataclass(frozen=True, slots=True)
class Left:
    """How much a network lets us ask until when, as its last answer said."""

    remaining: int
    limit: int | None
    resets_at: datetime | None
    """Aware, UTC."""


class Record:
    """The requests of one refresh, newest last. Read it from any thread: what it gives never changes."""

    def __init__(self, before: Record | None = None) -> None:
        """Args: before: of an earlier refresh, whose limits may still hold."""
        self.asked: tuple[Asked, ...] = ()
        """The newest requests, oldest first."""
        self.total = 0
        """All requests, those no longer remembered included."""
        self.left: Mapping[str, Left] = before.left if before else {}
        """What is left, by the network's own name for the pool (GitHub's ``core``, ``search``), else by ``""``."""
        self._told: Callable[[], None] | None = None
        self._spent: dict[tuple[str, str], datetime] = dict(before._spent) if before else {}

    def note(self, asked: Asked) -> None:
        """One request more."""
        self.asked = (*self.asked, asked)[-KEPT:]
        self.total += 1
        if self._told is not None:
            self._told()

    @contextmanager
    def telling(self, told: Callable[[], None]) -> Iterator[None]:
        """Call this for every request noted, until the end of the block."""
        self._told = told
        try:
            yield
        finally:
            self._told = None

    def learn(self, headers: Mapping[str, str], now: datetime, host: str = "", method: str = "GET") -> None:
        """Read what is left from an answer's headers, if it says so.

        ``RateLimit-*`` (Bluesky, IETF draft) and ``X-RateLimit-*`` (Mastodon, GitHub) are understood.

        Args:
            headers: of the answer; looked up by lower-case names.
            now: aware, UTC.
            host: who answered.
            method: what was answered.
        """
        remaining = _number(headers, "remaining")
        if remaining is None:
            return
        pool = clean_line(headers.get("x-ratelimit-resource", ""), 40)
        resets_at = _resets(headers, now)
        self.left = {**self.left, pool: Left(remaining, _number(headers, "limit"), resets_at)}
        if pool:
            return
        self._spent.pop((host, method), None)
        if remaining == 0 and resets_at is not None and resets_at <= now + BELIEVED:
            self._spent[host, method] = resets_at

    def spent_until(self, host: str, now: datetime, method: str = "GET") -> datetime | None:
        """Until when this host has said that nothing is left to ask, in the pool it gives no name; aware, UTC.

        Which requests a named pool counts only the network's adapter knows; and logging in (a POST) is counted apart
        from reading.
        """
        until = self._spent.get((host, method))
        return until if until is not None and until > now else None


def _number(headers: Mapping[str, str], name: str) -> int | None:
    """The number at the head of the field: ``100, 100;w=60`` names the window behind it."""
    for prefix in ("ratelimit", "x-ratelimit"):
        if found := _WHOLE.fullmatch(headers.get(f"{prefix}-{name}", "")):
            return int(found[1])
    return None


def _resets(headers: Mapping[str, str], now: datetime) -> datetime | None:
    said = headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset", "")
    return retry_at({"x-ratelimit-reset": said, "date": headers.get("date", "")}, now) if said else None
