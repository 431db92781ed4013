"""One reading of the store for a diagnosis."""

from __future__ import annotations

from datetime import datetime

from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis.evidence import Evidence, reach
from klout_tui.domain.diagnosis.spans import Window
from klout_tui.store.store import Store


def read_evidence(store: Store, against: Window, now: datetime) -> Evidence:
    """All that ``domain.diagnosis.diagnose`` needs as of ``now`` (UTC), and no more.

    Args:
        store: An open store.
        against: The earlier of the two windows that will be compared.
        now: Nothing dated later is read.

    Raises:
        StoreError: the store cannot be read.
    """
    days = Days(store.zone)
    back, today = reach(against, now, days), days.of(now)
    accounts = store.accounts(unlinked=True)
    return Evidence(
        accounts=accounts,
        healths={account.id: store.health(account.id) for account in accounts},
        readings=tuple(store.readings(since=back.history, until=today)),
        history=tuple(store.history(days.start(back.history), now)),
        posts=tuple(store.posts(since=days.start(back.posts), until=now)),
        totals=tuple(store.days(since=back.totals, until=today)),
        same=store.ties().same,
        her=store.topics(),
    )
