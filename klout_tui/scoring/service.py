"""The service: one score for every screen, command and export, computed when somebody asks and not before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from klout_tui.domain.days import Days
from klout_tui.domain.digest import ticks
from klout_tui.domain.score.attendance import Attendance, attendance
from klout_tui.domain.score.behind import MONTHS, Behind, Parts
from klout_tui.domain.score.comparing import compared
from klout_tui.domain.score.course import Course
from klout_tui.domain.score.explain import Change, Explanation, change, explanation
from klout_tui.domain.score.look import Kept, Look, Point
from klout_tui.domain.score.model import Factor, Model
from klout_tui.domain.score.outlook import fading, moves
from klout_tui.domain.score.standing import Standing, standing
from klout_tui.domain.score.usual import Usual
from klout_tui.errors import StoreError
from klout_tui.scoremodels import ModelFileError, Models, Offered
from klout_tui.scoring.answers import Compared, Why
from klout_tui.scoring.history import Gone, History
from klout_tui.scoring.memory import Memory

if TYPE_CHECKING:
    from klout_tui.store.store import Store

SINCE: Final = (("yesterday", 1), ("a week ago", 7), ("30 days ago", 30))
"""Spans a change is told over, in days."""


class Scoring:
    """The score of one store. Thread-safe."""

    def __init__(
        self,
        store: Store,
        models: Models,
        clock: Callable[[], datetime],
        *,
        past: bool = False,
        people: Mapping[str, str] | None = None,
        ignored: Collection[str] = (),
    ) -> None:
        """Compute nothing yet.

        Args:
            store: An open store.
            models: The models there are.
            clock: The present, aware, UTC; the moment looked at where ``past``.
            past: Whether an earlier moment is looked at, which nothing can be done to.
            people: Actor key to the key of the person it belongs to, for those who have several.
            ignored: Keys of actors or persons who do not count.
        """
        self._store, self.models, self._clock, self._past = store, models, clock, past
        self._history = History(store, clock, past=past, people=people or {}, ignored=ignored)
        self._memory = Memory(store, models)
        self._mutex = threading.RLock()
        self.problem = ""
        """Why the chosen model cannot be used, so that another is; empty where it can."""

    # the score

    def look(self, day: date | None = None, *, with_usual: bool = True) -> Look:
        """The newest score, or that of an earlier day.

        Args:
            day: The local day; None is today. Of a gap, the last known day before it is told.
            with_usual: Whether the usual range is wanted, which takes a little longer.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            gone = self._current()
            look = self._look(gone, day, with_usual=with_usual)
            self._settle(look)
            return look

    def usual(self, day: date) -> Usual | None:
        """The usual range of a day's score; None while too few weeks are known.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            return self._current().usual(day.toordinal())

    def points(self, first: date | None = None, last: date | None = None) -> tuple[Point, ...]:
        """The history day by day, both ends included; by default all of it. Gaps have no score.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            course = self._current().course
            begin = course.begun if first is None else first.toordinal()
            end = min(course.last, course.last if last is None else last.toordinal())
            if course.begun is None or begin is None or begin > end:
                return ()
            known, shown = self._attendance(course), self.shown()
        found = []
        for day in range(begin, end + 1):
            local = date.fromordinal(day)
            kept = shown.get(local)
            found.append(
                Point(
                    day=local,
                    score=course.score(day) if known.is_known(day) else None,
                    shown=None if kept is None else kept.score,
                    shown_model=None if kept is None else kept.model,
                )
            )
        return tuple(found)

    def explanation(self, day: date) -> Explanation | None:
        """A day's score taken apart; None where there is none.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            return _explained(self._current().course, day)

    def change(self, before: date, after: date) -> Change | None:
        """What made the difference between two days; None where there is no score on the later.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            return _changed(self._current().course, before, after)

    def why(self, day: date | None = None, *, with_usual: bool = False) -> Why:
        """All that opens from the score at once; what takes longer is asked for by itself.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            gone = self._current()
            look = self._look(gone, day, with_usual=with_usual)
            self._settle(look)
            course, at = gone.course, look.day
            told = _explained(course, at)
            if told is None:
                return Why(look=look, explanation=None)
            tallies = course.tallies(at.toordinal())
            found = ((name, _changed(course, at - timedelta(days=back), at)) for name, back in SINCE)
            linked = [account.id for account in self._store.accounts()]
            return Why(
                look=look,
                explanation=told,
                changes=tuple(
                    (name, each) for name, each in found if each is not None and each.score_before is not None
                ),
                fading=fading(course.gauge, tallies, at),
                moves=moves(course.gauge, tallies, linked, at),
            )

    def behind(self, account: str, day: date) -> dict[Factor, Behind]:
        """The people and posts behind an account's three parts on a day. Takes a moment: the last months are read.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            course = self._current().course
            told = _explained(course, day)
        if told is None:
            return {}
        end = self._history.end_of(day)
        begin = day.toordinal() - 31 * MONTHS
        since = Days(self._store.zone).start(date.fromordinal(max(1, begin)))
        digests = (digest.visible(ticks(end)) for digest in self._store.history(since, end))
        tally = course.tallies(day.toordinal()).of(account)
        ties = self._history.people, self._history.ignored
        parts = Parts(course.gauge, tally, digests, Days(self._store.zone), day.toordinal(), *ties)
        given = {part.factor: part.points for part in told.contributions if part.account == account}
        return {factor: parts.behind(factor, given.get(factor.value, 0.0)) for factor in Factor}

    def course(self) -> Course:
        """The score of every day and the sums behind it, up to today.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            return self._current().course

    def attendance(self) -> Attendance:
        """Which days are known.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            return self._attendance(self._current().course)

    def set_ties(self, people: Mapping[str, str], ignored: Collection[str]) -> None:
        """Other people merged or ignored than before: all of the past is gone through anew when it is asked for.

        Args:
            people: Actor key to the key of the person it belongs to, for those who have several.
            ignored: Keys of actors or persons who do not count.
        """
        with self._mutex:
            self._history.set_ties(people, ignored)

    # what she was shown

    def keep(self, look: Look) -> None:
        """Remember that she was shown a score today, and with which model. Nothing happens when looking at the past.

        Raises:
            StoreError: the store cannot be written.
        """
        if self._past or look.score is None:
            return
        with self._mutex:
            self._memory.keep(look, look.score)

    def shown(self) -> dict[date, Kept]:
        """What she was shown, by local day. Without an account of it, a day is missing.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._memory.shown()

    # models

    def model(self) -> Model:
        """The model in use: the one she chose, or the newest there was when she saw her first score."""
        with self._mutex:
            self.problem = ""
            chosen = self._model_id()
            try:
                return self.models.get(chosen)
            except ModelFileError as error:
                known = [each for each in self._memory.told_of() if each in self.models.built_in()]
                instead = known[-1] if known else self.models.built_in()[0]
                self.problem = f"{error.message}. {self.models.get(instead).title} is used in its place."
                return self.models.get(instead)

    def chosen(self) -> str:
        """The id of the model she uses."""
        with self._mutex:
            return self._model_id()

    def announcement(self) -> Offered | None:
        """A new model that came with the program and that she has not been told of; it is not used."""
        if self._past or self._memory.chosen is None:
            return None
        told = {*self._memory.told_of(), self._model_id()}
        fresh = [each for each in self.models.offered() if each.built_in and each.id not in told]
        return fresh[-1] if fresh else None

    def announced(self) -> None:
        """Remember that she has been told of all models there are now.

        Raises:
            StoreError: the store cannot be written.
        """
        if not self._past:
            self._memory.tell_of_all()

    def choose(self, model_id: str) -> None:
        """Use another model from now on; all of the past is computed with it, what was shown stays noted.

        Raises:
            ModelFileError: there is no such model, or it cannot be used.
            StoreError: the store cannot be written.
        """
        with self._mutex:
            self.models.get(model_id)
            self._memory.choose(model_id)
            self._history.forget()

    def compare(self, other: Model) -> Compared:
        """The model in use beside another, over all of the past, and what makes the difference on its last day.

        Takes a while: for each value in which they differ, all of the past is gone through once.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            mine = self._current()
            until = mine.until
            known = self._attendance(mine.course)
            told = known.last_known(until) or until
            courses = {mine.course.model.fingerprint: mine.course}

        def course(model: Model) -> Course:
            if model.fingerprint not in courses:
                courses[model.fingerprint] = self._history.course(model, until)
            return courses[model.fingerprint]

        def explained(model: Model) -> Explanation | None:
            return _explained(course(model), date.fromordinal(told))

        one, another = mine.course, course(other)
        begin = min((each.begun for each in (one, another) if each.begun is not None), default=until + 1)
        return Compared(
            one=one.model.title,
            other=other.title,
            days=tuple(
                (date.fromordinal(day), one.score(day), another.score(day))
                if known.is_known(day)
                else (date.fromordinal(day), None, None)
                for day in range(begin, until + 1)
            ),
            comparison=compared(one.model, other, explained),
        )

    def under(self, model: Model) -> Scoring:
        """The same score under another model, whatever she chose; it keeps and chooses nothing."""
        return _Under(self, model)

    # inside

    def _model_id(self) -> str:
        return self._memory.chosen or self.models.built_in()[-1]

    def _settle(self, look: Look) -> None:
        """With her first score its model is hers, also where she keeps calm and sees no number: none replaces it."""
        if not self._past and look.score is not None and self._memory.chosen is None:
            with suppress(StoreError):  # a disk that refuses must not hide the score; the next look tries again
                self._memory.choose(self._model_id())

    def _look(self, gone: Gone, day: date | None, *, with_usual: bool) -> Look:
        course, today = gone.course, date.fromordinal(gone.until)
        asked = min(day or today, today).toordinal()
        known = self._attendance(course)
        told = known.last_known(asked) or asked
        score = course.score(told)
        return Look(
            today=min(day or today, today),
            day=date.fromordinal(told),
            model=course.model.name,
            fingerprint=course.model.fingerprint,
            score=score,
            usual=gone.usual(told, wanted=with_usual),
            standing=None if score is None else self._standing(course, known, told),
        )

    def _standing(self, course: Course, known: Attendance, day: int) -> Standing:
        begun = course.begun if course.begun is not None else day
        days = sum(known.is_known(each) for each in range(max(begun, day - 2 * course.model.little_days), day + 1))
        return standing(course.tallies(day), days, known.missing(day), course.model)

    def _attendance(self, course: Course) -> Attendance:
        accounts = self._store.accounts(unlinked=True)
        healths = {account.id: self._store.health(account.id) for account in accounts}
        return attendance(course, accounts, healths, Days(self._store.zone), self._clock(), past=self._past)

    def _current(self) -> Gone:
        return self._history.gone(self.model())


class _Under(Scoring):
    """A score under a model that is only looked at."""

    def __init__(self, scoring: Scoring, model: Model) -> None:
        super().__init__(
            scoring._store,
            scoring.models,
            scoring._clock,
            past=scoring._past,
            people=scoring._history.people,
            ignored=scoring._history.ignored,
        )
        self._model = model

    def model(self) -> Model:
        return self._model

    def keep(self, look: Look) -> None:
        """Nothing: it was not chosen."""

    def _settle(self, look: Look) -> None:
        """Nothing: it was not chosen."""


def _explained(course: Course, day: date) -> Explanation | None:
    if course.score(day.toordinal()) is None:
        return None
    return explanation(course.gauge, course.tallies(day.toordinal()), day)


def _changed(course: Course, before: date, after: date) -> Change | None:
    last = _explained(course, after)
    return None if last is None else change(_explained(course, before), last, before)
