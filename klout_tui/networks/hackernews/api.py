"""The calls we make, one method each. Every list is read entry by entry: a broken one is counted, not fatal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec

from klout_tui.networks.answer import Answer
from klout_tui.networks.base import NetworkError, NotFound, NotUnderstood, Unavailable
from klout_tui.networks.hackernews import entities
from klout_tui.networks.http import Client, Refusal
from klout_tui.networks.lenient import fitting

S = TypeVar("S", bound=msgspec.Struct)

PAGE: Final = 100
"""Hits asked for at a time; up to 1,000 are allowed, but so much text makes slow answers."""
NULL: Final = b"null"
IN_A_GROUP: Final = 50
"""Threads asked for in one search."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search, newest first."""

    hits: tuple[entities.Hit, ...]
    size: int
    """Entries on it, unreadable ones included."""
    total: int | None
    """How many there are to this search."""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left. A short page alone does not say so: a server may give less than was asked for."""
        return not self.size or (self.size < PAGE and self.total is not None and self.total <= self.size)


class Server:
    """Both interfaces.

    Args:
        client: bound to the live interface.
        search_url: root of the search.
        skipped: filled with what could not be read, by kind.
    """

    def __init__(self, client: Client, search_url: str, skipped: Counter[str]) -> None:
        self._client = client
        self._search_url = search_url
        self._skipped = skipped

    async def user(self, name: str) -> entities.User:
        """A profile: https://github.com/HackerNews/API#users.

        Raises:
            NotFound: nobody of that name has ever written anything; the interface answers ``null``.
        """
        answer = await self._client.get(f"/v0/user/{quote(name, safe='')}.json", authorised=False, judge=judge)
        raw = _json(answer, "a profile")
        if bytes(raw) == NULL:
            raise NotFound(
                f"Hacker News knows nobody called {name} who has written anything",
                hint="Check the spelling: upper and lower case matter.",
            )
        user = fitting(raw, entities.User)
        if user is None or user.id != name:
            raise answer.puzzling("a profile", "something else")
        return user

    async def item(self, number: int) -> entities.Item | None:
        """A story or a comment as it is live, or None where there is none: https://github.com/HackerNews/API#items."""
        answer = await self._client.get(f"/v0/item/{number}.json", authorised=False, judge=judge)
        raw = _json(answer, "an item")
        item = fitting(raw, entities.Item)
        if item is None and bytes(raw) != NULL:
            self._skipped["unreadable item"] += 1
        return item if item is not None and item.id == number else None

    async def written_by(self, name: str, *, after: int, until: int, only: str = "(story,comment,poll)") -> Page:
        """What somebody wrote in a span of seconds since 1970, ``after`` exclusive and ``until`` (0: now) inclusive."""
        return await self._search({"tags": f"author_{name},{only}"}, after=after, until=until)

    async def said_below(self, stories: Iterable[int], *, after: int, until: int) -> Page:
        """Comments at any depth below any of these stories, in such a span."""
        either = ",".join(f"story_{number}" for number in stories)
        return await self._search({"tags": f"comment,({either})"}, after=after, until=until)

    async def submitted_from(self, site: str, *, after: int, until: int) -> Page:
        """Stories whose address contains the site's words, in such a span."""
        asked = {"query": site, "restrictSearchableAttributes": "url", "tags": "story"}
        return await self._search(asked, after=after, until=until)

    async def _search(self, asked: dict[str, str], *, after: int, until: int) -> Page:
        """https://hn.algolia.com/api, newest first.

        Spans of time instead of ``page``: no search gives more than its first 1,000 hits, and pages shift when
        something new comes in.
        """
        span = [f"created_at_i>{after}"] if after else []
        span += [f"created_at_i<={until}"] if until else []
        params = {**asked, "hitsPerPage": str(PAGE)} | ({"numericFilters": ",".join(span)} if span else {})
        url = f"{self._search_url}/search_by_date"
        answer = await self._client.get(url, params=params, authorised=False, judge=judge)
        envelope = fitting(_json(answer, "found stories and comments"), entities.Found)
        if envelope is None or envelope.hits is None:
            raise answer.puzzling("found stories and comments", "an answer without hits")
        hits = []
        for raw in envelope.hits:
            hit = fitting(raw, entities.Hit)
            if hit is None:
                self._skipped["unreadable hit"] += 1
            else:
                hits.append(hit)
        return Page(tuple(hits), len(envelope.hits), envelope.total)


def judge(refusal: Refusal) -> NetworkError | None:
    """What refusals mean where nobody logs in: they are about us as a visitor, or about a wrong address."""
    if refusal.status == 401:
        return NotUnderstood(
            f"{refusal.place} is not open to anybody ({refusal.said or 'answered 401'})",
            hint="If you gave another address for the interface, check it.",
        )
    if refusal.status == 403:
        return Unavailable(
            f"{refusal.host} turns us away for now (answered 403)",
            hint="It does so when too much was asked from your connection; it passes.",
            retry_at=refusal.retry_at,
        )
    return None


def _json(answer: Answer, what: str) -> msgspec.Raw:
    """The body.

    Raises:
        Unavailable: it is a web page, as in an outage.
        NotUnderstood: it is something else.
    """
    if answer.body.strip() == NULL:  # what there is not, whatever it is labelled as
        return msgspec.Raw(NULL)
    try:
        return answer.json(msgspec.Raw, what)
    except NotUnderstood as error:
        if "html" in answer.headers.get("content-type", "").lower():
            raise Unavailable(error.message, hint="It seems to be down; it is tried again later.") from error
        raise
