"""What a check-up found, in words: one check, its problems, and what can be done about each."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from klout_tui.domain.model import Value


class Mark(StrEnum):
    """How a check came out, in the word that is shown for it."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing, and nothing is wrong."""
    WRONG = "wrong"


class Problem(Value, frozen=True):
    """One thing that was found."""

    words: str
    """What it is, a whole sentence."""
    remedy: str = ""
    """What to do about it, where a repair cannot do it."""
    mendable: bool = False
    """Whether a repair can mend it."""
    wrong: bool = True
    """False where it is only worth knowing."""


class Check(Value, frozen=True):
    """One thing that was looked at."""

    name: str
    words: str
    """What was looked at, and that all is well if it is."""
    problems: tuple[Problem, ...] = ()

    @property
    def mark(self) -> Mark:
        """How it came out."""
        if any(problem.wrong for problem in self.problems):
            return Mark.WRONG
        return Mark.NOTE if self.problems else Mark.OK


def wrongs(checks: Iterable[Check]) -> list[Problem]:
    """Every problem that is more than a note."""
    return [problem for check in checks for problem in check.problems if problem.wrong]
