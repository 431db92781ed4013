"""Which addresses may be asked, and plain words for why one did not answer. Pure."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from typing import Final

import httpx

from klout_tui.domain.text import clean_line

_PORTS: Final = {"http": 80, "https": 443}
LINES: Final = {"imaps": 993, "imap": 143}
"""Schemes of services that are not on the web, with their usual ports: ``imaps`` is encrypted from the first byte, in
``imap`` encryption is agreed on first. The HTTP client asks none of them; ``Client.dial`` does."""


def is_loopback(host: str) -> bool:
    """Whether the host is this machine: 127.0.0.0/8, ::1, localhost."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(address: str) -> str:
    """The host of an address, lower case; empty where it has none."""
    try:
        return httpx.URL(address).host.lower()
    except (httpx.InvalidURL, ValueError):
        return ""


def is_on(text: str, *hosts: str) -> bool:
    """Whether this is a web address, with or without its scheme, on one of these hosts or on ``www.`` of it."""
    return host_of(text if "://" in text else f"https://{text}").removeprefix("www.") in hosts


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Same scheme, host and port."""
    return _origin(one) == _origin(other)


def objection(address: httpx.URL, *, came_from: httpx.URL | None = None) -> str:
    """Why this address is not asked, as the end of a sentence; empty if it may be.

    Args:
        address: absolute.
        came_from: the address that redirected to it; then neither a downgrade nor a way into this machine is taken.
    """
    if address.scheme not in _PORTS or not address.host:
        return "is no web address"
    if address.userinfo:
        return "holds a user name or password"
    if address.scheme == "http" and came_from is not None and came_from.scheme == "https":
        return "is not encrypted"
    if address.scheme == "http" and not is_loopback(address.host):
        return "is not encrypted"
    if came_from is not None and is_loopback(address.host) and not is_loopback(came_from.host):
        return "lies on this machine"
    return ""


def home_objection(address: httpx.URL) -> str:
    """Why no account can live at this origin, as the end of a sentence; empty if one can."""
    if address.scheme not in LINES:
        return objection(address)
    if address.userinfo:
        return "holds a user name or password"
    return "" if address.host else "names no host"


def describe(address: httpx.URL) -> str:
    """Host and path in one line, without the query."""
    host = f"{address.host}:{address.port}" if address.port else address.host
    return clean_line(f"{host}{address.path.rstrip('/')}", 200) or "an empty address"


def failing(error: Exception, host: str, timeout: float) -> tuple[str, bool]:
    """Plain words for a request that got no whole answer, and whether trying again at once is pointless."""
    chain = tuple(causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in chain):
        return f"{host}'s certificate is not valid", True
    if isinstance(error, httpx.ConnectTimeout):
        return f"{host} could not be reached in time", False
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return f"{host} took longer than {timeout:g} s", False
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return f"{host} could not be spoken to securely", False
    if isinstance(error, httpx.ProxyError):
        return f"the proxy on the way to {host} refused", False
    if any(isinstance(cause, socket.gaierror) for cause in chain):
        return f"{host} could not be found", False
    if isinstance(error, httpx.ConnectError):
        return f"{host} could not be reached", False
    if isinstance(error, httpx.TooManyRedirects | httpx.UnsupportedProtocol):
        return f"{host} has no address we can use", True
    return f"{host} broke off in the middle of its answer", False


def to_check(error: Exception, host: str, *, reached: bool = True) -> str:
    """What she can look at where a request got no whole answer, from the likeliest on.

    Args:
        error: What went wrong.
        host: With whom.
        reached: False where it is certain that there was no connection, which ``httpx`` says by its own errors.
    """
    chain = tuple(causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in chain):
        return (
            "Check the date of this machine. A proxy or virus scanner that reads along may have put its own certificate"
            " in place: SSL_CERT_FILE can name it, if you trust it."
        )
    if isinstance(error, httpx.ProxyError):
        return "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY in your environment."
    if any(isinstance(cause, socket.gaierror) for cause in chain):
        return "Check the name, and whether you are online."
    unconnected = not reached or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
    if is_loopback(host):
        return (
            "That is this machine: check that the server runs, and its port." if unconnected else "It usually passes."
        )
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return "A proxy or firewall in between may be the cause; else the server is, and it usually passes."
    if isinstance(error, httpx.TooManyRedirects | httpx.UnsupportedProtocol):
        return "Check the address."
    if unconnected:
        return "Check whether you are online, and whether a firewall or proxy is in between; else it is down for now."
    return "It usually passes."


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what brought it about, the innermost last."""
    for _ in range(10):  # chains may loop
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _origin(address: httpx.URL) -> tuple[str, str, int | None]:
    return address.scheme, address.host.lower(), address.port or _PORTS.get(address.scheme)
