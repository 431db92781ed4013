"""How many follow those who act: many people in one GraphQL query, remembered, and bounded by the day.

https://docs.github.com/en/graphql/reference/queries#user
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from klout_tui.domain.model import Actor, Interaction
from klout_tui.networks.base import NetworkError
from klout_tui.networks.github.api import Forge
from klout_tui.networks.github.bookmark import Bookmark, Known
from klout_tui.networks.github.mapping import GHOST, count
from klout_tui.networks.github.target import LOGIN

AT_ONCE: Final = 100
CALLS: Final = 50
"""Queries a day (UTC), of 5,000 points an hour; one goes with a batch that holds anybody unknown."""
RECENT: Final = timedelta(days=366)
"""Older acts, and those whose date is estimated, are in no window that asks how far somebody reaches."""
VALID: Final = 30
"""Days for which a count is believed."""

_ASKED: Final = "people"


class People:
    """Puts follower counts to people."""

    def __init__(self, forge: Forge, mark: Bookmark, skipped: Counter[str], now: datetime) -> None:
        self._forge = forge
        self._mark = mark
        self._skipped = skipped
        self._now = now
        self._today = int(now.timestamp()) // 86_400

    async def counted(self, interactions: Iterable[Interaction]) -> tuple[Interaction, ...]:
        """The same with what is known of their actors; a count that cannot be had is left out.

        Raises:
            CancelledError: told to stop.
        """
        acts = tuple(interactions)
        if self._mark.authorised:
            unknown = {
                number: act.actor.handle.removeprefix("@")
                for act in acts
                if not act.estimated and act.at >= self._now - RECENT
                if (number := _number(act.actor)) and act.actor.followers is None and not self._known(number)
            }
            await self._ask({number: login for number, login in unknown.items() if LOGIN.fullmatch(login)})
        return tuple(self._with(act) for act in acts)

    async def _ask(self, logins: Mapping[int, str]) -> None:
        mark = self._mark
        if mark.asked.get(_ASKED) != self._today:
            mark.asked[_ASKED], mark.people_asked = self._today, 0
        waiting = list(logins.items())
        while waiting and mark.people_asked < CALLS:
            some, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
            asked = " ".join(
                f'u{place}: user(login: "{login}") {{ databaseId followers {{ totalCount }} }}'
                for place, (_, login) in enumerate(some)
            )
            mark.people_asked += 1
            try:
                told = await self._forge.query(f"query {{ {asked} }}")
            except NetworkError:
                # an ornament: whatever is wrong shows at the next list, which is none
                self._skipped["follower counts not told"] += 1
                mark.people_asked = CALLS
                return
            for place, (number, _) in enumerate(some):
                self._learn(number, told.get(f"u{place}"))

    def _learn(self, number: int, node: Any) -> None:
        """Keep a count; a login that belongs to somebody else by now tells nothing of this one."""
        followers: object = None
        if isinstance(node, Mapping) and node.get("databaseId") in (None, number):
            inner = node.get("followers")
            followers = inner.get("totalCount") if isinstance(inner, Mapping) else None
        told = followers if isinstance(followers, int) and not isinstance(followers, bool) else None
        self._mark.people.pop(number, None)
        self._mark.people[number] = Known(number, count(told), self._today)

    def _known(self, number: int) -> bool:
        known = self._mark.people.get(number)
        return known is not None and 0 <= self._today - known.day < VALID

    def _with(self, act: Interaction) -> Interaction:
        known = self._mark.people.get(_number(act.actor))
        if known is None or known.followers is None or act.actor.followers is not None:
            return act
        return msgspec.structs.replace(act, actor=msgspec.structs.replace(act.actor, followers=known.followers))


def _number(actor: Actor) -> int:
    """GitHub's number of a person; 0 for bots and ghosts, whom nobody follows."""
    number = actor.key.rpartition("/user/")[2]
    return int(number) if not actor.bot and number != GHOST and number.isascii() and number.isdigit() else 0
