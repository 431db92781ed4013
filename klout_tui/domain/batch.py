"""What an adapter hands over: some data together with the cursor that says how far it got."""

from __future__ import annotations

import msgspec

from klout_tui.domain.model import Interaction, Post, Profile, Value
from klout_tui.domain.text import clean, clean_line, safe_url

Cursor = dict[str, str]
"""An adapter's own bookmark: flat, readable, opaque to everybody else."""

TEXT_LIMIT = 20_000
"""Characters of a post or comment kept; far above any status, enough of an article to recognise it."""


class Batch(Value, frozen=True):
    """One commit's worth of news. The cursor is saved with the data or not at all."""

    account: str
    cursor: Cursor
    """The whole cursor after this batch, replacing the one before."""
    posts: tuple[Post, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    profile: Profile | None = None
    gone: tuple[str, ...] = ()
    """Ids of posts the network no longer has."""
    skipped: dict[str, int] = {}
    """What was met and not counted, by the network's own name for it."""
    progress: float | None = None
    """Share of the backfill done, 0 to 1, where it can be told."""
    base_url: str | None = None
    """Set when the site has moved for good (301, 308)."""


def washed(batch: Batch) -> Batch:
    """The same batch with every text and link made harmless: the one border all network text crosses.

    Ids and actor keys lose control characters too, since they are shown and may become file content.
    """
    return msgspec.structs.replace(
        batch,
        posts=tuple(_washed_post(post) for post in batch.posts),
        interactions=tuple(_washed_interaction(interaction) for interaction in batch.interactions),
        profile=washed_profile(batch.profile) if batch.profile else None,
        gone=tuple(_washed_id(post_id) for post_id in batch.gone),
        skipped={clean_line(name, 80): count for name, count in batch.skipped.items()},
    )


def washed_profile(profile: Profile) -> Profile:
    """The profile with every text and link made harmless."""
    return msgspec.structs.replace(
        profile,
        handle=clean_line(profile.handle, 300),
        name=clean_line(profile.name, 200),
        url=safe_url(profile.url),
        keys=tuple(_washed_id(key) for key in profile.keys),
    )


def _washed_post(post: Post) -> Post:
    return msgspec.structs.replace(
        post,
        id=_washed_id(post.id),
        reply_to=_washed_id(post.reply_to) if post.reply_to else None,
        url=safe_url(post.url),
        title=clean_line(post.title, 500),
        text=clean(post.text, TEXT_LIMIT),
        topics=_washed_topics(post.topics),
    )


def _washed_interaction(interaction: Interaction) -> Interaction:
    actor = interaction.actor
    return msgspec.structs.replace(
        interaction,
        id=_washed_id(interaction.id),
        post=_washed_id(interaction.post) if interaction.post else None,
        actor=msgspec.structs.replace(
            actor,
            key=_washed_id(actor.key),
            handle=clean_line(actor.handle, 300),
            name=clean_line(actor.name, 200),
            url=safe_url(actor.url),
        ),
        url=safe_url(interaction.url),
        text=clean(interaction.text, TEXT_LIMIT),
        topics=_washed_topics(interaction.topics),
        echo=tuple(_washed_id(key) for key in interaction.echo[:20]),
    )


def _washed_id(identifier: str) -> str:
    """Ids refer to one another, so all are cleaned by this one rule, which never shortens a real one."""
    return clean_line(identifier, 4000)


def _washed_topics(topics: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (clean_line(topic, 100) for topic in topics[:100])
    return tuple(dict.fromkeys(topic for topic in cleaned if topic))
