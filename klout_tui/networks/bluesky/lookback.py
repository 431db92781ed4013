"""Posts asked for by their address: counters beyond the first page of her feed, and posts that have left it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from klout_tui.networks.bluesky.api import AT_ONCE, Page, Server
from klout_tui.networks.bluesky.bookmark import Bookmark, Remembered
from klout_tui.networks.bluesky.entities import POST, FeedItem, PostView

EVERY: Final = timedelta(hours=6)
"""How often counters beyond the first page are read: at most 4 rounds of 4 requests a day."""
RECENT_AGE: Final = timedelta(days=30)
"""Older posts hardly gain anything; those on the first page are read with it, whatever their age."""


class Lookback:
    """Looks at remembered posts again."""

    def __init__(self, did: str, server: Server, mark: Bookmark, now: datetime) -> None:
        self._did = did
        self._server = server
        self._mark = mark
        self._now = now
        self._on_page: set[str] = set()

    def uri(self, post: Remembered) -> str:
        """Its address."""
        return f"at://{self._did}/{POST}/{post.rkey}"

    def see(self, page: Page[FeedItem], *, top: bool) -> list[Remembered]:
        """Take note of what a page of her feed shows; gives the remembered posts that the top page lacks."""
        items = page.items
        on_page = {item.post.uri for item in items if not item.reposted}
        times = [item.at for item in items if item.at is not None]
        self._on_page |= on_page
        if not top:
            return []
        if not page.cursor:
            oldest = 0
        elif times:
            oldest = int(min(times).timestamp()) + 1
        else:
            return []
        return [
            each
            for each in self._mark.newest_first()
            if each.at >= oldest and not each.absent and self.uri(each) not in on_page
        ]

    async def recount(self) -> AsyncIterator[tuple[list[PostView], tuple[str, ...]]]:
        """Young posts beyond the first page with their present counters, and those found deleted, 25 at a time.

        Nothing where that was done less than ``EVERY`` ago.
        """
        last = self._mark.recounted
        if last is not None and timedelta() <= self._now - last < EVERY:
            return
        young = (self._now - RECENT_AGE).timestamp()
        # On the first run the counters have just been read with the posts themselves.
        old = [] if last is None else [each for each in self._mark.newest_first() if each.at >= young]
        old = [each for each in old if self.uri(each) not in self._on_page]
        for start in range(0, len(old), AT_ONCE):
            found = await self.look(old[start : start + AT_ONCE])
            if start + AT_ONCE >= len(old):
                self._mark.recounted = self._now
            yield found
        if not old:
            self._mark.recounted = self._now
            yield [], ()

    async def look_for(self, some: Sequence[Remembered]) -> AsyncIterator[tuple[list[PostView], tuple[str, ...]]]:
        """The same for posts that her feed should show and does not; one that exists is not looked for again."""
        for start in range(0, len(some), AT_ONCE):
            posts, gone = await self.look(some[start : start + AT_ONCE])
            for each in some[start : start + AT_ONCE]:
                if each.rkey in self._mark.recent:
                    self._mark.recent[each.rkey] = msgspec.structs.replace(each, absent=True)
            yield posts, gone

    async def look(self, some: Sequence[Remembered]) -> tuple[list[PostView], tuple[str, ...]]:
        """At most 25 posts as they are now, and the addresses of those that are gone.

        What the answer leaves out is asked for alone before it counts as gone.
        """
        found = await self._server.posts([self.uri(each) for each in some])
        gone: list[str] = []
        for each in some:
            uri = self.uri(each)
            if uri not in found and not await self._server.exists(uri):
                self._mark.recent.pop(each.rkey, None)
                gone.append(uri)
        return [post for uri, post in found.items() if uri in {self.uri(each) for each in some}], tuple(gone)
