"""Help: the keys that work here, with the ids a keymap uses, and what the panes say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Markdown, Static

from klout_tui.tui.keys import Key


class HelpScreen(ModalScreen[None]):
    """Keys and words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "Back", id="help.back"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up"),
    ]

    def __init__(self, keys: Sequence[Key], text: str) -> None:
        """Args: keys: those that work on the screen the help was asked from; text: Markdown on that screen."""
        super().__init__()
        self._keys = keys
        self._text = text

    def compose(self) -> ComposeResult:
        """Keys first, then words."""
        with VerticalScroll(classes="dialog", can_focus=True) as dialog:
            dialog.border_title = "Help"
            dialog.border_subtitle = "Esc"
            yield Static(self._key_table())
            yield Markdown(self._text, id="help-text")

    def on_mount(self) -> None:
        """So that the arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, by: int) -> None:
        """A line down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def _key_table(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), expand=True, show_header=True, header_style="dim")
        table.add_column("key", style="bold", no_wrap=True)
        table.add_column("does", ratio=1)
        table.add_column("id for [keymap] in settings.toml".replace("[", "\\["), style="dim", no_wrap=True)
        for key in self._keys:
            does = key.binding.tooltip or key.binding.description
            table.add_row(Text(key.reads), Text(does), Text(key.binding.id or ""))
        return table
