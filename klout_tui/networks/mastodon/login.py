"""Logging in to a Mastodon-API server in the browser: register the program, ask, exchange the code, revoke.

Every server is its own world: the program registers anew for each login, so that no secret is shared between accounts.
https://docs.joinmastodon.org/methods/apps/#create, https://docs.joinmastodon.org/methods/oauth/
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

import msgspec

from klout_tui.domain.text import clean_line
from klout_tui.networks.address import host_of
from klout_tui.networks.answer import Answer
from klout_tui.networks.base import (
    CredentialRefused,
    Grant,
    Invitation,
    LinkRequest,
    NetworkError,
    NotFound,
    NotUnderstood,
    Unavailable,
)
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon.linking import elsewhere
from klout_tui.networks.mastodon.target import Target, parse
from klout_tui.networks.oauth import WEBSITE, OAuthRefused, challenge, code_in, judge

NAME: Final = "klout-tui"
"""What the server's page and its list of authorised programs call us."""
PASTE: Final = "urn:ietf:wg:oauth:2.0:oob"
"""Redirects nowhere: the page shows the code."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """What a login asks for."""

    wanted: tuple[tuple[str, ...], ...]
    """The least that is enough, each with what does instead."""
    coarse: str
    """The same where a server divides no further (Pixelfed, older GoToSocial)."""
    asks: str
    """In words, for her to read before she agrees."""
    coarse_asks: str


READING: Final = Scopes(
    wanted=(("profile", "read:accounts"), ("read:statuses",), ("read:notifications",)),  # profile: from 4.3 on
    coarse="read",
    asks="to read your profile, your posts and your notifications, and nothing else",
    coarse_asks="to read; this server divides reading no further",
)


class _Metadata(msgspec.Struct):
    """https://www.rfc-editor.org/rfc/rfc8414#section-2; every member may be missing, or null."""

    scopes_supported: list[str] | None = None
    code_challenge_methods_supported: list[str] | None = None


class _App(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Application/#CredentialApplication."""

    client_id: str
    client_secret: str


class _Token(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Token/; Pleroma adds members, some leave ``scope`` out."""

    access_token: str
    scope: str | list[str] | None = None


@dataclass(frozen=True, slots=True)
class _Registered:
    """The program as one server knows it now."""

    app: _App
    redirect: str
    scopes: str


class BrowserLogin:
    """OAuth with a code, by a redirect to this machine or by pasting it; PKCE where the server knows it."""

    needs: tuple[str, ...] = ()
    redirects: bool = True

    def __init__(self, chance: Callable[[int], str] = secrets.token_urlsafe, scopes: Scopes = READING) -> None:
        """Args: chance: text that nobody can guess, made of so many random bytes; scopes: what is asked for."""
        self._chance = chance
        self._scopes = scopes
        self.asks = scopes.asks

    async def begin(
        self,
        request: LinkRequest,
        client: Client,
        now: datetime,  # noqa: ARG002  # a page without an end
        *,
        redirect: str = "",
        settings: Mapping[str, str],  # noqa: ARG002  # none needed
    ) -> Invitation:
        """Register with the server and make the address to open.

        Raises:
            UsageError: the target cannot be meant as typed.
            NetworkError: the server is away, or no server of this kind.
        """
        target = parse(request)
        try:
            registered, known = await self._at(target, redirect, client)
        except (NotFound, NotUnderstood, CredentialRefused):
            there = None if target.certain else await elsewhere(target, client)
            if there is None or there.origin == target.origin:
                raise
            target, request = there, LinkRequest(request.target, there.origin, request.options)
            registered, known = await self._at(target, redirect, client)
        state, verifier = self._chance(24), self._chance(64)
        client.hide(verifier)
        query = {
            "response_type": "code",
            "client_id": registered.app.client_id,
            "redirect_uri": registered.redirect,
            "scope": registered.scopes,
            "state": state,
        }
        keeps = {
            "client_id": registered.app.client_id,
            "client_secret": registered.app.client_secret,
            "origin": target.origin,
            "redirect_uri": registered.redirect,
            "scope": registered.scopes,
        }
        if "S256" in (known.code_challenge_methods_supported or ()):
            query |= {"code_challenge": challenge(verifier), "code_challenge_method": "S256"}
            keeps["code_verifier"] = verifier
        return Invitation(
            url=f"{target.origin}/oauth/authorize?{urlencode(query)}",
            asks=self.asks if registered.scopes != self._scopes.coarse else self._scopes.coarse_asks,
            request=request,
            brings_back=True,
            state=state,
            keeps=keeps,
        )

    async def finish(
        self,
        invitation: Invitation,
        client: Client,
        *,
        brought: str = "",
        clock: Callable[[], datetime],  # noqa: ARG002  # the server watches the time
        sleep: Callable[[float], Awaitable[None]],  # noqa: ARG002  # nothing to wait for
    ) -> Grant:
        """Exchange the code for a token: https://docs.joinmastodon.org/methods/oauth/#token.

        Raises:
            CredentialRefused: declined, or the code is wrong, used or too old.
            NetworkError: the server is away or answers otherwise.
        """
        keeps = invitation.keeps
        code = code_in(brought, invitation.state)
        client.hide(code, keeps["client_secret"], keeps.get("code_verifier", ""))
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": keeps["client_id"],
            "client_secret": keeps["client_secret"],
            "redirect_uri": keeps["redirect_uri"],
            "scope": keeps["scope"],
        }
        if "code_verifier" in keeps:
            form["code_verifier"] = keeps["code_verifier"]
        try:
            answer = await client.post(f"{keeps['origin']}/oauth/token", form=form, authorised=False, judge=judge)
        except OAuthRefused as error:
            if error.code == "invalid_grant":
                raise CredentialRefused(
                    f"{host_of(keeps['origin'])} does not take this code",
                    hint="A code works once and for a few minutes. Open the page again, or begin anew.",
                ) from error
            raise
        found = answer.json(_Token, "a token")
        client.hide(found.access_token)
        if not found.access_token.strip():
            raise answer.puzzling("a token", "an empty one")
        said = found.scope.split() if isinstance(found.scope, str) else found.scope or []
        return Grant(
            token=found.access_token.strip(),
            request=invitation.request,
            scopes=tuple(clean_line(scope, 80) for scope in said[:50]),
            revocation=msgspec.json.encode(_App(keeps["client_id"], keeps["client_secret"])).decode(),
        )

    async def revoke(self, base_url: str, grant: Grant, client: Client) -> None:
        """https://docs.joinmastodon.org/methods/oauth/#revoke.

        Raises:
            NetworkError: it may still hold.
        """
        host = host_of(base_url)
        hint = f"Revoke {NAME} by hand, in your settings on {host}, among the authorised programs."
        try:
            app = msgspec.json.decode(grant.revocation, type=_App)
        except msgspec.MsgspecError:
            raise NotUnderstood("how to revoke this token is not known any more", hint=hint) from None
        client.hide(app.client_secret, grant.token)
        form = {"client_id": app.client_id, "client_secret": app.client_secret, "token": grant.token}
        try:
            await client.post(f"{base_url}/oauth/revoke", form=form, authorised=False, judge=judge)
        except NetworkError as error:
            raise Unavailable(error.message, hint=hint) from error

    async def _at(self, target: Target, redirect: str, client: Client) -> tuple[_Registered, _Metadata]:
        known = await _metadata(target.origin, client)
        scopes = least(known.scopes_supported, self._scopes)
        return await _register(target.origin, redirect, scopes, self._scopes.coarse, client), known


def least(supported: Sequence[str] | None, scopes: Scopes = READING) -> str:
    """The fewest scopes that are enough, of those a server says it knows; all servers know what this gives unasked."""
    if not supported:
        return " ".join(instead[-1] for instead in scopes.wanted)
    chosen = [next((scope for scope in instead if scope in supported), "") for instead in scopes.wanted]
    return " ".join(chosen) if all(chosen) else scopes.coarse


async def _metadata(origin: str, client: Client) -> _Metadata:
    """What the server says it can do; nothing where it does not say (before 4.3, and most others)."""
    try:
        answer = await client.get(f"{origin}/.well-known/oauth-authorization-server", authorised=False)
        return answer.json(_Metadata, "what the login can do")
    except (NotFound, NotUnderstood, CredentialRefused, Unavailable):
        return _Metadata()  # if the server is away, registering will say so


async def _register(origin: str, redirect: str, scopes: str, coarse: str, client: Client) -> _Registered:
    """The program made known to the server; with less wanted where it refuses.

    https://docs.joinmastodon.org/methods/apps/#create

    Raises:
        NetworkError: it takes none, or is away.
    """
    refused: NetworkError | None = None
    for where, what in _attempts(redirect, scopes, coarse):
        form = {"client_name": NAME, "redirect_uris": where, "scopes": what, "website": WEBSITE}
        try:
            answer = await client.post(f"{origin}/api/v1/apps", form=form, authorised=False, judge=judge)
        except (OAuthRefused, NotUnderstood) as error:
            refused = refused or error
            continue
        return _Registered(_app(answer, client), where, what)
    raise refused or NotUnderstood(f"{host_of(origin)} lets no program log in")


def _attempts(redirect: str, scopes: str, coarse: str) -> Iterator[tuple[str, str]]:
    """Addresses and scopes to try, each once: as wished, then with a code to paste, then with the plainest scope."""
    tries = ((redirect or PASTE, scopes), (PASTE, scopes), (PASTE, coarse))
    yield from dict.fromkeys(tries)


def _app(answer: Answer, client: Client) -> _App:
    app = answer.json(_App, "a registered program")
    client.hide(app.client_secret)
    if not app.client_id or not app.client_secret:
        raise answer.puzzling("a registered program", "one without a secret")
    return app
