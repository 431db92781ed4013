"""The network as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import ClassVar

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.address import host_of, is_on
from klout_tui.networks.base import Likeness, LinkRequest, Verified
from klout_tui.networks.hackernews import linking
from klout_tui.networks.hackernews.reading import Refresh
from klout_tui.networks.hackernews.target import ALGOLIA, parse
from klout_tui.networks.http import Client


class HackerNews:
    """Hacker News, by the name one has there."""

    name: ClassVar[str] = linking.NAME
    title: ClassVar[str] = "Hacker News"
    target_hint: ClassVar[str] = "your name there, or the address of your profile"
    option_hints: ClassVar[Mapping[str, str]] = {
        "site": "your own domain, such as blog.example, to see who else submits its pages",
        "search_url": "address of another search interface than Algolia's",
    }
    wants_token: ClassVar[str] = ""
    shows: ClassVar[str] = (
        "Your submissions and their points, who commented on them or answered you, who submitted your site, your karma."
    )

    def recognises(self, text: str) -> Likeness:
        """A profile's address."""
        return Likeness.CERTAIN if is_on(text, "news.ycombinator.com") else Likeness.NO

    def origin(self, request: LinkRequest) -> str:
        """Root of the live interface.

        Raises:
            UsageError: the target cannot be meant as typed.
        """
        return parse(request).firebase

    def hosts(self, account: Account) -> tuple[str, ...]:
        """The live interface and the search."""
        named = (account.base_url, account.options.get("search_url", ALGOLIA))
        return tuple(dict.fromkeys(map(host_of, named)))

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        """The account, and what can be seen of it.

        Raises:
            UsageError: the target cannot be meant as typed.
            NetworkError: as in ``networks.base``.
        """
        return await linking.verify(parse(request), client, now)

    def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        """Everything new since ``cursor``; see ``reading`` for the order and what it costs.

        Raises:
            NetworkError: as in ``networks.base``; batches already yielded stay valid.
        """
        return Refresh(account, cursor, client, now).batches()
