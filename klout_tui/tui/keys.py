"""The keys: which there are, which work now, and what a keymap says that cannot be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, key_to_character
from textual.screen import Screen

from klout_tui.config import nearest


def bindings_of(*classes: type[DOMNode]) -> list[Binding]:
    """Every binding with an id that the classes declare themselves."""
    declared = (binding for each in classes for binding in each.__dict__.get("BINDINGS", ()))
    return [binding for binding in declared if isinstance(binding, Binding) and binding.id]


_KEYS: Final = frozenset(key.value for key in Keys)
_MODIFIERS: Final = frozenset({"ctrl", "shift", "alt", "super", "meta", "hyper"})
_SCREENS: Final = frozenset(
    {
        *("detail", "search", "people", "link", "unlink", "ask", "choose", "rules", "help"),
        *("when", "map", "habits", "log", "logged", "letter", "allow", "review", "changes"),
    }
)
"""First parts of the ids that belong to one screen above the first."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that works now."""

    reads: str
    """How it is shown; several keys for one action are joined."""
    binding: Binding
    node: DOMNode
    """Where the action is at home."""


def working_now(screen: Screen[Any]) -> list[Key]:
    """The keys that work on this screen, those of the focused part first."""
    app = screen.app
    found: dict[tuple[str, str], tuple[list[str], Binding, DOMNode]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not active.enabled or not binding.description or not binding.id:
            continue
        reads, _, _ = found.setdefault((binding.action, binding.id), ([], binding, active.node))
        reads.append(app.get_key_display(binding))
    return [Key(" ".join(dict.fromkeys(reads)), binding, node) for reads, binding, node in found.values()]


def keymap_faults(keymap: Mapping[str, str], known: Sequence[Binding]) -> list[str]:
    """A sentence for everything in the keymap that cannot work: unknown ids, unknown keys, one key for two things."""
    faults = strangers(keymap, known)
    for binding_id, typed in sorted(keymap.items()):
        faults += [
            f"[keymap] {binding_id}: there is no key {name!r}"
            for name in map(str.strip, typed.split(","))
            if not _is_key(name)
        ]
    return faults + _clashes(keymap, known)


def usable(keymap: Mapping[str, str]) -> dict[str, str]:
    """The keymap without entries that name a key there is not: those keep their default, so that nothing is lost."""
    return {each: typed for each, typed in keymap.items() if all(_is_key(name.strip()) for name in typed.split(","))}


def _is_key(name: str) -> bool:
    *modifiers, bare = name.rsplit("+") if len(name) > 1 else [name]
    known = bare in _KEYS or (len(bare) == 1 and bare.isprintable()) or key_to_character(bare) is not None
    return known and all(modifier in _MODIFIERS for modifier in modifiers)


def _clashes(keymap: Mapping[str, str], known: Sequence[Binding]) -> list[str]:
    """One key for two ids that can be live together, where the keymap put at least one of them there."""
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for binding in known:
        if binding.id:
            for name in keymap.get(binding.id, binding.key).split(","):
                holders[name.strip()].append(binding.id)
    return [
        f"[keymap] the key {name!r} is meant for {' and '.join(ids)}"
        for name, ids in sorted(holders.items())
        if any(one in keymap and _meet(one, other) for one in ids for other in ids if other != one)
    ]


def _meet(one: str, other: str) -> bool:
    """Whether two ids can be live together: those of two different screens cannot, the app's and a row's always can."""
    first, second = one.partition(".")[0], other.partition(".")[0]
    return first == second or not ({first, second} & _SCREENS) or bool({first, second} & {"app", "row"})


def strangers(keymap: Mapping[str, str], known: Iterable[Binding]) -> list[str]:
    """A sentence for each id in the keymap that no binding has."""
    ids = {binding.id for binding in known if binding.id}
    said = []
    for stranger in sorted(keymap.keys() - ids):
        guess = nearest(stranger, ids)
        said.append(f"[keymap] {stranger}: no key has this id" + (f"; did you mean {guess}?" if guess else ""))
    return said
