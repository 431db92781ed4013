"""The past of a store under one model: gone through once, kept in memory, with what comes in put on top."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from klout_tui.domain.days import Days
from klout_tui.domain.digest import month_of, ticks
from klout_tui.domain.score.course import Course
from klout_tui.domain.score.model import Model
from klout_tui.domain.score.usual import Usual, usual
from klout_tui.domain.score.walk import Walk
from klout_tui.domain.turnout import Turnout

if TYPE_CHECKING:
    from klout_tui.store.store import Store
    from klout_tui.store.turnouts import Version


@dataclass
class Gone:
    """The past as far as it has been gone through."""

    walk: Walk
    course: Course
    until: int
    """Ordinal of its last local day."""
    versions: dict[str, Version]
    """By month, of what it was made of."""
    marks: dict[str, str]
    """By month, of what that month told."""
    _usual: dict[int, Usual | None] = field(default_factory=dict)

    def usual(self, day: int, *, wanted: bool = True) -> Usual | None:
        """The usual range of a day's score, an ordinal; None while too few weeks are known.

        Args:
            day: The day.
            wanted: Whether it is worth finding; else it is told where it has been found.
        """
        if wanted and day not in self._usual:
            self._usual[day] = usual(self.course, day)
        return self._usual.get(day)


class History:
    """Goes through a store's past. Not thread-safe; ``Scoring`` sees to that."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        past: bool,
        people: Mapping[str, str],
        ignored: Collection[str],
    ) -> None:
        """Read nothing yet; the arguments are those of ``Scoring``."""
        self._store, self._clock, self._past = store, clock, past
        self.people, self.ignored = dict(people), frozenset(ignored)
        self._followed: Mapping[str, str] = {}
        """Who was merged when that was last looked at."""
        self._gone: Gone | None = None

    def set_ties(self, people: Mapping[str, str], ignored: Collection[str]) -> None:
        """Go by other people merged or ignored than before."""
        if (self.people, self.ignored) != (dict(people), frozenset(ignored)):
            self.people, self.ignored = dict(people), frozenset(ignored)
            self.forget()

    def forget(self) -> None:
        """Go through all of the past anew when it is asked for."""
        self._gone = None

    def gone(self, model: Model) -> Gone:
        """The past up to now.

        Raises:
            StoreError: the store cannot be read.
        """
        self._follow_ties()
        until = self.today()
        versions = self._store.turnout_versions(self._last_month(until))
        known = self._gone
        if known is None or known.walk.model != model:
            self._gone = self._anew(model, until, versions)
            return self._gone
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
            self._gone = self._anew(model, until, versions)
            return self._gone
        again = [month for month in versions if month >= known.walk.month]
        found = [self._turnout(month) for month in again]
        course = known.walk.again([turnout for turnout, _ in found], until)
        marks = known.marks | {month: mark for month, (_, mark) in zip(again, found, strict=True)}
        self._gone = Gone(known.walk, course, until, versions, marks)
        return self._gone

    def course(self, model: Model, until: int) -> Course:
        """The past up to a day under another model; nothing of it is kept.

        Raises:
            StoreError: the store cannot be read.
        """
        months = self._store.turnout_versions(self._last_month(until))
        turnouts = (self._turnout(month)[0] for month in months)
        return Walk(model, self.people, self.ignored).through(turnouts, until)

    def today(self) -> int:
        """Ordinal of the local day looked at."""
        return Days(self._store.zone).of(self._clock()).toordinal()

    def end_of(self, day: date) -> datetime:
        """The last moment of a local day that is looked at, UTC."""
        end = Days(self._store.zone).end(day)
        return min(end, self._clock()) if self._past else end

    def _follow_ties(self) -> None:
        """Go by what she decided about people; whom she ignores the months leave out by themselves."""
        same = self._store.ties().same
        if same != self._followed:
            self._followed = same
            self.set_ties(same, self.ignored)

    def _differs(self, known: Gone, month: str, versions: Mapping[str, Version]) -> bool:
        if month not in versions or month not in known.marks:
            return True
        return self._turnout(month)[1] != known.marks[month]

    def _anew(self, model: Model, until: int, versions: dict[str, Version]) -> Gone:
        walk = Walk(model, self.people, self.ignored)
        marks: dict[str, str] = {}

        def turnouts() -> Iterator[Turnout]:
            for month in versions:
                turnout, marks[month] = self._turnout(month)
                yield turnout

        course = walk.through(turnouts(), until)
        return Gone(walk, course, until, versions, marks)

    def _turnout(self, month: str) -> tuple[Turnout, str]:
        end = ticks(self._clock()) if self._past else None
        found = self._store.turnout(month, end)
        return found.turnout, found.mark

    def _last_month(self, until: int) -> str:
        return month_of(self.end_of(date.fromordinal(until)))
