"""One account on the bench: verified and refreshed as the worker would, against whatever transport a test hands in."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeVar

import httpx

from klout_tui.networks.base import LinkRequest, Network, NetworkError, Verified
from klout_tui.networks.http import Client, Limits
from klout_tui.testing.shelf import ContractBroken, Shelf, expect, texts
from klout_tui.testing.trouble import Troubled
from klout_tui.worker.verifying import ask

T = TypeVar("T")

ROUNDS: Final = 25
"""Refreshes in which an adapter must have read all that the answers hold."""
ONE_TRY: Final = Limits(tries=1, timeout=5.0, total=20.0)


@dataclass(frozen=True)
class Bench:
    """What is needed to ask a network about one account."""

    network: Network
    request: LinkRequest
    token: str | None
    now: datetime
    answers: Callable[[], httpx.AsyncBaseTransport]

    def verify(self, transport: Troubled | None = None) -> tuple[Verified, str]:
        """The account and the session that finding it made.

        Raises:
            NetworkError, UsageError: as ``Network.verify``.
        """
        return _run(self._verify(transport or Troubled(self.answers())))

    @cached_property
    def _linked(self) -> tuple[Verified, str]:
        return self.verify()

    def shelf(self) -> Shelf:
        """An empty shelf for the account."""
        verified, session = self._linked
        return Shelf(verified.account, verified.hosts, has_token=self.token is not None, session=session)

    def refresh(
        self,
        shelf: Shelf,
        transport: Troubled | None = None,
        *,
        batches: int | None = None,
        now: datetime | None = None,
        anywhere: bool = False,
    ) -> NetworkError | None:
        """One refresh from the shelf's cursor, put on the shelf batch by batch; the error it ended with, if any.

        Args:
            shelf: what was read before.
            transport: the answers, if not the plain ones.
            batches: after how many it is killed.
            now: if not the bench's.
            anywhere: whether other hosts than those declared may be asked.

        Raises:
            ContractBroken: it raised something else, or handed over what the worker would refuse.
        """
        return _run(self._refresh(shelf, transport or Troubled(self.answers()), batches, now or self.now, anywhere))

    def to_the_end(self, shelf: Shelf) -> None:
        """Refresh until nothing more comes.

        Raises:
            ContractBroken: it fails, or never ends.
        """
        for _ in range(ROUNDS):
            before = shelf.again()
            error = self.refresh(shelf)
            expect(error is None, f"with nothing wrong, a refresh failed: {error}")
            if shelf.cursor == before.cursor and not shelf.differs(before):
                return
        raise ContractBroken(f"after {ROUNDS} refreshes against the same answers the cursor still moves")

    def whole(self) -> Shelf:
        """All that there is to read."""
        shelf = self.shelf()
        self.to_the_end(shelf)
        return shelf

    async def _verify(self, transport: Troubled) -> tuple[Verified, str]:
        return await ask(
            self.request,
            self.network,
            self.token,
            transport=transport,
            clock=lambda: self.now,
            sleep=_at_once,
            rng=random.Random(1),
        )

    async def _refresh(
        self, shelf: Shelf, transport: Troubled, batches: int | None, now: datetime, anywhere: bool
    ) -> NetworkError | None:
        async def keep(session: str) -> None:
            shelf.session = session

        async with Client(
            base_url=shelf.account.base_url,
            token=self.token,
            session=shelf.session,
            keep_session=keep,
            hosts=None if anywhere else shelf.hosts,
            transport=transport,
            clock=lambda: now,
            sleep=_at_once,
            rng=random.Random(1),
            limits=ONE_TRY,
        ) as client:
            stream = self.network.refresh(shelf.account, dict(shelf.cursor), client, now)
            try:
                async for batch in stream:
                    shelf.add(batch)
                    expect(not any(map(client.holds_secret, texts(batch))), "a credential is stored with the data")
                    if batches is not None and (batches := batches - 1) <= 0:
                        break
            except NetworkError as error:
                said = (error.message, error.hint, repr(error))
                expect(not any(map(client.holds_secret, said)), "an error repeats a credential")
                return error
            except ContractBroken:
                raise
            except Exception as error:
                raise ContractBroken(f"refresh raised {error!r}, which is no NetworkError") from error
            finally:
                if (close := getattr(stream, "aclose", None)) is not None:
                    await close()
        return None


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run it in an event loop of its own, wherever the test itself runs."""
    return asyncio.run(work)


async def _at_once(_: float) -> None:
    return None
