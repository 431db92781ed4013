"""The network as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import ClassVar

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.address import host_of, is_on
from klout_tui.networks.base import Likeness, LinkRequest, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.webmention import linking
from klout_tui.networks.webmention.reading import Refresh
from klout_tui.networks.webmention.target import MOST_PAGES, parse


class Webmention:
    """Webmentions of one's own site, kept by webmention.io."""

    name: ClassVar[str] = linking.NAME
    title: ClassVar[str] = "Webmention"
    target_hint: ClassVar[str] = "blog.example"
    option_hints: ClassVar[Mapping[str, str]] = {
        "pages": f"without a token: addresses of the pages to ask for, up to {MOST_PAGES}; else your home page alone",
    }
    wants_token: ClassVar[str] = (
        "A token shows the mentions of all your pages, and those sent to you alone. It stands in webmention.io's "
        "settings once you have signed in there with your site; it can only read."
    )
    shows: ClassVar[str] = (
        "Who liked, shared, answered, bookmarked or linked the pages you name, else your home page, by webmention.io."
    )

    def recognises(self, text: str) -> Likeness:
        """The service's own address; a site's alone is a blog's first of all."""
        return Likeness.CERTAIN if is_on(text, "webmention.io") else Likeness.NO

    def origin(self, request: LinkRequest) -> str:
        """Where the service is.

        Raises:
            UsageError: the target cannot be meant as typed.
        """
        return parse(request).service

    def hosts(self, account: Account) -> tuple[str, ...]:
        """The service; her own site is looked at when it is linked, and never again."""
        return (host_of(account.base_url),)

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        """The site, and what can be seen of it.

        Raises:
            UsageError: the target cannot be meant as typed.
            NetworkError: as in ``networks.base``.
        """
        return await linking.verify(parse(request), client, now)

    def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        """Every mention since ``cursor``; see ``reading`` for what it costs.

        Raises:
            NetworkError: as in ``networks.base``; batches already yielded stay valid.
        """
        return Refresh(account, cursor, client, now).batches()
