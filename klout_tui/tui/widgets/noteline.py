"""The line the review's last card asks for."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from klout_tui.domain.notes import LONGEST


class NoteLine(Input):
    """A line that tells its keys, and lets go backwards where there is nothing to delete."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep and end", id="review.keep", tooltip="Keep the line, and end the review"),
        Binding(
            "shift+tab",
            "screen.before",
            "Card before",
            priority=True,
            id="review.before_line",
            tooltip="Go to the card before; so does Backspace while the line is empty",
        ),
    ]

    class Left(Message):
        """Backspace was pressed with nothing to delete."""

    def __init__(self) -> None:
        super().__init__(placeholder="what you did or decided today", max_length=LONGEST, id="review-note")

    def action_delete_left(self) -> None:
        """Delete a character; with nothing there go back."""
        if self.value:
            super().action_delete_left()
        else:
            self.post_message(self.Left())
