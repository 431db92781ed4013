"""Totals without names against interactions with names: what is left over, and when it happened.

Many networks tell "17 likes" and name only some of the people. Counting both would count twice; trusting either alone
would lose something. Each rise between two readings of a counter is set against the named acts of that span; what they
do not explain is engagement whose actors are unknown. What a counter loses is taken from its newest rises.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from klout_tui.domain.model import Increment, InteractionKind


def unnamed(
    post_at: datetime, kind: InteractionKind, readings: Sequence[tuple[datetime, int]], named: Sequence[datetime]
) -> tuple[Increment, ...]:
    """The part of one counter of one post that no named act explains.

    Args:
        post_at: When the post was made (UTC). What the first reading found is dated to it and flagged estimated.
        kind: What the counter counts.
        readings: Time (UTC) and total of each reading, in any order. Later rises are dated to the reading.
        named: Times of every named act of this kind on the post, the user's own included, since counters count those.

    Returns:
        Increments in order of time, each with a positive count. Their sum is the last total less the named acts, and
        never below 0; the result depends on neither the order nor the repetition of what was read.
    """
    spans = sorted(dict(sorted(readings)).items())
    if not spans:
        return ()
    left = _less_named(_standing_rises(count for _, count in spans), [at for at, _ in spans], sorted(named))
    return tuple(
        Increment(kind=kind, at=at if number else post_at, count=count, estimated=number == 0)
        for number, ((at, _), count) in enumerate(zip(spans, left, strict=True))
        if count
    )


def _standing_rises(totals: Iterable[int]) -> list[int]:
    """How much of the last total each reading brought: a fall takes from the newest rises before it."""
    rises: list[int] = []
    before = 0
    for total in totals:
        rises.append(max(0, total - before))
        lost = max(0, before - total)
        for place in range(len(rises) - 1, -1, -1):
            if not lost:
                break
            taken = min(rises[place], lost)
            rises[place] -= taken
            lost -= taken
        before = total
    return rises


def _less_named(rises: list[int], until: list[datetime], named: list[datetime]) -> list[int]:
    """Rises less the named acts of their span; an act its span cannot explain is one an earlier span had counted.

    Counters run ahead of names (an act is counted at once, told later) and estimated names carry no true time, so an
    act looks for room backwards first, then forwards.
    """
    left = list(rises)
    last = len(until) - 1
    span = 0
    for at in named:
        while span < last and at > until[span]:
            span += 1
        for candidate in (*range(span, -1, -1), *range(span + 1, last + 1)):
            if left[candidate]:
                left[candidate] -= 1
                break
    return left
