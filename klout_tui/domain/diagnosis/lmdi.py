"""A change of a product, split over its factors without remainder.

With reactions = posts × (people ÷ posts) × (reactions ÷ people), each factor's share of a change is the logarithmic
mean of both products times the logarithm of the factor's ratio (LMDI-I, Ang 2005). Zeros, where a logarithm has no
value, are split by what can have caused them: nothing else can where a factor is not defined.
"""

from __future__ import annotations

import math

from klout_tui.domain.model import Value


class Cell(Value, frozen=True):
    """One part of one window: a network's, a topic's, a kind's. Fractions where a post has several topics."""

    posts: float = 0.0
    """Originals published in it."""
    people: float = 0.0
    """Distinct pairs of a person and a post of hers, of any age."""
    acts: float = 0.0
    """What those people did to those posts."""


class Shares(Value, frozen=True):
    """What each factor contributed to a change, in reactions; together they are the change."""

    posts: float = 0.0
    people: float = 0.0
    """More or fewer distinct people a post."""
    acts: float = 0.0
    """More or fewer acts by each of them."""
    without: float = 0.0
    """Acts of a window in which nothing was posted, so that there is no rate."""

    @property
    def change(self) -> float:
        """All of it."""
        return self.posts + self.people + self.acts + self.without

    def __add__(self, other: Shares) -> Shares:
        return Shares(
            posts=self.posts + other.posts,
            people=self.people + other.people,
            acts=self.acts + other.acts,
            without=self.without + other.without,
        )


def split(before: Cell, now: Cell) -> Shares:
    """How much of the change in acts from one window to the other each factor made."""
    if before.posts <= 0 or now.posts <= 0:
        came, went = Shares(), Shares()
        if now.acts:
            came = Shares(posts=now.acts) if now.posts > 0 else Shares(without=now.acts)
        if before.acts:
            went = Shares(posts=-before.acts) if before.posts > 0 else Shares(without=-before.acts)
        return came + went
    if before.acts <= 0 or now.acts <= 0:
        return Shares(people=now.acts - before.acts)
    mean = log_mean(before.acts, now.acts)
    posts = mean * math.log(now.posts / before.posts)
    acts = mean * math.log((now.acts / now.people) / (before.acts / before.people))
    return Shares(posts=posts, acts=acts, people=now.acts - before.acts - posts - acts)


def log_mean(one: float, other: float) -> float:
    """The logarithmic mean of two positive numbers."""
    if math.isclose(one, other, rel_tol=1e-9):
        return (one + other) / 2
    return (one - other) / math.log(one / other)
