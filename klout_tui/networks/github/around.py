"""What goes on around her: the events she receives, and her notifications; one of the two in turn, conditional.

Events at her repositories are taken as they are. A notification says nothing about who did what, so that its thread is
read: at her repositories with the next work there, elsewhere at once.
https://docs.github.com/en/rest/activity/events#list-events-received-by-the-authenticated-user
https://docs.github.com/en/rest/activity/notifications
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from urllib.parse import quote

from klout_tui.networks.base import NotFound
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import Forge, last_number
from klout_tui.networks.github.bookmark import Bookmark, Stage, moment_of, seconds
from klout_tui.networks.github.happenings import News, Scene, at_hers
from klout_tui.networks.github.judging import NotPermitted
from klout_tui.networks.github.mapping import Home
from klout_tui.networks.github.place import MENTIONS_SCOPE
from klout_tui.networks.github.threads import Threads

RECEIVED: Final = "received"
NOTIFIED: Final = "notified"
PAGES: Final = {RECEIVED: 3, NOTIFIED: 5}
"""300 events are all that GitHub keeps; 250 notifications are more than anybody gets in a day."""
ELSEWHERE: Final = 20
"""Threads elsewhere read in one refresh; the rest comes with the next."""
REFUSED_FOR: Final = timedelta(days=7)
"""How long a list that was refused is not asked for again."""
BACK: Final = timedelta(days=30)
"""How far back the first reading of notifications goes."""
NOTIFICATIONS: Final = 50
"""Largest page of them."""

_PENDING, _NEWEST, _FLOOR = "received page", "received newest", "notified floor"


def may_be_notified(mark: Bookmark, now: datetime) -> bool:
    """Whether the token is believed to show notifications; a fine-grained one never does, and is asked in vain once."""
    if not mark.authorised or not mark.due(f"{NOTIFIED} refused", now, REFUSED_FOR):
        return False
    return mark.scopes is None or bool({MENTIONS_SCOPE, "repo"} & {each.strip() for each in mark.scopes.split(",")})


class Around:
    """Reads one of the two lists; both on the first time."""

    def __init__(self, forge: Forge, mark: Bookmark, home: Home, skipped: Counter[str], now: datetime) -> None:
        self._forge = forge
        self._mark = mark
        self._home = home
        self._skipped = skipped
        self._now = now
        self._threads = Threads(forge, home, now)

    async def read(self) -> AsyncIterator[News]:
        """What is new, page by page; the bookmark is moved on before each.

        Raises:
            NetworkError: as in ``networks.base``, but for a list that is not shown, which is counted as skipped.
        """
        mark = self._mark
        open_to_us = [RECEIVED] if mark.due(f"{RECEIVED} refused", self._now, REFUSED_FOR) else []
        open_to_us += [NOTIFIED] if may_be_notified(mark, self._now) else []
        ready = [name for name in open_to_us if mark.polls.get(name, 0) <= self._now.timestamp()]
        ready.sort(key=lambda name: mark.asked.get(name, 0))
        turn = [name for name in ready if name not in mark.asked] or ready[:1]
        if _PENDING in mark.seen and RECEIVED not in turn:
            turn.append(RECEIVED)  # killed between two of its pages
        for name in turn:
            stream = self._received() if name == RECEIVED else self._notified()
            try:
                async for news in stream:
                    yield news
            except (NotFound, NotPermitted):
                self._skipped[f"{'events received' if name == RECEIVED else 'notifications'} not shown"] += 1
                mark.stamp(f"{name} refused", self._now)

    async def _received(self) -> AsyncIterator[News]:
        """All of a page is taken, older pages only where the newest event read before is not met."""
        mark, known, pending = self._mark, self._mark.seen.get(RECEIVED, ""), self._mark.seen.get(_PENDING, "")
        where = pending or f"/users/{quote(mark.login, safe='')}/received_events"
        validators = dict[str, str]()
        for number in range(PAGES[RECEIVED]):
            first = not number and not pending
            page = await self._forge.page(
                where, entities.Event, "a list of events", validators=mark.etags.get(RECEIVED) if first else None
            )
            if first:
                self._heard(RECEIVED, page.poll)
            if page.unchanged:
                return
            ids = [str(each.id) for each in page.items]
            if first:
                validators, mark.seen[_NEWEST] = dict(page.validators), ids[0] if ids else known
            news = News(requests=1)
            for event in page.items:
                self._take(event, news)
            over = known in ids or not page.next or page.next == where or number + 1 == PAGES[RECEIVED]
            where = mark.seen[_PENDING] = "" if over else page.next
            if over:
                mark.validate(RECEIVED, validators)
                mark.seen[RECEIVED] = mark.seen.pop(_NEWEST, known)
                del mark.seen[_PENDING]
            yield news
            if over:
                return

    def _take(self, event: entities.Event, news: News) -> None:
        repo = self._mark.repos.get(event.repo.id)
        if repo is None:
            return
        found = at_hers(Scene(self._home, self._now, repo.topics), event)
        if found is not None:
            news.add(found)
            repo.moved = max(repo.moved, min(seconds(event.created_at), int(self._now.timestamp())))

    async def _notified(self) -> AsyncIterator[News]:
        """Oldest first, so that what is left over is the newest and comes with the next refresh."""
        mark = self._mark
        begin = mark.seen.setdefault(NOTIFIED, _told(self._now - BACK))
        notes, validators, poll, requests = await self._notes(begin)
        if notes is None:
            self._heard(NOTIFIED, poll)
            return
        floor = mark.seen.setdefault(_FLOOR, begin)
        elsewhere = 0
        for _, several in groupby(sorted(notes, key=lambda note: seconds(note.updated_at)), _updated):
            news = News(requests=requests)
            requests = 0
            for note in several:
                elsewhere += await self._note(note, floor, news)
                at = seconds(note.updated_at)
                if at:
                    mark.seen[NOTIFIED] = _told(moment_of(at + 1))
            yield news
            if elsewhere >= ELSEWHERE:
                break
        else:
            mark.seen[_FLOOR] = mark.seen[NOTIFIED]
        self._heard(NOTIFIED, poll)  # only now: whoever is killed before goes on at once
        if notes:
            mark.etags.pop(NOTIFIED, None)  # they were of another address, from another "since" on
        else:
            mark.validate(NOTIFIED, validators)
            yield News(requests=requests)

    async def _notes(self, begin: str) -> tuple[list[entities.Notification] | None, dict[str, str], int, int]:
        """All since then, or None where nothing changed; validators, seconds to the next poll, and requests it took."""
        found: list[entities.Notification] = []
        where, validators, pages, poll = "/notifications", dict[str, str](), 0, 0
        params = {"all": "true", "participating": "true", "since": begin, "per_page": str(NOTIFICATIONS)}
        while where and pages < PAGES[NOTIFIED]:
            page = await self._forge.page(
                where,
                entities.Notification,
                "a list of notifications",
                params=params,
                validators=None if pages else self._mark.etags.get(NOTIFIED),
            )
            pages += 1
            poll = max(poll, page.poll)
            if page.unchanged:
                return None, validators, poll, pages
            validators = validators or dict(page.validators)
            found += page.items
            where = "" if page.next == where else page.next
        return [note for note in found if seconds(note.updated_at) >= seconds(begin)], validators, poll, pages

    async def _note(self, note: entities.Notification, floor: str, news: News) -> int:
        """One notification; how many threads elsewhere were read for it.

        Args:
            note: as GitHub tells it.
            floor: since when comments are read: as long as some notifications are left over, that of the first of them.
            news: gets what is found.
        """
        repo = self._mark.repos.get(note.repository.id)
        subject = note.subject or entities.Subject()
        if repo is not None:
            repo.moved = int(self._now.timestamp())
            stages = Stage.ISSUES | Stage.COMMENTS
            if subject.type == "PullRequest":
                stages |= Stage.REVIEWS | Stage.EVENTS
            if subject.type == "Discussion":
                stages, repo.talks = Stage.DISCUSSIONS, True
            self._mark.queue(repo.id, stages)
            return 0
        number = last_number(subject.url)
        if note.reason not in ("mention", "author", "comment") or subject.type not in ("Issue", "PullRequest"):
            self._skipped[f"notification: {note.reason or 'no reason'}"] += 1
            return 0
        if number is None or not note.repository.full_name:
            self._skipped["unreadable notification"] += 1
            return 0
        found = await self._threads.read(
            note.repository, number, since=floor, whole=note.reason != "comment", hers=note.reason == "author"
        )
        news.add(*found)
        news.requests += 2
        return 1

    def _heard(self, name: str, poll: int) -> None:
        self._mark.stamp(name, self._now)
        if poll:
            self._mark.polls[name] = int(self._now.timestamp()) + poll


def _updated(note: entities.Notification) -> int:
    return seconds(note.updated_at)


def _told(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
