"""A small seeded sample of ``benchmarks/diagnosis.py``: what ``docs/diagnosis.md`` says holds."""

from __future__ import annotations

from functools import partial

import pytest

from benchmarks.diagnosis import FOUND_BY, look, plain_year, watched
from benchmarks.lives import Life, Planted

YEARS = 12
LIVES = 20


@pytest.mark.parametrize("spread", [1.0, 3.0, 7.0])
def test_quiet_years_show_hardly_any_false_alarm(spread: float) -> None:
    """One in ten at most in a thousand years; of twelve, three would be beyond that with 89 % certainty."""
    found = [watched(partial(plain_year, 3.0, spread), seed) for seed in range(YEARS)]
    assert sum(year.alarm or year.burst for year in found) <= 2


@pytest.mark.parametrize("planted", [each for each in Planted if each is not Planted.NOTHING])
def test_what_was_planted_is_the_first_reason(planted: Planted) -> None:
    found = [look(Life(spread=2.0, planted=planted), seed) for seed in range(LIVES)]
    assert sum(each.first is FOUND_BY[planted] for each in found) >= 0.8 * LIVES
