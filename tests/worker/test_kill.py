"""Killed at any point and started again, a refresh ends with exactly what an undisturbed one leaves."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.networks.misbehaving import Misbehaving, Seen, json_body
from tests.worker.fakes import NOW, Clock, everything, open_store, page

ROOT = Path(__file__).parents[2]
ITEMS, SIZE = 40, 3
REQUESTS = 2 * 14


class Victim:
    """A process that refreshes into one folder, started again and again, and the moment it is killed at."""

    def __init__(self, folder: Path, server: Misbehaving | None = None) -> None:
        self._folder = folder
        self._server = server
        self._process: asyncio.subprocess.Process | None = None
        self._before: int | None = None
        self._after: int | None = None
        self.answered = 0
        self.stored = 0

    async def live(self, *, before: int | None = None, after: int | None = None, stored: int | None = None) -> int:
        """Run until done or killed: before or after so many answers, or once so many batches are stored."""
        self.answered, self.stored, self._before, self._after = 0, 0, before, after
        if self._server is not None:
            for path in ("/alice/items", "/bob/items"):
                self._server.on(path, self._answer)
        where = self._server.url if self._server is not None else "demo"
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.worker.refresh_once", str(self._folder), where, NOW.isoformat()),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        async for _ in self._process.stdout:
            self.stored += 1
            if self.stored == stored:
                self._kill()
        return await self._process.wait()

    async def _answer(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        self.answered += 1
        if self.answered == self._before:
            self._kill()
            return
        after = int(parse_qs(urlsplit(seen.path).query)["after"][0])
        await json_body(page(after, ITEMS, SIZE))(seen, writer)
        await writer.drain()
        if self.answered == self._after:
            self._kill()

    def _kill(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()


def left(folder: Path) -> dict[str, Any]:
    with open_store(folder, Clock()) as store:
        assert store.warnings() == ()
        found: dict[str, Any] = json.loads(everything(store))
        return found


@pytest.fixture(scope="module")
def rng() -> random.Random:
    return random.Random(2011)


@pytest.mark.parametrize("moment", ["before", "after", "stored"])
async def test_killed_and_resumed_equals_undisturbed(tmp_path: Path, rng: random.Random, moment: str) -> None:
    async with Misbehaving() as server:
        assert await Victim(tmp_path / "whole", server).live() == 0
        whole = left(tmp_path / "whole")
        assert (len(whole["posts"]), len(whole["interactions"])) == (2 * ITEMS, 2 * (ITEMS + ITEMS // 2))
        assert sum(day["named"] for day in whole["days"]) == len(whole["interactions"])
        assert [cursor["after"] for cursor in whole["cursors"].values()] == [str(ITEMS), str(ITEMS)]

        victim = Victim(tmp_path / "torn", server)
        for _ in range(3):
            assert await victim.live(**{moment: rng.randint(1, REQUESTS // 4)}) < 0, "it was killed, not finished"
        assert left(tmp_path / "torn") != whole
        assert await victim.live() == 0
        assert victim.answered < REQUESTS, "it went on from where it was"
        assert left(tmp_path / "torn") == whole


async def test_killed_after_the_last_batch_nothing_is_lost(tmp_path: Path) -> None:
    """Only health and closing are left to be interrupted."""
    async with Misbehaving() as server:
        assert await Victim(tmp_path / "whole", server).live() == 0
        victim = Victim(tmp_path / "torn", server)
        await victim.live(stored=REQUESTS)
        assert await victim.live() == 0
        assert left(tmp_path / "torn") == left(tmp_path / "whole")


async def test_the_real_adapters_resume_to_the_same_year(tmp_path: Path, rng: random.Random) -> None:
    whole, torn = Victim(tmp_path / "whole"), Victim(tmp_path / "torn")
    assert await whole.live() == 0
    first = rng.randint(1, whole.stored // 3)
    assert await torn.live(stored=first) < 0
    assert await torn.live(stored=rng.randint(1, whole.stored // 3)) < 0
    assert await torn.live() == 0
    assert torn.stored < whole.stored, "it went on from where it was"
    expected, found = left(tmp_path / "whole"), left(tmp_path / "torn")
    for kept in expected:
        assert found[kept] == expected[kept], kept
