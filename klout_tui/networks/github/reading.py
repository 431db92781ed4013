"""One refresh: the list of her repositories, what goes on around her, and whatever follows from these two.

When nothing is new this takes two requests: the list of repositories, and in turn the events she receives and (with a
token that may) her notifications; both conditional. Everything else is read when one of them shows that it moved, or
has a budget by the day: see ``daily``. The bookmark lists the work still to be done, page by page, so that a refresh
killed anywhere goes on with the next page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Profile
from klout_tui.domain.text import clean_line
from klout_tui.networks.answer import Answer
from klout_tui.networks.base import CredentialRefused, NetworkError, NotFound, Unavailable
from klout_tui.networks.github import entities
from klout_tui.networks.github.api import Forge
from klout_tui.networks.github.around import Around
from klout_tui.networks.github.bookmark import EVENTS_OF, Bookmark, Stage
from klout_tui.networks.github.daily import Daily
from klout_tui.networks.github.digging import Digging
from klout_tui.networks.github.happenings import News
from klout_tui.networks.github.judging import QueriesUsedUp
from klout_tui.networks.github.linking import scopes_of
from klout_tui.networks.github.listing import Listing, Moved
from klout_tui.networks.github.mapping import Home, profile_of
from klout_tui.networks.github.people import People
from klout_tui.networks.github.place import place_of
from klout_tui.networks.http import Client

PROFILE_EVERY: Final = timedelta(hours=6)
"""How often her own counters are read, and with a token whose it is."""
KEPT_AFTER: Final = 10
"""Answers without news after which the place is kept all the same."""

PATIENCE: Final = 3
"""Lists in a row that cannot be had, after which the server itself is taken to be in trouble."""

_PROFILE: Final = "profile"


class Refresh:
    """Everything one refresh of one account does; made anew for each."""

    def __init__(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> None:
        self._account = account
        self._client = client
        self._now = now
        self._place = place_of(account)
        self._skipped: Counter[str] = Counter()
        self._mark = Bookmark.read(cursor)
        self._forge = Forge(client, self._place, self._skipped, now)
        self._user_id = int(account.options.get("remote_id", "0") or 0)
        self._home = Home(account.id, self._user_id, self._mark.login or account.handle.removeprefix("@"), self._place)
        self._mark.login = self._home.login
        self._people = People(self._forge, self._mark, self._skipped, now)
        self._listing = Listing(self._forge, self._mark, self._home, self._skipped, now)
        self._saved = dict(cursor)
        self._finished = False
        self._trouble: Unavailable | None = None

    async def batches(self) -> AsyncIterator[Batch]:
        """The batches, in the order of the module's first line.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        mark = self._mark
        mark.authorised = self._client.has_token
        if not mark.mode or (mark.mode == "public" and mark.authorised):
            mark.start_over("token" if mark.authorised else "public")
        mark.polls = {name: until for name, until in mark.polls.items() if until > self._now.timestamp()}
        if mark.due(_PROFILE, self._now, PROFILE_EVERY):
            yield await self._profile()
        try:
            async for batch in self._list():
                yield batch
        except Moved:  # renamed, and perhaps the name given to somebody else
            mark.etags, mark.listing = {}, ""
            yield await self._profile(by_number=True)
            try:
                async for batch in self._list():
                    yield batch
            except Moved:
                raise NotFound(f"GitHub shows no repositories of {self._home.login}") from None
        around = Around(self._forge, mark, self._home, self._skipped, self._now)
        async for news in around.read():
            yield await self._batch(news)
        async for batch in self._dig():
            yield batch
        daily = Daily(self._forge, mark, self._home, self._skipped, self._now)
        async for news in daily.read():
            if news or news.requests:
                yield await self._batch(news)
        async for batch in self._dig():
            yield batch
        async for news in daily.mentions():
            yield await self._batch(news)
        if mark.written() != self._saved:
            yield await self._batch(News())
        if self._trouble:
            raise self._trouble

    async def _profile(self, *, by_number: bool = False) -> Batch:
        """Her own counters, and what she is called now."""
        mark = self._mark
        user, answer = await self._myself(by_number=by_number)
        if user.login and user.login != mark.login:
            mark.login = user.login
            mark.etags = {what: kept for what, kept in mark.etags.items() if what.startswith(EVENTS_OF)}
            self._home = replace(self._home, login=user.login)
        if mark.authorised:
            mark.scopes = scopes_of(answer)
        mark.stamp(_PROFILE, self._now)
        mark.seen["joined"] = user.created_at or ""
        profile = profile_of(self._place, user)
        if profile.followers is not None:
            mark.follower_aim = profile.followers
        return await self._batch(News(), profile)

    async def _myself(self, *, by_number: bool) -> tuple[entities.User, Answer]:
        """Her account: the token's owner, else whoever has her login, else her number.

        https://docs.github.com/en/rest/users/users#get-a-user-using-their-id
        """
        if self._mark.authorised:
            user, answer = await self._forge.one("/user", entities.User, "a user")
            if user.id != self._home.user_id:
                raise CredentialRefused(
                    f"the token now belongs to @{clean_line(user.login, 80)}, not to {self._account.handle}",
                    hint="Link the account again with a token of its own.",
                )
            return user, answer
        if not by_number:
            try:
                user, answer = await self._forge.one(
                    f"/users/{quote(self._mark.login, safe='')}", entities.User, "a user"
                )
            except NotFound:
                pass  # renamed or gone: her number tells which
            else:
                if user.id == self._home.user_id:
                    return user, answer
        try:
            user, answer = await self._forge.one(f"/user/{self._home.user_id}", entities.User, "a user")
        except NotFound as error:
            raise NotFound(
                f"{self._home.host} knows {self._account.handle} no more",
                hint="The account was renamed, deleted or suspended; link it again by its present name.",
            ) from error
        if user.id != self._home.user_id:
            raise answer.puzzling(f"user {self._home.user_id}", f"user {user.id}")
        return user, answer

    async def _list(self) -> AsyncIterator[Batch]:
        self._listing = Listing(self._forge, self._mark, self._home, self._skipped, self._now)
        async for news in self._listing.read():
            yield await self._batch(news)

    async def _dig(self) -> AsyncIterator[Batch]:
        """The work in the bookmark. A list that cannot be had now waits for the others; its failure is told last."""
        mark, news = self._mark, News()
        digging = Digging(self._forge, mark, self._home, self._skipped, self._now, self._listing.found)
        put_off, in_a_row = set[int](), 0
        while mark.work and mark.work[0].repo not in put_off:
            try:
                if not await digging.step(news):
                    break
                in_a_row = 0
            except QueriesUsedUp:  # discussions alone: they come with the next refresh
                mark.work.append(mark.work.pop(0))
                put_off.add(mark.work[-1].repo)
            except NetworkError as error:
                in_a_row += 1
                if isinstance(error, Unavailable) and in_a_row < PATIENCE:
                    if digging.put_off():
                        put_off.add(mark.work[-1].repo)
                        self._trouble = error
                    continue
                if news.requests:
                    yield await self._batch(news)  # what was found on the way is kept
                raise
            if news or news.requests >= KEPT_AFTER:
                yield await self._batch(news)
                news = News()
        if not mark.work and mark.planned:
            mark.planned, self._finished = 0, True
        if news.requests or self._finished:
            yield await self._batch(news)
            self._finished = False

    async def _batch(self, news: News, profile: Profile | None = None) -> Batch:
        interactions = await self._people.counted(news.interactions)
        skipped = {name: number for name, number in self._skipped.items() if number}
        self._skipped.clear()
        self._saved = self._mark.written()
        return Batch(
            account=self._home.account,
            cursor=self._saved,
            posts=tuple(news.posts),
            interactions=interactions,
            profile=profile,
            gone=tuple(news.gone),
            skipped=skipped,
            progress=self._progress(),
        )

    def _progress(self) -> float | None:
        """How much of the first reading is done, by repositories and what is read of each."""
        if self._finished:
            return 1.0
        if not self._mark.planned:
            return None
        left = sum(work.stages.bit_count() for work in self._mark.work) / len(Stage)
        return max(0.0, 1 - left / self._mark.planned) * 0.99
