"""What a network may offer beyond the core of the contract, and what holds where it does not. Asks nobody.

A plugin may be anything: what it does not have, or has in a wrong form, counts as not offered.
"""

from __future__ import annotations

from typing import cast

import httpx

from klout_tui.domain.text import clean_line
from klout_tui.networks.address import host_of
from klout_tui.networks.base import Likeness, LinkRequest, Login, Network

_LOGIN: tuple[str, ...] = ("asks", "needs", "redirects", "begin", "finish", "revoke")


def login_of(network: Network) -> Login | None:
    """Its way to get a credential without pasting one."""
    login = getattr(network, "login", None)
    return cast("Login", login) if login is not None and all(hasattr(login, each) for each in _LOGIN) else None


def shows(network: Network) -> str:
    """What it shows without a credential; empty where it does not say."""
    said = getattr(network, "shows", "")
    return clean_line(said, 500) if isinstance(said, str) else ""


def likeness(network: Network, text: str) -> Likeness:
    """How surely this is meant for the network; where it cannot tell itself, only an address on its own host is."""
    text = text.strip()
    if not text:
        return Likeness.NO
    recognises = getattr(network, "recognises", None)
    try:
        if callable(recognises):
            return Likeness(min(max(int(recognises(text)), Likeness.NO), Likeness.CERTAIN))
        if not is_address(text):
            return Likeness.NO
        home, there = host_of(network.origin(LinkRequest(text))), host_of(text if "://" in text else f"https://{text}")
    except (Exception, SystemExit):  # foreign code, or simply not its kind: whatever it raises, it is no yes
        return Likeness.NO
    return Likeness.CERTAIN if home != there and home.endswith(f".{there}") else Likeness.NO


def is_address(text: str) -> bool:
    """Whether this is a web address, its scheme or a path given: ``https://a.example``, ``a.example/x``."""
    try:
        address = httpx.URL(text if "://" in text else f"https://{text}")
    except (httpx.InvalidURL, ValueError):
        return False
    written = "://" in text or ("/" in text and not text.startswith("@"))
    return written and address.scheme in ("http", "https") and "." in address.host
