"""Without a login: who stands behind counters that moved, from the lists that everybody may read.

Likes are dated there, quotes and answers date themselves. Reposts are not: such an interaction is flagged estimated and
dated to the post where it was found at the first look, to the present look later on. A login added later finds the same
ids and puts the true dates in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from klout_tui.domain.model import Interaction, InteractionKind
from klout_tui.networks.base import CredentialRefused, NetworkError, NotFound, NotUnderstood, TooLarge, Unavailable
from klout_tui.networks.bluesky.acts import LEVELS, of_post, reaction
from klout_tui.networks.bluesky.api import AT_ONCE, PAGE, Page, Server
from klout_tui.networks.bluesky.bookmark import NAMED, NEVER, Bookmark, Listing, Remembered
from klout_tui.networks.bluesky.entities import POST, Like, Person, PostView
from klout_tui.networks.bluesky.mapping import Home, dated
from klout_tui.networks.bluesky.people import People
from klout_tui.networks.bluesky.trail import FRESH, LONGEST
from klout_tui.networks.http import Client

REQUESTS: Final = 500
"""Requests of one refresh before its next list is left for the next refresh; the cursor keeps what waits."""
PAGES: Final = 20
"""Pages of 100 people per post and kind; whoever comes after stays a number."""
GATHERED: Final = 10
"""Pages put together in one batch, so that those who act are asked about 25 at a time."""
EMPTY: Final = 10
"""Empty pages in a row that are gone through."""


class Names:
    """Asks for names, post by post, page by page."""

    def __init__(
        self,
        server: Server,
        people: People,
        mark: Bookmark,
        skipped: Counter[str],
        client: Client,
        now: datetime,
    ) -> None:
        self._home = Home("", "")
        self._server = server
        self._people = people
        self._mark = mark
        self._skipped = skipped
        self._client = client
        self._now = now
        self._broken: set[int] = set()
        """Kinds of lists that could not be understood in this refresh."""

    async def ask(self, home: Home) -> AsyncIterator[tuple[tuple[Interaction, ...], float | None]]:
        """What was found on each page, and the share of a first look done; the bookmark is moved on before each.

        Raises:
            NetworkError: the server is away or wants to be left alone.
        """
        self._home = home
        self._take_up()
        waiting = self._mark.waiting()
        first = any(post.named[kind] == NEVER for post, kind in waiting)
        found: list[Interaction] = []
        pages = 0
        while self._client.requests < REQUESTS and (listing := self._next()) is not None:
            async for some in self._read(listing):
                found, pages = [*found, *some], pages + 1
                if pages >= GATHERED or self._people.unknown(found) >= AT_ONCE:
                    yield await self._people.meet(found), self._share(len(waiting)) if first else None
                    found, pages = [], 0
        if pages:
            yield await self._people.meet(found), self._share(len(waiting)) if first else None

    def _share(self, total: int) -> float:
        left = sum(1 for _, kind in self._mark.waiting() if kind not in self._broken)
        return 1 - left / max(total, 1)

    def _take_up(self) -> None:
        """Drop a list begun too long ago, or on a post no longer remembered."""
        listing = self._mark.listing
        if listing is None:
            return
        age = self._now - datetime.fromtimestamp(listing.begun, UTC)
        if (
            listing.rkey not in self._mark.recent
            or not timedelta() <= age < FRESH
            or not 0 <= listing.kind < len(NAMED)
        ):
            self._mark.listing = None

    def _next(self) -> Listing | None:
        listing = self._mark.listing
        if listing is not None and listing.kind not in self._broken:
            return listing
        for post, kind in self._mark.waiting():
            if kind not in self._broken:
                first = post.named[kind] == NEVER
                gained = post.seen[kind] - max(post.named[kind], 0)
                return Listing(
                    rkey=post.rkey,
                    kind=kind,
                    count=post.seen[kind],
                    goal=PAGES * PAGE if first else min(gained, PAGES * PAGE),
                    first=first,
                    begun=int(self._now.timestamp()),
                )
        return None

    async def _read(self, listing: Listing) -> AsyncIterator[tuple[Interaction, ...]]:
        """One list, from where it was left."""
        post = self._mark.recent[listing.rkey]
        seen, empty, kept = {listing.next}, 0, bool(listing.next)
        while True:
            try:
                found, size, following = await self._page(post, listing)
            except (NotUnderstood, Unavailable) as error:
                if kept and not isinstance(error, TooLarge):  # the server may not know its own cursor any more
                    listing, kept = _again(listing), False
                    continue
                if not self._give_up(listing, error):
                    raise
                yield ()
                return
            except (CredentialRefused, NotFound) as error:
                self._give_up(listing, error)
                yield ()
                return
            if kept and not size and not following:  # some answer an unknown cursor so
                listing, kept = _again(listing), False
                continue
            kept, empty = False, 0 if size else empty + 1
            listing = msgspec.structs.replace(listing, read=listing.read + size, next=following)
            over = not following or following in seen or listing.read >= listing.goal or empty >= EMPTY
            seen.add(following)
            if over:
                self._done(listing)
            else:
                short = len(following) <= LONGEST
                self._mark.listing = listing if short else None
            yield found
            if over:
                return

    def _give_up(self, listing: Listing, error: NetworkError) -> bool:
        """Leave a list unread; whether that is the right thing to do."""
        if isinstance(error, Unavailable):
            return False
        self._skipped[f"{NAMED[listing.kind]} names not shown"] += 1
        if isinstance(error, NotUnderstood) and not isinstance(error, TooLarge):
            self._broken.add(listing.kind)  # asked for again in the next refresh
            self._mark.listing = None
        else:
            self._done(listing)
        return True

    def _done(self, listing: Listing) -> None:
        self._mark.name(listing.rkey, listing.kind, listing.count)
        self._mark.listing = None

    async def _page(self, post: Remembered, listing: Listing) -> tuple[tuple[Interaction, ...], int, str]:
        """Interactions on the next page, how many entries it has, and the cursor of the one after."""
        uri, kind = f"at://{self._home.did}/{POST}/{post.rkey}", NAMED[listing.kind]
        if kind is InteractionKind.LIKE:
            likes = await self._server.likes(uri, listing.next)
            return self._likes(uri, likes.items), len(likes.entries), self._following(likes)
        if kind is InteractionKind.REPOST:
            people = await self._server.reposters(uri, listing.next)
            at = post.at if listing.first else listing.begun
            return self._reposts(uri, people.items, at), len(people.entries), self._following(people)
        if kind is InteractionKind.QUOTE:
            quotes = await self._server.quotes(uri, listing.next)
            found = self._posts([(each, "", uri) for each in quotes.items])
            return found, len(quotes.entries), self._following(quotes)
        said = await self._server.thread(uri, self._home.did, LEVELS)
        others = [(each.post, each.below, "") for each in said if each.post.author.did != self._home.did]
        return self._posts(others), len(said), ""

    def _following(self, page: Page[Like] | Page[Person] | Page[PostView]) -> str:
        unread = sum(1 for entry in page.entries if entry.item is None)
        if unread:
            self._skipped["unreadable name"] += unread
        return page.cursor

    def _likes(self, uri: str, likes: list[Like]) -> tuple[Interaction, ...]:
        found = []
        for like in likes:
            at, estimated = dated(like.at, self._now)
            found.append(reaction(self._home, InteractionKind.LIKE, like.actor, uri, at=at, estimated=estimated))
        return tuple(found)

    def _reposts(self, uri: str, people: list[Person], seconds: int) -> tuple[Interaction, ...]:
        at = min(datetime.fromtimestamp(seconds, UTC), self._now)
        return tuple(reaction(self._home, InteractionKind.REPOST, each, uri, at=at, estimated=True) for each in people)

    def _posts(self, posts: list[tuple[PostView, str, str]]) -> tuple[Interaction, ...]:
        told = (of_post(self._home, post, self._now, below=below, quoting=quoting) for post, below, quoting in posts)
        return tuple(each for each in told if each is not None)


def _again(listing: Listing) -> Listing:
    return msgspec.structs.replace(listing, next="", read=0)
