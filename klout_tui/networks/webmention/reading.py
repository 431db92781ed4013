"""One refresh: every mention since the last one read, oldest first, and once a day what was changed lately.

With nothing new it takes one request with a token; without one, a request for every 20 pages named, two at most. Once a
day one more each reads the 100 mentions changed last: edited sources keep their ids, and so do mentions that waited for
approval.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Interaction
from klout_tui.networks.http import Client
from klout_tui.networks.webmention import mapping
from klout_tui.networks.webmention.api import IN_A_LIST, Listing, Server
from klout_tui.networks.webmention.bookmark import Bookmark, Trail
from klout_tui.networks.webmention.entities import Mention
from klout_tui.networks.webmention.target import both_forms

DAILY: Final = timedelta(hours=24)
MOST_PAGES: Final = 200
"""Pages of one list read in one refresh: 20,000 mentions; more come with the next."""


def listings(account: Account, *, has_token: bool) -> list[Listing]:
    """What is read: the whole site with a token, else the pages named, else its home page."""
    if has_token:
        return [Listing(domain=account.options.get("domain") or account.handle)]
    pages = account.options.get("pages", "").split() or [account.url or account.base_url]
    forms = [form for page in pages for form in both_forms(page)]
    size = 2 * IN_A_LIST
    return [Listing(targets=tuple(forms[start : start + size])) for start in range(0, len(forms), size)]


class Refresh:
    """Everything one refresh of one account does; made anew for each."""

    def __init__(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> None:
        self._home = mapping.Home(account.id, account.url)
        self._now = now
        self._mark = Bookmark.read(cursor)
        self._skipped: Counter[str] = Counter()
        self._server = Server(client, self._skipped)
        self._lists = listings(account, has_token=client.has_token)

    async def batches(self) -> AsyncIterator[Batch]:
        """The batches, in the order of the module's first line.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        for listing in self._lists:
            async for batch in self._forward(listing, self._mark.trail(listing)):
                yield batch
        last = self._mark.looked_back
        if last is None or self._now - last >= DAILY:
            for listing in self._lists if last is not None else ():
                page = await self._server.mentions(listing, **{"sort-by": "updated", "sort-dir": "down"})
                yield await self._batch(page.mentions)
            self._mark.looked_back = self._now
            yield await self._batch((), progress=1.0 if last is None else None)

    async def _forward(self, listing: Listing, trail: Trail) -> AsyncIterator[Batch]:
        """Pages from the last id on. Only one that brings nothing unknown is the end, however short they are.

        The list is in the order of arrival, to the second. What came in the second a page ends in may lie on both
        sides of its edge, so the next one begins before that second.
        """
        met: set[str] = set()
        for _ in range(MOST_PAGES):
            where = {"sort-dir": "up", "since_id": str(trail.since), "page": str(trail.page)}
            page = await self._server.mentions(listing, **where)
            new = [each for each in page.mentions if each.id is None or each.id > trail.since]
            fresh = [each for each in new if mapping.mention_key(each) not in met]
            met.update(map(mapping.mention_key, fresh))
            before = msgspec.structs.astuple(trail)
            if fresh:
                _advance(trail, new)
                yield await self._batch(fresh)
                continue
            trail.since, trail.page, trail.done = max(trail.since, trail.top), 0, True
            if msgspec.structs.astuple(trail) != before:
                yield await self._batch(())
            return

    async def _batch(self, mentions: Iterable[Mention], progress: float | None = None) -> Batch:
        acts = await asyncio.to_thread(self._interactions, mentions)
        skipped = dict(self._skipped)
        self._skipped.clear()
        return Batch(
            account=self._home.account,
            cursor=self._mark.written(),
            interactions=acts,
            skipped=skipped,
            progress=progress,
        )

    def _interactions(self, mentions: Iterable[Mention]) -> tuple[Interaction, ...]:
        found = []
        for mention in mentions:
            told = mapping.interaction_of(self._home, mention, self._now)
            if isinstance(told, str):
                self._skipped[told] += 1
            else:
                found.append(told)
        return tuple(found)


def _advance(trail: Trail, mentions: Sequence[Mention]) -> None:
    """Go on before the second these end in, or, where all came in that one, behind them."""
    seconds = [mapping.received(each) for each in mentions]
    ids = [(each.id, second) for each, second in zip(mentions, seconds, strict=True) if each.id is not None]
    older = [number for number, second in ids if second and second < max(seconds)]
    trail.top = max([trail.top, *(number for number, _ in ids)])
    if older:
        trail.since, trail.page = max(older), 0
    else:
        trail.page += 1
