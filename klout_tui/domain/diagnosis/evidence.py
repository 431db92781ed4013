"""What a diagnosis is made from, and how far back that must go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from klout_tui.domain.curation import HerTopics
from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis.spans import REFERENCE, Window, verdict_window
from klout_tui.domain.digest import About, Digest
from klout_tui.domain.model import Account, DayTotal, Health, Post, Reading, Value
from klout_tui.domain.tags import canonical_topics

LOOKBACK: Final = 60
"""Days before the windows whose posts tell her habits, and which a post may repeat."""


class Remark(Protocol):
    """A note of hers, whatever else it carries."""

    @property
    def day(self) -> date:
        """The local day it is about."""
        ...

    @property
    def text(self) -> str:
        """What she wrote."""
        ...


class Evidence(Value, frozen=True):
    """All a diagnosis is made from, read from the store in one go. What is dated later than ``now`` is passed over."""

    accounts: tuple[Account, ...] = ()
    """All there ever were, unlinked ones included."""
    healths: dict[str, Health] = {}
    readings: tuple[Reading, ...] = ()
    history: tuple[Digest, ...] = ()
    """The months from ``Reach.history`` on, oldest first."""
    posts: tuple[Post, ...] = ()
    """What she published from ``Reach.posts`` on."""
    totals: tuple[DayTotal, ...] = ()
    """Day totals from ``Reach.totals`` on."""
    same: Mapping[str, str] = {}
    """Which person an actor's key stands for, where she has merged several."""
    her: HerTopics | None = None
    """Topics by her decisions; None: as they are written."""

    def topics_of(self, post: About) -> tuple[str, ...]:
        """What a post is about, as she sees it."""
        return canonical_topics(post.topics) if self.her is None else self.her.of_any(post)[0]


class Reach(Value, frozen=True):
    """The first local day each kind of evidence must cover."""

    history: date
    posts: date
    totals: date


def reach(before: Window, now: datetime, days: Days) -> Reach:
    """How far back the evidence must go when the earlier of two windows is ``before``."""
    judged = verdict_window(now, days).before()
    first = min(before.first, judged.first)
    return Reach(
        history=first,
        posts=first - timedelta(weeks=REFERENCE),
        totals=first - timedelta(weeks=REFERENCE),
    )
