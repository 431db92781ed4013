"""What ctrl+z takes back: the newest thing she did, in words, and how to undo it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

DEEPEST: Final = 50
"""Deeds that are remembered; older ones stay done."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing she did."""

    words: str
    """What it was, as in "Taken back: …"."""
    inverse: Callable[[], object]
    """Undoes it; called on the event loop."""


class Undo:
    """A stack of deeds."""

    def __init__(self) -> None:
        self._deeds: list[Deed] = []

    def __bool__(self) -> bool:
        return bool(self._deeds)

    def push(self, words: str, inverse: Callable[[], object]) -> None:
        """Remember a deed that was done."""
        self._deeds = [*self._deeds, Deed(words, inverse)][-DEEPEST:]

    def pop(self) -> Deed | None:
        """The newest deed, which is forgotten with this; None where there is none."""
        return self._deeds.pop() if self._deeds else None
