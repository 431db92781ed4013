"""What has a budget by the day: her own activity, followers, a search for mentions, repositories that moved lately.

When nothing is new, a day costs: four readings of her profile, one conditional request for her own events, one search
where notifications are not to be had, the further pages of a list of more than a hundred repositories, and up to
``WARMED`` repositories that moved in the last week, read again in at most five requests each (with a token seven, for
watchers and languages too), since events arrive late and a comment on an old issue moves nothing in the list; and with
a token one query for each of ``TALKING`` repositories with discussions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

import httpx

from klout_tui.networks.base import NotFound
from klout_tui.networks.dates import moment
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import Forge
from klout_tui.networks.github.around import may_be_notified
from klout_tui.networks.github.bookmark import THREADS, Bookmark, Stage, moment_of, seconds
from klout_tui.networks.github.digging import WARM
from klout_tui.networks.github.gathering import HIDDEN, HIDDEN_FOR
from klout_tui.networks.github.happenings import News, Scene, by_her
from klout_tui.networks.github.judging import NotPermitted, PageRefused
from klout_tui.networks.github.mapping import Home, follow
from klout_tui.networks.github.threads import Threads

DAILY: Final = timedelta(hours=23)
WEEKLY: Final = timedelta(days=7)
WARM_FOR: Final = timedelta(days=7)
WARMED: Final = {"token": 10, "public": 4}
TALKING: Final = 10
"""Repositories whose discussions are read, those pushed last first: nothing else tells of a comment there."""
RELEASED: Final = timedelta(days=30)
"""Releases this young are read again for their reactions."""
MOST_FOLLOWERS: Final = {"token": 5_000, "public": 1_000}
"""Followers read by name; beyond that they are a number."""
SEARCH_BACK: Final = timedelta(days=90)
SEARCHED: Final = 10
"""Threads found by a search that are read, at three requests each; the rest comes with the next one."""

_OWN, _FOLLOWERS, _SEARCH, _JOINED = "own", "followers", "search", "joined"


class Daily:
    """Reads what is due."""

    def __init__(self, forge: Forge, mark: Bookmark, home: Home, skipped: Counter[str], now: datetime) -> None:
        self._forge = forge
        self._mark = mark
        self._home = home
        self._skipped = skipped
        self._now = now
        self._which = "token" if mark.authorised else "public"

    async def read(self) -> AsyncIterator[News]:
        """What was found, bit by bit; the bookmark is moved on before each.

        Raises:
            NetworkError: as in ``networks.base``, but for a list that is not shown, which is counted as skipped.
        """
        mark, now = self._mark, self._now
        if mark.due(_OWN, now, DAILY):
            yield await self._own()
        if mark.follower_page or mark.follower_count < 0 or mark.follower_aim != mark.follower_count:
            mark.asked.pop(_FOLLOWERS, None)
        if mark.due(_FOLLOWERS, now, WEEKLY):
            async for news in self._followers():
                yield news
        if mark.due(WARM, now, DAILY):
            if WARM in mark.asked:
                self._warm()
            mark.stamp(WARM, now)

    async def _own(self) -> News:
        """What she wrote and opened elsewhere: https://docs.github.com/en/rest/activity/events#list-public-events-for-a-user."""
        mark, news = self._mark, News(requests=1)
        mark.stamp(_OWN, self._now)
        try:
            page = await self._forge.page(
                f"/users/{quote(mark.login, safe='')}/events/public",
                entities.Event,
                "a list of events",
                validators=mark.etags.get(_OWN),
            )
        except (NotFound, NotPermitted):
            self._skipped["own events not shown"] += 1
            return news
        if not page.unchanged:
            mark.validate(_OWN, dict(page.validators))
            news.add(*(by_her(Scene(self._home, self._now), event) for event in page.items))
        return news

    async def _followers(self) -> AsyncIterator[News]:
        """https://docs.github.com/en/rest/users/followers#list-followers-of-a-user.

        The list tells no dates. Those found the first time are dated to the day she joined, as estimated; later ones to
        the reading that met them.
        """
        mark, most = self._mark, MOST_FOLLOWERS[self._which]
        first = mark.follower_count < 0
        if not first and len(mark.followers) >= most:
            self._followed()  # too many to know who is new
            return
        at = min(moment(mark.seen.get(_JOINED)) or self._now, self._now) if first else self._now
        met = 0
        while True:
            where = mark.follower_page or f"/users/{quote(mark.login, safe='')}/followers"
            try:
                page = await self._forge.page(where, entities.User, "a list of people")
            except (NotFound, NotPermitted, PageRefused):
                self._skipped["followers not shown"] += 1
                self._followed()
                yield News(requests=1)
                return
            news = News(requests=1)
            fresh = [user for user in page.items if user.id and user.id not in mark.followers]
            news.add(*(follow(self._home, user, at, estimated=first) for user in fresh))
            mark.followers.update(user.id for user in fresh)
            met += page.total
            over = not page.next or page.next == where or max(met, len(mark.followers)) >= most
            mark.follower_page = "" if over else page.next
            if over:
                self._followed()
            yield news
            if over:
                return

    def _followed(self) -> None:
        self._mark.follower_count = max(self._mark.follower_aim, 0)
        self._mark.follower_aim = self._mark.follower_count
        self._mark.stamp(_FOLLOWERS, self._now)

    def _warm(self) -> None:
        """Have repositories read again that moved lately, and those whose stars were hidden and may be shown now."""
        mark, now = self._mark, int(self._now.timestamp())
        lately = [repo for repo in mark.repos.values() if now - repo.moved < WARM_FOR.total_seconds()]
        lately.sort(key=lambda repo: (-repo.moved, repo.id))
        for repo in lately[: WARMED[self._which]]:
            stages = THREADS | Stage.EVENTS | (Stage.LANGUAGES if mark.authorised else Stage(0))
            pushed = now - repo.seen[3] < WARM_FOR.total_seconds()
            if pushed or now - repo.released < RELEASED.total_seconds():
                stages |= Stage.RELEASES
            mark.queue(repo.id, stages)
        talking = sorted(
            (repo for repo in mark.repos.values() if repo.talks), key=lambda repo: (-repo.seen[3], repo.id)
        )
        for repo in talking[: TALKING if mark.authorised else 0]:
            mark.queue(repo.id, Stage.DISCUSSIONS)
        if HIDDEN in mark.asked and mark.due(HIDDEN, self._now, HIDDEN_FOR[self._which]):
            for repo in mark.repos.values():
                if repo.seen[0] and repo.done and not repo.done & Stage.STARS:
                    mark.queue(repo.id, Stage.STARS)

    async def mentions(self) -> AsyncIterator[News]:
        """Mentions at other people's repositories: https://docs.github.com/en/rest/search/search.

        A search names the thread, not who spoke in it. Its answers cannot be asked for conditionally, and it has a
        limit of its own, so that it comes last. Nothing where notifications tell of mentions, or it is not due.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        mark, login = self._mark, self._home.login
        if not mark.due(_SEARCH, self._now, DAILY) or may_be_notified(mark, self._now):
            return
        since = mark.seen.get(_SEARCH) or _told(self._now - SEARCH_BACK)
        query = f"mentions:{login} -author:{login} -user:{login} updated:>={since}"
        try:
            found = await self._forge.search(
                "/search/issues", {"q": query, "sort": "updated", "order": "asc"}, entities.Issue
            )
        except (NotFound, NotPermitted, PageRefused):
            self._skipped["mentions not shown"] += 1
            found = []
        threads = Threads(self._forge, self._home, self._now)
        for issue in sorted(found, key=lambda each: seconds(each.updated_at))[:SEARCHED]:
            news = News(requests=3)
            if repo := await self._repository(issue):
                news.add(*await threads.read(repo, issue.number, since=since, whole=True))
            if at := seconds(issue.updated_at):
                mark.seen[_SEARCH] = _told(moment_of(at + 1))
            yield news
        mark.stamp(_SEARCH, self._now)
        yield News(requests=1)

    async def _repository(self, issue: entities.Issue) -> entities.Repository | None:
        """Where a thread is; a search tells no more than the address of its repository."""
        try:
            parts = httpx.URL(issue.repository_url or "").path.rstrip("/").split("/")[-2:]
        except (httpx.InvalidURL, ValueError):
            parts = []
        if len(parts) != 2:
            self._skipped["unreadable issue"] += 1
            return None
        try:
            repo, _ = await self._forge.one(
                f"/repos/{quote(parts[0], safe='')}/{quote(parts[1], safe='')}", entities.Repository, "a repository"
            )
        except (NotFound, NotPermitted):
            return None
        return None if repo.owner is not None and self._home.is_hers(repo.owner) else repo


def _told(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
