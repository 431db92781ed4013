"""What to keep doing and what to do less: each habit with its size, and the posts it rests on."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import DataTable, Static

from klout_tui.domain import wording
from klout_tui.domain.digest import moment
from klout_tui.domain.habits.finding import Habit, Habits, Judged
from klout_tui.domain.habits.words import basis, levels, verdict
from klout_tui.tui.desk import Desk
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.screens.looking import LookingScreen
from klout_tui.tui.screens.page import one_line
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.table import Bar, Column, Row, RowTable

HABITS: Final = (
    Column("do", "", 10),
    Column("what", "what they share", 24, grow=1, most=56),
    Column("bar", "    │ usual", 12, rank=2),
    Column("times", "× usual", 7, right=True),
    Column("range", "surely", 10, right=True),
    Column("posts", "posts", 6, right=True, rank=1),
)

POSTS: Final = (
    Column("when", "when", 6, right=True),
    Column("people", "people", 6, right=True),
    Column("usual", "usual", 6, right=True),
    Column("network", "network", 8, rank=3),
    Column("text", "post", 20, grow=1),
)

ROWS: Final = 200
"""Posts listed at most."""

FULL: Final = 3.0
"""Times her usual that fill a bar."""


class HabitsScreen(LookingScreen[Habits]):
    """Which of her posts do better than her own usual, and which worse."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="habits.back")]
    HELP = """
## What to keep doing
Your posts of the last 52 weeks against your own usual: distinct people in a post's first week, on the same account,
around the same time. A row is something several posts have in common: "1.8 times your usual (1.3 to 2.4)". Few posts
are drawn towards 1, and of ten writers whose posts do all alike at most one would see any row, so that one lucky
post never makes a rule. The stroke `│` on a bar is your usual. `Enter` goes to the posts it rests on, the most telling
first; `Enter` again opens one.

It is a comparison, not a cause: what goes with a topic may be its readers, its season or its hour.
"""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, desk.habits)

    def compose(self) -> ComposeResult:
        """Words, the habits, the posts of the one under the cursor."""
        yield Static(classes="head")
        yield RowTable(HABITS, id="habits")
        yield Static(classes="section")
        yield RowTable(POSTS, id="examples")
        yield KeyLine()

    def draw(self, found: Habits) -> None:
        """Show what was found."""
        self.say(verdict(found), *levels(found), basis(found))
        inks = Inks.of(self.app)
        table = self.query_one("#habits", RowTable)
        both = [*found.keep, *found.less]
        for part in (table, self.query_one("#examples"), self.query_one(".section")):
            part.display = bool(both)
        table.styles.height = len(both) + 1
        table.show([_habit(str(place), habit, inks) for place, habit in enumerate(both)])
        table.focus()
        self._list()

    def action_back(self) -> None:
        """From the posts to the habits, from there to where she came from."""
        if self.query_one("#examples").has_focus:
            self.query_one("#habits").focus()
        else:
            self.app.pop_screen()

    @on(DataTable.RowHighlighted, "#habits")
    def _highlighted(self) -> None:
        self._list()

    @on(DataTable.RowSelected, "#habits")
    def _chosen(self) -> None:
        self.query_one("#examples").focus()

    def _list(self) -> None:
        row = self.query_one("#habits", RowTable).current
        if self.found is None or row is None:
            return
        habit = [*self.found.keep, *self.found.less][int(row.key)]
        order = "most" if habit.keeps else "least"
        label = f"{habit.trait.words} ({len(habit.posts):,}), those that brought {order} for what is usual first"
        self.query_one(".section", Static).update(Content(label))
        inks = Inks.of(self.app)
        self.query_one("#examples", RowTable).show([_post(post, self.now, inks) for post in habit.posts[:ROWS]])


def _habit(key: str, habit: Habit, inks: Inks) -> Row:
    size = habit.effect
    return Row(
        key=key,
        cells={
            "do": Text("▲ keep", style=inks.theirs) if habit.keeps else Text("▽ do less", style=inks.dim),
            "what": Text(habit.trait.words),
            "bar": Bar(size.times / FULL, inks.theirs if habit.keeps else inks.dim, 1 / FULL),
            "times": Text(wording.times(size.times)),
            "range": Text("–".join(wording.bounds(size.low, size.high)), style=inks.dim),
            "posts": Text(wording.number(len(habit.posts))),
        },
    )


def _post(post: Judged, now: datetime, inks: Inks) -> Row:
    return Row(
        key=post.id,
        cells={
            "when": Text(wording.ago(moment(post.at), now), style=inks.dim),
            "people": Text(wording.number(post.people)),
            "usual": Text(f"{post.usual:.0f}", style=inks.dim),
            "network": Text(post.account.partition(":")[0], style=inks.dim),
            "text": Text(one_line(post.title) or "(without words)"),
        },
        opens=(Noun.POST, post.id),
    )
