"""The page of what one account gives to the score: who and what is behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from rich.text import Text
from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.score.model import FACTOR_NAMES, Factor
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.scoredesk import PartDetail
from klout_tui.tui.screens.page import Page, Section, heading, one_line
from klout_tui.tui.widgets.table import Bar, Column, Row

_FACTORS: Final = tuple(Factor)
_PARTS: Final = (
    Column("reach", "True Reach", 10, right=True, rank=2),
    Column("amplification", "Amplification", 13, right=True, rank=2),
    Column("impact", "Impact", 8, right=True, rank=2),
    Column("sum", "points", 8, right=True),
    Column("bar", "", 6, grow=2, rank=1, most=30),
)
PEOPLE: Final = (Column("name", "who", 14, grow=3, most=40), *_PARTS)
POSTS: Final = (Column("name", "post", 20, grow=5), *_PARTS)


def page(detail: PartDetail, view: Dashboard, inks: Inks) -> Page:
    """People and posts, each with their share of the account's points."""
    people = _table(
        {
            factor: [(each.key, each.name, each.points) for each in detail.parts[factor].people]
            for factor in detail.parts
        }
    )
    posts = _table(
        {factor: [(each.id, each.title, each.points) for each in detail.parts[factor].posts] for factor in detail.parts}
    )
    count = max((behind.people_count for behind in detail.parts.values()), default=0)
    post_count = max((behind.post_count for behind in detail.parts.values()), default=0)
    told = ", ".join(f"{FACTOR_NAMES[factor]} {behind.points:.2f}" for factor, behind in detail.parts.items())
    return Page(
        heading=heading(
            f"What {detail.name} gives to the score",
            Content.styled(f"{wording.day(detail.day, view.today)} {detail.day.year}", "dim"),
            "" if detail.calm else f"{told}.",
            "" if detail.calm else _rest(detail),
        ),
        sections=[
            Section(
                f"Who is behind it (the {len(people):,} who count most of {count:,}); Enter opens the person",
                PEOPLE,
                _rows(people, Noun.PERSON, inks, calm=detail.calm),
            ),
            Section(
                f"Which posts ({len(posts):,} of {post_count:,}); Enter opens the post",
                POSTS,
                _rows(posts, Noun.POST, inks, calm=detail.calm),
            ),
        ],
    )


_Shares = list[tuple[str, str, dict[Factor, float]]]
"""Key, name, points by factor; the most first."""


def _table(found: dict[Factor, list[tuple[str, str, float]]]) -> _Shares:
    names: dict[str, str] = {}
    points: defaultdict[str, dict[Factor, float]] = defaultdict(dict)
    for factor, rows in found.items():
        for key, name, given in rows:
            names[key] = name
            points[key][factor] = given
    ordered = sorted(points, key=lambda key: (-sum(points[key].values()), key))
    return [(key, names[key], points[key]) for key in ordered]


def _rows(shares: Iterable[tuple[str, str, dict[Factor, float]]], noun: Noun, inks: Inks, *, calm: bool) -> list[Row]:
    rows = []
    most = 0.0
    for key, name, points in shares:
        total = sum(points.values())
        most = most or total or 1.0

        def number(value: float | None) -> Text:
            return Text("" if calm or value is None else f"{value:.2f}")

        rows.append(
            Row(
                key=key,
                cells={
                    "name": Text(one_line(name) or "(no title)"),
                    **{factor.value: number(points.get(factor)) for factor in _FACTORS},
                    "sum": number(total),
                    "bar": Bar(total / most, inks.theirs),
                },
                opens=(noun, key),
            )
        )
    return rows


def _rest(detail: PartDetail) -> str:
    """What no row shows, so that the rows and this add up."""
    others = sum(behind.others for behind in detail.parts.values())
    older = sum(behind.older for behind in detail.parts.values())
    said = []
    if others >= 0.005:
        said.append(f"{others:.2f} by everybody else and by reactions without a name")
    if older >= 0.005:
        said.append(f"{older:.2f} from before the months looked at")
    return f"Besides the people below: {', '.join(said)}." if said else ""
