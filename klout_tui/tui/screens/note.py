"""A line of text to remember a day by, or a post."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from klout_tui.domain.notes import LONGEST, Note


class NoteScreen(ModalScreen[tuple[str, ...] | None]):
    """Asks for notes; ends with a text for each there is (empty: it shall go) and a new one's, or None: all stays."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="note.back")]

    def __init__(self, about: str, notes: Sequence[Note] = ()) -> None:
        """Args: about: what the notes are on, in words; notes: those there are."""
        super().__init__()
        self._about = about
        self._notes = notes

    def compose(self) -> ComposeResult:
        """A line for each, one for another, and why one would want it."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Note" if len(self._notes) < 2 else f"{len(self._notes)} notes"
            dialog.border_subtitle = "Enter keeps it, Esc does not"
            yield Static(Content(self._about), classes="label")
            with VerticalScroll(classes="lines", can_focus=False):
                for note in self._notes:
                    with Horizontal():
                        yield Static(Content(f"n{note.id}"))
                        yield Input(note.text, max_length=LONGEST, select_on_focus=False)
                hint = "Tab: another one" if self._notes else "gave away the report"
                with Horizontal():
                    if self._notes:
                        yield Static("")
                    yield Input(placeholder=hint, max_length=LONGEST, select_on_focus=False)
            why = "It is marked on the chart, so that you can see what came of it."
            yield Static(Content(f"{why} Emptied, it goes." if self._notes else why), classes="label")
            with Horizontal(classes="buttons"):
                yield Button("Keep", variant="primary", id="keep", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#keep")
    def _keep(self) -> None:
        texts = tuple(line.value.strip() for line in self.query(Input))
        if any(texts) or self._notes:
            self.dismiss(texts)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
