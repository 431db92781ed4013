"""The keys: which there are, which work now, and which a keymap names wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from klout_tui.config import nearest


def bindings_of(*classes: type[DOMNode]) -> list[Binding]:
    """Every binding with an id that the classes declare themselves."""
    declared = (binding for each in classes for binding in each.__dict__.get("BINDINGS", ()))
    return [binding for binding in declared if isinstance(binding, Binding) and binding.id]


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


def strangers(keymap: Mapping[str, str], known: Iterable[Binding]) -> list[str]:
    """A sentence for each id in the keymap that no binding has."""
    ids = {binding.id for binding in known if binding.id}
    said = []
    for stranger in sorted(keymap.keys() - ids):
        guess = nearest(stranger, ids)
        said.append(f"[keymap] {stranger}: no key has this id" + (f"; did you mean {guess}?" if guess else ""))
    return said
