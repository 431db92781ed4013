"""Hundredths that add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.score.rounding import hundredths


@given(st.dictionaries(st.integers(), st.floats(-50, 50), max_size=30))
def test_they_add_up_and_none_is_off_by_a_hundredth(parts: dict[int, float]) -> None:
    found = hundredths(parts)
    assert found.keys() == parts.keys()
    assert sum(found.values()) == round(sum(parts.values()) * 100)
    for key, value in parts.items():
        assert found[key] / 100 == pytest.approx(value, abs=0.0101)


def test_the_largest_remainders_are_rounded_up() -> None:
    assert hundredths({"a": 0.333, "b": 0.333, "c": 0.334}) == {"a": 33, "b": 33, "c": 34}
