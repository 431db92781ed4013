"""Which days of two windows can be compared: a day that is not known, and its counterpart, are left out of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from klout_tui.domain.coverage import Source, Why, acted, sources
from klout_tui.domain.diagnosis.spans import Window

__all__ = ["Masks", "Source", "Why", "acted", "masks", "sources"]

Masks = Mapping[str, Mapping[int, Why]]
"""By account, the days of a window (counted from 0) that cannot be compared; the same for both windows."""


def masks(known: Iterable[Source], before: Window, now: Window) -> Masks:
    """The days of two windows of one length that cannot be compared, since one of the two is not known."""
    found: dict[str, dict[int, Why]] = {}
    for source in known:
        for offset, (then, day) in enumerate(zip(before.days, now.days, strict=True)):
            why = source.unknown(day) or source.unknown(then)
            if why is not None:
                found.setdefault(source.account, {})[offset] = why
    return found
