"""``klout-tui link … --login``: a login in words on a terminal, or through pipes."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from klout_tui.cli.printing import say
from klout_tui.errors import KloutError, UsageError

if TYPE_CHECKING:
    from klout_tui.credentials import Secrets
    from klout_tui.domain.model import Account
    from klout_tui.networks.base import Grant, Invitation, LinkRequest, Network
    from klout_tui.session import Session
    from klout_tui.worker.granted import Granted

_LONGEST: Final = 8192
"""Bytes of a pasted code, or of the address that holds it."""


def on_terminal() -> bool:
    """Whether somebody sits here who has a browser to open and a hand to paste with."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class Words:
    """Tells what to do on stderr, opens the browser only on a terminal, reads what is brought back from stdin."""

    def __init__(self, title: str, *, opens: bool) -> None:
        """Args: title: the network's; opens: whether a browser is to be opened."""
        self._title = title
        self._opens = opens

    async def invite(self, invitation: Invitation) -> None:
        """Print the address, the code, and what is asked for."""
        say("login", f"{self._title} is asked {invitation.asks}.")
        say("open", invitation.url)
        if invitation.code:
            say("code", invitation.code)
        if self._opens:
            from klout_tui.tui.browser import browse

            await asyncio.to_thread(browse, invitation.url)
        if not invitation.brings_back:
            say("wait", "for your answer in the browser; Ctrl-C ends it")
        elif self._opens:
            say("wait", "for your answer in the browser; if it shows a code or ends at an address, paste that here")
        else:
            say("paste", "the code the page shows, or the address the browser ends at")

    async def brought(self, trouble: KloutError | None) -> str:
        """One line of stdin; on a terminal as often as it takes.

        Raises:
            KloutError: it was wrong, and nobody is there to try again; or there is none.
        """
        if trouble is not None:
            if not on_terminal():
                raise trouble
            say("error", trouble.message)
            say("paste", trouble.hint)
        line = await _line() if on_terminal() else sys.stdin.readline(_LONGEST)
        if not line:
            raise UsageError("nothing was pasted", hint="The code the page shows is read from stdin.")
        return line


async def _line() -> str:
    """A line typed on the terminal. A thread that ends with the program waits for it: the browser may be quicker."""
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()

    def tell(set_it: Callable[[], None]) -> None:
        if not typed.done():
            set_it()

    def read() -> None:
        try:
            line = os.read(sys.stdin.fileno(), _LONGEST).decode("utf-8", "replace")
        except (OSError, ValueError):
            line = ""
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, lambda: typed.set_result(line))

    threading.Thread(target=read, daemon=True).start()
    return await typed


async def link_by_login(
    request: LinkRequest, network: Network, session: Session, secrets: Secrets, *, as_json: bool
) -> Granted:
    """Log in and link; a login that cannot be linked with is given back.

    Args:
        request: what was typed.
        network: the adapter.
        session: where the account is kept.
        secrets: where the token is.
        as_json: whether stdout is for a program, which opens no browser.

    Raises:
        KloutError: as ``worker.login.log_in`` and ``worker.granted.link_granted``.
    """
    from klout_tui.worker.granted import link_granted
    from klout_tui.worker.login import browser_here, log_in, login_settings, why_no_login

    if reason := why_no_login(network, session.settings):
        raise UsageError(f"no login can be offered for {network.title}", hint=reason)
    opens = on_terminal() and browser_here() and not as_json
    grant = await log_in(
        request,
        network,
        Words(network.title, opens=opens),
        settings=login_settings(network, session.settings),
        redirects=opens,
        transport=session.transport,
        clock=session.clock,
    )
    try:
        return await link_granted(
            grant,
            network,
            store=session.store,
            secrets=secrets,
            transport=session.transport,
            clock=session.clock,
        )
    except KloutError:
        await _give_back(grant, network, session)
        raise


async def _give_back(grant: Grant, network: Network, session: Session) -> None:
    from klout_tui.worker.giving_back import give_back

    origin = network.origin(grant.request)
    for note in await give_back(grant, network, origin, transport=session.transport, clock=session.clock):
        say("note", note)


def mending(account: Account, network: Network | None) -> str:
    """The command that gives an account a new credential."""
    from klout_tui.networks.optional import login_of

    words = ["klout-tui", "link", account.network, account.handle]
    how = "--login" if network is not None and login_of(network) is not None else "--token-stdin"
    return f"{shlex.join(words)} {how}"
