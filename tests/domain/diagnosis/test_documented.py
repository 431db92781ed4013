"""``docs/diagnosis.md`` says the figures that hold."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from benchmarks.diagnosis import FOUND_BY, MARKS, written
from klout_tui.domain.diagnosis import (
    bursts,
    findings,
    gather,
    moves,
    sequel,
    shared,
    similar,
    spans,
    subjects,
    verdict,
)

TEXT = " ".join((Path(__file__).parents[3] / "docs" / "diagnosis.md").read_text("utf-8").split())


def _power(chance: float) -> str:
    """The power of ten, raised: ``⁻⁵``."""
    return "⁻" + "⁰¹²³⁴⁵⁶⁷⁸⁹"[-round(math.log10(chance))]


def _words(count: int) -> str:
    return {4: "four"}[count]


@pytest.mark.parametrize(
    "words",
    [
        f"at one verdict is {verdict.CHANCE};",
        f"over 52 verdicts that is at most {5200 * verdict.CHANCE:.1f} %",
        f"Under {verdict.FLOOR} reactions in both windows",
        f"up to {spans.REFERENCE} weeks before both windows",
        f"within {similar.WITHIN.days} days: w-shingling",
        f"({moves.APART}, and {subjects.APART}, standard errors",
        f"|effect| / (1 + {findings.ODDS:g} · exp(−z² / 2))",
        f"*clear* from { {3: 'three'}[int(findings.CLEAR)] } standard errors on",
        f"Every run of up to {bursts.LONGEST} days",
        f"chance must be under 10{_power(bursts.CHANCE)} for a reason",
        f"chance must be under 10{_power(bursts.STRICT)} (under 10{_power(bursts.STRICTER)} where fewer than "
        f"{bursts.ENOUGH} reactions in those eight weeks tell the usual), and under 10{_power(bursts.GIVEN)} given",
        f"with {_words(shared.DOUBT)} degrees of freedom, at least {shared.STEADY}",
        f"with the chance multiplied by {sequel.LENGTHS} for the choice",
        f"at least { {5: 'five'}[gather.CORRECTED[0]] } posts older than a month",
    ],
)
def test_the_figures_are_those_of_the_program(words: str) -> None:
    assert words in TEXT


def test_every_simulated_table_is_there() -> None:
    for name in ("power", "alarms", "lived", "first", "ranking"):
        begin = MARKS[0].format(name)
        assert TEXT.partition(begin)[2].partition(MARKS[1])[0].count("|") > 30, name
    assert all(planted.value in TEXT for planted in FOUND_BY)


def test_writing_a_table_changes_nothing_else() -> None:
    text = "a\n<!-- simulated: x -->\nold\n<!-- end -->\nb\n<!-- simulated: y -->\n<!-- end -->\n"
    assert written(text, "x", ["| 1 |"]) == text.replace("old", "| 1 |")
