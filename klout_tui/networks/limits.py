"""How much one refresh, and one request of it, may take; and how many requests may be under way at a host."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anybody's time and memory one request may take."""

    timeout: float = 20.0
    """Seconds of silence before giving up."""
    connect: float = 10.0
    """Seconds to reach the host."""
    total: float = 120.0
    """Seconds for one whole answer, so that a server that drips is not waited for until the end of days."""
    body: int = 20 * 1024 * 1024
    """Bytes of an answer after decompression."""
    redirects: int = 5
    tries: int = 3
    patience: float = 10.0
    """Longest wait asked for by a server that is waited in place, in seconds; longer ones end the refresh."""
    requests: int = 1_000
    """Requests of one refresh; what is left over comes with the next."""
    break_after: timedelta = timedelta(minutes=15)
    """How long an account rests whose refresh has used up its requests."""


class HostGates:
    """How many requests may be under way per host; shared by all clients of a worker."""

    def __init__(self, at_once: int = 2) -> None:
        self._gates: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))

    def gate(self, host: str) -> asyncio.Semaphore:
        """The gate of one host."""
        return self._gates[host.lower()]
