"""Statuses asked for by id: counters of recent posts read again, and the posts that replies answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from klout_tui.networks.base import CredentialRefused, NotFound, NotUnderstood
from klout_tui.networks.mastodon import entities
from klout_tui.networks.mastodon.api import AT_ONCE, Server
from klout_tui.networks.mastodon.bookmark import Bookmark, order

EVERY: Final = timedelta(hours=6)
"""How often counters are read again, hers and those of her posts: four points a day show when something gained."""


class Lookback:
    """Reads statuses by id, many at once where the server can."""

    def __init__(self, server: Server, mark: Bookmark, now: datetime) -> None:
        self._server = server
        self._mark = mark
        self._now = now
        self._several = True

    async def fetch(self, ids: Sequence[str]) -> dict[str, entities.Status]:
        """Those of the statuses that exist and may be seen; without a batch endpoint only the first ``AT_ONCE``."""
        if self._several and ids:
            try:
                return await self._server.several(ids)
            except (CredentialRefused, NotFound, NotUnderstood):
                self._several = False  # older Mastodon, GoToSocial and others: one by one
        found: dict[str, entities.Status] = {}
        for status_id in ids[:AT_ONCE]:
            try:
                status = await self._server.one(status_id)
            except (CredentialRefused, NotUnderstood):
                continue  # hidden from us, or an id of another kind: the same as unknown
            if status is not None:
                found[status_id] = status
        return found

    @property
    def due(self) -> bool:
        """Whether counters were last read at least ``EVERY`` ago, or never."""
        last = self._mark.recounted
        return last is None or self._now - last >= EVERY

    async def recount(self) -> AsyncIterator[tuple[list[entities.Status], tuple[str, ...]]]:
        """Recent posts with their present counters, and the object ids of those found deleted, 20 posts at a time.

        Nothing where that was done less than ``EVERY`` ago. What a batch leaves out is asked for alone before it
        counts as gone, since some servers answer a batch they do not understand with an empty list.
        """
        if not self.due:
            return
        ids = sorted(self._mark.recent, key=order, reverse=True) if self._mark.recounted is not None else []
        # On the first run the counters have just been read with the posts themselves.
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            found = await self.fetch(some)
            gone: list[str] = []
            for status_id in some:
                if status_id in found:
                    continue
                status = await self._server.one(status_id)
                if status is None:
                    gone.append(self._mark.uri(status_id))
                    del self._mark.recent[status_id]
                else:
                    found[status_id] = status
            self._mark.note(found.values(), self._now)
            if start + AT_ONCE >= len(ids):
                self._mark.recounted = self._now
            yield list(found.values()), tuple(uri for uri in gone if uri)
        if not ids:
            self._mark.recounted = self._now
            yield [], ()
