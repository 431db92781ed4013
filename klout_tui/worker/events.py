"""What the worker tells while it works: an account started, got further, finished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from klout_tui.domain.model import Fault, Value

Status = Literal["ok", "unchanged", "failed", "skipped"]
"""``ok``: something new; ``unchanged``: read, nothing new; ``failed``: see the fault; ``skipped``: not tried."""


class Result(Value, frozen=True, omit_defaults=False):
    """How one account's refresh ended; JSON-ready, with ``fault.retry_at`` in UTC."""

    account: str
    status: Status
    new_posts: int = 0
    new_interactions: int = 0
    requests: int = 0
    """HTTP requests sent, retries included."""
    seconds: float = 0.0
    fault: Fault | None = None
    """Why it failed or was skipped. Beyond the kinds of ``Fault``: ``busy``, ``paused`` and ``unlinked``."""


@dataclass(frozen=True, slots=True)
class Started:
    """An account's refresh has begun."""

    account_id: str
    backfill: bool
    """Whether it is the first, full reading."""


@dataclass(frozen=True, slots=True)
class Progressed:
    """A batch is safely stored; counts are of this refresh so far."""

    account_id: str
    posts: int
    interactions: int
    share: float | None
    """Share of the backfill done, 0 to 1, where it can be told."""


@dataclass(frozen=True, slots=True)
class Finished:
    """An account's refresh has ended, or was not begun."""

    result: Result


Event = Started | Progressed | Finished
Report = Callable[[Event], None]
"""Called in the worker's event loop; must return quickly and not raise."""
