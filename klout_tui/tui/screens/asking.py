"""Two small dialogs: one asks for a line, the other lets choose from a list that typing narrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

LISTED: Final = 200
"""Choices drawn at most; typing looks in all of them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose."""

    key: str
    label: str
    aside: str = ""
    """Said quietly behind it."""


class LineScreen(ModalScreen[str | None]):
    """Asks for one line; answers it, or None where nothing is to happen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="ask.cancel")]

    def __init__(self, title: str, words: str, value: str = "", *, empty: bool = False) -> None:
        """A dialog.

        Args:
            title: What is asked, in the frame.
            words: What the answer does.
            value: The line to begin with.
            empty: Whether an empty line is an answer.
        """
        super().__init__()
        self._title = title
        self._words = words
        self._value = value
        self._empty = empty

    def compose(self) -> ComposeResult:
        """The words and the line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = "Enter, or Esc to leave it"
            yield Static(Content(self._words), classes="asked")
            yield Input(self._value, compact=True)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value.strip() or self._empty:
            self.dismiss(event.value)


class ChooseScreen(ModalScreen[str | None]):
    """Lets choose one thing; answers its key, or None where nothing is to happen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="choose.cancel"),
        Binding("down", "step(1)", "Down", show=False, priority=True, id="choose.down"),
        Binding("up", "step(-1)", "Up", show=False, priority=True, id="choose.up"),
    ]

    def __init__(self, title: str, words: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._words = words
        self._choices = choices

    def compose(self) -> ComposeResult:
        """The words, a line that narrows the list, the list."""
        with Vertical(classes="dialog choose") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = "Enter, or Esc to leave it"
            yield Static(Content(self._words), classes="asked")
            yield Input(placeholder="type to find it", compact=True)
            yield OptionList()

    def on_mount(self) -> None:
        """Everything, before anything is typed."""
        self._list("")

    def action_step(self, by: int) -> None:
        """To the next choice, or the one before, while the keys stay in the line."""
        shown = self.query_one(OptionList)
        (shown.action_cursor_down if by > 0 else shown.action_cursor_up)()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._list(event.value)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        shown = self.query_one(OptionList)
        if shown.highlighted is not None:
            self.dismiss(shown.get_option_at_index(shown.highlighted).id)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def _list(self, typed: str) -> None:
        wanted = typed.casefold().split()
        found = [
            each for each in self._choices if all(word in f"{each.key} {each.label}".casefold() for word in wanted)
        ]
        shown = self.query_one(OptionList)
        shown.clear_options()
        shown.add_options(
            Option(Content.assemble(each.label, (f"   {each.aside}" if each.aside else "", "dim")), id=each.key)
            for each in found[:LISTED]
        )
        if found:
            shown.highlighted = 0
