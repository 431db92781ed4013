"""One reading of the store for what looks at posts one by one: when to post, and which do better than others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from klout_tui.domain.curation import HerTopics
from klout_tui.domain.digest import ticks
from klout_tui.domain.habits.traits import host_of
from klout_tui.domain.model import ORIGINALS, Post
from klout_tui.domain.responses import Response, responses
from klout_tui.store.store import Store

SITES = frozenset({"blog", "webmention"})
"""Networks whose accounts are her own sites."""


@dataclass(frozen=True, slots=True)
class Past:
    """Her originals of some weeks, how each went over, and what is hers."""

    responses: tuple[Response, ...]
    """By time; posts whose own date is estimated are left out."""
    posts: dict[str, Post]
    """The newest of them in full, with her topics, or else those she hid; what is only guessed is none."""
    private: frozenset[str]
    """Ids of those that are neither public nor unlisted."""
    sites: frozenset[str]
    """Hosts of her own."""
    topics: HerTopics
    """As she wants them."""


def read_past(store: Store, now: datetime, span: timedelta, *, texts: int = 0) -> Past:
    """Her originals of the ``span`` that ends at ``now`` (UTC), as known now; a month at a time in memory.

    Args:
        store: An open store.
        now: Nothing dated later is read.
        span: How far back.
        texts: How many posts are wanted in full, the newest.

    Raises:
        StoreError: the store cannot be read.
    """
    topics = store.topics()
    since = now - span
    posts: dict[str, Post] = {}
    undated: set[str] = set()
    private: set[str] = set()
    for post in store.each_post(since=since, until=now, newest_first=True):
        if not post.public:
            private.add(post.id)
        if post.estimated:
            undated.add(post.id)
        elif post.kind in ORIGINALS and len(posts) < texts:
            hers = topics.of_post(post.id, post.topics)
            hidden = () if hers else topics.veiled_on(replace(post, guessed=None))
            posts[post.id] = replace(post, topics=hers or hidden)
    history = (digest.visible(ticks(now)) for digest in store.history(since, now))
    accounts = store.accounts(unlinked=True)
    hosts = (host_of(account.url or account.base_url) for account in accounts if account.network in SITES)
    return Past(
        responses=responses(history, ticks(since), ticks(now), without=undated),
        posts=posts,
        private=frozenset(private),
        sites=frozenset(filter(None, hosts)),
        topics=topics,
    )
