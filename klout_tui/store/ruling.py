"""What earns a +K, as the user tuned it; and what other rules would count."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Final

import msgspec

from klout_tui.domain.dashboard import TOPIC_DAYS
from klout_tui.domain.days import Days
from klout_tui.domain.digest import ticks
from klout_tui.domain.effect import Count, Effect, count
from klout_tui.domain.plusk import chains_before, counted, known_topics
from klout_tui.domain.rules import Rules, Ruling
from klout_tui.store import records
from klout_tui.store.store import Store

RULES: Final = "plusk_rules"
"""Key under which the rules are remembered, as JSON: a ``Ruling``. Nothing lies there until something is tuned."""


def ruling(store: Store) -> Ruling:
    """The rules in force, and those before them.

    Raises:
        StoreError: they cannot be read.
    """
    remembered = store.recall(RULES)
    return Ruling() if remembered is None else records.decode_ruling(msgspec.Raw(remembered.encode()))


def rule(store: Store, rules: Rules) -> bool:
    """Count by these rules from now on; False where they are in force already.

    Raises:
        StoreError: they cannot be kept.
    """
    before = ruling(store).rules
    if rules == before:
        return False
    store.remember(RULES, msgspec.json.encode(Ruling(rules=rules, before=before)).decode())
    return True


def take_back(store: Store) -> Rules | None:
    """Undo the last change, which doing again brings back; the rules now in force, None where there was no change.

    Raises:
        StoreError: they cannot be kept.
    """
    before = ruling(store).before
    if before is None:
        return None
    rule(store, before)
    return before


def effect(store: Store, now: datetime, rules: Rules) -> Effect:
    """What counts over the dashboard's days by the rules in force, and what would by others.

    Args:
        store: An open store.
        now: Nothing dated later is looked at; aware.
        rules: The others.

    Raises:
        StoreError: the store cannot be read.
    """
    first = Days(store.zone).of(now) - timedelta(days=TOPIC_DAYS - 1)
    since = Days(store.zone).start(first)

    @cache
    def known() -> frozenset[str]:
        return known_topics(store.history())

    def by(which: Rules) -> Count:
        chains = chains_before(store.history(until=since, newest_first=True), ticks(since), known, which)
        months = (digest.visible(ticks(now)) for digest in store.history(since, now, keep=True))
        return count(counted(months, known, chains, ticks(since), which))

    return Effect(before=by(ruling(store).rules), after=by(rules), days=TOPIC_DAYS)
