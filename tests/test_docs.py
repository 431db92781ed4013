"""The documents say what the program has: no command undocumented, no table of the store left out."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from klout_tui.cli.root import COMMANDS
from klout_tui.domain.settled import How, Settled
from klout_tui.networks.registry import GROUP, Registry
from klout_tui.store import Store
from tests.store.build import Clock, fold
from tests.store.test_checkup import lived

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"klout-tui {name}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "name", sorted(entry.name for entry in entry_points(group=GROUP) if entry.value.startswith("klout_tui."))
)
def test_every_network_that_comes_along_has_its_section(name: str) -> None:
    told = (ROOT / "docs" / "networks.md").read_text("utf-8")
    assert f"\n## {Registry.load().get(name).title}\n" in told
    assert f"klout-tui link {name} " in told


def test_every_table_and_field_of_the_store_is_documented(tmp_path: Path) -> None:
    folder, clock = tmp_path / "home" / "store", Clock()
    lived(folder, clock)
    with Store.open(folder, clock=clock) as store:
        store.remember("theme", "nord")
        store.merge(["x1", "x2"])
        store.ignore(["x3"])
        store.tell_apart("x4", "x5")
        store.remark(["x4"], "Met in Berlin.", clock())
        store.settle(["j1"], Settled(how=How.SNOOZED, at=clock(), until=clock()))
        fold(store)
    told = (ROOT / "docs" / "store.md").read_text("utf-8")
    for path in folder.glob("*.json"):
        assert f"{path.stem.partition('-')[0]}" in told
        for table, rows in json.loads(path.read_bytes()).items():
            assert f"`{table}`" in told, path.name
            for row in rows.values() if table not in ("known", "own") else ():
                for name in row:
                    assert name in told, (path.name, table)
