"""The shapes of both interfaces, as far as we read them. Whatever is not needed may be missing or null."""

from __future__ import annotations

import msgspec


class User(msgspec.Struct, frozen=True):
    """https://github.com/HackerNews/API#users."""

    id: str
    karma: int | None = None
    created: int | None = None
    """Seconds since 1970."""
    submitted: list[int | None] | None = None
    """Ids of stories, comments and polls, newest first."""


class Item(msgspec.Struct, frozen=True):
    """https://github.com/HackerNews/API#items."""

    id: int
    type: str | None = None
    by: str | None = None
    time: int | None = None
    """Seconds since 1970."""
    text: str | None = None
    """HTML."""
    url: str | None = None
    title: str | None = None
    """Plain, with HTML entities."""
    score: int | None = None
    parent: int | None = None
    deleted: bool | None = None
    dead: bool | None = None


class Hit(msgspec.Struct, frozen=True, rename={"object_id": "objectID", "tags": "_tags"}):
    """One thing found by https://hn.algolia.com/api, a story or a comment."""

    object_id: str
    author: str | None = None
    created_at: str | None = None
    created_at_i: int | None = None
    title: str | None = None
    url: str | None = None
    points: int | None = None
    num_comments: int | None = None
    story_text: str | None = None
    comment_text: str | None = None
    story_id: int | None = None
    parent_id: int | None = None
    tags: list[str] | None = None


class Found(msgspec.Struct, frozen=True, rename={"total": "nbHits"}):
    """One page of a search."""

    hits: list[msgspec.Raw] | None = None
    total: int | None = None
