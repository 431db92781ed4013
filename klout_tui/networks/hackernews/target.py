"""What the user typed to link an account, and the two roots it is read from. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx

from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.address import host_of, is_loopback, objection
from klout_tui.networks.answer import redact
from klout_tui.networks.base import LinkRequest

FIREBASE: Final = "https://hacker-news.firebaseio.com"
ALGOLIA: Final = "https://hn.algolia.com/api/v1"

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{2,32}")
"""The site allows 2 to 15 characters; nothing depends on the upper end."""
_PAGES: Final = frozenset({"user", "threads", "submitted", "favorites"})
_ITEM: Final = re.compile(r"/v0/user/([^/]+)\.json$")
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+(?::\d{1,5})?|localhost(?::\d{1,5})?")
_HINT: Final = "Type your name as it stands on Hacker News, or paste the address of your profile."


@dataclass(frozen=True, slots=True)
class Target:
    """An account as typed."""

    name: str
    """In its own spelling: upper and lower case make two accounts."""
    firebase: str
    """Root of the live interface, without ``/v0`` and without a trailing slash."""
    algolia: str
    """Root of the search, without a trailing slash."""
    sites: tuple[str, ...] = ()
    """Hosts of the user's own sites, lower case, without ``www.``."""


def parse(request: LinkRequest) -> Target:
    """What the request means.

    Raises:
        UsageError: it cannot be meant as typed.
    """
    typed = "".join(request.target.split()).removeprefix("hackernews:").removeprefix("hn:")
    name = _from_address(typed) if "/" in typed or "?" in typed else typed.removeprefix("@")
    if not _NAME.fullmatch(name):
        shown = _quoted(request.target) if typed else "an empty name"
        raise UsageError(f"{shown} is no name on Hacker News", hint=_HINT)
    firebase = _root(request.base_url).removesuffix("/v0")
    algolia = _root(request.options.get("search_url", ""))
    if algolia and httpx.URL(algolia).path in ("", "/"):
        algolia += "/api/v1"
    if not algolia:
        # whoever serves one of the two on this machine serves both there: their paths do not meet
        algolia = f"{firebase}/api/v1" if firebase and is_loopback(host_of(firebase)) else ALGOLIA
    return Target(name, firebase or FIREBASE, algolia, _sites(request.options.get("site", "")))


def _from_address(typed: str) -> str:
    """The name in a profile's address, with or without its scheme."""
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        asked = parse_qs(parts.query)
    except ValueError as error:
        raise UsageError(f"{_quoted(typed)} is no address", hint=_HINT) from error
    if found := _ITEM.search(parts.path):
        return found[1]
    if parts.path.strip("/") not in _PAGES or not asked.get("id"):
        raise UsageError(f"{_quoted(typed)} is not the address of a profile on Hacker News", hint=_HINT)
    return asked["id"][0]


def _root(typed: str) -> str:
    """An address named by hand, checked; empty if none was."""
    typed = typed.strip().rstrip("/")
    if not typed:
        return ""
    try:
        address = httpx.URL(typed if "://" in typed else f"https://{typed}")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{_quoted(typed)} is no address", hint="Type it like https://hn.example.") from error
    if problem := objection(address):
        raise UsageError(f"{_quoted(typed)} {problem}", hint="It starts with https://; plain http is for this machine.")
    return str(address.copy_with(query=None, fragment=None)).rstrip("/")


def _sites(typed: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in re.split(r"[\s,]+", typed.strip().lower()):
        if not word:
            continue
        try:
            parts = urlsplit(word if "://" in word else f"https://{word}")
            host = httpx.URL(f"https://{parts.netloc}").netloc.decode("ascii").removeprefix("www.")
        except (httpx.InvalidURL, ValueError) as error:
            raise UsageError(f"{_quoted(word)} is no domain", hint="Type it like blog.example.") from error
        if not _HOST.fullmatch(host):
            raise UsageError(f"{_quoted(word)} is no domain", hint="Type it like blog.example.")
        found[host] = None
    return tuple(found)


def _quoted(typed: str) -> str:
    return repr(clean_line(redact(typed), 80))
