"""Reading one list of a repository, page by page, with the place kept in the work the bookmark lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeVar

from klout_tui.networks.base import NotFound
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import JSON, Forge, Page, repository
from klout_tui.networks.github.bookmark import Bookmark, Repo, Stage, Work, newest
from klout_tui.networks.github.judging import NotPermitted, PageRefused
from klout_tui.networks.github.mapping import Home

E = TypeVar("E", bound=entities.Entity)

MOST_PAGES: Final = {"token": 400, "public": 10}
"""Pages of one list of one repository in the first reading; GitHub serves no more than 400 of stargazers."""

FEWER: Final = 30
"""Entries a page where the server took too long for a full one."""


class Pager:
    """What every stage of reading a repository needs."""

    def __init__(self, forge: Forge, mark: Bookmark, home: Home, skipped: Counter[str], now: datetime) -> None:
        self.forge = forge
        self.mark = mark
        self.home = home
        self.skipped = skipped
        self.now = now

    async def page(
        self,
        repo: Repo,
        work: Work,
        path: str,
        shape: type[E],
        what: str,
        *,
        params: Mapping[str, str] | None = None,
        accept: str = JSON,
        validators: Mapping[str, str] | None = None,
    ) -> Page[E] | None:
        """The page that is next; None where the list is not shown or over, and the stage with it."""
        where = work.page or repository(repo.name) + path
        sized = {"per_page": str(FEWER)} if work.failures else {}
        try:
            page = await self.forge.page(
                where, shape, what, params=sized | dict(params or {}), accept=accept, validators=validators
            )
        except (NotFound, NotPermitted):
            self.skipped[f"{path.strip('/')} not shown"] += 1
        except PageRefused:  # beyond the last page GitHub serves
            self.skipped[f"{path.strip('/')} beyond what is served"] += 1
        else:
            work.pages += 1
            return page
        work.finish()
        return None

    def turn(self, work: Work, following: str, most: int | None = None) -> bool:
        """Go on to the following page; False where the stage is over."""
        if not following or following == work.page or work.pages >= (most or MOST_PAGES[self.mark.mode]):
            return False
        work.page = following
        return True

    def done(self, repo: Repo, work: Work, stage: Stage) -> None:
        """The stage has been read to its end."""
        repo.done |= stage
        work.finish()

    def stirred(self, repo: Repo, *told: str | None) -> None:
        """Something happened there at these times: it is looked at again for some days."""
        repo.moved = max(repo.moved, min(newest(*told), int(self.now.timestamp())))
