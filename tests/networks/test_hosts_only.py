"""No connection but to the hosts that were told: every built-in network, linked and refreshed by the real worker.

A network that comes along with klout-tui needs a ``NetworkContract`` in ``tests/networks/test_contract_NAME.py``; this
finds it there. Whatever goes past the client is caught at the socket.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
import socket
from pathlib import Path
from typing import Any

import pytest

import tests.networks
from klout_tui.config import Settings
from klout_tui.credentials import MemorySecrets
from klout_tui.networks.registry import GROUP, Registry
from klout_tui.store.store import Store
from klout_tui.testing import NetworkContract
from klout_tui.testing.trouble import Troubled
from klout_tui.worker.linking import link
from klout_tui.worker.refresh import Worker


def contracts() -> dict[str, type[NetworkContract]]:
    """Every contract of the tests beside this one, by its name."""
    for module in pkgutil.iter_modules(tests.networks.__path__):
        if module.name.startswith("test_contract_"):
            importlib.import_module(f"tests.networks.{module.name}")
    found: dict[str, type[NetworkContract]] = {}
    waiting = list(NetworkContract.__subclasses__())
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if each.__module__.startswith("tests.networks."):
            found[each.__name__] = each
    return found


CONTRACTS = contracts()
BUILT_IN = sorted(
    entry.name for entry in importlib.metadata.entry_points(group=GROUP) if entry.value.startswith("klout_tui.")
)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_network_runs_the_contract(name: str) -> None:
    assert name in {each.network.name for each in CONTRACTS.values()}, f"write tests/networks/test_contract_{name}.py"


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Refuses and notes whatever is looked up or connected to, this machine included."""
    reached: list[str] = []

    def refuse(*asked: Any, **_: Any) -> Any:
        reached.append(repr(asked[-2:]))
        raise OSError("sealed by a test")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    return reached


async def no_sleep(_: float) -> None:
    return None


@pytest.mark.parametrize("name", sorted(CONTRACTS))
async def test_a_refresh_connects_to_declared_hosts_only(name: str, tmp_path: Path, sealed: list[str]) -> None:
    contract = CONTRACTS[name]()
    network, now = contract.network, contract.now
    secrets, watched = MemorySecrets(), Troubled(contract.transport())
    with Store.open(tmp_path, clock=lambda: now, zone="UTC") as store:
        verified = await link(
            contract.request,
            network,
            contract.token,
            store=store,
            secrets=secrets,
            transport=watched,
            clock=lambda: now,
            sleep=no_sleep,
        )
        told = frozenset(host.removeprefix("www.") for host in verified.hosts)
        watched = Troubled(contract.transport(), hosts=told)
        worker = Worker(
            store,
            Registry({network.name: network}),
            secrets,
            Settings(),
            transport=watched,
            clock=lambda: now,
            sleep=no_sleep,
        )
        for _ in range(3):
            (result,) = await worker.refresh()
            assert result.fault is None
    assert watched.asked
    assert watched.strangers == []
    assert sealed == []


async def test_what_goes_past_the_client_would_be_seen(sealed: list[str]) -> None:
    import asyncio

    with pytest.raises(OSError, match="sealed"):
        await asyncio.open_connection("127.0.0.1", 9)
    with pytest.raises(OSError, match="sealed"):
        socket.create_connection(("stranger.example", 443))
    assert len(sealed) == 2
