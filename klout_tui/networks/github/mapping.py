"""From the API's shapes to our nouns. Pure; every rule of the network's sheet about what counts is here.

Ids begin with the host and go by GitHub's numbers, since logins and repository names change:
``github.com/user/42``, ``github.com/repo/7``, ``github.com/repo/7/issue/3`` (pull requests are issues: they have two
numbers of their own, but one number in their repository), ``github.com/comment/9001``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.model import Actor, Interaction, InteractionKind, Profile
from klout_tui.networks.dates import moment
from klout_tui.networks.github import entities
from klout_tui.networks.github.place import Place

GHOST: Final = "ghost"
"""The login GitHub shows for whoever deleted their account."""

_BOT: Final = "[bot]"
_CLOCK_SLACK: Final = timedelta(hours=1)
_LARGEST: Final = 10**12


@dataclass(frozen=True, slots=True)
class Home:
    """Whose account it is, and where: what the mapping must know to tell hers from others'."""

    account: str
    """Our account id."""
    user_id: int
    login: str
    """As it is now."""
    place: Place

    @property
    def host(self) -> str:
        """What all ids begin with."""
        return self.place.host

    def is_hers(self, user: entities.User | None) -> bool:
        """Whether that is herself."""
        if user is None:
            return False
        return user.id == self.user_id if user.id else user.login.lower() == self.login.lower()

    def repo(self, repo_id: int) -> str:
        """Id of a repository."""
        return f"{self.host}/repo/{repo_id}"

    def thread(self, repo_id: int, number: int) -> str:
        """Id of an issue or a pull request."""
        return f"{self.host}/repo/{repo_id}/issue/{number}"

    def mentioned_in(self, text: str | None) -> bool:
        """Whether a text calls her by ``@login``."""
        pattern = rf"(?<![\w/@.-])@{re.escape(self.login)}(?![\w-])"
        return re.search(pattern, text or "", re.IGNORECASE) is not None


def user_key(place: Place, user_id: int) -> str:
    """The key somebody acts under."""
    return f"{place.host}/user/{user_id}"


def dated(told: str | None, now: datetime, otherwise: datetime | None = None) -> tuple[datetime, bool]:
    """When something happened, and whether that is estimated: it is where no date was told, or one that lies ahead.

    Args:
        told: as the server wrote it.
        now: bounds all dates.
        otherwise: stands in for a missing one; without it, now does.
    """
    at = moment(told)
    return min(at or otherwise or now, now), at is None or at > now + _CLOCK_SLACK


def count(number: int | None) -> int | None:
    """A counter, unless it is nonsense."""
    return number if number is not None and 0 <= number <= _LARGEST else None


def profile_of(place: Place, user: entities.User) -> Profile:
    """What GitHub says of the user herself."""
    return Profile(
        handle=f"@{user.login}",
        name=user.name or user.login,
        url=user.html_url or f"{place.web}/{user.login}",
        followers=count(user.followers),
        following=count(user.following),
        posts=count(user.public_repos),
        keys=(user_key(place, user.id),),
    )


def actor_of(home: Home, user: entities.User | None) -> Actor:
    """The one who acted. Deleted people are all the same ghost, as on GitHub's own pages."""
    if user is None or user.login.lower() == GHOST or not (user.id or user.login):
        return Actor(
            key=f"{home.host}/user/{GHOST}", handle=f"@{GHOST}", name="a deleted account", url=f"{home.place.web}/ghost"
        )
    login = user.login or str(user.id)
    return Actor(
        key=user_key(home.place, user.id) if user.id else f"{home.host}/@{login.lower()}",
        handle=f"@{login}",
        name=user.name or "",
        url=user.html_url or (f"{home.place.web}/{login}" if user.login and _BOT not in login else ""),
        followers=count(user.followers),
        bot=(user.type or "").lower() == "bot" or login.lower().endswith(_BOT),
    )


def reaction(
    home: Home, kind: InteractionKind, user: entities.User | None, post: str, *, at: datetime, estimated: bool, url: str
) -> Interaction | None:
    """A star or a fork: the same act gives the same id by whatever route it is seen.

    Her own star is kept, flagged as hers: the counter counts it, and no view may take it for a stranger's. None where
    nobody knows whose it is.
    """
    if user is None or not (user.id or user.login):
        return None
    actor = actor_of(home, user)
    return Interaction(
        id=f"{home.account}/{kind}/{actor.key}/{post}",
        account=home.account,
        kind=kind,
        actor=actor,
        at=at,
        post=post,
        url=url,
        estimated=estimated,
        own=home.is_hers(user),
    )


def fork(
    home: Home,
    forkee: entities.Repository | None,
    actor: entities.User | None,
    post: str,
    now: datetime,
    told: str | None,
) -> Interaction | None:
    """A fork, by the account it went to: the list of forks knows no other."""
    owner = forkee.owner if forkee and forkee.owner else actor
    at, estimated = dated((forkee.created_at if forkee else None) or told, now)
    url = (forkee.html_url if forkee else None) or ""
    return reaction(home, InteractionKind.FORK, owner, post, at=at, estimated=estimated, url=url)


def follow(home: Home, user: entities.User, at: datetime, *, estimated: bool) -> Interaction:
    """Somebody follows her."""
    actor = actor_of(home, user)
    kind = InteractionKind.FOLLOW
    return Interaction(
        id=f"{home.account}/{kind}/{actor.key}",
        account=home.account,
        kind=kind,
        actor=actor,
        at=at,
        url=actor.url,
        estimated=estimated,
    )


def words(
    home: Home,
    kind: InteractionKind,
    own_id: str,
    user: entities.User | None,
    told: str | None,
    now: datetime,
    *,
    post: str | None,
    title: str | None = "",
    text: str | None = "",
    url: str | None = "",
    public: bool = True,
) -> Interaction | None:
    """Something written by somebody else: an issue, a comment, a review, a mention; None for her own."""
    if home.is_hers(user):
        return None
    at, estimated = dated(told, now)
    return Interaction(
        id=own_id,
        account=home.account,
        kind=kind,
        actor=actor_of(home, user),
        at=at,
        post=post,
        url=url or "",
        text="\n\n".join(part for part in (title, text) if part),
        estimated=estimated,
        public=public,
    )
