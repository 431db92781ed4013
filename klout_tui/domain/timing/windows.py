"""Hours of the week gathered into stretches that can be said: "Tuesdays 9–11", "weekdays 17–19"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from klout_tui.domain.model import Value
from klout_tui.domain.timing.clock import DAY

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_SETS: Final = {tuple(range(7)): "every day", tuple(range(5)): "weekdays", (5, 6): "weekends"}


class Window(Value, frozen=True):
    """The same hours on one or more days."""

    days: tuple[int, ...]
    """Monday is 0."""
    begin: int
    """The first hour, 0 to 23."""
    end: int
    """The hour it ends before, 1 to 24."""
    mean: float
    """Mean of the hours' values."""

    @property
    def slots(self) -> tuple[int, ...]:
        """Its hours of the week."""
        return tuple(day * DAY + hour for day in self.days for hour in range(self.begin, self.end))

    @property
    def words(self) -> str:
        """``Tuesdays and Wednesdays 9–11``."""
        named = _SETS.get(self.days) or joined([f"{DAYS[day]}s" for day in self.days])
        return f"{named} {self.begin}–{self.end}"


def windows(chosen: Collection[int], values: Sequence[float]) -> tuple[Window, ...]:
    """Stretches of neighbouring hours, alike days joined; the best first.

    Args:
        chosen: Hours of the week.
        values: What each hour of the week is worth.
    """
    days: dict[tuple[int, int], list[int]] = {}
    for day in range(7):
        hours = [hour for hour in range(DAY) if day * DAY + hour in chosen]
        for hour in hours:
            if hour - 1 not in hours:
                end = next(later for later in range(hour + 1, DAY + 1) if later not in hours)
                days.setdefault((hour, end), []).append(day)
    found = []
    for (begin, end), on in days.items():
        worth = [values[day * DAY + hour] for day in on for hour in range(begin, end)]
        found.append(Window(days=tuple(on), begin=begin, end=end, mean=sum(worth) / len(worth)))
    return tuple(sorted(found, key=lambda each: (-each.mean, each.days, each.begin)))


def joined(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def slot_words(place: int) -> str:
    """``Tue 9–10``."""
    return f"{DAYS[place // DAY][:3]} {place % DAY}–{place % DAY + 1}"
