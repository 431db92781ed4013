"""The part of the link dialog that is seen while the user logs in in her browser."""

from __future__ import annotations

import asyncio
from typing import Final
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from klout_tui.errors import KloutError
from klout_tui.networks.base import Invitation
from klout_tui.tui.browser import browse

_BEGIN: Final = "Asking how to log in …"


class LoginPanel(VerticalScroll):
    """Shows an invitation and takes what is brought back; the attendant of ``worker.login.log_in``."""

    def __init__(self, zone: ZoneInfo, *, opens: bool, id: str | None = None) -> None:
        """Args: zone: the user's; opens: whether a browser can be expected on this machine."""
        super().__init__(id=id, can_focus=False)
        self._zone = zone
        self._opens = opens
        self._brought: asyncio.Queue[str] = asyncio.Queue()
        self._url = ""

    def compose(self) -> ComposeResult:
        """Where to go, what to type there, what to bring back."""
        yield Static(id="login-asks")
        yield Static(id="login-code")
        yield Static(id="login-url", classes="label")
        with Horizontal(classes="links"):
            yield Button("Open the browser", id="open", compact=True)
            yield Button("Copy the address", id="copy", compact=True)
        yield Static(id="brought-label", classes="label")
        yield Input(id="brought", password=True, compact=True)
        yield Static(id="login-state", classes="label")

    def begin(self, title: str) -> None:
        """Nothing is known yet but the network's title."""
        self.border_title = ""
        self._url = ""
        self._brought = asyncio.Queue()
        self.query_one("#login-asks", Static).update(Content(f"Logging in to {title}"))
        for each in ("#login-code", "#login-url", "#brought-label", "#brought", ".links"):
            self.query_one(each).display = False
        self._say(_BEGIN)

    async def invite(self, invitation: Invitation) -> None:
        """Show the address and the code, and open the browser where there is one."""
        self._url = invitation.url
        self.query_one("#login-asks", Static).update(Content(f"Agree in your browser. It asks {invitation.asks}."))
        code = self.query_one("#login-code", Static)
        code.display = bool(invitation.code)
        code.update(Content.assemble("Type there:  ", (invitation.code, "bold")))
        address = self.query_one("#login-url", Static)
        address.display = True
        address.update(Content(invitation.url))
        self.query_one(".links").display = True
        line, label = self.query_one("#brought", Input), self.query_one("#brought-label", Static)
        line.display = label.display = invitation.brings_back
        by_hand = "Paste the code that the page shows, or the address the browser ends at"
        label.update(Content(f"If nothing happens here: {by_hand[0].lower()}{by_hand[1:]}" if self._opens else by_hand))
        line.value = ""
        ends = f", until {invitation.until.astimezone(self._zone):%H:%M}" if invitation.until else ""
        self._say(f"Waiting for your answer in the browser{ends}. Esc ends it.")
        (line if invitation.brings_back else self.query_one("#open")).focus()
        if self._opens:
            self._open()

    async def brought(self, trouble: KloutError | None) -> str:
        """What is pasted next."""
        if trouble is not None:
            self._say(f"{trouble.message}. {trouble.hint}", wrong=True)
            self.query_one("#brought", Input).value = ""
        return await self._brought.get()

    @on(Input.Changed, "#brought")
    def _typing(self, event: Input.Changed) -> None:
        event.stop()

    @on(Input.Submitted, "#brought")
    def _pasted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self._say("Asking …")
            self._brought.put_nowait(event.value)

    @on(Button.Pressed, "#open")
    def _opening(self, event: Button.Pressed) -> None:
        event.stop()
        self._open()

    @on(Button.Pressed, "#copy")
    def _copying(self, event: Button.Pressed) -> None:
        event.stop()
        self.app.copy_to_clipboard(self._url)
        self._say("Copied. Waiting for your answer in the browser. Esc ends it.")

    @work(group="browser")
    async def _open(self) -> None:
        if not await asyncio.to_thread(browse, self._url):
            self._say("No browser opened here: open the address yourself. Esc ends the login.")

    def _say(self, words: str, *, wrong: bool = False) -> None:
        state = self.query_one("#login-state", Static)
        state.set_class(wrong, "-wrong")
        state.update(Content(words))
