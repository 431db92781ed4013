"""A change splits without remainder, zeros included."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.diagnosis.lmdi import Cell, Shares, log_mean, split

counts = st.integers(0, 10_000)


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    people = draw(counts)
    return Cell(posts=draw(counts) / 6, people=people / 6, acts=(people + draw(counts)) / 6 if people else 0.0)


@given(cells(), cells())
def test_the_shares_are_the_change(before: Cell, now: Cell) -> None:
    assert math.isclose(split(before, now).change, now.acts - before.acts, abs_tol=1e-9)


@given(cells(), cells())
def test_the_way_back_undoes_it(before: Cell, now: Cell) -> None:
    there, back = split(before, now), split(now, before)
    for name in ("posts", "people", "acts", "without"):
        assert getattr(there, name) == pytest.approx(-getattr(back, name), abs=1e-6)


@given(cells(), cells())
def test_each_factor_is_the_log_mean_times_its_logarithm(before: Cell, now: Cell) -> None:
    if min(before.posts, now.posts, before.acts, now.acts) > 0:
        mean, shares = log_mean(before.acts, now.acts), split(before, now)
        rate = math.log(now.people / now.posts) - math.log(before.people / before.posts)
        assert shares.posts == pytest.approx(mean * math.log(now.posts / before.posts), abs=1e-6)
        assert shares.people == pytest.approx(mean * rate, abs=1e-6)
        assert shares.without == 0


def test_twice_the_posts_alone_is_all_posts() -> None:
    shares = split(Cell(posts=10, people=50, acts=100), Cell(posts=20, people=100, acts=200))
    assert shares.posts == pytest.approx(100)
    assert shares.acts == pytest.approx(0, abs=1e-9)
    assert shares.people == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("before", "now", "shares"),
    [
        (Cell(), Cell(), Shares()),
        (Cell(posts=5, people=10, acts=12), Cell(posts=5), Shares(people=-12)),
        (Cell(posts=5), Cell(posts=7, people=3, acts=4), Shares(people=4)),
        (Cell(), Cell(posts=3, people=4, acts=5), Shares(posts=5)),
        (Cell(posts=3, people=4, acts=5), Cell(), Shares(posts=-5)),
        (Cell(people=2, acts=2), Cell(people=5, acts=6), Shares(without=4)),
        (Cell(people=2, acts=2), Cell(posts=4, people=5, acts=6), Shares(posts=6, without=-2)),
        (Cell(posts=4, people=5, acts=6), Cell(people=2, acts=2), Shares(posts=-6, without=2)),
    ],
)
def test_zeros_go_where_they_come_from(before: Cell, now: Cell, shares: Shares) -> None:
    assert split(before, now) == shares
