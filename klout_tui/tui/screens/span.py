"""The page of one local day, or of a week: what lies behind a bar of the chart."""

from __future__ import annotations

from datetime import date

from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.daydetail import DayDetail
from klout_tui.domain.engagement import Engagement
from klout_tui.domain.score.wording import points
from klout_tui.tui.inks import Inks
from klout_tui.tui.screens.page import (
    ACT_COLUMNS,
    POST_COLUMNS,
    Page,
    Section,
    act_row,
    heading,
    listed,
    noted,
    post_row,
)
from klout_tui.tui.words import NOBODY, unseen


def page(detail: DayDetail, view: Dashboard, inks: Inks) -> Page:
    """What she noted and posted, and what came in."""
    total = sum(detail.named.values())
    return Page(
        heading=heading(
            span_words(detail.first, detail.last),
            _came(detail, view) + _usual(detail, view),
            Content.styled(_score(detail), "dim"),
            *_notes(detail),
        ),
        sections=[
            Section(
                f"What came in ({listed(len(detail.acts), total)}); Enter opens the person",
                ACT_COLUMNS,
                [act_row(act, detail.titles, view, inks, to_person=True) for act in detail.acts],
            ),
            Section(
                f"What you posted ({listed(len(detail.posts), detail.post_count)})",
                POST_COLUMNS,
                [post_row(post, detail.brought, view, inks) for post in detail.posts],
                aside=True,
            ),
        ],
    )


def _notes(detail: DayDetail) -> list[Content]:
    """Each note, and what came of it."""
    came = dict(zip((note.id for note in detail.notes), detail.came, strict=False))
    return [noted(note, came.get(note.id, "")) for note in detail.notes]


def span_words(first: date, last: date) -> str:
    """``Friday, 20 November 2026``, or ``20 Nov to 26 Nov 2026``."""
    if first == last:
        return f"{first:%A}, {first.day} {first:%B %Y}"
    return f"{wording.day(first, last)} to {wording.day(last)} {last.year}"


def _score(detail: DayDetail) -> str:
    """The day's score, and what she was shown of it then, where that was another number."""
    point = detail.score
    if point is None or point.score is None:
        return ""
    told = f"Score: {points(point.score)}"
    if point.shown is None or points(point.shown) == points(point.score):
        return told
    return f"{told} as known now; you were shown {points(point.shown)}, by {point.shown_model}"


def _came(detail: DayDetail, view: Dashboard) -> str:
    told, rest = wording.kinds(detail.named), wording.kinds(detail.unnamed)
    unread = _unread(detail, view)
    if told and rest:
        told = f"{told}; without names: {rest}"
    told = told or (f"{rest}, without names" if rest else "")
    return "; ".join(filter(None, [told or ("" if unread in NOBODY else "nothing came in"), unread]))


def _unread(detail: DayDetail, view: Dashboard) -> str:
    """What was not read of these days, where the chart knows."""
    chart, place = _bar(detail, view)
    return "" if place is None else unseen(chart, place, view.accounts)


def _bar(detail: DayDetail, view: Dashboard) -> tuple[Engagement, int | None]:
    """The chart with a bar for these days, and where it stands."""
    chart = view.engagement if detail.first == detail.last else view.weeks
    return chart, chart.bars.index(detail.first) if detail.first in chart.bars else None


def _usual(detail: DayDetail, view: Dashboard) -> str:
    """The usual range of such a day or week, where the chart knows it."""
    chart, place = _bar(detail, view)
    usual = None if place is None else chart.usual[place]
    return f"  ·  usual: {usual[0]:,.0f} to {usual[1]:,.0f}" if usual else ""
