"""How long one redraw of the engagement chart takes, at 200×60, with all that can be on it.

``python -m benchmarks.chart``. The least processor time of many redraws, in milliseconds; goals: 30 plain,
60 with several parts, the usual band, the weeks before, the score, marks and the cursor.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Final

from textual.app import App, ComposeResult

from klout_tui.tui.widgets.bars import Stack, StackedBars

ROUNDS: Final = 40


def stack(bars: int, parts: int, *, full: bool) -> Stack:
    """An invented chart."""
    chance = random.Random(7)
    counts = [(part, [chance.randrange(40) for _ in range(bars)]) for part in range(parts)]
    labels = [f"{1 + bar % 28} Nov" for bar in range(bars)]
    if not full:
        return Stack(counts, labels=labels)
    return Stack(
        counts,
        band=[(20.0, 90.0 + bar % 7) for bar in range(bars)],
        labels=labels,
        earlier=[chance.randrange(120) for _ in range(bars)],
        course=[0.4 + bar / 1000 for bar in range(bars)],
        reading="47.0",
        groups=range(3, bars, 7),
        marks={3: "n1", bars // 2: "n2", bars - 4: "n3"},
        cursor=bars // 3,
    )


class Bench(App[None]):
    """One chart over the whole screen."""

    CSS = "StackedBars { height: 1fr; }"

    def compose(self) -> ComposeResult:
        """The chart."""
        yield StackedBars()


async def redraws(shown: Stack, *, axes: bool) -> float:
    """The least time of one redraw, from the new values to finished lines; with ``axes`` these are drawn anew too."""
    app = Bench()
    async with app.run_test(size=(200, 60)) as pilot:
        bars = app.query_one(StackedBars)
        bars.show(shown)
        await pilot.pause()

        def redraw() -> None:
            bars.show(shown)
            if axes:
                bars._axes = (None, [])
            for line in range(bars.size.height):
                bars.render_line(line)

        return least(redraw)


def least(work: Callable[[], object]) -> float:
    """The least processor time of several runs, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times) * 1000


def main() -> int:
    """Measure and print."""
    for bars in (30, 90, 190):
        for words, parts, full in (("one part", 1, False), ("six parts, band, before, score, marks, cursor", 6, True)):
            again, anew = (asyncio.run(redraws(stack(bars, parts, full=full), axes=axes)) for axes in (False, True))
            print(f"{bars:4} bars, {words:46} {again:6.1f} ms, with new axes {anew:6.1f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
