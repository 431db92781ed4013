"""The endpoints we read, one method each. Lists are read entry by entry: a broken one is counted, not fatal.

https://docs.bsky.app/docs/category/http-reference; the names are those of the lexicons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import msgspec

from klout_tui.networks.answer import Answer
from klout_tui.networks.base import NotFound, TooLarge
from klout_tui.networks.bluesky.entities import (
    FeedItem,
    Like,
    Notification,
    Person,
    PostView,
    is_did,
    mark_of,
)
from klout_tui.networks.bluesky.node import Node
from klout_tui.networks.bluesky.session import Params, Session
from klout_tui.networks.bluesky.threads import Said, thread

E = TypeVar("E")

PAGE: Final = 100
"""Largest page of a list."""
AT_ONCE: Final = 25
"""Most profiles or posts in one request."""
DEPTH: Final = 6
"""Levels of a thread read; deeper ones hang below answers of hers, which are read on their own."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[E]):
    """One place in a list."""

    mark: str
    """What it is recognised by in the next refresh."""
    item: E | None
    """None where it could not be read."""
    at: datetime | None = None
    """What the list is sorted by."""


@dataclass(frozen=True, slots=True)
class Page(Generic[E]):
    """One page of a list, newest first."""

    entries: tuple[Entry[E], ...]
    cursor: str
    """Where the next older page begins; empty at the end. Pages may be short, or empty, and still have one."""

    @property
    def items(self) -> list[E]:
        """What could be read."""
        return [entry.item for entry in self.entries if entry.item is not None]


class Server:
    """The network as seen with or without a login."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def profile(self, actor: str) -> Person:
        """``app.bsky.actor.getProfile``: by DID or handle.

        Raises:
            NotUnderstood: the answer is no profile.
        """
        answer = await self._session.query("app.bsky.actor.getProfile", {"actor": actor})
        told = Node(answer.json(dict[str, Any], "a profile"))
        try:
            return Person.read(told)
        except ValueError as error:
            raise answer.puzzling("a profile", "something else") from error

    async def did(self, handle: str) -> str:
        """``com.atproto.identity.resolveHandle``; empty where the answer holds none.

        Raises:
            NotFound: nobody has this handle.
        """
        answer = await self._session.query("com.atproto.identity.resolveHandle", {"handle": handle})
        did = Node(answer.json(dict[str, Any], "a DID")).text("did")
        return did if is_did(did) else ""

    async def profiles(self, dids: Sequence[str]) -> dict[str, Person]:
        """``app.bsky.actor.getProfiles``: those that exist, at most ``AT_ONCE`` asked for."""
        answer = await self._session.query("app.bsky.actor.getProfiles", {"actors": dids})
        found: dict[str, Person] = {}
        for node in _list(answer, "profiles"):
            try:
                person = Person.read(Node(node) if isinstance(node, dict) else Node())
            except ValueError:
                continue
            found[person.did] = person
        return found

    async def feed(self, did: str, cursor: str) -> Page[FeedItem]:
        """``app.bsky.feed.getAuthorFeed``: what she wrote and reposted."""
        params = {"actor": did, "filter": "posts_with_replies", "includePins": "false"}
        return await self._page(
            "app.bsky.feed.getAuthorFeed", params, cursor, "feed", FeedItem.read, lambda each: (each.key, each.at)
        )

    async def notifications(self, cursor: str) -> Page[Notification]:
        """``app.bsky.notification.listNotifications``; her own badge elsewhere is left as it is."""
        return await self._page(
            "app.bsky.notification.listNotifications",
            {},
            cursor,
            "notifications",
            Notification.read,
            lambda each: (each.key, each.at),
        )

    async def posts(self, uris: Sequence[str]) -> dict[str, PostView]:
        """``app.bsky.feed.getPosts``: those that exist, at most ``AT_ONCE`` asked for."""
        answer = await self._session.query("app.bsky.feed.getPosts", {"uris": uris})
        found: dict[str, PostView] = {}
        for node in _list(answer, "posts"):
            try:
                post = PostView.read(Node(node) if isinstance(node, dict) else Node())
            except ValueError:
                continue
            found[post.uri] = post
        return found

    async def exists(self, uri: str) -> bool:
        """Whether a post is still there: ``app.bsky.feed.getPostThread`` of it alone."""
        try:
            answer = await self._session.query(
                "app.bsky.feed.getPostThread", {"uri": uri, "depth": "0", "parentHeight": "0"}
            )
        except NotFound:
            return False
        top = Node(answer.json(dict[str, Any], "a thread")).node("thread")
        return not (top.says("notFound") or top.text("$type").endswith("#notFoundPost"))

    async def thread(self, uri: str, hers: str, levels: int) -> list[Said]:
        """``app.bsky.feed.getPostThread``: what was said below a post.

        Raises:
            NotFound: the post is gone.
        """
        params = {"uri": uri, "depth": str(DEPTH), "parentHeight": "0"}
        answer = await self._session.query("app.bsky.feed.getPostThread", params)
        return list(thread(Node(answer.json(dict[str, Any], "a thread")).node("thread"), hers, levels))

    async def likes(self, uri: str, cursor: str) -> Page[Like]:
        """``app.bsky.feed.getLikes``: who liked a post, and when."""
        return await self._page(
            "app.bsky.feed.getLikes", {"uri": uri}, cursor, "likes", Like.read, lambda each: (each.actor.did, each.at)
        )

    async def reposters(self, uri: str, cursor: str) -> Page[Person]:
        """``app.bsky.feed.getRepostedBy``: who reposted a post, without times."""
        return await self._page(
            "app.bsky.feed.getRepostedBy",
            {"uri": uri},
            cursor,
            "repostedBy",
            Person.read,
            lambda each: (each.did, None),
        )

    async def quotes(self, uri: str, cursor: str) -> Page[PostView]:
        """``app.bsky.feed.getQuotes``: the posts that quote a post."""
        return await self._page(
            "app.bsky.feed.getQuotes", {"uri": uri}, cursor, "posts", PostView.read, lambda each: (each.uri, each.at)
        )

    async def _page(
        self,
        method: str,
        params: dict[str, str],
        cursor: str,
        member: str,
        read: Callable[[Node], E],
        known_by: Callable[[E], tuple[str, datetime | None]],
    ) -> Page[E]:
        answer = await self._in_portions(method, params | ({"cursor": cursor} if cursor else {}))
        told = answer.json(dict[str, Any], f"a list of {member}")
        following = told.get("cursor")
        entries = tuple(_entries(_list(answer, member), read, known_by))
        return Page(entries, str(following) if isinstance(following, str | int) else "")

    async def _in_portions(self, method: str, params: Params) -> Answer:
        """The page, or a shorter one where strangers have written too much for one answer."""
        limit = PAGE
        while True:
            try:
                return await self._session.query(method, {**params, "limit": str(limit)})
            except TooLarge:
                if limit <= 1:
                    raise
                limit = max(limit // 4, 1)


def _entries(
    values: Iterable[Any], read: Callable[[Node], E], known_by: Callable[[E], tuple[str, datetime | None]]
) -> Iterable[Entry[E]]:
    for value in values:
        try:
            item = read(Node(value) if isinstance(value, dict) else Node())
        except ValueError:
            yield Entry(mark_of(msgspec.json.encode(value).decode("utf-8", "replace")), None)
            continue
        key, at = known_by(item)
        yield Entry(mark_of(key), item, at)


def _list(answer: Answer, member: str) -> list[Any]:
    """Raises: NotUnderstood: there is no such list."""
    found = answer.json(dict[str, Any], f"a list of {member}").get(member)
    if not isinstance(found, list):
        raise answer.puzzling(f"a list of {member}", "something else")
    return found
