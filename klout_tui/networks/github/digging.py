"""What is read of one repository, stage by stage, one page at a time; the bookmark knows where to go on.

Lists of issues and comments are read newest update first: what is touched meanwhile moves to the front, so that
nothing slips between two pages however long the pause between them; it is read with the next ``since``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeVar

from klout_tui.domain.model import InteractionKind
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import Forge, Page
from klout_tui.networks.github.bookmark import EVENTS_OF, Bookmark, Repo, Stage, Work, moment_of, newest
from klout_tui.networks.github.discussions import Discussions
from klout_tui.networks.github.gathering import Gathering
from klout_tui.networks.github.happenings import COMMENT, REVIEW_COMMENT, News, Scene, at_hers, thread_of
from klout_tui.networks.github.mapping import Home, words
from klout_tui.networks.github.pager import Pager
from klout_tui.networks.github.posts import own_comment

E = TypeVar("E", bound=entities.Entity)

HORIZON: Final = {"token": timedelta(days=3 * 365 + 1), "public": timedelta(days=90)}
"""The first reading of issues and comments ends here: a comparison of years needs three, a score 90 days."""
EVENT_PAGES: Final = 3
"""300 events are all that GitHub keeps."""
GIVEN_UP: Final = 5
"""Failures after which a list is given up until its repository moves again."""
WARM: Final = "warm"
"""Name under which it is noted when repositories that moved lately were read again."""


class Digging:
    """Does the work the bookmark lists."""

    def __init__(
        self,
        forge: Forge,
        mark: Bookmark,
        home: Home,
        skipped: Counter[str],
        now: datetime,
        listed: Mapping[int, entities.Repository],
    ) -> None:
        """Args: listed: repositories as this refresh has found them listed, by number."""
        self._pager = Pager(forge, mark, home, skipped, now)
        self._gathering = Gathering(self._pager, listed)
        self._mark = mark
        self._home = home
        self._now = now
        self._discussions = Discussions(forge, home, skipped, now)
        self._steps: dict[Stage, Callable[[Repo, Work, News], Awaitable[None]]] = {
            Stage.LANGUAGES: self._gathering.languages,
            Stage.RELEASES: self._gathering.releases,
            Stage.ISSUES: self._issues,
            Stage.COMMENTS: self._comments,
            Stage.REVIEWS: self._reviews,
            Stage.STARS: self._gathering.stars,
            Stage.FORKS: self._gathering.forks,
            Stage.EVENTS: self._events,
            Stage.DISCUSSIONS: self._talk,
        }

    async def step(self, news: News) -> bool:
        """Read the next page there is to read; False where there is none.

        Raises:
            NetworkError: as in ``networks.base``, but for a list that is not shown, which is counted as skipped.
        """
        while self._mark.work:
            work = self._mark.work[0]
            repo, stage = self._mark.repos.get(work.repo), work.stage
            if repo is None or stage not in self._steps:
                self._mark.work.pop(0)
                continue
            if self._pointless(stage, repo):
                work.finish()
                continue
            news.requests += 1
            await self._steps[stage](repo, work, news)
            return True
        return False

    def put_off(self) -> bool:
        """The list being read cannot be had now: the others come first, then it, anew with fewer a page.

        Returns:
            Whether it had been tried like that before, so that its repository should be left alone for now.
        """
        work = self._mark.work.pop(0)
        self._mark.work.append(work)
        work.failures += 1
        work.begin()
        if work.failures < GIVEN_UP:
            return work.failures > 1
        self._pager.skipped[f"{(work.stage.name or '').lower()} not to be had"] += 1
        work.finish()
        return False

    def _pointless(self, stage: Stage, repo: Repo) -> bool:
        stars, forks, *_ = repo.seen
        if stage is Stage.STARS:
            return not stars or self._gathering.stars_hidden
        if stage is Stage.FORKS:
            return not forks and not repo.forks
        if stage is Stage.LANGUAGES:
            return not repo.language and not self._mark.authorised  # with a token, watchers are read there
        if stage is Stage.DISCUSSIONS:
            return not repo.talks or not self._mark.authorised
        if stage is Stage.EVENTS and self._mark.polls.get(f"{EVENTS_OF}{repo.id}", 0) > self._now.timestamp():
            repo.moved = int(self._now.timestamp())
            self._mark.asked[WARM] = 0  # not to be asked yet: with the next refresh, then
            return not self._mark.work[0].page
        return False

    # the stages

    async def _issues(self, repo: Repo, work: Work, news: News) -> None:
        """https://docs.github.com/en/rest/issues/issues#list-repository-issues."""
        page = await self._updated(repo, work, "/issues", entities.Issue, "a list of issues", repo.issues)
        if page is None:
            return
        for issue in page.items:
            news.add(
                words(
                    self._home,
                    InteractionKind.ISSUE,
                    self._home.thread(repo.id, issue.number),
                    issue.user,
                    issue.created_at,
                    self._now,
                    post=self._home.repo(repo.id),
                    title=issue.title,
                    text=issue.body,
                    url=issue.html_url,
                )
            )
        if not (page.total or page.next or work.page or repo.issues or repo.seen[2]):
            work.stages &= ~int(Stage.COMMENTS | Stage.REVIEWS)  # no threads, no comments in them
        work.met(newest(*(each.updated_at for each in page.items)))
        self._pager.stirred(repo, *(each.updated_at for each in page.items))
        if not self._pager.turn(work, page.next):
            repo.issues = max(repo.issues, int(work.newest))
            self._pager.done(repo, work, Stage.ISSUES)

    async def _comments(self, repo: Repo, work: Work, news: News) -> None:
        """https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository."""
        page = await self._updated(
            repo, work, "/issues/comments", entities.Comment, "a list of comments", repo.comments
        )
        if page is None:
            return
        self._add_comments(repo, COMMENT, page, work, news)
        if not self._pager.turn(work, page.next):
            repo.comments = max(repo.comments, int(work.newest))
            self._pager.done(repo, work, Stage.COMMENTS)

    async def _reviews(self, repo: Repo, work: Work, news: News) -> None:
        """https://docs.github.com/en/rest/pulls/comments#list-review-comments-in-a-repository."""
        page = await self._updated(repo, work, "/pulls/comments", entities.Comment, "a list of comments", repo.reviews)
        if page is None:
            return
        self._add_comments(repo, REVIEW_COMMENT, page, work, news)
        if not self._pager.turn(work, page.next):
            repo.reviews = max(repo.reviews, int(work.newest))
            self._pager.done(repo, work, Stage.REVIEWS)

    async def _updated(
        self, repo: Repo, work: Work, path: str, shape: type[E], what: str, since: int
    ) -> Page[E] | None:
        horizon = int((self._now - HORIZON[self._mark.mode]).timestamp())
        start = moment_of(max(since, horizon)).strftime("%Y-%m-%dT%H:%M:%SZ")
        params = {"sort": "updated", "direction": "desc", "since": start}
        if shape is entities.Issue:
            params["state"] = "all"
        return await self._pager.page(repo, work, path, shape, what, params=params)

    def _add_comments(self, repo: Repo, kind: str, page: Page[entities.Comment], work: Work, news: News) -> None:
        for comment in page.items:
            if self._home.is_hers(comment.user):
                news.add(own_comment(self._home, kind, comment, thread_of(self._home, repo.id, comment), self._now))
                continue
            news.add(
                words(
                    self._home,
                    InteractionKind.COMMENT,
                    f"{self._home.host}/{kind}/{comment.id}",
                    comment.user,
                    comment.created_at,
                    self._now,
                    post=self._home.repo(repo.id),
                    text=comment.body,
                    url=comment.html_url,
                )
            )
        work.met(newest(*(each.updated_at for each in page.items)))
        self._pager.stirred(repo, *(each.updated_at for each in page.items))

    async def _events(self, repo: Repo, work: Work, news: News) -> None:
        """https://docs.github.com/en/rest/activity/events#list-repository-events.

        All of a page is taken, since events arrive late and not in order; older pages only where the newest event
        read before is not met.
        """
        of = f"{EVENTS_OF}{repo.id}"
        validators = None if work.page else self._mark.etags.get(of)
        page = await self._pager.page(repo, work, "/events", entities.Event, "a list of events", validators=validators)
        if page is None:
            return
        if page.poll:
            self._mark.polls[of] = int(self._now.timestamp()) + page.poll
        if page.unchanged:
            self._pager.done(repo, work, Stage.EVENTS)
            return
        begun = not work.page
        scene = Scene(self._home, self._now, repo.topics)
        ids = [str(each.id) for each in page.items]
        for event in page.items:
            if event.repo.id == repo.id and (found := at_hers(scene, event)) is not None:
                news.add(found)
                self._pager.stirred(repo, event.created_at)
            if event.type in ("DiscussionEvent", "DiscussionCommentEvent") and str(event.id) != repo.event:
                repo.talks = True
        work.newest = work.newest or (ids[0] if ids else repo.event)
        if (repo.event and repo.event in ids) or not self._pager.turn(work, page.next, EVENT_PAGES):
            repo.event = work.newest
            self._mark.validate(of, dict(page.validators) if begun else {})
            self._pager.done(repo, work, Stage.EVENTS)

    async def _talk(self, repo: Repo, work: Work, news: News) -> None:
        """Discussions, by GraphQL alone."""
        found = await self._discussions.page(repo.name, repo.id, work.page, repo.discussed)
        work.pages += 1
        news.add(*found.items)
        work.newest = work.newest or str(found.newest)
        if not self._pager.turn(work, found.next):
            repo.discussed = max(repo.discussed, int(work.newest))
            self._pager.done(repo, work, Stage.DISCUSSIONS)
