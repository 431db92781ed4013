"""The one line, told ahead: which line is true until when, as long as nothing but time changes it.

A +K stops waiting for a thank-you, and whoever wrote for an answer, at a moment that is known beforehand; what was put
off comes back at one; a verdict is in force for whole days.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.diagnosis.verdict import Answer
from klout_tui.domain.model import Value
from klout_tui.domain.review import line

AHEAD: Final = 7
"""Local days after today that are told ahead; whoever does not come for a week can wait for half a second."""

_MOMENT: Final = timedelta(microseconds=1)


class Spell(Value, frozen=True):
    """A stretch of time in which one line is true."""

    until: datetime
    """Its last moment, UTC; it begins where the one before ends."""
    line: str


def spells(
    now: datetime,
    last: datetime,
    thanks: Sequence[datetime],
    waits: Sequence[tuple[datetime, datetime, str]],
    verdicts: Sequence[tuple[datetime, Answer | None]],
    reactions: int | None,
    unread: Sequence[tuple[datetime, str]] = (),
) -> tuple[Spell, ...]:
    """The lines from one moment to another, neighbours different from each other.

    Args:
        now: The first moment, UTC.
        last: The last one, UTC.
        thanks: The last moments at which each +K waits for a thank-you.
        waits: The first and the last moment at which each thing waits for an answer, and whose it is: a person's key.
        verdicts: From which moment on which verdict is in force; the first from ``now`` or earlier.
        reactions: Those since the last visit; None before the first.
        unread: From which moment on what has not been read for long, in words.
    """
    ends = sorted(thanks)
    begun = sorted((begin, who) for begin, _, who in waits)
    done = sorted((end, who) for _, end, who in waits)
    after = (end + _MOMENT for end in (*ends, *(end for end, _ in done)))
    begins = (*(begin for begin, _ in begun), *(at for at, _ in verdicts), *(at for at, _ in unread))
    turns = sorted({now, *(at for at in (*after, *begins) if now < at <= last)})
    found: list[Spell] = []
    present: Counter[str] = Counter()
    coming, going = iter(begun), iter(done)
    comes, goes = next(coming, None), next(going, None)
    for at, following in zip(turns, (*turns[1:], last + _MOMENT), strict=True):
        while comes is not None and comes[0] <= at:
            present[comes[1]] += 1
            comes = next(coming, None)
        while goes is not None and goes[0] < at:
            present[goes[1]] -= 1
            if not present[goes[1]]:
                del present[goes[1]]
            goes = next(going, None)
        told = line(
            len(ends) - bisect_left(ends, at),
            present.total(),
            len(present),
            reactions,
            next(answer for since, answer in reversed(verdicts) if since <= at),
            next((words for since, words in reversed(unread) if since <= at), ""),
        )
        if found and found[-1].line == told:
            found.pop()
        found.append(Spell(until=following - _MOMENT, line=told))
    return tuple(found)
