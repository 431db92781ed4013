"""From the interfaces' shapes to our nouns. Pure; every rule of what counts is here.

A submission is a *status*, with a link or with a text: the article it may lead to is counted where it was published.
Own comments are *replies*. What others write below a submission is a *comment* on it at any depth, since the thread is
hers; what answers a comment of hers in somebody else's thread is a *reply* to that. Somebody else's submission of her
site is a *link*. Every submission begins with one point, its submitter's own: likes are the points beyond it.
"""

from __future__ import annotations

import html
from collections.abc import Container, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

from klout_tui.domain.model import Actor, Interaction, InteractionKind, Post, PostKind, Profile
from klout_tui.domain.text import html_to_text
from klout_tui.networks.dates import EARLIEST, iso
from klout_tui.networks.hackernews import entities

SITE: Final = "https://news.ycombinator.com"
STORIES: Final = frozenset({"story", "poll"})
"""Types of items that are a submission; a ``job`` has no author who gains by it, a ``pollopt`` is part of a poll."""

_MARKS: Final = ("Show HN", "Ask HN", "Tell HN", "Launch HN")
_LARGEST: Final = 10**9


def item_url(number: int | str) -> str:
    """Address of an item, which is also its id here."""
    return f"{SITE}/item?id={number}"


def user_url(name: str) -> str:
    """Address of a profile, which is also the key its owner acts under."""
    return f"{SITE}/user?id={quote(name, safe='')}"


def when(seconds: int | None, told: str | None, now: datetime) -> tuple[datetime, bool]:
    """When something happened (UTC), and whether that is estimated: it was not told, or lies ahead."""
    at = iso(told) if told else None
    if seconds is not None:
        try:
            at = datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, OSError, ValueError):
            at = None
    return (at, False) if at is not None and EARLIEST <= at <= now else (now, True)


def actor_of(name: str) -> Actor:
    """The one who wrote or submitted something."""
    return Actor(key=user_url(name), handle=name, url=user_url(name))


def profile_of(user: entities.User, stories: int | None) -> Profile:
    """What Hacker News says of the user herself. Nobody follows anybody there; karma is what grows."""
    return Profile(handle=user.id, name=user.id, url=user_url(user.id), karma=user.karma, posts=stories)


def story_of_hit(account: str, hit: entities.Hit, now: datetime) -> Post | None:
    """An own submission, as the search tells it; None where it is none."""
    if not _is_number(hit.object_id) or hit.title is None:
        return None
    at, estimated = when(hit.created_at_i, hit.created_at, now)
    return _story(account, hit.object_id, hit.title, hit.url, hit.story_text, hit.points, at=at, estimated=estimated)


def story_of_item(account: str, item: entities.Item, now: datetime) -> Post | None:
    """An own submission, as it is live; None where it is none, or was taken away."""
    if item.type not in STORIES or item.title is None or item.deleted or item.dead:
        return None
    at, estimated = when(item.time, None, now)
    title = html.unescape(item.title)
    return _story(account, str(item.id), title, item.url, item.text, item.score, at=at, estimated=estimated)


def _story(
    account: str,
    number: str,
    title: str,
    link: str | None,
    words: str | None,
    points: int | None,
    *,
    at: datetime,
    estimated: bool,
) -> Post:
    text = html_to_text(words or "")
    return Post(
        id=item_url(number),
        account=account,
        kind=PostKind.STATUS,
        at=at,
        url=item_url(number),
        title=title,
        text=f"{link}\n\n{text}".strip() if link else text,
        topics=tuple(mark for mark in _MARKS if title.startswith(f"{mark}:")),
        counters={} if points is None or points > _LARGEST else {InteractionKind.LIKE: max(points - 1, 0)},
        estimated=estimated,
    )


def remark_of_hit(account: str, hit: entities.Hit, now: datetime) -> Post | None:
    """An own comment, as the search tells it; None where it is none."""
    if not _is_number(hit.object_id):
        return None
    at, estimated = when(hit.created_at_i, hit.created_at, now)
    parent = hit.parent_id or hit.story_id
    return _remark(account, hit.object_id, hit.comment_text, parent, at=at, estimated=estimated)


def remark_of_item(account: str, item: entities.Item, now: datetime) -> Post | None:
    """An own comment, as it is live; None where it is none, or was taken away."""
    if item.type != "comment" or item.deleted or item.dead:
        return None
    at, estimated = when(item.time, None, now)
    return _remark(account, str(item.id), item.text, item.parent, at=at, estimated=estimated)


def _remark(account: str, number: str, words: str | None, parent: int | None, *, at: datetime, estimated: bool) -> Post:
    return Post(
        id=item_url(number),
        account=account,
        kind=PostKind.REPLY,
        at=at,
        url=item_url(number),
        text=html_to_text(words or ""),
        reply_to=item_url(parent) if parent else None,
        estimated=estimated,
    )


def heard_of_hit(
    account: str, name: str, hit: entities.Hit, stories: Container[int], remarks: Mapping[int, int], now: datetime
) -> Interaction | None:
    """What somebody else wrote to her; None for her own, for what answers somebody else, and for what was taken away.

    Args:
        account: our account id.
        name: hers.
        hit: a comment.
        stories: ids of her submissions.
        remarks: her comments in the threads of others, by id.
        now: stands in for a missing date, and bounds all others.
    """
    if not hit.author or hit.author == name or not _is_number(hit.object_id):
        return None
    if hit.story_id in stories:
        kind, on = InteractionKind.COMMENT, hit.story_id
    elif hit.parent_id in remarks:
        kind, on = InteractionKind.REPLY, hit.parent_id
    else:
        return None
    at, estimated = when(hit.created_at_i, hit.created_at, now)
    return Interaction(
        id=item_url(hit.object_id),
        account=account,
        kind=kind,
        actor=actor_of(hit.author),
        at=at,
        post=item_url(on) if on is not None else None,
        url=item_url(hit.object_id),
        text=html_to_text(hit.comment_text or ""),
        estimated=estimated,
    )


def link_of_hit(
    account: str, name: str, hit: entities.Hit, sites: tuple[str, ...], now: datetime
) -> Interaction | None:
    """Somebody else's submission of a page of hers; None for her own, and for pages of others that a search brings."""
    if not hit.author or hit.author == name or not _is_number(hit.object_id) or not lies_on(hit.url or "", sites):
        return None
    at, estimated = when(hit.created_at_i, hit.created_at, now)
    return Interaction(
        id=item_url(hit.object_id),
        account=account,
        kind=InteractionKind.LINK,
        actor=actor_of(hit.author),
        at=at,
        post=hit.url,
        url=item_url(hit.object_id),
        text=hit.title or "",
        estimated=estimated,
    )


def lies_on(url: str, sites: tuple[str, ...]) -> bool:
    """Whether an address lies on one of these hosts, ``www.`` and ports aside; a search finds look-alikes too."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return bool(host) and any(host == site.partition(":")[0] for site in sites)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
