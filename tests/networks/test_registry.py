"""Networks are found by name, loaded late, and a broken one stands alone."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import httpx
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.errors import KloutError, UsageError
from klout_tui.networks.base import LinkRequest, Network, Verified
from klout_tui.networks.http import Client
from klout_tui.networks.registry import GROUP, Broken, PluginBroken, Registry


class Fine:
    """A network that does nothing."""

    name: ClassVar[str] = "fine"
    title: ClassVar[str] = "Fine"
    target_hint: ClassVar[str] = ""
    option_hints: ClassVar[Mapping[str, str]] = {}
    wants_token: ClassVar[str] = ""

    def origin(self, request: LinkRequest) -> str:
        return request.base_url

    def hosts(self, account: Account) -> tuple[str, ...]:
        return (httpx.URL(account.base_url).host,)

    async def verify(self, request: LinkRequest, client: Client, now: object) -> Verified:
        raise NotImplementedError

    async def refresh(self, account: Account, cursor: Cursor, client: Client, now: object) -> AsyncIterator[Batch]:
        nothing: tuple[Batch, ...] = ()
        for batch in nothing:
            yield batch


class Raising:
    """Fails when it is made."""

    def __init__(self) -> None:
        raise RuntimeError("no \x1b[31mluck")


HERE = __name__


def entries(**values: str) -> importlib.metadata.EntryPoints:
    return importlib.metadata.EntryPoints(
        importlib.metadata.EntryPoint(name, value, GROUP) for name, value in values.items()
    )


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Entry points to be found by ``Registry.load``."""
    values = {
        "fine": f"{HERE}:Fine",
        "gone": "no.such.module:Network",
        "missing": f"{HERE}:NoSuchClass",
        "raising": f"{HERE}:Raising",
        "other": f"{HERE}:Fine",
        "word": f"{HERE}:HERE",
    }
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: entries(**values).select(group=group))
    return values


def test_given_networks() -> None:
    fine: Network = Fine()
    registry = Registry({"fine": fine})
    assert registry.names() == tuple(registry) == ("fine",)
    assert len(registry) == 1
    assert "fine" in registry
    assert "other" not in registry
    assert registry["fine"] is registry.get("fine") is fine


@pytest.mark.usefixtures("installed")
def test_names_are_sorted_and_cost_no_import() -> None:
    assert Registry.load().names() == ("fine", "gone", "missing", "other", "raising", "word")


@pytest.mark.usefixtures("installed")
def test_a_network_is_made_once() -> None:
    registry = Registry.load()
    assert isinstance(registry.get("fine"), Fine)
    assert registry.get("fine") is registry.get("fine")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone", "ModuleNotFoundError: No module named 'no'"),
        ("missing", "AttributeError"),
        ("raising", "RuntimeError: no luck"),
        ("other", "it calls itself 'fine'"),
        ("word", "it is no network: it lacks name, target_hint"),
    ],
)
def test_a_broken_plugin_names_its_reason(name: str, reason: str) -> None:
    registry = Registry.load()
    with pytest.raises(PluginBroken) as error:
        registry.get(name)
    assert reason in error.value.message
    assert error.value.as_fault().kind == "plugin"
    assert isinstance(error.value, KloutError)
    broken = registry.look(name)
    assert isinstance(broken, Broken)
    assert broken.name == name


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("typed", "hint"), [("Fime", "Did you mean fine?"), ("zzzz", "Known networks: fine, gone")])
def test_an_unknown_name_gets_a_suggestion(typed: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        Registry.load().get(typed)
    assert error.value.hint.startswith(hint)


def test_no_plugin_replaces_a_built_in_network(monkeypatch: pytest.MonkeyPatch) -> None:
    both = importlib.metadata.EntryPoints(
        [
            importlib.metadata.EntryPoint("mastodon", "another.package:Mastodon", GROUP),
            importlib.metadata.EntryPoint("mastodon", "klout_tui.networks.mastodon:Mastodon", GROUP),
        ]
    )
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: both.select(group=group))
    assert type(Registry.load().get("mastodon")).__module__.startswith("klout_tui.networks.mastodon")


def test_loading_the_registry_imports_no_adapter() -> None:
    code = (
        "import sys; from klout_tui.networks.registry import Registry; names = Registry.load().names();"
        "assert 'mastodon' in names, names; assert 'klout_tui.networks.mastodon' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
