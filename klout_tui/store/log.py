"""What the user logged by hand: put, corrected, taken away. The one part of the interactions that no network tells."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from klout_tui.domain.gratitude import LOG_ACCOUNT
from klout_tui.domain.model import Interaction
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.reading import Reader
from klout_tui.store.records import CORE
from klout_tui.store.transaction import Transaction

_DIGITS: Final = 4
"""Bytes of a number: short enough to type, and two are hardly ever alike."""


def new_number(tx: Transaction) -> str:
    """A number that no entry has."""
    while True:
        number = secrets.token_hex(_DIGITS)
        if tx.interaction(f"{LOG_ACCOUNT}/{number}") is None:
            return number


def put(tx: Transaction, entry: Interaction) -> Interaction:
    """Insert an entry, or put it in the place of the one with its id; what is kept now.

    Raises:
        StoreError: it is of an account, or its time has no zone.
    """
    if entry.account != LOG_ACCOUNT or not entry.id.startswith(f"{LOG_ACCOUNT}/"):
        raise StoreError(f"{entry.id} was not logged by hand; nothing was changed.")
    own = entry.actor.key in tx.own_keys()
    entry = msgspec.structs.replace(entry, at=records.utc(entry.at, entry.id), own=own, echo=(), echo_of="")
    if (old := tx.interaction(entry.id)) is not None:
        tx.count(old, -1)
    tx.put_interaction(entry)
    tx.count(entry, 1)
    return entry


def remove(tx: Transaction, entry_id: str) -> tuple[Interaction, datetime | None]:
    """Take an entry away, also from what is left of it in old copies; what it was, and when she thanked for it.

    Raises:
        StoreError: there is none.
    """
    entry = tx.interaction(entry_id)
    if entry is None or entry.account != LOG_ACCOUNT:
        raise StoreError(f"Nothing logged is called {entry_id}.", hint="See: klout-tui log list")
    thanks = tx.row(CORE, records.THANKS, entry_id)
    tx.remove_interaction(records.interactions_shard(records.month_of(entry.at)), entry)
    tx.delete(CORE, records.THANKS, entry_id)
    tx.put(CORE, records.STORE, records.SCRUB, {})
    return entry, None if thanks is None else records.decode_thanked(thanks).at


def logged(reader: Reader, until: datetime | None = None) -> Iterator[Interaction]:
    """Everything logged, newest first.

    Args:
        reader: an open store.
        until: nothing dated later, aware.
    """
    for digest in reader.history(until=until, newest_first=True):
        if LOG_ACCOUNT in digest.accounts:
            place = digest.accounts.index(LOG_ACCOUNT)
            found = [digest.id_of(row) for row, account in enumerate(digest.account) if account == place]
            entries = (each for each in reader.fetch(digest.month, found) if until is None or each.at <= until)
            yield from sorted(entries, key=lambda each: (each.at, each.id), reverse=True)
