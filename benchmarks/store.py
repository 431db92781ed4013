"""How fast the store is and how that grows, beside TinyDB's own JSON storage in the same run.

``python -m benchmarks.store [--sizes 1000,10000,100000,1000000] [--folder DIR]``. Stores are made in DIR (else in a
temporary folder), and those found there from an earlier run are used again. Every figure is the least of several runs
in processes of their own, in milliseconds unless it says otherwise; compare ratios, since machines differ and are
noisy. Linux only, for the sake of the memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from tinydb import TinyDB, where

from benchmarks.generate import NOW, accounts, batches, fill
from klout_tui.domain.batch import Batch
from klout_tui.domain.dashboard import Choice, derive
from klout_tui.domain.days import Days
from klout_tui.domain.digest import ticks
from klout_tui.domain.model import Actor, Interaction, InteractionKind
from klout_tui.domain.topics import topic_table
from klout_tui.store.facts import read_facts
from klout_tui.store.store import Store

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
BATCH: Final = 50
BATCHES: Final = 20
ROUNDS: Final = 5
BACKFILL: Final = 100_000


def opened(folder: Path) -> Store:
    """The store of a benchmark's folder, at the benchmark's time."""
    return Store.open(folder / "store", clock=lambda: NOW, zone="Europe/Berlin")


def news(number: int) -> Batch:
    """Fifty new reactions of today to posts of the last weeks."""
    owner = accounts()[number % 20]
    acts = []
    for each in range(BATCH):
        actor = Actor(key=f"https://new.example/users/n{number}-{each}", handle=f"@n{each}@new.example", followers=each)
        post = f"{owner.base_url}/users/user{number % 20}/statuses/{each}"
        acts.append(
            Interaction(
                id=f"{owner.id}/{InteractionKind.LIKE}/{actor.key}/{post}",
                account=owner.id,
                kind=InteractionKind.LIKE,
                actor=actor,
                at=NOW - timedelta(minutes=each),
                post=post,
            )
        )
    return Batch(account=owner.id, cursor={"since": str(number)}, interactions=tuple(acts))


def least(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least time of several runs, in milliseconds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return 1000 * min(times)


# what is measured, each in a process of its own


def measure_batch(folder: Path) -> dict[str, float]:
    """Add batches as a refresh does, durably; then fold, which is told apart."""
    copy = folder.with_name(f"{folder.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    with opened(copy) as store:
        store.absorb(news(1000))  # what has to be read once is read
        times = []
        for number in range(BATCHES):
            batch = news(number)
            begun = time.perf_counter()
            store.absorb(batch)
            times.append(time.perf_counter() - begun)
        engine = store._engine
        begun = time.perf_counter()
        with engine.locked():
            engine.begin()
            engine.fold()
        fold = time.perf_counter() - begun
    shutil.rmtree(copy)
    return {"batch": 1000 * sorted(times)[len(times) // 2], "fold": 1000 * fold}


def measure_start(folder: Path) -> dict[str, float]:
    """Open the store and make the first picture's view of it."""
    begun = time.perf_counter()
    store = opened(folder)
    opening = time.perf_counter()
    facts = read_facts(store, NOW, past=False, span=30)
    reading = time.perf_counter()
    derive(facts, NOW, store.zone, Choice())
    deriving = time.perf_counter()
    return {
        "start": 1000 * (deriving - begun),
        "open": 1000 * (opening - begun),
        "facts": 1000 * (reading - opening),
        "derive": 1000 * (deriving - reading),
    }


def measure_views(folder: Path) -> dict[str, float]:
    """People and topics over the last 90 days, read anew."""
    with opened(folder) as store:
        days = Days(store.zone)
        last = days.of(NOW)
        since = days.start(last - timedelta(days=89))

        def topics() -> object:
            return topic_table(store.history(since), (), days, last, 90)

        def people() -> list[tuple[Actor, int]]:
            counts: Counter[str] = Counter()
            faces: dict[str, Actor] = {}
            for digest in store.history(since):
                rows = zip(digest.actor, digest.at, strict=True)
                counts.update(digest.actors[actor] for actor, at in rows if at >= ticks(since))
                faces.update(zip(digest.actors, digest.people(), strict=True))
            return [(faces[key], count) for key, count in counts.most_common()]

        def both() -> object:
            store._engine.digests.forget()  # as after news
            return topics(), people()

        return {"views": least(both)}


def measure_loop(folder: Path) -> dict[str, float]:
    """The longest the event loop waits while the store works in a thread as the app has it work; idle beside it."""
    copy = folder.with_name(f"{folder.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)

    def folded(store: Store) -> None:
        with store._engine.locked():
            store._engine.begin()
            store._engine.fold()

    async def longest(work: Callable[[], object]) -> float:
        done = asyncio.ensure_future(asyncio.to_thread(work))
        gap, last = 0.0, time.perf_counter()
        while not done.done():
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            gap, last = max(gap, now - last), now
        await done
        return 1000 * gap

    async def all_of_them() -> dict[str, float]:
        gaps = {"loop_idle": await longest(lambda: time.sleep(0.3))}
        store = await asyncio.to_thread(opened, copy)
        gaps["loop_read"] = await longest(lambda: derive(read_facts(store, NOW, past=False), NOW, store.zone, Choice()))
        gaps["loop_batches"] = await longest(lambda: [store.absorb(news(number)) for number in range(BATCHES)])
        gaps["loop_fold"] = await longest(lambda: folded(store))
        await asyncio.to_thread(store.close)
        return gaps

    found = asyncio.run(all_of_them())
    shutil.rmtree(copy)
    return found


def measure_backfill(folder: Path) -> dict[str, float]:
    """A first reading through objects, recognition, totals and disk, tidying included; per second."""
    shutil.rmtree(folder, ignore_errors=True)
    made = list(batches(BACKFILL))
    with opened(folder) as store:
        for account in accounts():
            store.link(account)
        begun = time.perf_counter()
        for batch in made:
            store.absorb(batch)
        took = time.perf_counter() - begun
    shutil.rmtree(folder)
    return {"backfill": BACKFILL / took}


def measure_stock(folder: Path) -> dict[str, float]:
    """TinyDB with its own storage: one file, written whole at every insert."""
    path = folder / "stock.json"
    begun = time.perf_counter()
    database = TinyDB(path)
    table = database.table("interactions")
    found = table.search(where("at") >= "2026-08-25")
    reading = time.perf_counter() - begun
    fresh = [msgspec.to_builtins(act) for act in news(1).interactions]
    times = []
    for _ in range(3 if len(table) <= 10_000 else 1):
        begun = time.perf_counter()
        table.insert_multiple(fresh)
        times.append(time.perf_counter() - begun)
    assert found
    return {"stock_batch": 1000 * min(times), "stock_search": 1000 * reading, "stock_mb": resident(os.getpid())}


def measure_memory(folder: Path) -> dict[str, float]:
    """The dashboard on a terminal of its own: what it holds once it stands still, in MB."""
    child, screen = pty.fork()
    if child == 0:
        os.environ.update(KLOUT_TUI_HOME=str(folder), TERM="xterm-256color", COLUMNS="120", LINES="36")
        os.execvp(sys.executable, [sys.executable, "-m", "klout_tui"])
    try:
        first = drained(screen, 8.0)
        held = resident(child)
        for key in b"234wwww?":
            os.write(screen, bytes([key]))
            drained(screen, 1.0)
        assert first
        return {"memory": held, "memory_used": resident(child)}
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def drained(screen: int, seconds: float) -> int:
    """Read what is drawn for a while, as a terminal does; how many bytes."""
    until, size = time.monotonic() + seconds, 0
    while (left := until - time.monotonic()) > 0:
        if select.select([screen], [], [], left)[0]:
            size += len(os.read(screen, 1 << 16))
    return size


def resident(process: int) -> float:
    """Resident memory of a process, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


MEASURES: Final[dict[str, Callable[[Path], dict[str, float]]]] = {
    "batch": measure_batch,
    "start": measure_start,
    "views": measure_views,
    "loop": measure_loop,
    "memory": measure_memory,
    "stock": measure_stock,
}


def run(measure: str, folder: Path, rounds: int) -> dict[str, float]:
    """A measure in fresh processes; the least of each figure, of those per second the most."""
    found: dict[str, float] = {}
    for _ in range(rounds):
        command = [sys.executable, "-m", "benchmarks.store", "--only", measure, "--folder", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        for name, value in json.loads(done.stdout).items():
            better = max if name == "backfill" else min
            found[name] = better(found.get(name, value), value)
    return found


def make(folder: Path, size: int) -> None:
    """Our store and stock TinyDB's file of the same interactions."""
    if (folder / "ready").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with opened(folder) as store:
        fill(store, size)
    rows: dict[str, Any] = {}
    with (folder / "stock.json").open("w", encoding="utf-8") as file:
        for batch in batches(size):
            for act in batch.interactions:
                rows[str(len(rows) + 1)] = msgspec.to_builtins(act)
        json.dump({"interactions": rows}, file)
    (folder / "ready").touch()


ROWS: Final = (
    ("batch", "add 50 interactions, durably", "stock_batch"),
    ("fold", "  fold the journal (compaction)", None),
    ("start", "open and first dashboard", "stock_search"),
    ("open", "  of it opening", None),
    ("facts", "  of it reading", None),
    ("derive", "  of it deriving", None),
    ("views", "people and topics, 90 days", "stock_search"),
    ("loop_idle", "event loop waits, nothing done", None),
    ("loop_read", "  while the dashboard is read", None),
    ("loop_batches", "  while batches are added", None),
    ("loop_fold", "  while the journal is folded", None),
    ("memory", "dashboard's memory, MB", "stock_mb"),
    ("memory_used", "  after some keys, MB", None),
)


def table(results: dict[int, dict[str, float]]) -> str:
    """The table: ours, stock TinyDB's, the ratio, and how ours grows from size to size."""
    sizes = sorted(results)
    lines = [f"{'':34}" + "".join(f"{size:>22,}" for size in sizes) + "   grows"]
    for name, label, stock in ROWS:
        cells = []
        for size in sizes:
            ours = results[size][name]
            theirs = results[size].get(stock) if stock else None
            cells.append(f"{ours:9.1f} / {theirs:9.1f}" if theirs is not None else f"{ours:9.1f}            ")
        growth = results[sizes[-1]][name] / results[sizes[0]][name]
        lines.append(f"{label:34}" + "".join(f"{cell:>22}" for cell in cells) + f"  x{growth:6.1f}")
        if stock:
            ratios = (f"x{results[size][stock] / results[size][name]:,.1f}" for size in sizes)
            lines.append(f"{'  stock TinyDB / ours':34}" + "".join(f"{ratio:>22}" for ratio in ratios))
    return "\n".join(lines)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.only:
        measure = measure_backfill if options.only == "backfill" else MEASURES[options.only]
        print(json.dumps(measure(options.folder)))
        return 0
    base = options.folder or Path(tempfile.mkdtemp(prefix="klout-tui-benchmark-"))
    results: dict[int, dict[str, float]] = {}
    for size in map(int, options.sizes.split(",")):
        folder = base / str(size)
        make(folder, size)
        results[size] = {}
        for measure in MEASURES:
            once = measure in ("stock", "memory")
            results[size] |= run(measure, folder, 1 if once else options.rounds)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; ours / stock TinyDB, ms\n"
    )
    print(table(results))
    print(f"\nbackfill: {run('backfill', base / 'backfill', options.rounds)['backfill']:,.0f} interactions a second")
    if options.folder is None:
        shutil.rmtree(base)
    return 0


if __name__ == "__main__":
    sys.exit(main())
