"""Which days of a stretch somebody looked at: asked for every bar of a chart, so an answer is a look at a few bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from klout_tui.domain.coverage import UNREAD, Source, Why


class KnownDays:
    """The days from ``first`` to ``last``, each by its offset from the first.

    Args:
        since: The first day anything can be known of; None: nothing is known.
        sources: Of which days each account is known; without any, every day since then is.
        first: The first local day that will be asked for.
        last: The last.
    """

    def __init__(self, since: date | None, sources: Sequence[Source], first: date, last: date) -> None:
        self._first = first
        self._length = (last - first).days + 1
        self.began = self._length if since is None else self._at(since)
        """Offset of the first day anything can be known of."""
        self._known = bytearray(self._length)
        self._missing: dict[str, bytes] = {}
        self._slept = bytearray(self._length)
        for source in sources:
            self._take(source)
        if not sources:
            self._known[:] = b"\x01" * self._length
        self._known[: self.began] = bytes(self.began)

    def any(self, start: int, width: int) -> bool:
        """Whether any account is known on any of some days."""
        return 1 in self._known[start : start + width]

    def whole(self, start: int, width: int) -> bool:
        """Whether on each of them some account is."""
        return 0 not in self._known[start : start + width]

    def missing(self, start: int, width: int) -> tuple[str, ...]:
        """The accounts that were linked and yet not read on one of them."""
        return tuple(account for account, days in self._missing.items() if 1 in days[start : start + width])

    def overslept(self, start: int, width: int) -> bool:
        """Whether an account was not read on one of them for longer than a day takes."""
        return 1 in self._slept[start : start + width]

    def _at(self, day: date) -> int:
        """A day's offset, or that of the nearest there is; the length for days after the last."""
        return min(max((day - self._first).days, 0), self._length)

    def _take(self, source: Source) -> None:
        begin, end = self._at(source.first), self._end(max(source.last, source.read))
        offsets = ((day - self._first).days for day in source.gaps)
        gaps = {offset for offset in offsets if begin <= offset < end}
        for day in range(begin, end):
            if day not in gaps:
                self._known[day] = 1
        missing = bytearray(self._length)
        for day in gaps:
            missing[day] = self._slept[day] = 1
        for day in range(max(begin, end), self._length if source.after in UNREAD else 0):
            missing[day] = 1
            self._slept[day] |= source.after is Why.STALE
        if 1 in missing:
            self._missing[source.account] = bytes(missing)

    def _end(self, day: date) -> int:
        """The offset after a day."""
        return min(max((day - self._first).days + 1, 0), self._length)
