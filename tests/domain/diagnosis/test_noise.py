"""Dispersion, and the test that divides by it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.diagnosis.noise import OTHERS, OWN, Noise, both_tails, bound, departure, drawn, noise, tell_apart

PLAIN = Noise(dispersion=1.0, freedom=1_000_000)


@pytest.mark.parametrize(
    ("freedom", "chance", "value"),
    [
        (1, 0.05, 12.706),
        (2, 0.05, 4.303),
        (10, 0.05, 2.228),
        (10, 0.001, 4.587),
        (24, 0.002, 3.467),
        (58, 0.05, 2.002),
        (120, 0.01, 2.617),
    ],
)
def test_quantiles_are_those_of_the_printed_tables(freedom: int, chance: float, value: float) -> None:
    assert bound(chance, freedom) == pytest.approx(value, abs=6e-4)
    assert both_tails(bound(chance, freedom), freedom) == pytest.approx(chance, rel=1e-6)


def test_without_freedom_nothing_is_far_off() -> None:
    assert bound(0.05, 0) == math.inf
    assert both_tails(50, 0) == 1


def test_dispersion_is_variance_over_mean_around_each_groups_own_mean() -> None:
    assert noise([[10, 10, 10]]) == Noise(dispersion=1.0, freedom=2)
    assert noise([[5, 15], [100, 100]]).dispersion == pytest.approx((50 / 10) / 2)
    assert noise([[0, 0, 0], [7], []]) == Noise(dispersion=1.0, freedom=0)
    assert noise([[3, 3, 3]], least=0.3).dispersion == 0.3


def test_thirty_reactions_must_fall_by_about_half() -> None:
    """Near the exact conditional test's 15 (numbers of plain Poisson counts at 5 %)."""
    assert tell_apart(30, PLAIN, 1.96)[0] in (15, 16)
    assert tell_apart(100, PLAIN, 1.96)[0] in (73, 74)
    assert tell_apart(3, PLAIN, 3.3)[0] == -1


@given(st.integers(0, 2000), st.floats(1, 12), st.floats(0.5, 6), st.floats(0.5, 2))
def test_the_counts_needed_are_just_enough(before: int, spread: float, limit: float, exposure: float) -> None:
    measured = Noise(dispersion=spread, freedom=20)
    fall, rise = tell_apart(before, measured, limit, exposure)
    assert departure(before, rise, measured, exposure) >= limit
    assert departure(before, rise - 1, measured, exposure) < limit
    if fall >= 0:
        assert departure(before, fall, measured, exposure) <= -limit
    assert departure(before, fall + 1, measured, exposure) > -limit


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_it_is_the_same_either_way(one: int, other: int) -> None:
    assert departure(one, other, PLAIN) == pytest.approx(-departure(other, one, PLAIN), abs=1e-6)
    assert departure(one, one, PLAIN) == pytest.approx(0, abs=1e-6)


def test_bursts_make_the_same_difference_count_for_less() -> None:
    bursty = Noise(dispersion=4.0, freedom=20)
    assert departure(100, 60, bursty) == pytest.approx(departure(100, 60, PLAIN) / 2)


def test_what_is_known_of_others_counts_only_as_long_as_little_is_known_of_her() -> None:
    assert drawn(Noise()) == Noise(OTHERS.dispersion, OTHERS.freedom, borrowed=OTHERS.freedom)
    assert drawn(Noise(7.0, OWN)) == Noise(7.0, OWN)
    some = drawn(Noise(dispersion=30.0, freedom=2))
    assert some.freedom == 2 + some.borrowed == 5
    assert some.dispersion == 30
    assert drawn(Noise(dispersion=1.0, freedom=2)).dispersion == pytest.approx((2 * 1 + 3 * OTHERS.dispersion) / 5)
    assert some.cautious > some.dispersion


def test_two_weeks_alone_do_not_ask_for_the_absurd() -> None:
    measured = Noise(dispersion=10.0, freedom=2)
    asked = tell_apart(128, measured, bound(0.0015, 2))[1]
    other = drawn(measured)
    assert tell_apart(128, other, bound(0.0015, other.freedom))[1] < asked / 5


@pytest.mark.parametrize("freedom", range(OWN))
def test_the_more_is_known_the_less_is_asked(freedom: int) -> None:
    less, more = (drawn(Noise(dispersion=OTHERS.dispersion, freedom=each)) for each in (freedom, freedom + 1))
    assert bound(0.0015, more.freedom) <= bound(0.0015, less.freedom)
