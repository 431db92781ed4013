"""The store's door may be held by a commit or a tidying-up: nobody waits there on the event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from klout_tui.networks.registry import Registry
from klout_tui.store.company import Company
from klout_tui.store.letters import Letters
from klout_tui.store.reading import Reader
from klout_tui.store.store import Store
from klout_tui.tui.screens.asking import ChooseScreen
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.letter import LetterScreen
from klout_tui.tui.screens.link import LinkScreen
from klout_tui.tui.screens.people import PeopleScreen
from klout_tui.tui.screens.search import SearchScreen
from tests.conftest import FrozenClock
from tests.town import Town
from tests.tui.village import driving, full, open_app

HALVES = {**vars(Reader), **vars(Company), **vars(Letters), **vars(Store)}
DOOR = [name for name, thing in HALVES.items() if callable(thing) and not name.startswith("_")]
AT_START = {"recall"}
"""The theme, before the first picture, when nobody else is at the door yet."""


async def test_nothing_waits_at_the_stores_door_on_the_event_loop(
    home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(home, clock, full)
    app.session.networks = Registry({"town": Town()})
    loop, met = threading.get_ident(), []

    def watched(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: Any, **more: Any) -> object:
            if threading.get_ident() == loop:
                met.append(name)
            return real(*args, **more)

        return call

    for name in DOOR:
        if name not in ("open", "close"):
            monkeypatch.setattr(Store, name, watched(name, getattr(Store, name)))
    async with driving(app) as driver:
        await driver.press("enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        await driver.press("escape", "3", "T", "t")
        await driver.until(lambda: isinstance(app.screen, LetterScreen))
        await driver.press("2", "escape", "g")
        await driver.until(lambda: isinstance(app.screen, LetterScreen))
        await driver.press(*"rust", "escape", "ctrl+z", "r")
        await driver.press("P")
        await driver.until(lambda: isinstance(app.screen, PeopleScreen) and app.screen.current is not None)
        await driver.press("i", "ctrl+z", "M")
        await driver.until(lambda: isinstance(app.screen, ChooseScreen))
        await driver.press("escape", "escape", "3", "T", "ctrl+f")
        await driver.until(lambda: isinstance(app.screen, SearchScreen))
        await driver.press(*"py", "escape", "a")
        await driver.until(lambda: isinstance(app.screen, LinkScreen))
        await driver.press(*"ada", "enter")
        screen = app.screen
        assert isinstance(screen, LinkScreen)
        await driver.until(lambda: screen._checked is not None)
        await driver.press("enter")
        await driver.until(lambda: not isinstance(app.screen, LinkScreen))
        assert set(met) <= AT_START
    assert {"absorb", "interactions", "link", "poll", "thank"} <= set(DOOR)
