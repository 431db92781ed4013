"""A question that is answered by doing it or leaving it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class ConsentScreen(ModalScreen[bool]):
    """Ends with whether it is to be done."""

    AUTO_FOCUS = "#leave"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Leave it", id="consent.back"),
        Binding("left", "app.focus_previous", "Left", show=False, id="consent.left"),
        Binding("right", "app.focus_next", "Right", show=False, id="consent.right"),
    ]

    def __init__(self, question: str, words: str, deed: str) -> None:
        """Args: question: the title; words: what it means; deed: what the button says."""
        super().__init__()
        self._question, self._words, self._deed = question, words, deed

    def compose(self) -> ComposeResult:
        """What it means, and the two answers."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._question
            yield Static(Content(self._words))
            with Horizontal(classes="buttons"):
                yield Button("Leave it", id="leave", compact=True)
                yield Button(self._deed, variant="primary", id="do", compact=True)

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "do")
