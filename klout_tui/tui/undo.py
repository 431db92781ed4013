"""What can be taken back, the newest first: each with the words for it and what to call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

KEPT: Final = 50
"""Deeds remembered; nobody takes back more in one sitting."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something she did."""

    words: str
    """As a past fact: ``hid python``."""
    inverse: Callable[[], object]
    """Takes it back; blocking, called in a thread."""


@dataclass
class Undo:
    """A pile of deeds."""

    _deeds: list[Deed] = field(default_factory=list)

    def done(self, words: str, inverse: Callable[[], object]) -> None:
        """Remember a deed."""
        self._deeds.append(Deed(words, inverse))
        del self._deeds[:-KEPT]

    def take(self) -> Deed | None:
        """The newest deed, which is then remembered no more; None where there is none."""
        return self._deeds.pop() if self._deeds else None
