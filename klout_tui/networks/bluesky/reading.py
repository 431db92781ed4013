"""One refresh: her profile once a day, her feed, then notifications with a login, the names behind counters without.

Each list is read from its newest entry down to what the last finished reading began with (see ``trail``); every page is
a batch with the cursor that resumes after it. When nothing is new this takes two requests with a login (feed,
notifications) and one without (feed). On top of that come, for each account and day:

- 1 request for her profile, every ``PROFILE_EVERY``;
- at most 16 for the counters of posts younger than 30 days beyond the newest 100 (``lookback``); the newest 100 tell
  theirs with the feed;
- without a login, 1 for each list (likes, reposts, quotes, thread) of a post whose counter has moved, 100 names a page
  (``names``);
- 1 for each 25 people who act and were not met for a week (``people``);
- with a login, some 12 renewals of the session (``session``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Interaction, Post, Profile
from klout_tui.networks.base import NotFound, NotUnderstood, Unavailable
from klout_tui.networks.bluesky.acts import of_notification, of_own
from klout_tui.networks.bluesky.api import Entry, Page, Server
from klout_tui.networks.bluesky.bookmark import Bookmark, Remembered
from klout_tui.networks.bluesky.entities import FeedItem, Notification, PostView
from klout_tui.networks.bluesky.lookback import Lookback
from klout_tui.networks.bluesky.mapping import Home, post_of, profile_of, written
from klout_tui.networks.bluesky.names import Names
from klout_tui.networks.bluesky.people import People
from klout_tui.networks.bluesky.session import Session
from klout_tui.networks.bluesky.trail import Trail
from klout_tui.networks.http import Client

E = TypeVar("E", FeedItem, Notification)

HORIZON: Final = timedelta(days=3 * 365 + 1)
"""A reading ends here: a score looks back 90 days, a comparison of years needs three."""
MOST_POSTS: Final = 5_000
"""And here: 50 pages."""
MOST_NOTIFICATIONS: Final = 20_000
"""200 pages."""
PROFILE_EVERY: Final = timedelta(hours=20)
"""Less than a day, so that a refresh each morning reads it each morning."""
EMPTY: Final = 20
"""Empty pages in a row that are gone through."""
POSTS_SHARE: Final = 0.4
"""Part of the first reading that posts take."""


@dataclass(frozen=True, slots=True)
class _List(Generic[E]):
    """One of the two lists that are read page by page."""

    trail: Trail
    page: Callable[[str], Awaitable[Page[E]]]
    batch: Callable[[Page[E], Sequence[Entry[E]], float | None], Awaitable[Batch]]
    """From a page, those of its entries that are new, and the share done."""
    most: int
    share: Callable[[int, datetime], float]
    """How much of the first reading is done, from entries met and the oldest date."""


class Refresh:
    """Everything one refresh of one account does; made anew for each."""

    def __init__(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> None:
        did = account.options.get("did") or account.id.partition(":")[2]
        session = Session(
            client,
            did=did,
            login=account.options.get("login") or did,
            origin=(account.options.get("pds") if client.has_token else "") or account.base_url,
        )
        self._now = now
        self._mark = Bookmark.read(cursor)
        self._home = Home(account.id, did, self._mark.private)
        self._logged_in = session.logged_in
        self._skipped: Counter[str] = Counter()
        self._server = Server(session)
        self._people = People(self._server, self._mark, self._skipped, now)
        self._lookback = Lookback(did, self._server, self._mark, now)
        self._names = Names(self._server, self._people, self._mark, self._skipped, client, now)
        self._lost: list[Remembered] = []
        """What the newest page of her feed lacks."""

    async def batches(self) -> AsyncIterator[Batch]:
        """The batches, in the order of the module's first line; at least one, the others only where they say anything.

        So whoever is killed after every single batch still gets on.

        Raises:
            NetworkError: as in ``networks.base``.
            CredentialError: a new session cannot be kept.
        """
        cursor, silent = self._mark.written(), True
        async for batch in self._all():
            if batch != self._silence(cursor):
                cursor, silent = batch.cursor, False
                yield batch
        if silent:
            yield self._silence(cursor)

    def _silence(self, cursor: Cursor) -> Batch:
        return Batch(account=self._home.account, cursor=cursor)

    async def _all(self) -> AsyncIterator[Batch]:
        total: int | None = None
        last = self._mark.profiled
        if last is None or not timedelta() <= self._now - last < PROFILE_EVERY:
            profile = await self._profile()
            total = profile.posts
            yield self._batch(profile=profile)
        backfill = not self._mark.posts.done
        async for batch in self._read(self._posts(total)):
            yield batch
        if self._logged_in:
            async for batch in self._read(self._notifications()):
                yield batch
        async for posts, gone in self._lookback.look_for(self._lost):
            yield self._counted(posts, gone)
        async for posts, gone in self._lookback.recount():
            over = backfill and (self._logged_in or not self._mark.waiting())
            yield self._counted(posts, gone, progress=1.0 if over else None)
        if not self._logged_in:
            async for interactions, share in self._names.ask(self._home):
                part = None if share is None else POSTS_SHARE + (1 - POSTS_SHARE) * share
                yield self._batch(interactions=interactions, progress=part)

    async def _profile(self) -> Profile:
        me = await self._server.profile(self._home.did)
        if me.did != self._home.did:
            raise NotUnderstood(f"asked for {self._home.did}, the server told of {me.did}")
        if self._mark.profiled is not None and self._mark.private != me.private:
            self._mark.start_over()  # so that everything kept learns whether it may be shown
        self._mark.profiled, self._mark.private = self._now, me.private
        self._home = replace(self._home, private=me.private)
        return profile_of(me)

    def _posts(self, total: int | None) -> _List[FeedItem]:
        most = min(total or MOST_POSTS, MOST_POSTS)
        return _List(
            trail=self._mark.posts,
            page=self._feed_page,
            batch=self._posts_batch,
            most=MOST_POSTS,
            share=lambda read, _: POSTS_SHARE * min(read / most, 1.0),
        )

    def _notifications(self) -> _List[Notification]:
        return _List(
            trail=self._mark.notifications,
            page=self._server.notifications,
            batch=self._notifications_batch,
            most=MOST_NOTIFICATIONS,
            share=lambda _, oldest: POSTS_SHARE + (1 - POSTS_SHARE) * min((self._now - oldest) / HORIZON, 1.0),
        )

    async def _read(self, source: _List[E]) -> AsyncIterator[Batch]:
        """Down from the top; after a reading that was broken off is finished, once more for what came in since."""
        resumed = source.trail.fresh(self._now)
        async for batch in self._downwards(source):
            yield batch
        if resumed:
            async for batch in self._downwards(source):
                yield batch

    async def _downwards(self, source: _List[E]) -> AsyncIterator[Batch]:
        trail, backfill = source.trail, not source.trail.done
        page = await self._start(source)
        known, seen, empty = frozenset(trail.known), {"", trail.next}, 0
        while True:
            reached = trail.meet(page.entries)
            empty = 0 if page.entries else empty + 1
            dates: list[datetime] = [entry.at for entry in page.entries if entry.at is not None]
            old = bool(dates) and max(dates) < self._now - HORIZON
            over = reached or old or trail.read >= source.most or empty >= EMPTY or page.cursor in seen
            seen.add(page.cursor)
            trail.next = page.cursor
            share = source.share(trail.read, min((*dates, self._now)))
            if over:
                share = source.share(source.most, self._now - HORIZON)
                trail.finish(self._now)
            fresh = [entry for entry in page.entries if entry.mark not in known]
            yield await source.batch(page, fresh, share if backfill else None)
            if over:
                return
            page = await source.page(trail.next)

    async def _start(self, source: _List[E]) -> Page[E]:
        """The page a reading goes on with: where it was broken off, or the top.

        A server may have forgotten its own cursor, and says so in several ways: a refusal, trouble, an empty end.
        """
        trail = source.trail
        if trail.fresh(self._now):
            try:
                page = await source.page(trail.next)
            except (NotUnderstood, NotFound, Unavailable):
                page = Page((), "")
            if page.entries or page.cursor:
                return page
        trail.begin(self._now)
        return await source.page("")

    async def _feed_page(self, cursor: str) -> Page[FeedItem]:
        """A page of her feed without what she has pinned, which is an old post out of its place."""
        page = await self._server.feed(self._home.did, cursor)
        entries = tuple(entry for entry in page.entries if entry.item is None or not entry.item.pinned)
        page = Page(entries, page.cursor)
        missing = self._lookback.see(page, top=not cursor)
        if not cursor and self._mark.posts.done:
            self._lost = missing
        return page

    async def _posts_batch(
        self, page: Page[FeedItem], fresh: Sequence[Entry[FeedItem]], progress: float | None
    ) -> Batch:
        hers = [item for item in page.items if self._is_hers(item)]
        changed = self._mark.note((item.post for item in hers if not item.reposted), self._now, listed=True)
        new = {entry.mark for entry in fresh}
        for entry in fresh:
            if entry.item is None:
                self._skipped["unreadable post"] += 1
            elif not self._is_hers(entry.item):
                self._skipped["post of somebody else"] += 1
        told = [
            entry.item
            for entry in page.entries
            if entry.item is not None
            and self._is_hers(entry.item)
            and (entry.mark in new or (not entry.item.reposted and entry.item.post.uri in changed))
        ]
        return self._batch(
            posts=tuple(post_of(self._home, item, self._now) for item in told),
            interactions=tuple(act for item in told for act in of_own(self._home, item, self._now)),
            progress=progress,
        )

    def _is_hers(self, item: FeedItem) -> bool:
        if item.reposted:
            return item.by in ("", self._home.did)
        return item.post.author.did == self._home.did and self._home.owns(item.post.uri)

    async def _notifications_batch(
        self, _: Page[Notification], fresh: Sequence[Entry[Notification]], progress: float | None
    ) -> Batch:
        found: list[Interaction] = []
        for entry in fresh:
            if entry.item is None:
                self._skipped["unreadable notification"] += 1
            elif (act := of_notification(self._home, entry.item, self._now)) is None:
                self._skipped[entry.item.reason] += 1
            else:
                found.append(act)
        return self._batch(interactions=await self._people.meet(found), progress=progress)

    def _counted(self, posts: Iterable[PostView], gone: tuple[str, ...], *, progress: float | None = None) -> Batch:
        """Posts read again by their address: those whose counters have changed."""
        posts = list(posts)
        changed = self._mark.note(posts, self._now)
        told = tuple(written(self._home, post, self._now) for post in posts if post.uri in changed)
        return self._batch(posts=told, gone=gone, progress=progress)

    def _batch(
        self,
        *,
        posts: tuple[Post, ...] = (),
        interactions: tuple[Interaction, ...] = (),
        profile: Profile | None = None,
        gone: tuple[str, ...] = (),
        progress: float | None = None,
    ) -> Batch:
        skipped = dict(self._skipped)
        self._skipped.clear()
        return Batch(
            account=self._home.account,
            cursor=self._mark.written(),
            posts=posts,
            interactions=interactions,
            profile=profile,
            gone=gone,
            skipped=skipped,
            progress=progress,
        )
