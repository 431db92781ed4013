"""Allowing klout-tui to write under an account, and taking that back: off until she says so, one account at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

import httpx
import msgspec

from klout_tui.config import Settings
from klout_tui.credentials import Secrets, writing_key
from klout_tui.domain.graphemes import graphemes
from klout_tui.domain.letters import Allowed
from klout_tui.domain.model import Account
from klout_tui.errors import CredentialError, KloutError, StoreError, UsageError
from klout_tui.networks.base import Grant, LinkRequest, Network
from klout_tui.networks.http import Client, HostGates, Limits
from klout_tui.networks.optional import writer_of
from klout_tui.networks.registry import Broken, PluginBroken, Registry
from klout_tui.networks.writing import Limit, Writer
from klout_tui.store.store import Store
from klout_tui.worker.faults import fault_of
from klout_tui.worker.giving_back import give_back
from klout_tui.worker.hosts import hosts_of
from klout_tui.worker.safe import Safe
from klout_tui.worker.threads import unbroken


class _Kept(msgspec.Struct):
    """What is kept of a credential that may write."""

    token: str
    revocation: str = ""
    """What revokes it, where it came by a login."""


class Pen:
    """Opens clients that may write, for accounts she allowed it for. The path that reads has no part in it."""

    def __init__(
        self,
        store: Store,
        networks: Registry,
        secrets: Secrets,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: random.Random | None = None,
        limits: Limits = Limits(),  # noqa: B008  # immutable
    ) -> None:
        self.store = store
        self.clock = clock
        self._networks = networks
        self._secrets = secrets
        self._safe = Safe(store, secrets, settings)
        self._transport = transport
        self._sleep = sleep
        self._rng = rng
        self._limits = limits
        self._gates = HostGates()

    def writer(self, account: Account) -> Writer | None:
        """How something is written on the account's network; None where it cannot be. Blocks at a network's first use.

        Raises:
            PluginBroken: the adapter cannot be loaded.
        """
        if account.network not in self._networks:
            return None
        network = self._networks.look(account.network)
        return None if isinstance(network, Broken) else writer_of(network)

    def limit(self, account: Account, writer: Writer) -> Limit:
        """How long a text may be; ``most`` is 0 where an adapter fails to tell."""
        allowed = self.store.writing(account.id)
        try:
            found = writer.limit(account, allowed.most if allowed else 0)
            most = max(int(found.most), 0)
        except (Exception, SystemExit):  # a plugin may raise anything: this is its border
            return Limit(0, graphemes)

        def length(text: str) -> int:
            try:
                return int(found.length(text))
            except (Exception, SystemExit):
                return len(text)

        return Limit(most, length)

    def may_write(self, account: Account) -> Allowed | None:
        """Whether she allowed it."""
        return self.store.writing(account.id) if account.unlinked_at is None else None

    async def open(self, account: Account, token: str | None = None) -> Client:
        """A client that may write; to be used as a context.

        Args:
            account: hers.
            token: a credential that is not kept yet; None takes the kept one.

        Raises:
            CredentialError: it cannot be read now.
            UsageError: there is none.
        """
        network = await asyncio.to_thread(self._networks.get, account.network)
        writer, session = writer_of(network), ""
        if writer is not None and not writer.own_token:
            token = await self._safe.token(account)
            session = await self._safe.session(account) if token else ""
        elif token is None:
            kept = await asyncio.to_thread(kept_for_writing, self._secrets, account)
            token = kept.token if kept else None
        if token is None:
            raise UsageError(
                f"nothing on this machine may write as {account.handle}",
                hint=f"klout-tui allow-writing {account.id}",
            )
        return Client(
            base_url=account.base_url,
            token=token,
            session=session,
            keep_session=partial(self._safe.keep_session, account) if session or not _own(writer) else None,
            hosts=hosts_of(network, account),
            transport=self._transport,
            gates=self._gates,
            clock=self.clock,
            sleep=self._sleep,
            rng=self._rng,
            limits=self._limits,
        )

    async def allow(self, account: Account, grant: Grant | None = None, token: str | None = None) -> Allowed:
        """Allow writing, after asking the network whether the credential may. A login it replaces is revoked.

        Args:
            account: a linked one.
            grant: what a login for writing gave; or
            token: a credential that was pasted. Neither, where the network needs none of its own.

        Raises:
            UsageError: nothing can be written there, or a credential is needed.
            CredentialRefused: the credential may not write, or is somebody else's.
            NetworkError: as in ``networks.base``; ``PluginBroken`` where the adapter itself fails.
            CredentialError, StoreError: it cannot be kept; then it is not allowed.
        """
        network = await asyncio.to_thread(self._networks.get, account.network)
        writer = writer_of(network)
        if writer is None:
            raise UsageError(
                f"klout-tui cannot write on {network.title}", hint="Texts are copied, and the page opened, instead."
            )
        given = grant.token if grant else (token or "").strip()
        if writer.own_token and not given:
            raise UsageError(
                f"writing on {network.title} takes a credential of its own", hint="Log in for it, or paste a token."
            )
        client = await self.open(account, given if writer.own_token else None)
        async with client:
            try:
                most = await writer.check(account, client)
            except KloutError:
                raise
            except (Exception, SystemExit) as error:  # a plugin may raise anything: this is its border
                fault = fault_of(error, network.name, given, blotted=client.blotted)
                raise PluginBroken(fault.message, hint="Please report this to the adapter's authors.") from None
        allowed = Allowed(at=self.clock(), most=max(int(most), 0))
        kept = _Kept(given, grant.revocation if grant else "") if writer.own_token else None
        before = await unbroken(self._keep, account, kept, allowed)
        if before is not None and before.token != given:
            await _revoke(before, account, network, writer, transport=self._transport, clock=self.clock)
        return allowed

    def _keep(self, account: Account, kept: _Kept | None, allowed: Allowed) -> _Kept | None:
        """Keep both or neither; what was kept before."""
        before: _Kept | None = None
        if kept is not None:
            with suppress(CredentialError):  # what cannot be read cannot be revoked, and is replaced all the same
                before = kept_for_writing(self._secrets, account)
            self._secrets.keep(writing_key(account.id), msgspec.json.encode(kept).decode())
        try:
            self.store.allow_writing(account.id, allowed)
        except (StoreError, UsageError):
            if before is not None:
                self._secrets.keep(writing_key(account.id), msgspec.json.encode(before).decode())
            elif kept is not None:
                self._secrets.drop(writing_key(account.id))
            raise
        return before

    def holds(self, account: Account, grant: Grant) -> bool:
        """Whether this login is what is kept for writing as the account. Blocks as long as the safe takes.

        Raises:
            CredentialError: the safe cannot be read now.
        """
        kept = kept_for_writing(self._secrets, account)
        return kept is not None and kept.token == grant.token

    async def forbid(self, account: Account) -> tuple[str, ...]:
        """Allow it no longer; see ``forbid``."""
        return await forbid(
            account, self.store, self._secrets, self._networks, transport=self._transport, clock=self.clock
        )


async def forbid(
    account: Account,
    store: Store,
    secrets: Secrets,
    networks: Registry,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime],
) -> tuple[str, ...]:
    """Allow writing under an account no longer, and give its credential back; what did not go as it should.

    The switch comes first, so that nothing is written any more whatever happens then.

    Raises:
        StoreError: it is still allowed.
        CredentialError: it is not allowed any more, but what may write may still be kept.
    """
    if await unbroken(store.writing, account.id) is None:
        return ()
    await unbroken(store.allow_writing, account.id, None)
    network = await asyncio.to_thread(networks.look, account.network) if account.network in networks else None
    writer = writer_of(network) if network is not None and not isinstance(network, Broken) else None
    if writer is not None and not writer.own_token:
        return ()
    notes: tuple[str, ...] = ()
    try:
        kept = await asyncio.to_thread(kept_for_writing, secrets, account)
    except CredentialError as error:
        kept, notes = None, (f"Whether there is a login to revoke cannot be seen: {error.message}.",)
    if kept is not None and writer is not None and not isinstance(network, Broken | None):
        notes = await _revoke(kept, account, network, writer, transport=transport, clock=clock)
    await unbroken(secrets.drop, writing_key(account.id))
    return notes


async def _revoke(
    kept: _Kept,
    account: Account,
    network: Network,
    writer: Writer,
    *,
    transport: httpx.AsyncBaseTransport | None,
    clock: Callable[[], datetime],
) -> tuple[str, ...]:
    """Have the network forget a credential that came by a login; what did not go as it should."""
    if not kept.revocation or writer.login is None:
        return ()
    grant = Grant(kept.token, LinkRequest(account.handle), (), kept.revocation)
    return await give_back(grant, network, account.base_url, login=writer.login, transport=transport, clock=clock)


def kept_for_writing(secrets: Secrets, account: Account) -> _Kept | None:
    """What may write as the account, as it is kept. Blocks as long as the safe takes.

    Raises:
        CredentialError: the safe cannot be read now.
    """
    kept = secrets.get(writing_key(account.id))
    try:
        return msgspec.json.decode(kept, type=_Kept) if kept else None
    except msgspec.MsgspecError:
        return None


def _own(writer: Writer | None) -> bool:
    return writer is None or writer.own_token
