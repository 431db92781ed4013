"""The part of the app that goes through the day with her: the review, what changed, and what came of her notes."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
from textual import on, work
from textual.binding import Binding, BindingType

from klout_tui.domain.dashboard import Dashboard
from klout_tui.errors import KloutError
from klout_tui.session import Session
from klout_tui.tui.messages import Written
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
        self._offered: date | None = None
        """The local day it was looked whether there is something to offer."""
        self._noted: tuple[tuple[Note, ...], date | None] = ((), None)
        """The notes, and the day, that was looked for what came of."""
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

        if self.home.view is not None:
            self.home.quiet = ""
            self.push_screen(ReviewScreen(self.reviews))

    def action_changes(self) -> None:
        """What moved engagement, and why."""
        from klout_tui.tui.screens.changes import ChangesScreen

        if self.home.view is not None:
            self.push_screen(ChangesScreen(self.reviews))

    def follow_day(self) -> None:
        """Once a day, and not while accounts are being read: is there something to go through, or to remind of?"""
        view = self.home.view
        if view is None or not view.accounts:
            return
        if (view.notes, view.today) != self._noted:
            self._noted = (view.notes, view.today)
            self._follow_notes()
        if view.past or self._offered == view.today:
            return
        self._offered = view.today
        self._offer(view)

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
    async def _offer(self, view: Dashboard) -> None:
        line = await asyncio.to_thread(self._quiet_line, view.today)
        if self.home.view is not None and not self.home.view.past:
            self.home.quiet = line

    def _quiet_line(self, today: date) -> str:
        """In a thread: the offer, at the first launch of a day, and what she wants to be reminded of."""
        from klout_tui.domain.days import Days

        kept, (found, view) = self.reviews.kept(), self.reviews.first()
        told = list(found.reminders)
        if found.offers and kept.offered != today and not kept.done_on(Days(view.zone), today):
            told.insert(0, f"{_offer_words(found)}: R goes through them.")
            self.reviews.keep(lambda now: msgspec.structs.replace(now, offered=today))
        self.desk.session.store.let_go()  # what people wrote is read again when she looks at it
        return "   ".join(told)

    @on(Written)
    @work(group="note")
    async def _write(self, message: Written) -> None:
        """Keep a note as it was written."""
        if self.desk.past:
            return
        try:
            await asyncio.to_thread(self.desk.note, message.day, None, message.before, message.text)
        except KloutError as error:
            self.complain(error)
        self.redraw()


def _offer_words(found: Review) -> str:
    """``Today: 3 to thank, 2 waiting for your answer``."""
    parts = [f"{found.to_thank:,} to thank"] if found.to_thank else []
    parts += [f"{len(found.waiting):,} waiting for your answer"] if found.waiting else []
    return f"Today: {', '.join(parts)}"
