"""The dialog that links an account: choose a network, type who you are, see what can be seen, link."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, RadioButton, RadioSet, Static

from klout_tui.domain.model import Account
from klout_tui.errors import KloutError
from klout_tui.networks.base import LinkRequest, Network, Verified
from klout_tui.networks.registry import Broken
from klout_tui.session import Session
from klout_tui.worker.linking import link, preview
from klout_tui.worker.verifying import origin_of

CHOSEN: Final = "✓ "
"""Marks the chosen network, since its colour alone would not."""


class Choice(RadioSet):
    """A choice that the arrows make, without a key to confirm it."""

    def action_next_button(self) -> None:
        """Choose the next."""
        super().action_next_button()
        self._choose()

    def action_previous_button(self) -> None:
        """Choose the one before."""
        super().action_previous_button()
        self._choose()

    def _choose(self) -> None:
        if self.has_focus:  # moved by a key, not by being set up
            self.action_toggle_button()


class LinkScreen(ModalScreen[str | None]):
    """Answers with the id of the linked account, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="link.cancel"),
        Binding("ctrl+s", "go_on", "Check or link", id="link.go_on", show=False),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-usual")]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        networks = ((name, session.networks.look(name)) for name in session.networks.names())
        self._networks: dict[str, Network | Broken] = dict(networks)
        self._verified: Verified | None = None

    def compose(self) -> ComposeResult:
        """The form."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Link an account"
            with Choice(id="network"):
                usable = [name for name, network in self._networks.items() if not isinstance(network, Broken)]
                for name, network in self._networks.items():
                    label = Content(f"{name} ({network.reason})" if isinstance(network, Broken) else network.title)
                    yield RadioButton(label, value=name in usable[:1], disabled=name not in usable, name=name)
            yield Static(id="target-label", classes="label")
            yield Input(id="target", compact=True)
            yield Static(id="token-label", classes="label")
            yield Input(id="token", password=True, placeholder="optional; kept apart, never shown", compact=True)
            yield Static("Other addresses, where they differ from the usual", classes="label")
            yield Input(id="base-url", placeholder="server address, https://…", compact=True)
            for name, network in self._networks.items():
                for option, explanation in {} if isinstance(network, Broken) else network.option_hints.items():
                    yield Input(classes=f"option -{name}", name=option, placeholder=explanation, compact=True)
            yield Static(id="said", classes="said")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Check", variant="primary", id="go-on", compact=True)

    def on_mount(self) -> None:
        """Start with the handle."""
        self._describe()
        self.query_one("#target").focus()

    @property
    def network(self) -> Network | None:
        """The network chosen."""
        pressed = self.query_one(RadioSet).pressed_button
        found = self._networks.get(pressed.name or "") if pressed else None
        return None if found is None or isinstance(found, Broken) else found

    @property
    def request(self) -> LinkRequest:
        """What was typed."""
        return LinkRequest(
            target=self.query_one("#target", Input).value.strip(),
            base_url=self.query_one("#base-url", Input).value.strip(),
            options={line.name: line.value.strip() for line in self._options() if line.name and line.value.strip()},
        )

    @property
    def _token(self) -> str | None:
        return self.query_one("#token", Input).value.strip() or None

    @on(RadioSet.Changed)
    def _network_chosen(self) -> None:
        self._describe()
        self._look_again()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._look_again()

    @on(Input.Submitted)
    @on(Button.Pressed, "#go-on")
    def action_go_on(self) -> None:
        """Check first; link what was checked."""
        if self.query_one("#go-on", Button).disabled:
            return
        network = self.network
        if network is not None and self._understood():
            self._ask(network, linking=self._verified is not None)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @work(exclusive=True, group="link")
    async def _ask(self, network: Network, *, linking: bool) -> None:
        button = self.query_one("#go-on", Button)
        session, request, token = self._session, self.request, self._token
        button.disabled = True
        self._say("Asking …")
        try:
            if linking:
                verified = await link(
                    request,
                    network,
                    token,
                    transport=session.transport,
                    clock=session.clock,
                    store=session.store,
                    secrets=session.secrets,
                )
                self.dismiss(verified.account.id)
                return
            verified = await preview(request, network, token, transport=session.transport, clock=session.clock)
            known = await asyncio.to_thread(session.store.account, verified.account.id)
        except KloutError as error:
            self._say(error.message, error.hint, wrong=True)
        else:
            if (network, request, token) == (self.network, self.request, self._token):  # else typed on meanwhile
                self._verified = verified
                self._say_verified(verified, known)
                button.label = "Link"
        finally:
            button.disabled = False

    def _understood(self) -> bool:
        """Say at once what cannot be meant, without asking anybody."""
        network, request = self.network, self.request
        if network is None or not request.target:
            return False
        try:
            origin_of(network, request)
        except KloutError as error:
            self._say(error.message, error.hint, wrong=True)
            return False
        return True

    def _look_again(self) -> None:
        """What was checked no longer holds once something is typed."""
        self._verified = None
        self.query_one("#go-on", Button).label = "Check"
        if self._understood():
            self._say("Enter checks it; nothing is linked yet.")
        elif not self.request.target:
            self._say("")

    def _describe(self) -> None:
        network = self.network
        if network is None:
            return
        self.query_one("#target-label", Static).update(Content(f"Who or where, for example {network.target_hint}"))
        token, label = self.query_one("#token", Input), self.query_one("#token-label", Static)
        token.display = label.display = bool(network.wants_token)
        if not network.wants_token:
            token.value = ""
        label.update(Content(network.wants_token))
        for button in self.query(RadioButton):
            title = str(button.label).removeprefix(CHOSEN)
            button.label = Content(CHOSEN + title if button.value else title)
        for option in self.query(".option"):
            option.display = option.has_class(f"-{network.name}")

    def _options(self) -> list[Input]:
        """The lines for the further answers the chosen network takes."""
        network = self.network
        return list(self.query(f".option.-{network.name}").results(Input)) if network else []

    def _say(self, message: str, hint: str = "", *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(Content(f"{message}\n{hint}".strip()))

    def _say_verified(self, verified: Verified, known: Account | None) -> None:
        profile, sees = verified.profile, verified.capabilities
        counts = [
            f"{count:,} {noun}"
            for count, noun in ((profile.followers, "followers"), (profile.karma, "karma"), (profile.posts, "posts"))
            if count is not None
        ]
        found = "  ·  ".join(filter(None, [profile.name, verified.account.handle, *counts]))
        lines = [f"Found: {found}"]
        lines += [f"  + {words}" for words in sees.sees]
        lines += [f"  – {words}" for words in sees.misses]
        lines.append(f"  Asked for it: {', '.join(verified.hosts)}, and no other host.")
        if known is not None and known.authorised and not verified.account.authorised:
            lines.append("  ! The token kept for it will be dropped; paste it again to keep it.")
        self._say("\n".join(lines), "Enter links it and begins to read.")
        self.call_after_refresh(self.query_one(".dialog", VerticalScroll).scroll_end, animate=False)
