"""Which colours to begin with: hers, the terminal's, or none."""

from __future__ import annotations

import pytest
from textual.theme import BUILTIN_THEMES

from klout_tui.tui.themes import first_theme


@pytest.mark.parametrize(
    ("kept", "no_colour", "environ", "theme"),
    [
        (None, False, {}, "ansi-dark"),
        (None, False, {"COLORFGBG": "0;15"}, "ansi-light"),
        (None, False, {"COLORFGBG": "15;0"}, "ansi-dark"),
        ("nord", False, {}, "nord"),
        ("nord", False, {"TEXTUAL_THEME": "textual-dark"}, "nord"),
        ("no such theme", False, {}, "ansi-dark"),
        (None, True, {}, "textual-dark"),
        ("ansi-dark", True, {}, "textual-dark"),
        ("nord", True, {}, "nord"),
    ],
)
def test_first_theme(kept: str | None, no_colour: bool, environ: dict[str, str], theme: str) -> None:
    assert first_theme(kept, BUILTIN_THEMES, no_colour, environ) == theme
