"""Two models beside each other: where they differ, and what each difference does to today's score."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from klout_tui.domain.model import Value
from klout_tui.domain.score.explain import Change, Explanation, change
from klout_tui.domain.score.model import Model, ModelError, model_of

_WEIGHTS = ("reach.weight", "amplification.weight", "impact.weight")
_NAMES = ("name", "title")

Difference = tuple[str, str | None, str | None]
"""Key, value before, value after."""


class Step(Value, frozen=True):
    """One difference between two models, taken over on top of those before it."""

    keys: tuple[str, ...]
    """Usually one; the three weights go together, since they must add up."""
    before: tuple[str | None, ...]
    after: tuple[str | None, ...]
    points: float | None
    """What it does to the score of the day; None where it cannot be taken over alone."""


class Comparison(Value, frozen=True):
    """One day's score under two models."""

    one: Explanation
    other: Explanation
    change: Change
    """From one to the other, by account and factor; adds up."""
    steps: tuple[Step, ...]
    """From one to the other, value by value; adds up too."""


def differences(one: Model, other: Model) -> tuple[Difference, ...]:
    """Values in which two models differ, in the order of the file."""
    before, after = one.values, other.values
    keys = dict.fromkeys([*before, *after])
    return tuple(
        (key, before.get(key), after.get(key))
        for key in keys
        if key not in _NAMES and before.get(key) != after.get(key)
    )


def compared(one: Model, other: Model, explained: Callable[[Model], Explanation | None]) -> Comparison | None:
    """Two models' scores of one day; None where there is no score that day.

    Args:
        one: The model in use.
        other: The one looked at.
        explained: Goes through the history under a model and takes the day's score apart.
    """
    first, last = explained(one), explained(other)
    if first is None or last is None:
        return None
    steps, document, score = [], deepcopy(one.document), first.score
    groups = _groups(differences(one, other))
    for place, group in enumerate(groups):
        keys = tuple(key for key, _, _ in group)
        for key in keys:
            _copy(other.document, document, key)
        if place == len(groups) - 1:
            after: float | None = last.score
        else:
            after = _score(document, explained)
        steps.append(
            Step(
                keys=keys,
                before=tuple(value for _, value, _ in group),
                after=tuple(value for _, _, value in group),
                points=None if after is None else after - score,
            )
        )
        score = score if after is None else after
    return Comparison(one=first, other=last, change=change(first, last, first.day), steps=tuple(steps))


def _score(document: dict[str, Any], explained: Callable[[Model], Explanation | None]) -> float | None:
    try:
        told = explained(model_of(deepcopy(document)))
    except ModelError:
        return None
    return None if told is None else told.score


def _groups(found: tuple[Difference, ...]) -> list[list[Difference]]:
    """Differences to be taken over one after the other; the weights as one."""
    weights = [each for each in found if each[0] in _WEIGHTS]
    groups, placed = [], False
    for each in found:
        if each[0] not in _WEIGHTS:
            groups.append([each])
        elif not placed:
            groups.append(weights)
            placed = True
    return groups


def _copy(source: dict[str, Any], target: dict[str, Any], key: str) -> None:
    section, _, last = key.rpartition(".")
    if section:
        target.setdefault(section, {})[last] = deepcopy(source[section][last])
    else:
        target[last] = deepcopy(source[last])
