"""The page of one person."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.details import PersonDetail
from klout_tui.tui.inks import PLUS_K, Inks
from klout_tui.tui.screens.page import ACT_COLUMNS, Page, Section, act_row, heading, listed, one_line

WAITING: int = 3
"""Things that wait for an answer told on the page; the list of people has all."""


def page(detail: PersonDetail, view: Dashboard, inks: Inks) -> Page:
    """Who they are, what they did, what for."""
    actor, known = detail.actor, detail.known
    about = ", ".join(
        f"{wording.topics([topic], guessed=topic in detail.guessed, label=view.label)} {count:,}"
        for topic, count in detail.topics[:6]
    )
    followers = f"{actor.followers:,} followers" if actor.followers is not None else ""
    days = f" on {wording.counted(known.days, 'day')}" if known.days else ""
    return Page(
        heading=heading(
            actor.name or actor.handle,
            Content.styled("  ·  ".join(filter(None, [actor.handle, actor.url, followers])), "dim"),
            *_decided(detail),
            f"{wording.kinds(detail.kinds)}{days}, since {wording.day(detail.first.astimezone(view.zone).date())}"
            f" {detail.first.astimezone(view.zone).year}, last {wording.since(detail.last, view.now, view.zone)}",
            f"On: {about}" if about else "",
            _plusk_line(detail, view),
            *_told(detail),
            *_waiting(detail, view),
            Content.assemble(("Your note: ", "dim"), known.note) if known.note else "",
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
    thanked = detail.known.thanked_at
    last = f"; last thanked {wording.since(thanked, view.now, view.zone)}" if thanked is not None else ""
    if not detail.plusks:
        return Content(last.removeprefix("; ").capitalize())
    waiting = sum(plusk.waits(view.now) for plusk in detail.plusks)
    state = f", {waiting:,} to thank (t)" if waiting else ", none waits for a thank-you"
    return Content.assemble((f"{len(detail.plusks):,} +K", f"bold ${PLUS_K}"), state + last)


def _decided(detail: PersonDetail) -> Iterator[Content | str]:
    """What she decided about them, and which handles they have."""
    known = detail.known
    if known.own:
        yield "This is you: nothing of it counts."
    elif known.ignored:
        yield "You ignore them: nothing of it counts; i takes that back."
    elif known.bot:
        yield f"Apart from people: {known.bot}."
    if known.handles:
        handles = " · ".join(each.handle for each in known.handles)
        yield Content.styled(f"Merged of {len(known.handles)} handles: {handles} (U takes one out)", "dim")


def _told(detail: PersonDetail) -> Iterator[str]:
    """What the list of people says of them."""
    known = detail.known
    if known.new:
        yield "New: first seen in the last 30 days."
    if known.silence is not None:
        yield f"Fell silent: {wording.silence(known.silence)}."
    if known.spreads:
        came = sum(len(each.newcomers) for each in known.spreads)
        reposts = wording.counted(len(known.spreads), "repost")
        yield f"After {reposts} of theirs, {came:,} new people came to the same posts; they need not have come by them."


def _waiting(detail: PersonDetail, view: Dashboard) -> Iterator[Content]:
    """What of theirs waits for an answer."""
    waiting = detail.known.waiting
    for each in waiting[:WAITING]:
        when = wording.ago(each.at, view.now)
        yield Content.assemble(("? ", "bold"), (f"waits for an answer, {when}: ", "dim"), one_line(each.text)[:300])
    if len(waiting) > WAITING:
        yield Content.styled(f"and {len(waiting) - WAITING:,} more", "dim")
