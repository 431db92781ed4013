"""The page of one person."""

from __future__ import annotations

from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.details import PersonDetail
from klout_tui.tui.inks import PLUS_K, Inks
from klout_tui.tui.screens.page import ACT_COLUMNS, Page, Section, act_row, heading, listed


def page(detail: PersonDetail, view: Dashboard, inks: Inks) -> Page:
    """Who they are, what they did, what for."""
    actor = detail.actor
    about = ", ".join(
        f"{wording.topics([topic], guessed=topic in detail.guessed, label=view.label)} {count:,}"
        for topic, count in detail.topics[:6]
    )
    followers = f"{actor.followers:,} followers" if actor.followers is not None else ""
    return Page(
        heading=heading(
            actor.name or actor.handle,
            Content.styled("  ·  ".join(filter(None, [actor.handle, actor.url, followers])), "dim"),
            f"{wording.kinds(detail.kinds)}, since {wording.day(detail.first.astimezone(view.zone).date())}"
            f" {detail.first.astimezone(view.zone).year}, last {wording.since(detail.last, view.now, view.zone)}",
            f"On: {about}" if about else "",
            _plusk_line(detail, view),
        ),
        sections=[
            Section(
                f"What they did ({listed(len(detail.acts), sum(detail.kinds.values()))}); Enter opens the post",
                ACT_COLUMNS,
                [act_row(act, detail.titles, view, inks, to_person=False) for act in detail.acts],
            )
        ],
        url=actor.url,
    )


def _plusk_line(detail: PersonDetail, view: Dashboard) -> Content:
    if not detail.plusks:
        return Content("")
    waiting = sum(plusk.waits(view.now) for plusk in detail.plusks)
    state = f", {waiting:,} to thank (t)" if waiting else ", none waits for a thank-you"
    return Content.assemble((f"{len(detail.plusks):,} +K", f"bold ${PLUS_K}"), state)
