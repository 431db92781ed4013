"""What a check-up and a repair found, as lines for people and as JSON's content for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from klout_tui.domain.checks import Check, Mark, Problem, wrongs
from klout_tui.domain.text import clean_line
from klout_tui.output.jsonform import instant

_WIDTH: Final = max(len(mark) for mark in Mark) + 2
_LONGEST: Final = 2000


def lines(checks: Sequence[Check]) -> list[str]:
    """One line a check, its mark a word; under it a line for each problem, and for what to do about it.

    Ids and file names may hold anything; codes a terminal would obey are taken out.
    """
    names = max(len(check.name) for check in checks)
    told = []
    for check in checks:
        words = check.words if check.mark is Mark.OK else _number(check)
        told.append(f"{check.mark:<{_WIDTH}}{check.name:<{names + 2}}{_clean(words)}".rstrip())
        for problem in check.problems:
            told.append(f"{'':<{_WIDTH}}- {_clean(problem.words)}")
            if problem.remedy:
                told.append(f"{'':<{_WIDTH}}  {_clean(problem.remedy)}")
    return told


def verdict(checks: Iterable[Check], *, repaired: bool) -> str:
    """The last line: whether all is well, and what a repair can do."""
    found = wrongs(checks)
    mendable = sum(problem.mendable for problem in found)
    if not found:
        return "All is well." if not repaired else "All is well now."
    many = "1 thing is wrong" if len(found) == 1 else f"{len(found):,} things are wrong"
    if repaired:
        return f"{many} still; what can be done is said above."
    if not mendable:
        return f"{many}; a repair cannot mend that, what can be done is said above."
    some = "it" if len(found) == mendable == 1 else "all of it" if len(found) == mendable else f"{mendable:,} of it"
    return f"{many}; klout-tui doctor --repair can mend {some}."


def content(checks: Sequence[Check], deeds: Sequence[str], now: datetime) -> dict[str, Any]:
    """The same for programs."""
    found = wrongs(checks)
    return {
        "checked_at": instant(now),
        "well": not found,
        "wrong": len(found),
        "mendable": sum(problem.mendable for problem in found),
        "repaired": list(deeds),
        "checks": [
            {
                "name": check.name,
                "state": check.mark,
                "words": check.words or None,
                "problems": [_problem(problem) for problem in check.problems],
            }
            for check in checks
        ],
    }


def _clean(words: str) -> str:
    return clean_line(words, _LONGEST)


def _number(check: Check) -> str:
    number = len(check.problems)
    return "1 thing:" if number == 1 else f"{number:,} things:"


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "words": problem.words,
        "remedy": problem.remedy or None,
        "wrong": problem.wrong,
        "mendable": problem.mendable,
    }
