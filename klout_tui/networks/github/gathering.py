"""What is read of one repository besides its threads: languages, watchers, releases, who starred, who forked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from klout_tui.domain.model import InteractionKind
from klout_tui.networks.base import NotFound, NotUnderstood
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import WITH_STAR_DATES, Page, repository
from klout_tui.networks.github.bookmark import Repo, Stage, Work, moment_of, newest, seconds
from klout_tui.networks.github.happenings import News
from klout_tui.networks.github.judging import NotPermitted, PageRefused
from klout_tui.networks.github.mapping import count, dated, fork, reaction
from klout_tui.networks.github.pager import FEWER, Pager
from klout_tui.networks.github.posts import TOPICS, release_post, repository_post

RELEASE_PAGES: Final = 3
HIDDEN: Final = "stars hidden"
"""Name under which it is noted when a list of stargazers was refused."""
HIDDEN_FOR: Final = {"token": timedelta(days=7), "public": timedelta(days=30)}
"""How long a refused list of stargazers is not asked for again."""
SHARE: Final = 0.1
"""Part of a repository's code that makes a language one of its topics."""


class Gathering:
    """Reads these lists, one page at a time."""

    def __init__(self, pager: Pager, listed: Mapping[int, entities.Repository]) -> None:
        """Args: listed: repositories as this refresh has found them listed, by number."""
        self._pager = pager
        self._forge = pager.forge
        self._mark = pager.mark
        self._home = pager.home
        self._skipped = pager.skipped
        self._now = pager.now
        self._listed = listed

    @property
    def stars_hidden(self) -> bool:
        """Whether the lists of stargazers were refused lately."""
        return not self._mark.due(HIDDEN, self._now, HIDDEN_FOR["token" if self._mark.authorised else "public"])

    async def languages(self, repo: Repo, work: Work, news: News) -> None:
        """https://docs.github.com/en/rest/repos/repos#list-repository-languages; her post gets them as topics.

        With a token the repository itself is read too, since only there it is told how many watch it; without one the
        sixty requests of an hour are for better things.
        """
        try:
            entity = self._listed.get(repo.id)
            if entity is None or self._mark.authorised:
                entity, _ = await self._forge.one(repository(repo.name), entities.Repository, "a repository")
            told: dict[str, Any] = {}
            if entity.language:
                news.requests += 1
                answer = await self._forge.get(f"{repository(repo.name)}/languages")
                told = answer.json(dict[str, Any], "sizes by language")
            if entity.id != repo.id:
                raise NotFound(f"{repo.name} is another repository by now")
        except (NotFound, NotPermitted, NotUnderstood):
            self._skipped["languages not shown"] += 1
            work.finish()
            return
        sizes = {name: size for name, size in told.items() if isinstance(size, int | float) and size > 0}
        whole = sum(sizes.values())
        repo.languages = tuple(name for name, size in sizes.items() if size / whole >= SHARE)[:TOPICS]
        repo.watchers = count(entity.subscribers_count) if self._mark.authorised else None
        post = repository_post(self._home, entity, repo.languages, self._now, watchers=repo.watchers)
        repo.topics = post.topics
        news.add(post)
        self._pager.done(repo, work, Stage.LANGUAGES)

    async def releases(self, repo: Repo, work: Work, news: News) -> None:
        """https://docs.github.com/en/rest/releases/releases#list-releases."""
        page = await self._pager.page(repo, work, "/releases", entities.Release, "a list of releases")
        if page is None:
            return
        news.add(*(release_post(self._home, each, repo.topics, self._now) for each in page.items))
        repo.released = max(repo.released, newest(*(each.published_at for each in page.items)))
        most = 1 if repo.done & Stage.RELEASES or self._mark.mode == "public" else RELEASE_PAGES
        if not self._pager.turn(work, page.next, most):
            self._pager.done(repo, work, Stage.RELEASES)

    async def stars(self, repo: Repo, work: Work, news: News) -> None:
        """https://docs.github.com/en/rest/activity/starring#list-stargazers; since July 2026 for the owner alone.

        In which order they come is not documented, so both are reckoned with: new ones are on the first page, or on
        the last, from where it goes backwards.
        """
        try:
            page = await self._forge.page(
                work.page or f"{repository(repo.name)}/stargazers",
                entities.Stargazer,
                "a list of stargazers",
                params={"per_page": str(FEWER)} if work.failures else None,
                accept=WITH_STAR_DATES,
            )
        except (NotFound, NotPermitted):
            self._mark.stamp(HIDDEN, self._now)
            work.finish()
            return
        except PageRefused:
            self._pager.done(repo, work, Stage.STARS)
            return
        work.pages += 1
        self._mark.asked.pop(HIDDEN, None)
        if not page.total and not work.page and not page.next:
            work.finish()  # the counter says otherwise: hidden, or withdrawn meanwhile
            return
        first = not repo.done & Stage.STARS
        fresh = [each for each in page.items if first or not 0 < seconds(each.starred_at) <= repo.stars]
        for each in fresh:
            at, estimated = dated(each.starred_at, self._now, moment_of(repo.created) if first else None)
            user = each.user or (entities.User(each.id, each.login, each.type, each.html_url) if each.id else None)
            post = self._home.repo(repo.id)
            url = f"{self._home.place.web}/{repo.name}"
            star = reaction(self._home, InteractionKind.STAR, user, post, at=at, estimated=estimated, url=url)
            if star is None:
                self._skipped["star of a deleted account"] += 1
            news.add(star)
        work.met(newest(*(each.starred_at for each in fresh)))
        if not self._pager.turn(work, self._more_stars(page, work, first=first, fresh=len(fresh))):
            repo.stars = max(repo.stars, int(work.newest))
            self._pager.done(repo, work, Stage.STARS)

    def _more_stars(self, page: Page[entities.Stargazer], work: Work, *, first: bool, fresh: int) -> str:
        if first:
            return page.next
        if not work.page and not fresh and "last" in page.links:
            work.back = True
            return page.links["last"]
        if not work.back and not fresh and "last" not in page.links:
            return page.next
        if fresh < page.total and (work.page or not fresh):
            return ""
        return page.links.get("prev", "") if work.back else page.next

    async def forks(self, repo: Repo, work: Work, news: News) -> None:
        """https://docs.github.com/en/rest/repos/forks#list-forks, newest first."""
        page = await self._pager.page(
            repo, work, "/forks", entities.Repository, "a list of forks", params={"sort": "newest"}
        )
        if page is None:
            return
        post = self._home.repo(repo.id)
        fresh = [each for each in page.items if not 0 < seconds(each.created_at) <= repo.forks]
        for each in fresh:
            found = fork(self._home, each, each.owner, post, self._now, None)
            if found is None:
                self._skipped["fork of a deleted account"] += 1
            news.add(found)
        work.met(newest(*(each.created_at for each in page.items)))
        over = bool(repo.done & Stage.FORKS) and len(fresh) < page.total
        if over or not self._pager.turn(work, page.next):
            repo.forks = max(repo.forks, int(work.newest))
            self._pager.done(repo, work, Stage.FORKS)
