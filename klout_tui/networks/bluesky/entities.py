"""What we read of the lexicons' objects. Each class names its lexicon; whatever is not needed may be missing. Pure."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Final, Self

from klout_tui.domain.model import InteractionKind
from klout_tui.networks.bluesky.node import Node
from klout_tui.networks.dates import moment

POST: Final = "app.bsky.feed.post"
HIDDEN: Final = "!no-unauthenticated"
"""The label with which somebody asks not to be shown to those who are not logged in."""
NO_HANDLE: Final = "handle.invalid"
"""What the network says where a handle does not lead back to its owner."""
MARK: Final = 8
"""Characters of a mark."""

_URI: Final = re.compile(r"at://([^/\s?#]+)(?:/([^/\s?#]+)(?:/([^/\s?#]+))?)?")
_DID: Final = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]+")

_COUNTERS: Final = {
    InteractionKind.LIKE: "likeCount",
    InteractionKind.REPOST: "repostCount",
    InteractionKind.QUOTE: "quoteCount",
    InteractionKind.REPLY: "replyCount",
    InteractionKind.BOOKMARK: "bookmarkCount",
}


@dataclass(frozen=True, slots=True)
class Uri:
    """An at:// address, https://atproto.com/specs/at-uri-scheme; all parts empty where it is none."""

    did: str = ""
    """Whose repository; may be a handle."""
    collection: str = ""
    rkey: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """The parts of an address."""
        found = _URI.fullmatch(text)
        return cls(*(part or "" for part in found.groups())) if found else cls()


def is_did(text: str) -> bool:
    """Whether this is a decentralized identifier, https://atproto.com/specs/did."""
    return len(text) < 2048 and _DID.fullmatch(text) is not None


def mark_of(text: str) -> str:
    """A short stand-in for a long name: ``MARK`` characters, alike for two names once in 10^14 pairs."""
    return urlsafe_b64encode(blake2b(text.encode("utf-8", "replace"), digest_size=6).digest()).decode("ascii")


@dataclass(frozen=True, slots=True)
class Person:
    """app.bsky.actor.defs#profileViewBasic, #profileView, #profileViewDetailed; only the last tells counters."""

    did: str
    handle: str = ""
    """Empty where none is valid."""
    name: str = ""
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    private: bool = False

    @classmethod
    def read(cls, node: Node) -> Self:
        """The person.

        Raises:
            ValueError: nobody.
        """
        did, handle = node.text("did"), node.text("handle").lower()
        if not is_did(did):
            raise ValueError("nobody")
        return cls(
            did=did,
            handle="" if handle == NO_HANDLE else handle,
            name=node.text("displayName"),
            followers=node.count("followersCount"),
            following=node.count("followsCount"),
            posts=node.count("postsCount"),
            private=_labelled(node),
        )


@dataclass(frozen=True, slots=True)
class Record:
    """app.bsky.feed.post: what somebody wrote, as their own program put it."""

    text: str = ""
    created_at: datetime | None = None
    answers: str = ""
    """The address of the post it answers."""
    quotes: str = ""
    """The address of the post it quotes."""
    tags: tuple[str, ...] = ()
    """From facets, then from the record's own list, each once."""
    mentions: frozenset[str] = frozenset()
    """DIDs."""
    private: bool = False

    @classmethod
    def read(cls, node: Node) -> Self:
        """The record, as far as it can be read."""
        features = [feature for facet in node.nodes("facets") for feature in facet.nodes("features")]
        named = [each.text("tag") for each in features if each.text("$type").endswith("#tag")] + node.texts("tags")
        return cls(
            text=node.text("text"),
            created_at=moment(node.text("createdAt")),
            answers=node.node("reply", "parent").text("uri"),
            quotes=_quoted(node.node("embed")),
            tags=tuple(dict.fromkeys(tag.strip().removeprefix("#") for tag in named if tag.strip(" #"))),
            mentions=frozenset(each.text("did") for each in features if each.text("$type").endswith("#mention")),
            private=any(each.text("val") == HIDDEN for each in node.node("labels").nodes("values")),
        )


@dataclass(frozen=True, slots=True)
class PostView:
    """app.bsky.feed.defs#postView."""

    uri: str
    author: Person
    record: Record
    indexed_at: datetime | None = None
    counters: dict[InteractionKind, int] = field(default_factory=dict)
    """Those that were told."""
    private: bool = False
    """The post or its author asks not to be shown to strangers."""
    liked: bool = False
    """By whoever is logged in."""
    shared: bool = False
    """Reposted by whoever is logged in."""

    @classmethod
    def read(cls, node: Node) -> Self:
        """The post.

        Raises:
            ValueError: none, or one that is gone or behind a block.
        """
        uri, author = node.text("uri"), Person.read(node.node("author"))
        record = Record.read(node.node("record"))
        if Uri.of(uri).collection != POST or not node.node("record"):
            raise ValueError("no post")
        told = {kind: count for kind, name in _COUNTERS.items() if (count := node.count(name)) is not None}
        return cls(
            uri=uri,
            author=author,
            record=record,
            indexed_at=moment(node.text("indexedAt")),
            counters=told,
            private=author.private or record.private or _labelled(node),
            liked=bool(node.node("viewer").text("like")),
            shared=bool(node.node("viewer").text("repost")),
        )

    @property
    def at(self) -> datetime | None:
        """What the network sorts by."""
        return earlier(self.record.created_at, self.indexed_at)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """app.bsky.feed.defs#feedViewPost."""

    post: PostView
    reposted: bool = False
    repost: str = ""
    """The repost's own address, where it is told."""
    reposted_at: datetime | None = None
    pinned: bool = False
    by: str = ""
    """Who reposted it, as a DID."""

    @classmethod
    def read(cls, node: Node) -> Self:
        """The item.

        Raises:
            ValueError: none.
        """
        reason = node.node("reason")
        kind = reason.text("$type")
        return cls(
            post=PostView.read(node.node("post")),
            reposted=kind.endswith("#reasonRepost") or (not kind and bool(reason.node("by"))),
            repost=reason.text("uri"),
            reposted_at=moment(reason.text("indexedAt")),
            pinned=kind.endswith("#reasonPin"),
            by=reason.node("by").text("did"),
        )

    @property
    def key(self) -> str:
        """What tells it from every other item of the same feed."""
        return (self.repost or f"repost {self.reposted_at} {self.post.uri}") if self.reposted else self.post.uri

    @property
    def at(self) -> datetime | None:
        """What the network sorts by."""
        return self.reposted_at if self.reposted else self.post.at


@dataclass(frozen=True, slots=True)
class Like:
    """app.bsky.feed.getLikes#like."""

    actor: Person
    at: datetime | None = None

    @classmethod
    def read(cls, node: Node) -> Self:
        """The like.

        Raises:
            ValueError: none.
        """
        at = earlier(moment(node.text("createdAt")), moment(node.text("indexedAt")))
        return cls(Person.read(node.node("actor")), at)


@dataclass(frozen=True, slots=True)
class Notification:
    """app.bsky.notification.listNotifications#notification."""

    uri: str
    """Of the like, repost, follow or post that it tells of."""
    reason: str
    author: Person
    subject: str = ""
    """What was done to: mostly a post of hers."""
    record: Record = field(default_factory=Record)
    indexed_at: datetime | None = None
    private: bool = False

    @classmethod
    def read(cls, node: Node) -> Self:
        """The notification.

        Raises:
            ValueError: none.
        """
        reason, author, told = node.text("reason"), Person.read(node.node("author")), node.node("record")
        if not reason:
            raise ValueError("no reason")
        record = Record.read(told)
        return cls(
            uri=node.text("uri"),
            reason=reason,
            author=author,
            subject=node.text("reasonSubject") or told.node("subject").text("uri"),
            record=record,
            indexed_at=moment(node.text("indexedAt")),
            private=author.private or record.private or _labelled(node),
        )

    @property
    def key(self) -> str:
        """What tells it from every other notification."""
        return f"{self.reason} {self.uri or f'{self.author.did} {self.indexed_at}'} {self.subject}"

    @property
    def at(self) -> datetime | None:
        """What the network sorts by."""
        return earlier(self.record.created_at, self.indexed_at)


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two times that may be missing: authors choose ``createdAt``, servers ``indexedAt``."""
    return min((at for at in (one, other) if at is not None), default=None)


def _quoted(embed: Node) -> str:
    """app.bsky.embed.record, and app.bsky.embed.recordWithMedia, which wraps one."""
    inner = embed.node("record")
    uri = inner.text("uri") or inner.node("record").text("uri")
    return uri if Uri.of(uri).collection == POST else ""


def _labelled(node: Node) -> bool:
    """com.atproto.label.defs#label: whether one asks to be hidden from strangers and was not taken back."""
    return any(each.text("val") == HIDDEN and not each.says("neg") for each in node.nodes("labels"))
