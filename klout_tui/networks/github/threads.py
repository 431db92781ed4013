"""Issues and pull requests of other people's repositories in which she is spoken to."""

from __future__ import annotations

from datetime import datetime

from klout_tui.domain.model import Interaction, InteractionKind, Post
from klout_tui.networks.base import NotFound
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import Forge, repository
from klout_tui.networks.github.happenings import COMMENT
from klout_tui.networks.github.judging import NotPermitted
from klout_tui.networks.github.mapping import Home, words
from klout_tui.networks.github.posts import own_comment, own_thread


class Threads:
    """Reads one thread at a time."""

    def __init__(self, forge: Forge, home: Home, now: datetime) -> None:
        self._forge = forge
        self._home = home
        self._now = now

    async def read(
        self, repo: entities.Repository, number: int, *, since: str, whole: bool, hers: bool = False
    ) -> list[Interaction | Post]:
        """What others said to her there, and what she said.

        A comment that calls her by name is a mention; in a thread that she opened, every comment is a reply.

        Args:
            repo: its number and full name are needed.
            number: of the thread.
            since: comments updated since then are read.
            whole: whether what opened the thread is read as well.
            hers: whether she is said to have opened it.

        Returns:
            Nothing where the thread is gone or not shown.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        found: list[Interaction | Post] = []
        public, path = not repo.private, f"{repository(repo.full_name)}/issues/{number}"
        thread = self._home.thread(repo.id, number)
        try:
            if whole:
                issue, _ = await self._forge.one(path, entities.Issue, "an issue")
                hers = self._home.is_hers(issue.user)
                found += self._opening(repo, issue, hers=hers, public=public)
            page = await self._forge.page(
                f"{path}/comments", entities.Comment, "a list of comments", params={"since": since}
            )
        except (NotFound, NotPermitted):
            return found
        for comment in page.items:
            if self._home.is_hers(comment.user):
                found.append(own_comment(self._home, COMMENT, comment, thread, self._now, public=public))
            elif hers or self._home.mentioned_in(comment.body):
                said = words(
                    self._home,
                    InteractionKind.REPLY if hers else InteractionKind.MENTION,
                    f"{self._home.host}/{COMMENT}/{comment.id}",
                    comment.user,
                    comment.created_at,
                    self._now,
                    post=thread if hers else None,
                    text=comment.body,
                    url=comment.html_url,
                    public=public,
                )
                found += [said] if said else []
        return found

    def _opening(
        self, repo: entities.Repository, issue: entities.Issue, *, hers: bool, public: bool
    ) -> list[Interaction | Post]:
        if hers:
            return [own_thread(self._home, repo.id, issue, self._now, told=issue.created_at, public=public)]
        if not self._home.mentioned_in(f"{issue.title or ''}\n{issue.body or ''}"):
            return []
        said = words(
            self._home,
            InteractionKind.MENTION,
            self._home.thread(repo.id, issue.number),
            issue.user,
            issue.created_at,
            self._now,
            post=None,
            title=issue.title,
            text=issue.body,
            url=issue.html_url,
            public=public,
        )
        return [said] if said else []
