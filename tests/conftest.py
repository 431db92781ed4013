"""Shared fixtures: a frozen clock, a home of each test's own, no keyring, and no network but this machine's own."""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli_helper import Shell

# Before keyring is imported by anybody: tests never touch the safe of whoever runs them.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


def pytest_configure() -> None:
    """Let the garbage collector look less often: every app that a test opened is garbage, and not worth the hurry."""
    gc.set_threshold(20_000)


def pytest_collection_finish() -> None:
    """Spare it what is there for good: five thousand tests and all that they import.

    Without these two it took a quarter of the processor time of the whole suite.
    """
    gc.collect()
    gc.freeze()


class FrozenClock:
    """A clock that stands still until it is told to move; aware UTC."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


@pytest.fixture
def clock() -> FrozenClock:
    """Monday 23 November 2026, 08:15:22 UTC."""
    return FrozenClock(datetime(2026, 11, 23, 8, 15, 22, tzinfo=UTC))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own home, not yet made; also what ``KLOUT_TUI_HOME`` names. The time zone is Berlin's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("KLOUT_TUI_HOME", str(folder))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    for name in ("NO_COLOR", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def shell(clock: FrozenClock) -> Shell:
    """Runs commands in this process, with an invented network called ``town``."""
    from tests.cli_helper import Shell

    return Shell(clock)


@pytest.fixture(autouse=True)
def _no_secret_left(tmp_path: Path) -> Iterator[None]:
    """Fail whatever leaves one of the fake secrets in a file of its own, or says it in a log."""
    from tests import secrets

    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logger, ear = logging.getLogger("klout_tui"), Ear()
    logger.addHandler(ear)
    yield
    logger.removeHandler(ear)
    assert secrets.found_in("\n".join(said)) == []
    assert [(path.name, found) for path, found in secrets.files_with_secrets(tmp_path)] == []


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Fail whatever looks up or connects to a host that is not this machine."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_afar(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_afar(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        if host is not None:
            _refuse_host(host.decode() if isinstance(host, bytes) else str(host))
        return getaddrinfo(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


def _refuse_afar(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6):
        _refuse_host(str(address[0]))


def _refuse_host(host: str) -> None:
    try:
        near = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        near = host in ("", "localhost")
    if not near:
        pytest.fail(f"a test reached for {host}")
