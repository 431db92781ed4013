"""Colours by role, as the tables need them: from whatever theme is on, never named by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.style import Style
from textual.app import App
from textual.color import Color

PLUS_K = "plus-k"
"""Name of our one theme variable: the accent of a +K."""


@dataclass(frozen=True, slots=True)
class Inks:
    """Styles by role for one theme."""

    plus_k: Style
    good: Style
    warn: Style
    bad: Style
    dim: Style
    own: Style
    """What she posts."""
    theirs: Style
    """What people come for."""

    @classmethod
    def of(cls, app: App[Any]) -> Inks:
        """The styles of the app's present theme."""
        variables = app.theme_variables

        def ink(name: str) -> Style:
            return Style(color=Color.parse(variables[name]).rich_color)

        return cls(
            plus_k=ink(PLUS_K),
            good=ink("text-success"),
            warn=ink("text-warning"),
            bad=ink("text-error"),
            dim=Style(dim=True),
            own=ink("text-secondary"),
            theirs=ink("text-primary"),
        )
