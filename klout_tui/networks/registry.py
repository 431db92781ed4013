"""Finds the networks: built-in ones and plugins come through the same entry points, and load only when asked for."""

from __future__ import annotations

import difflib
import importlib.metadata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self, cast

from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.base import Network, NetworkError

GROUP: Final = "klout_tui.networks"
"""The entry-point group; each entry names a class (or a function) that gives a ``Network`` without arguments."""

_METHODS: Final = ("origin", "hosts", "verify", "refresh")
_FACTS: Final = ("name", "title", "target_hint", "option_hints", "wants_token")


class PluginBroken(NetworkError):
    """A network is installed but cannot be used; its accounts fail alone, the others go on."""

    kind: ClassVar[str] = "plugin"


@dataclass(frozen=True)
class Broken:
    """A network that could not be loaded."""

    name: str
    reason: str
    """In plain words, one line."""


class Registry:
    """The networks there are, by name.

    Iterating, ``len`` and ``in`` speak of names and import nothing.
    """

    def __init__(self, networks: Mapping[str, Network] | None = None) -> None:
        """Args: networks: ready ones, by name; ``load`` finds the installed ones instead."""
        self._loaded: dict[str, Network | Broken] = dict(networks or {})
        self._waiting: dict[str, Callable[[], object]] = {}

    @classmethod
    def load(cls) -> Self:
        """The installed networks, built-in and plugins; none is imported yet.

        Of two with the same name the one klout-tui brings along wins, else the first by its address, so that a plugin
        can replace no built-in network unseen.
        """
        registry = cls()
        entries = importlib.metadata.entry_points(group=GROUP)
        for entry in sorted(entries, key=lambda each: (not each.value.startswith("klout_tui."), each.value)):
            registry._waiting.setdefault(entry.name, entry.load)
        return registry

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted({*self._loaded, *self._waiting}))

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self.names())

    def __contains__(self, name: object) -> bool:
        return name in self._loaded or name in self._waiting

    def __getitem__(self, name: str) -> Network:
        return self.get(name)

    def get(self, name: str) -> Network:
        """The network of that name, imported at its first use.

        Raises:
            UsageError: there is none; the hint names the nearest.
            PluginBroken: it cannot be imported, or is no network.
        """
        found = self.look(name)
        if isinstance(found, Broken):
            raise PluginBroken(
                f"the network {found.name} cannot be used: {found.reason}",
                hint="Update or uninstall the plugin; what was read before stays.",
            )
        return found

    def look(self, name: str) -> Network | Broken:
        """Like ``get``, with a broken network as a value.

        Raises:
            UsageError: there is none of that name.
        """
        if name not in self:
            near = difflib.get_close_matches(name.lower(), self.names(), 1)
            known = ", ".join(self.names()) or "none"
            hint = f"Did you mean {near[0]}?" if near else f"Known networks: {known}."
            raise UsageError(f"no network is called {clean_line(name, 60)!r}", hint=hint)
        if name not in self._loaded:
            self._loaded[name] = _made(name, self._waiting[name])
        return self._loaded[name]


def _made(name: str, load: Callable[[], object]) -> Network | Broken:
    try:
        maker = load()
        network = maker() if callable(maker) else maker
    except Exception as error:  # the border to foreign code, which may raise anything
        return Broken(name, clean_line(f"{type(error).__name__}: {error}", 200))
    missing = [each for each in (*_FACTS, *_METHODS) if not hasattr(network, each)]
    missing += [each for each in _METHODS if each not in missing and not callable(getattr(network, each))]
    if missing:
        return Broken(name, f"it is no network: it lacks {', '.join(missing)}")
    network = cast("Network", network)
    if network.name != name:
        return Broken(name, f"it calls itself {clean_line(str(network.name), 60)!r}")
    return network
