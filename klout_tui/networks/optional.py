"""What a network may offer beyond the core of the contract, and what holds where it does not. Asks nobody.

A plugin may be anything: what it does not have, or has in a wrong form, counts as not offered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import httpx

from klout_tui.domain.text import clean_line
from klout_tui.errors import KloutError
from klout_tui.networks.address import host_of
from klout_tui.networks.base import Likeness, LinkRequest, Login, Network
from klout_tui.networks.writing import Writer

LONGEST_REST = 7 * 24 * 60
"""Minutes; a network that wants more is mistaken."""

_LOGIN: tuple[str, ...] = ("asks", "needs", "redirects", "begin", "finish", "revoke")
_WRITER: tuple[str, ...] = (
    "says",
    "own_token",
    "login",
    "quietly",
    "by_name",
    "limit",
    "check",
    "send",
    "find",
    "delete",
)


def writer_of(network: Network) -> Writer | None:
    """How something is written there."""
    writer = getattr(network, "writes", None)
    return cast("Writer", writer) if writer is not None and all(hasattr(writer, each) for each in _WRITER) else None


def login_of(network: Network) -> Login | None:
    """Its way to get a credential without pasting one."""
    login = getattr(network, "login", None)
    return cast("Login", login) if login is not None and all(hasattr(login, each) for each in _LOGIN) else None


def shows(network: Network) -> str:
    """What it shows without a credential; empty where it does not say."""
    said = getattr(network, "shows", "")
    return clean_line(said, 500) if isinstance(said, str) else ""


def least_minutes(network: Network) -> int:
    """Minutes it is to be left alone between two refreshes that nobody asked for; 0 where it does not say."""
    said = getattr(network, "least_minutes", 0)
    return said if isinstance(said, int) and 0 < said <= LONGEST_REST else 0


def objection_to(network: Network, request: LinkRequest) -> KloutError | None:
    """Why this cannot be meant as typed, as far as can be told without asking; None where it can."""
    try:
        network.origin(request)
    except KloutError as error:
        return error
    except (Exception, SystemExit) as error:  # foreign code, which may raise anything
        words = clean_line(f"{type(error).__name__}: {error}", 200)
        return KloutError(f"the {network.name} adapter failed: {words}", hint="Please report this to its authors.")
    return None


def guess(networks: Iterable[Network], text: str) -> Network | None:
    """The one network this is most surely meant for; None where none is, or several are alike."""
    found = [(likeness(network, text), network) for network in networks]
    best = max((surely for surely, _ in found), default=Likeness.NO)
    meant = [network for surely, network in found if surely is best]
    return meant[0] if best is not Likeness.NO and len(meant) == 1 else None


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
