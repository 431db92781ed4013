"""Small things to store, with as few words as a test needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tinydb import TinyDB

from klout_tui.domain.batch import Batch
from klout_tui.domain.digest import Digest, digests
from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind, Post, PostKind
from klout_tui.store import Store
from klout_tui.store.storage import ShardStorage

ADA = "mastodon:ada@social.example"
BLOG = "blog:ada.example"
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
LIKE, REPLY, REPOST = InteractionKind.LIKE, InteractionKind.REPLY, InteractionKind.REPOST


class Clock:
    """A clock that goes only when told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


def account(account_id: str = ADA, *, keys: tuple[str, ...] = ("https://social.example/users/ada",)) -> Account:
    network, _, handle = account_id.partition(":")
    return Account(
        id=account_id, network=network, handle=handle, base_url="https://social.example", linked_at=NOON, keys=keys
    )


def post(name: str = "p1", at: datetime = NOON, *, likes: int | None = None, **more: Any) -> Post:
    counters: Mapping[InteractionKind, int] = {} if likes is None else {LIKE: likes}
    return Post(**{"id": name, "account": ADA, "kind": PostKind.STATUS, "at": at, "counters": dict(counters), **more})


def act(
    name: str, at: datetime = NOON, *, on: str | None = "p1", by: str = "bo", kind: InteractionKind = LIKE, **more: Any
) -> Interaction:
    actor = Actor(key=by, handle=by)
    return Interaction(**{"id": name, "account": ADA, "kind": kind, "actor": actor, "at": at, "post": on, **more})


def batch(*things: Post | Interaction, cursor: str = "1", of: str = ADA, **more: Any) -> Batch:
    return Batch(
        account=of,
        cursor={"since": cursor},
        posts=tuple(thing for thing in things if isinstance(thing, Post)),
        interactions=tuple(thing for thing in things if isinstance(thing, Interaction)),
        **more,
    )


def linked(folder: Path, clock: Callable[[], datetime], *, zone: str = "Europe/Berlin", **more: Any) -> Store:
    store = Store.open(folder, clock=clock, zone=zone, **more)
    store.link(account())
    return store


def fold(store: Store) -> None:
    """Write the journal into the shards at once."""
    engine = store._engine
    with engine.locked():
        engine.begin()
        engine.fold()


def totals(store: Store) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Day totals as plain values: (day, kind) to (named, unnamed, estimated)."""
    return {(row.day.isoformat(), str(row.kind)): (row.named, row.unnamed, row.estimated) for row in store.days()}


def told(digest: Digest) -> dict[str, object]:
    """What a digest says, in no particular order and without what no row refers to."""
    people = [person.key for person in digest.people()]
    assert people == digest.actors
    assert len(set(people)) == len(people)
    return {
        "acts": sorted(
            (
                digest.id_of(row),
                digest.accounts[digest.account[row]],
                digest.kinds[digest.kind[row]],
                digest.actors[digest.actor[row]],
                digest.posts[digest.post[row]].id if digest.post[row] >= 0 else "",
                digest.at[row],
                digest.flags[row],
                digest.words[row],
                digest.urls[row],
                digest.topics.get(row),
                digest.said.get(row),
            )
            for row in range(len(digest))
        ),
        "posts": {
            post.id: post
            for place, post in enumerate(digest.posts)
            if place in digest.post or (post.account and post.month == digest.month)
        },
        "rises": sorted(
            (digest.posts[rise.post].id, rise.kind, rise.at, rise.count, rise.estimated) for rise in digest.rises
        ),
    }


def digests_agree(store: Store) -> None:
    """The months in columns say what the documents say."""
    ties = store.ties()
    made = {digest.month: told(digest.tied(ties)) for digest in digests(store.interactions(), store.posts())}
    kept = {digest.month: told(digest) for digest in store.history()}
    empty = told(Digest(month=""))
    assert {month: each for month, each in kept.items() if each != empty} == made


def tiny_tables(folder: Path) -> dict[str, set[str]]:
    """Open every file the TinyDB way and tell its tables."""
    found = {}
    for path in folder.glob("*.json"):
        with TinyDB(path, storage=ShardStorage) as database:
            found[path.stem] = database.tables()
            for table in database.tables():
                assert all(isinstance(document, dict) for document in database.storage.read()[table].values())
    return found
