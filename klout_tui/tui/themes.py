"""Which colours to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual import constants
from textual.theme import Theme

_LIGHT_BACKGROUNDS: Final = frozenset({"7", "15"})
"""What terminals that set COLORFGBG call a light background; the others draw the same default colours either way."""


def first_theme(kept: str | None, themes: Mapping[str, Theme], no_colour: bool, environ: Mapping[str, str]) -> str:
    """The theme chosen last, else the one asked for by TEXTUAL_THEME, else the terminal's own colours."""
    if kept is not None and kept in themes and not (no_colour and themes[kept].ansi):
        return kept
    if no_colour or "TEXTUAL_THEME" in environ:  # without colours the terminal's own come out black on black (8.2)
        return constants.DEFAULT_THEME
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return "ansi-light" if background in _LIGHT_BACKGROUNDS else "ansi-dark"
