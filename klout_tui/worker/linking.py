"""Linking and unlinking accounts: the one way, for the command line and the dialog alike."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx

from klout_tui.credentials import Secrets, session_key
from klout_tui.domain.model import Account
from klout_tui.errors import CredentialError, StoreError
from klout_tui.networks.base import LinkRequest, Network, Verified
from klout_tui.store.store import Store
from klout_tui.worker import schedule
from klout_tui.worker.naming import find_account
from klout_tui.worker.threads import unbroken
from klout_tui.worker.verifying import ask


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
    return (await ask(request, network, token, transport=transport, clock=clock, sleep=sleep, rng=rng))[0]


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
    verified, session = await ask(request, network, token, transport=transport, clock=clock, sleep=sleep, rng=rng)
    await unbroken(_keep, verified, (token or "").strip(), session, store, secrets)
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
        _drop(account.id, secrets)
    return account


def _keep(verified: Verified, token: str, session: str, store: Store, secrets: Secrets) -> None:
    """In a thread of its own, uninterrupted: the safe may be slow, and half of this must not happen."""
    account = verified.account
    before = store.account(account.id)
    had_token = before is not None and before.authorised
    if token:
        _keep_secrets(account.id, token, session, secrets, had_token=had_token)
    try:
        store.link(account, verified.profile)
        store.set_health(schedule.mended(store.health(account.id)))
    except StoreError as error:
        if token and not had_token:
            _take_back(account.id, secrets, error)
        raise
    if had_token and not token:
        _drop(account.id, secrets)


def _keep_secrets(account_id: str, token: str, session: str, secrets: Secrets, *, had_token: bool) -> None:
    """The token last, so that a session never stands beside another token than its own for longer than this takes.

    Raises:
        CredentialError: they cannot be kept; of a new account none is left behind.
    """
    try:
        if session:
            secrets.keep(session_key(account_id), session)
        elif had_token:  # it belongs to the token that is replaced
            secrets.drop(session_key(account_id))
        secrets.keep(account_id, token)
    except CredentialError:
        if session and not had_token:
            secrets.drop(session_key(account_id))
        raise


def _drop(account_id: str, secrets: Secrets) -> None:
    """Both secrets of an account.

    Raises:
        CredentialError: one may be kept still; the other was tried all the same.
    """
    try:
        secrets.drop(account_id)
    finally:
        secrets.drop(session_key(account_id))


def _take_back(account_id: str, secrets: Secrets, reason: StoreError) -> None:
    try:
        _drop(account_id, secrets)
    except CredentialError as error:
        raise StoreError(f"{reason.message}; {error.message}", hint=reason.hint) from error
