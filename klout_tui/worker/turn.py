"""The refresh lock, held as long as anything in this process refreshes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from klout_tui.store.store import Store
from klout_tui.worker.threads import unbroken


class Turn:
    """One process refreshes at a time; within it, several rounds may overlap and share the one lock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._holders = 0
        self._asking = asyncio.Lock()
        self._lock = ExitStack()

    async def take(self) -> bool:
        """Whether it is our turn. If so, each ``take`` needs its ``give_back``.

        Raises:
            StoreError: the lock cannot be made.
        """
        async with self._asking:
            if self._holders == 0:
                try:
                    if not await unbroken(self._acquire):
                        return False
                except asyncio.CancelledError:
                    self._lock.close()
                    raise
            self._holders += 1
        return True

    def share(self) -> None:
        """One holder more of a turn that is held already."""
        self._holders += 1

    def give_back(self) -> None:
        """One holder less; the last one frees the lock."""
        self._holders -= 1
        if self._holders == 0:
            self._lock.close()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[bool]:
        """``take`` on entry; ``give_back`` on leaving, if it was ours."""
        ours = await self.take()
        try:
            yield ours
        finally:
            if ours:
                self.give_back()

    def _acquire(self) -> bool:
        with ExitStack() as lock:
            if not lock.enter_context(self._store.refreshing()):
                return False
            self._lock = lock.pop_all()
        return True
