"""A line of text to remember a day by, or a post."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from klout_tui.domain.notes import LONGEST


class NoteScreen(ModalScreen[str | None]):
    """Asks for a note; ends with its text (empty: there shall be none), or None where all stays as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="note.back")]

    def __init__(self, about: str, text: str = "") -> None:
        """Args: about: what the note is on, in words; text: what it says so far."""
        super().__init__()
        self._about = about
        self._text = text

    def compose(self) -> ComposeResult:
        """One line, and why one would want it."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Note"
            dialog.border_subtitle = "Enter keeps it, Esc does not"
            yield Static(Content(self._about), classes="label")
            yield Input(self._text, placeholder="gave away the report", max_length=LONGEST, select_on_focus=False)
            why = "It is marked on the chart, so that you can see what came of it."
            yield Static(Content(f"{why} Emptied, it goes." if self._text else why), classes="label")
            with Horizontal(classes="buttons"):
                yield Button("Keep", variant="primary", id="keep", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#keep")
    def _keep(self) -> None:
        text = self.query_one(Input).value.strip()
        if text or self._text:
            self.dismiss(text)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
