"""Finding the account that was meant, and telling what can be seen of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final
from urllib.parse import quote

from klout_tui.domain.model import Account
from klout_tui.domain.text import clean_line, safe_url
from klout_tui.errors import UsageError
from klout_tui.networks.answer import Answer
from klout_tui.networks.base import Capabilities, NotFound, Verified
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import Forge
from klout_tui.networks.github.mapping import profile_of
from klout_tui.networks.github.place import MENTIONS_SCOPE, NAME, READING_SCOPES
from klout_tui.networks.github.target import Target
from klout_tui.networks.http import Client

_SEES: Final = (
    "your public repositories with their stars and forks, and your releases",
    "issues, pull requests and comments of others at your repositories, and when",
    "who forked them and when; who follows you",
    "stars by name from the last 30 days of public events, and by number",
)
"""What everybody sees."""

_OWNERS_STARS: Final = "who starred your repositories and when: GitHub shows the list to owners alone"
_ALWAYS_MISSED: Final = (
    "when somebody followed you: GitHub tells no dates, so those before the first reading are estimated",
    "page views; reviews and commit comments older than 30 days",
    "stars by day from before linking: known by number, dated to the repository's beginning",
    "private repositories, and your forks of others' work",
)


async def verify(target: Target, client: Client, now: datetime) -> Verified:
    """The account behind a target.

    The token, if there is one, is asked whose it is: https://docs.github.com/en/rest/users/users#get-the-authenticated-user

    Raises:
        UsageError: the token belongs to somebody else.
        NetworkError: GitHub refused, is away, or knows nobody of that login.
    """
    forge = Forge(client, target.place, Counter(), now)
    try:
        path = "/user" if client.has_token else f"/users/{quote(target.login, safe='')}"
        user, answer = await forge.one(path, entities.User, "a user")
    except NotFound as error:
        raise NotFound(
            f"{target.place.host} knows no {target.login}", hint="Check the spelling of the login."
        ) from error
    if user.login.lower() != target.login.lower():
        if client.has_token:
            raise UsageError(
                f"this token belongs to @{clean_line(user.login, 80)}, not to @{target.login}",
                hint="Make a token while logged in as the account you want to link.",
            )
        raise answer.puzzling(f"user {target.login}", f"user {clean_line(user.login, 80)}")
    if user.id <= 0:
        raise answer.puzzling("a user", "one without a number")
    place = target.place
    profile = profile_of(place, user)
    account = Account(
        id=place.account_id(user.id),
        network=NAME,
        handle=f"@{user.login}",
        base_url=place.origin,
        linked_at=now,
        name=clean_line(profile.name, 200),
        url=safe_url(profile.url),
        keys=profile.keys,
        authorised=client.has_token,
        options={"remote_id": str(user.id), "root": place.root, "web": place.web},
    )
    return Verified(account, profile, capabilities(scopes_of(answer), has_token=client.has_token))


def scopes_of(answer: Answer) -> str | None:
    """What a classic or OAuth token may do, as GitHub says; None for a fine-grained one, of which it says nothing.

    https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
    """
    told = answer.headers.get("x-oauth-scopes")
    return None if told is None else clean_line(told, 500)


def capabilities(scopes: str | None, *, has_token: bool) -> Capabilities:
    """What is seen in the end.

    Args:
        scopes: of the token; None where it tells none.
        has_token: whether there is one.
    """
    if not has_token:
        return Capabilities(
            names_actors=True,
            dates_reactions=True,
            sees=_SEES,
            misses=(
                f"{_OWNERS_STARS}: needs a token",
                "discussions beyond the last 30 days, watchers, and how many follow the people you meet: needs a token",
                "mentions elsewhere at once: found by a search once a day; needs a classic token with notifications",
                "issues and comments older than 90 days, and all but your 20 busiest repositories in depth: "
                "60 requests an hour are all that GitHub grants without a token",
                *_ALWAYS_MISSED,
            ),
        )
    held = {each.strip() for each in (scopes or "").split(",") if each.strip()}
    notified = bool(held & {MENTIONS_SCOPE, "repo"})
    sees = [*_SEES, "discussions at your repositories, how many watch them, and how many follow the people you meet"]
    misses = [*_ALWAYS_MISSED]
    if notified:
        sees.append("mentions of you at others' repositories")
    else:
        kind = (
            "a classic token with notifications" if scopes is not None else "a classic token; this one is fine-grained"
        )
        misses.insert(0, f"mentions elsewhere at once: found by a search once a day; at once needs {kind}")
    if held & {"repo", "public_repo"}:
        sees.append("who starred your repositories and when")
    else:
        misses.insert(0, f"{_OWNERS_STARS}, and not to every token: asked for, else by number and events")
    if more := sorted(held - READING_SCOPES):
        misses.insert(0, f"this token may do more than read: {', '.join(more)}. Nothing here ever uses that.")
    return Capabilities(names_actors=True, dates_reactions=True, sees=tuple(sees), misses=tuple(misses))
