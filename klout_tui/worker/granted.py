"""What becomes of a login's credential: linked with, kept with what it takes to revoke it, and given back."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import httpx
import msgspec

from klout_tui.credentials import Secrets, login_key
from klout_tui.domain.model import Account
from klout_tui.errors import CredentialError
from klout_tui.networks.base import Grant, LinkRequest, Network, Verified
from klout_tui.networks.registry import Broken, Registry
from klout_tui.store.store import Store
from klout_tui.worker.giving_back import give_back
from klout_tui.worker.linking import link, unlink
from klout_tui.worker.permission import forbid
from klout_tui.worker.threads import unbroken


class _Kept(msgspec.Struct):
    """What is kept of a login beside its token."""

    token: str
    """A digest of the token it belongs to: a token pasted later is not this login's to revoke."""
    revocation: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Granted:
    """An account linked by a login."""

    verified: Verified
    notes: tuple[str, ...] = ()
    """What did not go as it should, though the account is linked."""


@dataclass(frozen=True, slots=True)
class Parted:
    """An account that was unlinked."""

    account: Account
    notes: tuple[str, ...] = ()
    """What did not go as it should, though the account is unlinked."""


async def link_granted(
    grant: Grant,
    network: Network,
    *,
    store: Store,
    secrets: Secrets,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    rng: random.Random | None = None,
) -> Granted:
    """Link with what a login gave; a login that this one replaces is revoked.

    Args:
        grant: what ``log_in`` gave.
        network: the adapter.
        store: where the account goes.
        secrets: where the token goes, and what it takes to revoke it.
        transport: as in ``linking.preview``.
        clock: as in ``linking.preview``.
        sleep: as in ``linking.preview``.
        rng: as in ``linking.preview``.

    Raises:
        UsageError, NetworkError, CredentialError, StoreError: as ``linking.link``.
    """
    safe = LoginSecrets(secrets, grant)
    verified = await link(
        grant.request,
        network,
        grant.token,
        store=store,
        secrets=safe,
        transport=transport,
        clock=clock,
        sleep=sleep,
        rng=rng,
    )
    before = safe.replaced
    notes: tuple[str, ...] = ()
    if before is not None and before.token != grant.token:
        notes = await give_back(before, network, verified.account.base_url, transport=transport, clock=clock)
    return Granted(verified, notes)


async def part(
    account: Account,
    *,
    store: Store,
    secrets: Secrets,
    networks: Registry,
    forget: bool,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime],
) -> Parted:
    """Unlink an account, and have its network forget the login, if there was one; failing that is told, no more.

    The network comes first, while there still is a token to name: killed in between, the account is linked with a
    token that works no more, which its row says.

    Args:
        account: the account.
        store: where it is.
        secrets: where its token may be.
        networks: the adapters.
        forget: whether all that was read of it goes too.
        transport: another way out than the network.
        clock: now, aware UTC.

    Raises:
        UsageError: no such account.
        StoreError: nothing was changed here.
        CredentialError: it is unlinked, but its token may still be kept.
    """
    notes: tuple[str, ...] = ()
    if account.authorised:
        try:
            grant = await unbroken(kept_grant, secrets, account)
        except CredentialError as error:
            grant, notes = None, (f"Whether there is a login to revoke cannot be seen: {error.message}.",)
        network = await asyncio.to_thread(networks.look, account.network) if account.network in networks else None
        if grant is not None and network is not None and not isinstance(network, Broken):
            notes = await give_back(grant, network, account.base_url, transport=transport, clock=clock)
    notes = (*notes, *await forbid(account, store, secrets, networks, transport=transport, clock=clock))
    await unbroken(unlink, store, LoginSecrets(secrets), account.id, forget)
    return Parted(account, notes)


def kept_grant(secrets: Secrets, account: Account) -> Grant | None:
    """The login an account's token came by; None where it was pasted. Blocks as long as the safe takes.

    Raises:
        CredentialError: the safe cannot be read now.
    """
    kept = secrets.get(login_key(account.id))
    token = secrets.get(account.id) if kept else None
    return _grant(kept, token, account.handle) if kept and token else None


def _grant(kept: str, token: str, target: str) -> Grant | None:
    try:
        note = msgspec.json.decode(kept, type=_Kept)
    except msgspec.MsgspecError:
        return None
    if note.token != _digest(token):
        return None
    return Grant(token, LinkRequest(target), note.scopes, note.revocation)


class LoginSecrets:
    """Other secrets, where keeping a token also keeps what it takes to revoke it, and dropping it drops both."""

    def __init__(self, inner: Secrets, grant: Grant | None = None) -> None:
        """Args: inner: where they lie; grant: the login whose token is going to be kept; None: it is pasted."""
        self.replaced: Grant | None = None
        """The login whose token was replaced, if any."""
        self._inner = inner
        self._grant = grant

    def get(self, account_id: str) -> str | None:
        """As the other secrets do."""
        return self._inner.get(account_id)

    def keep(self, account_id: str, token: str) -> str:
        """As the other secrets do; what revokes the token is kept first, so that no token is without it."""
        if not _names_account(account_id):
            return self._inner.keep(account_id, token)
        key = login_key(account_id)
        try:
            kept = self._inner.get(key)
            old = self._inner.get(account_id) if kept else None
        except CredentialError:
            kept = old = None  # a safe that opens for nobody now: what is kept anew goes where it can
        if kept and old:
            self.replaced = _grant(kept, old, account_id)
        if self._grant is not None:
            note = _Kept(_digest(token), self._grant.revocation, self._grant.scopes)
            self._inner.keep(key, msgspec.json.encode(note).decode())
        elif kept is not None:
            self._inner.drop(key)
        return self._inner.keep(account_id, token)

    def drop(self, account_id: str) -> None:
        """As the other secrets do, and what would revoke the token too."""
        try:
            self._inner.drop(account_id)
        finally:
            if _names_account(account_id):
                self._inner.drop(login_key(account_id))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:24]


def _names_account(key: str) -> bool:
    """Whether a key is an account's id, under which lies its token; others read ``session of …``."""
    return " " not in key.partition(":")[0]
