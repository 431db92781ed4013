"""What ``klout-tui score`` prints: tables that visibly add up, plain sentences, and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from klout_tui.domain.score import wording
from klout_tui.domain.score.behind import Behind
from klout_tui.domain.score.comparing import Comparison, Step
from klout_tui.domain.score.explain import Change, Contribution, Explanation
from klout_tui.domain.score.look import Look, Point
from klout_tui.domain.score.model import BASE, FACTOR_NAMES, Factor
from klout_tui.domain.score.outlook import Fading, Move
from klout_tui.domain.score.rounding import hundredths
from klout_tui.domain.score.wording import Naming
from klout_tui.output.listing import WITHHELD, Table
from klout_tui.output.table import Column
from klout_tui.scoremodels import Offered

Row = dict[str, Any]

NAMED: Final = 2
"""People and posts named for each part."""

_WIDE: Final = 24
"""Cells of the longest bar."""


# JSON


def score_content(look: Look, explanation: Explanation | None) -> Row:
    """One day's score: ``{date, model, score, usual, contributions}``; the points of these add up to the score."""
    return {
        "date": look.day.isoformat(),
        "model": look.model,
        "score": look.score,
        "usual": None if look.usual is None else [look.usual.low, look.usual.high],
        "contributions": [] if explanation is None else [_part(part) for part in explanation.contributions],
    }


def change_content(change: Change) -> Row:
    """A change between two days; the contributions' points add up to ``points``."""
    return {
        "from": change.before.isoformat(),
        "to": change.after.isoformat(),
        "model": change.model,
        "score_from": change.score_before,
        "score_to": change.score_after,
        "points": change.points,
        "contributions": [_part(part) for part in change.contributions],
    }


def no_change(before: date, after: date, model: str) -> Row:
    """The same where there is no score yet on the later day."""
    return {
        "from": before.isoformat(),
        "to": after.isoformat(),
        "model": model,
        "score_from": None,
        "score_to": None,
        "points": None,
        "contributions": [],
    }


def point_row(point: Point) -> Row:
    """One day of the history; a gap has no score."""
    return {
        "date": point.day.isoformat(),
        "score": point.score,
        "shown": point.shown,
        "shown_model": point.shown_model,
    }


def comparison_content(
    one: str,
    other: str,
    comparison: Comparison | None,
    days: Iterable[tuple[date, float | None, float | None]],
) -> Row:
    """Two models over the whole history, and what makes the difference on the last day."""
    return {
        "one": one,
        "other": other,
        "difference": None if comparison is None else change_content(comparison.change),
        "steps": [] if comparison is None else [_step(step) for step in comparison.steps],
        "days": [{"date": day.isoformat(), "one": a, "other": b} for day, a, b in days],
    }


def model_row(offered: Offered, chosen: str) -> Row:
    """A model there is; ``problem`` says why one cannot be used."""
    return {
        "model": offered.id,
        "title": offered.title,
        "built_in": offered.built_in,
        "in_use": offered.id == chosen,
        "problem": offered.problem or None,
    }


def _part(part: Contribution) -> Row:
    return {"network": part.network, "account": part.account, "factor": part.factor, "points": part.points}


def _step(step: Step) -> Row:
    return {
        "keys": list(step.keys),
        "before": list(step.before),
        "after": list(step.after),
        "points": step.points,
    }


# tables


def parts(explanation: Explanation, naming: Naming) -> Table:
    """The score as a bar table that adds up: a row for each account, a column for each factor, sums at both ends.

    Hundredths are rounded so that those of the parts add up to those of the sums.
    """
    columns = (
        Column("", least=8),
        *(Column(FACTOR_NAMES[factor], right=True) for factor in Factor),
        Column("points", right=True),
        Column("", least=4),
    )
    accounts = [own.account for own in explanation.own]
    rounded = hundredths({(part.account or "", part.factor): part.points for part in explanation.contributions})
    points = {key: each / 100 for key, each in rounded.items()}
    sums = {account: sum(points.get((account, factor), 0.0) for factor in Factor) for account in accounts}
    most = max([1.0, *sums.values()])
    rows = [
        [
            naming(account),
            *(_number(points.get((account, factor.value))) for factor in Factor),
            _number(sums[account]),
            _bar(sums[account] / most),
        ]
        for account in sorted(accounts, key=lambda each: -sums[each])
    ]
    rows.append([FACTOR_NAMES[BASE], "", "", "", _number(points["", BASE]), _bar(1.0 / most)])
    columns_sum = [sum(points.get((account, factor.value), 0.0) for account in accounts) for factor in Factor]
    rows.append(["together", *map(_number, columns_sum), _number(explanation.score), ""])
    return columns, rows


def behind_numbers(explanation: Explanation, naming: Naming) -> Table:
    """What each account comes to alone, and all of them together."""
    columns = (
        Column("", least=8),
        Column("people", right=True),
        Column("back per post", right=True),
        Column("their reach", right=True),
        Column("alone", right=True),
        Column("gives", right=True),
    )
    rows = [
        [
            naming(own.account),
            f"{own.reach:,.1f}",
            f"{own.amplification:,.2f}",
            f"{own.impact:,.1f}",
            wording.points(own.score),
            wording.points(own.points),
        ]
        for own in explanation.own
    ]
    whole = explanation
    rows.append(
        [
            "together",
            f"{whole.reach:,.1f}",
            f"{whole.amplification:,.2f}",
            f"{whole.impact:,.1f}",
            wording.points(whole.score),
            "",
        ]
    )
    return columns, rows


def behind(parts: Sequence[Behind], naming: Naming) -> Table:
    """The people and posts behind each part, a few by name."""
    columns = (
        Column("part", least=12),
        Column("points", right=True),
        Column("people, most first", least=16, most=60),
        Column("posts, most first", least=16, most=60),
    )
    rows = []
    for part in parts:
        if part.points < 0.005:
            continue
        people = [f"{each.name} {each.points:.2f}" for each in part.people[:NAMED]]
        posts = [f"{each.title or WITHHELD} {each.points:.2f}" for each in part.posts[:NAMED]]
        rows.append(
            [
                f"{FACTOR_NAMES[part.factor]}, {naming(part.account)}",
                wording.points(part.points),
                _and_more(people, part.people_count),
                _and_more(posts, part.post_count),
            ]
        )
    return columns, rows


def changes(change: Change, naming: Naming) -> Table:
    """A change between two days; the rows add up to the last."""
    columns = (Column("part", least=12), Column("points", right=True), Column("", least=4))
    most = max((abs(part.points) for part in change.contributions), default=1.0)
    rounded = hundredths({(part.account, part.factor): part.points for part in change.contributions})
    rows = [
        [
            wording.part_name(part, naming),
            f"{rounded[part.account, part.factor] / 100:+.2f}",
            _bar(abs(part.points) / most),
        ]
        for part in change.contributions
    ]
    rows.append(["together", f"{change.points:+.2f}", ""])
    return columns, rows


def history(points: Sequence[Point]) -> Table:
    """The history day by day; a gap is a dash."""
    columns = (
        Column("day"),
        Column("score", right=True),
        Column("shown then", right=True),
        Column("by", least=6),
        Column("", least=4),
    )
    rows = [
        [
            point.day.isoformat(),
            _dash(point.score),
            _dash(point.shown),
            point.shown_model or "",
            "" if point.score is None else _bar(point.score / 100),
        ]
        for point in points
    ]
    return columns, rows


def steps(comparison: Comparison) -> Table:
    """From one model to another, value by value; the rows add up to the last."""
    columns = (
        Column("value", least=12),
        Column("before", right=True, least=8),
        Column("after", right=True, least=8),
        Column("points", right=True),
    )
    rows = [
        [
            ", ".join(step.keys),
            ", ".join(value or "–" for value in step.before),
            ", ".join(value or "–" for value in step.after),
            "with the next" if step.points is None else f"{step.points:+.2f}",
        ]
        for step in comparison.steps
    ]
    one, other = comparison.one.score, comparison.other.score
    rows.append(["together", wording.points(one), wording.points(other), f"{other - one:+.2f}"])
    return columns, rows


def beside(one: str, other: str, days: Sequence[tuple[date, float | None, float | None]], most: int = 13) -> Table:
    """Two models' scores beside each other, on days spread evenly over the history, the last one among them."""
    columns = (Column("day"), Column(one, right=True), Column(other, right=True), Column("difference", right=True))
    step = max(1, -(-len(days) // most))
    rows = [
        [day.isoformat(), _dash(a), _dash(b), "–" if a is None or b is None else f"{b - a:+.1f}"]
        for day, a, b in [*reversed(days[::-1][::step])]
    ]
    return columns, rows


def models(offered: Sequence[Offered], chosen: str) -> Table:
    """The models there are."""
    columns = (Column("model", least=10), Column("title", least=8), Column("", least=10))
    rows = [[each.id, each.title, each.problem or ("in use" if each.id == chosen else "")] for each in offered]
    return columns, rows


def sentences(fading: Fading | None, moves: Sequence[Move], naming: Naming, most: int = 6) -> list[str]:
    """What will fade, and what would move it most."""
    told = [] if fading is None else [wording.fades(fading)]
    up = [move for move in moves if move.points > 0][:most]
    down = [move for move in moves if move.points < 0][::-1][: max(2, most // 2)]
    return [*told, *(f"{wording.moved(move, naming)}." for move in (*up, *down))]


def _and_more(named: Sequence[str], count: int) -> str:
    more = [f"{count - len(named):,} more"] if count > len(named) else []
    return "; ".join([*named, *more]) or "–"


def _number(points: float | None) -> str:
    return "–" if points is None else f"{points:.2f}"


def _dash(score: float | None) -> str:
    return "–" if score is None else wording.points(score)


def _bar(share: float) -> str:
    """A bar of blocks, one eighth of a cell fine."""
    eighths = round(max(0.0, min(1.0, share)) * _WIDE * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
