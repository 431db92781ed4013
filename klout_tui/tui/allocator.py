"""Keeps the C library from hoarding memory that Python has given back, and Python from looking for it in vain."""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
"""Parameters of ``mallopt``, as in glibc's malloc.h."""

_LARGE: Final = 256 * 1024
"""Bytes from which a block is asked of the system, and goes back to it when it is freed."""


def thrifty() -> None:
    """Ask glibc, where there is one, for one heap and for large blocks straight from the system.

    A month is read as one block of some megabytes, in one of several threads. By default every thread gets a heap of
    its own, and the first large block that is freed moves all later ones into these heaps, where they leave holes: with
    a million interactions a fifth of the dashboard's memory. Because of Python's lock one heap serves all.

    What is there by now are modules and classes, which stay: the garbage collector passes them over from here on. Going
    through them takes 10 ms, in which no key is answered.
    """
    gc.freeze()
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
