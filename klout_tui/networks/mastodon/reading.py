"""One refresh: profile, posts, notifications, counters, and without a token the names behind counters.

Each list is read backwards once, page by page, then forward from the highest id met; every page is a batch with the
cursor that resumes after it. When nothing is new, this takes two requests with a token and one without. Four times a
day the profile and the counters of recent posts are read again: one request more, and one for every 20 posts.

Whose token it is, is asked before anything is handed over that only a token shows: one taken from the environment may
be another than yesterday's.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Interaction, Post, Profile
from klout_tui.networks.base import CredentialRefused
from klout_tui.networks.dates import moment
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon import entities
from klout_tui.networks.mastodon.api import Page, Server
from klout_tui.networks.mastodon.bookmark import Bookmark, Trail, order
from klout_tui.networks.mastodon.lookback import Lookback
from klout_tui.networks.mastodon.mapping import (
    Home,
    interaction_of,
    object_id,
    parent_of_reply,
    post_of,
    profile_of,
)
from klout_tui.networks.mastodon.names import NamesAsked

E = TypeVar("E", entities.Status, entities.Notification)

HORIZON: Final = timedelta(days=3 * 365 + 1)
"""The first reading ends here: a score looks back 90 days, a comparison of years needs three."""
MOST_POSTS: Final = 2_500
"""And here: 63 pages, a fifth of what a server allows in its 15 minutes for paged requests."""
MOST_NOTIFICATIONS: Final = 16_000
"""200 pages; together with the posts still within the 300 paged requests of those 15 minutes."""
MOST_PAGES: Final = 200
"""Pages read forward in one refresh; after a longer absence the rest comes with the next one."""
ANSWERED_AGE: Final = timedelta(days=30)
"""How far back her own replies are traced to what they answer, so that it no longer waits for an answer."""
POSTS_SHARE: Final = 0.4
"""Part of the first reading that posts take, where notifications are read too."""


@dataclass(frozen=True, slots=True)
class _List(Generic[E]):
    """One of the two lists that are read page by page."""

    trail: Trail
    page: Callable[..., Awaitable[Page[E]]]
    batch: Callable[[Sequence[E], float | None], Awaitable[Batch]]
    most: int
    share: Callable[[int, datetime], float]
    """How much of the first reading is done, from entries read and the oldest date met."""


class Refresh:
    """Everything one refresh of one account does; made anew for each."""

    def __init__(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> None:
        self._home = Home(
            account=account.id,
            remote_id=account.options.get("remote_id", ""),
            domain=account.handle.rpartition("@")[2].lower(),
            mislabels="takahe" in account.options.get("software", "").lower(),
        )
        self._handle = account.handle
        self._client = client
        self._now = now
        self._mark = Bookmark.read(cursor)
        self._skipped: Counter[str] = Counter()
        self._server = Server(client, self._skipped)
        self._lookback = Lookback(self._server, self._mark, now)
        self._uris: dict[str, str] = {}
        """Object ids by the server's ids, as learned during this refresh."""
        self._owner_known = False
        """Whether this refresh has asked whose token it is."""

    async def batches(self) -> AsyncIterator[Batch]:
        """The batches, in the order of the module's first line.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        token = self._client.has_token
        total, joined = None, None
        if self._lookback.due:
            me, base_url = await self._myself()
            self._owner_known = True
            profile = profile_of(self._home, me)
            total, joined = profile.posts, moment(me.created_at)
            yield self._batch(profile=profile, base_url=base_url)
        async for batch in self._read(self._posts(total, POSTS_SHARE if token else 1.0)):
            yield batch
        if token:
            async for batch in self._read(self._notifications(joined)):
                yield batch
        async for statuses, gone in self._lookback.recount():
            yield self._batch(posts=self._posts_from(statuses), gone=gone)
        if not token:
            names = NamesAsked(self._home, self._server, self._mark, self._skipped, self._now)
            async for interactions in names.ask():
                yield self._batch(interactions=interactions)

    async def _myself(self) -> tuple[entities.Account, str | None]:
        """Her account, and the server's new origin if it moved for good."""
        if self._client.has_token:
            me = await self._server.myself()
            if me.id != self._home.remote_id:
                raise CredentialRefused(
                    f"the token now belongs to @{self._home.acct(me)}, not to {self._handle}",
                    hint="Link the account again with a token of its own.",
                )
            return me, None
        try:
            return await self._server.account(self._home.remote_id)
        except CredentialRefused as error:
            raise CredentialRefused(
                f"{self._home.domain} shows nothing without a token", hint="Link the account again with a token."
            ) from error

    def _posts(self, total: int | None, weight: float) -> _List[entities.Status]:
        most = min(total or MOST_POSTS, MOST_POSTS)
        return _List(
            trail=self._mark.posts,
            page=lambda **where: self._server.statuses_of(self._home.remote_id, **where),
            batch=self._posts_batch,
            most=MOST_POSTS,
            share=lambda read, _: weight * min(read / most, 1.0),
        )

    def _notifications(self, joined: datetime | None) -> _List[entities.Notification]:
        start = max(joined or self._now - HORIZON, self._now - HORIZON)
        span = max(self._now - start, timedelta(days=1))
        return _List(
            trail=self._mark.notifications,
            page=self._server.notifications,
            batch=self._notifications_batch,
            most=MOST_NOTIFICATIONS,
            share=lambda _, oldest: POSTS_SHARE + (1 - POSTS_SHARE) * min((self._now - oldest) / span, 1.0),
        )

    async def _read(self, source: _List[E]) -> AsyncIterator[Batch]:
        """Backwards to the end once; forward from the highest id ever since."""
        trail = source.trail
        from_scratch = not trail.before and not (trail.done and trail.newest)
        if from_scratch or not trail.done:
            async for batch in self._backwards(source):
                yield batch
        if from_scratch or not trail.newest:
            return  # whatever was published in the meantime comes with the next refresh
        for _ in range(MOST_PAGES):
            known = trail.newest
            page = await source.page(min_id=known)
            if order(page.newest) <= order(known):
                return
            trail.met(page.ids)
            # A server that ignores min_id sends its newest page, old entries included.
            yield await source.batch([item for item in page.items if order(item.id) > order(known)], None)

    async def _backwards(self, source: _List[E]) -> AsyncIterator[Batch]:
        trail = source.trail
        while True:
            page = await source.page(**({"max_id": trail.before} if trail.before else {}))
            stuck = bool(trail.before) and order(page.older) >= order(trail.before)
            trail.met(page.ids)
            trail.read += len(page.ids)
            told = (moment(item.created_at) for item in page.items)
            dates: list[datetime] = [date for date in told if date is not None]
            old = bool(dates) and max(dates) < self._now - HORIZON
            trail.done = stuck or old or not page.older or trail.read >= source.most
            trail.before = "" if trail.done else page.older
            share = source.share(trail.read, min((*dates, self._now)))
            yield await source.batch(
                page.items, source.share(source.most, self._now - HORIZON) if trail.done else share
            )
            if trail.done:
                return

    async def _posts_batch(self, statuses: Sequence[entities.Status], progress: float | None) -> Batch:
        self._learn(statuses)
        young = self._now - ANSWERED_AGE
        answers = [status for status in statuses if (moment(status.created_at) or self._now) >= young]
        await self._find(
            hers=(each.in_reply_to_id for each in statuses if each.in_reply_to_account_id == self._home.remote_id),
            others=(each.in_reply_to_id for each in answers if each.in_reply_to_account_id != self._home.remote_id),
        )
        posts = await asyncio.to_thread(self._posts_from, statuses)
        self._mark.note(statuses, self._now)
        return self._batch(posts=posts, progress=progress)

    async def _notifications_batch(self, seen: Sequence[entities.Notification], progress: float | None) -> Batch:
        profile = None
        if seen and not self._owner_known:
            me, _ = await self._myself()
            profile, self._owner_known = profile_of(self._home, me), True
        told = [notification.status for notification in seen if notification.status]
        self._learn([status.reblog or status for status in told])
        await self._find(hers=(parent_of_reply(self._home, status) for status in told))
        interactions = await asyncio.to_thread(self._interactions_from, seen)
        return self._batch(interactions=interactions, profile=profile, progress=progress)

    def _posts_from(self, statuses: Iterable[entities.Status]) -> tuple[Post, ...]:
        posts = []
        for status in statuses:
            post = post_of(self._home, status, self._uris, self._now)
            if post is None:
                self._skipped["status without an id"] += 1
            else:
                posts.append(post)
        return tuple(posts)

    def _interactions_from(self, seen: Iterable[entities.Notification]) -> tuple[Interaction, ...]:
        interactions = []
        for notification in seen:
            interaction = interaction_of(self._home, notification, self._uris, self._now)
            if interaction is None:
                self._skipped[notification.type] += 1
            else:
                interactions.append(interaction)
        return tuple(interactions)

    def _learn(self, statuses: Iterable[entities.Status]) -> None:
        """Note object ids, and how the server builds hers."""
        for status in statuses:
            if uri := object_id(status):
                self._uris[status.id] = uri
            if status.account.id == self._home.remote_id:
                self._mark.learn(status)

    async def _find(self, *, hers: Iterable[str | None], others: Iterable[str | None] = ()) -> None:
        """Get to know the object ids of posts that are answered: by memory, by the server's rule, else by asking."""
        unknown: dict[str, None] = {}
        for status_id in hers:
            if status_id and status_id not in self._uris:
                if uri := self._mark.uri(status_id):
                    self._uris[status_id] = uri
                else:
                    unknown[status_id] = None
        unknown |= {each: None for each in others if each and each not in self._uris}
        found = await self._lookback.fetch(tuple(unknown))
        self._uris |= {each: object_id(found[each]) if each in found else "" for each in unknown}

    def _batch(
        self,
        *,
        posts: tuple[Post, ...] = (),
        interactions: tuple[Interaction, ...] = (),
        profile: Profile | None = None,
        gone: tuple[str, ...] = (),
        progress: float | None = None,
        base_url: str | None = None,
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
            base_url=base_url,
        )
