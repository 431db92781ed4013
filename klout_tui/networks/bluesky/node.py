"""JSON from strangers: an object of which any member may be missing or of another kind, which is the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_LARGEST: Final = 10**12
"""Counters beyond this, or below 0, are nonsense and count as missing."""


@dataclass(frozen=True, slots=True)
class Node:
    """One object of an answer."""

    members: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.members)

    def text(self, name: str) -> str:
        """A member that is text; empty where it is none."""
        value = self.members.get(name)
        return value if isinstance(value, str) else ""

    def count(self, name: str) -> int | None:
        """A member that is a counter; None where it is none. Digits sent as text are read."""
        value = self.members.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 15:
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
        return value if good else None

    def says(self, name: str) -> bool:
        """Whether a member is true."""
        return self.members.get(name) is True

    def node(self, *path: str) -> Node:
        """An object further inside; an empty one where there is none."""
        found: Any = self.members
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return Node(found) if isinstance(found, dict) else Node()

    def nodes(self, name: str) -> list[Node]:
        """The objects in a member that is a list."""
        return [Node(each) for each in self.all(name) if isinstance(each, dict)]

    def all(self, name: str) -> list[Any]:
        """Everything in a member that is a list; empty where it is none."""
        value = self.members.get(name)
        return value if isinstance(value, list) else []

    def texts(self, name: str) -> list[str]:
        """The texts in a member that is a list."""
        return [each for each in self.all(name) if isinstance(each, str)]
