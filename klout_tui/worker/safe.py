"""An account's secrets as its refreshes need them: what she gave, and what the network gave for it."""

from __future__ import annotations

import asyncio
import logging

from klout_tui.config import Settings
from klout_tui.credentials import Secrets, session_key
from klout_tui.domain.model import Account
from klout_tui.errors import CredentialError
from klout_tui.networks.base import CredentialRefused
from klout_tui.store.store import Store
from klout_tui.worker.threads import unbroken
from klout_tui.worker.visit import Unlinked

_log = logging.getLogger(__name__)


class Safe:
    """Reads tokens and sessions, and keeps new sessions, without holding up the event loop."""

    def __init__(self, store: Store, secrets: Secrets, settings: Settings) -> None:
        self._store = store
        self._secrets = secrets
        self._settings = settings
        self._door = asyncio.Semaphore(1)
        """A locked keyring may ask the user and wait: once, and without using up the threads the others need."""
        self._sessions: dict[str, str] = {}
        """Of accounts whose token comes from the environment alone: they have no place in a safe."""

    async def token(self, account: Account) -> str | None:
        """Its token, if it has one; no safe is opened for an account that needs none.

        Raises:
            CredentialError: the safe cannot be read now.
            CredentialRefused: it was linked with a token, and there is none.
        """
        if not account.authorised and not self._settings.account(account.id).token_env:
            return None
        async with self._door:
            token = await asyncio.to_thread(self._secrets.get, account.id)
        if token is None and account.authorised:
            raise CredentialRefused(
                f"the token of {account.handle} is not on this machine", hint="Link the account again with its token."
            )
        return token

    async def session(self, account: Account) -> str:
        """What its network gave in exchange for the token; empty where nothing is kept, or it cannot be read now.

        Then the token is exchanged once more, which is better than not reading the account.
        """
        if not account.authorised:
            return self._sessions.get(account.id, "")
        try:
            async with self._door:
                return await asyncio.to_thread(self._secrets.get, session_key(account.id)) or ""
        except CredentialError as error:
            _log.warning("%s; a new session is made", error.message)
            return ""

    async def keep_session(self, account: Account, session: str) -> None:
        """Keep a new session: beside the token where that is kept, else in memory.

        Raises:
            Unlinked: the account is no longer linked, and nothing of it may stay behind.
            CredentialError: it cannot be kept.
        """
        if not account.authorised:
            self._sessions[account.id] = session
            return
        async with self._door:
            await unbroken(self._keep_linked, account.id, session)

    def _keep_linked(self, account_id: str, session: str) -> None:
        known = self._store.account(account_id)
        if known is None or known.unlinked_at is not None or not known.authorised:
            raise Unlinked
        self._secrets.keep(session_key(account_id), session)
