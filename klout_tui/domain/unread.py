"""Which accounts have not been read for long, so that no verdict and no empty day is taken for the whole truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain import wording
from klout_tui.domain.dashboard import AccountRow, Standing
from klout_tui.domain.days import Days

LONG: Final = timedelta(days=2)
"""Without a reading for so long an account is told of; who looks in once a day needs no telling."""


def named(rows: Sequence[AccountRow], ids: Collection[str]) -> str:
    """Some of the linked accounts, each by its network where there is only one there; empty where it is all of them."""
    there = [row.account for row in rows if row.account.id in ids]
    if len(there) == len(rows):
        return ""
    per_network = Counter(row.account.network for row in rows)
    return ", ".join(each.network if per_network[each.network] == 1 else each.handle for each in there)


def asleep(rows: Sequence[AccountRow]) -> list[datetime]:
    """From when on each account will have gone unread for long while nobody reads it; those she paused never will."""
    return sorted(row.last_ok + LONG for row in rows if row.last_ok is not None and row.standing is not Standing.PAUSED)


def unread(rows: Sequence[AccountRow], days: Days, at: datetime) -> str:
    """``bluesky not read since 11 Nov``; empty where every account was read lately.

    Args:
        rows: The linked accounts.
        days: Tells local days.
        at: The moment of telling, UTC; earlier ones than a reading know nothing of it.
    """
    late = {
        row.account.id: row.last_ok
        for row in rows
        if row.last_ok is not None and row.standing is not Standing.PAUSED and row.last_ok + LONG <= at
    }
    if not late:
        return ""
    return f"{named(rows, late)} not read since {wording.day(days.of(min(late.values())), days.of(at))}".strip()
