"""A score as it is shown: one day's number with everything that must never be told without it."""

from __future__ import annotations

from datetime import date, timedelta

from klout_tui.domain.model import Value
from klout_tui.domain.score.standing import Standing
from klout_tui.domain.score.usual import Usual


class Look(Value, frozen=True):
    """The newest score there is, as of ``today``."""

    today: date
    day: date
    """The last day anything is known of, up to today."""
    model: str
    """Name of the scoring model."""
    fingerprint: str
    score: float | None
    """None: nobody has done anything yet."""
    usual: Usual | None = None
    """None: too few weeks are known."""
    standing: Standing | None = None
    """None where there is no score."""

    @property
    def is_usual(self) -> bool:
        """Whether the score lies within its usual range, where there are both."""
        return self.score is None or self.usual is None or self.usual.holds(self.score)

    @property
    def is_stale(self) -> bool:
        """Whether nothing has been read since before yesterday; then the day is to be told."""
        return self.today - self.day > timedelta(days=1)


class Point(Value, frozen=True):
    """One day of the history."""

    day: date
    score: float | None
    """None: a gap. No account was read, or nobody had done anything yet."""
    shown: float | None = None
    """The score she was shown on that day."""
    shown_model: str | None = None
    """The model it was shown with."""


class Kept(Value, frozen=True, array_like=True):
    """What she was shown on one day."""

    score: float
    model: str
    fingerprint: str
