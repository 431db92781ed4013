"""The worker: refreshes what is due, side by side, each account on its own feet.

It knows no screen. The screens run ``Worker.run`` beside themselves, the command line runs one ``Worker.refresh``.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import httpx

from klout_tui.config import Settings
from klout_tui.credentials import Secrets
from klout_tui.domain.model import Account, Fault
from klout_tui.networks.base import Network
from klout_tui.networks.http import Client, HostGates, Limits
from klout_tui.networks.optional import least_minutes
from klout_tui.networks.record import Record
from klout_tui.networks.registry import Broken, Registry
from klout_tui.store.store import Store
from klout_tui.worker.events import Finished, Report, Result, Started, Status
from klout_tui.worker.faults import BUSY, UNLINKED, AdapterError, fault_of
from klout_tui.worker.guessing import Guesser
from klout_tui.worker.hosts import hosts_of
from klout_tui.worker.roster import Roster
from klout_tui.worker.safe import Safe
from klout_tui.worker.threads import unbroken
from klout_tui.worker.turn import Turn
from klout_tui.worker.visit import Unlinked, Visit

ACCOUNTS_AT_ONCE: Final = 20
"""As many as anybody is expected to have: what keeps a server from being overrun is the gate of its host."""
LONGEST_NAP: Final = 60.0
"""Seconds after which ``run`` looks up even if nothing is due: another process may have linked an account, the machine
may have slept. Also how long it leaves another refreshing process alone."""
SHORTEST_NAP: Final = 1.0
STUCK_AFTER: Final = 600.0
"""Seconds in which an adapter that is alive asks something or hands something over; one answer takes two minutes at
most, and it may wait for others at the same host."""


class Worker:
    """Refreshes linked accounts. One worker lives in one event loop; all its methods are called there."""

    def __init__(
        self,
        store: Store,
        networks: Registry,
        secrets: Secrets,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: random.Random | None = None,
        timer: Callable[[], float] = time.monotonic,
        limits: Limits = Limits(),  # noqa: B008  # immutable
        stuck_after: float = STUCK_AFTER,
    ) -> None:
        rng = rng or random.Random()
        self._store = store
        self._roster = Roster(store, settings, clock, rng, self._least_minutes)
        self._networks = networks
        self._transport = transport
        self._clock = clock
        self._sleep = sleep
        self._rng = rng
        self._timer = timer
        self._limits = limits
        self._stuck_after = stuck_after
        self._records: dict[str, Record] = {}
        self._gates = HostGates()
        self._safe = Safe(store, secrets, settings)
        self._places = asyncio.Semaphore(ACCOUNTS_AT_ONCE)
        self._turn = Turn(store)
        self._guesser = Guesser(store, clock)
        self._under_way: dict[str, _Outcome] = {}
        self._awake = asyncio.Event()

    async def refresh(
        self, account_ids: Sequence[str] | None = None, *, forced: bool = True, report: Report = lambda _: None
    ) -> tuple[Result, ...]:
        """One round.

        Args:
            account_ids: ids, handles or unambiguous beginnings of either; ``None`` means every linked account.
            forced: also those not due, and those whose credential was refused. Neither a pause the network asked for
                is cut short, nor is an account paused in the settings tried unless it is named.
            report: hears of each account's start, progress and end.

        Returns:
            One result per account asked for, in the order given (of linking, if none is given); with ``forced=False``
            only those that were due.

        Raises:
            UsageError: a name that means no linked account, or several.
            StoreError: the store cannot be read at all.
            asyncio.CancelledError: told to stop; every batch reported so far is kept.
        """
        async with self._turn.held() as ours:
            plan = await unbroken(self._roster.round, account_ids, forced=forced, ours=ours)
            results = {
                account_id: Result(account=account_id, status="skipped", fault=fault)
                for account_id, fault in plan.refused.items()
            }
            for result in results.values():
                report(Finished(result))
            async with asyncio.TaskGroup() as group:
                visits = [group.create_task(self._visit(account, report)) for account in plan.to_read]
        results |= {visit.result().account: visit.result() for visit in visits}
        return tuple(results[account.id] for account in plan.accounts)

    async def run(self, report: Report) -> None:
        """Forever: refresh what is due, sleep until something is. A slow account holds up no other.

        Raises:
            StoreError: the store cannot be read at all.
            asyncio.CancelledError: told to stop; every batch reported so far is kept.
        """
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    await self._nap(await self._set_going(group, report))
        except BaseExceptionGroup as errors:  # callers want to hear of the store, not of task groups
            raise errors.exceptions[0] from errors

    def wake(self) -> None:
        """End the sleep of ``run`` early: something was linked, mended or unpaused."""
        self._awake.set()

    def record(self, account_id: str) -> Record | None:
        """What the newest refresh of this account asked and what came back; None before its first. From any thread."""
        return self._records.get(account_id)

    async def _set_going(self, group: asyncio.TaskGroup, report: Report) -> float:
        """Start what is due and not yet under way; seconds to sleep afterwards."""
        due = await unbroken(self._roster.due, frozenset(self._under_way))
        if due and not await self._turn.take():
            for account in due:
                report(Finished(Result(account=account.id, status="skipped", fault=BUSY)))
            return LONGEST_NAP
        started: set[str] = set()
        if due:
            try:  # asked anew: another process may have read some until a moment ago
                for account in await unbroken(self._roster.due, frozenset(self._under_way)):
                    # Each holds the turn. A callback gives it back even if the task is cancelled before it begins.
                    self._turn.share()
                    group.create_task(self._visit(account, report)).add_done_callback(lambda _: self._turn.give_back())
                    started.add(account.id)
            finally:
                self._turn.give_back()
        wait = await unbroken(self._roster.seconds_until_next, frozenset(self._under_way) | started)
        return LONGEST_NAP if wait is None else min(max(wait, SHORTEST_NAP), LONGEST_NAP)

    async def _nap(self, seconds: float) -> None:
        sleeper = asyncio.ensure_future(self._sleep(seconds))
        waker = asyncio.ensure_future(self._awake.wait())
        try:
            await asyncio.wait((sleeper, waker), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waker.cancel()
            if not sleeper.cancel():
                sleeper.result()
        self._awake.clear()

    async def _visit(self, account: Account, report: Report) -> Result:
        """Refresh one account, or share the outcome of the refresh of it that is under way."""
        while (other := self._under_way.get(account.id)) is not None:
            await other.settled.wait()
            if other.result is not None:  # else it was cancelled, and the account is ours to read
                report(Finished(other.result))
                return other.result
        outcome = self._under_way[account.id] = _Outcome()
        try:
            async with self._places:
                outcome.result = await self._read(account, report)
        finally:
            del self._under_way[account.id]
            outcome.settled.set()
            self.wake()  # its next time is known only now
        report(Finished(outcome.result))
        return outcome.result

    async def _read(self, account: Account, report: Report) -> Result:
        begun = self._timer()
        visit = Visit(account, self._store, report)
        token, fault, client, backfill = None, None, None, False
        try:
            health = await unbroken(self._roster.health, account.id)
            backfill = not health.backfilled
            report(Started(account.id, backfill=backfill))
            token = await self._safe.token(account)
            session = await self._safe.session(account) if token is not None else ""
            network, hosts = await asyncio.to_thread(self._adapter, account)
            cursor = await unbroken(self._store.cursor, account.id)
            async with self._client(account, token, session, hosts) as client:
                await visit.read(network, client, cursor, self._clock(), self._stuck_after)
        except Unlinked:
            fault = UNLINKED
        except (Exception, asyncio.CancelledError, SystemExit, GeneratorExit) as error:
            # a plugin may raise anything: this is its border
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and (task is None or task.cancelling()):
                raise  # told to stop; a cancellation nobody asked for is a plugin's own muddle
            fault = fault_of(error, account.network, token, blotted=client.blotted if client else None)
        if fault is not UNLINKED:
            fault = await unbroken(self._roster.note, visit, fault, presented=token is not None)
            await self._guesser.after(visit.posts, first=backfill)
        return Result(
            account=account.id,
            status=_status(visit, fault),
            new_posts=visit.posts,
            new_interactions=visit.interactions,
            requests=client.requests if client else 0,
            seconds=self._timer() - begun,
            fault=fault,
        )

    def _adapter(self, account: Account) -> tuple[Network, tuple[str, ...]]:
        """The adapter, imported at its first use, and where it will ask. In a thread, since both may take their time.

        A plugin's ``sys.exit`` must not end the thread's event loop.
        """
        try:
            network = self._networks.get(account.network)
            return network, hosts_of(network, account)
        except SystemExit as error:
            raise AdapterError(f"the {account.network} adapter tried to end the program") from error

    def _least_minutes(self, network: str) -> int:
        """What the network says, where it loads; in a thread."""
        found = self._networks.look(network) if network in self._networks else None
        return 0 if found is None or isinstance(found, Broken) else least_minutes(found)

    def _client(self, account: Account, token: str | None, session: str, hosts: tuple[str, ...]) -> Client:
        record = self._records[account.id] = Record(self._records.get(account.id))
        return Client(
            base_url=account.base_url,
            token=token,
            session=session,
            keep_session=partial(self._safe.keep_session, account),
            hosts=hosts,
            record=record,
            transport=self._transport,
            gates=self._gates,
            clock=self._clock,
            sleep=self._sleep,
            rng=self._rng,
            limits=self._limits,
        )


class _Outcome:
    """A refresh under way, for those who wait for it; ``result`` stays ``None`` if it was cancelled."""

    def __init__(self) -> None:
        self.settled = asyncio.Event()
        self.result: Result | None = None


def _status(visit: Visit, fault: Fault | None) -> Status:
    if fault is not None:
        return "skipped" if fault is UNLINKED else "failed"
    return "ok" if visit.brought_news else "unchanged"
