"""The part of the app that goes through the day with her: the review, what changed, and what came of her notes."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
from textual import work
from textual.binding import Binding, BindingType

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.session import Session
from klout_tui.tui.scores import ScoresApp

if TYPE_CHECKING:
    from klout_tui.domain.notes import Note
    from klout_tui.domain.review import Review
    from klout_tui.tui.reviewdesk import ReviewDesk


LOOKS_STILL: Final = 4
"""Looks that must find the store as it was before the line is made anew: a second."""


class ReviewingApp(ScoresApp):
    """What opens and offers the review."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "review", "Review", id="app.review", tooltip="The daily five minutes, one card after another"),
        Binding("C", "changes", "What changed", show=False, id="app.changes", tooltip="What moved engagement, and why"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._offering: date | None = None
        """The local day on which this run offers the review: the first on which somebody waited."""
        self._reviewed: date | None = None
        """The local day she opened the review on; nothing more is said then."""
        self._offered_of: object = None
        """What the quiet line was told of."""
        self._looking_for_offer = False
        self._noted: tuple[tuple[Note, ...], date | None, int] = ((), None, 0)
        """The notes, the day and the store's revision that was looked for what came of."""
        self._still = (-1, 0)
        """The store's revision, and how many looks have found it."""

    @cached_property
    def reviews(self) -> ReviewDesk:
        """Where the review is read; made at the first use."""
        from klout_tui.tui.reviewdesk import ReviewDesk

        return ReviewDesk(self.desk)

    def action_review(self) -> None:
        """Go through the day."""
        from klout_tui.tui.screens.review import ReviewScreen

        view = self.home.view
        if view is not None:
            if not view.past:
                self.home.quiet, self._reviewed = "", view.today
                self._keep_offered(view.today)
            self.push_screen(ReviewScreen(self.reviews))

    @work(group="keep", exit_on_error=False)
    async def _keep_offered(self, today: date) -> None:
        """Remember that the review need not be offered any more today."""
        await asyncio.to_thread(self.reviews.keep, lambda now: msgspec.structs.replace(now, offered=today))

    def action_changes(self) -> None:
        """What moved engagement, and why."""
        from klout_tui.tui.screens.changes import ChangesScreen

        if self.home.view is not None:
            self.push_screen(ChangesScreen(self.reviews))

    def follow_day(self, revision: int) -> None:
        """While no account is being read: is there something to go through, or to remind of?

        The line follows what is thanked, answered and read, the dashboard it stands under not being derived for it.

        Args:
            revision: The store's that the first screen shows.
        """
        view = self.home.view
        if view is None or not view.accounts:
            return
        if (view.notes, view.today, revision) != self._noted:
            self._noted = (view.notes, view.today, revision)
            self._follow_notes()
        of = (revision, view.today, view.news.to_thank)
        if view.past or self._looking_for_offer or self._reviewed == view.today or self._offered_of == of:
            return
        self._looking_for_offer = True
        self._offer(view, of)

    def follow_line(self, revision: int) -> None:
        """Asked at every look: once the store is still, keep the line of ``today --line`` for the user's prompt."""
        before, looks = self._still
        self._still = (revision, looks + 1 if revision == before else 0)
        if self._still[1] == LOOKS_STILL and not self.desk.frozen and not self.session.demo:
            self._renew_line()

    @work(group="line", exit_on_error=False)
    async def _renew_line(self) -> None:
        await asyncio.to_thread(self._keep_line)

    def _keep_line(self) -> None:
        from klout_tui import statusline

        statusline.ensure(self.session)
        self.session.store.let_go()

    @work(group="came", exclusive=True, exit_on_error=False)
    async def _follow_notes(self) -> None:
        """What came of her notes, for the chart to read out."""
        self.home.came = await asyncio.to_thread(self.reviews.came_of_recent) if self._noted[0] else {}

    @work(group="offer", exit_on_error=False)
    async def _offer(self, view: Dashboard, of: object) -> None:
        try:
            self._offered_of = of  # also where it fails, which is said: once is enough
            line = await asyncio.to_thread(self._quiet_line, view)
        finally:
            self._looking_for_offer = False
        now = self.home.view
        if now is None or now.past:
            self._offered_of = None  # it may be of the past in part
        elif self._reviewed != now.today:
            self.home.quiet = line

    def _quiet_line(self, view: Dashboard) -> str:
        """In a thread: the offer, from the first launch of a day on, and what she wants to be reminded of."""
        from klout_tui.domain.days import Days

        kept, found = self.reviews.kept(), self.reviews.in_short(view)
        told, today = list(found.reminders), view.today
        fresh = kept.offered != today or self._offering == today
        if found.offers and fresh and not kept.done_on(Days(view.zone), today):
            told.insert(0, f"{_offer_words(found)}: R goes through them.")
            self._offering = today
            self.reviews.keep(lambda now: msgspec.structs.replace(now, offered=today))
        return "   ".join(told)


def _offer_words(found: Review) -> str:
    """``Today: 3 to thank, 2 to answer``."""
    parts = [f"{found.to_thank:,} to thank"] if found.to_thank else []
    parts += [wording.to_answer(found.waiting)] if found.waiting else []
    return f"Today: {', '.join(parts)}"
