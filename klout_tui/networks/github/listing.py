"""The list of her repositories: what there is, what moved, what is gone.

One conditional request a refresh: the first page, the hundred most recently pushed. The others are read when anything
on it moved, and once a day.
https://docs.github.com/en/rest/repos/repos#list-repositories-for-a-user
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from klout_tui.networks.base import NotFound
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import Forge, Page, repository
from klout_tui.networks.github.bookmark import EVERYTHING, MOST_REPOS, THREADS, Bookmark, Repo, Stage, looks, seconds
from klout_tui.networks.github.happenings import News
from klout_tui.networks.github.judging import NotPermitted
from klout_tui.networks.github.mapping import Home
from klout_tui.networks.github.posts import repository_post

DEEP: Final = {"token": 100, "public": 20}
"""Repositories read in depth when an account is linked, those with most stars, forks and open issues first; the others
are posts with counters, and are read when they move."""
WHOLE: Final = timedelta(hours=23)
"""How often a list of several pages is read to its end, though nothing on its first page moved."""
CHECKED: Final = 10
"""Repositories missing from the list that are asked for one by one in a refresh, before they count as gone."""

_LIST: Final = "repos"


class Moved(Exception):  # a signal, never shown
    """The login belongs to somebody else now, or to nobody."""


class Listing:
    """Reads the list and notes in the bookmark what has to be read because of it."""

    def __init__(self, forge: Forge, mark: Bookmark, home: Home, skipped: Counter[str], now: datetime) -> None:
        self._forge = forge
        self._mark = mark
        self._home = home
        self._skipped = skipped
        self._now = now
        self.found: dict[int, entities.Repository] = {}
        """Every repository of hers met in this refresh, by number."""

    async def read(self) -> AsyncIterator[News]:
        """What the list tells, page by page; the bookmark is moved on before each.

        Raises:
            Moved: it is not her list any more.
            NetworkError: as in ``networks.base``.
        """
        mark = self._mark
        first = not mark.asked.get(_LIST)
        due = first or (mark.several and mark.due(_LIST, self._now, WHOLE))
        while True:
            page = await self._page(conditional=not due)
            if page.unchanged:
                return
            begun = not mark.listing
            mark.listings += begun
            news = News(requests=1)
            moved = self._take(page, news, first=first)
            if begun:
                mark.several = bool(page.next)
                mark.validate(_LIST, dict(page.validators))
                moved |= self._is_another(page)
            goes_on = bool(page.next) and page.next != mark.listing and (due or moved or not begun)
            mark.listing = page.next if goes_on else ""
            if not goes_on:
                if first:
                    self._plan()
                if not begun or not page.next:
                    await self._end(news)
            yield news
            if not goes_on:
                return

    def _is_another(self, page: Page[entities.Repository]) -> bool:
        """Whether the first page holds other repositories than the last time."""
        numbers = ",".join(str(number) for number in sorted(each.id for each in page.items))
        before, now = self._mark.seen.get(_LIST), f"{zlib.crc32(numbers.encode()):x}"
        self._mark.seen[_LIST] = now
        return before != now

    async def _end(self, news: News) -> None:
        """The list has been read to its end."""
        if await self._look_for_missing(news):
            self._mark.stamp(_LIST, self._now)
        else:
            self._mark.etags.pop(_LIST, None)  # asked for in full again, and the rest with it

    async def _page(self, *, conditional: bool) -> Page[entities.Repository]:
        mark = self._mark
        try:
            return await self._forge.page(
                mark.listing or f"/users/{quote(mark.login, safe='')}/repos",
                entities.Repository,
                "a list of repositories",
                params={"type": "owner", "sort": "pushed"},
                validators=mark.etags.get(_LIST) if conditional and not mark.listing else None,
            )
        except NotFound as error:
            raise Moved from error

    def _take(self, page: Page[entities.Repository], news: News, *, first: bool) -> bool:
        """One page; whether anything on it moved."""
        hers = [each for each in page.items if each.owner is None or self._home.is_hers(each.owner)]
        if page.items and not hers:
            raise Moved
        self._skipped["repository of another owner"] += len(page.items) - len(hers)
        moved = False
        for each in hers:
            moved |= self._note(each, news, first=first)
        return moved

    def _note(self, entity: entities.Repository, news: News, *, first: bool) -> bool:
        """One entry: a post, and work where it moved. Forks are others' work, and private ones nobody's business."""
        if entity.fork or entity.private:
            return False
        mark, looks_now = self._mark, looks(entity)
        name = entity.full_name or f"{mark.login}/{entity.name}"
        known = mark.repos.get(entity.id)
        self.found[entity.id] = entity
        repo = known or Repo(entity.id, name, looks_now)
        stages = _moved(repo.seen, looks_now) if known else Stage(0)
        if known and (entity.language or "") != repo.language:
            stages |= Stage.LANGUAGES
        if known is None and not first:
            stages = EVERYTHING
        if stages:
            repo.moved = int(self._now.timestamp())
        repo.name, repo.seen, repo.met = name, looks_now, mark.listings
        repo.created, repo.language = seconds(entity.created_at), entity.language or ""
        repo.talks = bool(entity.has_discussions) or (repo.talks and entity.has_discussions is None)
        post = repository_post(self._home, entity, repo.languages, self._now, watchers=repo.watchers)
        repo.topics = post.topics
        news.add(post)
        full = known is None and len(mark.repos) >= MOST_REPOS
        if full and looks_now[3] <= min(each.seen[3] for each in mark.repos.values()):
            return False  # a post, and no more: it is older than a thousand others
        mark.repos[entity.id] = repo
        mark.queue(entity.id, stages)
        return bool(stages)

    def _plan(self) -> None:
        """The first reading: the repositories with most to find, in depth."""
        ranked = sorted(self._mark.repos.values(), key=lambda repo: (-sum(repo.seen[:3]), -repo.seen[3], repo.id))
        chosen = ranked[: DEEP[self._mark.mode]]
        for repo in chosen:
            self._mark.queue(repo.id, EVERYTHING)
        self._mark.planned = max(len(chosen), 1)

    async def _look_for_missing(self, news: News) -> bool:
        """What the whole list leaves out is asked for by itself: an answer may be short without anything being gone.

        A repository that was given to another owner, or made private, is not followed; what was read of it stays.

        Returns:
            Whether all of it has been asked for.
        """
        missing = [repo for repo in self._mark.repos.values() if repo.met != self._mark.listings]
        for repo in missing[:CHECKED]:
            news.requests += 1
            try:
                entity, _ = await self._forge.one(repository(repo.name), entities.Repository, "a repository")
            except NotFound:
                news.gone.append(self._home.repo(repo.id))
                del self._mark.repos[repo.id]
                continue
            except NotPermitted:
                self._skipped["repository not shown"] += 1
                continue
            if entity.id != repo.id:  # another one has taken the name, so that this one had given it up
                news.gone.append(self._home.repo(repo.id))
                del self._mark.repos[repo.id]
            elif entity.private or (entity.owner is not None and not self._home.is_hers(entity.owner)):
                del self._mark.repos[repo.id]
            else:
                repo.name, repo.met = entity.full_name or repo.name, self._mark.listings
        return len(missing) <= CHECKED


def _moved(before: tuple[int, ...], now: tuple[int, ...]) -> Stage:
    """What to read of a repository that looks different.

    A push alone is followed by its events, which tell of a release; any other update may be about threads.
    """
    stars, forks, issues, pushed, updated = (one != other for one, other in zip(before, now, strict=True))
    stages = Stage(0)
    if stars:
        stages |= Stage.STARS
    if forks:
        stages |= Stage.FORKS
    if issues or (updated and not (stars or forks or pushed)):
        stages |= THREADS
    return stages | Stage.EVENTS if stages or pushed or updated else stages
