"""Finds the networks: built-in ones and plugins come through the same entry points, and load only when asked for."""

from __future__ import annotations

import difflib
import importlib.metadata
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final, Self, cast

from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.base import Network, NetworkError

GROUP: Final = "klout_tui.networks"
"""The entry-point group; each entry names a class (or a function) that gives a ``Network`` without arguments."""

LOAD_SECONDS: Final = 20.0
"""How long a plugin may take to be imported; whoever asks for it waits so long and no longer."""

_BUILT_IN: Final = "klout_tui."
_METHODS: Final = ("origin", "hosts", "verify", "refresh")
_TEXTS: Final = ("name", "title", "target_hint", "wants_token")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")


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
        for entry in sorted(entries, key=lambda each: (not each.value.startswith(_BUILT_IN), each.value)):
            name = clean_line(entry.name, 40)
            if not _NAME.fullmatch(name):
                registry._loaded[name] = Broken(name, "a network is called by a short word in lower case")
            else:
                make = partial(_made_by, entry.load)
                ours = entry.value.startswith(_BUILT_IN)
                registry._waiting.setdefault(name, make if ours else partial(_in_time, make))
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


def _made_by(load: Callable[[], object]) -> object:
    maker = load()
    return maker() if callable(maker) else maker


def _made(name: str, make: Callable[[], object]) -> Network | Broken:
    try:
        network = make()
        lacking = _lacking(network)
    except (Exception, SystemExit, GeneratorExit) as error:  # the border to foreign code, which may raise anything
        return Broken(name, _said(error))
    if lacking:
        return Broken(name, f"it is no network: {lacking}")
    network = cast("Network", network)
    if network.name != name:
        return Broken(name, f"it calls itself {clean_line(network.name, 60)!r}")
    return network


def _lacking(network: object) -> str:
    """What keeps it from being a network, in words; empty if nothing does."""
    missing = [each for each in (*_TEXTS, "option_hints", *_METHODS) if not hasattr(network, each)]
    missing += [each for each in _METHODS if each not in missing and not callable(getattr(network, each))]
    if missing:
        return f"it lacks {', '.join(missing)}"
    wrong = [each for each in _TEXTS if not isinstance(getattr(network, each), str)]
    hints: object = network.option_hints  # type: ignore[attr-defined]  # looked for above
    if not isinstance(hints, Mapping) or not all(isinstance(text, str) for pair in hints.items() for text in pair):
        wrong.append("option_hints")
    return f"{', '.join(wrong)} should be text" if wrong else ""


def _said(error: BaseException) -> str:
    try:
        return clean_line(f"{type(error).__name__}: {error}".removesuffix(": "), 200)
    except Exception:  # an exception whose own text cannot be made still has a name
        return type(error).__name__


def _in_time(make: Callable[[], object]) -> object:
    """What ``make`` gives, made ready in a thread of its own.

    A thread cannot be ended: one that never comes back is left alone, and keeps nobody from quitting.

    Raises:
        TimeoutError: it takes too long.
        Exception, SystemExit: whatever it raises.
    """
    outcome: list[tuple[object, BaseException | None]] = []

    def work() -> None:
        try:
            outcome.append((make(), None))
        except (Exception, SystemExit) as error:
            outcome.append((None, error))
        except BaseException as error:  # nobody has pressed Ctrl+C here
            outcome.append((None, RuntimeError(type(error).__name__)))

    thread = threading.Thread(target=work, name="klout-tui plugin", daemon=True)
    thread.start()
    thread.join(LOAD_SECONDS)
    if not outcome:
        raise TimeoutError(f"it was not there after {LOAD_SECONDS:g} s")
    made, error = outcome[0]
    if error is not None:
        raise error
    return made
