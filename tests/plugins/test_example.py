"""The plugin of ``docs/writing-a-network.md``: word for word what lies in ``examples``, installed and used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from klout_tui.networks.registry import Registry
from klout_tui.session import Session
from klout_tui.tui.app import KloutApp
from klout_tui.worker.linking import link
from tests.conftest import FrozenClock
from tests.plugins.conftest import EXAMPLE
from tests.tui.test_behaviour import text_of
from tests.tui.village import driving

DOCUMENT = Path(__file__).parents[2] / "docs" / "writing-a-network.md"


def test_the_document_shows_every_file_of_the_example_word_for_word() -> None:
    shown = dict(re.findall(r"\*\*`([\w./-]+)`\*\*\n\n```\w+\n(.*?)```\n", DOCUMENT.read_text("utf-8"), re.DOTALL))
    files = (path for path in EXAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert shown == {path.relative_to(EXAMPLE).as_posix(): path.read_text("utf-8") for path in files}


@pytest.mark.usefixtures("home")
def test_its_own_tests_pass(installed: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(EXAMPLE)],
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert re.search(r"^1[0-9] passed", run.stdout, re.MULTILINE), run.stdout[-2_000:]


def test_a_user_installs_links_refreshes_and_sees_it(installed: Path, aviary: str, home: Path) -> None:
    def klout(*arguments: str) -> Any:
        run = subprocess.run(
            [sys.executable, "-m", "klout_tui", *arguments],
            env={**os.environ, "PYTHONPATH": str(installed), "KLOUT_TUI_HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return json.loads(run.stdout) if "--json" in arguments else run.stdout

    linked = klout("link", "aviary", "wren", "--base-url", aviary, "--json")["link"]
    assert linked["account"] == "aviary:wren@127.0.0.1"
    assert (linked["followers"], linked["hosts"]) == (12, ["127.0.0.1"])
    (first,) = klout("refresh", "--json")["refresh"]["accounts"]
    assert (first["status"], first["new_posts"], first["new_interactions"]) == ("ok", 3, 3)
    (second,) = klout("refresh", "--json")["refresh"]["accounts"]
    assert (second["status"], second["requests"]) == ("unchanged", 2)
    texts = {post["text"] for post in klout("show", "posts", "--json")["posts"]}
    assert texts == {"Two herons on one leg each", "Something brown", "Swifts & swallows"}
    handles = [act["actor"]["handle"] for act in klout("show", "interactions", "--json")["interactions"]]
    assert sorted(handles) == ["@Finch@127.0.0.1", "@Finch@127.0.0.1", "@dipper@127.0.0.1"]
    assert "all load" in klout("doctor")


async def test_it_stands_among_the_accounts(
    installed: Path, aviary: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from klout_tui.networks.base import LinkRequest

    monkeypatch.syspath_prepend(installed)
    networks = Registry.load()
    assert networks.get("aviary").title == "The Aviary"
    session = Session.open(clock=clock, networks=networks)
    request = LinkRequest(target="wren", base_url=aviary)
    await link(request, networks.get("aviary"), None, store=session.store, secrets=session.secrets, clock=session.clock)
    async with driving(KloutApp(session)) as driver:
        await driver.until(lambda: driver.app.home.view and driver.app.home.view.accounts[0].last_ok)
        await driver.until(lambda: "@wren@" in text_of(driver.app))
        await driver.press("1", "enter")
        await driver.until(lambda: "Two herons" in text_of(driver.app))
        await driver.until(lambda: "/api/watchers/wren" in text_of(driver.app))
