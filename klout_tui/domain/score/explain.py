"""What a score, and a change between two days, is made of: parts that add up to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from klout_tui.domain.model import Value, network_of
from klout_tui.domain.score.gauge import Gauge
from klout_tui.domain.score.model import BASE, Factor
from klout_tui.domain.score.tallies import Tallies


class Contribution(Value, frozen=True):
    """One part of a score, or of a change."""

    account: str | None
    """None for the base, which belongs to no account."""
    factor: str
    """A ``Factor``, or ``base``."""
    points: float

    @property
    def network(self) -> str | None:
        """The account's network; None for the base."""
        return None if self.account is None else network_of(self.account)


class Own(Value, frozen=True):
    """What one account comes to alone."""

    account: str
    score: float
    """What the score would be, had she only this account."""
    reach: float
    """People."""
    amplification: float
    """Acts per post."""
    impact: float
    points: float
    """What it gives to the whole score; less than ``score`` says, since every point is harder than the one before."""


class Explanation(Value, frozen=True):
    """A score taken apart. ``contributions`` add up to ``score``."""

    day: date
    model: str
    score: float
    contributions: tuple[Contribution, ...]
    """The base first, then by account and factor."""
    own: tuple[Own, ...]
    """By account."""
    reach: float
    """Of all accounts together, where somebody who acts on two counts once."""
    amplification: float
    impact: float

    def by_network(self) -> dict[str | None, dict[str, float]]:
        """Points by network and factor: the rows and columns of the table."""
        table: dict[str | None, dict[str, float]] = {}
        for part in self.contributions:
            row = table.setdefault(part.network, {})
            row[part.factor] = row.get(part.factor, 0.0) + part.points
        return table


class Change(Value, frozen=True):
    """A change between two days taken apart. ``contributions`` add up to ``points``."""

    before: date
    after: date
    model: str
    score_before: float | None
    """None: there was no score yet."""
    score_after: float
    contributions: tuple[Contribution, ...]
    """Largest first; those that did not change are left out."""

    @property
    def points(self) -> float:
        """By how much the score rose; from nothing, the whole of it."""
        return self.score_after - (self.score_before or 0.0)


def contributions(gauge: Gauge, tallies: Tallies) -> tuple[Contribution, ...]:
    """The parts of a score. A factor's points are shared out by what each account brings to it."""
    points = dict(zip(Factor, gauge.points(gauge.factors(tallies)), strict=True))
    brought = {each.account: gauge.factors_of(each) for each in tallies.accounts}
    parts = [Contribution(account=None, factor=BASE, points=1.0)]
    for account, mine in sorted(brought.items()):
        for place, factor in enumerate(Factor):
            everything = sum(each[place] for each in brought.values())
            if everything > 0.0:
                share = points[factor] * (mine[place] / everything)
                parts.append(Contribution(account=account, factor=factor.value, points=share))
    return tuple(parts)


def explanation(gauge: Gauge, tallies: Tallies, day: date) -> Explanation:
    """A score taken apart."""
    parts = contributions(gauge, tallies)
    given: defaultdict[str, float] = defaultdict(float)
    for part in parts:
        if part.account is not None:
            given[part.account] += part.points
    whole = gauge.factors(tallies)
    return Explanation(
        day=day,
        model=gauge.model.name,
        score=gauge.score(tallies),
        contributions=parts,
        own=tuple(
            Own(
                account=each.account,
                score=gauge.score_of(each),
                **gauge.factors_of(each)._asdict(),
                points=given[each.account],
            )
            for each in tallies.accounts
        ),
        **whole._asdict(),
    )


def change(before: Explanation | None, after: Explanation, since: date) -> Change:
    """What made the difference between two explained scores.

    Args:
        before: The earlier one; None where there was no score yet.
        after: The later one, under the same model or, to compare models, another.
        since: The earlier day.
    """
    moved: defaultdict[tuple[str | None, str], float] = defaultdict(float)
    for part in after.contributions:
        moved[part.account, part.factor] += part.points
    for part in () if before is None else before.contributions:
        moved[part.account, part.factor] -= part.points
    parts = (Contribution(account=account, factor=factor, points=points) for (account, factor), points in moved.items())
    return Change(
        before=since,
        after=after.day,
        model=after.model,
        score_before=None if before is None else before.score,
        score_after=after.score,
        contributions=tuple(sorted((part for part in parts if part.points), key=_largest_first)),
    )


def total(parts: Iterable[Contribution]) -> float:
    """What parts add up to."""
    return sum(part.points for part in parts)


def _largest_first(part: Contribution) -> tuple[float, str, str]:
    return -abs(part.points), part.account or "", part.factor
