"""The network as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import ClassVar

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.address import host_of, is_on
from klout_tui.networks.base import Likeness, LinkRequest, Login, Verified
from klout_tui.networks.github import linking
from klout_tui.networks.github.login import DeviceLogin
from klout_tui.networks.github.place import MENTIONS_SCOPE, NAME
from klout_tui.networks.github.reading import Refresh
from klout_tui.networks.github.target import parse
from klout_tui.networks.http import Client


class GitHub:
    """github.com, tenants at ghe.com, and GitHub Enterprise Server."""

    name: ClassVar[str] = NAME
    title: ClassVar[str] = "GitHub"
    target_hint: ClassVar[str] = "alice, or https://github.com/alice"
    option_hints: ClassVar[Mapping[str, str]] = {}
    wants_token: ClassVar[str] = (
        "A token raises the limit from 60 to 5,000 requests an hour and shows discussions and how many follow the "
        "people you meet. No permission is needed: a fine-grained token for public repositories, read-only, or a "
        f"classic one without any scope, is enough. A classic one with {MENTIONS_SCOPE} also shows mentions elsewhere "
        "at once. The names of all who starred may take public_repo, which may also write: not needed for the rest."
    )
    shows: ClassVar[str] = (
        "Your public repositories and releases, who starred, forked, opened issues, commented and reviewed lately, "
        "and who follows you."
    )
    login: ClassVar[Login | None] = DeviceLogin()

    def recognises(self, text: str) -> Likeness:
        """An address on github.com; other forges look the same from outside."""
        return Likeness.CERTAIN if is_on(text, "github.com") or text.startswith("git@github.com:") else Likeness.NO

    def origin(self, request: LinkRequest) -> str:
        """Where the API of the typed account is.

        Raises:
            UsageError: the target cannot be meant as typed.
        """
        return parse(request).place.origin

    def hosts(self, account: Account) -> tuple[str, ...]:
        """The API's own."""
        return (host_of(account.base_url),)

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        """The account, and what can be seen of it.

        Raises:
            UsageError: the target cannot be meant as typed, or the token is somebody else's.
            NetworkError: as in ``networks.base``.
        """
        return await linking.verify(parse(request), client, now)

    def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        """Everything new since ``cursor``; see ``reading`` for the order and the cost.

        Raises:
            NetworkError: as in ``networks.base``; batches already yielded stay valid.
        """
        return Refresh(account, cursor, client, now).batches()
