"""Pane 2: what she posts about beside what people come for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text

from klout_tui.domain import wording
from klout_tui.domain.dashboard import TOPIC_DAYS, Dashboard
from klout_tui.domain.topics import TopicRow
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun, Opened
from klout_tui.tui.panes.base import TablePane
from klout_tui.tui.widgets.table import Bar, Column, Row

_BARS = 10
"""Cells the widest pair of bars may take."""


class TopicsPane(TablePane[TopicRow]):
    """One row for each topic of the last 90 days, the most reacted to first."""

    NAME = "Topics"
    NUMBER = 2
    EMPTY = "No topics yet. They come from your hashtags, tags and categories."
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
that carry the topic, `they come` the share of all reactions that went to it, `+K` the acknowledgements on it. A wide
gap between the two is worth a thought. The trend shows reactions a week over 12 weeks.
"""

    def summary(self, view: Dashboard) -> tuple[str, ...]:
        """How many topics, and how many posts carry none."""
        table = view.topics
        if not table.rows:
            return ()
        untagged = f", {wording.percent(table.untagged_posts / table.posts)} untagged" if table.untagged_posts else ""
        known = f"{len(table.rows)} in {TOPIC_DAYS} days"
        return (known + untagged, known)

    def items(self, view: Dashboard) -> Sequence[TopicRow]:
        """The topics of the window."""
        return view.topics.rows

    def search_words(self, item: TopicRow) -> str:
        """The topic."""
        return item.topic

    def open_row(self, key: str) -> None:
        """A row opens into its topic."""
        self.post_message(Opened(Noun.TOPIC, key))

    def row(self, item: TopicRow, view: Dashboard, inks: Inks) -> Row:
        """One topic; bars are against the largest share of any."""
        row = item
        shares = (share for each in view.topics.rows for share in (each.post_share, each.reaction_share))
        top = max((share for share in shares if share), default=1.0)
        return Row(
            key=row.topic,
            cells={
                "topic": Text(row.topic),
                "posted": Text(wording.percent(row.post_share)),
                "posted_bar": Bar((row.post_share or 0) / top, inks.own),
                "came": Text(wording.percent(row.reaction_share)),
                "came_bar": Bar((row.reaction_share or 0) / top, inks.theirs),
                "plusk": Text(f"{row.plusk:,}" if row.plusk else "", style=inks.plus_k),
                "trend": Text(wording.spark(row.trend, 12), style=inks.theirs),
                "posts": Text(wording.number(row.posts)),
                "reactions": Text(wording.number(row.reactions)),
            },
        )
