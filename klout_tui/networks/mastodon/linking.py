"""Finding the account that was meant, and telling what can be seen of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import quote

import httpx
import msgspec

from klout_tui.domain.model import Account
from klout_tui.domain.text import clean_line, safe_url
from klout_tui.errors import UsageError
from klout_tui.networks.address import objection, same_origin
from klout_tui.networks.base import Capabilities, CredentialRefused, NotFound, NotUnderstood, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon import entities
from klout_tui.networks.mastodon.api import entity_in
from klout_tui.networks.mastodon.mapping import Home, profile_of
from klout_tui.networks.mastodon.target import Target

NAME: Final = "mastodon"
SCOPES: Final = "read:accounts (or profile), read:statuses and read:notifications"
"""Enough for everything that is read; writing takes a login of its own (``writing``)."""

_WITH_TOKEN: Final = Capabilities(
    names_actors=True,
    dates_reactions=True,
    sees=(
        "your posts and their counters, private ones included",
        "who liked, boosted, quoted or answered you, mentioned or followed you, and when",
    ),
    misses=(
        "views: Mastodon counts none",
        "likes and boosts from before your server's oldest notification: by number only",
    ),
)
_WITHOUT_TOKEN: Final = Capabilities(
    names_actors=True,
    dates_reactions=False,
    sees=(
        "your public posts and their counters",
        "who answered your posts of the last 30 days, and when",
        "who liked or boosted your posts of the last 30 days, with an estimated date",
    ),
    misses=(
        "when somebody liked or boosted: needs a token",
        "mentions, quotes and new followers by name: needs a token",
        "followers-only posts: needs a token",
        "names on posts older than 30 days: by number only",
    ),
)


async def verify(target: Target, client: Client, now: datetime) -> Verified:
    """The account behind a target.

    The token, if there is one, is asked whose it is; nothing else is sent with it.

    Raises:
        UsageError: the token belongs to somebody else, or must go to another address than was typed.
        NetworkError: the server refused, is away, or is no server of this kind.
    """
    origin = target.origin
    instance: entities.Instance | None
    if client.has_token:
        found = await _owner(target, client)
        instance = await _instance(origin, client)
        await _check_permissions(found.id, client)
    else:
        found, origin = await _looked_up(target, client)
        instance = await _instance(origin, client)
    domain = _domain(target, origin, instance)
    software = clean_line(instance.version or "", 100) if instance else ""
    user = _user(found)
    account_id = f"{NAME}:{user}@{domain}".lower()
    profile = profile_of(Home(account_id, found.id, domain), found)
    keys = tuple(dict.fromkeys((*profile.keys, f"{user}@{domain}".lower())))
    account = Account(
        id=account_id,
        network=NAME,
        handle=f"@{user}@{domain}",
        base_url=origin,
        linked_at=now,
        name=clean_line(profile.name, 200),
        url=safe_url(profile.url),
        keys=keys,
        authorised=client.has_token,
        options={"remote_id": found.id, "software": software},
    )
    profile = msgspec.structs.replace(profile, handle=account.handle, keys=keys)
    return Verified(account, profile, _WITH_TOKEN if client.has_token else _WITHOUT_TOKEN)


async def _owner(target: Target, client: Client) -> entities.Account:
    """The account the token belongs to, which must be the one that was typed.

    https://docs.joinmastodon.org/methods/accounts/#verify_credentials
    """
    try:
        answer = await client.get(f"{target.origin}/api/v1/accounts/verify_credentials")
    except (NotFound, NotUnderstood):
        found_at = None if target.certain else await elsewhere(target, client)
        if found_at is None or found_at.origin == target.origin:
            raise
        raise UsageError(
            f"the server of {target.domain} is at {found_at.origin}",
            hint=f"Give {found_at.origin} as the server's address; the token is sent only where you say.",
        ) from None
    found = entity_in(answer, entities.Account, "an account")
    owner = _user(found)
    if owner.lower() != target.user.lower():
        raise UsageError(
            f"this token belongs to @{clean_line(owner, 80)}@{target.domain}, not to @{target.user}@{target.domain}",
            hint="Make a token while logged in as the account you want to link.",
        )
    return found


async def _check_permissions(account_id: str, client: Client) -> None:
    """Notice a missing permission now, not at the first refresh."""
    for path, needed in (
        (f"/api/v1/accounts/{quote(account_id, safe='')}/statuses", "read:statuses"),
        ("/api/v1/notifications", "read:notifications"),
    ):
        try:
            await client.get(path, params={"limit": "1"})
        except CredentialRefused as error:
            raise CredentialRefused(
                f"the token may not read what is needed ({needed}): {error.message}",
                hint=f"Make a token with {SCOPES}.",
            ) from error


async def _looked_up(target: Target, client: Client) -> tuple[entities.Account, str]:
    """The public account, and the origin it was found at.

    https://docs.joinmastodon.org/methods/accounts/#lookup
    """
    try:
        return await _lookup(target, client)
    except (NotFound, NotUnderstood):
        found_at = None if target.certain else await elsewhere(target, client)
        if found_at is None or found_at.origin == target.origin:
            raise
        return await _lookup(found_at, client)


async def _lookup(target: Target, client: Client) -> tuple[entities.Account, str]:
    """The account, and the origin that answered: where a redirect led, there the API is."""
    try:
        answer = await client.get(
            f"{target.origin}/api/v1/accounts/lookup", params={"acct": target.user}, authorised=False
        )
    except NotFound as error:
        raise NotFound(
            f"{_host(target.origin)} knows no account {target.user}",
            hint="Check the spelling. Some servers show accounts only with a token.",
        ) from error
    except CredentialRefused as error:
        raise CredentialRefused(
            f"{_host(target.origin)} shows nothing without a token", hint=f"Link it with a token: {SCOPES}."
        ) from error
    found = entity_in(answer, entities.Account, "an account")
    if _user(found).lower() != target.user.lower():
        raise NotUnderstood(f"asked for {target.user}, {_host(target.origin)} told of another account")
    return found, _origin(answer.url)


async def elsewhere(target: Target, client: Client) -> Target | None:
    """The same account at the server that its handle's domain points to (RFC 7033), if it points anywhere."""
    try:
        answer = await client.get(
            f"https://{target.domain}/.well-known/webfinger",
            params={"resource": f"acct:{target.user}@{target.domain}"},
            accept="application/jrd+json, application/json",
            authorised=False,
        )
        found = answer.json(entities.Webfinger, "a webfinger answer")
    except (NotFound, NotUnderstood, CredentialRefused):
        return None
    for link in found.links:
        if link.rel == "self" and link.href:
            try:
                address = httpx.URL(link.href)
            except (httpx.InvalidURL, ValueError):
                continue
            if not objection(address, came_from=httpx.URL(answer.url)):
                return Target(target.user, target.domain, _origin(link.href))
    return None


async def _instance(origin: str, client: Client) -> entities.Instance | None:
    """https://docs.joinmastodon.org/methods/instance/#v2, or v1; None where neither is open to everybody."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            answer = await client.get(f"{origin}{path}", authorised=False)
            return entity_in(answer, entities.Instance, "an instance")
        except (NotFound, NotUnderstood, CredentialRefused):
            continue
    return None


def _domain(target: Target, origin: str, instance: entities.Instance | None) -> str:
    """The domain that handles on this server carry.

    A server may say ``example.social`` while its API is at ``social.example.social``: believed for a domain above its
    own host. Otherwise the domain that was typed stands.
    """
    said = clean_line((instance.domain or "") if instance else "", 255).lower().removeprefix("https://").strip("/")
    host = _host(origin).partition(":")[0]
    if (
        said
        and not target.certain
        and same_origin(httpx.URL(origin), httpx.URL(target.origin))
        and host.endswith(f".{said}")
    ):
        return said
    return target.domain


def _user(account: entities.Account) -> str:
    return account.username or account.acct.partition("@")[0]


def _origin(address: str) -> str:
    return str(httpx.URL(address).copy_with(path="/", query=None, fragment=None)).rstrip("/")


def _host(origin: str) -> str:
    return httpx.URL(origin).netloc.decode("ascii")
