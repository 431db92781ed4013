"""Events: what happened at her repositories, and what she did herself elsewhere. Pure.

An event and the list of what it tells of give the same ids, so that both may be read. Events reach back 30 days or 300
entries, and arrive up to six hours late. https://docs.github.com/en/rest/using-the-rest-api/github-event-types
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from klout_tui.domain.model import Interaction, InteractionKind, Post
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import last_number
from klout_tui.networks.github.mapping import Home, dated, fork, reaction, words
from klout_tui.networks.github.posts import own_comment, own_thread, release_post

COMMENT: Final = "comment"
REVIEW_COMMENT: Final = "review-comment"
COMMIT_COMMENT: Final = "commit-comment"


@dataclass(slots=True)
class News:
    """What was found, for the next batch."""

    posts: list[Post] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    requests: int = 0
    """How many answers it took; a long way without news is a reason to keep the place, too."""

    def add(self, *items: Interaction | Post | None) -> None:
        """Put in what there is."""
        for item in items:
            if isinstance(item, Post):
                self.posts.append(item)
            elif item is not None:
                self.interactions.append(item)

    def __bool__(self) -> bool:
        return bool(self.posts or self.interactions or self.gone)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when events are read."""

    home: Home
    now: datetime
    topics: tuple[str, ...] = ()
    """Of the repository, for its releases."""


def at_hers(scene: Scene, event: entities.Event) -> Interaction | Post | None:
    """What an event at one of her repositories tells of; None if it is none of the things we count."""
    tell = _TELLING.get(event.type)
    return tell(scene, event, event.payload or entities.Payload()) if tell else None


def by_her(scene: Scene, event: entities.Event) -> Post | None:
    """What an event of her own tells of: a comment anywhere, an issue or pull request she opened elsewhere."""
    home, now, payload = scene.home, scene.now, event.payload or entities.Payload()
    public = event.public is not False
    if not home.is_hers(event.actor):
        return None
    if payload.comment is not None and event.type in _COMMENTS:
        thread, told = _thread_of(home, event, payload), event.created_at
        return own_comment(home, _COMMENTS[event.type], payload.comment, thread, now, told=told, public=public)
    opened = payload.issue if event.type == "IssuesEvent" else payload.pull_request
    elsewhere = event.repo.name.partition("/")[0].lower() != home.login.lower()
    if event.type in ("IssuesEvent", "PullRequestEvent") and payload.action == "opened" and opened and elsewhere:
        told = opened.created_at or event.created_at
        page = _page(scene, event, opened.number)
        return own_thread(home, event.repo.id, opened, now, told=told, url=page, public=public)
    return None


def _star(scene: Scene, event: entities.Event, _: entities.Payload) -> Interaction | Post | None:
    home = scene.home
    at, estimated = dated(event.created_at, scene.now)
    post = home.repo(event.repo.id)
    return reaction(home, InteractionKind.STAR, event.actor, post, at=at, estimated=estimated, url=_page(scene, event))


def _fork(scene: Scene, event: entities.Event, payload: entities.Payload) -> Interaction | Post | None:
    post = scene.home.repo(event.repo.id)
    return fork(scene.home, payload.forkee, event.actor, post, scene.now, event.created_at)


def _opened(scene: Scene, event: entities.Event, payload: entities.Payload) -> Interaction | Post | None:
    """An issue, a pull request or a discussion; its later fate is no act towards her."""
    opened = payload.issue or payload.pull_request or payload.discussion
    if payload.action not in ("opened", "created") or opened is None:
        return None
    home, repo_id = scene.home, event.repo.id
    own_id = home.thread(repo_id, opened.number)
    if event.type == "DiscussionEvent":
        own_id = discussion_id(home, repo_id, opened.number)
    return words(
        home,
        InteractionKind.ISSUE,
        own_id,
        opened.user or event.actor,
        opened.created_at or event.created_at,
        scene.now,
        post=home.repo(repo_id),
        title=opened.title,
        text=opened.body,
        url=opened.html_url or _page(scene, event, opened.number),
    )


def _commented(scene: Scene, event: entities.Event, payload: entities.Payload) -> Interaction | Post | None:
    comment = payload.comment
    if comment is None or payload.action not in ("created", None):
        return None
    home, kind = scene.home, _COMMENTS[event.type]
    author = comment.user or event.actor
    if home.is_hers(author):
        return own_comment(home, kind, comment, _thread_of(home, event, payload), scene.now, told=event.created_at)
    return words(
        home,
        InteractionKind.COMMENT,
        f"{home.host}/{kind}/{comment.id}",
        author,
        comment.created_at or event.created_at,
        scene.now,
        post=home.repo(event.repo.id),
        text=comment.body,
        url=comment.html_url,
    )


def _reviewed(scene: Scene, event: entities.Event, payload: entities.Payload) -> Interaction | Post | None:
    review = payload.review
    if review is None or payload.action not in ("created", "submitted"):
        return None
    return words(
        scene.home,
        InteractionKind.REVIEW,
        f"{scene.home.host}/review/{review.id}",
        review.user or event.actor,
        review.submitted_at or event.created_at,
        scene.now,
        post=scene.home.repo(event.repo.id),
        text=review.body,
        url=review.html_url or (_page(scene, event, payload.pull_request.number) if payload.pull_request else ""),
    )


def _released(scene: Scene, _: entities.Event, payload: entities.Payload) -> Interaction | Post | None:
    if payload.release is None or payload.action != "published":
        return None
    return release_post(scene.home, payload.release, scene.topics, scene.now)


_COMMENTS: Final = {
    "IssueCommentEvent": COMMENT,
    "PullRequestReviewCommentEvent": REVIEW_COMMENT,
    "CommitCommentEvent": COMMIT_COMMENT,
}

_TELLING: Final[dict[str, Callable[[Scene, entities.Event, entities.Payload], Interaction | Post | None]]] = {
    "WatchEvent": _star,
    "ForkEvent": _fork,
    "IssuesEvent": _opened,
    "PullRequestEvent": _opened,
    "DiscussionEvent": _opened,
    **dict.fromkeys(_COMMENTS, _commented),
    "PullRequestReviewEvent": _reviewed,
    "ReleaseEvent": _released,
}


def discussion_id(home: Home, repo_id: int, number: int) -> str:
    """Id of a discussion."""
    return f"{home.host}/repo/{repo_id}/discussion/{number}"


def thread_of(home: Home, repo_id: int, comment: entities.Comment) -> str | None:
    """Id of the issue or pull request a comment stands in, by the address it names."""
    number = last_number(comment.issue_url) or last_number(comment.pull_request_url)
    return home.thread(repo_id, number) if number else None


def _thread_of(home: Home, event: entities.Event, payload: entities.Payload) -> str | None:
    opened = payload.issue or payload.pull_request
    if opened is not None:
        return home.thread(event.repo.id, opened.number)
    return thread_of(home, event.repo.id, payload.comment) if payload.comment else None


def _page(scene: Scene, event: entities.Event, number: int | None = None) -> str:
    """The page of a repository, or of a thread in it, where the event does not name it."""
    if not event.repo.name:
        return ""
    page = f"{scene.home.place.web}/{event.repo.name}"
    if number is None:
        return page
    kind = {"PullRequestEvent": "pull", "PullRequestReviewEvent": "pull", "DiscussionEvent": "discussions"}
    return f"{page}/{kind.get(event.type, 'issues')}/{number}"
