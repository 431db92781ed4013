"""How fast people are listed, and what deciding about one costs, on a store of any size.

``python -m benchmarks.people FOLDER`` works on a copy of ``FOLDER/store``, as ``benchmarks.generate`` makes it. Every
figure is the least of several runs, in milliseconds of this thread's own time unless it says otherwise: others' work on
the machine then counts for little.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from benchmarks.generate import NOW
from klout_tui.domain.people import Tab, Wish, listing
from klout_tui.store.facts import read_facts
from klout_tui.store.gathering import acquaintance, everybody, gather, topics_of
from klout_tui.store.store import Store

T = TypeVar("T")

ROUNDS: Final = 7


def told(words: str, work: Callable[[], T], rounds: int = ROUNDS) -> T:
    """Do it several times, and say how long the quickest took."""
    best, answer = float("inf"), None
    for _ in range(rounds):
        begun = time.thread_time()
        answer = work()
        best = min(best, time.thread_time() - begun)
    print(f"{words:<58}{best * 1000:10,.1f}")
    assert answer is not None
    return answer


async def gap(work: Callable[[], object]) -> float:
    """The longest the event loop waited, in seconds, while the work was done in a thread."""
    longest = 0.0
    task = asyncio.ensure_future(asyncio.to_thread(work))
    while not task.done():
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - begun)
    await task
    return longest


def measure(store: Store) -> None:
    """Every figure."""
    facts = read_facts(store, NOW, past=False)
    recent = told("gather the last 90 days", lambda: gather(store, facts, NOW))
    told(
        "  and list the first 200 of them",
        lambda: listing(recent, Wish(), lambda k: topics_of(store, recent, k, whole=False)),
    )
    past = told("read everybody there ever was", lambda: everybody(store, NOW), 2)
    whole = gather(store, facts, NOW, past)
    for tab in Tab:
        wish = Wish(tab=tab)
        told(
            f"  tab {tab.value}",
            lambda wish=wish: listing(whole, wish, lambda k: topics_of(store, whole, k, whole=False)),
        )  # type: ignore[misc]
    told(
        "  figures of all that is known",
        lambda: listing(whole, Wish(whole=True), lambda k: topics_of(store, whole, k, whole=True)),
        2,
    )
    person = max(past.crowd.tallies.items(), key=lambda each: each[1].acts)
    words = f"one person's page beside their acts ({person[1].acts:,})"
    told(words, lambda: acquaintance(store, person[0], facts, NOW, past), 2)
    before = sum(row.total for row in store.days())
    for ignored in (True, False):
        what = f"{'ignore' if ignored else 'heed'} the busiest, in one commit"
        told(what, lambda ignored=ignored: store.ignore([person[0]], ignored=ignored) or True, 1)  # type: ignore[misc]
    assert sum(row.total for row in store.days()) == before, "taking it back changed the totals"
    other = min(past.crowd.tallies)
    store.merge([person[0], other])
    told("gather the last 90 days, two handles merged", lambda: gather(store, facts, NOW))
    longest = asyncio.run(gap(lambda: everybody(store, NOW)))
    print(f"{'the longest the event loop waited meanwhile (wall)':<58}{longest * 1000:10,.1f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'most memory, deciding included, MB':<58}{peak:10,.1f}")


def main() -> int:
    """Copy the store, so that deciding changes nobody's, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "store"
        shutil.copytree(options.folder / "store", copy)
        with Store.open(copy, clock=lambda: NOW, zone="Europe/Berlin") as store:
            measure(store)
    return 0


if __name__ == "__main__":
    sys.exit(main())
