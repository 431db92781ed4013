from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from klout_tui.store import Store
from tests.store.build import Clock, linked


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "store"


@pytest.fixture
def store(folder: Path, clock: Clock) -> Iterator[Store]:
    with linked(folder, clock) as store:
        yield store
