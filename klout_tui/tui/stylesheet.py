"""A stylesheet whose sources are parsed once: Textual parses ours three times before the first picture."""

from __future__ import annotations

from typing import Final

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_Asked = tuple[str, CSSLocation, bool, int, str]

_PARSED: Final[LRUCache[tuple[tuple[str, str], ...], dict[_Asked, list[RuleSet]]]] = LRUCache(4)
"""The rules by the theme's variables and the source; they depend on nothing else, and nobody changes them."""


class ParsedOnce(Stylesheet):
    """Remembers what it parsed when the theme is set, even to the same one, and for other apps of this process."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parsed = _parsed_with(variables)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Use these from the next parsing on."""
        super().set_variables(variables)
        self._parsed = _parsed_with(variables)

    def reparse(self) -> None:
        """Apply other variables; an error leaves the rules as they were."""
        self.parse()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        asked = (css, read_from, is_default_rules, tie_breaker, scope)
        if asked not in self._parsed:
            self._parsed[asked] = super()._parse_rules(css, read_from, is_default_rules, tie_breaker, scope)
        return self._parsed[asked]


def _parsed_with(variables: dict[str, str]) -> dict[_Asked, list[RuleSet]]:
    key = tuple(sorted(variables.items()))
    if key not in _PARSED:
        _PARSED[key] = {}
    return _PARSED[key]
