"""What the user typed to link an account: a login, its page, or the page of one of her repositories. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import httpx

from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.address import objection
from klout_tui.networks.answer import redact
from klout_tui.networks.base import LinkRequest
from klout_tui.networks.github.place import Place, place_at

LOGIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98})")
"""Letters, digits and hyphens, an underscore in managed accounts; more than today's 39 characters in old ones."""

_CLONE: Final = re.compile(r"^(?:ssh://)?git@(?P<host>[^:/]+)[:/](?P<path>.+)$")
_ABOVE: Final = frozenset({"orgs", "users", "repos", "sponsors", "stars"})
"""First parts of addresses that the login comes after."""
_NO_LOGIN: Final = frozenset({"settings", "notifications", "login", "explore", "topics", "marketplace", "features"})
_HINT: Final = "Type it like alice, or paste https://github.com/alice."


@dataclass(frozen=True, slots=True)
class Target:
    """An account as typed."""

    login: str
    place: Place


def parse(request: LinkRequest) -> Target:
    """What the request means.

    Raises:
        UsageError: it cannot be meant as typed.
    """
    typed = "".join(request.target.split())
    named = place_at(request.base_url)
    clone = _CLONE.match(typed)
    if clone:
        typed = f"https://{clone['host']}/{clone['path']}"
    if "/" not in typed:
        return Target(_login(typed.removeprefix("@"), request), named)
    try:
        address = httpx.URL(typed if "://" in typed else f"https://{typed}")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{_shown(request)} is no address", hint=_HINT) from error
    if problem := objection(address):
        raise UsageError(f"{_shown(request)} {problem}", hint=_HINT)
    place = named if request.base_url.strip() else place_at(str(address.copy_with(path="/", query=None, fragment=None)))
    parts = [part for part in address.path.removeprefix(place.root).split("/") if part]
    if len(parts) > 1 and parts[0].lower() in _ABOVE:
        parts = parts[1:]
    return Target(_login(parts[0].removeprefix("@") if parts else "", request), place)


def _login(word: str, request: LinkRequest) -> str:
    if not LOGIN.fullmatch(word) or word.lower() in _NO_LOGIN:
        raise UsageError(f"{_shown(request)} is no login", hint=_HINT)
    return word


def _shown(request: LinkRequest) -> str:
    return repr(clean_line(redact(request.target), 80)) if request.target.strip() else "an empty login"
