"""One refresh: profile, what she wrote, what others wrote below it, points, submissions of her sites.

With nothing new this takes two requests: the profile, which lists everything she ever wrote, and one search over all
live threads (none where there is no live thread, two for more than 50). Beyond that, at most every six hours the points
of her submissions of the last two weeks (20 items at most) and one search for each of her sites, and once a day one
search for the points of her newest 100 submissions.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Interaction, Post, PostKind, Profile
from klout_tui.networks.hackernews import entities, mapping
from klout_tui.networks.hackernews.api import IN_A_GROUP, Page, Server
from klout_tui.networks.hackernews.bookmark import OVERLAP, REMARK_AGE, TRIES, Bookmark, Pending, Walk
from klout_tui.networks.hackernews.target import ALGOLIA
from klout_tui.networks.hackernews.walking import walked
from klout_tui.networks.http import Client

HORIZON: Final = timedelta(days=3 * 365 + 1)
"""The first reading ends here: a score looks back 90 days, a comparison of years needs three."""
SOON: Final = timedelta(hours=6)
DAILY: Final = timedelta(hours=24)
NEWEST: Final = 50
"""Own items, the newest, that are compared with what is known."""
LIVE: Final = 20
"""Own items read one by one in a refresh; each is a request."""
AT_ONCE: Final = 5


class Refresh:
    """Everything one refresh of one account does; made anew for each."""

    def __init__(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> None:
        self._account = account.id
        self._name = account.handle
        self._sites = tuple(account.options.get("site", "").split())
        self._now = now
        self._horizon = int((now - HORIZON).timestamp())
        self._mark = Bookmark.read(cursor)
        self._skipped: Counter[str] = Counter()
        self._server = Server(client, account.options.get("search_url", ALGOLIA), self._skipped)
        self._start = self._horizon
        """Nothing of hers is older."""

    async def batches(self) -> AsyncIterator[Batch]:
        """The batches, in the order of the module's first line.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        user = await self._server.user(self._name)
        self._start = max(self._horizon, user.created or 0)
        self._mark.heard = self._mark.heard or int(self._now.timestamp()) - OVERLAP
        yield self._batch(profile=mapping.profile_of(user, None))
        async for batch in self._drained():  # what an earlier refresh left
            yield batch
        listed = [number for number in (user.submitted or [])[:NEWEST] if number]
        own = self._mark.own
        if not own.done or own.before or max(listed, default=0) > self._mark.newest:
            async for batch in self._written():
                yield batch
            if (late := await self._late(listed)) is not None:
                yield late
        self._line_up()
        async for batch in self._drained():
            yield batch
        async for batch in self._points():
            yield batch
        async for batch in self._submitted():
            yield batch

    # what she wrote

    async def _written(self) -> AsyncIterator[Batch]:
        """Her stories and comments, newest first; below each page of stories what others said, before the next."""
        own, first = self._mark.own, not self._mark.own.done
        own.floor = max(own.floor, self._horizon - 1)

        async def page(walk: Walk) -> Page:
            return await self._server.written_by(self._name, after=walk.floor, until=walk.before)

        async for hits in walked(own, page, self._now):
            posts = await asyncio.to_thread(self._own_posts, hits)
            if first:  # later ones are live, and followed
                self._pend(hit for hit in hits if not _is_comment(hit) and hit.num_comments != 0)
                if own.done:
                    self._pend_remarks()
            yield self._batch(posts=posts, progress=self._share() if first else None)
            async for batch in self._drained():
                yield batch

    def _own_posts(self, hits: Iterable[entities.Hit]) -> tuple[Post, ...]:
        found: list[Post] = []
        for hit in hits:
            make = mapping.remark_of_hit if _is_comment(hit) else mapping.story_of_hit
            post = make(self._account, hit, self._now)
            if post is None or hit.author != self._name:
                self._skipped["unreadable hit"] += 1
                continue
            self._know(post, int(hit.object_id), hit.story_id)
            found.append(post)
        return tuple(found)

    def _know(self, post: Post, number: int, story: int | None) -> None:
        """Remember an own item, as far as what others say about it is to be found."""
        mark = self._mark
        mark.newest = max(mark.newest, number)
        if post.kind is not PostKind.REPLY:
            mark.follow(number, post.at, mine=True, now=self._now)
        elif story:
            mark.follow(story, post.at, mine=False, now=self._now)
            mark.remark(number, post.at, self._now)

    async def _late(self, listed: list[int]) -> Batch | None:
        """Own items the search does not know yet, read live."""
        mark = self._mark
        new = sorted((number for number in listed if number > mark.newest), reverse=True)[:LIVE]
        posts: list[Post] = []
        absent: dict[int, int] = {}
        for item, number in zip(await self._items(new), new, strict=True):
            if item is None:
                tries = mark.absent.get(number, 0) + 1
                if tries < TRIES:
                    absent[number] = tries
                continue
            post = mapping.story_of_item(self._account, item, self._now)
            if post is None:
                post = mapping.remark_of_item(self._account, item, self._now)
            if post is None or (item.by or self._name) != self._name:
                if item.deleted or item.dead:
                    self._skipped["taken away"] += 1
                continue
            posts.append(post)
            story = await self._story_above(item) if post.kind is PostKind.REPLY else None
            self._know(post, number, story)
        mark.absent = absent
        mark.newest = min([*(number - 1 for number in absent), max(mark.newest, *new)]) if new else mark.newest
        return self._batch(posts=tuple(posts)) if new else None

    async def _story_above(self, item: entities.Item) -> int | None:
        """The story a comment stands below, found by going up; None where that is too far."""
        above: entities.Item | None = item
        for _ in range(AT_ONCE):
            if above is None or above.parent is None:
                break
            above = await self._server.item(above.parent)
        return above.id if above is not None and above.type in mapping.STORIES else None

    async def _items(self, numbers: list[int]) -> list[entities.Item | None]:
        found: list[entities.Item | None] = []
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            found += await asyncio.gather(*(self._server.item(number) for number in some))
        return found

    # what others said

    def _pend(self, stories: Iterable[entities.Hit]) -> None:
        """Have everything read that was said below these stories of hers."""
        numbers = [int(hit.object_id) for hit in stories if hit.object_id.isascii() and hit.object_id.isdigit()]
        for start in range(0, len(numbers), IN_A_GROUP):
            self._mark.queue.append(Pending(mine=numbers[start : start + IN_A_GROUP]))

    def _pend_remarks(self) -> None:
        """Have read what was said lately in the threads of others she wrote in."""
        theirs = [each.story for each in self._mark.threads.values() if not each.mine]
        since = min(self._mark.remarks.values(), default=int((self._now - REMARK_AGE).timestamp()))
        for start in range(0, len(theirs), IN_A_GROUP):
            self._mark.queue.append(Pending(theirs=theirs[start : start + IN_A_GROUP], walk=Walk(floor=since - 1)))

    def _line_up(self) -> None:
        """Have everything read that was said in live threads since the last time."""
        live = self._mark.live(self._now)
        for start in range(0, len(live), IN_A_GROUP):
            some = live[start : start + IN_A_GROUP]
            mine, theirs = ([each.story for each in some if each.mine is which] for which in (True, False))
            self._mark.queue.append(Pending(mine=mine, theirs=theirs, walk=Walk(floor=self._mark.heard)))
        self._mark.heard = int(self._now.timestamp()) - OVERLAP

    async def _drained(self) -> AsyncIterator[Batch]:
        """Read what is pending, one after the other; each page is a batch that keeps the rest of the queue."""
        queue = self._mark.queue
        while queue:
            pending = queue[0]

            async def page(walk: Walk, stories: tuple[int, ...] = (*pending.mine, *pending.theirs)) -> Page:
                return await self._server.said_below(stories, after=walk.floor, until=walk.before)

            mine = frozenset(pending.mine)
            async for hits in walked(pending.walk, page, self._now):
                acts = await asyncio.to_thread(self._heard, hits, mine)
                if pending.walk.done:
                    queue.pop(0)
                yield self._batch(interactions=acts)

    def _heard(self, hits: Iterable[entities.Hit], mine: frozenset[int]) -> tuple[Interaction, ...]:
        found = []
        for hit in hits:
            act = mapping.heard_of_hit(self._account, self._name, hit, mine, self._mark.remarks, self._now)
            if act is not None:
                found.append(act)
            elif not hit.author:
                self._skipped["taken away"] += 1
        return tuple(found)

    # points and sites

    async def _points(self) -> AsyncIterator[Batch]:
        """Points that may have changed; on the first run they have just been read."""
        mark, now = self._mark, self._now
        if mark.scored is None or mark.listed is None:
            mark.scored = mark.listed = now
            yield self._batch(progress=1.0)
            return
        if now - mark.listed >= DAILY:
            page = await self._server.written_by(self._name, after=self._horizon, until=0, only="(story,poll)")
            mark.listed = now
            yield self._batch(posts=self._own_posts(page.hits))
        if now - mark.scored >= SOON:
            recent = [each.story for each in mark.live(now) if each.mine][:LIVE]
            posts: list[Post] = []
            gone: list[str] = []
            for item in await self._items(recent):
                if item is not None and item.deleted:
                    gone.append(mapping.item_url(item.id))
                    mark.threads.pop(item.id, None)
                elif item is not None and (post := mapping.story_of_item(self._account, item, now)):
                    posts.append(post)
            mark.scored = now
            yield self._batch(posts=tuple(posts), gone=tuple(gone))

    async def _submitted(self) -> AsyncIterator[Batch]:
        """Somebody else's submissions of pages of her sites."""
        mark = self._mark
        unread = [site for site in self._sites if site not in mark.sites or mark.sites[site].before]
        due = mark.searched is None or self._now - mark.searched >= SOON
        for site in self._sites if due else unread:
            walk = mark.sites.setdefault(site, Walk(floor=self._horizon - 1))

            async def page(walk: Walk, site: str = site) -> Page:
                return await self._server.submitted_from(site, after=walk.floor, until=walk.before)

            async for hits in walked(walk, page, self._now):
                links = (mapping.link_of_hit(self._account, self._name, hit, (site,), self._now) for hit in hits)
                if walk.done and site == self._sites[-1]:
                    mark.searched = self._now
                yield self._batch(interactions=tuple(link for link in links if link is not None))

    # the end

    def _share(self) -> float:
        """How much of the first reading is done, by the time it has come back to."""
        if self._mark.own.done:
            return 0.95
        now = self._now.timestamp()
        return 0.95 * min(max((now - (self._mark.own.before or now)) / max(now - self._start, 1), 0.0), 1.0)

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
            account=self._account,
            cursor=self._mark.written(),
            posts=posts,
            interactions=interactions,
            profile=profile,
            gone=gone,
            skipped=skipped,
            progress=progress,
        )


def _is_comment(hit: entities.Hit) -> bool:
    return "comment" in hit.tags if hit.tags else hit.title is None
