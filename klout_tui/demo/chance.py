"""Repeatable chance: the same seed draws the same year on every machine and Python version.

Only ``random()`` is relied upon (its sequence is promised to stay), and never ``hash()``.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

_KNUTH = 30.0
"""Above this mean the normal curve is close enough and much faster."""


class Chance:
    """A seeded source of the few distributions that life needs."""

    def __init__(self, seed: str | int) -> None:
        self.random = random.Random(seed).random
        """A number from 0 up to, not including, 1."""

    def happens(self, share: float) -> bool:
        """True in this share of cases."""
        return self.random() < share

    def between(self, low: float, high: float) -> float:
        """Any number between the two, all alike."""
        return low + (high - low) * self.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.random() * (high - low + 1))

    def normal(self) -> float:
        """Mean 0, deviation 1 (Box and Muller)."""
        return math.sqrt(-2.0 * math.log(1.0 - self.random())) * math.cos(2.0 * math.pi * self.random())

    def around(self, median: float, sigma: float) -> float:
        """Log-normal: mostly near the median, seldom far above it."""
        return median * math.exp(sigma * self.normal())

    def luck(self, sigma: float) -> float:
        """Log-normal with mean 1."""
        return math.exp(sigma * self.normal() - sigma * sigma / 2)

    def tail(self, shape: float, most: float) -> float:
        """Pareto from 1 up to ``most``: a few have very much."""
        return min(most, math.pow(1.0 - self.random(), -1.0 / shape))

    def gap(self) -> float:
        """Mean 1, steadier than pure chance: habits space things out (Erlang of three)."""
        return -sum(math.log(1.0 - self.random()) for _ in range(3)) / 3

    def count(self, mean: float) -> int:
        """Poisson: how often something happens that happens ``mean`` times on average."""
        if mean <= 0:
            return 0
        if mean > _KNUTH:
            return max(0, round(mean + math.sqrt(mean) * self.normal()))
        limit, product, found = math.exp(-mean), self.random(), 0
        while product > limit:
            product *= self.random()
            found += 1
        return found

    def one(self, choices: Sequence[T]) -> T:
        """One of them, all alike."""
        return choices[int(self.random() * len(choices))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as often as its weight says."""
        left = self.random() * sum(weights.values())
        for choice, weight in weights.items():
            left -= weight
            if left < 0:
                return choice
        return next(reversed(list(weights)))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The same in another order."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = int(self.random() * (last + 1))
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed


class Deck(Generic[T]):
    """Cards drawn one after another; reshuffled when all have been seen, never the same card twice running."""

    def __init__(self, cards: Sequence[T], chance: Chance) -> None:
        self._cards = tuple(cards)
        self._chance = chance
        self._left: list[T] = []
        self._last: T | None = None

    def draw(self) -> T:
        """The next card."""
        if not self._left:
            self._left = self._chance.shuffled(self._cards)
            if len(self._left) > 1 and self._left[-1] == self._last:
                self._left.insert(0, self._left.pop())
        self._last = self._left.pop()
        return self._last
