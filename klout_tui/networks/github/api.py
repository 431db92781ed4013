"""How GitHub is asked: every list page by page along its links, every refusal judged, what may still be asked kept.

Every list is read entry by entry: a broken one is counted, not fatal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from klout_tui.networks.answer import Answer
from klout_tui.networks.base import CredentialRefused, RateLimited
from klout_tui.networks.github import entities
from klout_tui.networks.github.judging import LEAST_WAIT, QueriesUsedUp, judge
from klout_tui.networks.github.place import Place
from klout_tui.networks.github.tolerance import entity
from klout_tui.networks.http import Client

E = TypeVar("E", bound=entities.Entity)

JSON: Final = "application/vnd.github+json"
WITH_STAR_DATES: Final = "application/vnd.github.star+json"
VERSION: Final = "2022-11-28"
"""Served until at least March 2028; the next one takes fields away."""
PER_PAGE: Final = 100
SPARED: Final = 20
"""One in so many requests of an hour's limit is left to her other programs, which share it."""

_HEADERS: Final = {"X-GitHub-Api-Version": VERSION}


@dataclass(frozen=True, slots=True)
class Page(Generic[E]):
    """One page of a list."""

    items: tuple[E, ...] = ()
    """What could be read of it."""
    total: int = 0
    """How many entries it had, readable or not."""
    links: Mapping[str, str] = field(default_factory=dict)
    """``next``, ``prev``, ``last`` as the server gave them; one that leads to the page itself is left out."""
    validators: Mapping[str, str] = field(default_factory=dict)
    """For the next conditional request."""
    poll: int = 0
    """Seconds before which it wants not to be asked again; 0 where it does not say."""
    unchanged: bool = False
    """Nothing new since the validators that were sent; everything else is empty then."""

    @property
    def next(self) -> str:
        """Address of the following page; empty at the end."""
        return self.links.get("next", "")


class Forge:
    """One GitHub's API, as seen with or without a token.

    Args:
        client: bound to the API's origin.
        place: which GitHub.
        skipped: filled with what could not be read, by kind.
        now: aware, UTC.
    """

    def __init__(self, client: Client, place: Place, skipped: Counter[str], now: datetime) -> None:
        self._client = client
        self._place = place
        self._skipped = skipped
        self._now = now

    async def get(
        self,
        where: str,
        *,
        params: Mapping[str, str] | None = None,
        accept: str = JSON,
        validators: Mapping[str, str] | None = None,
        pool: str = "core",
    ) -> Answer:
        """One answer, after making sure that it may be asked for.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        self._spare(pool)
        return await self._client.get(
            self._place.address(where),
            params=params,
            accept=accept,
            headers=_HEADERS,
            validators=validators,
            judge=judge,
        )

    async def one(self, where: str, shape: type[E], what: str) -> tuple[E, Answer]:
        """One object, with the answer it came in.

        Raises:
            NetworkError: as in ``networks.base``; ``NotUnderstood`` where it is no such object.
        """
        answer = await self.get(where)
        try:
            return entity(answer.json(msgspec.Raw, what), shape), answer
        except ValueError as error:
            raise answer.puzzling(what, str(error)) from error

    async def page(
        self,
        where: str,
        shape: type[E],
        what: str,
        *,
        params: Mapping[str, str] | None = None,
        accept: str = JSON,
        validators: Mapping[str, str] | None = None,
    ) -> Page[E]:
        """One page of a list.

        Args:
            where: a path, or the address of a page as the server gave it; that one already holds its parameters.
            shape: of its entries.
            what: the thing expected, for messages.
            params: of the first page.
            accept: the media type.
            validators: of an earlier answer.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        asked = {"per_page": str(PER_PAGE), **(params or {})} if where.startswith("/") else None
        answer = await self.get(where, params=asked, accept=accept, validators=validators)
        poll = _seconds(answer.headers.get("x-poll-interval"))
        if answer.not_modified:
            return Page(unchanged=True, poll=poll)
        raws = answer.json(list[msgspec.Raw], what) if answer.body.strip() else []
        here = self._place.address(where)
        links = {name: link for name, link in answer.links.items() if link not in (here, answer.url)}
        return Page(tuple(self.read(raws, shape)), len(raws), links, answer.validators, poll)

    async def search(self, path: str, params: Mapping[str, str], shape: type[E]) -> list[E]:
        """What a search finds, its first page.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        answer = await self.get(path, params={"per_page": str(PER_PAGE), **params}, pool="search")
        return self.read(answer.json(entities.Found, "what a search found").items, shape)

    async def query(self, text: str) -> dict[str, Any]:
        """The data of a GraphQL query; what it could not tell is null.

        Errors come with status 200 and beside data that may be partial.
        https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api

        Raises:
            QueriesUsedUp: of type ``RATE_LIMITED``, or too little is left.
            CredentialRefused: the token may not ask.
            NotUnderstood: no data at all.
        """
        self._spare("graphql")
        try:
            answer = await self._client.post(
                self._place.graphql, json={"query": text}, accept=JSON, judge=judge, repeatable=True
            )
        except RateLimited as error:
            raise QueriesUsedUp(error.message, hint=error.hint, retry_at=error.retry_at) from error
        told = answer.json(_Told, "an answer to a query")
        kinds = {error.type or "" for error in told.errors or ()}
        if "RATE_LIMITED" in kinds:
            left = self._client.left.get("graphql")
            resets = left.resets_at if left and left.resets_at and left.resets_at > self._now else None
            raise QueriesUsedUp("GitHub's GraphQL limit is used up", retry_at=resets or self._now + LEAST_WAIT)
        if not isinstance(told.data, dict):
            if kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
                raise CredentialRefused("this token may not use GitHub's GraphQL")
            words = next((error.message for error in told.errors or () if error.message), "no data")
            raise answer.puzzling("the data of a query", words)
        return told.data

    def read(self, raws: list[msgspec.Raw], shape: type[E]) -> list[E]:
        """What can be read of a list's entries; the others are counted as skipped."""
        items: list[E] = []
        for raw in raws:
            try:
                items.append(entity(raw, shape))
            except ValueError:
                self._skipped[f"unreadable {shape.__name__.lower()}"] += 1
        return items

    def _spare(self, pool: str) -> None:
        """Stop before the limit: what remains is for her other programs, and being refused counts against us.

        Raises:
            RateLimited: this pool is nearly used up, until its reset.
        """
        left = self._client.left.get(pool) or (self._client.left.get("") if pool == "core" else None)
        if left is None or left.resets_at is None or left.resets_at <= self._now:
            return
        if left.remaining <= (left.limit or 0) // SPARED:
            hint = "" if self._client.has_token else "A token, even one without any permission, allows 5,000 an hour."
            kind = QueriesUsedUp if pool == "graphql" else RateLimited
            raise kind(
                "GitHub's requests for this hour are used up; the rest comes after its reset",
                hint=hint,
                retry_at=left.resets_at,
            )


class _Trouble(msgspec.Struct):
    type: str | None = None
    message: str | None = None


class _Told(msgspec.Struct):
    data: Any = None
    errors: list[_Trouble] | None = None


def repository(name: str) -> str:
    """The path of a repository by its full name; names come from the server and are not trusted to be plain."""
    owner, _, own = name.partition("/")
    return f"/repos/{quote(owner, safe='')}/{quote(own, safe='')}"


def last_number(address: str | None) -> int | None:
    """The number an address ends with: of an issue, of a pull request."""
    try:
        end = httpx.URL(address or "").path.rstrip("/").rpartition("/")[2]
    except (httpx.InvalidURL, ValueError):
        return None
    return int(end) if end.isascii() and end.isdigit() and len(end) < 19 else None


def _seconds(said: str | None) -> int:
    said = (said or "").strip()
    return min(int(said), 3600) if said.isascii() and said.isdigit() and len(said) < 10 else 0
