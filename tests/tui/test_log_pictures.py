"""The dialog that logs thanks, at the sizes people have."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.conftest import FrozenClock
from tests.tui.test_pictures import SMALL, USUAL, Snap, drawn
from tests.tui.village import full, open_app

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="pictures are kept for one Python, so that only our own changes show"
)


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["80x24", "120x36"])
def test_noting(home: Path, clock: FrozenClock, snap_compare: Snap, size: tuple[int, int]) -> None:
    app = open_app(home, clock, full)
    keys = ("plus", *"the room", "tab", *"python", "tab", "tab", *"3d", "tab", *"long applause")
    try:
        assert snap_compare(app, terminal_size=size, run_before=drawn(*keys, busy=("view", "open", "who")))
    finally:
        app.session.close()
