"""The page of one topic."""

from __future__ import annotations

from typing import Final

from rich.text import Text

from klout_tui.domain.dashboard import TOPIC_DAYS, Dashboard
from klout_tui.domain.details import TopicDetail
from klout_tui.domain.model import Actor
from klout_tui.tui import words
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.screens.page import POST_COLUMNS, Page, Section, heading, post_row
from klout_tui.tui.widgets.table import Column, Row

PEOPLE_COLUMNS: Final = (
    Column("who", "who", 16, grow=2, most=40),
    Column("handle", "handle", 16, grow=2, rank=1, most=44),
    Column("acts", "acts", 6, right=True),
    Column("followers", "audience", 9, rank=2, right=True),
)


def page(detail: TopicDetail, view: Dashboard, inks: Inks) -> Page:
    """What was posted on a topic, and who came for it."""
    row = next((row for row in view.topics.rows if row.topic == detail.topic), None)
    recent = (
        f"Last {TOPIC_DAYS} days: {words.percent(row.post_share)} of your posts, {words.percent(row.reaction_share)} of"
        f" the reactions, {words.counted(row.plusk, '+K', '+K')}   {words.spark(row.trend, 12)}"
        if row
        else f"Nothing in the last {TOPIC_DAYS} days"
    )
    return Page(
        heading=heading(f"#{detail.topic}", recent),
        sections=[
            Section(
                f"People who came for it ({len(detail.people):,}); Enter opens the person",
                PEOPLE_COLUMNS,
                [_person(actor, count, inks) for actor, count in detail.people],
            ),
            Section(
                f"Your posts on it ({len(detail.posts):,}); Enter opens the post",
                POST_COLUMNS,
                [post_row(post, view, inks) for post in detail.posts],
            ),
        ],
    )


def _person(actor: Actor, count: int, inks: Inks) -> Row:
    return Row(
        key=actor.key,
        cells={
            "who": Text(actor.name or actor.handle),
            "handle": Text(actor.handle, style=inks.dim),
            "acts": Text(words.number(count)),
            "followers": Text(words.number(actor.followers)),
        },
        url=actor.url,
        opens=(Noun.PERSON, actor.key),
    )
