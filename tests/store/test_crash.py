"""Killed processes, processes side by side, and a power cut in the middle of a line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from klout_tui.store import Store
from tests.store.build import ADA, Clock, act, batch, fold, linked, post, tiny_tables, totals
from tests.store.killing import trial

ROOT = Path(__file__).parents[2]
PER_BATCH = 5

WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from klout_tui.store import Store, engine
from tests.store.build import account, act, batch, post

folder, name, first, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
engine.JOURNAL_LIMIT = 20_000  # fold often, so that kills hit folding too
start = datetime(2025, 12, 20, tzinfo=UTC)
store = Store.open(folder, clock=lambda: start + timedelta(days=90), zone="Europe/Berlin")
for number in range(first, last):
    at = start + timedelta(hours=7 * number)
    things = [post(f"{name}-p{number}", at, likes=7)]
    for n in range(5):
        things.append(act(f"{name}-{number}-{n}", at + timedelta(hours=n), on=f"{name}-p{number}", by=f"x{n}"))
    store.absorb(batch(*things, cursor=str(number)))
    print(number, flush=True)
store.close()
"""


def writer(folder: Path, name: str, first: int, last: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name, str(first), str(last)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def recomputed(store: Store) -> dict[tuple[str, str], tuple[int, int, int]]:
    named: Counter[str] = Counter()
    nameless: Counter[str] = Counter()
    for each in store.interactions():
        named[each.at.astimezone(store.zone).date().isoformat()] += 1
    for one in store.posts():
        for step in one.unnamed:
            nameless[step.at.astimezone(store.zone).date().isoformat()] += step.count
    return {(day, "like"): (named[day], nameless[day], nameless[day]) for day in {*named, *nameless}}


def whole_batches(store: Store, name: str) -> set[int]:
    """Numbers of the batches that are there; none may be there in part."""
    acts = Counter(int(each.id.split("-")[1]) for each in store.interactions() if each.id.startswith(f"{name}-"))
    assert set(acts.values()) <= {PER_BATCH}
    assert {int(one.id.split("-p")[1]) for one in store.posts() if one.id.startswith(f"{name}-")} == set(acts)
    return set(acts)


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="victims are forked and waited for in the Unix way")
def test_kill_9_at_any_moment_keeps_every_acknowledged_batch_whole(tmp_path: Path) -> None:
    """A few dozen here; ``benchmarks/kill.py`` kills some hundreds."""
    killing = trial(tmp_path, kills=30, seed=9)
    assert sum(killing.hit.values()) + killing.survived == 30
    assert sum(killing.hit.values()) > 20
    assert {"core", "interactions-2025-12"} <= set(tiny_tables(tmp_path / "undisturbed"))


def test_two_processes_side_by_side_lose_nothing(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store:
        both = [writer(folder, "one", 0, 60), writer(folder, "two", 0, 60)]
        seen = 0
        while any(process.poll() is None for process in both):
            store.poll()
            now = len(store.interactions())
            assert now >= seen
            assert sum(total[0] for total in totals(store).values()) >= now
            seen = now
        for process in both:
            assert process.returncode == 0
            assert process.stdout is not None
            process.stdout.close()
        store.poll()
        assert whole_batches(store, "one") == whole_batches(store, "two") == set(range(60))
        assert totals(store) == recomputed(store)
        assert store.warnings() == ()


def test_what_another_process_has_acknowledged_is_seen_at_the_next_look(folder: Path, clock: Clock) -> None:
    with linked(folder, clock) as store, writer(folder, "w", 0, 25) as process:
        assert process.stdout is not None
        for line in process.stdout:
            store.poll()
            assert int(store.cursor(ADA)["since"]) >= int(line)


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_torn_last_line_is_ignored_and_cut_off_by_the_next_write(
    folder: Path, store: Store, clock: Clock, cut: int
) -> None:
    store.absorb(batch(post(), act("a1")))
    whole = (folder / "journal").stat().st_size
    store.absorb(batch(act("a2"), cursor="2"))
    os.truncate(folder / "journal", max(whole + 1, (folder / "journal").stat().st_size - cut))
    with Store.open(folder, clock=clock) as again:
        assert [each.id for each in again.interactions()] == ["a1"]
        assert again.cursor(ADA) == {"since": "1"}
        assert again.absorb(batch(act("a3"), cursor="3")).new_interactions == 1
        with Store.open(folder, clock=clock, read_only=True) as third:
            assert [each.id for each in third.interactions()] == ["a1", "a3"]
            assert third.warnings() == ()


def test_a_torn_tail_is_no_news_to_a_running_process(folder: Path, store: Store, clock: Clock) -> None:
    with Store.open(folder, clock=clock) as other:
        with (folder / "journal").open("ab") as journal:
            journal.write(b'{"seq":99,"crc":"0000')
        assert not other.poll()
        store.absorb(batch(act("a1")))
        assert other.poll()
        assert [each.id for each in other.interactions()] == ["a1"]


class Killed(BaseException):
    """Stands for a kill."""


@pytest.mark.parametrize("nth", range(1, 30))
def test_a_fold_cut_off_before_any_of_its_steps_changes_nothing(
    folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    """The kills above hit by chance; here the fold stops before each of its renames and flushes in turn."""
    store = linked(folder, clock)
    store.absorb(batch(post(likes=3), act("a1"), act("a2")))
    fold(store)
    store.absorb(batch(act("a3"), cursor="2"))
    before = (store.interactions(), store.posts(), totals(store), store.cursor(ADA))
    steps = 0

    def step(real: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **more: object) -> object:
            nonlocal steps
            steps += 1
            if steps == nth:
                raise Killed
            return real(*args, **more)

        return counted

    monkeypatch.setattr(os, "fsync", step(os.fsync))
    monkeypatch.setattr(Path, "replace", step(Path.replace))
    monkeypatch.setattr(Path, "hardlink_to", step(Path.hardlink_to))
    with suppress(Killed):
        fold(store)
    monkeypatch.undo()
    assert steps == nth or nth > 20
    for read_only in (True, False):
        with Store.open(folder, clock=clock, read_only=read_only) as again:
            assert (again.interactions(), again.posts(), totals(again), again.cursor(ADA)) == before
            assert again.warnings() == ()
    with Store.open(folder, clock=clock) as again:
        assert again.absorb(batch(act("a1"), act("a2"), act("a3"), cursor="3")).new_interactions == 0
        fold(again)
        assert not list(folder.glob("*.tmp"))
