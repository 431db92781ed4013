"""Reading an answer's body without ever holding more of it than allowed, however well it was packed."""

from __future__ import annotations

import zlib
from typing import Final, Protocol

import httpx

_STEP: Final = 256 * 1024
"""Bytes unpacked at a time."""


class BodyTooLarge(Exception):  # the end of a sentence that starts with the address
    """More than the cap."""


class BrokenBody(Exception):
    """Packed in a way we cannot unpack."""


class CutBody(Exception):
    """It ended before it was whole."""


async def read(response: httpx.Response, cap: int, *, whole: bool = True) -> bytes:
    """The unpacked body of a streamed response.

    Args:
        response: opened with ``stream=True``.
        cap: most bytes returned.
        whole: if True a larger body is an error; else it is cut off there, and damage is overlooked.

    Raises:
        BodyTooLarge: more than ``cap`` bytes.
        BrokenBody: an encoding we did not ask for, or damaged data.
        CutBody: the packed data end early.
    """
    if response.is_stream_consumed:  # a transport that answers from memory has it read and unpacked already
        return _capped(bytearray(await response.aread()), cap, whole)
    encoding = response.headers.get("content-encoding", "").strip().lower()
    unpacker: _Unpacker = _Plain()
    if encoding in ("gzip", "x-gzip", "deflate"):
        unpacker = _Zlib(encoding)
    elif encoding not in ("", "identity") and whole:
        raise BrokenBody("answers in an encoding that was not asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        try:
            unpacker.feed(chunk)
            while len(body) <= cap and (piece := unpacker.take()):
                body += piece
        except zlib.error as error:
            if whole:
                raise BrokenBody("answers with damaged data") from error
            break
        if len(body) > cap:
            break
    else:
        if whole and not unpacker.complete:
            raise CutBody("ended early")
    return _capped(body, cap, whole)


def _capped(body: bytearray, cap: int, whole: bool) -> bytes:
    if len(body) <= cap:
        return bytes(body)
    if whole:
        raise BodyTooLarge(f"answers with more than {cap / 1024 / 1024:g} MiB")
    return bytes(body[:cap])


class _Unpacker(Protocol):
    @property
    def complete(self) -> bool: ...
    def feed(self, chunk: bytes) -> None: ...
    def take(self) -> bytes: ...


class _Plain:
    """A body sent as it is."""

    complete = True

    def __init__(self) -> None:
        self._waiting = b""

    def feed(self, chunk: bytes) -> None:
        self._waiting = chunk

    def take(self) -> bytes:
        taken, self._waiting = self._waiting, b""
        return taken


class _Zlib:
    """A body packed with gzip or deflate, unpacked at most ``_STEP`` bytes at a time."""

    def __init__(self, encoding: str) -> None:
        self._deflate = encoding == "deflate"
        self._machine = zlib.decompressobj(zlib.MAX_WBITS if self._deflate else zlib.MAX_WBITS | 16)
        self._waiting = b""
        self._head = b""
        self._begun = False

    @property
    def complete(self) -> bool:
        """Whether the end mark was met, or nothing came at all."""
        return self._machine.eof or not (self._head or self._begun)

    def feed(self, chunk: bytes) -> None:
        self._waiting += chunk
        if not self._begun:
            self._head += chunk

    def take(self) -> bytes:
        if self._machine.eof:
            return b""
        try:
            piece = self._machine.decompress(self._waiting, _STEP)
        except zlib.error:
            if not self._deflate or self._begun:
                raise
            # Some servers call raw deflate data "deflate", without the zlib wrapping the standard asks for.
            self._machine, self._begun = zlib.decompressobj(-zlib.MAX_WBITS), True
            piece = self._machine.decompress(self._head, _STEP)
        if piece:
            self._begun, self._head = True, b""
        self._waiting = self._machine.unconsumed_tail
        return piece
