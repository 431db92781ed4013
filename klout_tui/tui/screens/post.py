"""The page of one post."""

from __future__ import annotations

from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.details import PostDetail
from klout_tui.tui.inks import Inks
from klout_tui.tui.screens.page import ACT_COLUMNS, Page, Section, act_row, heading, listed, noted

_LINES = 8
"""Lines of a post's text shown above its reactions."""


def page(detail: PostDetail, view: Dashboard, inks: Inks) -> Page:
    """What was posted and what it brought, name by name."""
    post = detail.post
    text = "\n".join(post.text.splitlines()[:_LINES]) if post.text != post.title else ""
    when = wording.moment(post.at, view.zone) + (" (date estimated)" if post.estimated else "")
    gone = (
        f"  ·  deleted by {wording.day(post.gone_at.astimezone(view.zone).date(), view.today)}" if post.gone_at else ""
    )
    topics = wording.topics(post.topics, guessed=bool(post.guessed), label=view.label)
    topics += "   (guessed from its words; # confirms or mends it)" if post.guessed else ""
    private = "" if post.public else "  ·  not public: stays inside this app"
    return Page(
        heading=heading(
            post.title or f"{post.kind.value.capitalize()}",
            Content.styled(f"{when}  ·  {post.account}{gone}{private}", "dim"),
            Content.styled(post.url, "dim"),
            Content(text[:900]),
            Content.styled(f"Topics: {topics}", "dim") if topics else "",
            f"Brought: {_tally(detail)}",
            *(noted(note, detail.came.get(note.id, "")) for note in view.notes if note.post == post.id),
        ),
        sections=[
            Section(
                f"Who reacted ({listed(len(detail.acts), sum(detail.kinds.values()))}); Enter opens the person",
                ACT_COLUMNS,
                [act_row(act, {}, view, inks, to_person=True) for act in detail.acts],
            )
        ],
        url=post.url,
    )


def _tally(detail: PostDetail) -> str:
    told, rest = wording.kinds(detail.kinds), wording.kinds(detail.unnamed)
    if told and rest:
        return f"{told}; without names: {rest}"
    return told or (f"{rest}, without names" if rest else "nothing yet")
