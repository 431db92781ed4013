"""The persona: who she is, what she posts about, who comes by, and which weeks were different.

Read from ``seeds/ada.toml``; all shares are relative to their sum, all ages are days before the end of the year told.
"""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
Factor = Annotated[float, Meta(ge=0, le=100)]
Amount = Annotated[int, Meta(ge=0, le=20_000)]
Name = Annotated[str, Meta(min_length=1, max_length=500)]
Host = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]*\.[a-z]+$")]
Handle = Annotated[str, Meta(pattern=r"^[a-z0-9_]+$")]
Hours = Annotated[tuple[Factor, ...], Meta(min_length=24, max_length=24)]
Weekdays = Annotated[tuple[Factor, ...], Meta(min_length=7, max_length=7)]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base: immutable, and a misspelt entry is an error rather than silence."""


class Her(_Part, frozen=True):
    """The user of the demo."""

    name: Name
    handle: Handle
    server: Host
    note: str
    site: Host
    blog: Name
    tagline: str
    token: Name
    write_token: str = ""
    """May also write; the demo's letters go out with it, and no further than this process. Empty: nothing may."""


class Year(_Part, frozen=True):
    """How much of everything."""

    posts: Amount
    articles: Amount
    boosts: Amount
    followers: tuple[Amount, Amount]
    follows: Amount
    reactions: Factor
    comments: Factor
    answers: Share
    passers_by: Amount
    weekdays: Weekdays
    hours: Hours
    good_hours: tuple[Annotated[int, Meta(ge=0, le=23)], ...] = ()
    good_lift: Factor = 1.0

    def __post_init__(self) -> None:
        if not sum(self.weekdays) or not sum(self.hours):
            raise ValueError("weekdays and hours need at least one entry above 0")
        if self.follows < self.followers[1] - self.followers[0]:
            raise ValueError("follows must be at least the growth of followers")


class Topic(_Part, frozen=True):
    """Something she posts about."""

    name: Annotated[str, Meta(pattern=r"^\w+$")]
    share: Factor
    pull: Factor
    category: str = ""
    """On the blog; empty: never there."""
    also: tuple[str, ...] = ()
    link: str = ""


class Chapter(_Part, frozen=True):
    """Days with a cause."""

    name: Name
    days_ago: Annotated[int, Meta(ge=1, le=365)]
    days: Annotated[int, Meta(ge=1, le=365)]
    posting: Factor = 1.0
    response: Factor = 1.0
    follows: Factor = 1.0
    lean: tuple[str, Share] | None = None
    announce: str = ""
    article: str = ""

    def __post_init__(self) -> None:
        if self.days > self.days_ago:
            raise ValueError(f"chapter {self.name!r} lasts longer ({self.days} days) than since it began")


class Does(_Part, frozen=True):
    """What somebody does when they act, as shares."""

    like: Factor
    boost: Factor
    reply: Factor
    quote: Factor

    def __post_init__(self) -> None:
        if not self.like + self.boost + self.reply + self.quote:
            raise ValueError("does: at least one share above 0 is needed")


class Archetype(_Part, frozen=True):
    """A kind of people."""

    name: Name
    people: Amount
    activity: Factor
    does: Does
    audience: Amount
    comments: Factor = 0.0
    arrives: bool = False
    bot: bool = False


class Names(_Part, frozen=True):
    """Who there is."""

    servers: Annotated[tuple[Host, ...], Meta(min_length=1)]
    recurring: Annotated[tuple[Name, ...], Meta(min_length=1)]
    given: Annotated[tuple[Name, ...], Meta(min_length=1)]
    family: Annotated[tuple[Name, ...], Meta(min_length=1)]


class Persona(_Part, frozen=True):
    """The whole description."""

    seed: int
    zone: str
    her: Her
    year: Year
    topics: Annotated[tuple[Topic, ...], Meta(min_length=1)]
    archetypes: Annotated[tuple[Archetype, ...], Meta(min_length=1)]
    names: Names
    chapters: tuple[Chapter, ...] = ()

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone is called {self.zone!r}") from error
        topics = {topic.name for topic in self.topics}
        if len(topics) < len(self.topics):
            raise ValueError("two topics have the same name")
        if not sum(topic.share for topic in self.topics):
            raise ValueError("at least one topic needs a share above 0")
        for chapter in self.chapters:
            if chapter.lean and chapter.lean[0] not in topics:
                raise ValueError(f"chapter {chapter.name!r} leans on {chapter.lean[0]!r}, which is no topic")
        if not sum(kind.people for kind in self.archetypes):
            raise ValueError("at least one archetype needs people")
        wanted = sum(kind.people for kind in self.archetypes)
        if wanted > len(self.names.recurring):
            raise ValueError(f"the archetypes need {wanted} names, only {len(self.names.recurring)} are given")
        if len(self.names.given) * len(self.names.family) < self.year.passers_by:
            raise ValueError("too few given and family names for so many passers-by")

    def topic(self, name: str) -> Topic:
        """The topic of that name."""
        return next(topic for topic in self.topics if topic.name == name)
