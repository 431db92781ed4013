"""One refresh of a blog: its feeds, each asked conditionally, and WordPress's REST API where something may be new.

Where something beside the posts feed fails, all that can be read is read and kept before that is said.

With nothing new it costs two requests, the posts feed and the comments feed. REST sends no validators, so it is asked
only when a feed changed, once a day for comments approved late, and until its first reading is finished.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Interaction, Post, Profile
from klout_tui.networks.base import NetworkError, NotFound, OtherHost, RateLimited, Unavailable
from klout_tui.networks.blog import digest, mapping
from klout_tui.networks.blog.bookmark import Bookmark, Seen
from klout_tui.networks.blog.digest import Remarks
from klout_tui.networks.blog.discovery import atom_form
from klout_tui.networks.blog.document import Feed, Item
from klout_tui.networks.blog.fetching import ACCEPT, REFUSALS, feed_at, lasting, parsed
from klout_tui.networks.blog.mapping import Blogger
from klout_tui.networks.blog.naming import named_link, origin, same_host, wordpress_guid
from klout_tui.networks.blog.sweeping import MARGIN, MODERATION, Sweep, Swept
from klout_tui.networks.http import Answer, Client

ROWS: Final = 100
"""Posts or comments in one batch at most."""
DAILY: Final = timedelta(hours=24)
OLDER_PAGES: Final = 50
"""Pages of older posts followed from one feed at most."""
POST_FEEDS: Final = 20
"""Comments feeds of single posts read in one refresh at most."""
POST_FEEDS_FAILED: Final = 3
"""After so many that fail in one refresh the rest is left for the next one."""
MISSING: Final = 5
"""Posts missing from the feed whose pages are looked for in one refresh."""
RETRY_REST: Final = timedelta(days=7)
"""How long a REST API that has closed is left alone."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a conditional request brought."""

    url: str
    """Where to ask next time."""
    answer: Answer
    feed: Feed | None
    """None: nothing new."""


class Refresh:
    """One refresh; ``batches`` is its way through."""

    def __init__(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> None:
        self._account = account
        self._client = client
        self._now = now
        self._book = Bookmark(cursor)
        self._blogger = self._known_blogger()
        options = account.options
        self._named = options.get("rest_comments") == "yes"
        """REST names every comment, so that counters have nothing to add."""
        self._common = bool(options.get("comments_feed"))
        """There is a feed of all comments."""
        closed = self._book["rest_closed_at"] and not self._book.due("rest_closed_at", now, RETRY_REST)
        self._rest = "" if closed else options.get("rest", "")
        self._pending = False
        """Comments feeds of single posts are left for the next refresh."""
        self._plain = False
        """One of them was read in its less telling form, since the other is in trouble."""
        self._trouble: NetworkError | None = None
        """What went wrong beside the posts feed; said at the end, when all that can be read has been."""
        self._last = cursor
        """The cursor of the last batch."""
        self._halted = False
        """The server is not asked any more; the cursor stays, so that the next refresh asks for all of it again."""

    async def batches(self) -> AsyncIterator[Batch]:
        """Everything new, posts before what was said of them.

        Raises:
            NetworkError: as documented at ``Blog.refresh``.
        """
        single = self._book["post_feeds"] == "yes" and not self._common and not self._named
        daily = single and self._book.due("post_feeds_at", self._now, DAILY)
        posts = await self._look("feed", unconditional=daily)
        comments = await self._comments_look()
        before, found = self._book.window, self._found(posts.feed)
        window = digest.remembered(found, before, self._blogger)
        items = comments.feed.items if comments and comments.feed else ()
        remarks = digest.remarks_of(items, self._blogger, window, self._now)
        digest.note_asides(window, remarks)
        gap = bool(found) and not before.keys() & found.keys()

        sweep = self._sweep(window)
        if sweep and not self._halted and ((gap and before) or sweep.unfinished("posts")):
            async for batch in self._swept_posts(sweep):
                yield batch
        if posts.feed or items:
            self._book.window = window
        if posts.feed:
            if gap and not self._rest:
                self._book["older"] = digest.older_page(posts.feed, posts.url, wordpress=self._blogger.wordpress)
                self._book["older_pages"] = ""
            for batch in self._post_batches(posts, posts.feed, found, window):
                yield batch
        if posts.feed and not self._halted and (gone := await self._gone(before, found)):
            yield self._batch(gone=gone)
        async for batch in self._older_posts(before):
            yield batch

        told: set[str] | None = None
        since: datetime | None = None
        if sweep and self._rest and self._named and not self._halted:
            late = self._book.due("rest_at", self._now, DAILY)
            if late or items or comments is None or sweep.unfinished("comments"):
                told, margin = set(), MODERATION if late else MARGIN
                newest = self._book.when("rest_comments_newest")
                since = newest - margin if newest else None
                if self._book["rest_comments_page"]:
                    since = self._now  # resumed: what the pages before told is not known any more
                async for batch in self._swept_comments(sweep, margin, told):
                    yield batch
        if comments and comments.feed:
            asked = told is not None and self._rest and not self._halted
            fresh = digest.untold(remarks, told or set(), since) if asked else remarks
            for batch in self._remark_batches(comments, fresh):
                yield batch
        if posts.feed and not self._named and not self._halted:
            async for batch in self._post_feeds(found, remarks):
                yield batch
        finished = self._finished("feed", posts) | (comments is not None and self._finished("comments_feed", comments))
        if finished and not self._halted:
            yield self._batch()
        if self._trouble and (self._halted or not (self._rest and self._named)):
            raise self._trouble

    # looking

    async def _look(self, name: str, *, unconditional: bool = False) -> Look:
        """Ask for a feed, unless it is as it was."""
        url = self._address(name)
        validators = {} if unconditional else self._book.validators(name, url)
        answer = await self._client.get(url, accept=ACCEPT, validators=validators)
        new = unconditional or not self._book.same(name, answer)
        return Look(lasting(url, answer), answer, await parsed(answer) if new else None)

    async def _comments_look(self) -> Look | None:
        """The comments feed; where it fails, posts are read all the same before that is said."""
        if not self._common:
            return None
        try:
            return await self._look("comments_feed")
        except RateLimited as error:
            self._halt(error)
        except (*REFUSALS, Unavailable) as error:
            self._trouble = error
        return None

    def _halt(self, error: NetworkError) -> None:
        """Ask for nothing more in this refresh: what was brought is kept, and asked for again with the next one."""
        self._trouble, self._halted = error, True

    async def _gone(self, before: Mapping[str, Seen], found: Mapping[str, Item]) -> list[str]:
        """Posts taken offline: missing among those the feed still tells, and their own page is missing too."""
        known = list(before)
        oldest = max((place for place, identifier in enumerate(known) if identifier in found), default=0)
        missing = [identifier for identifier in known[:oldest] if identifier not in found]
        gone: list[str] = []
        window = self._book.window
        for identifier in missing[:MISSING]:
            # a WordPress id leads to the post itself, while its address may be passed on to one of a like name
            by_id = wordpress_guid(identifier) and same_host(identifier, self._blogger.site)
            page = named_link(identifier if by_id else before[identifier].url or identifier, self._account.base_url)
            try:
                if page:
                    await self._client.get(page, accept="text/html, */*;q=0.5")
            except NotFound:
                gone.append(identifier)
                window.pop(identifier, None)
            except OtherHost:
                continue  # moved elsewhere, or never here: then it cannot be seen whether it is gone
            except NetworkError:
                break  # not the moment to ask; it stays in the window
        self._book.window = window
        return gone

    def _address(self, name: str) -> str:
        """Where a feed lies by now; what she gave at linking counts again once she links anew."""
        given = self._account.options.get(name) or self._account.url
        return self._book[f"{name}_now"] if self._book[f"{name}_given"] == given else given

    def _found(self, feed: Feed | None) -> dict[str, Item]:
        """Items of the posts feed by id; learns the names of authors on the way."""
        if feed is None:
            return {}
        self._book.learn("authors", feed.authors)
        self._book.learn("author_sites", feed.author_urls)
        self._blogger = self._known_blogger()
        found, distrust = mapping.identified(feed.items, self._blogger, distrust=self._book["distrust"] == "yes")
        self._book["distrust"] = "yes" if distrust else ""
        self._book["post_feeds"] = "yes" if any(item.comments_feed for item in feed.items) else ""
        return found

    def _known_blogger(self) -> Blogger:
        return Blogger.of(self._account, self._book.listed("authors"), self._book.listed("author_sites"))

    # WordPress's REST API

    def _sweep(self, window: Iterable[str]) -> Sweep | None:
        if not self._rest:
            return None
        numbers = self._account.options.get("author_ids", "").split(",")
        sweep = Sweep(self._client, self._rest, self._book, self._blogger, [int(n) for n in numbers if n.isdigit()])
        sweep.know(window)
        return sweep

    async def _swept_posts(self, sweep: Sweep) -> AsyncIterator[Batch]:
        try:
            async for page in sweep.posts():
                posts = [mapping.post(*pair, self._blogger, self._now) for pair in page.items.items()]
                yield self._batch(posts=posts, skipped=page.skipped, progress=page.share / 2)
        except REFUSALS:
            self._close_rest()
        except NetworkError as error:
            self._halt(error)

    async def _swept_comments(self, sweep: Sweep, margin: timedelta, told: set[str]) -> AsyncIterator[Batch]:
        try:
            async for page in sweep.comments(self._now, margin):
                told.update(page.met)
                if page.share == 1:
                    self._book.mark("rest_at", self._now)
                yield self._swept_batch(page)
        except REFUSALS:
            self._close_rest()
        except NetworkError as error:
            self._halt(error)

    def _swept_batch(self, page: Swept) -> Batch:
        return self._batch(
            posts=[thing for thing in page.things if isinstance(thing, Post)],
            interactions=[thing for thing in page.things if isinstance(thing, Interaction)],
            skipped=page.skipped,
            progress=(1 + page.share) / 2,
        )

    def _close_rest(self) -> None:
        """The feeds remain; REST is tried again in a week."""
        self._rest = ""
        self._book.mark("rest_closed_at", self._now)

    # feeds

    def _post_batches(
        self, look: Look, feed: Feed, found: Mapping[str, Item], window: Mapping[str, Seen]
    ) -> Iterator[Batch]:
        posts = digest.posts_of(found, window, self._blogger, self._now, counted=not self._named)
        profile = Profile(handle=self._account.handle, name=feed.title, url=self._account.url, keys=self._account.keys)
        skipped = dict(feed.unreadable)
        if others := len(found) - len(posts):
            skipped["by another author"] = others
        for start in range(0, max(len(posts), 1), ROWS):
            last = start + ROWS >= len(posts)
            yield self._batch(
                posts=posts[start : start + ROWS],
                profile=profile if last else None,
                skipped=skipped if last else {},
                base_url=self._new_home(look, feed) if last else None,
            )

    async def _older_posts(self, before: Mapping[str, Seen]) -> AsyncIterator[Batch]:
        """Pages of the posts feed beyond its window, until one brings nothing unknown."""
        met = set(before) | set(self._book.window) if before else set(self._book.window)
        while (url := self._book["older"]) and not self._rest and not self._halted:
            number = int(self._book["older_pages"] or "0") + 1
            try:
                _, feed = await feed_at(self._client, url, self._account.base_url)
            except REFUSALS:  # past the end, as WordPress says it
                self._book["older"] = self._book["older_pages"] = ""
                yield self._batch()
                return
            found, _ = mapping.identified(feed.items, self._blogger, distrust=self._book["distrust"] == "yes")
            fresh = {identifier: item for identifier, item in found.items() if identifier not in met}
            met.update(fresh)
            ended = not fresh or (bool(before) and len(fresh) < len(found)) or number >= OLDER_PAGES
            self._book["older"] = "" if ended else digest.older_page(feed, url, wordpress=self._blogger.wordpress)
            self._book["older_pages"] = str(number) if self._book["older"] else ""
            posts = digest.posts_of(fresh, {}, self._blogger, self._now, counted=not self._named)
            for start in range(0, max(len(posts), 1), ROWS):
                yield self._batch(posts=posts[start : start + ROWS], skipped=feed.unreadable)

    async def _post_feeds(self, found: Mapping[str, Item], remarks: Remarks) -> AsyncIterator[Batch]:
        """Comments feeds of single posts, for what the common one did not tell."""
        window = self._book.window
        asked = digest.grown(found, window, remarks)
        failed = 0
        for identifier in asked[:POST_FEEDS]:
            try:
                feed = await self._post_feed(found[identifier].comments_feed)
            except Unavailable as error:  # the others may answer
                self._trouble, failed = error, failed + 1
                if failed >= POST_FEEDS_FAILED:
                    break
                continue
            if feed is None:
                yield self._batch(skipped={"comments feed of a post": 1})
                continue
            told = digest.remarks_of(feed.items, self._blogger, window, self._now, under=identifier)
            digest.note_asides(window, told)
            if identifier in window and not self._worth_another_look:
                window[identifier].comments = found[identifier].comments or 0
            self._book.window = window
            # the post once more, now that it is known which of its comments are the author's own
            post = digest.posts_of({identifier: found[identifier]}, window, self._blogger, self._now, counted=True)
            skipped = feed.unreadable
            yield self._batch(posts=(*post, *told.answers), interactions=told.interactions, skipped=skipped)
        for identifier in found.keys() & window.keys() - set(asked):
            window[identifier].comments = found[identifier].comments or 0
        self._book.window = window
        self._book.mark("post_feeds_at", self._now if self._book["post_feeds"] else None)
        self._pending = bool(failed) or len(asked) > POST_FEEDS or self._worth_another_look
        self._book["post_feeds_plain"] = "yes" if self._plain else ""

    @property
    def _worth_another_look(self) -> bool:
        """Whether what was read in its less telling form may be told better next time; if not then, it stays so."""
        return self._plain and not self._book["post_feeds_plain"]

    async def _post_feed(self, url: str) -> Feed | None:
        """Comments of one post; WordPress's Atom form first, since it names the writers' sites."""
        atom = atom_form(url) if self._blogger.wordpress else ""
        trouble: Unavailable | None = None
        for form in filter(None, (atom, url)):
            try:
                feed = (await feed_at(self._client, form, self._account.base_url))[1]
            except REFUSALS:
                continue
            except Unavailable as error:
                trouble = error
            else:
                self._plain = self._plain or trouble is not None
                return feed
        if trouble:
            raise trouble
        return None

    def _remark_batches(self, look: Look, remarks: Remarks) -> Iterator[Batch]:
        rows = [thing for _, thing in remarks.rows]
        skipped = dict((look.feed.unreadable if look.feed else {}) | remarks.skipped)
        for start in range(0, max(len(rows), bool(skipped)), ROWS):
            part, last = rows[start : start + ROWS], start + ROWS >= len(rows)
            yield self._batch(
                posts=[thing for thing in part if isinstance(thing, Post)],
                interactions=[thing for thing in part if isinstance(thing, Interaction)],
                skipped=skipped if last else {},
            )

    # batches

    def _finished(self, name: str, look: Look) -> bool:
        """Remember that a feed was read whole, and where it lies now; whether there was anything to remember."""
        before = self._book.saved()
        moved = look.url != self._address(name)
        if moved:
            self._book[f"{name}_given"] = self._account.options.get(name) or self._account.url
            self._book[f"{name}_now"] = look.url
        if look.feed and not (self._pending and name == "feed"):
            self._book.finish(name, look.url, look.answer, wordpress=self._blogger.wordpress)
        elif moved:
            self._book[f"{name}_url"] = look.url
        return self._book.saved() != before

    def _new_home(self, look: Look, feed: Feed) -> str | None:
        """Origin of the site, if feed and site have moved there for good."""
        if look.url == self._address("feed") or not feed.site:
            return None
        home = origin(look.url)
        return home if home != self._account.base_url and same_host(feed.site, look.url) else None

    def _batch(
        self,
        *,
        posts: Iterable[Post] = (),
        interactions: Iterable[Interaction] = (),
        profile: Profile | None = None,
        gone: Iterable[str] = (),
        skipped: Mapping[str, int] | None = None,
        progress: float | None = None,
        base_url: str | None = None,
    ) -> Batch:
        if not self._halted:
            self._last = self._book.saved()
        return Batch(
            account=self._account.id,
            cursor=self._last,
            posts=tuple(posts),
            interactions=tuple(interactions),
            profile=profile,
            gone=tuple(gone),
            skipped=dict(skipped or {}),
            progress=progress,
            base_url=base_url,
        )
