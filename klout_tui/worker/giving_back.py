"""Giving a credential back to the network it came from: revoking it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import httpx

from klout_tui.errors import KloutError
from klout_tui.networks.base import Grant, Login, Network
from klout_tui.networks.http import Client, Limits
from klout_tui.networks.optional import login_of
from klout_tui.worker.faults import fault_of

_SHORT: Final = Limits(timeout=8.0, connect=5.0, total=10.0, tries=1)
"""For revoking: nobody should wait long for a server when she wants to be rid of it."""


async def give_back(
    grant: Grant,
    network: Network,
    base_url: str,
    *,
    login: Login | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime],
) -> tuple[str, ...]:
    """Revoke a credential that is not wanted any more; what to tell the user where that fails. Takes seconds at most.

    Args:
        grant: what a login gave, now or earlier.
        network: the adapter whose login it was.
        base_url: the account's API.
        login: the login it came by; the network's usual one where None.
        transport: another way out than the network.
        clock: now, aware UTC.
    """
    login = login or login_of(network)
    if login is None:
        return ()
    async with Client(transport=transport, clock=clock, limits=_SHORT) as client:
        client.hide(grant.token, grant.revocation)
        try:
            await login.revoke(base_url, grant, client)
        except KloutError as error:
            words = f"The login was not revoked: {error.message}. {error.hint}"
        except (Exception, SystemExit) as error:  # a plugin may raise anything: this is its border
            words = f"The login was not revoked: {fault_of(error, network.name).message}."
        else:
            return ()
        return (client.blotted(words).strip(),)
