"""What words cannot say: each pane empty, full and failing, small and large; and the other screens."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from klout_tui.tui.app import LOOK_SECONDS, KloutApp
from tests.conftest import FrozenClock
from tests.tui.village import Filling, bare, failing, full, nothing, open_app

SMALL, USUAL, LARGE = (80, 24), (120, 36), (200, 60)
Snap = Callable[..., bool]

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="pictures are kept for one Python, so that only our own changes show"
)


def drawn(
    *keys: str,
    theme: str = "textual-dark",
    busy: Sequence[str] = ("view", "open", "effect", "score", "why", "compare"),
) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Wait for the view, press keys, let the screen settle; it has not while one of the ``busy`` workers runs."""

    async def run(pilot: Pilot[None]) -> None:
        app: Any = pilot.app
        app.theme = theme
        for _ in range(500):
            await pilot.pause(0.01)
            view = app.home.view
            if view is not None and (not view.accounts or (app.home.look is not None and not app._scoring)):
                break
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
            while any(worker.group == "open" for worker in app.workers):
                await pilot.pause(0.01)
        app.clear_notifications()
        for line in app.screen.query(Input):
            line.cursor_blink = False
        seen: list[list[Strip]] = []
        for _ in range(500):
            await pilot.pause(LOOK_SECONDS / 4)  # the app may find something to do at its next look
            seen.append(app.screen._compositor.render_strips(app.size))
            working = any(worker.group in busy for worker in app.workers)
            if not working and len(seen) > 6 and all(each == seen[-1] for each in seen[-6:]):
                return
        raise AssertionError("the screen never came to rest")

    return run


@pytest.fixture
def picture(home: Path, clock: FrozenClock, snap_compare: Snap) -> Callable[..., None]:
    def compare(filling: Filling, size: tuple[int, int], keys: Sequence[str] = (), theme: str = "textual-dark") -> None:
        app: KloutApp = open_app(home, clock, filling)
        try:
            assert snap_compare(app, terminal_size=size, run_before=drawn(*keys, theme=theme))
        finally:
            app.session.close()

    return compare


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["80x24", "120x36"])
@pytest.mark.parametrize("filling", [bare, full, failing], ids=["empty", "full", "failing"])
@pytest.mark.parametrize("pane", ["1", "2", "3", "4"], ids=["accounts", "topics", "plusk", "engagement"])
def test_pane(picture: Callable[..., None], pane: str, filling: Filling, size: tuple[int, int]) -> None:
    picture(filling, size, [pane, "m"])


@pytest.mark.parametrize("size", [SMALL, USUAL, LARGE], ids=["80x24", "120x36", "200x60"])
def test_dashboard(picture: Callable[..., None], size: tuple[int, int]) -> None:
    picture(full, size, ["3"])


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark", "nord"])
def test_themes(picture: Callable[..., None], theme: str) -> None:
    picture(full, USUAL, ["2"], theme=theme)


def test_no_colour(picture: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    picture(full, USUAL, ["3"])


def test_narrow(picture: Callable[..., None]) -> None:
    picture(full, (58, 30), ["2"])


def test_first_run(picture: Callable[..., None]) -> None:
    picture(nothing, SMALL)


def test_link_dialog(picture: Callable[..., None]) -> None:
    picture(nothing, SMALL, ["a", *"not a name"])


def test_help(picture: Callable[..., None]) -> None:
    picture(full, USUAL, ["question_mark"])


@pytest.mark.parametrize(
    "keys",
    [["1", "enter"], ["2", "enter"], ["3", "enter"], ["3", "enter", "enter"], ["3", "enter", "p"]],
    ids=["account", "topic", "several", "plusk", "person"],
)
def test_detail(picture: Callable[..., None], keys: list[str]) -> None:
    picture(full, USUAL, keys)


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["80x24", "120x36"])
def test_rules(picture: Callable[..., None], size: tuple[int, int]) -> None:
    picture(full, size, ["3", "e", *["down"] * 10, "space"])


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["80x24", "120x36"])
def test_why(picture: Callable[..., None], size: tuple[int, int]) -> None:
    picture(full, size, ["s"])


def test_models(picture: Callable[..., None]) -> None:
    picture(full, USUAL, ["s", "v"])


def test_a_day_under_the_cursor(picture: Callable[..., None]) -> None:
    picture(full, USUAL, ["4", "m", "left", "left", "c"])


@pytest.mark.parametrize("window", [1, 2, 3], ids=["90", "365", "7"])
def test_windows(picture: Callable[..., None], window: int) -> None:
    picture(full, USUAL, ["4", *["w"] * window])
