"""Linking and unlinking accounts: the one way, for the command line and the dialog alike."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx
import msgspec

from klout_tui.credentials import Secrets
from klout_tui.domain.batch import washed_profile
from klout_tui.domain.model import Account, network_of
from klout_tui.domain.text import clean_line, safe_url
from klout_tui.errors import CredentialError, KloutError, StoreError, UsageError
from klout_tui.networks.address import objection, same_origin
from klout_tui.networks.base import LinkRequest, Network, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.registry import PluginBroken
from klout_tui.store.store import Store
from klout_tui.worker import schedule
from klout_tui.worker.faults import fault_of
from klout_tui.worker.naming import find_account
from klout_tui.worker.threads import unbroken


async def preview(
    request: LinkRequest,
    network: Network,
    token: str | None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    rng: random.Random | None = None,
) -> Verified:
    """What linking would link; asks the network, keeps nothing.

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
    try:
        origin = network.origin(request)
        async with Client(
            base_url=origin, token=token, transport=transport, clock=clock, sleep=sleep, rng=rng
        ) as client:
            return _checked(await network.verify(request, client, clock()), network, origin, token)
    except KloutError:
        raise
    except (Exception, SystemExit) as error:  # a plugin may raise anything: this is its border
        fault = fault_of(error, network.name, token)
        raise PluginBroken(
            fault.message, hint="Nothing was linked. Please report this to the adapter's authors."
        ) from error


async def link(
    request: LinkRequest,
    network: Network,
    token: str | None,
    *,
    store: Store,
    secrets: Secrets,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    rng: random.Random | None = None,
) -> Verified:
    """Verify, keep the token, link. Linking again mends a refused credential and makes the account due at once.

    What was verified is what is linked: linking again without a token drops the one kept before. If the token cannot
    be kept nothing is linked, and a new account that cannot be linked leaves no token behind.

    Args:
        request: what the user typed.
        network: the adapter to ask with.
        token: her credential, if any.
        store: where the account goes.
        secrets: where the token goes.
        transport: as in ``preview``.
        clock: as in ``preview``.
        sleep: as in ``preview``.
        rng: as in ``preview``.

    Raises:
        UsageError: as in ``preview``.
        NetworkError: as in ``preview``.
        CredentialError: the token cannot be kept.
        StoreError: the account cannot be kept.
    """
    verified = await preview(request, network, token, transport=transport, clock=clock, sleep=sleep, rng=rng)
    await unbroken(_keep, verified, (token or "").strip(), store, secrets)
    return verified


def unlink(store: Store, secrets: Secrets, account_id: str, forget: bool) -> Account:
    """Stop reading an account and drop its token; with ``forget``, remove all that was read of it too.

    Blocks for as long as the disk and the system's safe take.

    Args:
        store: where the account is.
        secrets: where its token may be.
        account_id: its id or handle, or an unambiguous beginning; one unlinked earlier can still be forgotten.
        forget: whether history goes as well.

    Returns:
        The account as it was.

    Raises:
        UsageError: no such account, or several.
        StoreError: nothing was changed.
        CredentialError: it is unlinked, but its token may still be kept.
    """
    account = find_account(account_id, store.accounts(unlinked=forget))
    if forget:
        store.forget(account.id)
    else:
        store.unlink(account.id)
    if account.authorised:  # else no keyring need be woken
        secrets.drop(account.id)
    return account


def _checked(verified: object, network: Network, origin: str, token: str | None) -> Verified:
    """The adapter's finding, washed; refused where it is not about this network or would move the token elsewhere."""
    if not isinstance(verified, Verified):
        raise PluginBroken(f"the {network.name} adapter did not say which account it found")
    account = _washed(verified.account, authorised=token is not None)
    if account.network != network.name or network_of(account.id) != network.name:
        raise PluginBroken(f"the {network.name} adapter found an account of another network")
    home = httpx.URL(account.base_url)
    if problem := objection(home):
        raise UsageError(
            f"{account.base_url or 'an empty address'} {problem}", hint="Only https:// addresses are read."
        )
    if token is not None and not same_origin(home, httpx.URL(origin)):
        raise UsageError(
            f"{account.handle} is served by {account.base_url}, and the token was meant for {origin}",
            hint=f"If the token is from {account.base_url}, name that as the server.",
        )
    return Verified(account=account, profile=washed_profile(verified.profile), capabilities=verified.capabilities)


def _washed(account: Account, *, authorised: bool) -> Account:
    return msgspec.structs.replace(
        account,
        id=clean_line(account.id, 1000),
        handle=clean_line(account.handle, 300),
        name=clean_line(account.name, 200),
        url=safe_url(account.url),
        base_url=clean_line(account.base_url, 1000).rstrip("/"),
        keys=tuple(clean_line(key, 4000) for key in account.keys),
        authorised=authorised,
    )


def _keep(verified: Verified, token: str, store: Store, secrets: Secrets) -> None:
    """In a thread of its own, uninterrupted: the safe may be slow, and half of this must not happen."""
    account = verified.account
    before = store.account(account.id)
    had_token = before is not None and before.authorised
    if token:
        secrets.keep(account.id, token)
    try:
        store.link(account, verified.profile)
        store.set_health(schedule.mended(store.health(account.id)))
    except StoreError as error:
        if token and not had_token:
            _take_back(account.id, secrets, error)
        raise
    if had_token and not token:
        secrets.drop(account.id)


def _take_back(account_id: str, secrets: Secrets, reason: StoreError) -> None:
    try:
        secrets.drop(account_id)
    except CredentialError as error:
        raise StoreError(f"{reason.message}; {error.message}", hint=reason.hint) from error
