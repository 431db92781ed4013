"""Short ways to say posts and acts in the tests of the domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from klout_tui.domain.digest import Digest, digests
from klout_tui.domain.model import Actor, Interaction, InteractionKind, Post, PostKind

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACCOUNT = "mastodon:ada@social.example"


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def post(name: str = "p", *topics: str, at: datetime = NOON, kind: PostKind = PostKind.STATUS) -> Post:
    return Post(id=name, account=ACCOUNT, kind=kind, at=at, topics=topics, text=f"text of {name}")


def act(
    kind: InteractionKind = InteractionKind.REPOST,
    who: str = "ann",
    at: datetime = NOON,
    *,
    on: str | None = "p",
    text: str = "",
    topics: tuple[str, ...] = (),
    account: str = ACCOUNT,
    own: bool = False,
) -> Interaction:
    return Interaction(
        id=f"{account}/{kind}/{who}/{on}/{at.isoformat()}",
        account=account,
        kind=kind,
        actor=Actor(key=who, handle=f"@{who}@far.example", name=who.title()),
        at=at,
        post=on,
        text=text,
        topics=topics,
        own=own,
    )


def by_id(*posts: Post) -> dict[str, Post]:
    return {each.id: each for each in posts}


def history(acts: Iterable[Interaction], posts: Mapping[str, Post]) -> tuple[Digest, ...]:
    return digests(acts, posts.values())
