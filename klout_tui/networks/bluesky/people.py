"""How many followers those have who act: asked for 25 at a time, remembered for a week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

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

    async def meet(self, people: Iterable[Person]) -> None:
        """Learn about those not known, or not lately.

        A server that shows no such counters does without; one that is in trouble is asked again in the next refresh.

        Raises:
            NetworkError: the server is away or wants to be left alone.
        """
        unknown: dict[str, str] = {}
        for person in people:
            mark = mark_of(person.did)
            if person.followers is not None:
                self._learn(mark, person.did, person.followers)
            elif person.did not in self._counts:
                count, day = self._mark.followers.get(mark, (NEVER, NEVER))
                if day > self._today - KEPT_DAYS:
                    self._counts[person.did] = None if count == NEVER else count
                else:
                    unknown[person.did] = mark
        dids = list(unknown)
        for start in range(0, len(dids), AT_ONCE):
            some = dids[start : start + AT_ONCE]
            found = await self._ask(some)
            for did in some:
                person = found.get(did, Person(did))
                if self._shown:
                    self._learn(unknown[did], did, person.followers)

    def followers(self, person: Person) -> int | None:
        """How many that is, as far as known; ``meet`` comes first."""
        return person.followers if person.followers is not None else self._counts.get(person.did)

    async def _ask(self, dids: list[str]) -> dict[str, Person]:
        if not self._shown:
            return {}
        try:
            return await self._server.profiles(dids)
        except (CredentialRefused, NotFound, NotUnderstood):
            self._shown = False
            self._skipped["follower counts not shown"] += 1
            return {}

    def _learn(self, mark: str, did: str, count: int | None) -> None:
        self._counts[did] = count
        self._mark.follow(mark, count, self._today)
