"""The dialogs about accounts, at the sizes people have."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from klout_tui.networks.base import Network
from klout_tui.networks.blog import Blog
from klout_tui.networks.mastodon import Mastodon
from klout_tui.networks.mastodon.login import BrowserLogin
from klout_tui.networks.registry import Broken, Registry
from klout_tui.tui.app import KloutApp
from tests.conftest import FrozenClock
from tests.networks.oauth_fake import FakeOAuth
from tests.town import Town
from tests.tui.test_link import refused
from tests.tui.test_pictures import LARGE, SMALL, USUAL, Snap, drawn
from tests.tui.village import full, open_app

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="pictures are kept for one Python, so that only our own changes show"
)
SIZES = pytest.mark.parametrize("size", [SMALL, USUAL, LARGE], ids=["80x24", "120x36", "200x60"])


class Steady(Mastodon):
    """Mastodon with a login whose chance is always the same."""

    login: ClassVar[Any] = BrowserLogin(lambda size: "0123456789" * (size // 10 + 4))


def named(title: str) -> Town:
    """A further network of that title."""
    return type(title, (Town,), {"name": title.lower().replace(" ", ""), "title": title})()  # type: ignore[no-any-return]


@pytest.fixture
def many(home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[KloutApp]:
    """An app with nine networks, one of them broken."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    app = open_app(home, clock, refused)
    others = [named(title) for title in ("Bluesky", "DEV", "GitHub", "Hacker News", "Lemmy", "Webmention")]
    networks: list[Network] = [Blog(), Steady(), Town(), *others]
    registry = Registry({each.name: each for each in networks})
    registry._loaded["lost"] = Broken("lost", "ModuleNotFoundError: no module named 'lost'")
    app.session.networks = registry
    app.session.transport = httpx.MockTransport(FakeOAuth().answer)
    yield app
    app.session.close()


@SIZES
def test_choosing(many: KloutApp, snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ("a", *"@alice@social.example")
    assert snap_compare(many, terminal_size=size, run_before=drawn(*keys))


@SIZES
def test_found(many: KloutApp, snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ("a", *"ada", "shift+tab", *["down"] * 7, "tab", "enter")
    assert snap_compare(many, terminal_size=size, run_before=drawn(*keys, busy=("view", "open", "link")))


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["80x24", "120x36"])
def test_waiting_for_the_browser(many: KloutApp, snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ("a", *"@alice@social.example", "ctrl+l")
    assert snap_compare(many, terminal_size=size, run_before=drawn(*keys))


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["80x24", "120x36"])
def test_mending(many: KloutApp, snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(many, terminal_size=size, run_before=drawn("1", "home", "c"))


@pytest.mark.parametrize("keys", [(), ("left", "enter")], ids=["asked", "sure"])
def test_unlinking(home: Path, clock: FrozenClock, snap_compare: Snap, keys: tuple[str, ...]) -> None:
    app = open_app(home, clock, full)
    try:
        assert snap_compare(app, terminal_size=SMALL, run_before=drawn("1", "home", "u", *keys))
    finally:
        app.session.close()


def test_narrow(many: KloutApp, snap_compare: Snap) -> None:
    assert snap_compare(many, terminal_size=(58, 30), run_before=drawn("a", *"ada"))
