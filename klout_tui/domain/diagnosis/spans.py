"""Which days are compared: whole local days, each old enough for its posts to have been seen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.model import Value

WINDOW: Final = 30
"""Days compared unless others are asked for."""

WEEKS: Final = 4
"""Whole weeks a verdict compares with as many before: whole, so that every weekday is in both alike."""

REFERENCE: Final = 26
"""Weeks before those from which the normal fluctuation is learnt, as far as they are known."""

RIPE: Final = timedelta(hours=24)
"""How old a post must be before it is judged; more than half of all reactions come within two hours."""


class Window(Value, frozen=True):
    """Local days, inclusive at both ends."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """Days it has."""
        return (self.last - self.first).days + 1

    @property
    def days(self) -> tuple[date, ...]:
        """Each of them."""
        return tuple(self.first + timedelta(days=offset) for offset in range(self.length))

    def day(self, offset: int) -> date:
        """The day so many after the first."""
        return self.first + timedelta(days=offset)

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day <= self.last

    def before(self) -> Window:
        """The window of the same length that ends where this one begins."""
        return Window(first=self.first - timedelta(days=self.length), last=self.first - timedelta(days=1))

    def longer(self, days: int) -> Window:
        """The window with so many days more at its beginning."""
        return Window(first=self.first - timedelta(days=days), last=self.last)


def window(last: date, length: int = WINDOW) -> Window:
    """The window of ``length`` days that ends on a day."""
    return Window(first=last - timedelta(days=length - 1), last=last)


def last_ripe(now: datetime, days: Days) -> date:
    """The last whole local day of which every post is ``RIPE`` at ``now`` (UTC)."""
    today = days.of(now)
    return next(day for back in range(1, 5) if ripe_from(day := today - timedelta(days=back), days) <= now)


def ripe_from(day: date, days: Days) -> datetime:
    """From when on every post of a local day is ``RIPE``, UTC: so long after the beginning of the next."""
    return days.start(day + timedelta(days=1)) + RIPE


def verdict_window(now: datetime, days: Days) -> Window:
    """The whole weeks, Monday to Sunday, that the verdict in force at ``now`` (UTC) is about."""
    ripe = last_ripe(now, days)
    sunday = ripe - timedelta(days=(ripe.weekday() + 1) % 7)
    return window(sunday, 7 * WEEKS)


def pronounced(judged: Window) -> date:
    """The first whole local day on which a verdict on these weeks is in force: the Tuesday after them."""
    return judged.last + timedelta(days=2)
