"""A stylesheet whose sources are parsed once: Textual parses ours three times before the first picture."""

from __future__ import annotations

from typing import Any, Final

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_Asked = tuple[object, ...]

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

    def _parse_rules(self, css: str, *args: Any, **options: Any) -> list[RuleSet]:
        """Textual's own, whatever else it may ask for one day."""
        asked = (css, args, tuple(sorted(options.items())))
        if asked not in self._parsed:
            self._parsed[asked] = super()._parse_rules(css, *args, **options)
        return self._parsed[asked]


def _parsed_with(variables: dict[str, str]) -> dict[_Asked, list[RuleSet]]:
    key = tuple(sorted(variables.items()))
    if key not in _PARSED:
        _PARSED[key] = {}
    return _PARSED[key]
