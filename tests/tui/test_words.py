"""How numbers, times and columns read; and what the README says of the keys."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain import wording as words
from klout_tui.domain.model import InteractionKind
from klout_tui.tui.app import KloutApp
from klout_tui.tui.keymap import all_bindings
from klout_tui.tui.panes.accounts import AccountsPane
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.panes.topics import TopicsPane
from klout_tui.tui.screens.page import ACT_COLUMNS, POST_COLUMNS
from klout_tui.tui.widgets.barfield import edges_of, round_up
from klout_tui.tui.widgets.bars import Stack
from klout_tui.tui.widgets.table import Column, fit, gutter

NOW = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (-5, "now"),
        (0, "now"),
        (5, "5 min"),
        (60, "1 h"),
        (47 * 60, "47 h"),
        (48 * 60, "2 d"),
        (25 * 1440, "3 wk"),
        (100 * 1440, "3 mo"),
        (800 * 1440, "2 y"),
    ],
)
def test_ago(minutes: int, said: str) -> None:
    assert words.ago(NOW - timedelta(minutes=minutes), NOW) == said


def test_times_are_local() -> None:
    assert words.since(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), NOW, BERLIN) == "today 00:30"
    assert words.since(datetime(2026, 11, 22, 17, 40, tzinfo=UTC), NOW, BERLIN) == "yesterday 18:40"
    assert words.since(datetime(2026, 10, 3, 12, tzinfo=UTC), NOW, BERLIN) == "3 Oct"
    assert words.until(datetime(2026, 11, 23, 9, tzinfo=UTC), NOW, BERLIN) == "10:00"
    assert words.until(datetime(2026, 11, 24, 9, tzinfo=UTC), NOW, BERLIN) == "24 Nov 10:00"


def test_another_year_is_named() -> None:
    assert words.since(datetime(2024, 10, 3, 12, tzinfo=UTC), NOW, BERLIN) == "3 Oct 2024"
    assert words.until(datetime(2027, 1, 2, 9, tzinfo=UTC), NOW, BERLIN) == "2 Jan 2027 10:00"
    assert words.day(NOW.date()) == words.day(NOW.date(), NOW.date()) == "23 Nov"


def test_a_quiet_course_is_dots() -> None:
    assert words.spark((0, 0, 0), 12) == "···"
    assert words.spark((), 12) == ""


def test_unknown_is_never_zero() -> None:
    assert words.number(None) == words.percent(None) == words.UNKNOWN
    assert (words.number(0), words.percent(0.0), words.percent(0.001)) == ("0", "0 %", "<1 %")
    assert (words.change(None), words.change(0), words.change(6), words.change(-2)) == ("", "", "▲6", "▼2")


def test_every_kind_has_its_words() -> None:
    assert set(words.DID) == set(words.MANY) == set(InteractionKind)
    counts = {InteractionKind.REPLY: 1, InteractionKind.LIKE: 3, InteractionKind.STAR: 0}
    assert words.kinds(counts) == "3 likes · 1 reply"


@given(st.lists(st.integers(0, 10_000), max_size=20), st.integers(0, 15))
def test_a_spark_is_as_wide_as_asked_and_shows_nothing_as_a_dot(values: list[int], width: int) -> None:
    drawn = words.spark(values, width)
    shown = values[-width:] if width else []
    assert len(drawn) == len(shown)
    assert [mark == "·" for mark in drawn] == [value == 0 for value in shown]


@pytest.mark.parametrize(
    "columns",
    [AccountsPane.COLUMNS, TopicsPane.COLUMNS, PlusKPane.COLUMNS, ACT_COLUMNS, POST_COLUMNS],
    ids=["accounts", "topics", "plusk", "acts", "posts"],
)
@pytest.mark.parametrize("width", range(20, 220, 7))
def test_columns_never_overflow_and_keep_their_least(columns: list[Column], width: int) -> None:
    fitted = fit(columns, width)
    assert fitted
    assert sum(cells + gutter(width) for _, cells in fitted) <= width or len(fitted) == 1
    assert all(cells >= column.least for column, cells in fitted)
    assert all(column.most is None or cells <= column.most for column, cells in fitted)
    ranks = [column.rank for column in columns if column not in [kept for kept, _ in fitted]]
    assert not ranks or min(ranks) >= max(column.rank for column, _ in fitted)


@given(st.floats(0, 1e7))
def test_an_axis_ends_above_what_it_shows(count: float) -> None:
    assert count <= round_up(count) <= max(4, count * 2)


@given(st.integers(1, 120), st.integers(1, 300), st.booleans(), st.integers(2, 7))
def test_bars_take_the_width_or_leave_a_quarter_at_most(bars: int, columns: int, spread: bool, group: int) -> None:
    if columns < bars:
        return
    edges, air = edges_of(columns, bars, range(1, bars, group), spread=spread)
    assert len(edges) == bars + 1
    assert all(after > before for before, after in itertools.pairwise(edges))
    assert columns * 3 / 4 <= edges[-1] <= columns
    assert edges[-1] == columns or not spread
    if air:
        rooms = [after - before for before, after in itertools.pairwise(edges)]
        assert {rooms[each] for each in range(1, bars, group)} == {rooms[0] + air}


def test_a_stack_is_empty_unless_told() -> None:
    assert Stack() == Stack((), (), ())


def test_the_readme_names_every_key_and_no_other() -> None:
    readme = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
    table = readme.partition("## Keys")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z]+\.[a-z_0-9]+)`", table))
    named |= {f"home.pane_{number}" for number in range(1, 5)}
    assert named == {binding.id for binding in all_bindings(KloutApp)}


def test_ids_are_one_of_a_kind() -> None:
    ids = [binding.id for binding in all_bindings(KloutApp)]
    assert len(ids) == len(set(ids))
