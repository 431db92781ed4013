"""The dialog that links an account, or mends its credential: who, with what, what would be seen, then link."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static

from klout_tui.credentials import NotedSecrets
from klout_tui.domain.model import Account, Fault
from klout_tui.errors import KloutError, UsageError
from klout_tui.networks.base import Grant, LinkRequest, Network, Verified
from klout_tui.networks.optional import guess, login_of, objection_to
from klout_tui.networks.registry import Broken
from klout_tui.session import Session
from klout_tui.tui.screens import link_words as words
from klout_tui.tui.screens.login_panel import LoginPanel
from klout_tui.tui.widgets.networks import NetworkList
from klout_tui.worker.giving_back import give_back
from klout_tui.worker.granted import LoginSecrets, link_granted
from klout_tui.worker.linking import link, preview
from klout_tui.worker.login import browser_here, log_in, login_settings, why_no_login
from klout_tui.worker.sampling import sample


@dataclass(frozen=True, slots=True)
class Linked:
    """What the dialog did."""

    account: Account
    kept: str | None
    """Where the token is kept, in words; None without one."""
    notes: tuple[str, ...] = ()
    """What did not go as it should, though the account is linked."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a check was made with; typed on since, it holds no more."""

    network: Network
    request: LinkRequest
    token: str | None


class LinkScreen(ModalScreen[Linked | None]):
    """Answers with what was linked, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="link.cancel"),
        Binding("ctrl+s", "go_on", "Check or link", id="link.go_on", show=False),
        Binding("ctrl+l", "log_in", "Log in", id="link.log_in", show=False),
    ]
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-usual")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-wide")]

    def __init__(self, session: Session, *, mending: Account | None = None, fault: Fault | None = None) -> None:
        """A dialog.

        Args:
            session: where things are read and kept.
            mending: the account that gets a new credential and nothing else; None: any account is linked.
            fault: what is wrong with its present one.
        """
        super().__init__()
        self._session = session
        self._mending = mending
        self._fault = fault
        names = session.networks.names() if mending is None else (mending.network,)
        self._networks: dict[str, Network | Broken] = {name: session.networks.look(name) for name in names}
        self._by_hand = False
        """Whether she chose the network herself, which no guess overrules."""
        self._checked: tuple[Tried, Verified, Account | None] | None = None
        self._grants: list[tuple[Grant, Tried]] = []
        """Got by logging in, and not linked with yet."""

    def compose(self) -> ComposeResult:
        """The networks, the form, what is to be said, the buttons."""
        with Vertical(classes="dialog link") as dialog:
            mending = self._mending
            dialog.border_title = Content(f"A new credential for {mending.handle}" if mending else "Link an account")
            with Horizontal(id="link-body"):
                yield NetworkList(self._networks, id="network")
                with VerticalScroll(id="form", can_focus=False):
                    yield Static(id="target-label", classes="label")
                    yield Input(id="target", compact=True)
                    yield Static(id="offer", classes="label")
                    yield Input(id="token", password=True, placeholder="a token; kept apart, never shown", compact=True)
                    with Vertical(id="logging-in"):
                        yield Button("Log in", id="log-in", compact=True)
                        yield Static(id="login-words")
                    with Vertical(id="more"):
                        yield Static("Other addresses, where they differ from the usual", classes="label")
                        yield Input(id="base-url", placeholder="server address, https://…", compact=True)
                        for name, network in self._networks.items():
                            for option, explanation in (
                                {} if isinstance(network, Broken) else network.option_hints.items()
                            ):
                                yield Input(
                                    classes=f"option -{name}", name=option, placeholder=explanation, compact=True
                                )
            yield LoginPanel(self._session.zone, opens=browser_here(), id="login")
            yield Static(words.broken(self._networks.values()), id="broken")
            with VerticalScroll(id="saying", can_focus=False):
                yield Static(id="said", classes="said")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Check", variant="primary", id="go-on", compact=True)

    def on_mount(self) -> None:
        """Start with the handle, or with the credential where only that is asked for."""
        self._show_login(shown=False)
        if self._mending is not None:
            self.add_class("-mending")
            for each in ("#network", "#target", "#target-label", "#more"):
                self.query_one(each).display = False
            self.query_one("#target", Input).value = self._mending.handle
        self._describe()
        self._look_again()
        if self._mending is None:
            self.query_one("#target").focus()
        elif self.query_one("#log-in").display and not self.query_one("#log-in", Button).disabled:
            self.query_one("#log-in").focus()
        else:
            self.query_one("#token").focus()

    def on_unmount(self) -> None:
        """A login that nothing was linked with is given back, beside whatever comes next."""
        for grant, tried in self._grants:
            origin = tried.network.origin(grant.request)
            work = give_back(grant, tried.network, origin, transport=self._session.transport, clock=self._session.clock)
            self.app.run_worker(work, group="give-back", exit_on_error=False)

    # What was typed

    @property
    def network(self) -> Network | None:
        """The network chosen."""
        return self.query_one(NetworkList).chosen

    @property
    def request(self) -> LinkRequest:
        """What was typed."""
        if self._mending is not None:
            return _again(self._mending, self.network)
        return LinkRequest(
            target=self.query_one("#target", Input).value.strip(),
            base_url=self.query_one("#base-url", Input).value.strip(),
            options={line.name: line.value.strip() for line in self._options() if line.name and line.value.strip()},
        )

    @property
    def _token(self) -> str | None:
        return self.query_one("#token", Input).value.strip() or None

    def _grant(self) -> Grant | None:
        """The login that is for what is typed now; a token pasted since wins."""
        if self._token is not None:
            return None
        now = (self.network, self.request)
        return next((grant for grant, tried in self._grants if (tried.network, tried.request) == now), None)

    def _holds(self, tried: Tried | None) -> bool:
        """Whether the last check was of this."""
        return self._checked is not None and self._checked[0] == tried

    def _tried(self) -> Tried | None:
        network = self.network
        return None if network is None else Tried(network, self.request, self._token)

    @on(OptionList.OptionHighlighted, "#network")
    def _network_chosen(self) -> None:
        networks = self.query_one(NetworkList)
        chosen = networks.chosen
        self._by_hand = self._by_hand or (chosen is not None and chosen.name != networks.led_to)
        networks.mark()
        self._describe()
        self._look_again()

    @on(OptionList.OptionSelected, "#network")
    def _network_taken(self) -> None:
        self._by_hand = True
        self.query_one("#target").focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.input.id == "target" and not self._by_hand:
            usable = (each for each in self._networks.values() if not isinstance(each, Broken))
            meant = guess(usable, event.value)
            if meant is not None and meant is not self.network:
                self.query_one(NetworkList).choose(meant)
        self._look_again()

    # What is done

    @on(Input.Submitted)
    @on(Button.Pressed, "#go-on")
    def action_go_on(self) -> None:
        """Check first; link what was checked."""
        tried = self._tried()
        if self.query_one("#go-on", Button).disabled or tried is None or not self._understood():
            return
        if self._mending is not None and tried.token is None and self._grant() is None:
            self._say(words.NEEDS_ONE if self.query_one("#log-in").display else "Paste a token.", wrong=True)
        elif self._holds(tried):
            self._link(tried, self._grant())
        else:
            self._check(tried, self._grant())

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """End the login that is waited for, else the dialog."""
        if self.query_one("#login").display:
            self.workers.cancel_group(self, "link")
            self._show_login(shown=False)
            self._look_again()
            self.query_one("#log-in").focus()
        else:
            self.dismiss(None)

    @on(Button.Pressed, "#log-in")
    def action_log_in(self) -> None:
        """Begin a login in the browser."""
        tried = self._tried()
        button = self.query_one("#log-in", Button)
        if tried is None or self.query_one("#login").display or not button.display or button.disabled:
            return
        if not tried.request.target:
            self._say("First type who you are there.", wrong=True)
            self.query_one("#target").focus()
        elif self._understood():
            self.query_one("#token", Input).value = ""
            self._log_in(Tried(tried.network, tried.request, None))

    @work(exclusive=True, group="link")
    async def _log_in(self, tried: Tried) -> None:
        session, panel = self._session, self.query_one(LoginPanel)
        panel.begin(tried.network.title)
        self._show_login(shown=True)
        try:
            grant = await log_in(
                tried.request,
                tried.network,
                panel,
                settings=login_settings(tried.network, session.settings),
                redirects=browser_here(),
                transport=session.transport,
                clock=session.clock,
            )
        except KloutError as error:
            self._show_login(shown=False)
            self._say(error.message, error.hint, wrong=True)
            self.query_one("#log-in").focus()
            return
        self._show_login(shown=False)
        self._grants.append((grant, tried))
        self._check(tried, grant)

    @work(exclusive=True, group="link")
    async def _check(self, tried: Tried, grant: Grant | None) -> None:
        session, button = self._session, self.query_one("#go-on", Button)
        request, token = (grant.request, grant.token) if grant else (tried.request, tried.token)
        pressed = button.has_focus or grant is not None  # a button that is disabled loses the keys to Cancel
        button.disabled = True
        self._say("Asking …")
        try:
            verified = await preview(request, tried.network, token, transport=session.transport, clock=session.clock)
            known = await asyncio.to_thread(session.store.account, verified.account.id)
            self._same(verified)
        except KloutError as error:
            self._say(error.message, error.hint, wrong=True)
            return
        finally:
            button.disabled = False
            if pressed:
                button.focus()
        if tried != self._tried():  # typed on meanwhile
            return
        self._checked = (tried, verified, known)
        button.label = "Link" if self._mending is None else "Keep"
        self.set_class(True, "-checked")
        self._say_found(verified, known, grant, "… looking at the first page")
        taste = await sample(verified, tried.network, token, transport=session.transport, clock=session.clock)
        if self._holds(tried):
            self._say_found(verified, known, grant, taste.words)

    @work(exclusive=True, group="link")
    async def _link(self, tried: Tried, grant: Grant | None) -> None:
        session, button, secrets = self._session, self.query_one("#go-on", Button), NotedSecrets(self._session.secrets)
        button.disabled = True
        self._say("Linking …")
        notes: tuple[str, ...] = ()
        try:
            if grant is not None:
                granted = await link_granted(
                    grant,
                    tried.network,
                    store=session.store,
                    secrets=secrets,
                    transport=session.transport,
                    clock=session.clock,
                )
                verified, notes = granted.verified, granted.notes
                self._grants = [(each, of) for each, of in self._grants if each is not grant]
            else:
                verified = await link(
                    tried.request,
                    tried.network,
                    tried.token,
                    store=session.store,
                    secrets=LoginSecrets(secrets),
                    transport=session.transport,
                    clock=session.clock,
                )
        except KloutError as error:
            self._say(error.message, error.hint, wrong=True)
            return
        finally:
            button.disabled = False
        self.dismiss(Linked(verified.account, secrets.kept, notes))

    def _same(self, verified: Verified) -> None:
        """Raises: UsageError: the credential to mend is another account's."""
        if self._mending is not None and verified.account.id != self._mending.id:
            raise UsageError(
                f"this credential belongs to {verified.account.handle}, not to {self._mending.handle}",
                hint="Log in, or make the token, as the account you want to mend.",
            )

    # What is said

    def _understood(self) -> bool:
        """Say at once what cannot be meant, without asking anybody."""
        network, request = self.network, self.request
        if network is None or not request.target:
            return False
        trouble = objection_to(network, request)
        if trouble is None:
            return True
        others = [each for each in self._networks.values() if not isinstance(each, Broken) and each is not network]
        meant = guess(others, request.target)
        hint = trouble.hint if meant is None else f"It looks like {meant.title}: choose that at the left."
        self._say(trouble.message, hint, wrong=True)
        return False

    def _look_again(self) -> None:
        """What was checked no longer holds once something is typed."""
        if self._holds(self._tried()):
            return
        self._checked = None
        self.set_class(False, "-checked")
        self.query_one("#go-on", Button).label = "Check"
        if not self.request.target:
            self._say(words.FIRST)
        elif self._understood():
            self._say(words.TYPED if self._mending is None else "Enter checks it; nothing is changed yet.")

    def _describe(self) -> None:
        network = self.network
        if network is None:
            return
        self.query_one("#target-label", Static).update(Content(f"Who or where, for example {network.target_hint}"))
        self.query_one("#offer", Static).update(words.offer(network, self._fault))
        token, login = self.query_one("#token", Input), self.query_one("#log-in", Button)
        token.display = bool(network.wants_token)
        if not network.wants_token:
            token.value = ""
        reason = why_no_login(network, self._session.settings) if login_of(network) else ""
        login.display = login_of(network) is not None
        login.disabled = bool(reason)
        login.label = words.login_button(network) or "Log in"
        said = self.query_one("#login-words", Static)
        said.update(Content(words.login_words(network, reason)))
        self.query_one("#logging-in").set_class(not login.display, "-none")
        for option in self.query(".option"):
            option.display = option.has_class(f"-{network.name}")

    def _options(self) -> list[Input]:
        """The lines for the further answers the chosen network takes."""
        network = self.network
        return list(self.query(f".option.-{network.name}").results(Input)) if network else []

    def _show_login(self, *, shown: bool) -> None:
        """The panel of the login in place of the form, or the form again."""
        self.query_one("#login").display = shown
        for each in ("#link-body", "#saying", "#go-on"):
            self.query_one(each).display = not shown
        broken = any(isinstance(each, Broken) for each in self._networks.values())
        self.query_one("#broken").display = broken and not shown

    def _say(self, message: str, hint: str = "", *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(Content(f"{message}\n{hint}".strip()))

    def _say_found(self, verified: Verified, known: Account | None, grant: Grant | None, taste: str) -> None:
        mending = self._mending is not None
        said = words.found(verified, known, grant, taste, mending=mending)
        self._say(said, "Enter keeps the new credential." if mending else "Enter links it and begins to read.")


def _again(account: Account, network: Network | None) -> LinkRequest:
    """What to type to link an account once more as it is: its handle, or whatever form of it the network takes."""
    if network is None:
        return LinkRequest(account.handle)
    options = {name: account.options[name] for name in network.option_hints if name in account.options}
    name = account.id.partition(":")[2]
    forms = (account.handle, account.url, name, name.partition("@")[0])
    requests = [LinkRequest(form, options=options) for form in forms if form]
    plain = next((each for each in requests if objection_to(network, each) is None), requests[0])
    if objection_to(network, plain) is None and network.origin(plain) == account.base_url:
        return plain
    return LinkRequest(plain.target, account.base_url, options)
