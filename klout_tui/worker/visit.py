"""One account, read once: from its adapter's batches into the store."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.base import Network
from klout_tui.networks.http import Client
from klout_tui.store.absorb import Absorbed
from klout_tui.store.store import Store
from klout_tui.worker.border import admitted
from klout_tui.worker.events import Progressed, Report
from klout_tui.worker.faults import AdapterError
from klout_tui.worker.threads import unbroken

MOST_BATCHES: Final = 10_000
"""An adapter that has more to hand over in one refresh goes round in circles."""


class Unlinked(Exception):  # a signal, never shown
    """The account was unlinked or forgotten while it was being read."""


class Visit:
    """What one refresh of one account has brought so far; stays true when it fails half-way."""

    def __init__(self, account: Account, store: Store, report: Report) -> None:
        self.account = account
        self.posts = 0
        self.interactions = 0
        self.changed = 0
        self.skipped: Counter[str] = Counter()
        self._store = store
        self._report = report

    @property
    def brought_news(self) -> bool:
        """Whether anything is new: a post, an interaction, or a counter that moved."""
        return bool(self.posts or self.interactions or self.changed)

    async def read(self, network: Network, client: Client, cursor: Cursor, now: datetime, stuck_after: float) -> None:
        """Take every batch the adapter has, each committed before the next is asked for.

        Args:
            network: the account's.
            client: to ask it with.
            cursor: how far it was read.
            now: aware, UTC.
            stuck_after: seconds without asking anything and without a batch after which an adapter is given up.

        Raises:
            Unlinked: the account is no longer linked.
            NetworkError: as the adapter says.
            StoreError: a batch could not be kept; those before it are.
            AdapterError: the adapter gets stuck, or never ends.
            Exception: anything else a plugin lets slip.
        """
        stream: object = network.refresh(self.account, cursor, client, now)
        try:
            if not isinstance(stream, AsyncIterator):
                raise AdapterError(f"the {network.name} adapter gives no batches one after the other")
            for _ in range(MOST_BATCHES):
                batch = await _next(stream, client, stuck_after, network.name)
                if batch is None:
                    return
                kept, absorbed = await unbroken(self._commit, batch.value, client.has_token)
                self._count(kept, absorbed)
            raise AdapterError(f"the {network.name} adapter handed over more than {MOST_BATCHES:,} batches at once")
        finally:
            if (close := getattr(stream, "aclose", None)) is not None:
                await close()
            elif isinstance(stream, Coroutine):
                stream.close()

    def _commit(self, batch: object, has_token: bool) -> tuple[Batch, Absorbed]:
        """In a thread of its own: washing, checking and storing must not hold up the screens."""
        kept = admitted(batch, self.account, has_token=has_token)
        known = self._store.account(self.account.id)
        if known is None or known.unlinked_at is not None:
            raise Unlinked
        return kept, self._store.absorb(kept)

    def _count(self, batch: Batch, absorbed: Absorbed) -> None:
        self.posts += absorbed.new_posts
        self.interactions += absorbed.new_interactions
        self.changed += absorbed.changed_posts
        self.skipped.update(batch.skipped)
        self._report(Progressed(self.account.id, self.posts, self.interactions, batch.progress))


@dataclass(frozen=True, slots=True)
class _Handed:
    """What the adapter handed over, whatever it is."""

    value: object


async def _next(stream: AsyncIterator[object], client: Client, stuck_after: float, network: str) -> _Handed | None:
    """The adapter's next batch, or None at its end. It may take as long as it goes on asking.

    Raises:
        AdapterError: it got stuck.
        Exception: whatever the adapter lets slip.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(stuck_after) as patience:

            def go_on() -> None:
                if not patience.expired():
                    patience.reschedule(loop.time() + stuck_after)

            with client.record.telling(go_on):
                return _Handed(await anext(stream))
    except StopAsyncIteration:
        return None
    except TimeoutError as error:
        if not patience.expired():
            raise
        words = f"the {network} adapter got stuck: nothing asked and nothing handed over for {stuck_after:g} s"
        raise AdapterError(words, hint="What was read before is kept. Please report this to its authors.") from error
