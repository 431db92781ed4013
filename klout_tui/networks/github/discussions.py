"""Discussions of a repository, newest update first; REST knows none, and GraphQL wants a token.

https://docs.github.com/en/graphql/guides/using-the-graphql-api-for-discussions
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from klout_tui.domain.model import Interaction, InteractionKind, Post
from klout_tui.networks.base import CredentialRefused, NotFound, NotUnderstood
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import Forge
from klout_tui.networks.github.bookmark import newest, seconds
from klout_tui.networks.github.happenings import discussion_id
from klout_tui.networks.github.mapping import Home, words
from klout_tui.networks.github.posts import own_comment

AT_ONCE: Final = 25
COMMENTS: Final = 50
"""Comments of one discussion, the newest; with ten replies each."""

_QUERY: Final = """query {
  repository(owner: %s, name: %s) {
    discussions(first: %d, after: %s, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title url bodyText createdAt updatedAt author { ...who }
        comments(last: %d) { nodes {
          databaseId url bodyText createdAt author { ...who }
          replies(last: 10) { nodes { databaseId url bodyText createdAt author { ...who } } }
        } }
      }
    }
  }
}
fragment who on Actor {
  __typename login url
  ... on User { databaseId followers { totalCount } }
  ... on Bot { databaseId }
  ... on Organization { databaseId }
}"""


@dataclass(frozen=True, slots=True)
class Talk:
    """One page of discussions."""

    items: tuple[Interaction | Post, ...] = ()
    newest: int = 0
    """Newest update on it, seconds since 1970."""
    next: str = ""
    """Cursor of the following page; empty where that would hold nothing new."""


class Discussions:
    """Reads discussions page by page."""

    def __init__(self, forge: Forge, home: Home, skipped: Counter[str], now: datetime) -> None:
        self._forge = forge
        self._home = home
        self._skipped = skipped
        self._now = now

    async def page(self, name: str, repo_id: int, after: str, since: int) -> Talk:
        """Discussions and their comments.

        Args:
            name: ``owner/name``.
            repo_id: GitHub's number of the repository.
            after: cursor of the page; empty for the first.
            since: newest update read before, seconds since 1970.

        Raises:
            NetworkError: as in ``networks.base``; a token that may not see them gets none.
        """
        owner, _, own = name.partition("/")
        text = _QUERY % (_quoted(owner), _quoted(own), AT_ONCE, _quoted(after) if after else "null", COMMENTS)
        try:
            data = await self._forge.query(text)
        except (CredentialRefused, NotFound, NotUnderstood):
            self._skipped["discussions not shown"] += 1
            return Talk()
        talks = _object(_object(data, "repository"), "discussions")
        items: list[Interaction | Post] = []
        updates: list[str] = []
        for node in _nodes(talks):
            number, updated = node.get("number"), _text(node, "updatedAt")
            if not isinstance(number, int):
                self._skipped["unreadable discussion"] += 1
                continue
            updates.append(updated)
            if 0 < seconds(updated) < since:
                continue
            items += self._discussion(repo_id, number, node)
        info = _object(talks, "pageInfo")
        old = bool(updates) and 0 < min(map(seconds, updates)) <= since
        following = _text(info, "endCursor") if info.get("hasNextPage") is True and not old else ""
        return Talk(tuple(items), newest(*updates), following)

    def _discussion(self, repo_id: int, number: int, node: Mapping[str, Any]) -> Iterator[Interaction | Post]:
        thread = discussion_id(self._home, repo_id, number)
        opened = words(
            self._home,
            InteractionKind.ISSUE,
            thread,
            _who(node),
            _text(node, "createdAt"),
            self._now,
            post=self._home.repo(repo_id),
            title=_text(node, "title"),
            text=_text(node, "bodyText"),
            url=_text(node, "url"),
        )
        if opened is not None:
            yield opened
        for comment in _nodes(_object(node, "comments")):
            for said in (comment, *_nodes(_object(comment, "replies"))):
                if (found := self._comment(repo_id, thread, said)) is not None:
                    yield found

    def _comment(self, repo_id: int, thread: str, node: Mapping[str, Any]) -> Interaction | Post | None:
        number, user, kind = node.get("databaseId"), _who(node), "discussion-comment"
        if not isinstance(number, int):
            self._skipped["unreadable comment"] += 1
            return None
        told, text, url = _text(node, "createdAt"), _text(node, "bodyText"), _text(node, "url")
        if self._home.is_hers(user):
            comment = entities.Comment(number, text, user, told, html_url=url)
            return own_comment(self._home, kind, comment, thread, self._now)
        own_id = f"{self._home.host}/{kind}/{number}"
        post = self._home.repo(repo_id)
        return words(self._home, InteractionKind.COMMENT, own_id, user, told, self._now, post=post, text=text, url=url)


def _who(node: Mapping[str, Any]) -> entities.User | None:
    """The author; None for one who deleted their account."""
    author = node.get("author")
    if not isinstance(author, Mapping):
        return None
    number = author.get("databaseId")
    followers = _object(author, "followers").get("totalCount")
    return entities.User(
        id=number if isinstance(number, int) else 0,
        login=_text(author, "login"),
        type=_text(author, "__typename"),
        html_url=_text(author, "url") or None,
        followers=followers if isinstance(followers, int) else None,
    )


def _object(node: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = node.get(name)
    return value if isinstance(value, Mapping) else {}


def _nodes(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    value = node.get("nodes")
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _text(node: Mapping[str, Any], name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""


def _quoted(text: str) -> str:
    """As a GraphQL string, which JSON's are."""
    return json.dumps(text)
