"""The networks there are, as a list to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from klout_tui.networks.base import Network
from klout_tui.networks.registry import Broken

CHOSEN: Final = "✓ "
"""Marks the chosen network, since its colour alone would not."""
DEAD: Final = "✗ "


class NetworkList(OptionList):
    """One line each; those that cannot be used are named too, and cannot be chosen."""

    def __init__(self, networks: Mapping[str, Network | Broken], *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True)
        self._networks = networks
        self._marked: str | None = None
        self.led_to: str | None = None
        """The name the cursor was last put on by the program, not by the user."""

    def on_mount(self) -> None:
        """Fill it; the first that can be used is chosen."""
        for name, network in self._networks.items():
            self.add_option(Option(self._line(name), id=name, disabled=isinstance(network, Broken)))
        usable = [index for index, network in enumerate(self._networks.values()) if not isinstance(network, Broken)]
        self.led_to = list(self._networks)[usable[0]] if usable else None
        self.highlighted = usable[0] if usable else None
        self.mark()

    @property
    def chosen(self) -> Network | None:
        """The network under the cursor."""
        if self.highlighted is None or not self.option_count:
            return None
        found = self._networks.get(self.get_option_at_index(self.highlighted).id or "")
        return None if found is None or isinstance(found, Broken) else found

    def choose(self, network: Network) -> None:
        """Put the cursor on a network."""
        self.led_to = network.name
        self.highlighted = self.get_option_index(network.name)
        self.mark()

    def mark(self) -> None:
        """Move the mark to the chosen one."""
        chosen = self.chosen.name if self.chosen else None
        before, self._marked = self._marked, chosen
        for name in (before, chosen):
            if name is not None:
                self.replace_option_prompt(name, self._line(name))

    def _line(self, name: str) -> Content:
        network = self._networks[name]
        if isinstance(network, Broken):
            return Content.styled(f"{DEAD}{name}", "$text-error")
        return Content(f"{CHOSEN if name == self._marked else '  '}{network.title}")
