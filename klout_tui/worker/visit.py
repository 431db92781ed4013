"""One account, read once: from its adapter's batches into the store."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.base import Network
from klout_tui.networks.http import Client
from klout_tui.store.absorb import Absorbed
from klout_tui.store.store import Store
from klout_tui.worker.border import admitted
from klout_tui.worker.events import Progressed, Report
from klout_tui.worker.threads import unbroken


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

    async def read(self, network: Network, client: Client, cursor: Cursor, now: datetime) -> None:
        """Take every batch the adapter has, each committed before the next is asked for.

        Raises:
            Unlinked: the account is no longer linked.
            NetworkError: as the adapter says.
            StoreError: a batch could not be kept; those before it are.
            Exception: anything else a plugin lets slip.
        """
        stream = network.refresh(self.account, cursor, client, now)
        try:
            async for batch in stream:
                kept, absorbed = await unbroken(self._commit, batch, client.has_token)
                self._count(kept, absorbed)
        finally:
            if (close := getattr(stream, "aclose", None)) is not None:
                await close()

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
