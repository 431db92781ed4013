"""One reading of the store for one drawing of the dashboard."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from klout_tui.domain.dashboard import Facts, reach
from klout_tui.domain.days import Days
from klout_tui.store.store import Store

LAST_VISIT = "last_visit"
"""Key under which the end of the last visit is remembered, as ISO 8601 in UTC."""


def read_facts(store: Store, now: datetime, *, paused: Iterable[str] = (), visited: datetime | None = None) -> Facts:
    """All that ``domain.dashboard.derive`` needs as of ``now`` (UTC), and no more.

    Args:
        store: An open store.
        now: Nothing dated later is read.
        paused: Ids of accounts the settings pause.
        visited: When the visit before this one ended; the remembered one when None.

    Raises:
        StoreError: the store cannot be read.
    """
    back = reach(now, store.zone)
    accounts = store.accounts()
    return Facts(
        accounts=accounts,
        healths={account.id: store.health(account.id) for account in accounts},
        readings=tuple(store.readings(since=back.readings)),
        posts=tuple(store.posts(since=back.posts, until=now)),
        interactions=tuple(store.interactions(until=now)),
        totals=tuple(store.days(since=back.totals, until=Days(store.zone).of(now))),
        thanked=store.thanked(),
        paused=frozenset(paused),
        last_visit=visited or last_visit(store),
    )


def last_visit(store: Store) -> datetime | None:
    """When the last visit ended, UTC; None before the first."""
    remembered = store.recall(LAST_VISIT)
    return datetime.fromisoformat(remembered) if remembered else None


def end_visit(store: Store, at: datetime) -> None:
    """Remember that a visit ended at ``at`` (UTC)."""
    store.remember(LAST_VISIT, at.isoformat())
