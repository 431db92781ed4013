"""What she published, as posts: repositories, releases, and what she wrote and opened herself. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from klout_tui.domain.model import InteractionKind, Post, PostKind
from klout_tui.networks.github import entities
from klout_tui.networks.github.mapping import Home, count, dated

TOPICS: Final = 25
"""Topics of a repository kept; GitHub allows 20, the rest are languages."""


def repository_post(
    home: Home, repo: entities.Repository, languages: Iterable[str], now: datetime, *, watchers: int | None = None
) -> Post:
    """A repository of hers.

    Args:
        home: hers.
        repo: as the list of her repositories tells it.
        languages: written in it, the main one included.
        now: stands in for a missing date.
        watchers: how many watch it, which is to follow a repository; None where that is not known.
    """
    at, estimated = dated(repo.created_at, now)
    told = {
        InteractionKind.STAR: count(repo.stargazers_count),
        InteractionKind.FORK: count(repo.forks_count),
        InteractionKind.FOLLOW: watchers,
    }
    return Post(
        id=home.repo(repo.id),
        account=home.account,
        kind=PostKind.REPOSITORY,
        at=at,
        url=repo.html_url or f"{home.place.web}/{repo.full_name}",
        title=repo.name or repo.full_name.rpartition("/")[2],
        text=repo.description or "",
        topics=topics_of(repo, languages),
        counters={kind: number for kind, number in told.items() if number is not None},
        public=not repo.private,
        estimated=estimated,
    )


def topics_of(repo: entities.Repository, languages: Iterable[str]) -> tuple[str, ...]:
    """Its topics, then its languages, each once."""
    spelt: dict[str, str] = {}
    for name in (*(repo.topics or ()), repo.language or "", *languages):
        if name:
            spelt.setdefault(name.lower(), name)
    return tuple(spelt.values())[:TOPICS]


def release_post(
    home: Home, release: entities.Release, topics: tuple[str, ...], now: datetime, *, public: bool = True
) -> Post | None:
    """A release of one of her repositories, whoever (or whatever program) pressed the button; None for a draft."""
    if release.draft:
        return None
    at, estimated = dated(release.published_at or release.created_at, now)
    return Post(
        id=f"{home.host}/release/{release.id}",
        account=home.account,
        kind=PostKind.RELEASE,
        at=at,
        url=release.html_url or "",
        title=release.name or release.tag_name or "",
        text=release.body or "",
        topics=topics,
        counters=_likes(release.reactions),
        public=public,
        estimated=estimated,
    )


def own_comment(
    home: Home,
    kind: str,
    comment: entities.Comment,
    thread: str | None,
    now: datetime,
    *,
    told: str | None = None,
    public: bool = True,
) -> Post:
    """What she wrote herself: it answers a thread, so that this no longer waits, and stands in no denominator."""
    at, estimated = dated(comment.created_at or told, now)
    return Post(
        id=f"{home.host}/{kind}/{comment.id}",
        account=home.account,
        kind=PostKind.REPLY,
        at=at,
        url=comment.html_url or "",
        text=comment.body or "",
        counters=_likes(comment.reactions),
        reply_to=thread,
        public=public,
        estimated=estimated,
    )


def own_thread(
    home: Home,
    repo_id: int,
    thread: entities.Issue | entities.Thread,
    now: datetime,
    *,
    told: str | None,
    url: str = "",
    public: bool = True,
) -> Post:
    """An issue or pull request she opened elsewhere: a contribution to somebody's work, kept as a reply to it."""
    at, estimated = dated(told, now)
    return Post(
        id=home.thread(repo_id, thread.number),
        account=home.account,
        kind=PostKind.REPLY,
        at=at,
        url=thread.html_url or url,
        title=thread.title or "",
        text=thread.body or "",
        public=public,
        estimated=estimated,
    )


def _likes(reactions: entities.Reactions | None) -> dict[InteractionKind, int]:
    """Friendly reactions as likes; nothing where none are told."""
    if reactions is None:
        return {}
    each = (reactions.plus, reactions.laugh, reactions.hooray, reactions.heart, reactions.rocket, reactions.eyes)
    return {InteractionKind.LIKE: sum(count(number) or 0 for number in each)}
