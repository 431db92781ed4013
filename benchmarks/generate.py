"""Make a store of any size: twenty accounts, ten years, as many interactions as asked for.

``python -m benchmarks.generate FOLDER [--interactions 1000000] [--seed 1]`` fills ``FOLDER/store`` through the door a
refresh uses; point ``KLOUT_TUI_HOME`` at FOLDER to look at it. The accounts exist on no network and are not due for ten
years.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Account, Actor, Health, Interaction, InteractionKind, Post, PostKind, Profile
from klout_tui.store.store import Store

ACCOUNTS: Final = 20
YEARS: Final = 10
NOW: Final = datetime(2026, 11, 23, 8, 15, 22, tzinfo=UTC)
BATCH: Final = 500
REACTIONS: Final = 10
"""Reactions a post."""
TOPICS: Final = tuple(f"topic-{number}" for number in range(60))
KINDS: Final = (
    *(InteractionKind.LIKE,) * 12,
    *(InteractionKind.REPOST,) * 4,
    *(InteractionKind.REPLY,) * 3,
    InteractionKind.FOLLOW,
    InteractionKind.QUOTE,
)
TEXTS: Final = (
    "Thank you, this is exactly what I was looking for all week.",
    "Interesting!",
    "I tried it and it worked, though the second step needs a newer version. Will you write about that too?",
)


def accounts(now: datetime = NOW) -> list[Account]:
    """The twenty accounts, linked ten years ago."""
    return [
        Account(
            id=f"mastodon:@user{number}@bench{number}.example",
            network="mastodon",
            handle=f"@user{number}@bench{number}.example",
            base_url=f"https://bench{number}.example",
            linked_at=now - timedelta(days=365 * YEARS),
            name=f"User {number}",
            keys=(f"https://bench{number}.example/users/user{number}",),
        )
        for number in range(ACCOUNTS)
    ]


def batches(interactions: int, *, seed: int = 1, now: datetime = NOW, size: int = BATCH) -> Iterator[Batch]:
    """Batches as a refresh brings them, oldest first; ``interactions`` in all, a post for every ten of them."""
    rng = random.Random(seed)
    owners = accounts(now)
    people = max(50, interactions // 40)
    posts = max(1, interactions // REACTIONS)
    span = timedelta(days=365 * YEARS - 1)
    made = 0
    pending_posts: list[Post] = []
    pending: list[Interaction] = []
    begin = now - span
    account = owners[0]
    for number in range(posts):
        if number % 50 == 0:
            if pending or pending_posts:
                yield from _cut(account, pending_posts, pending, made, size)
                pending_posts, pending = [], []
            account = owners[(number // 50) % ACCOUNTS]
        at = begin + span * (number / posts)
        host = account.base_url
        post = Post(
            id=f"{host}/users/{account.name.replace(' ', '').lower()}/statuses/{number}",
            account=account.id,
            kind=PostKind.STATUS,
            at=at,
            url=f"{host}/@{account.name.replace(' ', '').lower()}/{number}",
            text=f"Post {number} on what I learnt about {rng.choice(TOPICS)} this week, with a link and an example.",
            topics=tuple(rng.sample(TOPICS, 2)),
            counters={InteractionKind.LIKE: rng.randrange(12)},
        )
        pending_posts.append(post)
        count = min(REACTIONS, interactions - made)
        if number == posts - 1:
            count = interactions - made
        for _ in range(count):
            pending.append(_act(rng, account, post, people, now))
            made += 1
    if pending or pending_posts:
        yield from _cut(account, pending_posts, pending, made, size)


def _act(rng: random.Random, account: Account, post: Post, people: int, now: datetime) -> Interaction:
    kind = rng.choice(KINDS)
    # Few people do much, many do little; most react within a day, some much later.
    person = int(people * rng.random() ** 2)
    host = f"town{person % 300}.example"
    key = f"https://{host}/users/person{person}"
    late = rng.choices((10, 240, 2880), (90, 9, 1))[0]
    at = min(post.at + timedelta(hours=rng.expovariate(1 / late)), now)
    written = kind in (InteractionKind.REPLY, InteractionKind.QUOTE)
    unique = rng.getrandbits(64)
    on = None if kind is InteractionKind.FOLLOW else post.id
    if written:
        name = f"https://{host}/users/person{person}/statuses/{unique}"
    elif on is None:
        name = f"{account.id}/{kind}/{key}"
    else:
        name = f"{account.id}/{kind}/{key}/{on}"
    return Interaction(
        id=name,
        account=account.id,
        kind=kind,
        actor=Actor(
            key=key,
            handle=f"@person{person}@{host}",
            name=f"Person {person}",
            url=f"https://{host}/@person{person}",
            followers=(person * 7919) % 5000,
        ),
        at=at,
        post=on,
        url=f"https://{host}/@person{person}/{unique}" if written else "",
        text=rng.choice(TEXTS) if written else "",
    )


def _cut(account: Account, posts: list[Post], acts: list[Interaction], made: int, size: int) -> Iterator[Batch]:
    for start in range(0, max(len(acts), 1), size):
        yield Batch(
            account=account.id,
            cursor={"made": str(made), "part": str(start)},
            posts=tuple(posts) if start == 0 else (),
            interactions=tuple(acts[start : start + size]),
        )


def fill(store: Store, interactions: int, *, seed: int = 1, now: datetime = NOW) -> None:
    """Link the accounts and absorb everything."""
    for account in accounts(now):
        store.link(account, Profile(handle=account.handle, followers=1000, keys=account.keys))
    for batch in batches(interactions, seed=seed, now=now):
        store.absorb(batch)
    for account in accounts(now):
        health = Health(
            account=account.id, last_try=now, last_ok=now, next_due=now + timedelta(days=3650), backfilled=True
        )
        store.set_health(health)


def main() -> int:
    """Fill a store and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--interactions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.perf_counter()
    with Store.open(options.folder / "store", clock=lambda: NOW, zone="Europe/Berlin") as store:
        fill(store, options.interactions, seed=options.seed)
    took = time.perf_counter() - begun
    print(f"{options.interactions:,} interactions in {took:.1f} s, {options.interactions / took:,.0f} a second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
