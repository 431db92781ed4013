"""What the user typed to link an account: handles, DIDs and profile addresses in all their usual forms. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import httpx

from klout_tui.domain.text import clean, clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.address import objection
from klout_tui.networks.answer import redact
from klout_tui.networks.base import LinkRequest
from klout_tui.networks.bluesky.entities import NO_HANDLE, is_did

LOGIN: Final = "https://bsky.social"
"""Where people log in whose account is hosted by Bluesky; it hands on to their own server."""
PUBLIC: Final = "https://public.api.bsky.app"
"""What everybody may read without a login, whoever hosts the account."""

_HANDLE: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NOT_IN_HANDLE: Final = re.compile(r"[@:/?#\[\]\\]")
"""What would make a part of it something else than the host of an address."""
_PROFILE: Final = re.compile(r"^/profile/([^/]+)(?:/|$)")
_WEBSITES: Final = frozenset({"bsky.app", "www.bsky.app", "main.bsky.dev", "staging.bsky.app"})
_HINT: Final = "Type it like alice.bsky.social, or paste the address of the profile."


@dataclass(frozen=True, slots=True)
class Target:
    """An account as typed."""

    actor: str
    """A handle, lower case, or a DID."""
    base: str
    """The origin she named, without a trailing slash; empty if she named none."""

    @property
    def login(self) -> str:
        """Where an app password is for."""
        return self.base or LOGIN

    @property
    def public(self) -> str:
        """Where everybody may read."""
        return self.base or PUBLIC


def parse(request: LinkRequest) -> Target:
    """What the request means.

    Raises:
        UsageError: it cannot be meant as typed.
    """
    # the web app puts direction marks around handles that are copied from it
    typed = "".join(clean(request.target, 2_000).split())
    actor = _actor(typed, request).removeprefix("@")
    base = _base(request.base_url)
    if actor.lower().startswith("did:"):
        method, _, rest = actor[4:].partition(":")
        actor = f"did:{method.lower()}:{rest}"
        if not is_did(actor):
            raise UsageError(f"{_shown(request)} is no DID", hint=_HINT)
        return Target(actor, base)
    actor = _ascii(actor)
    if actor == NO_HANDLE:
        raise UsageError("handle.invalid is nobody's handle", hint="Type the account's DID, did:plc:…, instead.")
    if "." not in actor and _HANDLE.fullmatch(f"{actor}.bsky.social"):
        raise UsageError(f"{_shown(request)} is no whole handle", hint=f"Did you mean {actor}.bsky.social?")
    if len(actor) > 253 or not _HANDLE.fullmatch(actor):
        raise UsageError(f"{_shown(request)} is no handle", hint=_HINT)
    return Target(actor, base)


def _actor(typed: str, request: LinkRequest) -> str:
    """The handle or DID in a plain handle, an at:// address or the address of a profile."""
    if typed.lower().startswith("at://"):
        return typed[5:].partition("/")[0]
    if "/" not in typed:
        return typed
    try:
        address = httpx.URL(typed if "://" in typed else f"https://{typed}")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{_shown(request)} is no address", hint=_HINT) from error
    if problem := objection(address):
        raise UsageError(f"{_shown(request)} {problem}", hint=_HINT)
    profile = _PROFILE.match(address.path)
    if not profile:
        raise UsageError(f"{_shown(request)} is not the address of a profile", hint=_HINT)
    return profile[1]


def _base(typed: str) -> str:
    """The origin named by hand, checked; empty if none was, or the website, which is no server."""
    typed = typed.strip().rstrip("/")
    if not typed:
        return ""
    try:
        address = httpx.URL(typed if "://" in typed else f"https://{typed}")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{_quoted(typed)} is no address", hint=f"Type it like {LOGIN}.") from error
    if problem := objection(address):
        raise UsageError(
            f"{_quoted(typed)} {problem}",
            hint="The server's address starts with https://; plain http is for this machine only.",
        )
    if address.host.lower() in _WEBSITES:
        return ""
    return str(address.copy_with(path="/", query=None, fragment=None)).rstrip("/")


def _ascii(handle: str) -> str:
    """A handle in lower case; international ones in the form that DNS and the protocol use."""
    if not handle.isprintable() or _NOT_IN_HANDLE.search(handle):
        return handle
    try:
        return httpx.URL(f"https://{handle}").raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, ValueError):
        return handle


def _shown(request: LinkRequest) -> str:
    return _quoted(request.target) if request.target.strip() else "an empty handle"


def _quoted(typed: str) -> str:
    return repr(clean_line(redact(typed), 80))
