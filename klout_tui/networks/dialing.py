"""Connections to services that are not on the web: one to one host, encrypted, bounded in time and bytes.

``Client.dial`` opens a ``Line``; what lies under it is a ``Wire``, a socket or whatever a test puts in its place.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

import httpx

from klout_tui.domain.text import clean_line
from klout_tui.networks.address import causes, is_loopback, to_check
from klout_tui.networks.base import NotUnderstood, RateLimited, TooLarge, Unavailable
from klout_tui.networks.limits import Limits
from klout_tui.networks.record import Asked, Record
from klout_tui.networks.wire import certificates

LONGEST_LINE: Final = 1 << 20
"""Bytes: a search among a hundred thousand mails fits."""
_FULL: Final = 1 << 18
"""Bytes received and not yet read, beyond which the other side has to wait."""


class Wire(Protocol):
    """Bytes to and from one host. Everything it raises is an ``OSError`` (time-outs and TLS errors are)."""

    async def receive(self) -> bytes:
        """What has come, waiting for something; nothing at the end."""
        ...

    async def send(self, data: bytes) -> None:
        """Send all of it."""
        ...

    async def encrypt(self, host: str) -> None:
        """Go on under TLS, with the host's certificate checked."""
        ...

    async def close(self) -> None:
        """Hang up; harmless if that was done."""
        ...


@runtime_checkable
class Dialer(Protocol):
    """What a transport other than the network has if it can be spoken to in other protocols than HTTP."""

    async def dial(self, host: str, port: int, *, encrypted: bool) -> Wire:
        """A wire to this host."""
        ...


class Line:
    """A conversation with one host. What is asked is noted, and bounded, like requests are."""

    def __init__(
        self,
        wire: Wire,
        host: str,
        *,
        protocol: str,
        encrypted: bool,
        limits: Limits,
        record: Record,
        clock: Callable[[], datetime],
        blotted: Callable[[str], str],
    ) -> None:
        self.host = host
        self.encrypted = encrypted
        self._protocol = protocol
        self.blotted = blotted
        """Takes every secret the client knows out of a text."""
        self._wire = wire
        self._limits = limits
        self._record = record
        self._clock = clock
        self._buffer = bytearray()
        self._received = 0

    @asynccontextmanager
    async def asking(self, what: str, about: str = "", *, authorised: bool = False) -> AsyncIterator[list[str]]:
        """One thing asked, noted when the block ends; the outcome is what is put into the list.

        Raises:
            RateLimited: this refresh has asked often enough.
            Unavailable: it takes too long.
        """
        limits = self._limits
        begun, before = self._clock(), self._received
        if self._record.total >= limits.requests:
            raise RateLimited(
                f"this refresh has asked {limits.requests:,} times, which is enough for now",
                hint="What is left is read with the next one.",
                retry_at=begun + limits.break_after,
            )
        outcome: list[str] = []
        try:
            async with asyncio.timeout(limits.total):
                yield outcome
        except TimeoutError as error:
            outcome[:] = ["too slow"]
            slow = f"{self.host} took longer than {limits.total:g} s for one answer"
            raise Unavailable(slow, hint=to_check(error, self.host)) from error
        except asyncio.CancelledError:
            outcome[:] = ["given up"]
            raise
        finally:
            place = clean_line(self.blotted(f"{self.host} {what} {about}"), 200)
            said = (outcome or ["no whole answer"])[-1]
            took = self._clock() - begun
            self._record.note(Asked(begun, self._protocol, place, said, self._received - before, took, authorised))

    async def send(self, data: bytes, *, secret: bool = False) -> None:
        """Send all of it.

        Args:
            data: what to send.
            secret: whether it holds a credential, which leaves this machine under TLS only.

        Raises:
            Unavailable: it does not get through.
            NotUnderstood: it would leave this machine unencrypted.
        """
        if secret and not self.encrypted and not is_loopback(self.host):
            raise NotUnderstood(f"{self.host} is not spoken to securely; the password was not sent")
        try:
            async with asyncio.timeout(self._limits.timeout):
                await self._wire.send(data)
        except OSError as error:
            raise self._broken(error) from error

    async def line(self) -> bytes:
        """One line, without its end.

        Raises:
            Unavailable: it does not come, or not whole.
            TooLarge: it is longer than any we ask for.
        """
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer)
            if start > LONGEST_LINE:
                raise TooLarge(f"{self.host} sends a line without an end")
            await self._more()
        found = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return found.removesuffix(b"\r")

    async def exactly(self, size: int) -> bytes:
        """So many bytes.

        Raises:
            Unavailable: they do not come.
            TooLarge: more than is ever read.
        """
        while len(self._buffer) < size:
            await self._more()
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    async def encrypt(self) -> None:
        """Go on under TLS.

        Raises:
            NotUnderstood: something was said ahead of it, which would pass for encrypted.
            Unavailable: it cannot be agreed on, or the certificate is not valid.
        """
        if self._buffer:
            raise NotUnderstood(f"{self.host} said something between agreeing to encryption and beginning it")
        try:
            async with asyncio.timeout(self._limits.connect):
                await self._wire.encrypt(self.host)
        except OSError as error:
            raise self._broken(error) from error
        self.encrypted = True

    async def close(self) -> None:
        """Hang up."""
        try:
            async with asyncio.timeout(self._limits.connect):
                await self._wire.close()
        except OSError:
            return  # it is gone, which is what was wanted

    async def _more(self) -> None:
        try:
            async with asyncio.timeout(self._limits.timeout):
                data = await self._wire.receive()
        except OSError as error:
            raise self._broken(error) from error
        if not data:
            raise Unavailable(f"{self.host} broke off in the middle of its answer")
        self._received += len(data)
        if self._received > self._limits.body:
            raise TooLarge(f"{self.host} sends more than {self._limits.body >> 20} MB", hint="Try again later.")
        self._buffer += data

    def _broken(self, error: OSError) -> Unavailable:
        return Unavailable(why(error, self.host, self._limits.timeout, reached=True), hint=to_check(error, self.host))


def why(error: OSError, host: str, timeout: float, *, reached: bool) -> str:
    """Plain words for a connection that did not come about, or broke."""
    chain = tuple(causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in chain):
        return f"{host}'s certificate is not valid"
    if isinstance(error, TimeoutError):
        return f"{host} took longer than {timeout:g} s" if reached else f"{host} could not be reached in time"
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return f"{host} could not be spoken to securely"
    if any(isinstance(cause, socket.gaierror) for cause in chain):
        return f"{host} could not be found"
    return f"{host} broke off in the middle of its answer" if reached else f"{host} could not be reached"


class _Pipe(asyncio.Protocol):
    """Bytes of one socket, with nothing in between that TLS could be slipped past."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.buffer = bytearray()
        self.ended = False
        self.error: BaseException | None = None
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # what TCP and TLS give
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if len(self.buffer) > _FULL and not self._paused and self.transport is not None:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, error: BaseException | None) -> None:
        self.ended, self.error = True, error
        self._writable.set()
        self._wake()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def receive(self) -> bytes:
        while not self.buffer and not self.ended:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        if not self.buffer and isinstance(self.error, OSError):
            raise self.error
        data = bytes(self.buffer)
        self.buffer.clear()
        if self._paused and self.transport is not None and not self.ended:
            self._paused = False
            self.transport.resume_reading()
        return data

    async def send(self, data: bytes) -> None:
        if self.transport is None or self.ended:
            raise ConnectionResetError("the other side has hung up")
        self.transport.write(data)
        await self._writable.wait()

    async def encrypt(self, host: str) -> None:
        if self.transport is None or self.buffer:
            raise ssl.SSLError("something came ahead of the encryption")
        loop = asyncio.get_running_loop()
        encrypted = await loop.start_tls(self.transport, self, certificates(), server_hostname=host)
        if encrypted is None:
            raise ConnectionResetError("the other side has hung up")
        self.transport = encrypted

    async def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def connect(host: str, port: int, *, encrypted: bool) -> Wire:
    """A wire to this host over TCP.

    Raises:
        OSError: it does not come about.
    """
    loop = asyncio.get_running_loop()
    context = certificates() if encrypted else None
    _, pipe = await loop.create_connection(_Pipe, host, port, ssl=context, server_hostname=host if encrypted else None)
    return pipe


@asynccontextmanager
async def open_line(
    host: str,
    port: int,
    *,
    protocol: str,
    encrypted: bool,
    transport: httpx.AsyncBaseTransport | None,
    limits: Limits,
    record: Record,
    clock: Callable[[], datetime],
    blotted: Callable[[str], str],
) -> AsyncIterator[Line]:
    """A line, hung up when the block ends; ``Client.dial`` is the door to it.

    Raises:
        Unavailable: the host cannot be reached, or the transport speaks HTTP and nothing else.
    """
    if transport is not None and not isinstance(transport, Dialer):
        raise Unavailable(f"{host} cannot be spoken to here", hint="This way out carries web requests only.")
    dial = connect if transport is None else transport.dial
    try:
        async with asyncio.timeout(limits.connect):
            wire = await dial(host, port, encrypted=encrypted)
    except OSError as error:
        said = why(error, host, limits.connect, reached=False)
        raise Unavailable(said, hint=to_check(error, host, reached=False)) from error
    line = Line(
        wire, host, protocol=protocol, encrypted=encrypted, limits=limits, record=record, clock=clock, blotted=blotted
    )
    try:
        yield line
    finally:
        await line.close()
