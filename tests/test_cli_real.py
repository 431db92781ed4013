"""The command as a user runs it: real processes, the real blog adapter, a small site on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>A small site</title><link>{site}/</link><description>d</description>
<item><title>First [/] post</title><link>{site}/first</link><guid>{site}/first</guid>
<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate><category>Python</category><description>One.</description></item>
<item><title>Second</title><link>{site}/second</link><guid>{site}/second</guid>
<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate><description>Two.</description></item>
</channel></rss>"""

PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>Hello</body></html>'


class _Site(BaseHTTPRequestHandler):
    """A page that names a feed, and the feed; while ``down``, nothing."""

    down = False

    def do_GET(self) -> None:
        site = f"http://{self.headers['Host']}"
        pages = {"/": ("text/html", PAGE), "/feed.xml": ("application/rss+xml", FEED.format(site=site))}
        kind, body = pages.get(self.path, ("text/plain", ""))
        self.send_response(410 if type(self).down else 200 if body else 404)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(b"" if type(self).down else body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(_Site, "down", False)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def _klout(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "klout_tui", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "KLOUT_TUI_HOME": str(home), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
    )


def test_a_blog_from_linking_to_showing(home: Path, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    linked = _klout(home, "link", "blog", site, "--json")
    assert (linked.returncode, linked.stderr) == (0, "")
    account = json.loads(linked.stdout)["link"]["account"]

    refreshed = _klout(home, "refresh", "--json")
    assert refreshed.returncode == 0, refreshed.stderr
    (row,) = json.loads(refreshed.stdout)["refresh"]["accounts"]
    assert (row["account"], row["status"], row["new_posts"]) == (account, "ok", 2)
    assert row["requests"] >= 1

    (row,) = json.loads(_klout(home, "refresh", "--json").stdout)["refresh"]["accounts"]
    assert row["status"] == "unchanged"

    posts = json.loads(_klout(home, "show", "posts", "--json").stdout)["posts"]
    assert [(post["title"], post["kind"], post["at"]) for post in posts] == [
        ("First [/] post", "article", "2026-11-01T10:00:00Z"),
        ("Second", "article", "2026-11-02T10:00:00Z"),
    ]
    assert posts[0]["topics"] == ["python"]

    monkeypatch.setattr(_Site, "down", True)
    failed = _klout(home, "refresh", "--json")
    assert failed.returncode == 1
    assert json.loads(failed.stdout)["refresh"]["accounts"][0]["error"]["kind"] == "not_found"
    assert len(json.loads(_klout(home, "show", "posts", "--json").stdout)["posts"]) == 2


def test_nobody_at_the_address_is_one_plain_error(home: Path, site: str) -> None:
    result = _klout(home, "link", "blog", site + "/nothing-here")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr
