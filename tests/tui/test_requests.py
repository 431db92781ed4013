"""An account's page: what it just asked, what came back, what is left to ask."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from klout_tui.networks.record import Asked, Record
from klout_tui.session import Session
from klout_tui.tui.screens.detail import DetailScreen
from tests.conftest import FrozenClock
from tests.tui.test_behaviour import text_of
from tests.tui.village import driving, full, open_app


def asked(clock: FrozenClock) -> Record:
    record = Record()
    took = timedelta(milliseconds=340)
    for number in range(70):
        record.note(Asked(clock() - timedelta(minutes=number), "GET", f"town.example/{number}", "200", 10, took, True))
    record.note(Asked(clock(), "POST", "town.example/[b]login[/]", "no whole answer"))
    soon = str(int((clock() + timedelta(minutes=12)).timestamp()))
    for pool, remaining, limit, reset in (
        ("", "280", "300", soon),
        ("core", "58", "60", ""),
        ("search", "0", "", soon),
        ("past", "1", "9", "0"),
    ):
        told = {"remaining": remaining, "limit": limit, "reset": reset, "resource": pool}
        record.learn({f"x-ratelimit-{name}": value for name, value in told.items() if value}, clock())
    return record


async def test_it_shows_the_last_requests_and_every_pool_that_still_counts(
    home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    record: list[Record] = []
    app = open_app(home, clock, full)
    monkeypatch.setattr(app.session, "record", lambda _: record[0] if record else None)
    async with driving(app) as driver:
        await driver.press("1", "enter")
        await driver.until(lambda: isinstance(app.screen, DetailScreen))
        assert "Requests: none since klout-tui started" in text_of(app)
        assert "network allows" not in text_of(app)
        record.append(asked(clock))
        app.redraw()
        await driver.until(lambda: "Requests of the last reading" in text_of(app))
        shown = text_of(app)
    assert "(the newest 60 of 71), newest first" in shown
    assert "280 of 300 left until 09:27 · core: 58 of 60 left · search: 0 left until 09:27" in shown
    assert "past" not in shown
    first, second = (
        line for line in shown.splitlines() if "town.example/" in line and ("POST" in line or "/69" in line)
    )
    assert first.split() == ["09:15:22", "POST", "town.example/[b]login[/]", "no", "whole", "answer", "–", "0.00", "s"]
    assert second.split()[1:] == ["GET", "town.example/69", "200", "10", "0.34", "s", "sent"]


async def test_the_past_asked_nothing(home: Path, clock: FrozenClock) -> None:
    app = open_app(home, clock, full)
    app.session.close()
    with Session.open(clock=clock, as_of=clock().date()) as session:
        assert session.record("town:ada@town.example") is None
