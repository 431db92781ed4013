"""Which handles are one person, and whom she ignores: what the user decided about people.

A person is named by the smallest key of her handles, so that the same merges in whatever order make the same people.
Nothing here is guessed: a handle belongs to nobody else until the user says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Final

import msgspec

from klout_tui.domain.model import Value


class Ties(Value, frozen=True):
    """What the user decided; empty for most."""

    same: dict[str, str] = {}
    """Every handle of a person merged of several, to the person: ``Actor.key`` to the smallest ``Actor.key``."""
    ignored: frozenset[str] = frozenset()
    """``Actor.key`` of every handle that is ignored. Their acts are stored flagged, and left out of every view."""

    def __bool__(self) -> bool:
        return bool(self.same or self.ignored)

    def person(self, key: str) -> str:
        """The person a handle belongs to: its own key, unless it was merged."""
        return self.same.get(key, key)

    def handles(self, person: str) -> tuple[str, ...]:
        """The keys of a person's handles, sorted; of one not merged, the one."""
        return tuple(sorted(key for key, head in self.same.items() if head == person)) or (person,)

    def people(self) -> dict[str, tuple[str, ...]]:
        """Everybody who has several handles."""
        return {head: self.handles(head) for head in sorted(set(self.same.values()))}

    def merged(self, keys: Iterable[str]) -> Ties:
        """With these handles, and all that belong to the same people already, as one person."""
        group = {handle for key in keys for handle in self.handles(self.person(key))}
        if len(group) < 2:
            return self
        return msgspec.structs.replace(self, same={**self.same, **dict.fromkeys(sorted(group), min(group))})

    def split(self, key: str) -> Ties:
        """With a handle as a person of its own again; those it was merged with stay together."""
        others = [handle for handle in self.handles(self.person(key)) if handle != key]
        same = {each: head for each, head in self.same.items() if each != key and each not in others}
        if len(others) > 1:
            same |= dict.fromkeys(others, min(others))
        return msgspec.structs.replace(self, same=same)


NONE: Final = Ties()
"""Nothing decided."""


def tied(groups: Iterable[Iterable[str]], ignored: Iterable[str] = ()) -> Ties:
    """The decisions made of groups of handles; groups that share a handle are one person."""
    return reduce(Ties.merged, groups, Ties(ignored=frozenset(ignored)))
