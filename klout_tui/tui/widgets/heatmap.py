"""A week of hours as a map: a line a day, a cell an hour; characters carry the amount, colour only repeats it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from klout_tui.domain.timing.clock import DAY, WEEK
from klout_tui.domain.timing.shades import EDGES, SHADES, level
from klout_tui.domain.timing.windows import DAYS
from klout_tui.tui.inks import Inks

BEST: Final = "◆"
"""Marks the hours called best."""

_LABEL: Final = 4
_WIDEST: Final = 8
_TALLEST: Final = 3
_BOLD: Final = Style(bold=True)
_PLAIN: Final = Style()


class HeatMap(Widget, can_focus=True):
    """Seven days of twenty-four hours, with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Posts", id="map.open", tooltip="Go to the posts of this hour"),
        Binding("up,k", "move(-24)", "Day before", show=False, id="map.up"),
        Binding("down,j", "move(24)", "Day after", show=False, id="map.down"),
        Binding("left,h", "move(-1)", "Hour before", show=False, id="map.left"),
        Binding("right,l", "move(1)", "Hour after", show=False, id="map.right"),
        Binding("home", "edge(0)", "Midnight", show=False, id="map.home"),
        Binding("end", "edge(23)", "Last hour", show=False, id="map.end"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another hour of the week."""

        place: int

    @dataclass
    class Chosen(Message):
        """The user opened the hour under the cursor."""

        place: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._values: tuple[float, ...] = ()
        self._best: frozenset[int] = frozenset()
        self._edges: Sequence[float] = EDGES
        self.place = 0
        """The hour of the week under the cursor, Monday 0:00 being 0."""

    def show(
        self, values: Sequence[float], best: Collection[int], edges: Sequence[float], *, place: int | None = None
    ) -> None:
        """Draw these.

        Args:
            values: For each hour of the week how many times the usual; none where nothing is known.
            best: Hours of the week to mark.
            edges: At how many times the usual the next shade begins.
            place: Where the cursor goes; None leaves it.
        """
        self._values, self._best, self._edges = tuple(values), frozenset(best), edges
        if place is not None:
            self.place = place
        self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002
        """A line for the hours, and as many a day as a large screen gives."""
        return 1 + 7 * self._lines()

    def render(self) -> Text:
        """The map."""
        each, lines = self._each(), self._lines()
        inks = Inks.of(self.app)
        styles = (inks.dim, inks.dim, _PLAIN, inks.theirs, inks.theirs + _BOLD)
        text = Text(no_wrap=True, overflow="crop")
        text.append(" " * _LABEL, inks.dim)
        step = 1 if each > 2 else 2
        for hour in range(0, DAY, step):
            text.append(f"{hour:<{each * step}}", inks.dim)
        for day, name in enumerate(DAYS):
            for line in range(lines):
                middle = line == lines // 2
                text.append("\n" + (f"{name[:3]:<{_LABEL}}" if middle else " " * _LABEL), inks.dim)
                for hour in range(DAY):
                    self._draw(text, day * DAY + hour, each, middle, styles)
        return text

    def _draw(self, text: Text, place: int, each: int, middle: bool, styles: Sequence[Style]) -> None:
        if not self._values:
            text.append(" " * each)
            return
        shade = level(self._values[place], self._edges)
        cell = SHADES[shade] * each
        if place in self._best and middle:
            left = (each - 1) // 2
            cell = cell[:left] + BEST + cell[left + 1 :]
        style = styles[shade]
        if place == self.place and middle:
            inner = cell[1:-1] if each > 2 else ""
            text.append(f"[{inner}]", "bold reverse" if self.has_focus else "bold")
        else:
            text.append(cell, style)

    def _each(self) -> int:
        """Cells an hour gets."""
        return max(2, min(_WIDEST, (self.size.width - _LABEL) // DAY))

    def _lines(self) -> int:
        """Lines a day gets: more where the screen is tall."""
        return max(1, min(_TALLEST, (self.screen.size.height - 22) // 7))

    def action_move(self, by: int) -> None:
        """So many hours on; the week goes round."""
        self._go((self.place + by) % WEEK)

    def action_edge(self, hour: int) -> None:
        """To an hour of the same day."""
        self._go(self.place // DAY * DAY + hour)

    def action_open(self) -> None:
        """Ask for the posts of this hour."""
        if self._values:
            self.post_message(self.Chosen(self.place))

    def on_click(self, event: events.Click) -> None:
        """A click goes there; a second one opens."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < 1 or offset.x < _LABEL:
            return
        hour, day = (offset.x - _LABEL) // self._each(), (offset.y - 1) // self._lines()
        if hour < DAY and day < len(DAYS):
            self._go(day * DAY + hour)
            if event.chain == 2:
                self.action_open()

    def on_focus(self) -> None:
        """The cursor shows who has the keys."""
        self.refresh()

    def on_blur(self) -> None:
        """Likewise."""
        self.refresh()

    def _go(self, place: int) -> None:
        if self._values:
            self.place = place
            self.refresh()
            self.post_message(self.Moved(place))
