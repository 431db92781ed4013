"""Which local days are asked for: what people type, as bounds the store and the domain understand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from klout_tui.domain.days import Days
from klout_tui.domain.when import FIRST_DAY, LAST_DAY, parse_day, parse_iso_day
from klout_tui.errors import UsageError

__all__ = ["FIRST_DAY", "LAST_DAY", "Span", "parse_day", "parse_iso_day"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of local days, inclusive at both ends; ``None`` is unbounded."""

    first: date | None
    last: date | None
    since: datetime | None
    """First instant of ``first``, UTC."""
    until: datetime | None
    """Last instant of ``last``, UTC."""

    @classmethod
    def between(cls, first: date | None, last: date | None, days: Days) -> Span:
        """The span from ``first`` to ``last``.

        Raises:
            UsageError: it ends before it begins.
        """
        if first and last and first > last:
            raise UsageError(f"the span ends ({last}) before it begins ({first})", hint="Swap --since and --until.")
        return cls(
            first=first,
            last=last,
            since=days.start(first) if first else None,
            until=days.end(last) if last else None,
        )

    def holds(self, instant: datetime) -> bool:
        """Whether an instant lies in the span."""
        return (self.since is None or instant >= self.since) and (self.until is None or instant <= self.until)
