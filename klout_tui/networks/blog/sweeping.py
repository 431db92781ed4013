"""Reading WordPress's REST listings to their end, page by page, from where the last reading stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.batch import TEXT_LIMIT
from klout_tui.domain.model import Interaction, Post
from klout_tui.domain.text import html_to_text
from klout_tui.networks.blog import wordpress
from klout_tui.networks.blog.bookmark import Bookmark
from klout_tui.networks.blog.document import Item
from klout_tui.networks.blog.fetching import REFUSALS
from klout_tui.networks.blog.mapping import Blogger, identified, remark
from klout_tui.networks.blog.naming import clean_link, comment_id, object_id, plain_name
from klout_tui.networks.blog.wordpress import PER_PAGE, Page, RestComment, RestPost, Term
from klout_tui.networks.http import Client

MARGIN: Final = timedelta(days=1)
"""How far before the newest known row a sweep begins: covers time zones and slow moderators."""
MODERATION: Final = timedelta(days=30)
"""The same for the daily sweep, since comments are approved late under their old date."""


@dataclass(frozen=True, slots=True)
class Swept:
    """One page, mapped."""

    items: dict[str, Item] = field(default_factory=dict)
    things: tuple[Interaction | Post, ...] = ()
    met: frozenset[str] = frozenset()
    """Ids of all comments on the page, those left out included."""
    skipped: dict[str, int] = field(default_factory=dict)
    share: float = 1.0
    """Of this sweep that is done with it."""


class Sweep:
    """The REST side of one refresh."""

    def __init__(
        self, client: Client, root: str, bookmark: Bookmark, blogger: Blogger, author_ids: Iterable[int]
    ) -> None:
        self._client = client
        self._root = root
        self._bookmark = bookmark
        self._blogger = blogger
        self._hers = frozenset(author_ids)
        self._terms: dict[str, dict[int, str]] = {"tags": {}, "categories": {}}
        self._posts: dict[int, str | None] = {}
        """Ids of posts by their number; None for pages and for other authors' posts."""

    def unfinished(self, kind: str) -> bool:
        """Whether a sweep of ``posts`` or ``comments`` was never made, or was broken off."""
        return bool(self._bookmark[f"rest_{kind}_page"]) or not self._bookmark[f"rest_{kind}_done"]

    def know(self, identifiers: Iterable[str]) -> None:
        """Learn the numbers of posts from their guids (``…/?p=311``), which saves asking."""
        for identifier in identifiers:
            number = identifier.rpartition("?p=")[2]
            if number.isascii() and number.isdigit():
                self._posts.setdefault(int(number), identifier)

    async def posts(self, margin: timedelta = MARGIN) -> AsyncIterator[Swept]:
        """Posts from ``margin`` before the newest known, oldest first; the bookmark moves with each page.

        Raises:
            NetworkError: as the client's ``get``.
        """

        def url(page: int, after: datetime | None) -> str:
            return wordpress.posts_url(self._root, page=page, after=after)

        async for page, share in self._pages("posts", margin, url, RestPost, "a list of posts"):
            rows: list[RestPost] = list(page.rows)
            await self._name_terms(rows)
            hers = [row for row in rows if not self._blogger.only or row.author in self._hers]
            items = {row.id: wordpress.post_item(row, self._terms) for row in hers}
            found, _ = identified(
                (item for item in items.values() if item.id or item.url), self._blogger, distrust=False
            )
            by_item = {id(item): identifier for identifier, item in found.items()}
            self._posts.update({row.id: None for row in rows})
            self._posts.update({number: by_item.get(id(item)) for number, item in items.items()})
            yield Swept(items=found, skipped=_skipped(page, others=len(rows) - len(hers)), share=share)

    async def comments(self, now: datetime, margin: timedelta = MARGIN) -> AsyncIterator[Swept]:
        """Comments from ``margin`` before the newest known, oldest first.

        Raises:
            NetworkError: as the client's ``get``.
        """

        def url(page: int, after: datetime | None) -> str:
            return wordpress.comments_url(self._root, page=page, after=after)

        async for page, share in self._pages("comments", margin, url, RestComment, "a list of comments"):
            rows: list[RestComment] = list(page.rows)
            await self._find_posts({row.post for row in rows if row.post not in self._posts})
            things: list[Interaction | Post] = []
            others = 0
            for row in rows:
                under = self._posts.get(row.post)
                if under is None and self._blogger.only:
                    others += 1
                    continue
                item = _comment_item(row, self._blogger.site)
                if by_number := row.author in self._hers:
                    self._bookmark.learn("authors", item.authors)
                own = by_number or self._blogger.signed(item)
                things.append(remark(item, self._blogger, now, under=under, own=own))
            met = frozenset(comment_id(self._blogger.site, str(row.id)) for row in rows)
            yield Swept(things=tuple(things), met=met, skipped=_skipped(page, others=others), share=share)

    async def _pages(
        self,
        kind: str,
        margin: timedelta,
        url: Callable[[int, datetime | None], str],
        shape: type[RestPost] | type[RestComment],
        what: str,
    ) -> AsyncIterator[tuple[Page, float]]:
        """Pages of a listing; the bookmark already stands behind the page that is given."""
        book, prefix = self._bookmark, f"rest_{kind}"
        number = int(book[f"{prefix}_page"] or "0")
        if not number:
            newest = book.when(f"{prefix}_newest")
            book.mark(f"{prefix}_since", newest - margin if newest else None)
            number = 1
        while True:
            page = await wordpress.listing(self._client, url(number, book.when(f"{prefix}_since")), shape, what)
            dates = [at for row in page.rows if (at := wordpress.gmt(row.date_gmt))]
            known = book.when(f"{prefix}_newest")
            book.mark(f"{prefix}_newest", max([*dates, *([known] if known else [])], default=None))
            last = number >= page.pages or not (page.rows or page.unreadable)
            number += 1
            book[f"{prefix}_page"] = "" if last else str(number)
            if last:
                book[f"{prefix}_since"], book[f"{prefix}_done"] = "", "yes"
            yield page, 1.0 if last else (number - 1) / page.pages
            if last:
                return

    async def _name_terms(self, rows: Iterable[RestPost]) -> None:
        """Ask for the names of tags and categories not named yet; a site that hides them has posts without topics."""
        rows = tuple(rows)
        for kind in ("tags", "categories"):
            known = self._terms[kind]
            missing = sorted({number for row in rows for number in getattr(row, kind)} - known.keys())
            for start in range(0, len(missing), PER_PAGE):
                asked = missing[start : start + PER_PAGE]
                try:
                    url = wordpress.terms_url(self._root, kind, asked)
                    page = await wordpress.listing(self._client, url, Term, f"a list of {kind}")
                except REFUSALS:
                    page = Page((), 0, 1)
                known.update(dict.fromkeys(asked, "") | wordpress.term_names(page.rows))

    async def _find_posts(self, numbers: set[int]) -> None:
        """Learn the ids of posts that comments stand under; what is not among the posts is a page or the like."""
        for start in range(0, len(numbers), PER_PAGE):
            asked = sorted(numbers)[start : start + PER_PAGE]
            url = wordpress.posts_by_id_url(self._root, "posts", asked)
            page = await wordpress.listing(self._client, url, RestPost, "a list of posts")
            self._posts.update(dict.fromkeys(asked))
            for row in page.rows:
                item = wordpress.post_item(row, {})
                if item.id or item.url:
                    mine = not self._blogger.only or row.author in self._hers
                    self._posts[row.id] = object_id(self._blogger.account, item.id or item.url) if mine else None


def _comment_item(row: RestComment, site: str) -> Item:
    """The comment in the neutral form; its number is all that its id is made of."""
    name = plain_name(row.author_name)
    return Item(
        id=comment_id(site, str(row.id)),
        url=clean_link(row.link) or comment_id(site, str(row.id)),
        text=html_to_text(row.content.rendered)[:TEXT_LIMIT],
        at=wordpress.gmt(row.date_gmt),
        authors=(name,) if name else (),
        author_url=row.author_url.strip(),
        answers=comment_id(site, str(row.parent)) if row.parent else "",
    )


def _skipped(page: Page, *, others: int) -> dict[str, int]:
    counted = {"unreadable row": page.unreadable, "by or under another author": others}
    return {name: count for name, count in counted.items() if count}
