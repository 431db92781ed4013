"""The score, between store and domain: whoever shows it asks here. Blocking; call it in a thread.

The past is gone through once and kept in memory; what comes in is put on top. Nothing is computed before somebody asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from klout_tui.domain.days import Days
from klout_tui.domain.digest import month_of, ticks
from klout_tui.domain.model import Value
from klout_tui.domain.score.attendance import Attendance, attendance
from klout_tui.domain.score.behind import MONTHS, Behind, Parts
from klout_tui.domain.score.comparing import Comparison, compared
from klout_tui.domain.score.course import Course
from klout_tui.domain.score.explain import Change, Explanation, change, explanation
from klout_tui.domain.score.look import Kept, Look, Point
from klout_tui.domain.score.model import Factor, Model
from klout_tui.domain.score.outlook import Fading, Move, fading, moves
from klout_tui.domain.score.standing import Standing, standing
from klout_tui.domain.score.usual import Usual, usual
from klout_tui.domain.score.walk import Walk
from klout_tui.domain.turnout import Turnout
from klout_tui.errors import StoreError
from klout_tui.scoremodels import ModelFileError, Models, Offered

if TYPE_CHECKING:
    from klout_tui.store.store import Store
    from klout_tui.store.turnouts import Version

CHOSEN: Final = "score_model"
"""Key under which the id of the model she uses is remembered."""

SEEN: Final = "score_models_seen"
"""Key under which the ids of the built-in models she has been told of are remembered, as a JSON list."""

SHOWN: Final = "score_shown"
"""Beginning of the keys under which is remembered what she was shown, one for each month: ``score_shown-2026-11``."""

SINCE: Final = (("yesterday", 1), ("a week ago", 7), ("30 days ago", 30))
"""Spans a change is told over, in days."""


class Why(Value, frozen=True):
    """All that opens from the score, but for what is slower than drawing: ``usual`` and ``behind``."""

    look: Look
    explanation: Explanation | None
    """None: there is no score."""
    changes: tuple[tuple[str, Change], ...] = ()
    """Since yesterday, a week ago, 30 days ago; those that there is a score to compare with."""
    fading: Fading | None = None
    moves: tuple[Move, ...] = ()
    """What would move it most, upwards first."""


class Compared(Value, frozen=True):
    """Two models over the whole history."""

    one: str
    """Title of the model in use."""
    other: str
    days: tuple[tuple[date, float | None, float | None], ...]
    """Each day with the score under one and under the other; None in gaps."""
    comparison: Comparison | None
    """Of the last day; None where there is no score."""


@dataclass
class _History:
    """The past under one model, as far as it has been gone through."""

    walk: Walk
    course: Course
    until: int
    versions: dict[str, Version]
    marks: dict[str, str]
    usual: dict[int, Usual | None] = field(default_factory=dict)


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
        self._people, self._ignored = dict(people or {}), frozenset(ignored)
        self._followed: Mapping[str, str] = {}
        """Who was merged when that was last looked at."""
        self._mutex = threading.RLock()
        self._history: _History | None = None
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
            history = self._current()
            look = self._look(history, day, with_usual=with_usual)
            self._settle(look)
            return look

    def usual(self, day: date) -> Usual | None:
        """The usual range of a day's score; None while too few weeks are known.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._mutex:
            return self._usual(self._current(), day.toordinal())

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
            history = self._current()
            look = self._look(history, day, with_usual=with_usual)
            self._settle(look)
            course, at = history.course, look.day
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
        end = self._end_of(day)
        begin = day.toordinal() - 31 * MONTHS
        since = Days(self._store.zone).start(date.fromordinal(max(1, begin)))
        digests = (digest.visible(ticks(end)) for digest in self._store.history(since, end))
        tally = course.tallies(day.toordinal()).of(account)
        parts = Parts(
            course.gauge, tally, digests, Days(self._store.zone), day.toordinal(), self._people, self._ignored
        )
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
            if (self._people, self._ignored) != (dict(people), frozenset(ignored)):
                self._people, self._ignored = dict(people), frozenset(ignored)
                self._history = None

    def _follow_ties(self) -> None:
        """Go by what she decided about people; whom she ignores the months leave out by themselves."""
        same = self._store.ties().same
        if same != self._followed:
            self._followed = same
            self.set_ties(same, self._ignored)

    # what she was shown

    def keep(self, look: Look) -> None:
        """Remember that she was shown a score today, and with which model. Nothing happens when looking at the past.

        Raises:
            StoreError: the store cannot be written.
        """
        if self._past or look.score is None:
            return
        with self._mutex:
            kept = Kept(score=round(look.score, 1), model=look.model, fingerprint=look.fingerprint)
            key = f"{SHOWN}-{look.today:%Y-%m}"
            month = _kept(self._store.recall(key))
            if month.get(look.today) != kept:
                month[look.today] = kept
                self._store.remember(key, msgspec.json.encode(month).decode())

    def shown(self) -> dict[date, Kept]:
        """What she was shown, by local day. Without an account of it, a day is missing.

        Raises:
            StoreError: the store cannot be read.
        """
        found: dict[date, Kept] = {}
        for key in self._store.recalled(f"{SHOWN}-"):
            found |= _kept(self._store.recall(key))
        return found

    # models

    def model(self) -> Model:
        """The model in use: the one she chose, or the newest there was when she saw her first score."""
        with self._mutex:
            self.problem = ""
            chosen = self._model_id()
            try:
                return self.models.get(chosen)
            except ModelFileError as error:
                known = [each for each in self._told_of() if each in self.models.built_in()]
                instead = known[-1] if known else self.models.built_in()[0]
                self.problem = f"{error.message}. {self.models.get(instead).title} is used in its place."
                return self.models.get(instead)

    def chosen(self) -> str:
        """The id of the model she uses."""
        with self._mutex:
            return self._model_id()

    def announcement(self) -> Offered | None:
        """A new model that came with the program and that she has not been told of; it is not used."""
        if self._past or self._store.recall(CHOSEN) is None:
            return None
        told = {*self._told_of(), self._model_id()}
        fresh = [each for each in self.models.offered() if each.built_in and each.id not in told]
        return fresh[-1] if fresh else None

    def announced(self) -> None:
        """Remember that she has been told of all models there are now.

        Raises:
            StoreError: the store cannot be written.
        """
        if not self._past:
            self._store.remember(SEEN, msgspec.json.encode(self.models.built_in()).decode())

    def choose(self, model_id: str) -> None:
        """Use another model from now on; all of the past is computed with it, what was shown stays noted.

        Raises:
            ModelFileError: there is no such model, or it cannot be used.
            StoreError: the store cannot be written.
        """
        with self._mutex:
            self.models.get(model_id)
            self._remember_model(model_id)
            self._history = None

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
                months = self._months(until)
                turnouts = (self._turnout(month)[0] for month in months)
                courses[model.fingerprint] = Walk(model, self._people, self._ignored).through(turnouts, until)
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
        chosen = self._store.recall(CHOSEN)
        return chosen if chosen is not None else self.models.built_in()[-1]

    def _told_of(self) -> list[str]:
        told = self._store.recall(SEEN)
        return [] if told is None else msgspec.json.decode(told, type=list[str])

    def _settle(self, look: Look) -> None:
        """With her first score its model is hers, also where she keeps calm and sees no number: none replaces it."""
        if not self._past and look.score is not None and self._store.recall(CHOSEN) is None:
            with suppress(StoreError):  # a disk that refuses must not hide the score; the next look tries again
                self._remember_model(self._model_id())

    def _remember_model(self, model_id: str) -> None:
        if self._store.recall(SEEN) is None:
            self.announced()
        self._store.remember(CHOSEN, model_id)

    def _look(self, history: _History, day: date | None, *, with_usual: bool) -> Look:
        course, today = history.course, date.fromordinal(history.until)
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
            usual=self._usual(history, told) if with_usual else history.usual.get(told),
            standing=None if score is None else self._standing(course, known, told),
        )

    def _standing(self, course: Course, known: Attendance, day: int) -> Standing:
        begun = course.begun if course.begun is not None else day
        days = sum(known.is_known(each) for each in range(max(begun, day - 2 * course.model.little_days), day + 1))
        return standing(course.tallies(day), days, known.missing(day), course.model)

    def _usual(self, history: _History, day: int) -> Usual | None:
        if day not in history.usual:
            history.usual[day] = usual(history.course, day)
        return history.usual[day]

    def _attendance(self, course: Course) -> Attendance:
        accounts = self._store.accounts(unlinked=True)
        healths = {account.id: self._store.health(account.id) for account in accounts}
        return attendance(course, accounts, healths, Days(self._store.zone), self._clock(), past=self._past)

    def _current(self) -> _History:
        """The past up to now, with what came in since it was gone through put on top."""
        self._follow_ties()
        model, until = self.model(), self._today()
        versions = self._store.turnout_versions(self._last_month(until))
        known = self._history
        if known is None or known.walk.model != model:
            self._history = self._anew(model, until, versions)
            return self._history
        fresh = sorted(
            month for month in {*versions, *known.versions} if versions.get(month) != known.versions.get(month)
        )
        if not fresh and until == known.until:
            return known
        changed = [month for month in fresh if self._differs(known, month, versions)]
        if not changed and until == known.until:
            known.versions = versions
            return known
        if not known.walk.month or (changed and changed[0] < known.walk.month) or known.walk.month not in versions:
            self._history = self._anew(model, until, versions)
            return self._history
        again = [month for month in versions if month >= known.walk.month]
        found = [self._turnout(month) for month in again]
        course = known.walk.again([turnout for turnout, _ in found], until)
        marks = known.marks | {month: mark for month, (_, mark) in zip(again, found, strict=True)}
        self._history = _History(known.walk, course, until, versions, marks)
        return self._history

    def _differs(self, known: _History, month: str, versions: Mapping[str, Version]) -> bool:
        if month not in versions or month not in known.marks:
            return True
        return self._turnout(month)[1] != known.marks[month]

    def _anew(self, model: Model, until: int, versions: dict[str, Version]) -> _History:
        walk = Walk(model, self._people, self._ignored)
        marks: dict[str, str] = {}

        def turnouts() -> Iterator[Turnout]:
            for month in versions:
                turnout, marks[month] = self._turnout(month)
                yield turnout

        course = walk.through(turnouts(), until)
        return _History(walk, course, until, versions, marks)

    def _turnout(self, month: str) -> tuple[Turnout, str]:
        end = ticks(self._clock()) if self._past else None
        found = self._store.turnout(month, end)
        return found.turnout, found.mark

    def _months(self, until: int) -> Iterable[str]:
        return self._store.turnout_versions(self._last_month(until))

    def _last_month(self, until: int) -> str:
        return month_of(self._end_of(date.fromordinal(until)))

    def _today(self) -> int:
        return Days(self._store.zone).of(self._clock()).toordinal()

    def _end_of(self, day: date) -> datetime:
        return min(Days(self._store.zone).end(day), self._clock()) if self._past else Days(self._store.zone).end(day)


class _Under(Scoring):
    """A score under a model that is only looked at."""

    def __init__(self, scoring: Scoring, model: Model) -> None:
        super().__init__(
            scoring._store,
            scoring.models,
            scoring._clock,
            past=scoring._past,
            people=scoring._people,
            ignored=scoring._ignored,
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


def _kept(written: str | None) -> dict[date, Kept]:
    return {} if written is None else msgspec.json.decode(written, type=dict[date, Kept])
