"""A scoring model: the values of the formula, read from TOML, with errors that name the line.

Nothing of the formula's shape is in a model and none of its values anywhere else, so that a model can be shown, kept
beside another, and copied into a new one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from hashlib import blake2b
from math import pow
from typing import Any, Final

import msgspec

from klout_tui.domain.model import InteractionKind, Value
from klout_tui.domain.score.lines import line_of


class Factor(StrEnum):
    """What a score is made of."""

    REACH = "reach"
    AMPLIFICATION = "amplification"
    IMPACT = "impact"


BASE: Final = "base"
"""The point everybody begins with; it belongs to no account."""

FACTOR_NAMES: Final[Mapping[str, str]] = {
    Factor.REACH: "True Reach",
    Factor.AMPLIFICATION: "Amplification",
    Factor.IMPACT: "Network Impact",
    BASE: "Base",
}
"""How people call them."""


class Faint(Value, frozen=True):
    """How acts that can be bought are bounded."""

    kinds: frozenset[InteractionKind]
    audience: int
    people: float
    share: float
    per_post: float


class Curve(Value, frozen=True):
    """How a factor grows: ``1 - (1 + x / start) ** -slope``, times ``weight``."""

    weight: float
    start: float
    slope: float

    def at(self, x: float) -> float:
        """The factor, 0 up to but not including 1, of a sum that is not negative."""
        return 1.0 - pow(1.0 + x / self.start, -self.slope)


class Model(Value, frozen=True):
    """All values of one scoring model."""

    name: str
    title: str
    half_life_days: float
    little_people: float
    little_days: int
    presence: dict[InteractionKind, float]
    faint: Faint
    nameless: float
    """What a reaction without a name is worth, measured by one with."""
    reach: Curve
    amplification: Curve
    amplification_power: float
    imagined_posts: float
    impact: Curve
    impact_audience: int
    impact_unknown: int
    document: dict[str, Any]
    """All of it as written, so that models between two others can be made."""

    @property
    def values(self) -> dict[str, str]:
        """Every value as written, by ``section.key``: what two models differ in."""
        return dict(_flat(self.document))

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that change with any value but the title's: a name may come to mean another."""
        told = sorted((key, value) for key, value in self.values.items() if key != "title")
        return blake2b(msgspec.json.encode(told), digest_size=4).hexdigest()

    def left_after(self, days: float) -> float:
        """The part of what somebody did that is left so many days later."""
        return pow(0.5, days / self.half_life_days)


class ModelError(ValueError):
    """A model that cannot be meant as written.

    ``line`` counts from 1 and is 0 where the file as a whole is meant; ``key`` is ``section.key``.
    """

    def __init__(self, message: str, *, line: int = 0, key: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.key = key


def read_model(text: str) -> Model:
    """The model a TOML document describes.

    Raises:
        ModelError: it is no TOML, a key is missing, unknown or there with a value it cannot have; it names the line.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error), text) from error
    return _Reading(document, text).model()


def model_of(document: dict[str, Any]) -> Model:
    """The model of a document already parsed.

    Raises:
        ModelError: a value is missing, unknown or impossible; there is no line to name.
    """
    return _Reading(document, "").model()


_POSITIVE: Final = (0.0, 1e9)
_Bounds = tuple[float, float]


class _Reading:
    """One document being read; every key asked for is ticked off, so that the rest can be refused."""

    def __init__(self, document: dict[str, Any], text: str) -> None:
        self._document = document
        self._text = text
        self._known: set[str] = set()

    def model(self) -> Model:
        name = self._word("name")
        model = Model(
            name=name,
            title=self._word("title"),
            half_life_days=self._number("half_life_days", (15.0, 3650.0)),
            little_people=self._number("little_people", (0.0, 1e6)),
            little_days=self._whole("little_days", (0, 3650)),
            presence={kind: self._number(f"presence.{kind}", (0.0, 1.0)) for kind in InteractionKind},
            faint=Faint(
                kinds=self._kinds("faint.kinds"),
                audience=self._whole("faint.audience", (0, 10**9)),
                people=self._number("faint.people", (0.0, 1e6)),
                share=self._number("faint.share", (0.0, 1.0)),
                per_post=self._number("faint.per_post", (0.0, 1e6)),
            ),
            nameless=self._number("nameless.worth", (0.0, 1.0)),
            reach=self._curve("reach"),
            amplification=self._curve("amplification"),
            amplification_power=self._number("amplification.power", (0.0, 1.0), above=True),
            imagined_posts=self._number("amplification.posts", (0.0, 1e6), above=True),
            impact=self._curve("impact"),
            impact_audience=self._whole("impact.audience", (1, 10**9)),
            impact_unknown=self._whole("impact.unknown", (0, 10**9)),
            document=self._document,
        )
        self._refuse_unknown()
        self._add_up(model)
        return model

    def _curve(self, section: str) -> Curve:
        return Curve(
            weight=self._number(f"{section}.weight", (0.0, 1.0)),
            start=self._number(f"{section}.start", _POSITIVE, above=True),
            slope=self._number(f"{section}.slope", (0.0, 10.0), above=True),
        )

    def _value(self, key: str) -> Any:
        self._known.add(key)
        section, _, last = key.rpartition(".")
        table: Any = self._document.get(section) if section else self._document
        if section and not isinstance(table, dict):
            raise self._wrong(section, f"the section [{section}] is missing" if table is None else "is no section")
        if last not in table:
            raise self._wrong(key, "is missing")
        return table[last]

    def _word(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str) or not value.strip() or len(value) > 60 or not value.isprintable():
            raise self._wrong(key, "must be a short text on one line")
        return value.strip()

    def _number(self, key: str, bounds: _Bounds, *, above: bool = False) -> float:
        value = self._value(key)
        low, high = bounds
        fits = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        if not fits or (above and value == low):
            least = f"more than {low:g}" if above else f"{low:g} or more"
            raise self._wrong(key, f"must be a number, {least} and at most {high:g}, not {value!r}")
        return float(value)

    def _whole(self, key: str, bounds: tuple[int, int]) -> int:
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool) or not bounds[0] <= value <= bounds[1]:
            raise self._wrong(key, f"must be a whole number from {bounds[0]} to {bounds[1]}, not {value!r}")
        return value

    def _kinds(self, key: str) -> frozenset[InteractionKind]:
        value = self._value(key)
        if not isinstance(value, list):
            raise self._wrong(key, 'must be a list, such as ["like", "follow"]')
        for each in value:
            if each not in list(InteractionKind):
                raise self._wrong(key, f"holds {each!r}, which is no kind of reaction{_guess(each, InteractionKind)}")
        return frozenset(map(InteractionKind, value))

    def _refuse_unknown(self) -> None:
        for key, _ in _flat(self._document):
            if key not in self._known:
                raise self._wrong(key, f"is no key of a scoring model{_guess(key, self._known)}")

    def _add_up(self, model: Model) -> None:
        total = model.reach.weight + model.amplification.weight + model.impact.weight
        if abs(total - 1.0) > 1e-9:
            raise self._wrong("reach.weight", f"and the other two weights must add up to 1, not {total:g}")

    def _wrong(self, key: str, what: str) -> ModelError:
        line = line_of(self._text, key)
        told = what if what.startswith("the section") else f"{key} {what}"
        return ModelError(told, line=line, key=key)


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", _written(value)


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _guess(word: object, known: object) -> str:
    near: Callable[..., list[str]] = get_close_matches
    found = near(str(word), [str(each) for each in known], 1) if hasattr(known, "__iter__") else []
    return f"; did you mean {found[0]}?" if found else ""


def _not_toml(told: str, text: str) -> ModelError:
    """What the parser said, its line taken out of the words."""
    words, _, place = told.rpartition(" (at ")
    number = place.partition("line ")[2].partition(",")[0]
    line = int(number) if number.isdigit() else text.count("\n") + 1
    return ModelError(f"this is no TOML: {words or told}", line=line)
