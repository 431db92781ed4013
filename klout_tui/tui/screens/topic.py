"""The page of one topic."""

from __future__ import annotations

from typing import Final

from rich.text import Text
from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import TOPIC_DAYS, Dashboard
from klout_tui.domain.details import TopicDetail
from klout_tui.domain.model import Actor
from klout_tui.domain.plusk import PlusK
from klout_tui.domain.topics import TopicRow
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.screens.page import POST_COLUMNS, Page, Section, heading, listed, post_row
from klout_tui.tui.widgets.table import Column, Row

PLUSK_COLUMNS: Final = (
    Column("when", "when", 6, right=True),
    Column("who", "who", 12, grow=1, most=32),
    Column("did", "did", 10),
    Column("post", "on", 16, grow=4, rank=2),
    Column("thanked", "", 9, rank=1),
)

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
        f"Last {TOPIC_DAYS} days: {wording.percent(row.post_share)} of your posts{_by_guess(row)},"
        f" {wording.percent(row.people_share)} of the people who reacted, {wording.percent(row.reaction_share)} of the"
        f" reactions, {wording.counted(row.plusk, '+K', '+K')}   {wording.spark(row.trend, 12)}"
        if row
        else f"Nothing in the last {TOPIC_DAYS} days"
    )
    return Page(
        heading=heading(f"#{view.label(detail.topic)}", recent, _about(detail, view)),
        sections=[
            Section(
                f"People who came for it ({len(detail.people):,}); Enter opens the person",
                PEOPLE_COLUMNS,
                [_person(actor, count, inks) for actor, count in detail.people],
            ),
            Section(
                f"+K on it in {TOPIC_DAYS} days ({listed(len(detail.plusks), detail.plusk_count)}); Enter tells why",
                PLUSK_COLUMNS,
                [_plusk(plusk, view, inks) for plusk in detail.plusks],
            ),
            Section(
                f"Your posts on it ({listed(len(detail.posts), detail.post_count)}); Enter opens the post",
                POST_COLUMNS,
                [post_row(post, detail.brought, view, inks) for post in detail.posts],
            ),
        ],
    )


def _by_guess(row: TopicRow) -> str:
    return f" ({wording.counted(row.guessed, 'post')} by a guess from the words)" if row.guessed else ""


def _about(detail: TopicDetail, view: Dashboard) -> Content:
    """What it belongs to, other spellings she joined with it, and whether it is pinned."""
    above = "; ".join(" › ".join(path) for path in detail.above)
    written = ", ".join(view.curation.written_as(detail.topic))
    pinned = "pinned" if detail.topic in view.curation.pinned else ""
    told = (pinned, f"in {above}" if above else "", f"also {written}" if written else "")
    return Content.styled("  ·  ".join(filter(None, told)), "dim")


def _plusk(plusk: PlusK, view: Dashboard, inks: Inks) -> Row:
    return Row(
        key=plusk.id,
        cells={
            "when": Text(("~" if plusk.estimated else "") + wording.ago(plusk.at, view.now), style=inks.dim),
            "who": Text(plusk.actor.name or plusk.actor.handle),
            "did": Text("said +K" if plusk.said else wording.DID[plusk.kind]),
            "post": Text(plusk.on, style=inks.dim),
            "thanked": Text("✓ thanked" if plusk.thanked_at else "○ waits" if plusk.waits(view.now) else ""),
        },
        url=plusk.url,
        opens=(Noun.PLUSK, plusk.id),
    )


def _person(actor: Actor, count: int, inks: Inks) -> Row:
    return Row(
        key=actor.key,
        cells={
            "who": Text(actor.name or actor.handle),
            "handle": Text(actor.handle, style=inks.dim),
            "acts": Text(wording.number(count)),
            "followers": Text(wording.number(actor.followers)),
        },
        url=actor.url,
        opens=(Noun.PERSON, actor.key),
    )
