"""When to post: the advice in words, a map of the week, and the posts behind each hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from klout_tui.domain import wording
from klout_tui.domain.digest import moment
from klout_tui.domain.timing.advice import Made, Timing
from klout_tui.domain.timing.clock import DAY
from klout_tui.domain.timing.heldout import BEST as BEST_HOURS
from klout_tui.domain.timing.heldout import best
from klout_tui.domain.timing.shades import EDGES, SHADES, WIDE_EDGES
from klout_tui.domain.timing.windows import slot_words
from klout_tui.domain.timing.words import sentences
from klout_tui.tui.desk import Desk
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.screens.looking import LookingScreen
from klout_tui.tui.screens.page import one_line
from klout_tui.tui.widgets.heatmap import BEST, HeatMap
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.table import Column, Row, RowTable

COLUMNS: Final = (
    Column("when", "when", 6, right=True),
    Column("hour", "posted", 9),
    Column("people", "people", 6, right=True),
    Column("usual", "usual", 6, right=True, rank=2),
    Column("network", "network", 8, rank=3),
    Column("text", "post", 20, grow=1),
)

LOW: Final = 30
"""Lines of a screen up to which the posts need the room more than a word on what the advice rests on."""

ROWS: Final = 200
"""Posts listed at most."""


class WhenScreen(LookingScreen[tuple[Timing, ...]]):
    """When her people act, and what an hour is worth to post in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="when.back"),
        Binding("b", "network", "Network", id="when.network", tooltip="All networks, or one after the other"),
        Binding(
            "v",
            "view",
            "Active/worth",
            id="when.view",
            tooltip="Show how active your people are in an hour, or what it is worth to post in",
        ),
    ]
    HELP = """
## When to post
A cell is an hour of your week: how **active** your people are in it, with the hours you posted in divided out; `◆`
marks the hours they are most active in. `v` shows what it is **worth** to post in (people in the first twelve hours,
against the hours you use now); there `◆` marks the best 24 hours. The darker a cell the more; what is more than usual
has a colour too. The line below the map reads out the hour under the cursor, with a 95 % interval; `Enter` goes to your
posts of about that hour, `Enter` again opens one. `b` goes from network to network.

The percentage is measured on posts that had no part in the advice. Where it is "no more than chance", post when it
suits you: answering people does more than any hour.
"""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, desk.timing)
        self._number = 0
        self._active = True
        """Whether the map shows what the heading begins with."""
        self._placed = False
        """Whether the cursor has been put on the best hour."""

    def compose(self) -> ComposeResult:
        """Words, map, the hour's line, its posts."""
        yield Static(classes="head")
        yield HeatMap(id="week")
        yield Static(classes="legend")
        yield Static(classes="reading")
        yield RowTable(COLUMNS)
        yield KeyLine()

    def draw(self, found: tuple[Timing, ...]) -> None:
        """Show one network of what was found."""
        timing = found[self._number % len(found)]
        said = sentences(timing)
        self.say(*(said if self.size.height > LOW or not timing.speaks else said[:-1]))
        week = self.query_one(HeatMap)
        week.display = timing.speaks
        self.query_one(".legend").display = timing.speaks
        if timing.speaks:
            values = [slot.worth for slot in timing.slots]
            chosen = best(timing.slots)
            if self._active and timing.profile is not None:
                values = list(timing.profile.active)
                chosen = frozenset(place for window in timing.active for place in window.slots)
            start = max(range(len(values)), key=values.__getitem__)
            week.show(values, chosen, WIDE_EDGES if self._active else EDGES, place=None if self._placed else start)
            self.query_one(".legend", Static).update(self._legend(timing, len(found)))
            if not self._placed:
                self._placed = True
                week.focus()
            self._read(week.place)
        else:
            self.query_one(".reading", Static).update(Content("Your posts, the newest first" if timing.made else ""))
            self._list(timing.made[::-1])
            self.query_one(RowTable).focus()

    def _legend(self, timing: Timing, count: int) -> Text:
        inks = Inks.of(self.app)
        name = f"{timing.network or 'all networks'}, " if count > 1 else ""
        what = "activity" if self._active else "worth of a post"
        marked = "the most active" if self._active else f"best {BEST_HOURS} hours"
        quiet, less, usual, more, most = SHADES
        return Text.assemble(
            (f"{name}{what}: {quiet}{less} less  ", "dim"),
            usual,
            (" usual  ", "dim"),
            (more + most, inks.theirs),
            (f" more  {BEST} {marked}", "dim"),
        )

    def action_back(self) -> None:
        """From the posts to the map, from there to where she came from."""
        week = self.query_one(HeatMap)
        if self.query_one(RowTable).has_focus and week.display:
            week.focus()
        else:
            self.app.pop_screen()

    def action_network(self) -> None:
        """The next network."""
        self._number += 1
        self._redraw()

    def action_view(self) -> None:
        """The other map."""
        self._active = not self._active
        self._redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Only what makes a difference is offered."""
        if action == "network":
            return self.found is not None and len(self.found) > 1
        return self.found is not None if action == "view" else True

    @on(HeatMap.Moved)
    def _moved(self, event: HeatMap.Moved) -> None:
        self._read(event.place)

    @on(HeatMap.Chosen)
    def _chosen(self) -> None:
        table = self.query_one(RowTable)
        if table.rows_shown:
            table.focus()
        else:
            self.notify("None of your posts is of about this hour; it was foreseen from when people act.", markup=False)

    def _read(self, place: int) -> None:
        timing = self._timing()
        if timing is None or timing.profile is None:
            return
        slot = timing.slots[place]
        posts = wording.counted(slot.posts, "post") if slot.posts else "no post yet"
        line = Content.assemble(
            (slot_words(place), "bold"),
            f"  worth ×{slot.worth:.2f} your usual ({slot.low:.2f} to {slot.high:.2f})",
            f" · activity ×{timing.profile.active[place]:.1f} · {posts}",
        )
        self.query_one(".reading", Static).update(line)
        self._list(_around(timing.made, place))

    def _list(self, posts: Sequence[Made]) -> None:
        inks = Inks.of(self.app)
        self.query_one(RowTable).show([_row(made, self.now, inks) for made in posts[:ROWS]])

    def _timing(self) -> Timing | None:
        return self.found[self._number % len(self.found)] if self.found else None


def _around(posts: Sequence[Made], place: int) -> list[Made]:
    """Posts of that hour, then of about that hour on any day; those that brought most for what is usual first."""
    hour = place % DAY
    near = [made for made in posts if (made.place % DAY - hour + 1) % DAY <= 2]
    return sorted(near, key=lambda made: (made.place != place, -made.people / made.usual, -made.at))


def _row(made: Made, now: datetime, inks: Inks) -> Row:
    return Row(
        key=made.id,
        cells={
            "when": Text(wording.ago(moment(made.at), now), style=inks.dim),
            "hour": Text(slot_words(made.place), style=inks.dim),
            "people": Text(wording.number(made.people)),
            "usual": Text(f"{made.usual:.0f}", style=inks.dim),
            "network": Text(made.account.partition(":")[0], style=inks.dim),
            "text": Text(one_line(made.title) or "(without words)"),
        },
        opens=(Noun.POST, made.id),
    )
