"""Names that stay the same by whichever way a thing is seen: sites, posts, comments, people. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

from klout_tui.errors import UsageError
from klout_tui.networks.address import is_loopback

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_COMMENT: Final = re.compile(r"#comment-(\d+)$")
_WORDPRESS_GUID: Final = re.compile(r"[?&](p|page_id|attachment_id)=\d+(&[^#]*)?$")
_INDEX: Final = re.compile(r"/(index|default)\.(html?|php|aspx?)$", re.IGNORECASE)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HINT: Final = "Type the address of your blog or of its feed, such as blog.example or https://blog.example/feed/."


def address(typed: str) -> str:
    """The absolute URL that is meant by what was typed; https is assumed, except on this machine.

    Raises:
        UsageError: no web address, or one without encryption elsewhere than on this machine.
    """
    text = typed.strip().removeprefix("feed:").removeprefix("//")
    if not text or any(character.isspace() for character in text):
        raise UsageError("the address of a blog is missing", hint=_HINT)
    try:
        if not re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE):
            text = f"{'http' if is_loopback(urlsplit(f'//{text}').hostname or '') else 'https'}://{text}"
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"“{typed.strip()[:200]}” is not a web address", hint=_HINT) from error
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not host or parts.username is not None:
        raise UsageError(f"“{host or typed.strip()[:200]}” is not the address of a blog", hint=_HINT)
    if "." not in host and ":" not in host and not is_loopback(host):
        raise UsageError(f"“{host}” is not a full host name", hint=_HINT)
    if scheme == "http" and not is_loopback(host):
        raise UsageError(
            f"http://{host} is not encrypted", hint="Use https://; plain http is accepted for this machine only."
        )
    return urlunsplit((scheme, _netloc(scheme, host, port), parts.path or "/", parts.query, ""))


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as ``https://blog.example``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def site_key(url: str) -> str:
    """``host[/path]`` of a URL, lower-cased, without query: the name of a site or of a person by their site."""
    try:
        parts = urlsplit(url.strip())
        host = _netloc(parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return (host + _INDEX.sub("", parts.path).rstrip("/")).lower()


def site_url(url: str) -> str:
    """The URL of a site without query, fragment, index file and trailing slash."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.lower(), _INDEX.sub("", parts.path).rstrip("/"), "", ""))


def same_host(one: str, other: str) -> bool:
    """Whether two URLs lie on one host, with or without ``www.``."""
    return _host(one) == _host(other) != ""


def named_link(url: str, source: str) -> str:
    """An address that ``source`` names, as it may be asked: encrypted, and on this machine only if ``source`` is.

    Old blogs still name themselves without encryption. Empty if it may not be asked at all.
    """
    try:
        host, home = urlsplit(url).hostname or "", urlsplit(source).hostname or ""
        httpx.URL(url)  # is choosier
    except (httpx.InvalidURL, ValueError):
        return ""
    if is_loopback(host):
        return url if is_loopback(home) else ""
    return f"https://{url[7:]}" if url.startswith("http://") else url if url.startswith("https://") else ""


def clean_link(url: str) -> str:
    """A permalink without what feeds add to it to watch readers (``utm_…``, Medium's ``source=rss…``)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if "utm_" not in parts.query and "source=rss" not in parts.query:
        return url
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.startswith("utm_") and not (name == "source" and value.startswith("rss"))
    ]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def object_id(account: str, identifier: str) -> str:
    """An id unique beyond its feed: URIs as they are, bare ones (Ghost's) with the account before them."""
    return identifier if _SCHEME.match(identifier) else f"{account}/{identifier}"


def comment_number(url: str) -> str:
    """``88`` of ``…#comment-88``, or empty."""
    found = _COMMENT.search(url)
    return found[1] if found else ""


def wordpress_guid(identifier: str) -> bool:
    """Whether an id is of WordPress's making: ``…/?p=311`` or a comment's ``…/?p=311#comment-88``."""
    return bool(_WORDPRESS_GUID.search(identifier.partition("#")[0]))


def is_page_guid(identifier: str) -> bool:
    """Whether a WordPress id belongs to something that is no post: a page or an attachment."""
    return bool(re.search(r"[?&](page_id|attachment_id)=\d+", identifier.partition("#")[0]))


def comment_id(site: str, number: str) -> str:
    """One id for a WordPress comment, seen in a feed or by REST: numbers are unique on a site."""
    return f"{site}/#comment-{number}"


def person_key(name: str, url: str, site: str) -> tuple[str, str]:
    """Key and handle of who commented: their own site where they gave one, else their name on this blog.

    Args:
        name: as they signed; may be empty.
        url: the site they gave; may be empty or nonsense.
        site: the blog's URL. Who gives the blog itself as their site is known by name only.
    """
    key = site_key(url)
    if key and not same_host(url, site):
        # on a platform of many, the host would name them all alike
        return key, name if name and "/profile" in key else key.partition("/")[0]
    words = re.sub(r"[^\w.+-]+", "-", unicodedata.normalize("NFKC", name).casefold()).strip("-") or "anonymous"
    return f"{words}@{site_key(site).partition('/')[0]}", name or "anonymous"


def plain_name(name: str) -> str:
    """A name on one line with its HTML entities resolved; WordPress leaves them in."""
    return " ".join(html.unescape(name).split())


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _netloc(scheme: str, host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, _DEFAULT_PORTS.get(scheme)) else f"{name}:{port}"
