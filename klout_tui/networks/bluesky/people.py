"""How many followers those have who act: asked for 25 at a time, remembered for a week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from klout_tui.domain.model import Interaction
from klout_tui.networks.base import CredentialRefused, NotFound, NotUnderstood
from klout_tui.networks.bluesky.api import AT_ONCE, Server
from klout_tui.networks.bluesky.bookmark import NEVER, Bookmark
from klout_tui.networks.bluesky.entities import Person, mark_of

KEPT_DAYS: Final = 7

_DAY: Final = 24 * 60 * 60


class People:
    """Knows followers of people met in one refresh."""

    def __init__(self, server: Server, mark: Bookmark, skipped: Counter[str], now: datetime) -> None:
        self._server = server
        self._mark = mark
        self._skipped = skipped
        self._today = int(now.timestamp()) // _DAY
        self._counts: dict[str, int | None] = {}
        self._shown = True

    async def meet(self, acts: Sequence[Interaction]) -> tuple[Interaction, ...]:
        """The acts with the followers of those who did them; whoever is not known, or not lately, is asked about.

        A server that shows no such counters does without; one that is in trouble is asked again in the next refresh.

        Raises:
            NetworkError: the server is away or wants to be left alone.
        """
        others = dict.fromkeys(act.actor.key for act in acts if act.actor.followers is None and not act.own)
        unknown = [did for did in others if not self._recall(did)]
        for start in range(0, len(unknown), AT_ONCE):
            some = unknown[start : start + AT_ONCE]
            found = await self._ask(some)
            for did in some if self._shown else ():
                self._learn(did, found[did].followers if did in found else None)
        return tuple(self._counted(act) for act in acts)

    def unknown(self, acts: Iterable[Interaction]) -> int:
        """How many people would have to be asked about."""
        return len({act.actor.key for act in acts if not act.own and not self._recall(act.actor.key)})

    def _counted(self, act: Interaction) -> Interaction:
        count = self._counts.get(act.actor.key)
        if count is None or act.actor.followers is not None:
            return act
        return msgspec.structs.replace(act, actor=msgspec.structs.replace(act.actor, followers=count))

    def _recall(self, did: str) -> bool:
        if did not in self._counts:
            count, day = self._mark.followers.get(mark_of(did), (NEVER, NEVER))
            if day <= self._today - KEPT_DAYS:
                return False
            self._counts[did] = None if count == NEVER else count
        return True

    async def _ask(self, dids: list[str]) -> dict[str, Person]:
        if not self._shown:
            return {}
        try:
            return await self._server.profiles(dids)
        except (CredentialRefused, NotFound, NotUnderstood):
            self._shown = False
            self._skipped["follower counts not shown"] += 1
            return {}

    def _learn(self, did: str, count: int | None) -> None:
        self._counts[did] = count
        self._mark.follow(mark_of(did), count, self._today)
