"""The command palette: every action by name, every account and topic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen

from klout_tui.tui import keys
from klout_tui.tui.messages import Noun, Opened
from klout_tui.tui.screens.home import PANES, HomeScreen


class Places(Provider):
    """Accounts and topics."""

    async def discover(self) -> Hits:
        """The accounts, before anything is typed."""
        for label, noun, key in self._places():
            if noun is Noun.ACCOUNT:
                yield DiscoveryHit(Content(label), self._opening(noun, key), label, help="Open the account")

    async def search(self, query: str) -> Hits:
        """Accounts and topics that match."""
        matcher = self.matcher(query)
        for label, noun, key in self._places():
            score, places = matcher.fuzzy_search.match(query, label)
            if score > 0:
                shown = Content(label)  # names are text, never markup
                for place in places:
                    shown = shown.stylize(matcher.match_style, place, place + 1)
                yield Hit(score, shown, self._opening(noun, key), label, help=f"Open the {noun.value}")

    def _places(self) -> Iterable[tuple[str, Noun, str]]:
        home = next((screen for screen in self.app.screen_stack if isinstance(screen, HomeScreen)), None)
        if home is not None and home.view is not None:
            for row in home.view.accounts:
                yield f"{row.account.network} {row.account.handle}", Noun.ACCOUNT, row.account.id
            for topic in home.view.topics.rows:
                yield f"#{home.view.label(topic.topic)}", Noun.TOPIC, topic.topic

    def _opening(self, noun: Noun, key: str) -> Any:
        return lambda: self.app.post_message(Opened(noun, key))


def commands(app: App[Any], screen: Screen[Any]) -> Iterable[SystemCommand]:
    """Every action there is here: those whose keys work now, and on the first screen those of the other panes too."""
    yield SystemCommand("Theme", "Choose other colours; the choice is kept", app.action_change_theme)
    told = set()
    for key in keys.working_now(screen):
        if key.binding.tooltip and key.binding.id != "app.commands":
            told.add(key.binding.id)
            yield _command(app, key.binding, key.reads, key.node)
    if isinstance(screen, HomeScreen) and screen.view is not None and screen.view.accounts:
        for pane in map(screen.query_one, PANES):
            for binding in keys.bindings_of(type(pane)):
                if binding.tooltip and binding.id not in told:
                    told.add(binding.id)
                    yield _command(app, binding, f"{app.get_key_display(binding)} in {pane.NAME}", pane)


def _command(app: App[Any], binding: Binding, reads: str, node: DOMNode) -> SystemCommand:
    return SystemCommand(
        binding.description,
        f"{binding.tooltip}  ({reads})",
        lambda: app.run_worker(app.run_action(binding.action, node), group="command"),
    )
