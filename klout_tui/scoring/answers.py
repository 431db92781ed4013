"""What the score's service answers with, where the domain has no value of its own for it."""

from __future__ import annotations

from datetime import date

from klout_tui.domain.model import Value
from klout_tui.domain.score.comparing import Comparison
from klout_tui.domain.score.explain import Change, Explanation
from klout_tui.domain.score.look import Look
from klout_tui.domain.score.outlook import Fading, Move


class Why(Value, frozen=True):
    """All that opens from the score, but for what is slower than drawing: ``usual`` and ``behind``."""

    look: Look
    explanation: Explanation | None
    """None: there is no score."""
    changes: tuple[tuple[str, Change], ...] = ()
    """Since yesterday, a week ago, 30 days ago; those that there is a score to compare with."""
    fading: Fading | None = None
    moves: tuple[Move, ...] = ()
    """What would move it most, upwards first."""


class Compared(Value, frozen=True):
    """Two models over the whole history."""

    one: str
    """Title of the model in use."""
    other: str
    days: tuple[tuple[date, float | None, float | None], ...]
    """Each day with the score under one and under the other; None in gaps."""
    comparison: Comparison | None
    """Of the last day; None where there is no score."""
