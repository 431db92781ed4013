"""Getting a credential without pasting one, for the dialog and the command line alike."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Protocol

import httpx

from klout_tui.config import Settings
from klout_tui.errors import KloutError, UsageError
from klout_tui.networks.base import CredentialRefused, Grant, Invitation, LinkRequest, Login, Network
from klout_tui.networks.http import Client
from klout_tui.networks.optional import login_of
from klout_tui.networks.registry import PluginBroken
from klout_tui.worker.faults import fault_of
from klout_tui.worker.loopback import Loopback


class Attendant(Protocol):
    """Whoever talks with the user during a login."""

    async def invite(self, invitation: Invitation) -> None:
        """Show the address and the code, and open the browser where there is one."""
        ...

    async def brought(self, trouble: KloutError | None) -> str:
        """What the user brings back, once she does.

        Args:
            trouble: what was wrong with what she brought before; None the first time.
        """
        ...


def login_settings(network: Network, settings: Settings, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings this network's login needs, as far as they are made: the environment's win over the file's.

    ``client_id`` of ``github`` is ``KLOUT_TUI_GITHUB_CLIENT_ID`` in the environment and lies in ``[network.github]``.
    """
    login = login_of(network)
    found = {}
    for need in login.needs if login else ():
        variable = environ.get(f"KLOUT_TUI_{network.name}_{need}".upper(), "").strip()
        if value := variable or settings.of_network(network.name, need):
            found[need] = value
    return found


def why_no_login(network: Network, settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """Why no login can be offered, with what to do about it; empty where one can."""
    login = login_of(network)
    if login is None:
        return f"{network.title} has no login here; paste a token instead."
    missing = [need for need in login.needs if need not in login_settings(network, settings, environ)]
    if not missing:
        return ""
    names = " and ".join(missing)
    return f"To log in to {network.title} in the browser, set {names} in [network.{network.name}] of settings.toml."


def browser_here(environ: Mapping[str, str] = os.environ, platform: str = os.name) -> bool:
    """Whether a browser on this very machine can be expected: not over SSH, and not without a screen."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return False
    return platform == "nt" or bool(
        environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY") or environ.get("BROWSER") or _is_mac()
    )


def _is_mac() -> bool:
    return hasattr(os, "uname") and os.uname().sysname == "Darwin"


async def log_in(
    request: LinkRequest,
    network: Network,
    attendant: Attendant,
    *,
    login: Login | None = None,
    settings: Mapping[str, str],
    redirects: bool,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    rng: random.Random | None = None,
) -> Grant:
    """A credential; keeps nothing. Cancelling it closes everything it opened.

    Args:
        request: what the user typed.
        network: the adapter whose login is used.
        attendant: talks with the user.
        login: which login of the adapter's; None takes its usual one, which reads.
        settings: as ``login_settings`` gives them.
        redirects: whether the browser is on this machine and may bring the answer by itself.
        transport: another way out than the network.
        clock: now, aware UTC.
        sleep: how to wait.
        rng: for the jitter of the waits.

    Raises:
        UsageError: what was typed cannot be meant, or the network has no login.
        NetworkError: as documented in ``networks.base``; ``PluginBroken`` where the adapter itself fails.
    """
    login = login or login_of(network)
    if login is None:
        raise UsageError(f"{network.title} has no login", hint="Paste a token instead.")
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(Client(transport=transport, clock=clock, sleep=sleep, rng=rng))
        try:
            return await _course(login, request, attendant, client, stack, settings, redirects, clock, sleep)
        except KloutError as error:
            error.message, error.hint = client.blotted(error.message), client.blotted(error.hint)
            error.args = (error.message,)
            raise
        except (Exception, SystemExit) as error:  # a plugin may raise anything: this is its border
            message = client.blotted(fault_of(error, network.name).message)
            raise PluginBroken(message, hint="Please report this to the adapter's authors.") from None


async def _course(
    login: Login,
    request: LinkRequest,
    attendant: Attendant,
    client: Client,
    stack: AsyncExitStack,
    settings: Mapping[str, str],
    redirects: bool,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
) -> Grant:
    listener = await _listener(stack) if redirects and login.redirects else None
    invitation = await login.begin(
        request, client, clock(), redirect=listener.address if listener else "", settings=settings
    )
    if listener is not None:
        listener.expect(invitation.state)
    await attendant.invite(invitation)
    trouble: KloutError | None = None
    while True:
        brought, by_hand = "", False
        if invitation.brings_back:
            brought, by_hand = await _first(attendant, listener, trouble)
        try:
            return await login.finish(invitation, client, brought=brought, clock=clock, sleep=sleep)
        except CredentialRefused as error:
            if not by_hand:
                raise
            trouble = error  # a slip of the hand must not cost the whole login


async def _listener(stack: AsyncExitStack) -> Loopback | None:
    """A listener where a port can be had; else the user brings the answer herself."""
    try:
        return await stack.enter_async_context(Loopback())
    except OSError:
        return None


async def _first(attendant: Attendant, listener: Loopback | None, trouble: KloutError | None) -> tuple[str, bool]:
    """What comes first, from the user's hand or by redirect; and whether it came by hand."""
    by_hand = asyncio.ensure_future(attendant.brought(trouble))
    by_itself = asyncio.ensure_future(listener.answer()) if listener else None
    waiting = {by_hand, by_itself} if by_itself else {by_hand}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if by_itself is not None and by_itself.done():
            return by_itself.result(), False
        return by_hand.result(), True
    finally:
        for task in waiting:
            task.cancel()
