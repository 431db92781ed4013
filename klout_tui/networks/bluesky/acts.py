"""What counts as an act towards her, and of which kind; every such rule is here. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from klout_tui.domain.model import Interaction, InteractionKind
from klout_tui.networks.bluesky.entities import POST, FeedItem, Notification, Person, PostView, Record, Uri
from klout_tui.networks.bluesky.mapping import Home, actor_of, dated, post_url, profile_url

LEVELS: Final = 4
"""So far below a post of hers the network counts an answer as one to her (its ``REPLY_NOTIF_DEPTH``)."""

_REACTIONS: Final = {"like": InteractionKind.LIKE, "repost": InteractionKind.REPOST}
_WORDS: Final = {
    "reply": InteractionKind.REPLY,
    "quote": InteractionKind.QUOTE,
    "mention": InteractionKind.MENTION,
}


def reaction(
    home: Home,
    kind: InteractionKind,
    person: Person,
    subject: str,
    *,
    at: datetime,
    estimated: bool,
    private: bool = False,
) -> Interaction:
    """A like or repost of something of hers; the same act gives the same id by whatever route it is seen.

    What was liked may be a feed or a labeler she made: an act on no post.
    """
    is_post = Uri.of(subject).collection == POST
    return Interaction(
        id=f"{home.account}/{kind}/{person.did}/{subject}",
        account=home.account,
        kind=kind,
        actor=actor_of(person),
        at=at,
        post=subject if is_post else None,
        url=post_url(subject) or profile_url(person.did),
        estimated=estimated,
        public=not (private or person.private or home.private),
        own=person.did == home.did,
    )


def of_notification(home: Home, told: Notification, now: datetime) -> Interaction | None:
    """What a notification tells of; None if it is none of the things we count.

    ``like-via-repost`` and its kin are the credit of somebody else's post; ``subscribed-post`` and the like are no acts
    towards her at all.
    """
    at, estimated = dated(told.at, now)
    if told.reason == "follow":
        return Interaction(
            id=f"{home.account}/{InteractionKind.FOLLOW}/{told.author.did}",
            account=home.account,
            kind=InteractionKind.FOLLOW,
            actor=actor_of(told.author),
            at=at,
            url=profile_url(told.author.did),
            estimated=estimated,
            public=not (told.private or home.private),
            own=told.author.did == home.did,
        )
    if kind := _REACTIONS.get(told.reason):
        if not home.owns(told.subject):
            return None
        return reaction(
            home,
            kind,
            told.author,
            told.subject,
            at=at,
            estimated=estimated,
            private=told.private,
        )
    if told.reason not in _WORDS or not Uri.of(told.uri).rkey:
        return None
    subject = told.subject if home.owns(told.subject) else ""
    found = _meaning(
        home,
        told.record,
        below=subject if told.reason == "reply" else "",
        quoting=subject if told.reason == "quote" else "",
    )
    kind, post = found or (_WORDS[told.reason], subject)
    return _words(home, kind, told.uri, told.record, told.author, post, told.private, at=at, estimated=estimated)


def of_post(home: Home, post: PostView, now: datetime, *, below: str = "", quoting: str = "") -> Interaction | None:
    """What somebody's post means to her; None if it neither quotes, answers nor mentions her.

    Args:
        home: hers.
        post: somebody's.
        now: stands in for a missing date, and bounds all others.
        below: the post of hers it stands below, where the network counts it as an answer to that.
        quoting: the post of hers it was listed as quoting.
    """
    found = _meaning(home, post.record, below=below, quoting=quoting)
    if found is None:
        return None
    at, estimated = dated(post.at, now)
    kind, about = found
    return _words(home, kind, post.uri, post.record, post.author, about, post.private, at=at, estimated=estimated)


def of_own(home: Home, item: FeedItem, now: datetime) -> Iterator[Interaction]:
    """What she did to posts of her own, as far as her feed tells: counters count it, and it is no engagement."""
    post = item.post
    if item.reposted:
        if home.owns(post.uri):
            at, estimated = dated(item.reposted_at, now)
            yield reaction(home, InteractionKind.REPOST, post.author, post.uri, at=at, estimated=estimated)
        return
    at, _ = dated(post.at, now)
    for kind, done in ((InteractionKind.LIKE, post.liked), (InteractionKind.REPOST, post.shared)):
        if done:
            yield reaction(home, kind, post.author, post.uri, at=at, estimated=True)
    if home.owns(post.record.quotes):
        said = of_post(home, post, now)
        if said is not None:
            yield said


def _meaning(home: Home, record: Record, *, below: str, quoting: str) -> tuple[InteractionKind, str] | None:
    """What a post is to her, and which post of hers it is about: the same whichever list it was met in.

    A quote outweighs all else, an answer outweighs a mention, a mention an answer to somebody else in her thread.
    """
    if home.owns(record.quotes) or quoting:
        return InteractionKind.QUOTE, record.quotes if home.owns(record.quotes) else quoting
    if home.owns(record.answers):
        return InteractionKind.REPLY, record.answers
    if home.did in record.mentions:
        return InteractionKind.MENTION, ""
    return (InteractionKind.REPLY, below) if home.owns(below) else None


def _words(
    home: Home,
    kind: InteractionKind,
    uri: str,
    record: Record,
    author: Person,
    post: str,
    private: bool,
    *,
    at: datetime,
    estimated: bool,
) -> Interaction:
    return Interaction(
        id=uri,
        account=home.account,
        kind=kind,
        actor=actor_of(author),
        at=at,
        post=post or None,
        url=post_url(uri) or profile_url(author.did),
        text=record.text,
        topics=record.tags,
        estimated=estimated,
        public=not (private or home.private),
        own=author.did == home.did,
    )
