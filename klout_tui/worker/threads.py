"""Work that leaves the event loop, and is finished even when the program is told to quit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def unbroken(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The outcome of ``work``, run in a thread.

    A thread cannot be cancelled. So a cancellation waits for the commit under way (milliseconds) and then goes on;
    otherwise the store might be closed, or the refresh lock freed, beneath it.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # marks it as seen: whoever cancelled us is not interested
        raise
