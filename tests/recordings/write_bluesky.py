"""Writes to a real AT Protocol network, with answers lost on the way, and counts what is there afterwards.

    python tests/recordings/record_bluesky.py --serve > network.json &
    python tests/recordings/write_bluesky.py network.json

It links Ada with her app password, allows writing, and thanks Ben for a reply of his: once with all well, then with the
request lost, with the answer lost, with the session run out, and twice at once. Ends with an error if anything is there
twice, or not at all.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from klout_tui.config import Settings
from klout_tui.credentials import MemorySecrets
from klout_tui.domain.letters import SETTLED_AFTER, Addressee, Letter, Purpose, State
from klout_tui.domain.model import Account
from klout_tui.networks.base import LinkRequest
from klout_tui.networks.bluesky import Bluesky
from klout_tui.networks.registry import Registry
from klout_tui.store.store import Store
from klout_tui.worker.linking import link
from klout_tui.worker.permission import Pen
from klout_tui.worker.posting import PostOffice


class Lossy(httpx.AsyncBaseTransport):
    """The real way out, on which one request to write, or the answer to it, can get lost."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self.lose = ""
        self.writes = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, unless it is lost."""
        if not request.url.path.endswith("putRecord"):
            return await self._inner.handle_async_request(request)
        self.writes += 1
        lose, self.lose = self.lose, ""
        if lose == "request":
            raise httpx.ReadTimeout("lost", request=request)
        response = await self._inner.handle_async_request(request)
        if lose == "answer":
            await response.aread()
            raise httpx.ReadTimeout("lost", request=request)
        return response


class Clock:
    """The present, which can be moved on."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) + self.ahead


async def main(facts: dict[str, Any]) -> None:
    """All of it."""
    wire, clock, safe, network = Lossy(), Clock(), MemorySecrets(), Bluesky()
    networks = Registry({"bluesky": network})
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder, "store"), clock=clock, zone="UTC") as store,
        Store.open(Path(folder, "store"), clock=clock) as beside,
    ):
        request = LinkRequest(facts["handle"], facts["pds"])
        verified = await link(
            request, network, facts["app_password"], store=store, secrets=safe, transport=wire, clock=clock
        )
        account = verified.account

        def office(of: Store) -> PostOffice:
            return PostOffice(Pen(of, networks, safe, Settings(), transport=wire, clock=clock))

        one, other = office(store), office(beside)
        await one.pen.allow(account)
        print(f"linked {account.handle}, writing allowed")
        answered = next(each["uri"] for each in facts["posts"].values() if f"/{'app.bsky.feed.post'}/" in each["uri"])
        before = await count(wire, facts, account)
        letters = [await case(name, lose, one, account, facts, answered, wire, clock) for name, lose in CASES]
        outcomes = await asyncio.gather(
            send(one, account, facts, "Side by side", answered),
            send(other, account, facts, "Side by side", answered),
            return_exceptions=True,
        )
        sent = [each for each in outcomes if isinstance(each, Letter)]
        print(f"twice at once: {[getattr(each, 'state', repr(each)) for each in outcomes]}")
        assert len(sent) == 1
        there = await count(wire, facts, account) - before
        print(f"{there} records for {len(CASES) + 1} letters, {wire.writes} requests to write")
        assert there == len(CASES) + 1
        for letter in (*letters, *sent):
            await one.take_back(letter.key)
        assert await count(wire, facts, account) == before
        print("all taken back")


CASES = (("all well", ""), ("request lost", "request"), ("answer lost", "answer"))


async def case(
    name: str,
    lose: str,
    office: PostOffice,
    account: Account,
    facts: dict[str, Any],
    answered: str,
    wire: Lossy,
    clock: Clock,
) -> Letter:
    """One letter, until it is known to be there."""
    wire.lose = lose
    letter = await send(office, account, facts, f"Thank you, @ben.test, for #python: {name}", answered)
    states = [letter.state]
    if letter.state is State.UNKNOWN:
        looked = await office.look()
        if not looked:
            clock.ahead += SETTLED_AFTER
            looked = await office.look()
        states += [each.state for each in looked]
        if looked[0].state is State.MISSING:
            letter = await office.send_again(letter.key)
            states.append(letter.state)
        else:
            (letter,) = looked
    print(f"{name}: {', then '.join(states)}  {letter.said}")
    assert letter.state is State.SENT, letter.said
    return letter


async def send(office: PostOffice, account: Account, facts: dict[str, Any], text: str, answered: str) -> Letter:
    """Thank Ben in these words."""
    ben = Addressee(key=facts["dids"]["ben"], handle="@ben.test", name="Ben")
    return await office.send(account, Purpose.THANKS, text, to=(ben,), acts=(text,), answers=answered)


async def count(wire: Lossy, facts: dict[str, Any], account: Account) -> int:
    """Posts in her repository, as her own server tells everybody."""
    params = {"repo": account.options["did"], "collection": "app.bsky.feed.post", "limit": "100"}
    async with httpx.AsyncClient(transport=wire) as client:
        answer = await client.get(f"{facts['pds']}/xrpc/com.atproto.repo.listRecords", params=params)
    return len(answer.json()["records"])


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text("utf-8").strip().splitlines()[-1])))
