"""Pictures of the review's cards and of what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from klout_tui.tui.app import KloutApp
from klout_tui.tui.screens.changes import ChangesScreen
from klout_tui.tui.screens.review import ReviewScreen
from tests.conftest import FrozenClock
from tests.tui.village import Driver, full, open_app


@pytest.fixture
def app(home: Path, clock: FrozenClock) -> KloutApp:
    return open_app(home, clock, full)


def going_to(card: int) -> Any:
    """Opens the review and goes so many cards on."""

    async def go(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, KloutApp)
        driver = Driver(app, pilot)
        await driver.until(lambda: app.home.view is not None)
        await driver.press("R")
        await driver.until(lambda: isinstance(app.screen, ReviewScreen) and app.screen._found is not None)
        screen = app.screen
        assert isinstance(screen, ReviewScreen)
        await driver.until(lambda: screen._found is not None and screen._found.diagnosis is not None)
        await driver.press(*["space"] * card)

    return go


async def changes(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, KloutApp)
    driver = Driver(app, pilot)
    await driver.until(lambda: app.home.view is not None)
    await driver.press("C")
    await driver.until(lambda: isinstance(app.screen, ChangesScreen) and app.screen.found is not None)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
@pytest.mark.parametrize("card", [1, 4], ids=["answer", "suggestion"])
def test_card(app: KloutApp, snap_compare: Any, card: int, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=going_to(card))


def test_changes(app: KloutApp, snap_compare: Any) -> None:
    assert snap_compare(app, terminal_size=(120, 36), run_before=changes)
