"""Pane 2: what she posts about beside what people come for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from klout_tui.domain import wording
from klout_tui.domain.dashboard import TOPIC_DAYS, Dashboard
from klout_tui.domain.topics import Order, TopicRow, gap, ordered
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Curating, Deed, Noun, Opened, Unhiding
from klout_tui.tui.panes.base import TablePane
from klout_tui.tui.widgets.table import Bar, Column, Row

_BARS = 10
"""Cells the widest pair of bars may take."""

_BY: Final = {Order.POSTED: "your posts", Order.PLUSK: "+K"}
"""What the rows are sorted by, where it is not what people come for."""


class TopicsPane(TablePane[TopicRow]):
    """One row for each topic of the last 90 days, pinned ones first, then those most people come for."""

    NAME = "Topics"
    NUMBER = 2
    EMPTY = "No topics yet. They come from your hashtags, tags and categories."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "sort", "Sort", id="topics.sort", tooltip="Sort by what people come for, what you post, or +K"),
        Binding(
            "p", "curate('pin')", "Pin", show=False, id="topics.pin", tooltip="Keep the topic at the top, or let it go"
        ),
        Binding("x", "curate('hide')", "Hide", id="topics.hide", tooltip="Show the topic nowhere any more"),
        Binding(
            "e", "curate('rename')", "Rename", show=False, id="topics.rename", tooltip="Call the topic by another name"
        ),
        Binding("M", "curate('merge')", "Join", id="topics.merge", tooltip="Join the topic with another"),
        Binding("X", "unhide", "Hidden", show=False, id="topics.hidden", tooltip="List the hidden topics"),
    ]
    COLUMNS: ClassVar[Sequence[Column]] = (
        Column("topic", "topic", 10, grow=3, most=30),
        Column("posted", "you post", 8, right=True),
        Column("posted_bar", "", 4, grow=1, rank=3, most=_BARS),
        Column("came", "they come", 9, right=True),
        Column("came_bar", "", 4, grow=1, rank=3, most=_BARS),
        Column("plusk", "+K", 4, rank=1, right=True),
        Column("trend", "12 weeks", 12, rank=2),
        Column("posts", "posts", 6, rank=5, right=True),
        Column("reactions", "reactions", 9, rank=4, right=True),
    )
    HELP = f"""
## Topics
What you talk about beside what people come for, over the last {TOPIC_DAYS} days. `you post` is the share of your posts
that carry the topic, `they come` the share of all people who reacted that did so to it, each counted once, `+K` the
acknowledgements on it. A wide gap between the two is worth a thought; the lower edge says it in words. A post with
several topics counts for each, so shares may add to more than 100 %. `~` says that some of the posts have no tags and
were put here by their words; `#` on a post says it yourself. The trend shows reactions a week over 12 weeks.

`S` sorts by what people come for, by what you post, or by +K. `p` pins a topic at the top (`◆`), `x` hides it for good,
`X` lists the hidden ones, `e` renames it, `M` joins it with another, `Ctrl+Z` takes the last of these back. All of it
counts for the past too, and everywhere.
"""

    order: reactive[Order] = reactive(Order.CAME)

    def watch_order(self) -> None:
        """Sort anew."""
        self.draw()

    def action_sort(self) -> None:
        """Sort by the next of the three."""
        orders = list(Order)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]

    def action_curate(self, deed: str) -> None:
        """Ask for something to be done to the topic of the row."""
        if row := self.table.current:
            self.post_message(Curating(Deed(deed), row.key))

    def action_unhide(self) -> None:
        """Ask for the list of what is hidden."""
        self.post_message(Unhiding())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is done to the past, or to topics where there are none."""
        if action in ("curate", "unhide", "sort") and self.view is not None:
            if self.view.past and action != "sort":
                return False
            return action == "unhide" or bool(self.view.topics.rows)
        return super().check_action(action, parameters)

    def summary(self, view: Dashboard) -> tuple[str, ...]:
        """How many topics, and how many posts carry none."""
        table = view.topics
        if not table.rows:
            return ()
        untagged = f", {wording.percent(table.untagged_posts / table.posts)} untagged" if table.untagged_posts else ""
        known = f"{len(table.rows)} in {TOPIC_DAYS} days"
        sort = f", by {_BY[self.order]}" if self.order is not Order.CAME else ""
        return (known + untagged + sort, known + sort, known)

    def remark(self, view: Dashboard) -> tuple[str, ...]:
        """The gap between what she posts and what people come for, in words."""
        return wording.gap(gap(view.topics), view.label)

    def items(self, view: Dashboard) -> Sequence[TopicRow]:
        """The topics of the window."""
        return ordered(view.topics.rows, self.order, view.curation.pinned)

    def search_words(self, item: TopicRow) -> str:
        """The topic."""
        return f"{item.topic} {self.view.label(item.topic)}" if self.view else item.topic

    def open_row(self, key: str) -> None:
        """A row opens into its topic."""
        self.post_message(Opened(Noun.TOPIC, key))

    def row(self, item: TopicRow, view: Dashboard, inks: Inks) -> Row:
        """One topic; bars are against the largest share of any."""
        row = item
        shares = (share for each in view.topics.rows for share in (each.post_share, each.people_share))
        top = max((share for share in shares if share), default=1.0)
        return Row(
            key=row.topic,
            cells={
                "topic": Text(("◆ " if row.topic in view.curation.pinned else "") + view.label(row.topic)),
                "posted": Text((wording.GUESS if row.guessed else "") + wording.percent(row.post_share)),
                "posted_bar": Bar((row.post_share or 0) / top, inks.own),
                "came": Text(wording.percent(row.people_share)),
                "came_bar": Bar((row.people_share or 0) / top, inks.theirs),
                "plusk": Text(f"{row.plusk:,}" if row.plusk else "", style=inks.plus_k),
                "trend": Text(wording.spark(row.trend, 12), style=inks.theirs),
                "posts": Text(wording.number(row.posts)),
                "reactions": Text(wording.number(row.reactions)),
            },
        )
