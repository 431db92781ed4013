"""Finding the account that was meant, and telling what can be seen of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from klout_tui.domain.model import Account
from klout_tui.networks.base import Capabilities, Verified
from klout_tui.networks.hackernews import mapping
from klout_tui.networks.hackernews.api import Server
from klout_tui.networks.hackernews.target import Target
from klout_tui.networks.http import Client

NAME: Final = "hackernews"


async def verify(target: Target, client: Client, now: datetime) -> Verified:
    """The account behind a target.

    Raises:
        NetworkError: nobody of that name has written anything, or an interface is away.
    """
    server = Server(client, target.algolia, Counter())
    user = await server.user(target.name)
    found = await server.written_by(user.id, after=0, until=0, only="(story,poll)")
    profile = mapping.profile_of(user, found.total)
    url = mapping.user_url(user.id)
    account = Account(
        id=f"{NAME}:{user.id}",
        network=NAME,
        handle=user.id,
        base_url=target.firebase,
        linked_at=now,
        name=user.id,
        url=url,
        keys=(url,),
        options={"search_url": target.algolia} | ({"site": " ".join(target.sites)} if target.sites else {}),
    )
    return Verified(account, profile, _capabilities(target))


def _capabilities(target: Target) -> Capabilities:
    sees = [
        "your submissions and their points, your comments, your karma",
        "every comment below your submissions, by whom and when",
        "answers to your comments elsewhere, from 30 days before linking on",
    ]
    misses = [
        "who upvoted: Hacker News never tells, so points are a number without names",
        "points of comments: shown to nobody but their writer",
        "followers: there are none; karma is shown instead",
    ]
    if target.sites:
        sees.append(f"who else submits pages of {', '.join(target.sites)}")
    else:
        misses.append("who else submits your pages: needs the option site")
    return Capabilities(names_actors=True, dates_reactions=True, sees=tuple(sees), misses=tuple(misses))
