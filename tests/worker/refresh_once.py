"""A process of its own that refreshes two accounts once, to be killed by ``test_kill.py``.

``python -m tests.worker.refresh_once FOLDER WHERE NOW``: the store's folder; the server's address, or ``demo`` for the
real adapters over the demo's networks; the fixed time (ISO 8601). Writes a line after every stored batch.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from klout_tui.credentials import MemorySecrets
from klout_tui.demo import open_demo
from klout_tui.networks.base import Network
from klout_tui.networks.blog import Blog
from klout_tui.networks.mastodon import Mastodon
from klout_tui.store.store import Store
from klout_tui.worker.events import Event, Progressed
from klout_tui.worker.linking import link
from klout_tui.worker.refresh import Worker
from tests.worker.fakes import account, make_worker


def tell(event: Event) -> None:
    if isinstance(event, Progressed):
        print("stored", event.account_id, event.posts, flush=True)  # noqa: T201


def over_pages(store: Store, url: str, clock: Callable[[], datetime]) -> Worker:
    for handle in ("alice", "bob"):
        owner = account(handle, url, at=clock())
        if store.account(owner.id) is None:
            store.link(owner)
    return make_worker(store, clock)


async def over_demo(store: Store, clock: Callable[[], datetime]) -> Worker:
    demo, secrets = open_demo(clock), MemorySecrets()
    networks: dict[str, Network] = {"mastodon": Mastodon(), "blog": Blog()}
    for each in demo.links:
        await link(
            each.request,
            networks[each.network],
            each.token,
            store=store,
            secrets=secrets,
            transport=demo.transport,
            clock=clock,
        )
    return make_worker(store, clock, *networks.values(), transport=demo.transport, secrets=secrets)


async def main(folder: str, where: str, now: str) -> int:
    moment = datetime.fromisoformat(now)

    def clock() -> datetime:
        return moment

    with Store.open(Path(folder), clock=clock, zone="Europe/Berlin") as store:
        worker = await over_demo(store, clock) if where == "demo" else over_pages(store, where, clock)
        results = await worker.refresh(report=tell)
    return 0 if all(result.status in {"ok", "unchanged"} for result in results) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
