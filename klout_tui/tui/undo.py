"""What can be taken back: the last deeds of this run, newest last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

MOST: Final = 50
"""Deeds that are remembered."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done that can be taken back."""

    words: str
    """What was done: ``logged Ann Lee``."""
    back: Callable[[], None]
    """Takes it back. Blocks; call it in a thread.

    Raises:
        KloutError: it cannot be taken back, and nothing changed.
    """


@dataclass
class Undo:
    """The deeds of one run of the program."""

    _deeds: list[Deed] = field(default_factory=list)

    def note(self, deed: Deed) -> None:
        """One deed more; the oldest are forgotten."""
        self._deeds.append(deed)
        del self._deeds[:-MOST]

    def last(self) -> Deed | None:
        """The newest deed, which is no longer remembered then."""
        return self._deeds.pop() if self._deeds else None
