"""Being told to end by the system: what is open is closed and what is temporary removed, as after Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_NAMES: Final = ("SIGTERM", "SIGHUP")
"""Asked to end; the terminal is gone. The second is unknown to Windows."""

_SAME_WISH: Final = 2.0
"""Seconds within which another signal is the same wish (a terminal that closes sends several), not a stronger one."""


@contextmanager
def ended_in_order() -> Iterator[None]:
    """While inside, SIGTERM and SIGHUP leave by ``SystemExit`` with 128 and the signal's number, as shells count.

    A signal the caller had ignored (``nohup``) stays ignored. Outside the main thread nothing changes.
    """
    asked = -_SAME_WISH

    def leave(number: int) -> None:
        nonlocal asked
        if time.monotonic() - asked >= _SAME_WISH:
            asked = time.monotonic()
            sys.exit(128 + number)

    with _answering(leave):
        yield


@contextmanager
def ended_by(end: Callable[[], object]) -> Iterator[list[int]]:
    """While inside, the same signals call ``end`` and nothing more; what comes out holds the numbers of those that did.

    For event loops: an exception raised just anywhere may be lost in them, in a finaliser for instance.
    """
    told: list[int] = []

    def answer(number: int) -> None:
        told.append(number)
        end()

    with _answering(answer):
        yield told


@contextmanager
def _answering(answer: Callable[[int], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    found = [signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__]
    before = {each: signal.getsignal(each) for each in found}
    heard = {each: handler for each, handler in before.items() if handler not in (signal.SIG_IGN, None)}
    for each in heard:
        signal.signal(each, lambda number, _: answer(number))
    try:
        yield
    finally:
        for each, handler in heard.items():
            signal.signal(each, handler)
