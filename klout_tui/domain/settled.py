"""What became of something that waited for an answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from klout_tui.domain.model import Value


class How(StrEnum):
    """In what way it was settled."""

    DONE = "done"
    """Answered, where no network could tell."""
    DISMISSED = "dismissed"
    """It needs no answer."""
    SNOOZED = "snoozed"
    """Not now; it waits again from ``until`` on."""


class Settled(Value, frozen=True):
    """The user's word on one thing that waited."""

    how: How
    at: datetime
    """When she said so, UTC."""
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it waits no more, as of ``now`` (UTC)."""
        return self.how is not How.SNOOZED or (self.until is not None and now < self.until)
