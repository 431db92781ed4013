"""The line of keys: help and quit are in sight on every screen, however narrow."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets._footer import FooterKey

from klout_tui.tui.app import KloutApp
from klout_tui.tui.widgets.keyline import KeyLine, in_sight, whole
from tests.conftest import FrozenClock
from tests.tui.village import Driver, driving, full, open_app


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


def shown(driver: Driver) -> list[str]:
    """The keys that lie wholly within the screen."""
    line = driver.app.screen.query_one(KeyLine)
    return [each.description for each in line.query(FooterKey) if each.region.right <= line.size.width + 1]


@pytest.mark.parametrize("keys", [["P"], ["2", "enter"], ["3", "enter"], ["3", "enter", "p"], ["R"], ["R", "space"]])
async def test_help_and_quit_are_in_sight_at_80_columns(app: KloutApp, keys: list[str]) -> None:
    async with driving(app, size=(80, 24)) as driver:
        for key in keys:
            await driver.press(key)
            await driver.until(lambda: driver.app.screen.query(KeyLine))
        await driver.until(lambda: {"Help", "Quit"} <= set(shown(driver)))


async def test_a_wider_terminal_has_the_order_of_the_screen_again(app: KloutApp) -> None:
    async with driving(app, size=(80, 24)) as driver:
        await driver.press("P")
        await driver.until(lambda: "Quit" in shown(driver))
        assert "Merge" not in shown(driver)
        await driver.pilot.resize_terminal(200, 24)
        await driver.until(lambda: "Merge" in shown(driver))
        assert shown(driver).index("Merge") < shown(driver).index("Help")


@given(st.lists(st.integers(3, 12), min_size=2, max_size=20), st.integers(24, 200), st.data())
def test_none_is_lost_and_the_kept_fit(widths: list[int], room: int, data: st.DataObject) -> None:
    kept = sorted(data.draw(st.sets(st.integers(0, len(widths) - 1), min_size=1, max_size=2)))
    order = in_sight(widths, kept, room)
    assert sorted(order) == list(range(len(widths)))
    end = max(order.index(each) for each in kept) + 1
    assert sum(widths[each] for each in order[:end]) <= room
    others = [each for each in order if each not in kept]
    assert others == sorted(others)


def test_where_there_is_room_nothing_moves() -> None:
    assert in_sight([8, 8, 8, 8], [2], 24) == [0, 1, 2, 3]
    assert in_sight([8, 8, 8, 8], [2], 23) == [0, 2, 1, 3]
    assert in_sight([8, 8], [], 5) == [0, 1]


@given(st.lists(st.integers(3, 12), min_size=1, max_size=20), st.integers(24, 200))
def test_no_key_is_cut(widths: list[int], room: int) -> None:
    order = list(range(len(widths)))
    seen = whole(widths, order, room)
    assert seen == order[: len(seen)]
    assert sum(widths[each] for each in seen) <= room
    assert len(seen) == len(widths) or sum(widths[: len(seen) + 1]) > room


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_no_key_of_the_first_screen_is_cut(app: KloutApp, size: tuple[int, int]) -> None:
    async with driving(app, size=size) as driver:
        line = driver.app.screen.query_one(KeyLine)
        await driver.until(lambda: line.query(FooterKey))
        assert all(each.region.right <= line.size.width + 1 for each in line.query(FooterKey))
        assert "Search" in shown(driver) or size[0] == 80
