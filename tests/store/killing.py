"""Kills writing processes at random moments and holds what they leave against what they had acknowledged."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from klout_tui.store import Store
from klout_tui.store.migrations import FORMAT, finish, unfinished
from tests.store.build import ADA, BLOG, fold, linked
from tests.store.test_faults import agrees_with_itself
from tests.store.victims import NOW, PER_BATCH, numbered

ROOT = Path(__file__).parents[2]


def now() -> Any:
    return NOW


def opened(folder: Path) -> Store:
    return Store.open(folder, clock=now, zone="Europe/Berlin")


@dataclass
class Killing:
    """A nursery of victims, and what became of them."""

    rng: random.Random
    hit: Counter[str] = field(default_factory=Counter)
    """Where they were when they were killed."""
    survived: int = 0
    """How many had finished before their time."""
    kept_unacknowledged: int = 0
    """How often the commit in flight was there, whole."""

    def __enter__(self) -> Self:
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.store.victims"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._nursery.__exit__(kind, error, trace)

    def _live(self, spare: int, longest: float, **order: object) -> list[list[str]]:
        """Let one be born, let it say ``spare`` things and live on a little, and kill it; what it said."""
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(json.dumps(order) + "\n")
        said: list[list[str]] = []
        victim = 0
        for line in self._nursery.stdout:
            said.append(line.split())
            if said[-1][0] == "born":
                victim = int(said[-1][1])
            if said[-1][0] == "dead":
                break
            if len(said) > spare and victim > 0:
                until = time.perf_counter() + self.rng.random() * longest
                while time.perf_counter() < until:
                    pass
                os.kill(victim, signal.SIGKILL)
                victim = -1
        assert not [words for words in said if words[0] == "failed"], said
        under_way = [words[1] for words in said if words[0] == "in"]
        for words in said:
            if words[0] == "out":
                under_way.remove(words[1])
        if ["finished"] in said:
            self.survived += 1
        else:
            self.hit[under_way[-1] if under_way else "between"] += 1
        return said

    def refresh(self, folder: Path, last: int) -> None:
        """Let one victim write, kill it, and check what it left."""
        with opened(folder) as store:
            before = int(store.cursor(ADA).get("since", "-1"))
        said = self._live(self.rng.randint(1, 24), 0.012, folder=str(folder), last=last)
        acknowledged = max([before, *(int(words[1]) for words in said if words[0] == "stored")])
        with opened(folder) as store:
            done = int(store.cursor(ADA).get("since", "-1"))
            assert acknowledged <= done <= acknowledged + 1, (acknowledged, done)
            self.kept_unacknowledged += done > acknowledged
            acts = Counter(int(each.id.partition("-")[0]) for each in store.interactions())
            assert acts == dict.fromkeys(range(done + 1), PER_BATCH)
            assert {one.id for one in store.posts()} == {f"p{number}" for number in range(done + 1)}
            agrees_with_itself(store)
            if done >= 0:
                assert store.absorb(numbered(done)).new_interactions == 0
            assert store.warnings() == ()

    def finish(self, folder: Path, last: int) -> None:
        """Let one write to the end, undisturbed."""
        said = self._live(1_000_000, 0, folder=str(folder), last=last)
        assert ["finished"] in said
        self.survived -= 1

    def migrate(self, whole: Path, folder: Path) -> None:
        """Let one move a copy of a store to the next format, kill it, and check that it is of one format, whole."""
        shutil.copytree(whole, folder)
        self._live(1, 0.02, folder=str(folder))
        if unfinished(folder):
            finish(folder)
        tables = {path.name: json.loads(path.read_bytes()) for path in folder.glob("*.json")}
        assert {each["meta"]["file"].pop("format") for each in tables.values()} in ({FORMAT}, {FORMAT + 1})
        before = {path.name: json.loads(path.read_bytes()) for path in whole.glob("*.json")}
        for each in before.values():
            each["meta"]["file"].pop("format")
        assert tables == before
        shutil.rmtree(folder)


def left(folder: Path) -> dict[str, Any]:
    """All that can be read."""
    with opened(folder) as store:
        return {
            "posts": store.posts(),
            "interactions": store.interactions(),
            "days": store.days(),
            "cursors": [store.cursor(each) for each in (ADA, BLOG)],
        }


def trial(base: Path, kills: int, seed: int, *, last: int = 60) -> Killing:
    """So many kills of refreshes, one in five of them of a migration; stores grow anew whenever one is complete.

    Raises:
        AssertionError: something was lost, torn or untrue.
    """
    with Killing(random.Random(seed)) as killing:
        linked(base / "undisturbed", now).close()
        killing.finish(base / "undisturbed", last)
        expected = left(base / "undisturbed")
        with opened(base / "undisturbed") as store:
            fold(store)
        folder, number = base / "0", 0
        linked(folder, now).close()
        for kill in range(kills):
            if kill % 5 == 4:
                killing.migrate(base / "undisturbed", base / "migrating")
                continue
            killing.refresh(folder, last)
            with opened(folder) as store:
                complete = store.cursor(ADA) == {"since": str(last)}
            if complete:
                assert left(folder) == expected
                number += 1
                folder = base / str(number)
                linked(folder, now).close()
        killing.finish(folder, last)
        assert left(folder) == expected
    return killing
