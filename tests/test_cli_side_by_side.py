"""Processes side by side, as a user has them: the app in a terminal, cron's refresh, a second window."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

fcntl = pytest.importorskip("fcntl")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

DEADLINE = 30.0
"""Seconds after which something that should happen at once counts as never; generous, since machines are busy."""

ITEM = """<item><title>{title}</title><link>{site}/{title}</link><guid>{site}/{title}</guid>
<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate><description>Words.</description></item>"""


class Site(ThreadingHTTPServer):
    """A page that names a feed, and the feed, which answers only while ``open`` is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.titles = ["one"]
        self.open = threading.Event()
        self.open.set()
        self.asked = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server.url
        items = "".join(ITEM.format(title=title, site=site) for title in self.server.titles)
        rss = f'<rss version="2.0"><channel><title>s</title><link>{site}/</link>{items}</channel></rss>'
        link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
        pages = {"/": ("text/html", f"<html><head>{link}</head></html>"), "/feed.xml": ("application/rss+xml", rss)}
        kind, body = pages.get(self.path, ("text/plain", ""))
        if self.path == "/feed.xml":
            self.server.asked.set()
            self.server.open.wait(DEADLINE)
        try:
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body.encode())
        except OSError:
            self.close_connection = True  # whoever asked was killed

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.open.set()
        server.shutdown()
        thread.join()


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "KLOUT_TUI_HOME": str(home), "NO_PROXY": "*", "no_proxy": "*", "TERM": "xterm-256color"}


def started(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "klout_tui", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
    )


def klout(home: Path, *arguments: str) -> Any:
    """What a command prints with ``--json``; it must succeed."""
    with started(home, *arguments, "--json") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return json.loads(out)


class App:
    """The app in a terminal of its own."""

    def __init__(self, home: Path) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "klout_tui"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(home),
            start_new_session=True,
        )
        os.close(slave)
        self._seen = b""

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def shows(self, text: str) -> bool:
        """Whether the text was drawn, before the deadline."""
        until = time.monotonic() + DEADLINE
        while text.encode() not in self._seen and (left := until - time.monotonic()) > 0:
            if select.select([self._master], [], [], left)[0]:
                try:
                    self._seen += os.read(self._master, 65536)
                except OSError:
                    break  # the app has ended
        return text.encode() in self._seen

    def quit(self) -> int:
        self.press("q")
        code = self.process.poll()
        until = time.monotonic() + DEADLINE
        while code is None and time.monotonic() < until:
            if select.select([self._master], [], [], 0.1)[0]:
                with suppress(OSError):
                    os.read(self._master, 65536)
            code = self.process.poll()
        assert code is not None
        return code

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)


@contextmanager
def app(home: Path) -> Iterator[App]:
    running = App(home)
    try:
        yield running
    finally:
        running.end()


def titles(home: Path) -> set[str]:
    return {post["title"] for post in klout(home, "show", "posts")["posts"]}


def test_the_app_and_the_command_line_see_what_each_other_does(home: Path, site: Site) -> None:
    account = klout(home, "link", "blog", site.url)["link"]["account"]
    klout(home, "refresh")
    assert titles(home) == {"one"}
    with app(home) as running:
        assert running.shows("127.0.0.1:")

        site.titles.append("two")
        (row,) = klout(home, "refresh")["refresh"]["accounts"]
        assert (row["status"], row["new_posts"]) == ("ok", 1), "cron refreshes while the app is open"
        klout(home, "link", "blog", site.url.replace("127.0.0.1", "localhost"))
        assert running.shows("localhost:"), "the app drew what another process linked"

        site.titles.append("three")
        running.press("r")
        until = time.monotonic() + DEADLINE
        while "three" not in titles(home) and time.monotonic() < until:
            pass
        assert titles(home) == {"one", "two", "three"}, "the command line sees what the app fetched"
        assert running.quit() == 0
    assert {row["id"] for row in klout(home, "show", "accounts")["accounts"]} > {account}


def test_a_second_refresher_says_so_and_exits_with_0(home: Path, site: Site) -> None:
    klout(home, "link", "blog", site.url)
    site.open.clear()
    site.asked.clear()
    with started(home, "refresh", "--json") as first:
        assert site.asked.wait(DEADLINE)
        with started(home, "refresh") as second:
            out, err = second.communicate(timeout=60)
        assert second.returncode == 0
        assert "another klout-tui is refreshing" in " ".join((out + err).split())
        (row,) = klout(home, "refresh")["refresh"]["accounts"]
        assert (row["status"], row["error"]["kind"]) == ("skipped", "busy")
        site.open.set()
        out, err = first.communicate(timeout=60)
        assert first.returncode == 0, err
        assert json.loads(out)["refresh"]["accounts"][0]["status"] == "ok"
    assert titles(home) == {"one"}


def test_a_killed_refresher_blocks_nobody(home: Path, site: Site) -> None:
    klout(home, "link", "blog", site.url)
    site.open.clear()
    site.asked.clear()
    with started(home, "refresh") as first:
        assert site.asked.wait(DEADLINE)
        first.send_signal(signal.SIGKILL)
        first.communicate(timeout=60)
    site.open.set()
    (row,) = klout(home, "refresh")["refresh"]["accounts"]
    assert (row["status"], row["new_posts"]) == ("ok", 1)
