"""The bars as they are painted, cell by cell: steps of the axis, the line's scale, what is compared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from textual.app import App, ComposeResult

from klout_tui.tui.widgets.bars import Stack, StackedBars


class Chart(App[None]):
    """Bars over the whole screen."""

    CSS = "StackedBars { height: 1fr; }"

    def compose(self) -> ComposeResult:
        yield StackedBars()


@asynccontextmanager
async def drawn(stack: Stack, size: tuple[int, int]) -> AsyncIterator[list[str]]:
    """The lines of a chart."""
    app = Chart()
    async with app.run_test(size=size) as pilot:
        bars = app.query_one(StackedBars)
        bars.show(stack)
        await pilot.pause()
        yield [bars.render_line(line).text for line in range(bars.size.height)]


def days(count: int) -> list[str]:
    return [f"{1 + number % 28} Nov" for number in range(count)]


@pytest.mark.parametrize("top", [3, 11, 16, 29, 60, 75, 300, 1500])
@pytest.mark.parametrize("height", [8, 14, 21, 24, 36, 60])
async def test_the_steps_of_the_axis_are_equally_far_from_each_other(top: int, height: int) -> None:
    async with drawn(Stack([(0, [top] * 10)], labels=days(10)), (80, height)) as lines:
        margin = lines[0].index("│") if "│" in lines[0] else lines[0].index("┤")
        ticks = [(row, line[:margin].strip().replace(",", "")) for row, line in enumerate(lines[:-2])]
        told = [(row, int(word)) for row, word in ticks if word]
        rows, values = [row for row, _ in told], [value for _, value in told]
        assert len(told) >= 3
        assert len({below - above for above, below in pairwise(rows)}) == 1
        assert len({above - below for above, below in pairwise(values)}) == 1
        assert values[-1] == 0
        highest = next(row for row, line in enumerate(lines) if "█" in line)
        each = (rows[1] - rows[0]) / (values[0] - values[1])
        assert abs((rows[-1] + 1 - highest) - top * each) <= 0.5 + 1e-9


async def test_the_line_has_a_scale_and_a_last_value_and_bars_stay_whole() -> None:
    course = [0.5] * 11 + [0.25]
    stack = Stack([(0, [40] * 12)], labels=days(12), course=course, reading="25.0")
    async with drawn(stack, (80, 24)) as lines:
        scale = [(row, line[-5:].strip(" •")) for row, line in enumerate(lines[:-2])]
        known = {word: row for row, word in scale if word}
        assert set(known) == {"100", "50", "25.0", "0"}
        assert known["0"] - known["50"] == known["50"] - known["100"] == 2 * (known["25.0"] - known["50"])
        assert "•" in lines[known["50"]]
        assert {line.count("█") for line in lines if "█" in line} == {lines[known["0"]].count("█")}


async def test_touching_bars_are_grouped_and_none_of_the_width_is_taken_for_unknown() -> None:
    stack = Stack([(0, [9] * 90)], labels=days(90), groups=range(3, 90, 7))
    async with drawn(stack, (116, 24)) as lines:
        row = lines[-3]
        axis = max(row.find("┤"), row.find("│"))
        assert row[axis + 1 :].startswith("███ ███████ ███████ ")
        assert row.rstrip().count("█") == 90
        assert axis < 116 - 90 - 12 + 1


async def test_what_is_compared_is_drawn_over_higher_bars_too() -> None:
    stack = Stack([(0, [20] * 90)], labels=days(90), earlier=[10] * 45 + [0] * 45)
    app = Chart()
    async with app.run_test(size=(100, 24)) as pilot:
        bars = app.query_one(StackedBars)
        bars.show(stack)
        await pilot.pause()
        lines = [bars.render_line(line) for line in range(bars.size.height)]
        strokes = [each for line in lines for each in line if each.text == "─" * 45]
        assert len(strokes) == 1
        style = strokes[0].style
        assert style is not None
        assert style.bgcolor is not None  # the bar goes on behind it
        assert style.bgcolor != style.color
        assert lines[-3].text.rstrip().endswith("▁" * 45)
