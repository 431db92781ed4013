"""Twenty accounts on twenty servers that take 200 ms to answer: one round of the worker, first reading and nothing new.

``python -m benchmarks.refresh [--latency 0.2] [--accounts 20]``. Ten are Mastodon accounts, ten are blogs, with
histories of different lengths; servers lie in this process. Printed is the wall time of the round against the slowest
account read alone, and against all of them read one after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Final

import httpx

from klout_tui.config import Settings
from klout_tui.credentials import MemorySecrets
from klout_tui.networks.base import LinkRequest
from klout_tui.networks.registry import Registry
from klout_tui.store.store import Store
from klout_tui.worker.linking import link
from klout_tui.worker.refresh import Worker

PAGE: Final = 40


class Servers(httpx.AsyncBaseTransport):
    """As many servers as asked for, each with one person's posts and nobody's reactions."""

    def __init__(self, latency: float) -> None:
        self.latency = latency

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One answer, late."""
        await asyncio.sleep(self.latency)
        name = request.url.host.partition(".")[0]
        number = int(name.strip("abcdefghijklmnopqrstuvwxyz"))
        return _blog(request, number) if name.startswith("blog") else _mastodon(request, number)


def _mastodon(request: httpx.Request, number: int) -> httpx.Response:
    host, path, asked = request.url.host, request.url.path, request.url.params
    person = {"id": "1", "username": "ada", "acct": "ada", "url": f"https://{host}/@ada", "followers_count": 10}
    if path in ("/api/v1/accounts/lookup", "/api/v1/accounts/1"):
        return httpx.Response(200, json=person)
    if path != "/api/v1/accounts/1/statuses":
        return httpx.Response(404, json={"error": "Record not found"})
    last = 1000 + PAGE * (1 + number % 10)
    if "min_id" in asked:
        page = range(int(asked["min_id"]) + 1, min(int(asked["min_id"]) + 1 + PAGE, last + 1))
    else:
        before = int(asked.get("max_id", last + 1))
        page = range(max(1001, before - PAGE), before)
    statuses = [_status(host, each, person) for each in reversed(page)]
    older = f'<https://{host}{path}?max_id={page[0]}>; rel="next"' if page and page[0] > 1001 else ""
    return httpx.Response(200, json=statuses, headers={"Link": older} if older else {})


def _status(host: str, number: int, person: dict[str, object]) -> dict[str, object]:
    written = datetime.now(UTC) - timedelta(hours=6 * (2000 - number))
    return {
        "id": str(number),
        "uri": f"https://{host}/users/ada/statuses/{number}",
        "url": f"https://{host}/@ada/{number}",
        "created_at": written.isoformat(),
        "account": person,
        "content": f"<p>Post {number}</p>",
        "visibility": "public",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "tags": [{"name": "python"}],
    }


def _blog(request: httpx.Request, number: int) -> httpx.Response:
    site, path = f"https://{request.url.host}", request.url.path
    if path == "/":
        head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
        return httpx.Response(200, html=f"<html><head>{head}</head><body>Blog {number}</body></html>")
    if path != "/feed.xml":
        return httpx.Response(404, text="nothing here")
    if request.headers.get("if-none-match") == '"1"':
        return httpx.Response(304)
    items = "".join(
        f"<item><title>Article {each}</title><link>{site}/{each}</link><guid>{site}/{each}</guid>"
        f"<pubDate>{format_datetime(datetime(2026, 11, 1, tzinfo=UTC) - timedelta(days=each))}</pubDate></item>"
        for each in range(1, 11)
    )
    feed = f'<rss version="2.0"><channel><title>Blog</title><link>{site}/</link>{items}</channel></rss>'
    return httpx.Response(200, text=feed, headers={"Content-Type": "application/rss+xml", "ETag": '"1"'})


async def measured(folder: Path, latency: float, accounts: int) -> dict[str, tuple[float, float, float, int]]:
    """By round: seconds together, seconds of the slowest alone, seconds one after the other, requests."""
    found: dict[str, tuple[float, float, float, int]] = {}
    together, alone = await _prepared(folder / "together", accounts), await _prepared(folder / "alone", accounts)
    for store, servers in (together, alone):
        servers.latency = latency
        assert len(store.accounts()) == accounts
    for name in ("first reading", "nothing new"):
        begun = time.perf_counter()
        results = await _worker(*together).refresh()
        took = time.perf_counter() - begun
        each = [(await _timed(_worker(*alone), account.id)) for account in alone[0].accounts()]
        assert all(result.fault is None for result in results), results
        found[name] = (took, max(each), sum(each), sum(result.requests for result in results))
    return found


async def _prepared(folder: Path, accounts: int) -> tuple[Store, Servers]:
    store = Store.open(folder, clock=lambda: datetime.now(UTC), zone="UTC")
    servers, networks, secrets = Servers(0), Registry.load(), MemorySecrets()
    for number in range(accounts):
        network = ("mastodon", "blog")[number % 2]
        target = f"@ada@social{number}.example" if network == "mastodon" else f"https://blog{number}.example"
        await link(
            LinkRequest(target=target),
            networks.get(network),
            None,
            store=store,
            secrets=secrets,
            transport=servers,
            clock=lambda: datetime.now(UTC),
        )
    return store, servers


def _worker(store: Store, servers: Servers) -> Worker:
    return Worker(
        store, Registry.load(), MemorySecrets(), Settings(), transport=servers, clock=lambda: datetime.now(UTC)
    )


async def _timed(worker: Worker, account: str) -> float:
    begun = time.perf_counter()
    await worker.refresh([account])
    return time.perf_counter() - begun


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--accounts", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="klout-tui-benchmark-") as folder:
        found = asyncio.run(measured(Path(folder), options.latency, options.accounts))
    print(f"{options.accounts} accounts, {options.latency:g} s an answer")
    print(f"{'':16}{'together':>10}{'slowest':>10}{'ratio':>8}{'in turn':>10}{'ratio':>8}{'requests':>10}")
    for name, (took, slowest, turn, requests) in found.items():
        print(f"{name:16}{took:9.2f}s{slowest:9.2f}s{took / slowest:8.2f}{turn:9.2f}s{turn / took:8.1f}{requests:10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
