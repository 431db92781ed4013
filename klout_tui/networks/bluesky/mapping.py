"""From the network's objects to our nouns: whose they are, posts, profiles, people, dates. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.model import Actor, Post, PostKind, Profile
from klout_tui.networks.bluesky.entities import POST, FeedItem, Person, PostView, Uri

WEB: Final = "https://bsky.app"
"""Where people look at the network; its API names no permalinks."""
_CLOCK_SLACK: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Home:
    """Whose account it is."""

    account: str
    """Our account id."""
    did: str
    private: bool = False
    """Her profile asks not to be shown to strangers."""

    def owns(self, uri: str) -> bool:
        """Whether a post is hers, by its address."""
        return Uri.of(uri).did == self.did


def dated(at: datetime | None, now: datetime) -> tuple[datetime, bool]:
    """When something happened, and whether that is estimated: it is where no date was told, or one that lies ahead.

    A server's clock may run ahead of ours a little; that is still the date it told.
    """
    return min(at or now, now), at is None or at > now + _CLOCK_SLACK


def shown_handle(person: Person) -> str:
    """The handle as people write it; the DID where no handle is valid."""
    return f"@{person.handle}" if person.handle else person.did


def profile_url(did: str) -> str:
    """Where a person's profile can be looked at."""
    return f"{WEB}/profile/{did}"


def post_url(uri: str) -> str:
    """Where a post can be looked at; empty where this is none."""
    parts = Uri.of(uri)
    return f"{WEB}/profile/{parts.did}/post/{parts.rkey}" if parts.collection == POST and parts.rkey else ""


def profile_of(person: Person) -> Profile:
    """What the network says of the user herself."""
    return Profile(
        handle=shown_handle(person),
        name=person.name,
        url=profile_url(person.did),
        followers=person.followers,
        following=person.following,
        posts=person.posts,
        keys=(person.did,),
    )


def actor_of(person: Person) -> Actor:
    """The one who acted."""
    return Actor(
        key=person.did,
        handle=shown_handle(person),
        name=person.name,
        url=profile_url(person.did),
        followers=person.followers,
    )


def post_of(home: Home, item: FeedItem, now: datetime) -> Post:
    """An entry of her own feed as a post; of a repost nothing, neither words nor counters, is hers."""
    if item.reposted:
        return _repost_of(home, item, now)
    return written(home, item.post, now)


def written(home: Home, post: PostView, now: datetime) -> Post:
    """A post she wrote."""
    at, estimated = dated(post.at, now)
    answers = post.record.answers
    return Post(
        id=post.uri,
        account=home.account,
        kind=PostKind.REPLY if answers else PostKind.STATUS,
        at=at,
        url=post_url(post.uri),
        text=post.record.text,
        topics=post.record.tags,
        counters=post.counters,
        reply_to=answers or None,
        public=not (post.private or home.private),
        estimated=estimated,
    )


def _repost_of(home: Home, item: FeedItem, now: datetime) -> Post:
    at, estimated = dated(item.reposted_at, now)
    return Post(
        id=item.repost or f"{home.account}/repost/{item.post.uri}",
        account=home.account,
        kind=PostKind.REPOST,
        at=at,
        url=post_url(item.post.uri),
        text=f"reposted {shown_handle(item.post.author)}",
        public=not (item.post.private or home.private),
        estimated=estimated,
    )
