"""Guessing what posts without tags are about (``domain.guess``), once for each, while nobody waits for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from klout_tui.domain.digest import About, Digest
from klout_tui.domain.guess import Corpus, corpus, guess
from klout_tui.domain.model import ORIGINALS
from klout_tui.domain.tags import canonical_topics

if TYPE_CHECKING:
    from klout_tui.store.store import Store

COUNTED: Final = 2_000
"""Newest originals whose words are counted."""

OFTEN: Final = 2
"""Posts a topic must be on before it is looked for in others."""

LOOKED: Final = "topics_guessed"
"""Key under which is remembered that every post there was has been looked at once."""

_AT_ONCE: Final = 100
"""Posts of one commit."""


def guessing(store: Store, since: datetime | None = None, *, again: bool = False) -> Generator[int, None, None]:
    """Guess for every post without topics that nobody has looked at yet, in small steps.

    Blocking, each step for some milliseconds; whoever stops in between loses nothing.

    Args:
        store: The store, open for writing.
        since: Only posts from this month on; None looks at all.
        again: Whether to look anew at those looked at before.

    Yields:
        How many posts were looked at in the step.

    Raises:
        StoreError: the store cannot be read or written; what was committed before stands.
    """
    waiting: list[str] = []
    known: Counter[str] = Counter()
    for digest in store.history(since, newest_first=True):
        own = _published(digest)
        known.update(topic for post in own if not post.guessed for topic in canonical_topics(post.topics))
        waiting += [post.id for post in own if _wanted(post, again=again)]
        yield 0
    if waiting:
        about = _corpus(store, {topic for topic, count in known.items() if count >= OFTEN})
        yield 0
        for begin in range(0, len(waiting), _AT_ONCE):
            ids = waiting[begin : begin + _AT_ONCE]
            posts = (store.post(post_id) for post_id in ids)
            store.keep_guesses({post.id: guess(post, about) for post in posts if post is not None})
            yield len(ids)
    if since is None and store.recall(LOOKED) is None:
        store.remember(LOOKED, "yes")


def _published(digest: Digest) -> list[About]:
    """Her originals of a month."""
    return [post for post in digest.posts if post.account and post.month == digest.month and post.is_original]


def _wanted(post: About, *, again: bool) -> bool:
    """Whether it has no tags, and nobody has looked at it."""
    return (post.guessed is None and not post.topics) or (again and post.guessed is not None)


def _corpus(store: Store, known: set[str]) -> Corpus:
    hers = store.topics()
    originals = (post for post in store.each_post(newest_first=True) if post.kind in ORIGINALS)
    posts = (msgspec.structs.replace(post, topics=hers.of_post(post.id, post.topics)) for post in originals)
    return corpus(islice(posts, COUNTED), known, {} if hers.lexicon is None else hers.lexicon.spellings())
