from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.graphemes import graphemes


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("hello", 5),
        ("e\u0301te\u0301", 3),
        ("👩\u200d👩\u200d👧\u200d👦", 1),
        ("👍🏽👍", 2),
        ("🇩🇪🇫🇷", 2),
        ("🇩🇪🇫", 2),
        ("한글", 2),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", 2),
        ("a\r\nb", 3),
        ("❤\ufe0f", 1),
        ("🏴\U000e0067\U000e0062\U000e007f", 1),
        ("漢字かな", 4),
    ],
)
def test_what_a_reader_counts(text: str, count: int) -> None:
    assert graphemes(text) == count


@given(st.text(), st.text())
def test_never_more_than_code_points_and_adding_never_lessens(one: str, other: str) -> None:
    assert graphemes(one) <= len(one)
    assert graphemes(one) <= graphemes(one + other) <= graphemes(one) + graphemes(other)
