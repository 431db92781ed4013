"""Who is to be read, in what order, and how it went: the schedule met with what the store knows.

Everything here may wait for the disk, or for a commit under way, and is therefore called in threads.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from klout_tui.config import Settings
from klout_tui.domain.model import Account, Fault, Health
from klout_tui.errors import StoreError
from klout_tui.store.store import Store
from klout_tui.worker import schedule
from klout_tui.worker.faults import BUSY, PAUSED, fault_of
from klout_tui.worker.naming import find_account
from klout_tui.worker.visit import Visit


@dataclass(frozen=True, slots=True)
class Round:
    """What one round is to do."""

    accounts: tuple[Account, ...]
    """In the order asked for, which is the order of results."""
    refused: dict[str, Fault] = field(default_factory=dict)
    """Those not to be tried, by account id, with the reason."""
    to_read: tuple[Account, ...] = ()
    """The others, in the order to start them."""


@dataclass(frozen=True, slots=True)
class _Unkept:
    """Health the store could not take: without it, an account failing on a full disk would be due again at once."""

    stored: Health
    """What the store says instead; once that changes, it is right again."""
    held: Health


class Roster:
    """The linked accounts and when they are due."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Callable[[], datetime],
        rng: random.Random,
        least_minutes: Callable[[str], int] = lambda _: 0,
    ) -> None:
        """Args: least_minutes: how long a network, by name, is to be left alone between two refreshes of an account."""
        self._least_minutes = least_minutes
        self._store = store
        self._settings = settings
        self._clock = clock
        self._rng = rng
        self._unkept: dict[str, _Unkept] = {}

    def round(self, names: Iterable[str] | None, *, forced: bool, ours: bool) -> Round:
        """What a round over these accounts is to do.

        Args:
            names: as typed; ``None`` means every linked account.
            forced: also those that are not due.
            ours: whether it is this process's turn to refresh.

        Raises:
            UsageError: a name that means no linked account, or several.
            StoreError: the store cannot be read.
        """
        self._store.poll()
        accounts, now, named = self._store.accounts(), self._clock(), names is not None
        if names is not None:
            found = [find_account(name, accounts) for name in names]
            accounts = tuple({account.id: account for account in found}.values())
        if not forced:
            accounts = tuple(
                account
                for account in accounts
                if schedule.is_due(self.health(account.id), now) and (named or not self._paused(account))
            )
        refused = {
            account.id: fault
            for account in accounts
            if (fault := self._refusal(account, now, ours=ours, named=named)) is not None
        }
        return Round(accounts, refused, self._in_order(each for each in accounts if each.id not in refused))

    def due(self, under_way: Set[str]) -> tuple[Account, ...]:
        """What is due by itself and not under way, in the order to start it.

        Raises:
            StoreError: the store cannot be read.
        """
        self._store.poll()
        now = self._clock()
        idle = self._idle(under_way)
        return self._in_order(account for account in idle if schedule.is_due(self.health(account.id), now))

    def seconds_until_next(self, under_way: Set[str]) -> float | None:
        """Seconds until the first of the others is due by itself; ``None`` when none will be.

        Raises:
            StoreError: the store cannot be read.
        """
        return schedule.seconds_until_next((self.health(each.id) for each in self._idle(under_way)), self._clock())

    def health(self, account_id: str) -> Health:
        """How its refreshes have been going, even where the store could not take it."""
        stored = self._store.health(account_id)
        unkept = self._unkept.get(account_id)
        return unkept.held if unkept is not None and unkept.stored == stored else stored

    def note(self, visit: Visit, fault: Fault | None, *, presented: bool) -> Fault | None:
        """Write down how a visit went and when to come again; the fault to report, which may be that this failed.

        Args:
            visit: what it brought.
            fault: why it failed, if it did.
            presented: whether a credential was presented.
        """
        account_id, now, jitter = visit.account.id, self._clock(), self._rng.random()
        stored = before = Health(account=account_id)
        try:
            if self._store.account(account_id) is None:  # forgotten meanwhile: nothing of it may come back
                return fault
            stored, before = self._store.health(account_id), self.health(account_id)
            health = self._after(visit, before, fault, now, jitter, presented=presented)
            self._store.set_health(health)
        except StoreError as error:
            fault = fault or fault_of(error, visit.account.network)
            held = schedule.after_failure(before, now, fault, jitter=jitter, presented=presented)
            self._unkept[account_id] = _Unkept(stored, held)
            return held.fault
        self._unkept.pop(account_id, None)
        return health.fault

    def _after(
        self, visit: Visit, before: Health, fault: Fault | None, now: datetime, jitter: float, *, presented: bool
    ) -> Health:
        interval = timedelta(minutes=self._minutes(visit.account))
        if fault is not None:
            health = schedule.after_failure(before, now, fault, jitter=jitter, presented=presented)
        elif visit.brought_news:
            health = schedule.after_success(before, now, interval=interval, jitter=jitter)
        else:
            health = schedule.after_unchanged(before, now, interval=interval, jitter=jitter)
        skipped = {name: before.skipped.get(name, 0) + count for name, count in visit.skipped.items()}
        return msgspec.structs.replace(health, skipped=before.skipped | skipped)

    def _minutes(self, account: Account) -> int:
        """Her own wish for the account, else the usual, but no less than its network likes."""
        if wish := self._settings.account(account.id).refresh_minutes:
            return wish
        return max(self._settings.minutes(account.id), self._least_minutes(account.network))

    def _idle(self, under_way: Set[str]) -> tuple[Account, ...]:
        accounts = self._store.accounts()
        return tuple(each for each in accounts if each.id not in under_way and not self._paused(each))

    def _in_order(self, accounts: Iterable[Account]) -> tuple[Account, ...]:
        by_id = {account.id: account for account in accounts}
        healths = schedule.in_order(self.health(account_id) for account_id in by_id)
        return tuple(by_id[health.account] for health in healths)

    def _paused(self, account: Account) -> bool:
        return self._settings.account(account.id).paused

    def _refusal(self, account: Account, now: datetime, *, ours: bool, named: bool) -> Fault | None:
        if self._paused(account) and not named:
            return PAUSED
        if not ours:
            return BUSY
        health = self.health(account.id)
        return health.fault if schedule.held_until(health, now) else None
