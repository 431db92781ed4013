"""The part of the app that shows the score: in the header, opened, hidden, and under which model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual import work
from textual.reactive import var

from klout_tui.errors import KloutError
from klout_tui.session import Session
from klout_tui.tui.accounts import AccountsApp
from klout_tui.tui.desk import Desk
from klout_tui.tui.scoredesk import ScoreDesk
from klout_tui.tui.undoing import TOLD

if TYPE_CHECKING:
    from datetime import date

    from klout_tui.domain.score.look import Look


class ScoresApp(AccountsApp):
    """What is shown of the score, and what is done about it."""

    desk: Desk
    _warn: Callable[[Iterable[str]], None]
    """Shows each sentence once."""
    calm: var[bool] = var(False)
    """Whether every number of the score is hidden."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.scores = ScoreDesk(session)
        self._scored: tuple[int, bool, date] | None = None
        """Revision of the store, whether the past is shown, and the day that the score shown is of."""
        self._scoring = False

    def watch_calm(self) -> None:
        """With numbers, or without."""
        if self.is_running:
            self.home.calm = self.calm
            self.redraw()
            self._renew_why()

    def action_calm(self) -> None:
        """Hide every score, or show them again; remembered."""
        self.calm = not self.calm
        self.notify(
            "Scores are hidden; z shows them." if self.calm else "Scores are shown.", markup=False, timeout=TOLD
        )
        self.run_worker(asyncio.to_thread(self.scores.keep_calm, self.calm), group="keep", exit_on_error=False)
        if not self.calm and (look := self.home.look) is not None:
            self.run_worker(asyncio.to_thread(self._keep, look), group="keep", exit_on_error=False)

    @work(group="why", exclusive=True)
    async def action_why(self) -> None:
        """Open the score into what it is made of."""
        from klout_tui.tui.screens.why import WhyScreen

        view = self.home.view
        if view is None:
            return
        try:
            why = await asyncio.to_thread(self.scores.why, self.desk.day)
            naming = await asyncio.to_thread(self.scores.naming)
        except KloutError as error:
            self.complain(error)
            return
        await self.push_screen(WhyScreen(why, naming, view, calm=self.calm))

    @work(group="why", exclusive=True)
    async def action_models(self) -> None:
        """Put two scoring models beside each other."""
        from klout_tui.tui.screens.models import ModelsScreen

        try:
            chosen, offered = await asyncio.to_thread(self.scores.models)
            naming = await asyncio.to_thread(self.scores.naming)
        except KloutError as error:
            self.complain(error)
            return
        screen = ModelsScreen(self.scores, chosen, offered, naming, calm=self.calm, past=self.desk.past)
        await self.push_screen(screen, self._chose)

    def _chose(self, changed: bool | None) -> None:
        if changed:
            self.rescore()

    def rescore(self) -> None:
        """Compute everything shown of the score anew."""
        self._scored = None

    def follow_score(self, revision: int) -> None:
        """Compute the score where the store, or the day looked at, is another than it was computed for."""
        view = self.home.view
        if view is None or not view.accounts or self._scoring:
            return
        if view.past != self.desk.past or self.desk.as_of not in (None, view.today):
            return  # another day has been asked for: with its counts comes its score
        wanted = (revision, view.past, view.today)
        if self._scored != wanted:
            self._scoring, self._scored = True, wanted
            self._score()

    @work(group="score", exit_on_error=False)
    async def _score(self) -> None:
        """The number first, then the range it is usually in, which takes longer; then what is there to tell."""
        day = self.desk.day
        try:
            for with_usual in (False, True):
                look = await asyncio.to_thread(self.scores.look, day, with_usual=with_usual)
                if day == self.desk.day:
                    self.home.look = look
            await self._chart_score()
            self._renew_why()
            if day is None:
                if not self.calm:
                    await asyncio.to_thread(self._keep, look)
                await self._announce()
        except KloutError as error:
            self.complain(error)
        finally:
            self._scoring = False

    def _keep(self, look: Look) -> None:
        if not self.desk.frozen:
            self.scores.keep(look)

    async def _announce(self) -> None:
        """Tell of a new model once, and of a chosen one that cannot be used."""
        if problem := await asyncio.to_thread(self.scores.problem):
            self._warn([problem])
        offered = await asyncio.to_thread(self.scores.announcement)
        if offered is not None:
            self.notify(
                f"There is a new scoring model, {offered.title}. Yours stays in use until you say otherwise: "
                "s, then v, puts them side by side.",
                title="Scoring models",
                markup=False,
                timeout=20,
            )
            await asyncio.to_thread(self.scores.announced)

    async def _chart_score(self) -> None:
        """The score of the days the chart shows."""
        view = self.home.view
        if view is not None:
            first, last = view.choice.window(view.today)
            points = await asyncio.to_thread(self.scores.points, first, last)
            self.home.course = {point.day: point.score for point in points}

    def _renew_why(self) -> None:
        for screen in self.screen_stack:
            if screen.has_class("why"):  # asked so, because importing the screen is for whoever opens it
                self._renew(screen)

    @work(group="why-again")
    async def _renew(self, screen: object) -> None:
        from klout_tui.tui.screens.why import WhyScreen

        try:
            why = await asyncio.to_thread(self.scores.why, self.desk.day)
        except KloutError as error:
            self.complain(error)
            return
        if isinstance(screen, WhyScreen) and screen.is_attached:
            screen.update(why, calm=self.calm)
