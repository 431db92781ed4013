"""``--demo`` before commands, end to end; the demo is read once for most of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from klout_tui.cli import main
from klout_tui.session import Session

NOW = datetime(2026, 11, 23, 8, 15, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo() -> Iterator[Session]:
    with Session.open(demo=True, clock=lambda: NOW) as session:
        asyncio.run(session.prepare(finish=True))
        yield session


def _json(demo: Session, noun: str, *arguments: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, ["--demo", "show", noun, *arguments, "--json"], obj=lambda **_: nullcontext(demo))
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout_bytes)[noun]
    return rows


@pytest.mark.parametrize("noun", ["accounts", "posts", "interactions", "plusk", "topics", "days"])
def test_every_noun_has_something_to_show(demo: Session, noun: str) -> None:
    assert len(_json(demo, noun)) >= 2


def test_day_totals_are_the_interactions_counted(demo: Session) -> None:
    acts = _json(demo, "interactions")
    days = _json(demo, "days")
    assert sum(day["named"] for day in days) == len(acts)
    assert all(day["named"] + day["unnamed"] >= day["estimated"] for day in days)


def test_every_plus_k_opens_into_an_interaction(demo: Session) -> None:
    known = {act["id"]: act for act in _json(demo, "interactions")}
    for given in _json(demo, "plusk"):
        act = known[given["id"]]
        assert (act["actor"], act["at"], act["account"]) == (given["actor"], given["at"], given["account"])


def test_nothing_private_gets_out(demo: Session) -> None:
    hidden = {act.id for act in demo.store.interactions() if not act.public}
    assert hidden
    assert all(act["text"] is None for act in _json(demo, "interactions") if act["id"] in hidden)
    assert any(act["text"] for act in _json(demo, "interactions", "--include-private") if act["id"] in hidden)


def test_the_demo_leaves_her_home_alone(home: Path) -> None:
    result = CliRunner().invoke(main, ["--demo", "show", "accounts", "--json"])
    assert result.exit_code == 0
    assert {row["health"] for row in json.loads(result.stdout)["accounts"]} == {"ok"}
    assert not home.exists()


def test_refreshing_the_demo_reads_its_year() -> None:
    result = CliRunner().invoke(main, ["--demo", "refresh", "--json"])
    assert result.exit_code == 0
    assert {row["status"] for row in json.loads(result.stdout)["refresh"]["accounts"]} == {"ok"}
