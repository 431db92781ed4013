"""One reading of the store for one drawing of the dashboard, and what is remembered of a visit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Final

import msgspec

from klout_tui.domain.dashboard import Facts, reach
from klout_tui.domain.days import Days
from klout_tui.domain.digest import ticks
from klout_tui.domain.news import Seen
from klout_tui.domain.plusk import asks_known, chains_before, known_topics
from klout_tui.store.records import SEEN
from klout_tui.store.ruling import ruling
from klout_tui.store.store import Store

LAST_VISIT: Final = "last_visit"
"""Key under which the end of the last visit is remembered, as ISO 8601 in UTC."""


def read_facts(
    store: Store, now: datetime, *, past: bool, span: int = 365, back: int = 0, paused: Iterable[str] = ()
) -> Facts:
    """All that ``domain.dashboard.derive`` needs as of ``now`` (UTC), and no more.

    Args:
        store: An open store.
        now: Nothing dated later is read.
        past: Whether ``now`` is an earlier moment (``--as-of``) and not the present.
        span: The longest window to be shown, in days.
        back: How many days before today it ends.
        paused: Ids of accounts the settings pause.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = reach(now, store.zone, span, back)
    ever = store.accounts(unlinked=True)
    accounts = ever if past else tuple(account for account in ever if account.unlinked_at is None)
    missed = Seen(visit=last_visit(store), accounts=seen(store)).as_of(now).earliest
    since = Days(store.zone).start(wanted.history)
    history = tuple(store.history(min(since, missed) if missed else since, now, keep=True))
    older = store.history(until=since, newest_first=True)
    rules = ruling(store).rules

    @cache
    def known() -> frozenset[str]:
        return known_topics(store.history())

    return Facts(
        accounts=accounts,
        unlinked=() if past else tuple(account for account in ever if account.unlinked_at is not None),
        healths={account.id: store.health(account.id) for account in accounts},
        readings=tuple(store.readings(since=wanted.readings)),
        history=history,
        topics=store.topics(),
        chains=chains_before(older, ticks(since), known, rules),
        counted_since=ticks(since),
        rules=rules,
        known_topics=known() if asks_known(history) else frozenset(),
        networks=tuple(sorted({account.network for account in ever})),
        known_since=store.known_since(),
        totals=tuple(store.days(since=wanted.totals, until=Days(store.zone).of(now))),
        thanked=store.thanked(),
        notes=store.notes(),
        paused=frozenset(paused),
        last_visit=last_visit(store),
        seen=seen(store),
        past=past,
    )


def last_visit(store: Store) -> datetime | None:
    """When the last visit ended, UTC; None before the first."""
    remembered = store.recall(LAST_VISIT)
    return datetime.fromisoformat(remembered) if remembered else None


def seen(store: Store) -> dict[str, datetime]:
    """When each account had last been read as the last visit ended, UTC; accounts never read by then are missing."""
    remembered = store.recall(SEEN)
    return msgspec.json.decode(remembered, type=dict[str, datetime]) if remembered else {}


def end_visit(store: Store, at: datetime) -> None:
    """Remember that a visit ended at ``at`` (UTC), and how far each account had been read by then."""
    read = {account.id: store.health(account.id).last_ok for account in store.accounts(unlinked=True)}
    until = {account: min(last, at) for account, last in read.items() if last is not None}
    store.remember(SEEN, msgspec.json.encode(until, order="sorted").decode())
    store.remember(LAST_VISIT, at.isoformat())
