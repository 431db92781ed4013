"""What posts and reactions are about, and how what she talks about differs from what people come for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.model import ORIGINALS, Interaction, Post, Value
from klout_tui.domain.plusk import PlusK
from klout_tui.domain.tags import canonical_topics, topics_of

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
    posts: Mapping[str, Post],
    interactions: Sequence[Interaction],
    plusks: Sequence[PlusK],
    days: Days,
    last: date,
    span: int,
) -> TopicTable:
    """Topics over the ``span`` local days that end on ``last``, the most reacted to first.

    Args:
        posts: Every known post by id, also older ones, since reactions refer to them.
        interactions: Acts by others; those outside the window only feed the trend.
        plusks: Counted +K.
        days: Tells the local day of an instant.
        last: The window's last local day.
        span: Its length in days.
    """
    first = last - timedelta(days=span - 1)
    trend_first = last - timedelta(days=7 * TREND_WEEKS - 1)
    posted: Counter[str] = Counter()
    reacted: Counter[str] = Counter()
    acknowledged: Counter[str] = Counter()
    trend: defaultdict[str, list[int]] = defaultdict(lambda: [0] * TREND_WEEKS)
    originals = untagged = total = 0

    def react(topics: tuple[str, ...], day: date, count: int) -> int:
        if trend_first <= day <= last:
            for topic in topics:
                trend[topic][(day - trend_first).days // 7] += count
        if not first <= day <= last:
            return 0
        for topic in topics:
            reacted[topic] += count
        return count

    for post in posts.values():
        topics = canonical_topics(post.topics)
        for increment in post.unnamed:
            total += react(topics, days.of(increment.at), increment.count)
        if post.kind in ORIGINALS and first <= days.of(post.at) <= last:
            originals += 1
            untagged += not topics
            posted.update(topics)
    for interaction in interactions:
        if not interaction.own:
            total += react(topics_of(interaction, posts), days.of(interaction.at), 1)
    for plusk in plusks:
        if first <= days.of(plusk.at) <= last:
            acknowledged.update(plusk.topics)

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
