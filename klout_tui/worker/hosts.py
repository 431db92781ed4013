"""Which hosts an account's refreshes may ask: its own, and those its adapter names. The client refuses all others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import httpx

from klout_tui.domain.model import Account
from klout_tui.domain.text import clean_line
from klout_tui.networks.address import host_of
from klout_tui.networks.base import Network
from klout_tui.worker.faults import AdapterError

_HOST: Final = re.compile(r"[\w.:-]+")
MOST: Final = 50
"""More is no list of hosts a user could look over."""


def hosts_of(network: Network, account: Account) -> tuple[str, ...]:
    """The host of ``base_url``, then those the adapter names, each once.

    Raises:
        AdapterError: what it names are no hosts.
        Exception: whatever a plugin lets slip.
    """
    named: object = network.hosts(account)
    if isinstance(named, str | bytes) or not isinstance(named, Iterable):
        raise AdapterError(f"the {network.name} adapter named no list of hosts")
    hosts = [host_of(account.base_url)]
    for name in named:
        if len(hosts) > MOST:
            raise AdapterError(f"the {network.name} adapter named more than {MOST} hosts")
        hosts.append(_host(name, network.name))
    return tuple(dict.fromkeys(filter(None, hosts)))


def _host(name: object, network: str) -> str:
    """A host as the client compares it: lower case, international ones readable."""
    if name == "":
        return ""  # of an address that has none
    try:
        if isinstance(name, str):
            literal = ":" in name and not name.startswith("[")  # IPv6, as httpx gives it
            address = httpx.URL(f"https://[{name}]/" if literal else f"https://{name}/")
            more = address.userinfo or address.port or address.path != "/" or address.query
            if _HOST.fullmatch(address.host) and not more:
                return address.host.lower()
    except (httpx.InvalidURL, ValueError):
        pass
    raise AdapterError(f"the {network} adapter named {clean_line(repr(name), 80)} as a host")
