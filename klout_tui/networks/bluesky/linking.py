"""Finding the account that was meant, and telling what can be seen of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from klout_tui.domain.model import Account
from klout_tui.errors import UsageError
from klout_tui.networks.base import (
    Capabilities,
    CredentialRefused,
    NotFound,
    NotUnderstood,
    Unavailable,
    Verified,
)
from klout_tui.networks.bluesky.api import Server
from klout_tui.networks.bluesky.entities import Person, is_did
from klout_tui.networks.bluesky.mapping import profile_of
from klout_tui.networks.bluesky.session import Login, Session, log_in
from klout_tui.networks.bluesky.target import Target
from klout_tui.networks.http import Client

NAME: Final = "bluesky"

_WITH_LOGIN: Final = Capabilities(
    names_actors=True,
    dates_reactions=True,
    sees=(
        "your posts and their counters",
        "who liked, reposted, quoted or answered you, mentioned or followed you, and when",
    ),
    misses=("views: Bluesky counts none", "people you have blocked or muted"),
)
_WITHOUT_LOGIN: Final = Capabilities(
    names_actors=True,
    dates_reactions=True,
    sees=(
        "your posts and their counters",
        "who liked, quoted or answered your posts, and when",
        "who reposted them, with an estimated date",
    ),
    misses=(
        "mentions outside your own threads, and new followers by name: needs an app password",
        "when somebody reposted: needs an app password",
        "names on what posts older than 90 days had gained before: by number only",
        "views: Bluesky counts none",
    ),
)


async def verify(target: Target, client: Client, now: datetime) -> Verified:
    """The account behind a target; with an app password, as seen by its owner.

    The app password goes to the origin of the target and nowhere else; what it is exchanged for may go to the server
    that the account's own DID document names.

    Raises:
        UsageError: the app password is for another account.
        NetworkError: the server refused, is away, or is no server of this kind.
    """
    if client.has_token:
        return await _owner(target, client, now)
    server = Server(Session(client, did="", login="", origin=target.public))
    me = await _looked_up(target, server)
    return _verified(me, target.public, {"did": me.did}, now, _WITHOUT_LOGIN, authorised=False)


async def _looked_up(target: Target, server: Server) -> Person:
    try:
        me = await server.profile(target.actor)
    except NotFound:
        did = await _resolved(target, server)
        if not did:
            raise
        me = await server.profile(did)  # a handle so new that only the resolver knows it
    if is_did(target.actor) and me.did != target.actor:
        raise NotUnderstood(f"asked for {target.actor}, the server told of {me.did}")
    return me


async def _resolved(target: Target, server: Server) -> str:
    """The DID behind a handle, where the server can and will tell it."""
    if is_did(target.actor):
        return ""
    try:
        return await server.did(target.actor)
    except (NotFound, NotUnderstood, CredentialRefused):
        return ""


async def _owner(target: Target, client: Client, now: datetime) -> Verified:
    login = await log_in(client, target.actor)
    did = login.tokens.did
    if is_did(target.actor):
        other = did != target.actor
    else:
        other = bool(login.handle) and login.handle != target.actor
        if other:  # two names of one account, or a password of another
            server = Server(Session(client, did=did, login=target.actor, origin=target.login))
            other = await _resolved(target, server) != did
    if other:
        raise UsageError(
            f"this app password belongs to {login.handle or did}, not to {target.actor}",
            hint="Make an app password while logged in as the account you want to link.",
        )
    me, pds = await _seen_by_herself(login, target, client)
    options = {"did": did, "login": target.actor, "pds": pds}
    return _verified(me, target.login, options, now, _WITH_LOGIN, authorised=True)


async def _seen_by_herself(login: Login, target: Target, client: Client) -> tuple[Person, str]:
    """Her profile, and the origin it could be read at: her own server, else the one she logged in at."""
    if login.pds and login.pds != target.login:
        try:
            return await _profile_at(login.pds, login, target, client), login.pds
        except (CredentialRefused, NotFound, NotUnderstood, Unavailable):
            pass  # the server she logged in at hands questions on
    return await _profile_at(target.login, login, target, client), target.login


async def _profile_at(origin: str, login: Login, target: Target, client: Client) -> Person:
    did = login.tokens.did
    me = await Server(Session(client, did=did, login=target.actor, origin=origin)).profile(did)
    if me.did != did:
        raise NotUnderstood(f"asked for {did}, the server told of {me.did}")
    return me


def _verified(
    me: Person, base_url: str, options: dict[str, str], now: datetime, seen: Capabilities, *, authorised: bool
) -> Verified:
    profile = profile_of(me)
    account = Account(
        id=f"{NAME}:{me.did}",
        network=NAME,
        handle=profile.handle,
        base_url=base_url,
        linked_at=now,
        name=profile.name,
        url=profile.url,
        keys=profile.keys,
        authorised=authorised,
        options=options,
    )
    return Verified(account, profile, seen)
