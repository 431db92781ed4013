"""The line of keys: help and quit are in sight on every screen, however narrow."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult

from klout_tui.tui.app import KloutApp
from klout_tui.tui.screens.help import HelpScreen
from klout_tui.tui.widgets.keyline import KeyLine, in_sight
from tests.conftest import FrozenClock
from tests.tui.village import Driver, driving, full, open_app


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


def shown(driver: Driver) -> list[str]:
    """The keys that lie wholly within the screen."""
    line = driver.app.screen.query_one(KeyLine)
    return [offer.words for start, offer in line.placed() if start + offer.width - 1 <= line.size.width]


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


async def test_the_mouse_presses_what_it_points_at_and_is_told_what_that_is_for(app: KloutApp) -> None:
    async with driving(app, size=(200, 60)) as driver:
        line = app.home.query_one(KeyLine)
        await driver.until(lambda: "Help" in shown(driver))
        start, offer = next(each for each in line.placed() if each[1].words == "Help")
        await driver.pilot.hover(KeyLine, offset=(start + offer.width - 2, 0))
        assert line.under == offer
        assert line.tooltip == "The keys, and what the panes say"
        await driver.pilot.hover(KeyLine, offset=(start + offer.width - 1, 0))
        assert line.under is None
        assert line.tooltip is None
        await driver.pilot.click(KeyLine, offset=(start, 0))
        await driver.until(lambda: isinstance(app.screen, HelpScreen))


async def test_the_wheel_shows_the_keys_beyond_the_edge(app: KloutApp) -> None:
    async with driving(app, size=(80, 24)) as driver:
        await driver.press("P")
        await driver.until(lambda: "Quit" in shown(driver))
        line = app.screen.query_one(KeyLine)
        first, last = shown(driver)[0], line._ordered()[-1].words
        assert last not in shown(driver)
        for _ in range(40):
            line.post_message(wheel(events.MouseScrollDown, line))
        await driver.until(lambda: last in shown(driver))
        assert first not in shown(driver)
        assert line.render_line(0).cell_length == 80
        for _ in range(line.turned):
            line.post_message(wheel(events.MouseScrollUp, line))
        await driver.until(lambda: first in shown(driver))


def wheel(event: type[events.MouseEvent], line: KeyLine) -> events.MouseEvent:
    return event(line, 0, 0, 0, 0, 0, shift=False, meta=False, ctrl=False)


async def test_what_cannot_be_done_now_is_dim_and_does_nothing() -> None:
    done: list[str] = []

    class Halted(App[None]):
        BINDINGS = [("a", "deed('a')", "Allowed"), ("n", "deed('n')", "Not now")]

        def compose(self) -> ComposeResult:
            yield KeyLine()

        def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
            return None if parameters == ("n",) else True

        def action_deed(self, name: str) -> None:
            done.append(name)

    async with Halted().run_test() as pilot:
        await pilot.pause()
        line = pilot.app.query_one(KeyLine)
        place = {offer.key: start for start, offer in line.placed()}
        dim = {segment.text for segment in line.render_line(0) if segment.style and segment.style.dim}
        assert dim == {"n", " Not now"}
        for key in ("n", "a"):
            await pilot.click(KeyLine, offset=(place[key], 0))
        await pilot.pause()
        assert done == ["a"]


async def test_nothing_is_drawn_anew_while_the_keys_stay_the_same(app: KloutApp) -> None:
    async with driving(app) as driver:
        line = app.home.query_one(KeyLine)
        await driver.press("3")
        offers, widgets = line.offers, len(app.home.query("*"))
        await driver.press("2", "3")
        assert line.offers == offers
        assert len(app.home.query("*")) == widgets


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_no_key_is_cut(app: KloutApp, size: tuple[int, int]) -> None:
    async with driving(app, size=size) as driver:
        await driver.until(lambda: "Quit" in shown(driver))
        line = app.home.query_one(KeyLine)
        whole = " ".join(f"{offer.reads} {offer.words}" for _, offer in line.placed())
        assert line.render_line(0).text.rstrip() == whole
        assert len(line.placed()) == len(shown(driver))
        assert size[0] == 80 or len(line.placed()) == len(line.offers)
