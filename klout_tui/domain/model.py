"""The nouns everything else speaks in: accounts, posts, interactions, counters, day totals.

All are immutable. Times are aware datetimes in UTC; days are the user's local calendar days. What is not known is
``None``, never 0.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec


class InteractionKind(StrEnum):
    """What another person did to the user."""

    __hash__ = str.__hash__  # an enum's own is written in Python, and counters ask it a million times

    LIKE = "like"
    REPOST = "repost"
    QUOTE = "quote"
    REPLY = "reply"
    MENTION = "mention"
    FOLLOW = "follow"
    COMMENT = "comment"
    STAR = "star"
    FORK = "fork"
    LINK = "link"
    BOOKMARK = "bookmark"
    ISSUE = "issue"
    REVIEW = "review"
    ENDORSEMENT = "endorsement"
    THANKS = "thanks"


class PostKind(StrEnum):
    """What the user published."""

    __hash__ = str.__hash__

    STATUS = "status"
    ARTICLE = "article"
    REPOSITORY = "repository"
    RELEASE = "release"
    VIDEO = "video"
    REPLY = "reply"
    REPOST = "repost"


ORIGINALS: Final = frozenset({PostKind.STATUS, PostKind.ARTICLE, PostKind.RELEASE, PostKind.VIDEO})
"""The kinds that count as a post made; answering and reposting stand in no denominator."""


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of the nouns: immutable, compared by value, compact as JSON."""


class Actor(Value, frozen=True):
    """One handle that acts; several may be one human."""

    key: str
    """Stable across servers and renames: the network's URI for the person, else ``handle@host``, else a name."""
    handle: str
    name: str = ""
    url: str = ""
    followers: int | None = None
    bot: bool = False


class Account(Value, frozen=True):
    """One identity of the user on one network."""

    id: str
    """``network:handle@host``, or ``network:`` and the network's stable id where handles change."""
    network: str
    handle: str
    base_url: str
    """Origin of the API (or the site), without a trailing slash; the credential is sent nowhere else."""
    linked_at: datetime
    name: str = ""
    url: str = ""
    unlinked_at: datetime | None = None
    keys: tuple[str, ...] = ()
    """Every ``Actor.key`` this identity acts under; such acts are the user's own."""
    authorised: bool = False
    """Whether the user gave a credential when linking."""
    options: dict[str, str] = {}
    """The adapter's own lasting, non-secret facts (a remote id, a comments feed)."""


class Post(Value, frozen=True):
    """Something the user published."""

    id: str
    account: str
    kind: PostKind
    at: datetime
    url: str = ""
    title: str = ""
    text: str = ""
    topics: tuple[str, ...] = ()
    """As the author wrote them, without ``#``; normalised by ``domain.topics``."""
    counters: dict[InteractionKind, int] = {}
    """Totals without names, as last read."""
    reply_to: str | None = None
    """Id of the post this one answers, if it is a reply."""
    public: bool = True
    """False where the text must not leave the app."""
    estimated: bool = False
    """The network gave no date; ``at`` is when we first saw it."""
    unnamed: tuple[Increment, ...] = ()
    """Counter increments not explained by named interactions; filled by the store, left empty by adapters."""
    gone_at: datetime | None = None
    """When the network was first found to have deleted it."""
    guessed: tuple[str, ...] | None = None
    """What a post without topics may be about by its words (``domain.guess``), None before anybody looked; filled by
    the store, left empty by adapters."""


class Increment(Value, frozen=True):
    """Reactions of one kind known by number only."""

    kind: InteractionKind
    at: datetime
    count: int
    estimated: bool = False
    """True for what was there at the first reading, dated to the post itself."""


class Interaction(Value, frozen=True):
    """What one other person did to the user, once.

    The id is the network's own object id for a reply, mention, quote or comment; else
    ``account/kind/actor key/post id``, so that the same act seen by two routes is one.
    """

    id: str
    account: str
    kind: InteractionKind
    actor: Actor
    at: datetime
    post: str | None = None
    url: str = ""
    text: str = ""
    topics: tuple[str, ...] = ()
    """What the act itself names; where empty, its post's topics apply (``domain.topics.topics_of``)."""
    estimated: bool = False
    public: bool = True
    own: bool = False
    """Done by the user under another account; kept, and left out of every view."""
    ignored: bool = False
    """Done by somebody the user ignores; kept, and left out of every view. Filled by the store."""
    echo: tuple[str, ...] = ()
    """What the act itself can be known by (``domain.echo``), where this is told by somebody else than its own network:
    a webmention of a Mastodon reply. Empty for an act told by its own network."""
    echo_of: str = ""
    """Id of the same act as its own network tells it; then this one is kept, and left out of every view. Filled by the
    store, left empty by adapters."""
    way: str = ""
    """How thanks reached her where no network tells it: a ``domain.gratitude.Way``; empty for everything else."""

    @property
    def counts(self) -> bool:
        """Whether it is shown and counted: the act of somebody else she does not ignore, and no echo of one that is."""
        return not (self.own or self.ignored or self.echo_of)

    @property
    def network(self) -> str:
        """Name of the network it happened on."""
        return network_of(self.account)


class Profile(Value, frozen=True):
    """What a network says of the user herself, at one moment."""

    handle: str
    name: str = ""
    url: str = ""
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    keys: tuple[str, ...] = ()
    karma: int | None = None
    """What the network's others have thought of everything she wrote there, as one number (Hacker News, Reddit)."""


class Reading(Value, frozen=True):
    """An account's own counters on one local day, the last reading of that day."""

    account: str
    day: date
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    karma: int | None = None


COUNTERS: Final = ("followers", "following", "posts", "karma")
"""What a ``Reading`` may hold, and a ``Profile`` tell; None where the network does not."""


class DayTotal(Value, frozen=True):
    """How many interactions of one kind an account received on one local day."""

    account: str
    day: date
    kind: InteractionKind
    named: int = 0
    unnamed: int = 0
    estimated: int = 0
    """How many of ``named + unnamed`` carry an estimated date."""

    @property
    def total(self) -> int:
        """Named and unnamed together."""
        return self.named + self.unnamed


class Fault(Value, frozen=True):
    """Why a refresh failed, safe to show."""

    kind: str
    """``credential``, ``not_found``, ``rate_limited``, ``unavailable``, ``not_understood``, ``store`` or ``plugin``."""
    message: str
    hint: str = ""
    retry_at: datetime | None = None


class Health(Value, frozen=True):
    """How an account's refreshes have been going; kept in the store so that back-off outlives the program."""

    account: str
    last_try: datetime | None = None
    last_ok: datetime | None = None
    failures: int = 0
    """Failed refreshes in a row."""
    down_since: datetime | None = None
    next_due: datetime | None = None
    quiet: int = 0
    """Refreshes in a row that brought nothing new; lengthens the interval."""
    backfilled: bool = False
    """Whether the first, full reading has been finished."""
    fault: Fault | None = None
    skipped: dict[str, int] = {}
    """Things the network sent that we do not count, by its own name for them."""


def network_of(account_id: str) -> str:
    """Name of the network an account id belongs to."""
    return account_id.partition(":")[0]
