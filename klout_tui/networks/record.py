"""What a client asked and what came back: a short, redacted record, and what the network says is left to ask. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from klout_tui.networks.waiting import retry_at

KEPT: Final = 60
"""Requests remembered of one refresh: the newest tell what is going on."""


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
    """The requests of one refresh, newest last."""

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque(maxlen=KEPT)
        self.total = 0
        """All requests, those no longer remembered included."""
        self.left: dict[str, Left] = {}
        """What is left, by the network's own name for the pool (GitHub's ``core``, ``search``), else by ``""``."""

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The newest requests, oldest first."""
        return tuple(self._asked)

    def note(self, asked: Asked) -> None:
        """One request more."""
        self._asked.append(asked)
        self.total += 1

    def learn(self, headers: Mapping[str, str], now: datetime) -> None:
        """Read what is left from an answer's headers, if it says so.

        ``RateLimit-*`` (Bluesky, IETF draft) and ``X-RateLimit-*`` (Mastodon, GitHub) are understood.
        """
        remaining = _number(headers, "remaining")
        if remaining is None:
            return
        pool = headers.get("x-ratelimit-resource", "")[:40]
        self.left[pool] = Left(remaining, _number(headers, "limit"), _resets(headers, now))


def _number(headers: Mapping[str, str], name: str) -> int | None:
    for prefix in ("ratelimit", "x-ratelimit"):
        said = headers.get(f"{prefix}-{name}", "").strip()
        if said.isascii() and said.isdigit() and len(said) < 10:
            return int(said)
    return None


def _resets(headers: Mapping[str, str], now: datetime) -> datetime | None:
    said = headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset", "")
    return retry_at({"x-ratelimit-reset": said, "date": headers.get("date", "")}, now) if said else None
