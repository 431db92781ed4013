"""What posts and reactions are about, and how what she talks about differs from what people come for."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.digest import HIDDEN, Digest, ticks
from klout_tui.domain.model import Value
from klout_tui.domain.plusk import Given
from klout_tui.domain.tags import canonical_topics

TREND_WEEKS: Final = 12
"""Weeks a topic's trend looks back."""


class TopicRow(Value, frozen=True):
    """One topic over one window of days."""

    topic: str
    posts: int
    """Originals that carry the topic."""
    post_share: float | None
    """Of all originals, 0 to 1; shares of several topics may add to more than 1. None without originals."""
    reactions: int
    reaction_share: float | None
    """Of all reactions to posts or of the acts themselves, 0 to 1. None without reactions."""
    plusk: int
    trend: tuple[int, ...]
    """Reactions a week, oldest first, ``TREND_WEEKS`` long, the last week ending on the window's last day."""


class TopicTable(Value, frozen=True):
    """All topics of a window, and how much carries none."""

    rows: tuple[TopicRow, ...] = ()
    posts: int = 0
    reactions: int = 0
    untagged_posts: int = 0


def topic_table(
    history: Iterable[Digest],
    given: Iterable[Given],
    days: Days,
    last: date,
    span: int,
    account: str | None = None,
) -> TopicTable:
    """Topics over the ``span`` local days that end on ``last``, the most reacted to first.

    Args:
        history: The months of the window and of the trend; what lies outside them is passed over.
        given: Counted +K.
        days: Tells the bounds of a local day.
        last: The window's last local day.
        span: Its length in days.
        account: Only posts of, and acts on, this account.
    """
    if span < 1:
        return TopicTable()
    first = last - timedelta(days=span - 1)
    weeks = [last - timedelta(days=7 * back - 1) for back in range(TREND_WEEKS, 0, -1)]
    edges = sorted({first, *weeks, last + timedelta(days=1)})
    bounds = [ticks(days.start(edge)) for edge in edges]
    week = [bisect_right(weeks, edge) - 1 for edge in edges]
    inside = [edge >= first for edge in edges]
    begin = bounds[edges.index(first)]
    posted: Counter[str] = Counter()
    reacted: Counter[str] = Counter()
    acknowledged: Counter[str] = Counter()
    trend: defaultdict[str, list[int]] = defaultdict(lambda: [0] * TREND_WEEKS)
    originals = untagged = total = 0
    for digest in history:
        for post in digest.posts:
            if begin <= post.at < bounds[-1] and post.is_original and account in (None, post.account):
                topics = canonical_topics(post.topics)
                originals += 1
                untagged += not topics
                for topic in topics:
                    posted[topic] += 1
        for topics, part, count in _reactions(digest, bounds, account):
            if week[part] >= 0:
                for topic in topics:
                    trend[topic][week[part]] += count
            if inside[part]:
                total += count
                for topic in topics:
                    reacted[topic] += count
    for each in given:
        mine = account is None or each.account == account
        if mine and begin <= each.at < bounds[-1]:
            for topic in each.topics:
                acknowledged[topic] += 1

    rows = (
        TopicRow(
            topic=topic,
            posts=posted[topic],
            post_share=posted[topic] / originals if originals else None,
            reactions=reacted[topic],
            reaction_share=reacted[topic] / total if total else None,
            plusk=acknowledged[topic],
            trend=tuple(trend[topic]) if topic in trend else (0,) * TREND_WEEKS,
        )
        for topic in posted.keys() | reacted.keys() | acknowledged.keys()
    )
    return TopicTable(
        rows=tuple(sorted(rows, key=lambda row: (-row.reactions, -row.plusk, -row.posts, row.topic))),
        posts=originals,
        reactions=total,
        untagged_posts=untagged,
    )


def _reactions(
    digest: Digest, bounds: Sequence[int], account: str | None
) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """What a month's reactions are about: topics, the part between two ``bounds`` they lie in, and how many at once."""
    parts = [bisect_right(bounds, at) - 1 for at in digest.at]
    named = [canonical_topics(post.topics) for post in digest.posts]
    wanted = [account in (None, each) for each in digest.accounts]
    past = len(bounds) - 1
    rows: Iterable[int] = range(len(digest))
    if digest.topics or not all(wanted) or any(flags & HIDDEN for flags in set(digest.flags)):
        rows = [
            row
            for row, (owner, flags) in enumerate(zip(digest.account, digest.flags, strict=True))
            if wanted[owner] and not flags & HIDDEN and row not in digest.topics
        ]
    width = past + 2  # parts go from -1 to past, so that one number tells post and part
    posts = digest.post
    for key, count in Counter([posts[row] * width + parts[row] + 1 for row in rows]).items():
        post, part = divmod(key, width)
        if 0 < part <= past:
            yield named[post] if post >= 0 else (), part - 1, count
    for row, topics in digest.topics.items():
        if 0 <= parts[row] < past and wanted[digest.account[row]] and not digest.flags[row] & HIDDEN:
            post = digest.post[row]
            yield canonical_topics(topics) or (named[post] if post >= 0 else ()), parts[row], 1
    for rise in digest.rises:
        part = bisect_right(bounds, rise.at) - 1
        if 0 <= part < past and account in (None, digest.posts[rise.post].account):
            yield named[rise.post], part, rise.count
