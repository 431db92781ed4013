"""The question before an account is unlinked: keep its history, or forget all of it."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from klout_tui.domain import wording
from klout_tui.domain.model import Account

Answer = Literal["keep", "forget"]


class UnlinkScreen(ModalScreen[Answer | None]):
    """Answers what becomes of the history, or None where the account stays linked."""

    AUTO_FOCUS = "#keep"  # the answer that can be taken back by linking again
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="unlink.cancel"),
        Binding("left", "app.focus_previous", "Left", show=False, id="unlink.left"),
        Binding("right", "app.focus_next", "Right", show=False, id="unlink.right"),
    ]

    def __init__(self, account: Account) -> None:
        super().__init__()
        self._account = account
        self._armed = False

    def compose(self) -> ComposeResult:
        """The account, what each answer means, and the answers."""
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = "Unlink an account"
            yield Static(Content.styled(f"{self._account.handle}  ·  {self._account.network}", "bold"))
            yield Static(Content(self._words()), classes="label")
            yield Static(id="said", classes="said")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Forget all of it", id="forget", variant="error", compact=True)
                yield Button("Keep the history", id="keep", variant="primary", compact=True)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#keep")
    def _keep(self) -> None:
        self.dismiss("keep")

    @on(Button.Pressed, "#forget")
    def _forget(self) -> None:
        """Forgetting cannot be undone, so it takes two."""
        if self._armed:
            self.dismiss("forget")
            return
        self._armed = True
        self.query_one("#forget", Button).label = "Yes, forget all of it"
        said = self.query_one("#said", Static)
        said.set_class(True, "-wrong")
        said.update(Content("This changes the past and cannot be undone. Press it once more to do it."))

    def _words(self) -> str:
        token = " and its token is deleted" if self._account.authorised else ""
        return (
            f"It is read no more{token}.\n\n"
            "Keep the history: what was read stays and keeps counting; linking it again goes on from there.\n"
            f"Forget all of it: {wording.GOES[:1].lower()}{wording.GOES[1:]} {wording.STAYS}"
        )
