"""How far a refresh of a GitHub account got, as a flat cursor and as what the cursor means. Pure.

It holds what is known of every repository, so that one request tells which of them moved, and the work still to be
done, so that a refresh killed anywhere goes on with the very next page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntFlag
from typing import Any, Final, Self, TypeVar

import msgspec

from klout_tui.domain.batch import Cursor
from klout_tui.networks.dates import moment
from klout_tui.networks.github import entities
from klout_tui.networks.github.packed import packed, unpacked

MOST_REPOS: Final = 1_000
"""Repositories remembered, most recently pushed first; older ones are stored as posts and not watched."""
MOST_ETAGS: Final = 60
"""Repositories whose events can be asked for conditionally."""
EVENTS_OF: Final = "events "
"""What the name of a repository's events begins with, before its number."""
MOST_PEOPLE: Final = 500
"""People whose follower count is remembered."""

T = TypeVar("T")


class Stage(IntFlag):
    """What can be read of a repository, in the order in which it is."""

    LANGUAGES = 1
    RELEASES = 2
    ISSUES = 4
    COMMENTS = 8
    REVIEWS = 16
    STARS = 32
    FORKS = 64
    EVENTS = 128
    DISCUSSIONS = 256


THREADS: Final = Stage.ISSUES | Stage.COMMENTS | Stage.REVIEWS
EVERYTHING: Final = Stage(sum(Stage))


class Repo(msgspec.Struct, array_like=True):
    """A repository, as short as can be. All times are seconds since 1970, 0 for never."""

    id: int
    name: str
    """``owner/name``."""
    seen: tuple[int, int, int, int, int]
    """Stars, forks, open issues, last push, last update, as last listed."""
    created: int = 0
    met: int = 0
    """Number of the listing it was last met in."""
    done: int = 0
    """Stages read to their end at least once."""
    issues: int = 0
    """Newest update read of issues, of their comments, of review comments."""
    comments: int = 0
    reviews: int = 0
    stars: int = 0
    """Newest star, fork and release read, newest update of a discussion."""
    forks: int = 0
    released: int = 0
    discussed: int = 0
    event: str = ""
    """Id of the newest event read."""
    moved: int = 0
    """When it was last seen to have moved."""
    talks: bool = False
    """Whether it has discussions."""
    language: str = ""
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    """As last stored, languages included."""
    watchers: int | None = None
    """How many watch it, as last read; None where that was not told."""


class Work(msgspec.Struct, array_like=True):
    """What is still to be read of one repository."""

    repo: int
    stages: int
    page: str = ""
    """Address of the next page of the current stage; empty at its start."""
    newest: str = ""
    """What the stage's mark becomes once it is read to its end."""
    back: bool = False
    """Whether it is read from its last page backwards."""
    pages: int = 0
    """Pages of the current stage read so far."""
    failures: int = 0
    """How often the current stage could not be had; then it is begun anew with fewer entries a page."""

    @property
    def stage(self) -> Stage:
        """The current one; nothing where all is done."""
        return Stage(self.stages & -self.stages)

    def finish(self) -> None:
        """Go on to the next stage."""
        self.stages &= self.stages - 1
        self.begin()
        self.failures = 0

    def begin(self) -> None:
        """Read the current stage from its start."""
        self.page, self.newest, self.back, self.pages = "", "", False, 0

    def met(self, told: int) -> None:
        """Move ``newest`` up."""
        self.newest = str(max(int(self.newest or 0), told))


class Known(msgspec.Struct, array_like=True):
    """How many follow somebody; ``None`` where GitHub does not tell. ``day`` counts days since 1970, UTC."""

    user: int
    followers: int | None
    day: int


@dataclass(slots=True)
class Bookmark:
    """All that is remembered between two refreshes."""

    login: str = ""
    """Hers, as last told; logins change."""
    mode: str = ""
    """``public``, or ``token`` once there was one: how deep the reading goes."""
    authorised: bool = False
    """Whether there is a token this time; not kept."""
    scopes: str | None = None
    """Of a classic or OAuth token; None where the token tells none (fine-grained)."""
    repos: dict[int, Repo] = field(default_factory=dict)
    work: list[Work] = field(default_factory=list)
    planned: int = 0
    """How many repositories the first reading reads; 0 once it is over."""
    listing: str = ""
    """Address of the next page of a listing under way."""
    listings: int = 0
    """Number of the listing under way, or of the last one."""
    several: bool = False
    """Whether the list of repositories has more than one page."""
    etags: dict[str, dict[str, str]] = field(default_factory=dict)
    """Validators by what they are of."""
    asked: dict[str, int] = field(default_factory=dict)
    """When each thing that is not read every time was read last, seconds since 1970."""
    polls: dict[str, int] = field(default_factory=dict)
    """When a list wants to be asked again at the earliest, seconds since 1970."""
    seen: dict[str, str] = field(default_factory=dict)
    """The newest entry read of a list that is not a repository's."""
    followers: set[int] = field(default_factory=set)
    follower_page: str = ""
    follower_count: int = -1
    """As it was when the list was read last; -1 if never."""
    follower_aim: int = -1
    """As it is now that the list is to be read."""
    people: dict[int, Known] = field(default_factory=dict)
    people_asked: int = 0
    """Calls for follower counts made on the day of ``asked["people"]``."""

    @classmethod
    def read(cls, cursor: Cursor) -> Self:
        """What a cursor means; a part that makes no sense counts as never written."""
        repos = _decoded(cursor, "repos", list[Repo], [])
        people = _decoded(cursor, "people", list[Known], [])
        return cls(
            login=cursor.get("login", ""),
            mode=cursor.get("mode", ""),
            scopes=cursor.get("scopes"),
            repos={repo.id: repo for repo in repos},
            work=_decoded(cursor, "work", list[Work], []),
            planned=_decoded(cursor, "planned", int, 0),
            listing=cursor.get("listing", ""),
            listings=_decoded(cursor, "listings", int, 0),
            several=cursor.get("several") == "yes",
            etags=_decoded(cursor, "etags", dict[str, dict[str, str]], {}),
            asked=_decoded(cursor, "asked", dict[str, int], {}),
            polls=_decoded(cursor, "polls", dict[str, int], {}),
            seen=_decoded(cursor, "seen", dict[str, str], {}),
            followers=unpacked(cursor.get("followers", "")),
            follower_page=cursor.get("follower_page", ""),
            follower_count=_decoded(cursor, "follower_count", int, -1),
            follower_aim=_decoded(cursor, "follower_aim", int, -1),
            people={each.user: each for each in people},
            people_asked=_decoded(cursor, "people_asked", int, 0),
        )

    def written(self) -> Cursor:
        """The cursor that means this."""
        newest = sorted(self.repos.values(), key=lambda repo: (-repo.seen[3], repo.id))[:MOST_REPOS]
        flat = {
            "login": self.login,
            "mode": self.mode,
            "repos": _encoded(newest),
            "work": _encoded(self.work),
            "planned": _encoded(self.planned),
            "listing": self.listing,
            "listings": _encoded(self.listings),
            "several": "yes" if self.several else "",
            "etags": _encoded(self.etags),
            "asked": _encoded(self.asked),
            "polls": _encoded(self.polls),
            "seen": _encoded(self.seen),
            "followers": packed(self.followers),
            "follower_page": self.follower_page,
            "follower_count": str(self.follower_count) if self.follower_count >= 0 else "",
            "follower_aim": str(self.follower_aim) if self.follower_aim >= 0 else "",
            "people": _encoded(list(self.people.values())[-MOST_PEOPLE:]),
            "people_asked": _encoded(self.people_asked),
        }
        known = {name: value for name, value in flat.items() if value}
        return known if self.scopes is None else known | {"scopes": self.scopes}

    def start_over(self, mode: str) -> None:
        """Everything is to be read anew: with a token there is more to see. What was stored stays."""
        self.mode = mode
        self.work, self.planned, self.listing = [], 0, ""
        self.etags, self.polls, self.seen = {}, {}, {}
        self.asked = {"people": self.asked["people"]} if "people" in self.asked else {}
        for repo in self.repos.values():
            repo.done = repo.issues = repo.comments = repo.reviews = repo.stars = repo.forks = repo.discussed = 0
            repo.event = ""

    def validate(self, what: str, validators: dict[str, str]) -> None:
        """Remember an answer's validators; of repositories' events the least recently read are forgotten."""
        self.etags.pop(what, None)
        if validators:
            self.etags[what] = validators
        events = [each for each in self.etags if each.startswith(EVENTS_OF)]
        for each in events[:-MOST_ETAGS]:
            del self.etags[each]

    def due(self, what: str, now: datetime, every: timedelta) -> bool:
        """Whether something that is not read every time is to be read now."""
        last = self.asked.get(what)
        return last is None or not 0 <= int(now.timestamp()) - last < every.total_seconds()

    def stamp(self, what: str, now: datetime) -> None:
        """It has been read."""
        self.asked[what] = int(now.timestamp())

    def queue(self, repo_id: int, stages: Stage, *, first: bool = False) -> None:
        """Have these stages of a repository read, next or last of all."""
        if not stages:
            return
        for work in self.work:
            if work.repo == repo_id and not work.page:  # what is under way goes on; this comes after it
                work.stages |= int(stages)
                return
        place = 0 if first and not (self.work and self.work[0].page) else len(self.work)
        self.work.insert(place, Work(repo_id, int(stages)))


def moment_of(seconds: int) -> datetime:
    """Seconds since 1970 as a time."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds(told: str | None) -> int:
    """A time as GitHub writes it, in seconds since 1970; 0 where it is none."""
    at = moment(told)
    return int(at.timestamp()) if at else 0


def newest(*told: str | None) -> int:
    """The latest of these times, in seconds since 1970; 0 where none is one."""
    return max(map(seconds, told), default=0)


def looks(repo: entities.Repository) -> tuple[int, int, int, int, int]:
    """By what a list of repositories shows that one moved."""
    return (
        max(repo.stargazers_count or 0, 0),
        max(repo.forks_count or 0, 0),
        max(repo.open_issues_count or 0, 0),
        seconds(repo.pushed_at),
        seconds(repo.updated_at),
    )


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode() if value else ""


def _decoded(cursor: Cursor, name: str, shape: type[T], otherwise: T) -> T:
    try:
        return msgspec.json.decode(cursor[name], type=shape) if cursor.get(name) else otherwise
    except msgspec.MsgspecError:
        return otherwise
