"""The part of the app that links, mends and unlinks accounts, and keeps toasts off the dialogs that do so."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual import on, work
from textual.app import App
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen

from klout_tui.credentials import overruled
from klout_tui.domain.dashboard import AccountRow
from klout_tui.domain.model import Account
from klout_tui.errors import KloutError
from klout_tui.networks.registry import Broken
from klout_tui.session import Session
from klout_tui.tui.messages import Mending, Unlinking
from klout_tui.tui.screens.detail import DetailScreen
from klout_tui.tui.screens.home import HomeScreen
from klout_tui.tui.toasts import Toast, Toasts

if TYPE_CHECKING:
    from klout_tui.tui.screens.link import Linked
    from klout_tui.worker.refresh import Worker

Answer = TypeVar("Answer")


class AccountsApp(App[None]):
    """What is done to accounts; what is shown of them is the subclass's."""

    home: HomeScreen
    redraw: Callable[[], None]
    """Derives the view anew."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._worker: Worker | None = None
        self._toasts = Toasts()

    def _fatal_error(self) -> None:
        """End with the traceback alone: the values of variables, which Textual adds, may hold a token."""
        from rich.traceback import Traceback

        self.bell()
        self.panic(Traceback(width=None))

    # Toasts

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a toast, or let it wait while it would lie over a dialog's buttons."""
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        if self._toasts.showing(Toast(message, title, severity, seconds, markup)):
            super().notify(message, title=title, severity=severity, timeout=seconds, markup=markup)

    def _ask(self, dialog: ModalScreen[Answer], answered: Callable[[Answer | None], None]) -> None:
        """Open a dialog; toasts wait until it is closed."""
        self._toasts.hold()
        self.clear_notifications()
        self.push_screen(dialog, answered)

    async def _answer(self, dialog: ModalScreen[Answer]) -> Answer:
        """The same, for a worker that goes on with what is answered."""
        self._toasts.hold()
        self.clear_notifications()
        return await self.push_screen_wait(dialog)

    def _release_toasts(self) -> None:
        if self._toasts.held and not isinstance(self.screen, ModalScreen):
            for toast in self._toasts.release():
                self.notify(
                    toast.message,
                    title=toast.title,
                    severity=toast.severity,
                    timeout=toast.timeout,
                    markup=toast.markup,
                )

    def complain(self, error: KloutError) -> None:
        """Show an error once, with how to mend it."""
        self.notify(f"{error.message}\n{error.hint}".strip(), severity="error", markup=False, timeout=15)

    # Accounts

    def action_link(self) -> None:
        """Link an account in a dialog."""
        from klout_tui.tui.screens.link import LinkScreen

        self._ask(LinkScreen(self.session), self._linked)  # at once: the next key is meant for the dialog

    def _linked(self, linked: Linked | None) -> None:
        if linked is None:
            return
        self.notify(f"Linked {linked.account.handle}; it is being read.", markup=False)
        self._tell_kept(linked)
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.home.show_accounts()
        self._read_soon()

    @on(Mending)
    def _mend(self, message: Mending) -> None:
        """A new credential for one account; everything else about it stays."""
        from klout_tui.networks.optional import login_of  # brings the HTTP client along, which the start can do without

        row = self._account_row(message.account_id)
        if row is None:
            return
        network = (
            self.session.networks.look(row.account.network) if row.account.network in self.session.networks else None
        )
        if network is None or isinstance(network, Broken):
            self.notify(f"The network {row.account.network} cannot be used now.", severity="warning", markup=False)
        elif not network.wants_token and login_of(network) is None:
            self.notify(f"{network.title} takes no credential.", markup=False)
        else:
            from klout_tui.tui.screens.link import LinkScreen

            fault = row.fault if row.fault is not None and row.fault.kind == "credential" else None
            self._ask(LinkScreen(self.session, mending=row.account, fault=fault), self._mended)

    def _mended(self, linked: Linked | None) -> None:
        if linked is not None:
            self.notify(f"{linked.account.handle} has a new credential; it is being read.", markup=False)
            self._tell_kept(linked)
            self._read_soon()

    def _tell_kept(self, linked: Linked) -> None:
        if linked.kept is not None:
            severity: SeverityLevel = "warning" if "unencrypted" in linked.kept else "information"
            self.notify(f"The token is kept {linked.kept}.", severity=severity, markup=False, timeout=15)
            if word := overruled(self.session.settings, os.environ, linked.account.id):
                self.notify(word, severity="warning", markup=False, timeout=15)
        for note in linked.notes:
            self.notify(note, severity="warning", markup=False, timeout=15)

    def _read_soon(self) -> None:
        self.redraw()
        if self._worker is not None:
            self._worker.wake()

    @on(Unlinking)
    def _unlink(self, message: Unlinking) -> None:
        """Ask what becomes of the history, then unlink."""
        from klout_tui.tui.screens.unlink import UnlinkScreen

        row = self._account_row(message.account_id)
        if row is not None:
            account = row.account
            self._ask(UnlinkScreen(account), lambda answer: self._parting(account, answer))

    def _parting(self, account: Account, answer: str | None) -> None:
        if answer is not None:
            self._part(account, answer)

    @work(group="part", exit_on_error=False)
    async def _part(self, account: Account, answer: str) -> None:
        from klout_tui.worker.granted import part

        session = self.session
        try:
            parted = await part(
                account,
                store=session.store,
                secrets=session.secrets,
                networks=session.networks,
                forget=answer == "forget",
                transport=session.transport,
                clock=session.clock,
            )
        except KloutError as error:
            self.complain(error)
        else:
            if answer == "forget":
                self.has_forgotten()
            became = "forgotten, with all that was read" if answer == "forget" else "unlinked; what was read stays"
            self.notify(f"{account.handle}: {became}.", markup=False)
            for note in parted.notes:
                self.notify(note, severity="warning", markup=False, timeout=15)
        for screen in self.screen_stack:
            if isinstance(screen, DetailScreen) and screen.key == account.id and screen is self.screen:
                self.pop_screen()
        self.redraw()

    def has_forgotten(self) -> None:
        """An account was forgotten for good; what could bring some of it back must go."""

    def _account_row(self, account_id: str) -> AccountRow | None:
        view = self.home.view
        return next((row for row in view.accounts if row.account.id == account_id), None) if view else None
