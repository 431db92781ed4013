"""A taste of what an account holds, before it is linked: its first page, read and thrown away."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import httpx

from klout_tui.domain import wording
from klout_tui.domain.batch import Batch
from klout_tui.domain.model import ORIGINALS, Post
from klout_tui.domain.tags import canonical_topics
from klout_tui.errors import KloutError
from klout_tui.networks.base import Network, Verified
from klout_tui.networks.http import Client, Limits
from klout_tui.worker.border import admitted
from klout_tui.worker.faults import fault_of

DAYS: Final = 30
REQUESTS: Final = 3
"""At most so many are sent for it, retries included."""
SECONDS: Final = 8.0
"""Nobody waits longer for it."""
_NAMED: Final = 3
"""Topics told by name."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the first page tells."""

    posts: int = 0
    """Originals of the last 30 days."""
    complete: bool = False
    """Whether these are all there are; else there may be more."""
    topics: tuple[str, ...] = ()
    """What they are about, the most frequent first."""
    trouble: str = ""
    """Why nothing more is known, in words; empty where nothing went wrong."""

    @property
    def words(self) -> str:
        """``24 posts in 30 days, 3 topics: python, marketing, writing``; empty where it tells nothing."""
        if self.trouble:
            return f"A first look brought nothing: {self.trouble}"
        if not self.posts:
            return f"no posts in {DAYS} days" if self.complete else ""
        told = f"{'' if self.complete else 'at least '}{wording.counted(self.posts, 'post')} in {DAYS} days"
        if not self.topics:
            return told
        named = ", ".join(self.topics[:_NAMED]) + (" …" if len(self.topics) > _NAMED else "")
        return f"{told}, {wording.counted(len(self.topics), 'topic')}: {named}"


async def sample(
    verified: Verified,
    network: Network,
    token: str | None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    rng: random.Random | None = None,
    requests: int = REQUESTS,
    seconds: float = SECONDS,
) -> Sample:
    """Begin a first refresh, count, and keep nothing. Raises nothing: what goes wrong is in the sample.

    Args:
        verified: the account, as ``linking.preview`` found it.
        network: its adapter.
        token: her credential, as it was verified with.
        transport: as in ``linking.preview``.
        clock: as in ``linking.preview``.
        sleep: as in ``linking.preview``.
        rng: as in ``linking.preview``.
        requests: how many may be sent.
        seconds: how long it may take.
    """
    account, now = verified.account, clock()
    posts: list[Post] = []
    trouble, complete = "", False
    client = Client(
        base_url=account.base_url,
        token=token,
        hosts=verified.hosts,
        transport=transport,
        clock=clock,
        sleep=sleep,
        rng=rng,
        limits=Limits(requests=requests, tries=1, total=seconds),
    )
    async with client:
        try:
            async with asyncio.timeout(seconds):
                complete = await _read(network.refresh(account, {}, client, now), verified, client, posts, now)
        except TimeoutError:
            pass  # what came by then is told as what it is: not all
        except KloutError as error:
            if client.requests < requests:
                trouble = client.blotted(error.message)
        except (Exception, SystemExit) as error:  # a plugin may raise anything: this is its border
            trouble = client.blotted(fault_of(error, network.name, token).message)
    return _told(posts, now, trouble=trouble, complete=complete)


async def _read(
    stream: AsyncIterator[Batch], verified: Verified, client: Client, posts: list[Post], now: datetime
) -> bool:
    """Fill ``posts`` from the stream; whether all of the last days are among them."""
    pages = 0
    try:
        async for batch in stream:
            kept = await asyncio.to_thread(admitted, batch, verified.account, has_token=client.has_token)
            posts += kept.posts
            pages += bool(kept.posts)
            if pages > 1 and _beyond(posts, now):
                return True
        return True
    finally:
        if (close := getattr(stream, "aclose", None)) is not None:
            await close()


def _beyond(posts: Sequence[Post], now: datetime) -> bool:
    """Whether they came newest first and go back far enough, so that no younger one can follow.

    One page proves nothing: a network read from its oldest page on may order each page the other way.
    """
    dates = [post.at for post in posts]
    return dates[-1] < now - timedelta(days=DAYS) and all(first >= later for first, later in pairwise(dates))


def _told(posts: Sequence[Post], now: datetime, *, trouble: str, complete: bool) -> Sample:
    since = now - timedelta(days=DAYS)
    lately = {post.id: post for post in posts if post.at >= since and post.kind in ORIGINALS}
    topics = Counter(topic for post in lately.values() for topic in canonical_topics(post.topics))
    ordered = sorted(topics, key=lambda topic: (-topics[topic], topic))
    return Sample(len(lately), complete, tuple(ordered), "" if lately else trouble)
