"""Plugins as they are installed: the example by pip, broken ones by the files pip would have written."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from klout_tui.testing import Recording

EXAMPLE = Path(__file__).parents[2] / "examples" / "klout-tui-aviary"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example in it, put there by pip without a network."""
    folder = tmp_path_factory.mktemp("site")
    offline = ["--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", "-q", *offline, "--target", str(folder), str(EXAMPLE)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def aviary() -> Iterator[str]:
    """The service on this machine; gives its origin."""
    recordings = Recording.read(EXAMPLE / "recordings")

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            request = httpx.Request("GET", f"http://{self.headers['Host']}{self.path}")
            told = next((each.response(request) for each in recordings if each.answers(request)), httpx.Response(404))
            self.send_response(told.status_code)
            self.send_header("Content-Type", told.headers.get("content-type", "text/plain"))
            self.end_headers()
            self.wfile.write(told.content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """``install(name, code)``: a module, and the entry point ``name`` to ``Plugin`` in it."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)

    def put(name: str, code: str) -> None:
        about = folder / f"bad_{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: bad-{name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[klout_tui.networks]\n{name} = bad_{name}:Plugin\n")
        (folder / f"bad_{name}.py").write_text(code)
        importlib.invalidate_caches()

    yield put
    for name in set(sys.modules) - before:
        if name.startswith("bad_"):
            del sys.modules[name]
