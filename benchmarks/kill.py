"""Kills writing processes some hundreds of times: ``python -m benchmarks.kill [KILLS] [SEED]``.

Run it in the repository with the development dependencies installed. It fails with the first thing lost, torn or
untrue; the same seed tells the victims' lives in the same way, though not to the microsecond.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.store.killing import trial


def main(kills: int = 300, seed: int = 2011) -> None:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="klout-tui-kill-") as base:
        killing = trial(Path(base), kills, seed, last=150)
    print(f"{kills} processes started to be killed, seed {seed}, {time.perf_counter() - begun:.0f} s")
    for where, count in sorted(killing.hit.items(), key=lambda each: -each[1]):
        print(f"  {count:5}  killed {'between two changes' if where == 'between' else f'during: {where}'}")
    print(f"  {killing.survived:5}  had finished before")
    print(
        f"In {killing.kept_unacknowledged} cases the commit in flight was there, whole; in the others, nothing of it."
    )
    print("Lost, torn or untrue: 0.")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
