"""Asking a network about an account that may be linked, with everything an adapter hands over checked."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import httpx
import msgspec

from klout_tui.domain.batch import washed_profile
from klout_tui.domain.days import in_utc
from klout_tui.domain.model import Account, Fault, Profile, Value, network_of
from klout_tui.domain.text import clean_line, safe_url
from klout_tui.errors import KloutError, UsageError
from klout_tui.networks.address import home_objection, same_origin
from klout_tui.networks.base import Capabilities, LinkRequest, Network, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.registry import PluginBroken
from klout_tui.worker.faults import fault_of
from klout_tui.worker.hosts import hosts_of

_ACCOUNT = msgspec.json.Decoder(Account)
_PROFILE = msgspec.json.Decoder(Profile)
"""Made at import, as in ``worker.border``."""

Known = TypeVar("Known", Account, Profile)


def origin_of(network: Network, request: LinkRequest) -> str:
    """The origin that what was typed leads to, asking nobody.

    Raises:
        UsageError: it cannot be meant as typed.
        PluginBroken: the adapter fails, or gives no text.
    """
    try:
        origin: object = network.origin(request)
    except KloutError:
        raise
    except (Exception, SystemExit) as error:  # a plugin may raise anything: this is its border
        raise _broken(fault_of(error, network.name)) from None
    if not isinstance(origin, str):
        raise PluginBroken(f"the {network.name} adapter gave no address for what was typed")
    return origin


async def ask(
    request: LinkRequest,
    network: Network,
    token: str | None,
    *,
    transport: httpx.AsyncBaseTransport | None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
    rng: random.Random | None,
) -> tuple[Verified, str]:
    """What linking would link, and the session that asking made, empty where it made none.

    Args:
        request: what the user typed.
        network: the adapter to ask with.
        token: her credential; sent to the origin the request leads to and nowhere else.
        transport: another way out than the network, for the demo and for tests.
        clock: now, aware UTC.
        sleep: how to wait between tries.
        rng: for the jitter of the waits.

    Raises:
        UsageError: what was typed cannot be meant, or leads to an address that is not safe.
        NetworkError: as documented in ``networks.base``; ``PluginBroken`` where the adapter itself fails.
    """
    token = token.strip() or None if token else None
    made: list[str] = []

    async def note(session: str) -> None:
        made.append(session)

    origin = origin_of(network, request)
    client = None
    try:
        async with Client(
            base_url=origin,
            token=token,
            keep_session=note,
            transport=transport,
            clock=clock,
            sleep=sleep,
            rng=rng,
        ) as client:
            verified = _checked(await network.verify(request, client, clock()), network, origin, token)
        return verified, made[-1] if made else ""
    except KloutError:
        raise
    except (Exception, SystemExit, GeneratorExit) as error:  # a plugin may raise anything: this is its border
        raise _broken(fault_of(error, network.name, token, blotted=client.blotted if client else None)) from None


def _broken(fault: Fault) -> PluginBroken:
    return PluginBroken(fault.message, hint="Nothing was linked. Please report this to the adapter's authors.")


def _checked(verified: object, network: Network, origin: str, token: str | None) -> Verified:
    """The adapter's finding, washed; refused where it is not about this network or would move the token elsewhere.

    Raises:
        UsageError: the account lives where nothing is read, or where the token must not go.
        PluginBroken: it is no finding.
        Exception: whatever washing wrongly typed text runs into.
    """
    if not isinstance(verified, Verified):
        raise PluginBroken(f"the {network.name} adapter did not say which account it found")
    account = _read_back(_washed(verified.account, authorised=token is not None), _ACCOUNT, network)
    profile = _read_back(washed_profile(verified.profile), _PROFILE, network)
    if account.network != network.name or network_of(account.id) != network.name or account.id == f"{network.name}:":
        raise PluginBroken(f"the {network.name} adapter found an account of another network")
    home = httpx.URL(account.base_url)
    if problem := home_objection(home):
        raise UsageError(
            f"{account.base_url or 'an empty address'} {problem}", hint="Only https:// addresses are read."
        )
    if token is not None and not same_origin(home, httpx.URL(origin)):
        raise UsageError(
            f"{account.handle} is served by {account.base_url}, and the token was meant for {origin}",
            hint=f"If the token is from {account.base_url}, name that as the server.",
        )
    seen = _seen(verified.capabilities, network)
    return Verified(account=account, profile=profile, capabilities=seen, hosts=hosts_of(network, account))


def _seen(capabilities: object, network: Network) -> Capabilities:
    if not isinstance(capabilities, Capabilities):
        raise PluginBroken(f"the {network.name} adapter did not say what can be seen")
    return Capabilities(
        names_actors=bool(capabilities.names_actors),
        dates_reactions=bool(capabilities.dates_reactions),
        sees=tuple(clean_line(words, 300) for words in capabilities.sees),
        misses=tuple(clean_line(words, 300) for words in capabilities.misses),
    )


def _washed(account: Account, *, authorised: bool) -> Account:
    at = account.linked_at
    return msgspec.structs.replace(
        account,
        id=clean_line(account.id, 1000),
        handle=clean_line(account.handle, 300),
        name=clean_line(account.name, 200),
        url=safe_url(account.url),
        base_url=clean_line(account.base_url, 1000).rstrip("/"),
        keys=tuple(clean_line(key, 4000) for key in account.keys),
        linked_at=in_utc(at if at.tzinfo else at.replace(tzinfo=UTC)),
        unlinked_at=None,
        authorised=authorised,
    )


def _read_back(value: Value, decoder: msgspec.json.Decoder[Known], network: Network) -> Known:
    """The same by its own types: one of the wrong kind would make the journal unreadable.

    Raises:
        PluginBroken: it holds one.
    """
    try:
        return decoder.decode(msgspec.json.encode(value))
    except (msgspec.ValidationError, UnicodeError, TypeError) as error:
        raise PluginBroken(f"the {network.name} adapter found a malformed account: {error}") from None
