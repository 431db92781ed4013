"""The session that an app password is exchanged for: kept before it is used, renewed when it has run out.

An access token lasts two hours, a refresh token three months, and both change at each renewal; the one before still
serves for two hours, so that a kill between the server's answer and our disk costs nothing. Logging in is the last
resort, since a server allows few logins (30 in 5 minutes, 300 a day).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
import msgspec

from klout_tui.networks.address import is_loopback, objection
from klout_tui.networks.answer import Answer
from klout_tui.networks.base import CredentialRefused, NotUnderstood
from klout_tui.networks.bluesky.entities import NO_HANDLE, is_did
from klout_tui.networks.bluesky.node import Node
from klout_tui.networks.bluesky.refusals import (
    APP_PASSWORD,
    Stale,
    WrongPassword,
    inactive,
    judge,
    judge_login,
    judge_renewal,
)
from klout_tui.networks.http import Client, Judge
from klout_tui.networks.writing import before_writing

MOST_LOGINS: Final = 5
"""In one refresh; a server that ends each session at once is not asked for ever more of them."""

Params = Mapping[str, str | Sequence[str]]


class Tokens(msgspec.Struct, frozen=True):
    """What is kept of a session; see ``Client.keep_session``."""

    did: str
    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Login:
    """What a server tells of who logged in."""

    tokens: Tokens
    handle: str
    """Empty where none is valid."""
    pds: str
    """The origin where the account lives, as its DID document says; empty where that is not told or not safe to ask."""


class Session:
    """Asks questions as her where there is an app password, as anybody where there is none.

    Args:
        client: bound to the origin she logs in at, if she does.
        did: whose account it is.
        login: what she logged in as when linking.
        origin: where questions go.
    """

    def __init__(self, client: Client, *, did: str, login: str, origin: str) -> None:
        self._client = client
        self._did = did
        self._login = login
        self._origin = origin
        self._tokens = self._kept()
        self._changing = asyncio.Lock()
        self._logins = 0

    @property
    def logged_in(self) -> bool:
        """Whether questions are asked as her."""
        return self._client.has_token

    async def query(self, method: str, params: Params) -> Answer:
        """Ask one question, with a new session if the one at hand has run out.

        Raises:
            NetworkError: as in ``networks.base``, by ``refusals``.
            CredentialError: a new session cannot be kept.
        """
        if not self._client.has_token:
            return await self._ask(method, params, "")
        tokens = self._tokens or await self._renewed(None)
        try:
            return await self._ask(method, params, tokens.access)
        except Stale:
            tokens = await self._renewed(tokens)
        return await self._ask(method, params, tokens.access)

    async def procedure(self, method: str, content: Mapping[str, Any], judged: Judge = judge) -> Answer:
        """Have one thing done as her, in one try; only a session that has run out, which does nothing, is renewed.

        Raises:
            NetworkError: as in ``networks.base``, by ``judged``.
            CredentialError: a new session cannot be kept.
        """
        if not self._client.has_token:
            raise CredentialRefused("this account was linked without an app password", hint=APP_PASSWORD)
        with before_writing():
            tokens = self._tokens or await self._renewed(None)
        url = f"{self._origin}/xrpc/{method}"
        try:
            return await self._client.post(url, json=content, bearer=tokens.access, judge=judged)
        except Stale:
            with before_writing():
                tokens = await self._renewed(tokens)
        return await self._client.post(url, json=content, bearer=tokens.access, judge=judged)

    async def _ask(self, method: str, params: Params, access: str) -> Answer:
        url = f"{self._origin}/xrpc/{method}"
        return await self._client.get(url, params=params, authorised=bool(access), bearer=access, judge=judge)

    async def _renewed(self, old: Tokens | None) -> Tokens:
        """A newer session than ``old``; of several that ask at once only the first gets one, for all."""
        async with self._changing:
            if self._tokens is not None and self._tokens is not old:
                return self._tokens
            if old is not None:
                try:
                    self._tokens = await renew(self._client, old)
                    return self._tokens
                except Stale:
                    self._tokens = None
            self._tokens = await self._logged_in()
            return self._tokens

    async def _logged_in(self) -> Tokens:
        if self._logins >= MOST_LOGINS:
            raise CredentialRefused("each new session is ended at once", hint=APP_PASSWORD)
        self._logins += 1
        try:
            login = await log_in(self._client, self._login, self._did)
        except WrongPassword:
            if self._login == self._did:
                raise
            self._login = self._did  # her handle may have changed
            login = await log_in(self._client, self._did, self._did)
        return login.tokens

    def _kept(self) -> Tokens | None:
        try:
            tokens = msgspec.json.decode(self._client.session, type=Tokens)
        except (msgspec.MsgspecError, ValueError):
            return None
        self._client.hide(tokens.access, tokens.refresh)
        usable = tokens.did == self._did and _is_token(tokens.access) and _is_token(tokens.refresh)
        return tokens if usable else None


async def log_in(client: Client, identifier: str, did: str = "") -> Login:
    """Exchange the app password for a session, and keep it.

    https://docs.bsky.app/docs/api/com-atproto-server-create-session

    Args:
        client: bound to the origin she logs in at.
        identifier: a handle or a DID.
        did: whose session it must be, if that is known.

    Raises:
        CredentialRefused: it is refused, is somebody else's, or the account is not in use.
        NetworkError: as in ``networks.base``.
        CredentialError: it cannot be kept.
    """
    answer = await client.post(
        f"{client.base_url}/xrpc/com.atproto.server.createSession",
        json={"identifier": identifier, "password": client.token},
        authorised=False,
        judge=judge_login,
    )
    told = _told(answer)
    tokens = _tokens(answer, told, did)
    if did and tokens.did != did:
        raise CredentialRefused(
            f"the app password now belongs to {tokens.did}, not to {did}", hint="Link the account again."
        )
    await _keep(client, tokens)
    handle = told.text("handle").lower()
    return Login(tokens, "" if handle == NO_HANDLE else handle, _pds(told, client.base_url))


async def renew(client: Client, old: Tokens) -> Tokens:
    """Exchange the refresh token for a new pair, and keep that. Asking twice is harmless for two hours.

    https://docs.bsky.app/docs/api/com-atproto-server-refresh-session

    Raises:
        Stale: it has run out or was ended.
        NetworkError: as in ``networks.base``.
        CredentialError: the new pair cannot be kept.
    """
    answer = await client.post(
        f"{client.base_url}/xrpc/com.atproto.server.refreshSession",
        bearer=old.refresh,
        judge=judge_renewal,
        repeatable=True,
    )
    tokens = _tokens(answer, _told(answer), old.did)
    if tokens.did != old.did:
        raise Stale("the session is somebody else's now", hint=APP_PASSWORD)
    await _keep(client, tokens)
    return tokens


def _tokens(answer: Answer, told: Node, did: str) -> Tokens:
    """Raises: NotUnderstood: this is no session; CredentialRefused: the account is not in use."""
    access, refresh = told.text("accessJwt"), told.text("refreshJwt")
    owner = told.text("did") or did
    if not (_is_token(access) and _is_token(refresh) and is_did(owner)):
        raise _puzzling(answer)
    if told.members.get("active") is False:
        raise inactive(told.text("status"))
    return Tokens(did=owner, access=access, refresh=refresh)


def _told(answer: Answer) -> Node:
    try:
        return Node(answer.json(dict[str, Any], "a session"))
    except NotUnderstood:
        raise _puzzling(answer) from None


def _puzzling(answer: Answer) -> NotUnderstood:
    """What came may hold a token: no excerpt of it."""
    return Answer(answer.status, answer.url, answer.headers, b"").puzzling(
        "a session with two tokens", "something else"
    )


async def _keep(client: Client, tokens: Tokens) -> None:
    client.hide(tokens.access, tokens.refresh)
    await client.keep_session(msgspec.json.encode(tokens).decode())


def _is_token(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and " " not in text and len(text) < 10_000


def _pds(told: Node, origin: str) -> str:
    """Where the account lives: https://atproto.com/specs/did#did-documents.

    A server on this machine is a try-out; it is not left for one elsewhere, nor the other way round.
    """
    home = httpx.URL(origin)
    for service in told.node("didDoc").nodes("service"):
        if not service.text("id").endswith("#atproto_pds"):
            continue
        try:
            address = httpx.URL(service.text("serviceEndpoint"))
        except (httpx.InvalidURL, ValueError):
            continue
        if objection(address, came_from=home) or is_loopback(address.host) != is_loopback(home.host):
            continue
        return str(address.copy_with(path="/", query=None, fragment=None)).rstrip("/")
    return ""
