"""The map of the week and the habits, as they look: small, usual, large, and without colour."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from klout_tui.domain.digest import ticks
from klout_tui.domain.timing.advice import timing
from klout_tui.tui.desk import Desk
from tests.conftest import FrozenClock
from tests.domain.audience import NOW, ZONE, awake, year
from tests.domain.writer import lived
from tests.tui.test_pictures import LARGE, SMALL, USUAL, Snap, drawn
from tests.tui.village import full, open_app

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="pictures are kept for one Python, so that only our own changes show"
)


@pytest.fixture
def picture(
    home: Path, clock: FrozenClock, snap_compare: Snap, monkeypatch: pytest.MonkeyPatch
) -> Callable[[tuple[int, int], str], None]:
    """Compare the screen a key opens over an invented audience."""
    posts = year(random.Random(1), awake, people=20.0) + year(
        random.Random(2), awake, posts=50, account="blog:a.example"
    )
    found = timing(sorted(posts, key=lambda each: (each.at, each.id)), ticks(NOW), ZONE)
    monkeypatch.setattr(Desk, "timing", lambda _: found)
    monkeypatch.setattr(Desk, "habits", lambda _: lived(3, lambda post: 2.5 if "?" in post.text else 1.0))

    def compare(size: tuple[int, int], key: str) -> None:
        app = open_app(home, clock, full)
        try:
            assert snap_compare(app, terminal_size=size, run_before=drawn(key, busy=("view", "open", "find")))
        finally:
            app.session.close()

    return compare


@pytest.mark.parametrize("size", [SMALL, USUAL, LARGE], ids=["80x24", "120x36", "200x60"])
def test_when(picture: Callable[[tuple[int, int], str], None], size: tuple[int, int]) -> None:
    picture(size, "W")


def test_when_without_colour(picture: Callable[[tuple[int, int], str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    picture(SMALL, "W")


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["80x24", "120x36"])
def test_habits(picture: Callable[[tuple[int, int], str], None], size: tuple[int, int]) -> None:
    picture(size, "H")
