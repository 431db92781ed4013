"""Without a token: who stands behind counters that grew, from the lists every visitor may read.

Replies below a post are public, named and dated. Lists of who liked or boosted are public and named, but without
times: such an interaction is flagged estimated and dated to the post at the first look, to the present look later on.
A token linked afterwards finds the same ids and puts the true dates in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

from klout_tui.domain.model import Interaction, InteractionKind
from klout_tui.networks.base import CredentialRefused, NotFound, NotUnderstood
from klout_tui.networks.mastodon.api import NOTIFICATIONS, Server
from klout_tui.networks.mastodon.bookmark import Bookmark, Remembered
from klout_tui.networks.mastodon.mapping import (
    Home,
    actor_of,
    dated,
    object_id,
    parent_of_reply,
    reaction_of,
    spoken_of,
)

POSTS: Final = 10
"""Posts looked at in one refresh, newest first; the cursor keeps the rest for the next one."""
PAGES: Final = 5
"""Pages of 80 people per post and kind; whoever comes after stays a number."""


class NamesAsked:
    """Asks for names, post by post."""

    def __init__(self, home: Home, server: Server, mark: Bookmark, skipped: Counter[str], now: datetime) -> None:
        self._home = home
        self._server = server
        self._mark = mark
        self._skipped = skipped
        self._now = now

    async def ask(self) -> AsyncIterator[tuple[Interaction, ...]]:
        """What was found on each post, one after the other; the bookmark is moved on before each."""
        for post in self._mark.waiting()[:POSTS]:
            uri = self._mark.uri(post.id)
            replies, boosts, likes = post.grown
            found: list[Interaction] = []
            if boosts:
                found += await self._people(post, uri, "reblogged_by", InteractionKind.REPOST, boosts)
            if likes:
                found += await self._people(post, uri, "favourited_by", InteractionKind.LIKE, likes)
            if replies:
                found += await self._replies(post, uri)
            self._mark.named(post.id)
            yield tuple(found)

    async def _people(
        self, post: Remembered, uri: str, which: str, kind: InteractionKind, grown: int
    ) -> list[Interaction]:
        first = post.named is None
        pages = PAGES if first else min(math.ceil(grown / NOTIFICATIONS), PAGES)
        try:
            people = await self._server.people(post.id, which, pages)
        except (CredentialRefused, NotFound, NotUnderstood):
            self._skipped[f"{which} not shown"] += 1
            return []
        at = min(datetime.fromtimestamp(post.at, UTC), self._now) if first else self._now
        return [
            reaction_of(self._home, kind, actor_of(self._home, person), uri, at=at, estimated=True)
            for person in people
            if person.id != self._home.remote_id
        ]

    async def _replies(self, post: Remembered, uri: str) -> list[Interaction]:
        try:
            below = await self._server.descendants(post.id)
        except (CredentialRefused, NotFound, NotUnderstood):
            self._skipped["replies not shown"] += 1
            return []
        uris = {status.id: object_id(status) for status in below} | {post.id: uri}
        found: list[Interaction] = []
        for status in below:
            if parent_of_reply(self._home, status) is None:
                continue
            actor = actor_of(self._home, status.account, embedded=True)
            at, estimated = dated(status.created_at, self._now)
            said = spoken_of(self._home, status, uris, actor=actor, at=at, estimated=estimated)
            found += [said] if said else []
        return found
