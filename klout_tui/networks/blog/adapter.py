"""The blog adapter: its card, and the way in to linking and refreshing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import ClassVar

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.errors import UsageError
from klout_tui.networks.address import host_of
from klout_tui.networks.base import Likeness, LinkRequest, Verified
from klout_tui.networks.blog import linking, mapping, naming
from klout_tui.networks.blog.refreshing import Refresh
from klout_tui.networks.http import Client


class Blog:
    """A blog, by the address of its home page or of its feed."""

    name: ClassVar[str] = "blog"
    title: ClassVar[str] = "Blog"
    target_hint: ClassVar[str] = "blog.example, or the address of its feed"
    option_hints: ClassVar[Mapping[str, str]] = {
        "feed": "address of the posts feed, if it is not found by itself",
        "comments_feed": "address of the feed of all comments, if it is not found by itself",
        "author": "your name as it stands under your posts, if others write there too",
    }
    wants_token: ClassVar[str] = ""
    shows: ClassVar[str] = (
        "Your posts with their categories and tags, and the comments with their writers' names, from its feeds or "
        "WordPress's open interface."
    )

    def recognises(self, text: str) -> Likeness:
        """Any web address may be a blog's; a handle is none."""
        if "@" in text or "." not in text:
            return Likeness.NO
        try:
            naming.address(text)
        except UsageError:
            return Likeness.NO
        return Likeness.POSSIBLE

    def origin(self, request: LinkRequest) -> str:
        """Scheme and host of the address typed.

        Raises:
            UsageError: no web address, or one without encryption elsewhere than on this machine.
        """
        for name in ("feed", "comments_feed"):
            if given := request.options.get(name, ""):
                naming.address(given)
        return naming.origin(naming.address(request.target))

    def hosts(self, account: Account) -> tuple[str, ...]:
        """The site, and wherever else its feeds and WordPress's interface lie, or led to when it was linked."""
        options = account.options
        named = (account.base_url, account.url, *(options.get(name, "") for name in ("feed", "comments_feed", "rest")))
        found = (*map(host_of, named), *mapping.listed(options.get(linking.HOSTS, "")))
        return tuple(dict.fromkeys(filter(None, found)))

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        """Find the blog's feeds and what of WordPress is open.

        Raises:
            UsageError: no web address.
            NetworkError: it does not answer, or has no feed.
        """
        self.origin(request)
        return await linking.verify(request, client, now)

    def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        """Posts and comments since the cursor; two requests where nothing is new.

        Raises:
            NetworkError: the posts feed, or the only source of comments, cannot be read.
        """
        return Refresh(account, cursor, client, now).batches()
