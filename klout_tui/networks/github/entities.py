"""The API's shapes, as far as we read them. Each names the page it mirrors (REST version 2022-11-28).

Whatever is not needed to make sense of a thing may be missing or null, and enumerations are plain text. Embedded
people are null where the account was deleted.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Entity(msgspec.Struct, frozen=True):
    """Base: unknown members are ignored."""


class User(Entity, frozen=True):
    """https://docs.github.com/en/rest/users/users#get-a-user, "simple user", and an event's actor."""

    id: int = 0
    login: str = ""
    type: str | None = None
    html_url: str | None = None
    name: str | None = None
    followers: int | None = None
    following: int | None = None
    public_repos: int | None = None
    created_at: str | None = None


class Reactions(Entity, frozen=True):
    """https://docs.github.com/en/rest/reactions/reactions, rolled up; thumbs down and confusion are left out."""

    plus: int | None = msgspec.field(default=None, name="+1")
    laugh: int | None = None
    hooray: int | None = None
    heart: int | None = None
    rocket: int | None = None
    eyes: int | None = None


class Repository(Entity, frozen=True):
    """https://docs.github.com/en/rest/repos/repos#list-repositories-for-a-user."""

    id: int
    name: str = ""
    full_name: str = ""
    owner: User | None = None
    private: bool | None = None
    fork: bool | None = None
    html_url: str | None = None
    description: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    pushed_at: str | None = None
    stargazers_count: int | None = None
    forks_count: int | None = None
    subscribers_count: int | None = None
    """Who watches it; told of a repository asked for alone, not in lists, whose ``watchers_count`` are stars."""
    open_issues_count: int | None = None
    language: str | None = None
    topics: list[str] | None = None
    has_discussions: bool | None = None


class Stargazer(Entity, frozen=True):
    """https://docs.github.com/en/rest/activity/starring#list-stargazers; a plain user where no dates are given."""

    starred_at: str | None = None
    user: User | None = None
    id: int = 0
    login: str = ""
    type: str | None = None
    html_url: str | None = None


class Issue(Entity, frozen=True):
    """https://docs.github.com/en/rest/issues/issues#list-repository-issues; pull requests are issues, too."""

    number: int
    title: str | None = None
    body: str | None = None
    user: User | None = None
    created_at: str | None = None
    updated_at: str | None = None
    html_url: str | None = None
    pull_request: Any = None
    repository_url: str | None = None


class Comment(Entity, frozen=True):
    """https://docs.github.com/en/rest/issues/comments, /pulls/comments and /commits/comments."""

    id: int
    body: str | None = None
    user: User | None = None
    created_at: str | None = None
    updated_at: str | None = None
    html_url: str | None = None
    issue_url: str | None = None
    pull_request_url: str | None = None
    reactions: Reactions | None = None


class Review(Entity, frozen=True):
    """https://docs.github.com/en/rest/pulls/reviews."""

    id: int
    body: str | None = None
    user: User | None = None
    state: str | None = None
    submitted_at: str | None = None
    html_url: str | None = None


class Release(Entity, frozen=True):
    """https://docs.github.com/en/rest/releases/releases."""

    id: int
    tag_name: str | None = None
    name: str | None = None
    body: str | None = None
    draft: bool | None = None
    html_url: str | None = None
    created_at: str | None = None
    published_at: str | None = None
    reactions: Reactions | None = None


class Thread(Entity, frozen=True):
    """A pull request or a discussion inside an event; since October 2025 hardly more than its number."""

    number: int
    title: str | None = None
    body: str | None = None
    user: User | None = None
    created_at: str | None = None
    html_url: str | None = None


class Payload(Entity, frozen=True):
    """https://docs.github.com/en/rest/using-the-rest-api/github-event-types."""

    action: str | None = None
    number: int | None = None
    issue: Issue | None = None
    comment: Comment | None = None
    pull_request: Thread | None = None
    discussion: Thread | None = None
    review: Review | None = None
    release: Release | None = None
    forkee: Repository | None = None


class Event(Entity, frozen=True):
    """https://docs.github.com/en/rest/activity/events; the id is text whose order means nothing."""

    id: str | int
    type: str
    repo: Repository
    actor: User | None = None
    payload: Payload | None = None
    created_at: str | None = None
    public: bool | None = None


class Subject(Entity, frozen=True):
    """What a notification is about."""

    title: str | None = None
    url: str | None = None
    type: str | None = None


class Notification(Entity, frozen=True):
    """https://docs.github.com/en/rest/activity/notifications."""

    id: str | int
    repository: Repository
    reason: str | None = None
    updated_at: str | None = None
    subject: Subject | None = None


class Found(Entity, frozen=True):
    """https://docs.github.com/en/rest/search/search#search-issues-and-pull-requests."""

    items: list[msgspec.Raw] = []
