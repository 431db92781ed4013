"""Looking at a site, and at what is kept for it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final
from urllib.parse import urljoin

import msgspec

from klout_tui.domain.markup import Tag, pieces
from klout_tui.domain.model import Account, Profile
from klout_tui.errors import UsageError
from klout_tui.networks.address import host_of
from klout_tui.networks.base import Capabilities, NetworkError, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.webmention.api import Listing, Server
from klout_tui.networks.webmention.reading import listings
from klout_tui.networks.webmention.target import SERVICE, Target, bare

NAME: Final = "webmention"

_PAGE_LIMIT: Final = 1_000_000
"""Characters of a page searched."""


async def verify(target: Target, client: Client, now: datetime) -> Verified:
    """The site, and whether its webmentions can be read.

    Raises:
        NetworkError: the service is away, or refuses the token.
    """
    told = await _endpoint(target.home, client)
    account = Account(
        id=f"{NAME}:{bare(target.domain)}",
        network=NAME,
        handle=bare(target.domain),
        base_url=target.service,
        linked_at=now,
        name=bare(target.domain),
        url=target.home,
        keys=(bare(target.domain),),
        authorised=client.has_token,
        options={"domain": target.domain} | ({"pages": " ".join(target.pages)} if target.pages else {}),
    )
    server = Server(client, Counter())
    for listing in listings(account, has_token=client.has_token)[:1]:
        found = await server.mentions(listing, **{"per-page": "1"})
        if listing.domain and not found.size:
            account = await _by_its_other_name(account, server)
    profile = Profile(handle=account.handle, name=account.name, url=account.url, keys=account.keys)
    return Verified(account, profile, _capabilities(target, told, has_token=client.has_token))


async def _by_its_other_name(account: Account, server: Server) -> Account:
    """The service knows a site with or without ``www.``; an unknown one is no error there, only empty."""
    domain = account.options["domain"]
    other = bare(domain) if domain.startswith("www.") else f"www.{domain}"
    found = await server.mentions(Listing(domain=other), **{"per-page": "1"})
    if not found.size:
        return account
    return msgspec.structs.replace(account, options={**account.options, "domain": other})


async def _endpoint(home: str, client: Client) -> str | None:
    """Where the home page has webmentions sent; empty where it names no place, None where that cannot be told.

    https://www.w3.org/TR/webmention/#sender-discovers-receiver-webmention-endpoint
    """
    try:
        answer = await client.get(home, accept="text/html, */*;q=0.5", authorised=False)
    except (NetworkError, UsageError):
        return None
    if told := answer.links.get("webmention"):
        return told
    for piece in pieces(answer.text()[:_PAGE_LIMIT]):
        if isinstance(piece, Tag) and not piece.ends and piece.name in ("link", "a"):
            given = piece.attributes
            if "webmention" in given.get("rel", "").lower().split() and "href" in given:
                try:
                    return urljoin(answer.url, given["href"].strip())
                except ValueError:
                    continue
    return ""


def _capabilities(target: Target, told: str | None, *, has_token: bool) -> Capabilities:
    service = host_of(target.service)
    sees = ["who replied to, liked, reposted, bookmarked or linked to your pages, with their words"]
    misses = ["followers: a site has none here", "when somebody liked: mostly only when it was told"]
    if has_token:
        sees.append("all pages of your site, and what was sent to you alone")
    else:
        named = f"the {len(target.pages)} pages you named" if target.pages else "your home page"
        sees.append(f"{named} only")
        misses.append("other pages: needs the token from webmention.io's settings, or the option pages")
        misses.append("what was sent to you alone: needs the token")
    if told and host_of(told) not in (service, host_of(SERVICE)):
        misses.append(f"new mentions: your home page has them sent to {host_of(told) or 'another place'}")
    elif told == "":
        misses.append(f"new mentions: your home page does not say that they go to {service}")
    elif told:
        sees.append(f"your home page names {host_of(told)}, so new mentions arrive")
    return Capabilities(names_actors=True, dates_reactions=True, sees=tuple(sees), misses=tuple(misses))
