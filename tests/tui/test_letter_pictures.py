"""How the dialogs look in which she writes: small and usual, allowed and not, to one and to many."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from klout_tui.tui.messages import Thanking
from tests.conftest import FrozenClock
from tests.tui.quill import writable
from tests.tui.test_letters import group
from tests.tui.test_pictures import SMALL, USUAL, Snap, drawn
from tests.tui.village import full, open_app

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="pictures are kept for one Python, so that only our own changes show"
)
BUSY = ("view", "open", "letter")


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["80x24", "120x36"])
@pytest.mark.parametrize("allowed", [True, False], ids=["sends", "copies"])
def test_thanking_one(home: Path, clock: FrozenClock, snap_compare: Snap, size: tuple[int, int], allowed: bool) -> None:
    app = writable(home, clock, full)[0] if allowed else open_app(home, clock, full)
    try:
        assert snap_compare(app, terminal_size=size, run_before=drawn("3", "t", "2", busy=BUSY))
    finally:
        app.session.close()


def test_thanking_many(home: Path, clock: FrozenClock, snap_compare: Snap) -> None:
    app, _ = writable(home, clock, full)

    async def run(pilot: Pilot[None]) -> None:
        await drawn("3", busy=BUSY)(pilot)
        app.post_message(Thanking(group(app, 2)))
        for _ in range(500):
            await pilot.pause(0.01)
            if app.screen.query(TextArea):
                break
        await drawn(busy=BUSY)(pilot)

    try:
        assert snap_compare(app, terminal_size=USUAL, run_before=run)
    finally:
        app.session.close()


def test_giving(home: Path, clock: FrozenClock, snap_compare: Snap) -> None:
    app, _ = writable(home, clock, full)
    try:
        assert snap_compare(app, terminal_size=SMALL, run_before=drawn("3", "g", busy=BUSY))
    finally:
        app.session.close()
