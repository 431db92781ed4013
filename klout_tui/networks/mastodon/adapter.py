"""The network as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import ClassVar

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.address import host_of
from klout_tui.networks.base import Likeness, LinkRequest, Login, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon import linking
from klout_tui.networks.mastodon.login import BrowserLogin
from klout_tui.networks.mastodon.reading import Refresh
from klout_tui.networks.mastodon.target import likeness, parse
from klout_tui.networks.mastodon.writing import Writing
from klout_tui.networks.writing import Writer


class Mastodon:
    """Mastodon and the servers that speak its API: GoToSocial, Pleroma, Akkoma, Pixelfed, Friendica, Takahe."""

    name: ClassVar[str] = linking.NAME
    title: ClassVar[str] = "Mastodon"
    target_hint: ClassVar[str] = "@alice@example.social"
    option_hints: ClassVar[Mapping[str, str]] = {}
    wants_token: ClassVar[str] = (
        "A token names and dates likes, boosts, quotes, mentions and follows, and shows your followers-only posts. "
        f"Read-only is enough: {linking.SCOPES}."
    )
    shows: ClassVar[str] = (
        "Your public posts and their counters, and who answered, liked or boosted those of the last 30 days."
    )
    login: ClassVar[Login | None] = BrowserLogin()
    writes: ClassVar[Writer | None] = Writing()

    def recognises(self, text: str) -> Likeness:
        """How surely this is an account on such a server."""
        return likeness(text)

    def origin(self, request: LinkRequest) -> str:
        """Where the API of the typed account is expected.

        Raises:
            UsageError: the target cannot be meant as typed.
        """
        return parse(request).origin

    def hosts(self, account: Account) -> tuple[str, ...]:
        """Its own server."""
        return (host_of(account.base_url),)

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        """The account, and what can be seen of it.

        Raises:
            UsageError: the target cannot be meant as typed, or the token is somebody else's.
            NetworkError: as in ``networks.base``.
        """
        return await linking.verify(parse(request), client, now)

    def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        """Everything new since ``cursor``; see ``reading`` for the order.

        Raises:
            NetworkError: as in ``networks.base``; batches already yielded stay valid.
        """
        return Refresh(account, cursor, client, now).batches()
