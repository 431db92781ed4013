"""The endpoints we read, one method each. Every list is read entry by entry: a broken one is counted, not fatal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from klout_tui.networks.answer import Answer
from klout_tui.networks.base import NotFound, TooLarge
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon import entities
from klout_tui.networks.mastodon.bookmark import order
from klout_tui.networks.mastodon.tolerance import entity

E = TypeVar("E", bound=entities.Entity)

STATUSES: Final = 40
"""Largest page of statuses a server gives."""
NOTIFICATIONS: Final = 80
"""Largest page of notifications, and of people who liked or boosted."""
AT_ONCE: Final = 20
"""Statuses read in one request; what servers allow at most is not documented."""


@dataclass(frozen=True, slots=True)
class Page(Generic[E]):
    """One page of a list."""

    items: tuple[E, ...]
    """What could be read of it."""
    ids: tuple[str, ...]
    """Of all entries, as far as they have one; paging goes by these."""
    older: str
    """``max_id`` of the next older page; empty at the end."""
    link: str = ""
    """Path and query of the next page as the server gave it, for lists whose cursors are internal."""

    @property
    def newest(self) -> str:
        """The highest id on it, or an empty text."""
        return max(self.ids, key=order, default="")


class Server:
    """One server's API, as seen with or without a token.

    Args:
        client: bound to the server's origin.
        skipped: filled with what could not be read, by kind.
    """

    def __init__(self, client: Client, skipped: Counter[str]) -> None:
        self._client = client
        self._skipped = skipped

    async def myself(self) -> entities.Account:
        """The token's owner: https://docs.joinmastodon.org/methods/accounts/#verify_credentials."""
        answer = await self._client.get("/api/v1/accounts/verify_credentials")
        return entity_in(answer, entities.Account, "an account")

    async def account(self, account_id: str) -> tuple[entities.Account, str | None]:
        """An account, asked for without the token, and the server's new origin if it moved for good.

        https://docs.joinmastodon.org/methods/accounts/#get
        """
        path = f"/api/v1/accounts/{_segment(account_id)}"
        answer = await self._client.get(path, authorised=False)
        moved = answer.moved_to.removesuffix(path) if answer.moved_to and answer.moved_to.endswith(path) else None
        return entity_in(answer, entities.Account, "an account"), moved

    async def statuses_of(self, account_id: str, **where: str) -> Page[entities.Status]:
        """https://docs.joinmastodon.org/methods/accounts/#statuses.

        Args:
            account_id: the server's id.
            where: ``max_id`` or ``min_id``; without, the newest page.
        """
        return await self._page(
            f"/api/v1/accounts/{_segment(account_id)}/statuses",
            {"limit": str(STATUSES), **where},
            entities.Status,
            "a list of statuses",
        )

    async def notifications(self, **where: str) -> Page[entities.Notification]:
        """https://docs.joinmastodon.org/methods/notifications/#get.

        All types are read, since some servers refuse a filter that names a type they do not know. Friendica gives
        unread ones only, unless told otherwise.
        """
        return await self._page(
            "/api/v1/notifications",
            {"limit": str(NOTIFICATIONS), "include_all": "true", **where},
            entities.Notification,
            "a list of notifications",
        )

    async def people(self, status_id: str, which: str, pages: int) -> list[entities.Account]:
        """Who liked or boosted a post, newest first, without times.

        https://docs.joinmastodon.org/methods/statuses/#favourited_by

        Args:
            status_id: the server's id.
            which: ``favourited_by`` or ``reblogged_by``.
            pages: how many pages of 80 at most.
        """
        path = f"/api/v1/statuses/{_segment(status_id)}/{which}"
        found: list[entities.Account] = []
        params: Mapping[str, str] = {"limit": str(NOTIFICATIONS)}
        for _ in range(pages):
            page = await self._page(path, params, entities.Account, "a list of accounts")
            found += page.items
            if not page.link or page.link == path:
                break
            path, params = page.link, {}
        return found

    async def descendants(self, status_id: str) -> tuple[entities.Status, ...]:
        """What was said below a post: https://docs.joinmastodon.org/methods/statuses/#context."""
        answer = await self._client.get(f"/api/v1/statuses/{_segment(status_id)}/context")
        context = answer.json(entities.Context, "a conversation")
        return tuple(self._read(context.descendants, entities.Status)[0])

    async def several(self, ids: Sequence[str]) -> dict[str, entities.Status]:
        """Statuses by id; absent ones are left out: https://docs.joinmastodon.org/methods/statuses/#index.

        Pleroma calls the parameter ``ids[]``; each server ignores the other's name.

        Raises:
            NotFound, NotUnderstood: this server cannot read several at once.
        """
        found: dict[str, entities.Status] = {}
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            page = await self._page(
                "/api/v1/statuses", {"id[]": some, "ids[]": some}, entities.Status, "a list of statuses"
            )
            found |= {status.id: status for status in page.items if status.id in some}
        return found

    async def one(self, status_id: str) -> entities.Status | None:
        """A status, or None if it is gone: https://docs.joinmastodon.org/methods/statuses/#get."""
        try:
            answer = await self._client.get(f"/api/v1/statuses/{_segment(status_id)}")
        except NotFound:
            return None
        return entity_in(answer, entities.Status, "a status")

    async def _page(self, path: str, params: Mapping[str, str | Sequence[str]], shape: type[E], what: str) -> Page[E]:
        answer = await self._in_portions(path, params)
        raws = answer.json(list[msgspec.Raw], what)
        items, ids = self._read(raws, shape)
        if raws and not (items or answer.links):
            # something else than asked for, whose ids must not move the cursor
            raise answer.puzzling(what, f"{len(raws)} entries that are none")
        link = _path_and_query(answer.links.get("next", ""))
        return Page(tuple(items), tuple(ids), _older(answer, ids), link)

    async def _in_portions(self, path: str, params: Mapping[str, str | Sequence[str]]) -> Answer:
        """The page, or a shorter one where strangers have written too much for one answer."""
        while True:
            try:
                return await self._client.get(path, params=params)
            except TooLarge:
                limit = int(str(params.get("limit", "1")))
                if limit <= 1:
                    raise
                params = {**params, "limit": str(max(limit // 4, 1))}

    def _read(self, raws: Iterable[msgspec.Raw], shape: type[E]) -> tuple[list[E], list[str]]:
        items: list[E] = []
        ids: list[str] = []
        for raw in raws:
            try:
                items.append(entity(raw, shape))
            except ValueError:
                self._skipped[f"unreadable {shape.__name__.lower()}"] += 1
            ids += _id_alone(raw)
        return items, ids


def entity_in(answer: Answer, shape: type[E], what: str) -> E:
    """The one entity that an answer is.

    Raises:
        NotUnderstood: it is none.
    """
    try:
        return entity(answer.json(msgspec.Raw, what), shape)
    except ValueError as error:
        raise answer.puzzling(what, str(error)) from error


def _id_alone(raw: msgspec.Raw) -> list[str]:
    try:
        return [str(msgspec.json.decode(raw, type=entities.Identified).id)]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return []


def _older(answer: Answer, ids: Sequence[str]) -> str:
    """Where the next older page begins; servers leave ``next`` out on their last page, some send no links at all."""
    if not ids:
        return ""
    following = answer.links.get("next")
    if following:
        return httpx.URL(following).params.get("max_id") or min(ids, key=order)
    return "" if "prev" in answer.links else min(ids, key=order)


def _path_and_query(link: str) -> str:
    """A link without its host: behind a proxy a server may name one that is wrong, unencrypted or not reachable."""
    return httpx.URL(link).raw_path.decode("ascii") if link else ""


def _segment(identifier: str) -> str:
    """An id as one part of a path; ids come from the server and are not trusted to be plain."""
    return quote(identifier, safe="")
