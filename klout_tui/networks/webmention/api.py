"""The one call we make, with or without a token. A list is read entry by entry: a broken one is counted, not fatal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from klout_tui.networks.answer import Answer
from klout_tui.networks.base import CredentialRefused, NetworkError, NotUnderstood, Unavailable
from klout_tui.networks.http import Client, Refusal
from klout_tui.networks.lenient import fitting
from klout_tui.networks.webmention.entities import Feed, Mention

PAGE: Final = 100
IN_A_LIST: Final = 20
"""Pages of the site asked for at once: each in two forms, of which the service takes 50."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list that is read: a whole site, or some of its pages."""

    domain: str = ""
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    mentions: tuple[Mention, ...]
    size: int
    """Entries on it, unreadable ones included."""


class Server:
    """The service.

    Args:
        client: bound to its origin.
        skipped: filled with what could not be read, by kind.
    """

    def __init__(self, client: Client, skipped: Counter[str]) -> None:
        self._client = client
        self._skipped = skipped

    async def mentions(self, listing: Listing, **where: str) -> Page:
        """https://github.com/aaronpk/webmention.io#api, ``mentions.jf2``.

        The token goes as the parameter the service documents, to its own origin; no message or record holds queries.

        Args:
            listing: what of.
            where: ``since_id``, ``page``, ``sort-by``, ``sort-dir``, ``per-page``.
        """
        params: dict[str, str | Sequence[str]] = {"per-page": str(PAGE), **where}
        if listing.domain:
            params |= {"domain": listing.domain, "token": self._client.token}
        else:
            params["target[]"] = listing.targets
        answer = await self._client.get("/api/mentions.jf2", params=params, authorised=False, judge=judge)
        feed = fitting(_json(answer), Feed)
        if feed is None or feed.children is None:
            raise answer.puzzling("a list of webmentions", "an answer without entries")
        mentions = []
        for raw in feed.children:
            mention = fitting(raw, Mention)
            if mention is None:
                self._skipped["unreadable mention"] += 1
            else:
                mentions.append(mention)
        return Page(tuple(mentions), len(feed.children))


def judge(refusal: Refusal) -> NetworkError | None:
    """What refusals mean here: the token goes in the query, so nothing but the status tells that it was refused."""
    if refusal.status in (401, 403) and not refusal.is_page:
        return CredentialRefused(
            f"{refusal.host} refused the token" + (f" ({refusal.said})" if refusal.said else ""),
            hint="Copy it again from the settings of webmention.io, and link the site again.",
        )
    if refusal.status in (401, 403):
        return Unavailable(f"{refusal.host} turns us away with a web page (answered {refusal.status})")
    return None


def _json(answer: Answer) -> msgspec.Raw:
    """The body.

    Raises:
        Unavailable: it is a web page, as in an outage.
        NotUnderstood: it is something else.
    """
    try:
        return answer.json(msgspec.Raw, "a list of webmentions")
    except NotUnderstood as error:
        kind = answer.headers.get("content-type", "").lower()
        if "html" in kind or answer.body.lstrip()[:1] == b"<":
            raise Unavailable(error.message, hint="It seems to be down; it is tried again later.") from error
        raise
