"""The contract of a network that can be written to, as tests: see ``klout_tui.networks.writing``.

Subclass ``WriterContract`` under a name that begins with ``Test``. The answers must keep what is written, as a server
does: a letter is sent, looked for and deleted, and sent with something going wrong at every request, before the server
has heard of it and after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, TypeVar

import httpx

from klout_tui.domain.model import Account
from klout_tui.domain.text import clean_line
from klout_tui.networks.base import Network, NetworkError
from klout_tui.networks.http import Client, Limits
from klout_tui.networks.optional import writer_of
from klout_tui.networks.writing import Outgoing, Sent, Writer, surely_not_there
from klout_tui.testing.shelf import ContractBroken, expect
from klout_tui.worker.hosts import hosts_of

T = TypeVar("T")

_LOST: Final = ("before, nothing", "before, 502", "after, nothing", "after, 502", "after, nonsense")


class WriterContract:
    """What every network that can be written to must do; see the module."""

    network: ClassVar[Network]
    """The adapter under test."""
    account: ClassVar[Account]
    """A linked account there."""
    token: ClassVar[str]
    """A made-up credential that may write."""
    letter: ClassVar[Outgoing]
    """What is written; an answer, best, to something the answers hold."""
    now: ClassVar[datetime] = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    """The present; no later than the letter's ``at``."""

    def transport(self) -> httpx.AsyncBaseTransport:
        """A server that keeps what is written to it; a new one for each use."""
        raise ContractBroken("override transport()")

    @property
    def writer(self) -> Writer:
        """How something is written there."""
        writer = writer_of(self.network)
        if writer is None:
            raise ContractBroken("writes lacks something that networks.writing.Writer has")
        return writer

    def test_it_says_what_allowing_it_means(self) -> None:
        """One harmless sentence, and plain answers."""
        writer = self.writer
        expect(writer.says and writer.says == clean_line(writer.says, 500), "says is one harmless sentence")
        for name in ("own_token", "quietly", "by_name"):
            expect(isinstance(getattr(writer, name), bool), f"{name} is true or false")

    def test_its_limit_counts(self) -> None:
        """Nothing is 0 long, a longer text is never shorter, and what was found at ``check`` is what fits."""
        limit = self.writer.limit(self.account, 0)
        expect(limit.most > 0, "the usual limit is a number")
        expect(limit.length("") == 0, "an empty text is 0 long")
        lengths = [limit.length("word " * count) for count in range(1, 20)]
        expect(lengths == sorted(lengths) and lengths[0] > 0, "a longer text is never shorter")

    def test_what_is_sent_is_found_and_deleted(self) -> None:
        """Once there it is found under the same id; deleted, it is not; deleting twice is harmless."""
        wire = self.transport()
        expect(self._find(wire) is None, "something is found that was never sent")
        sent = self._send(wire)
        expect(bool(sent.id), "send tells the id of what is there")
        expect(self._find(wire) == sent, "what was sent is not found, or as something else")
        other = replace(self.letter, key="f" * 32, text=self.letter.text + " And more.")
        expect(self._find(wire, other) is None, "another letter is found that was never sent")
        for _ in range(2):
            self._run(wire, lambda client: self.writer.delete(self.account, sent, client))
        expect(self._find(wire) is None, "what was deleted is still found")

    def test_checking_writes_nothing(self) -> None:
        """``check`` gives a number, and leaves nothing behind."""
        wire = self.transport()
        most = self._run(wire, lambda client: self.writer.check(self.account, client))
        expect(most >= 0, "check tells how much fits, or 0")
        expect(self._find(wire) is None, "check wrote something")

    def test_it_says_truly_whether_it_is_there(self) -> None:
        """Whatever goes wrong, at whatever request: what is there is never said to be surely not there.

        A second try under the same key, made only where nothing is found, is then the only one.
        """
        counting = _Losing(self.transport())
        self._send(counting)
        for number in range(counting.asked):
            for how in _LOST:
                where = f"{how} at request {number + 1} of {counting.asked}"
                server = self.transport()
                error: NetworkError | None = None
                try:
                    self._send(_Losing(server, number, how))
                except NetworkError as raised:
                    error = raised
                except Exception as raised:
                    raise ContractBroken(f"{where}: it raised {raised!r}, which is no NetworkError") from raised
                found = self._find(server)
                expect(error is not None or found is not None, f"{where}: it said nothing, and nothing is there")
                if error is not None and found is not None:
                    expect(not surely_not_there(error), f"{where}: it is there, and {error!r} says that it is not")
                if found is None:
                    self._send(server)
                    expect(self._find(server) is not None, f"{where}: the second try is not found")

    def _send(self, wire: httpx.AsyncBaseTransport) -> Sent:
        return self._run(wire, lambda client: self.writer.send(self.account, self.letter, client))

    def _find(self, wire: httpx.AsyncBaseTransport, letter: Outgoing | None = None) -> Sent | None:
        return self._run(wire, lambda client: self.writer.find(self.account, letter or self.letter, (), client))

    def _run(self, wire: httpx.AsyncBaseTransport, ask: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        async def asked() -> T:
            async with Client(
                base_url=self.account.base_url,
                token=self.token,
                hosts=hosts_of(self.network, self.account),
                keep_session=_forgotten,
                transport=wire,
                clock=lambda: self.now,
                sleep=_at_once,
                limits=Limits(tries=1, timeout=5.0, total=20.0),
            ) as client:
                return await ask(client)

        return asyncio.run(asked())


class _Losing(httpx.AsyncBaseTransport):
    """Loses one request, or the answer to it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, at: int = -1, how: str = "") -> None:
        self.asked = 0
        self._inner = inner
        self._at = at
        self._how = how

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, or what is left of it."""
        number, self.asked = self.asked, self.asked + 1
        if number != self._at:
            return await self._inner.handle_async_request(request)
        when, what = self._how.split(", ")
        if when == "after":
            await self._inner.handle_async_request(request)
        if what == "nothing":
            raise httpx.ReadTimeout("nothing came", request=request)
        return httpx.Response(502 if what == "502" else 200, text="<html>hello</html>", request=request)


async def _forgotten(_: str) -> None:
    """Sessions are made anew each time."""


async def _at_once(_: float) -> None:
    """Nobody waits."""
