"""The network as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import ClassVar

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.address import host_of, is_on
from klout_tui.networks.base import Likeness, LinkRequest, Verified
from klout_tui.networks.bluesky import linking
from klout_tui.networks.bluesky.reading import Refresh
from klout_tui.networks.bluesky.target import parse
from klout_tui.networks.bluesky.writing import Writing
from klout_tui.networks.http import Client
from klout_tui.networks.writing import Writer


class Bluesky:
    """Bluesky and the other servers of the AT Protocol: anybody's PDS, any AppView with Bluesky's lexicons."""

    name: ClassVar[str] = linking.NAME
    title: ClassVar[str] = "Bluesky"
    target_hint: ClassVar[str] = "alice.bsky.social"
    option_hints: ClassVar[Mapping[str, str]] = {}
    wants_token: ClassVar[str] = (
        "An app password adds mentions, new followers and the times of reposts. Bluesky has none that only reads; "
        "klout-tui writes with it only if you allow that later. Make one in Bluesky's settings, and never give your "
        "main password."
    )
    shows: ClassVar[str] = "Your posts and their counters, and who liked, reposted, quoted or answered them, by name."
    writes: ClassVar[Writer | None] = Writing()

    def recognises(self, text: str) -> Likeness:
        """How surely this is an account of the AT Protocol: a DID, a profile, a handle with one ``@`` or none."""
        text = text.strip().lower()
        if text.startswith(("did:plc:", "did:web:", "at://")) or is_on(text, "bsky.app"):
            return Likeness.CERTAIN
        handle = text.removeprefix("@")
        if "@" in handle or "/" in handle or "." not in handle:
            return Likeness.NO
        return Likeness.LIKELY if text != handle or handle.endswith(".bsky.social") else Likeness.NO

    def origin(self, request: LinkRequest) -> str:
        """Where the app password of the typed account is for.

        Raises:
            UsageError: the target cannot be meant as typed.
        """
        return parse(request).login

    def hosts(self, account: Account) -> tuple[str, ...]:
        """Where it is read; with an app password where she logs in, and her own server."""
        named = (account.base_url, account.options.get("pds", "") if account.authorised else "")
        return tuple(dict.fromkeys(host for host in map(host_of, named) if host))

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        """The account, and what can be seen of it.

        Raises:
            UsageError: the target cannot be meant as typed, or the app password is somebody else's.
            NetworkError: as in ``networks.base``.
        """
        return await linking.verify(parse(request), client, now)

    def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        """Everything new since ``cursor``; see ``reading`` for the order and what it costs.

        Raises:
            NetworkError: as in ``networks.base``; batches already yielded stay valid.
        """
        return Refresh(account, cursor, client, now).batches()
