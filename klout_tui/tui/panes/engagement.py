"""Pane 4: reactions over time against what is usual, with a cursor that reads a bar out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import ClassVar, Final

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Static

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.daydetail import span_key
from klout_tui.domain.engagement import Engagement
from klout_tui.domain.notes import Note, marks
from klout_tui.tui.messages import Noted, Noun, Opened, Panned
from klout_tui.tui.panes.chartwords import ChartWords, days_of, numbered
from klout_tui.tui.widgets.bars import Stack, StackedBars
from klout_tui.tui.widgets.frame import Frame

ROOMY: Final = 15
"""Rows of the pane from which the words below the bars get two lines."""


class EngagementPane(Frame, can_focus=True):
    """Bars of reactions, the usual range behind them, and one line that says what they are."""

    NAME = "Engagement"
    NUMBER = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open day", id="chart.open", tooltip="Open the day, or the week, under the cursor"),
        Binding("n", "note", "Note", id="chart.note", tooltip="Keep a note on the day under the cursor, or on today"),
        Binding("left,h", "move(-1)", "Earlier", show=False, id="chart.left", tooltip="Read the bar before"),
        Binding("right,l", "move(1)", "Later", show=False, id="chart.right", tooltip="Read the next bar"),
        Binding("up,k", "app.zoom(-1)", "Closer", show=False, id="chart.shorter", tooltip="Show a shorter window"),
        Binding("down,j", "app.zoom(1)", "Wider", show=False, id="chart.longer", tooltip="Show a longer window"),
        Binding("pageup", "pan(1)", "Window before", show=False, id="chart.back", tooltip="Show the window before"),
        Binding("pagedown", "pan(-1)", "Window after", show=False, id="chart.forth", tooltip="Show the window after"),
        Binding("home", "edge(0)", "First bar", show=False, id="chart.first"),
        Binding("end", "present", "Newest bar", show=False, id="chart.last", tooltip="Back to the present"),
        Binding(
            "c",
            "compare",
            "Compare",
            id="chart.compare",
            tooltip="Mark where the bars of some weeks before ended, or not",
        ),
        Binding("escape", "leave", "No cursor", show=False, id="chart.leave"),
    ]
    HELP = """
## Engagement
Reactions a day, or a week where days do not fit; where even those do not, the newest, and the cursor goes back.
The dots behind the bars are your usual range: what the same weekday brought in 8 of 10 of the 12 weeks before.
A bar inside it is normal, high or low. A day of nothing is a low stroke; days nothing is known of are left empty: those
before the first account, and those on which none was read. Where one was not read, the line below the bars says so.
A part of today is still to come. The figure in the edge is the sum of the window, `▲` or `▼` by how much more
or less than in the window before it; there is none where one of the two was not read in full.

`←` `→` read a bar out, `Enter` opens it into what came that day, `n` keeps a note on it. Above the bars `n4` marks note
4, as `klout-tui show notes` numbers it, and `n4+2` that two more lie on the same bar, or too near to be marked. `↑` `↓`
show a shorter or longer window (7, 30, 90, 365 days; `w` goes round), `PgUp` `PgDn` move it back and forth, `End`
returns to the present. `b` changes what the parts are: kinds, networks, topics (each reaction counts for one topic, the
one most come for). `c` draws a stroke `─` where the bar of some weeks before ended, whole weeks, so that a Monday
stands on a Monday. The dots `•` are the score, on the scale of 0 to 100 at the right; `z` hides it.
"""

    view: reactive[Dashboard | None] = reactive(None)
    course: reactive[Mapping[date, float | None]] = reactive({})
    """The score by local day; None in gaps."""
    came: reactive[Mapping[str, str]] = reactive({})
    """What came of notes, by their ids."""
    calm: reactive[bool] = reactive(False)
    """Whether the score is hidden."""
    cursor: reactive[date | None] = reactive(None)
    """First local day of the bar being read."""
    compares: reactive[bool] = reactive(False)
    """Whether the window before is drawn too."""

    def compose(self) -> ComposeResult:
        """The bars and their legend."""
        yield StackedBars()
        yield Static(classes="legend")
        yield Static("No reactions yet. They show here as soon as an account has been read.", classes="empty")

    def on_mount(self) -> None:
        """Follow changes of the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.draw())

    _asked: int | None = None
    """Where the window was asked to end, in days before today, until a view of it arrives."""

    def watch_view(self) -> None:
        """Draw the new view."""
        if self.view is not None and self.view.choice.back == self._asked:
            self._asked = None
        self.draw()

    def watch_cursor(self) -> None:
        """Read the bar out."""
        self.draw()
        self.refresh_bindings()

    def watch_course(self) -> None:
        """With the score's line, once there is one."""
        self.draw()

    def watch_came(self) -> None:
        """With what came of her notes."""
        self.draw()

    def watch_calm(self) -> None:
        """With the score's line, or without."""
        self.draw()

    def watch_compares(self) -> None:
        """With the window before, or without."""
        self.draw()

    def fit(self) -> None:
        """Days or weeks, whichever the new width has room for."""
        self.draw()

    def draw(self) -> None:
        """Bring the bars up to the view."""
        if self.view is None or not self.is_mounted:
            return
        bars = self.query_one(StackedBars)
        shown = self.drawn(self.view, bars)
        roomy, scores, notes, place = (
            self.size.height >= ROOMY,
            self._scores(shown),
            self._notes(shown),
            self._place(shown),
        )
        room = max(0, self.size.width - 2)
        words = ChartWords(
            self.view, shown, self.compares, scores, notes, self.came, bars.style_of, room, two_lines=roomy
        )
        self.set_class(roomy, "-two-lines")
        something = bool(shown.series) or self.view.choice.back > 0
        bars.display = self.query_one(".legend").display = something
        self.query_one(".empty").display = not something
        bars.show(
            Stack(
                [(number, part.counts) for number, part in numbered(shown)] or [(0, shown.totals)],
                shown.usual,
                [wording.day(day) for day in shown.bars],
                shown.previous if self.compares else (),
                [None if score is None else score / 100 for score in scores],
                words.score,
                _groups(shown),
                {bar: [note.mark for note in there] for bar, there in notes.items()},
                place,
            )
        )
        self.query_one(".legend", Static).update(words.legend() if place is None else words.read_out(place))
        self.figure = self._figure(shown)

    @staticmethod
    def drawn(view: Dashboard, bars: StackedBars) -> Engagement:
        """A bar a day where that fits, else a bar a week."""
        return view.engagement if bars.room(len(view.engagement.bars)) else view.weeks

    # The cursor

    def action_move(self, by: int) -> None:
        """Read the next bar, or the one before; past the edge the window moves along."""
        shown = self._shown
        if shown is None or not shown.bars:
            return
        place = self._place(shown)
        if place is None or self.cursor is None:
            self.cursor = shown.bars[-1]
            return
        begins, to = shown.bars[place] + timedelta(days=by * shown.width), place + by
        if 0 <= to < len(shown.bars) or self._pan(-by * shown.width):
            self.cursor = begins

    def action_edge(self, place: int) -> None:
        """Read the first bar."""
        if (shown := self._shown) and shown.bars:
            self.cursor = shown.bars[place]

    def action_present(self) -> None:
        """Back to the newest bar there is."""
        if self.view is None:
            return
        self._pan(-self._back)
        if shown := self._shown:
            self.cursor = shown.bars[-1] if shown.bars else None

    def action_pan(self, windows: int) -> None:
        """Show an earlier window, or a later one."""
        if shown := self._shown:
            moved = self._pan(windows * shown.span)
            if self.cursor is not None and moved:
                self.cursor -= timedelta(days=moved)

    def action_leave(self) -> None:
        """Read nothing out, and show the present."""
        self._pan(-self._back)
        self.cursor = None

    def action_open(self) -> None:
        """Open the bar under the cursor."""
        if days := self._days_read:
            self.post_message(Opened(Noun.SPAN, span_key(*days)))
        else:
            self.action_move(0)

    def action_note(self) -> None:
        """Ask for a note on the day under the cursor, or on today."""
        if self.view is not None:
            days = self._days_read
            self.post_message(Noted(min(days[1], self.view.today) if days else self.view.today))

    def action_compare(self) -> None:
        """With the window before, or without."""
        self.compares = not self.compares

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Escape means "back" elsewhere; the past takes no notes."""
        if action == "leave":
            return self.cursor is not None or self._back > 0
        if action == "note":
            return self.view is not None and not self.view.past
        return True

    def _pan(self, days: int) -> int:
        """Ask for a window that ends so many days earlier; by how many it will, between the first day and today."""
        if self.view is None:
            return 0
        known = self.view.known_since
        most = max(0, (self.view.today - known).days) if known else 0
        back = self._back
        moved = min(max(back + days, 0), most) - back
        if moved:
            self._asked = back + moved
            self.post_message(Panned(back + moved))
        return moved

    @property
    def _back(self) -> int:
        """Days before today that the window ends, as last asked for: the view of it may still be on its way."""
        if self._asked is not None:
            return self._asked
        return 0 if self.view is None else self.view.choice.back

    @property
    def _shown(self) -> Engagement | None:
        """What is shown, with the bars that are asked for where their view is still on its way."""
        if self.view is None:
            return None
        shown = self.drawn(self.view, self.query_one(StackedBars))
        ahead = timedelta(days=self._back - self.view.choice.back)
        return msgspec.structs.replace(shown, bars=tuple(bar - ahead for bar in shown.bars)) if ahead else shown

    @property
    def _days_read(self) -> tuple[date, date] | None:
        """First and last local day of the bar under the cursor."""
        shown = self._shown
        place = self._place(shown) if shown else None
        return days_of(shown, place) if shown and place is not None else None

    def _place(self, shown: Engagement) -> int | None:
        """Which bar the cursor is on; days and weeks have different bars."""
        if self.cursor is None:
            return None
        return next((place for place in range(len(shown.bars)) if self.cursor <= days_of(shown, place)[1]), None)

    def _notes(self, shown: Engagement) -> Mapping[int, tuple[Note, ...]]:
        """The notes of each bar that has any."""
        return marks(self.view.notes if self.view else (), (days_of(shown, bar) for bar in range(len(shown.bars))))

    def _scores(self, shown: Engagement) -> list[float | None]:
        """The score at the end of each bar; none where it is hidden or not computed."""
        if self.calm or not self.course:
            return []
        ends = (min(days_of(shown, place)[1], shown.last) for place in range(len(shown.bars)))
        return [self.course.get(day) for day in ends]

    def _figure(self, shown: Engagement) -> tuple[str, ...]:
        moved = "" if shown.before is None else f" {wording.change(shown.total - shown.before) or '±0'}"
        total = f"{shown.total:,}{moved}"
        days = f"{shown.span} days"
        if self.view is not None and self.view.choice.back:
            days += f" to {wording.day(shown.last, self.view.today)}"
        return (f"{days}, by {shown.split.value}  {total}", f"{days}  {total}", total)


def _groups(shown: Engagement) -> list[int]:
    """The bars that begin a week, or a month where a bar is a week."""
    if shown.width == 1:
        return [place for place, bar in enumerate(shown.bars) if not bar.weekday()]
    return [place for place, (one, bar) in enumerate(pairwise(shown.bars), 1) if bar.month != one.month]
