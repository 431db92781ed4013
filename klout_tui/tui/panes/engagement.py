"""Pane 4: reactions over time against what is usual."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.engagement import Engagement, Series
from klout_tui.tui.widgets.bars import FILLS, Stack, StackedBars
from klout_tui.tui.widgets.frame import Frame


class EngagementPane(Frame, can_focus=True):
    """Bars of reactions, the usual range behind them, and one line that says what they are."""

    NAME = "Engagement"
    NUMBER = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "app.window(1)", "Longer", show=False, id="chart.longer", tooltip="Show a longer window"),
        Binding("left,h", "app.window(-1)", "Shorter", show=False, id="chart.shorter", tooltip="Show a shorter window"),
        Binding("up,k,down,j", "app.split", "By kind or network", show=False, id="chart.split"),
    ]
    HELP = """
## Engagement
Reactions a day, or a week where days do not fit. The dots behind the bars are your usual range: what the same weekday
brought in 8 of 10 of the 12 weeks before. A bar inside it is normal, high or low. `w` changes the window (7, 30, 90,
365 days), `b` what the parts of a bar are. A day of nothing is a low stroke; days nothing is known
of are left empty. A part of today is still to come. The figure in the edge is the sum of the window, `▲` or `▼` by how
much more or less than in the window before it.
"""

    view: reactive[Dashboard | None] = reactive(None)

    def compose(self) -> ComposeResult:
        """The bars and their legend."""
        yield StackedBars()
        yield Static(classes="legend")
        yield Static("No reactions yet. They show here as soon as an account has been read.", classes="empty")

    def on_mount(self) -> None:
        """Follow changes of the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.draw())

    def watch_view(self) -> None:
        """Draw the new view."""
        self.draw()

    def fit(self) -> None:
        """Days or weeks, whichever the new width has room for."""
        self.draw()

    def draw(self) -> None:
        """Bring the bars up to the view."""
        if self.view is None or not self.is_mounted:
            return
        bars = self.query_one(StackedBars)
        shown = self.fitting(self.view, bars)
        something = bool(shown.series)
        bars.display = self.query_one(".legend").display = something
        self.query_one(".empty").display = not something
        labels = [wording.day(day) for day in shown.bars]
        parts = [(number, part.counts) for number, part in numbered(shown)]
        bars.show(Stack(parts, shown.usual, labels))
        self.query_one(".legend", Static).update(self._legend(shown, bars))
        self.figure = self._figure(shown)

    @staticmethod
    def fitting(view: Dashboard, bars: StackedBars) -> Engagement:
        """A bar a day where that fits, else a bar a week."""
        return view.engagement if bars.room(len(view.engagement.bars)) else view.weeks

    def _legend(self, shown: Engagement, bars: StackedBars) -> Content:
        unit = "a day" if shown.width == 1 else "a week"
        usual = "  ·· usual" if any(shown.usual) else ""
        parts = [Content.styled(unit + usual, "dim")]
        for number, part in numbered(shown):
            fill = (FILLS[number % len(FILLS)], bars.style_of(number))
            parts.append(Content.assemble(fill, f" {part.label} {part.total:,}"))
        if shown.estimated:
            parts.append(Content.styled(f"{wording.percent(shown.estimated / shown.total)} dated by guess", "dim"))
        return Content("   ").join(parts)

    @staticmethod
    def _figure(shown: Engagement) -> tuple[str, ...]:
        moved = "" if shown.before is None else f" {wording.change(shown.total - shown.before) or '±0'}"
        total = f"{shown.total:,}{moved}"
        days = f"{shown.span} days"
        return (f"{days}, by {shown.split.value}  {total}", f"{days}  {total}", total)


def numbered(shown: Engagement) -> list[tuple[int, Series]]:
    """Each part with the number of its colour and fill, the same in every window."""
    return [(shown.labels.index(part.label), part) for part in shown.series]
