"""What the user typed to link a site, and which of its pages are asked for where there is no token. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.address import is_loopback, objection
from klout_tui.networks.answer import redact
from klout_tui.networks.base import LinkRequest

SERVICE: Final = "https://webmention.io"
MOST_PAGES: Final = 40
"""Two requests' worth of pages."""

_HOST: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]+(?::\d{1,5})?|localhost(?::\d{1,5})?")
_ENDPOINT: Final = re.compile(r"^/(?:d/)?([^/]+)/(?:webmention|xmlrpc)/?$")
_HINT: Final = "Type the domain of your site, such as blog.example."


@dataclass(frozen=True, slots=True)
class Target:
    """A site as typed."""

    domain: str
    """Its host, with a port where it has one, lower case."""
    home: str
    """Address of its home page."""
    service: str
    """Origin of the service that keeps its webmentions."""
    pages: tuple[str, ...] = ()
    """Absolute addresses given by hand."""


def parse(request: LinkRequest) -> Target:
    """What the request means.

    Raises:
        UsageError: it cannot be meant as typed.
    """
    service = _service(request.base_url)
    typed = "".join(request.target.split()).removeprefix("webmention:")
    if not typed:
        raise UsageError("the domain of your site is missing", hint=_HINT)
    parts = _split(typed)
    if parts.netloc.lower() == urlsplit(service).netloc and (found := _ENDPOINT.match(parts.path)):
        parts = _split(found[1])  # the endpoint's own address names the site
    domain = parts.netloc.lower()
    if not _HOST.fullmatch(domain):
        raise UsageError(f"{_quoted(request.target)} is not the address of a site", hint=_HINT)
    home = f"{'http' if is_loopback(domain.partition(':')[0]) else 'https'}://{domain}/"
    return Target(domain, home, service, _pages(request.options.get("pages", ""), home))


def both_forms(page: str) -> tuple[str, str]:
    """An address without and with a slash at its end; the service knows a page by one of them only."""
    head, mark, query = page.partition("?")
    bare = head.rstrip("/")
    return f"{bare}{mark}{query}", f"{bare}/{mark}{query}"


def bare(domain: str) -> str:
    """A domain as sites are compared: without ``www.``."""
    return domain.removeprefix("www.")


def _pages(typed: str, home: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in re.split(r"[\s,]+", typed.strip()):
        if not word:
            continue
        named = word if "://" in word or word.startswith("/") else f"{urlsplit(home).scheme}://{word}"
        page = urljoin(home, named).partition("#")[0]
        if bare(_split(page).netloc.lower()) != bare(urlsplit(home).netloc):
            raise UsageError(
                f"{_quoted(word)} does not lie on {urlsplit(home).netloc}",
                hint="Link its site as an account of its own.",
            )
        found[page] = None
    if len(found) > MOST_PAGES:
        raise UsageError(
            f"{len(found)} pages are too many to ask for one by one; {MOST_PAGES} can be named",
            hint="With the token from webmention.io's settings all pages are read at once.",
        )
    return tuple(found)


def _service(typed: str) -> str:
    typed = typed.strip().rstrip("/")
    if not typed:
        return SERVICE
    try:
        address = httpx.URL(typed if "://" in typed else f"https://{typed}")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{_quoted(typed)} is no address", hint=f"Type it like {SERVICE}.") from error
    if problem := objection(address):
        raise UsageError(f"{_quoted(typed)} {problem}", hint="It starts with https://; plain http is for this machine.")
    return str(address.copy_with(path=address.path.rstrip("/").removesuffix("/api"), query=None, fragment=None)).rstrip(
        "/"
    )


class _Parts:
    """Host and path of an address, international names in the form DNS uses."""

    def __init__(self, netloc: str, path: str) -> None:
        self.netloc = netloc
        self.path = path


def _split(typed: str) -> _Parts:
    try:
        address = httpx.URL(typed if "://" in typed else f"https://{typed}")
        netloc = address.netloc.decode("ascii")
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{_quoted(typed)} is not the address of a site", hint=_HINT) from error
    if address.scheme not in ("http", "https") or address.userinfo:
        raise UsageError(f"{_quoted(typed)} is not the address of a site", hint=_HINT)
    return _Parts(netloc, address.path)


def _quoted(typed: str) -> str:
    return repr(clean_line(redact(typed), 80))
