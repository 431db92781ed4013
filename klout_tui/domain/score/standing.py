"""How much a score rests on, so that one that rests on little says so."""

from __future__ import annotations

from collections.abc import Sequence

from klout_tui.domain.model import Value
from klout_tui.domain.score.model import Model
from klout_tui.domain.score.tallies import Tallies

MOSTLY = 0.5
"""The part from which on what is known is mostly of one sort."""


class Standing(Value, frozen=True):
    """What a score rests on."""

    people: float
    """People, each by how present they still are."""
    days: int
    """Known days up to this one."""
    guessed: float
    """The part of what is known that has a guessed date, 0 to 1."""
    nameless: float
    """The part of what is known that has no name, 0 to 1."""
    missing: tuple[str, ...] = ()
    """Linked accounts that tell nothing of this day."""
    few_people: bool = False
    few_days: bool = False

    @property
    def is_little(self) -> bool:
        """Whether it rests on little: few people, few days, or mostly guesses."""
        return self.few_people or self.few_days or self.guessed > MOSTLY or self.nameless > MOSTLY


def standing(tallies: Tallies, days: int, missing: Sequence[str], model: Model) -> Standing:
    """What a score rests on.

    Args:
        tallies: Its sums.
        days: How many days are known up to its own.
        missing: Linked accounts that tell nothing of its day.
        model: Says what little is.
    """
    told = tallies.told
    everything = told.all or 1.0
    return Standing(
        people=tallies.crowd.people,
        days=days,
        guessed=min(1.0, told.guessed / everything),
        nameless=min(1.0, told.nameless / everything),
        missing=tuple(missing),
        few_people=tallies.crowd.people < model.little_people,
        few_days=days < model.little_days,
    )
