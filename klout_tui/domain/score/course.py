"""How the score went, day by day, and the sums behind any of those days."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from klout_tui.domain.score.gauge import Gauge
from klout_tui.domain.score.model import Model
from klout_tui.domain.score.tallies import Crowd, Echoing, Tallies, Tally, Told

_WIDTH = 9


class Track:
    """One account's sums on the days they changed."""

    def __init__(self, account: str, days: array[int] | None = None, sums: array[float] | None = None) -> None:
        self.account = account
        self._days = array("l") if days is None else days
        self._sums = array("d") if sums is None else sums

    def __len__(self) -> int:
        return len(self._days)

    @property
    def first(self) -> int:
        """The first day anything is known of, an ordinal."""
        return self._days[0]

    def put(self, day: int, sums: Sequence[float]) -> None:
        """Note the sums at the end of a day that is not before the last one noted."""
        if self._days and self._days[-1] == day:
            self.cut(len(self) - 1)
        self._days.append(day)
        self._sums.extend(sums)

    def cut(self, length: int) -> None:
        """Forget all but the first so many days."""
        del self._days[length:]
        del self._sums[length * _WIDTH :]

    def shared(self) -> Track:
        """The track as it is now, with the same memory: days noted later are not asked for, and none is changed."""
        return Track(self.account, self._days, self._sums)

    def up_to(self, length: int) -> Track:
        """The first so many days, in memory of their own: what is noted from here on changes no other track."""
        return Track(self.account, self._days[:length], self._sums[: length * _WIDTH])

    def at(self, day: int, model: Model) -> Tally | None:
        """The sums at the end of a day; None before anything is known."""
        place = bisect_right(self._days, day) - 1
        if place < 0:
            return None
        sums = self._sums[place * _WIDTH : (place + 1) * _WIDTH]
        tally = Tally(account=self.account, crowd=Crowd(*sums[:3]), echoing=Echoing(*sums[3:6]), told=Told(*sums[6:]))
        return tally.faded(model.left_after(day - self._days[place]))


@dataclass(frozen=True)
class Course:
    """The score of every day under one model. Days are ordinals of local days. Not to be changed."""

    model: Model
    begun: int | None
    """The first day anybody did anything; there is no score before."""
    last: int
    people: array[float]
    faint: array[float]
    audience: array[float]
    scores: array[float]
    """Of each day from ``begun`` to ``last``."""
    tracks: tuple[Track, ...]
    gauge: Gauge = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gauge", Gauge(self.model))

    @property
    def first_day(self) -> date | None:
        """The first day there is a score of."""
        return None if self.begun is None or self.begun > self.last else date.fromordinal(self.begun)

    def score(self, day: int) -> float | None:
        """The score at the end of a day, 1 to 100; None before anybody did anything, and after the last day."""
        if self.begun is None or not self.begun <= day <= self.last:
            return None
        return self.scores[day - self.begun]

    def tallies(self, day: int) -> Tallies:
        """The sums at the end of a day."""
        found = (track.at(day, self.model) for track in self.tracks)
        accounts = tuple(each for each in found if each is not None)
        if self.begun is None or not self.begun <= day <= self.last:
            return Tallies(accounts=accounts)
        place = day - self.begun
        return Tallies(
            crowd=Crowd(self.people[place], self.faint[place], self.audience[place]),
            accounts=accounts,
        )
