"""The dialog that allows klout-tui to write under an account, or no longer."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from klout_tui.domain import wording
from klout_tui.domain.letters import Allowed
from klout_tui.domain.model import Account
from klout_tui.domain.text import clean_line
from klout_tui.errors import KloutError
from klout_tui.networks.base import Grant, LinkRequest
from klout_tui.networks.writing import Writer
from klout_tui.session import Session
from klout_tui.tui.screens.login_panel import LoginPanel
from klout_tui.worker.giving_back import give_back
from klout_tui.worker.login import browser_here, log_in
from klout_tui.worker.permission import Pen


class AllowScreen(ModalScreen[str | None]):
    """Answers in words what was changed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="allow.cancel"),
        Binding("ctrl+s", "go_on", "Allow", show=False, id="allow.go_on"),
    ]
    AUTO_FOCUS = "#go-on"

    def __init__(self, session: Session, pen: Pen, account: Account, writer: Writer, allowed: Allowed | None) -> None:
        super().__init__()
        self._session = session
        self._pen = pen
        self._account = account
        self._writer = writer
        self._was = allowed

    def compose(self) -> ComposeResult:
        """What it means, how it stands, and the answers."""
        writer, account = self._writer, self._account
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = Content(f"Writing as {account.handle}")
            with Vertical(id="allow-body"):
                yield Static(Content(self._standing()))
                yield Static(Content(self._words()), classes="label")
                if writer.own_token and self._was is None:
                    yield Input(id="token", password=True, placeholder="or paste a token that may write", compact=True)
            yield LoginPanel(self._session.zone, opens=browser_here(), id="login")
            yield Static(id="said", classes="said")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._go_on_words(), id="go-on", variant="primary", compact=True)

    def on_mount(self) -> None:
        """The login is not begun yet."""
        self.query_one("#login").display = False

    def _standing(self) -> str:
        if self._was is None:
            return "Not allowed. Nothing is ever sent by itself: you read, edit and send each text."
        since = wording.since(self._was.at, self._session.now(), self._session.zone)
        return f"Allowed since {since}. Nothing is ever sent by itself: you read, edit and send each text."

    def _words(self) -> str:
        login = self._writer.login
        asks = f" It asks {clean_line(str(login.asks), 300)}." if login is not None and self._was is None else ""
        return f"{clean_line(str(self._writer.says), 500)}{asks}"

    def _go_on_words(self) -> str:
        if self._was is not None:
            return "Allow it no longer"
        return "Log in for writing" if self._writer.own_token and self._writer.login is not None else "Allow it"

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """End the login that is waited for, else the dialog."""
        if self.query_one("#login").display:
            self.workers.cancel_group(self, "allow")
            self._show_login(shown=False)
        else:
            self.dismiss(None)

    @on(Input.Submitted, "#token")
    @on(Button.Pressed, "#go-on")
    def action_go_on(self) -> None:
        """Allow it, or no longer."""
        if self.query_one("#login").display or self.query_one("#go-on", Button).disabled:
            return
        token = self.query_one("#token", Input).value.strip() if self.query("#token") else ""
        if self._was is not None:
            self._forbid()
        elif self._writer.own_token and not token and self._writer.login is not None:
            self._log_in()
        else:
            self._allow(None, token)

    @work(exclusive=True, group="allow")
    async def _log_in(self) -> None:
        session, login, panel = self._session, self._writer.login, self.query_one(LoginPanel)
        network = session.networks.get(self._account.network)
        panel.begin(f"{network.title} for writing")
        self._show_login(shown=True)
        request = LinkRequest(self._account.handle, self._account.base_url)
        try:
            grant = await log_in(
                request,
                network,
                panel,
                login=login,
                settings={},
                redirects=browser_here(),
                transport=session.transport,
                clock=session.clock,
            )
        except KloutError as error:
            self._show_login(shown=False)
            self._say(f"{error.message}. {error.hint}".strip())
            return
        self._show_login(shown=False)
        self._allow(grant, "")

    @work(exclusive=True, group="allow")
    async def _allow(self, grant: Grant | None, token: str) -> None:
        button = self.query_one("#go-on", Button)
        button.disabled = True
        self._say("Asking …", wrong=False)
        try:
            await self._pen.allow(self._account, grant, token or None)
        except KloutError as error:
            self._say(f"{error.message}. {error.hint}".strip())
            if grant is not None:
                await self._give_back(grant)
            return
        except asyncio.CancelledError:  # she left meanwhile; what was kept by then stays
            if grant is not None:
                self.app.run_worker(self._give_back(grant), group="give-back", exit_on_error=False)
            raise
        finally:
            button.disabled = False
        self.dismiss(f"klout-tui may write as {self._account.handle} now: what you send, and nothing else.")

    async def _give_back(self, grant: Grant) -> None:
        session = self._session
        if await asyncio.to_thread(self._pen.holds, self._account, grant):
            return
        notes = await give_back(
            grant,
            session.networks.get(self._account.network),
            self._account.base_url,
            login=self._writer.login,
            transport=session.transport,
            clock=session.clock,
        )
        for note in notes:
            self.app.notify(note, severity="warning", markup=False, timeout=15)

    @work(exclusive=True, group="allow")
    async def _forbid(self) -> None:
        try:
            notes = await self._pen.forbid(self._account)
        except KloutError as error:
            self._say(f"{error.message}. {error.hint}".strip())
            return
        self.dismiss(" ".join((f"klout-tui writes no more as {self._account.handle}.", *notes)))

    def _show_login(self, *, shown: bool) -> None:
        self.query_one("#login").display = shown
        for each in ("#allow-body", "#go-on"):
            self.query_one(each).display = not shown

    def _say(self, words: str, *, wrong: bool = True) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(Content(words))
