"""The page of one local day, or of a week: what lies behind a bar of the chart."""

from __future__ import annotations

from datetime import date

from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.daydetail import DayDetail
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


def page(detail: DayDetail, view: Dashboard, inks: Inks) -> Page:
    """What she noted and posted, and what came in."""
    total = sum(detail.named.values())
    usual = _usual(detail, view)
    return Page(
        heading=heading(
            span_words(detail.first, detail.last),
            _came(detail) + usual,
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


def _came(detail: DayDetail) -> str:
    told, rest = wording.kinds(detail.named), wording.kinds(detail.unnamed)
    if told and rest:
        return f"{told}; without names: {rest}"
    return told or (f"{rest}, without names" if rest else "nothing came in")


def _usual(detail: DayDetail, view: Dashboard) -> str:
    """The usual range of such a day or week, where the chart knows it."""
    chart = view.engagement if detail.first == detail.last else view.weeks
    if detail.first not in chart.bars:
        return ""
    usual = chart.usual[chart.bars.index(detail.first)]
    return f"  ·  usual: {usual[0]:,.0f} to {usual[1]:,.0f}" if usual else ""
