"""Handles that may be one person. Only suggested, each with its reason; nobody is ever merged but by the user.

What is looked at is what networks themselves show of an actor: the address of the page, the handle, the name. A picture
is none of it, so likeness of faces is no reason here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from itertools import combinations
from typing import Final

from klout_tui.domain.model import Actor, Value

MOST: Final = 4
"""Handles that may share a reason; what more of them share (a common name) tells nobody apart."""

_LEAST_NAME: Final = 3
_SCHEMES: Final = ("https://", "http://")


class Lookalike(Value, frozen=True):
    """Two handles, and why they may be one person."""

    one: Actor
    other: Actor
    reason: str

    @property
    def keys(self) -> tuple[str, str]:
        """Their keys, sorted."""
        return (min(self.one.key, self.other.key), max(self.one.key, self.other.key))


def lookalikes(
    actors: Iterable[Actor], apart: Collection[tuple[str, str]] = (), skip: Callable[[Actor], bool] = lambda _: False
) -> tuple[Lookalike, ...]:
    """Pairs that may be one person, the best reason first in each; sorted by name.

    Args:
        actors: People, merged handles as one.
        apart: Pairs she said are two people, sorted.
        skip: Says who is left out: her own, the ignored, bots.
    """
    chosen = sorted((actor for actor in actors if not skip(actor)), key=lambda actor: actor.key)
    found: dict[tuple[str, str], Lookalike] = {}
    for sign, words, may in _REASONS:
        groups: defaultdict[str, list[Actor]] = defaultdict(list)
        shared = _shared(chosen, sign)
        for actor in chosen:
            for mark in sign(actor):
                if hash(mark) in shared:
                    groups[mark].append(actor)
        for group in groups.values():
            if not 2 <= len(group) <= MOST:
                continue
            for one, other in combinations(group, 2):
                pair = Lookalike(one=one, other=other, reason=words)
                if pair.keys not in found and pair.keys not in apart and may(one, other):
                    found[pair.keys] = pair
    return tuple(sorted(found.values(), key=lambda each: (each.one.name.casefold(), each.keys)))


def _shared(actors: Iterable[Actor], sign: Callable[[Actor], set[str]]) -> set[int]:
    """Hashes of marks that more than one has: of thousands of people few share any, and no table of all is needed."""
    seen: set[int] = set()
    twice: set[int] = set()
    for actor in actors:
        for mark in map(hash, sign(actor)):
            (twice if mark in seen else seen).add(mark)
    return twice


def _addresses(actor: Actor) -> set[str]:
    """Where they say they are: the page's address, and a handle that is a domain, which its network has verified."""
    marks = {address for each in (actor.url, actor.key) if (address := _bare(each))}
    handle = actor.handle.lstrip("@").casefold()
    if "." in handle and "@" not in handle and " " not in handle and "/" not in handle:
        marks.add(handle)
    return marks


def _handles(actor: Actor) -> set[str]:
    """Handle without its server, with the name: of two networks alike."""
    handle = actor.handle.lstrip("@").casefold().partition("@")[0].partition(".")[0]
    name = _name(actor)
    return {f"{handle}\n{name}"} if handle and name and len(handle) >= _LEAST_NAME else set()


def _name(actor: Actor) -> str:
    name = " ".join(actor.name.casefold().split())
    return name if len(name) >= _LEAST_NAME and name != actor.handle.lstrip("@").casefold() else ""


def _bare(address: str) -> str:
    """An address without what makes no difference; empty where it is none."""
    for scheme in _SCHEMES:
        if address.casefold().startswith(scheme):
            host, slash, path = address[len(scheme) :].partition("/")
            return f"{host.casefold().removeprefix('www.')}{slash}{path}".rstrip("/")
    return ""


def _elsewhere(one: Actor, other: Actor) -> bool:
    """Two handles on the same server are two people: a server gives nobody the same handle twice."""
    return _server(one) != _server(other)


def _server(actor: Actor) -> str:
    return _bare(actor.key).partition("/")[0] or actor.handle.rpartition("@")[2].casefold()


def _anywhere(one: Actor, other: Actor) -> bool:
    """An address is one page, whoever tells of it."""
    return one.key != other.key


_REASONS: Final[tuple[tuple[Callable[[Actor], set[str]], str, Callable[[Actor, Actor], bool]], ...]] = (
    (_addresses, "the same address", _anywhere),
    (_handles, "the same handle and name on another network", _elsewhere),
)
