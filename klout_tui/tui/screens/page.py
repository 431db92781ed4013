"""What a detail screen shows, as a value; and the rows several pages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.text import Text
from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.details import Brought
from klout_tui.domain.model import Interaction, Post
from klout_tui.domain.notes import Note
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.widgets.table import Column, Row


@dataclass(frozen=True, slots=True)
class Section:
    """A label and the table under it."""

    label: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    aside: bool = False
    """Of interest now and then: it takes a few lines and leaves the rest to the others."""


@dataclass(frozen=True, slots=True)
class Page:
    """A heading and the tables under it."""

    heading: Content
    sections: Sequence[Section]
    url: str = ""


POST_COLUMNS: Final = (
    Column("when", "when", 6, right=True),
    Column("kind", "kind", 8, rank=2),
    Column("text", "post", 20, grow=5),
    Column("topics", "topics", 12, grow=1, rank=3, most=36),
    Column("brought", "brought", 16, grow=1, rank=1, most=44),
)

ACT_COLUMNS: Final = (
    Column("when", "when", 6, right=True),
    Column("who", "who", 12, grow=1, most=28),
    Column("did", "did", 10),
    Column("text", "said, or on", 20, grow=5, rank=1),
    Column("network", "network", 8, rank=3),
    Column("followers", "audience", 8, rank=2, right=True),
)


def post_row(post: Post, brought: Brought, view: Dashboard, inks: Inks) -> Row:
    """A post, and what it brought, as a row that opens into it."""
    text = one_line(post.title or post.text) or f"({post.kind.value})"
    return Row(
        key=post.id,
        cells={
            "when": Text(("~" if post.estimated else "") + wording.ago(post.at, view.now), style=inks.dim),
            "kind": Text(post.kind.value, style=inks.dim),
            "text": Text(text, style=inks.dim if post.gone_at else ""),
            "topics": Text(wording.topics(post.topics, guessed=bool(post.guessed), label=view.label), style=inks.own),
            "brought": Text("deleted" if post.gone_at else wording.kinds(brought.get(post.id, {}))),
        },
        url=post.url,
        note=post.text,
        opens=(Noun.POST, post.id),
    )


def act_row(act: Interaction, titles: Mapping[str, str], view: Dashboard, inks: Inks, *, to_person: bool) -> Row:
    """An interaction as a row that opens into the person, or into the post it is about."""
    title = titles.get(act.post) if act.post else None
    about = one_line(act.text) or title or ""
    opens = (Noun.PERSON, act.actor.key) if to_person else (Noun.POST, act.post) if act.post and title else None
    return Row(
        key=act.id,
        cells={
            "when": Text(("~" if act.estimated else "") + wording.ago(act.at, view.now), style=inks.dim),
            "who": Text(act.actor.name or act.actor.handle),
            "did": Text(wording.DID[act.kind]),
            "text": Text(about, style="" if act.text else inks.dim),
            "network": Text(act.network, style=inks.dim),
            "followers": Text(wording.number(act.actor.followers)),
        },
        url=act.url,
        note=act.text,
        opens=opens,
    )


def listed(shown: int, count: int) -> str:
    """How many a table lists: all of them, or the newest so many."""
    return f"{count:,}" if shown == count else f"the newest {shown:,} of {count:,}"


def one_line(text: str) -> str:
    """Text for one cell."""
    return " ".join(text.split())


def heading(title: str, *lines: Content | str) -> Content:
    """A bold first line and quiet ones under it; empty lines are left out."""
    rest = (Content(line) if isinstance(line, str) else line for line in lines)
    return Content("\n").join([Content.styled(title, "bold"), *(line for line in rest if line)])


def noted(note: Note, came: str) -> Content:
    """A note, and what came of it as far as that can be told."""
    return Content.assemble((f"◆ {note.mark} ", "bold"), note.text, (f": {came}" if came else "", "dim"))
