"""After a visit that brought posts: what those without tags are about, beside everything else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from klout_tui.errors import StoreError
from klout_tui.store.guessing import LOOKED, guessing
from klout_tui.store.store import Store
from klout_tui.worker.threads import unbroken

LATELY: Final = timedelta(days=365)
"""How far back is looked after an ordinary visit; after a first reading, everything is."""

_LOG: Final = logging.getLogger(__name__)


class Guesser:
    """Guesses for one store; one at a time, in steps between which everything else gets its turn."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._lock = asyncio.Lock()

    async def after(self, new_posts: int, *, first: bool) -> None:
        """Guess if there is anything new; what cannot be kept now is tried again after the next visit.

        Args:
            new_posts: How many posts the visit brought.
            first: Whether it was a first, full reading.
        """
        async with self._lock:
            try:
                never = await unbroken(self._store.recall, LOOKED) is None
                if new_posts or never:
                    since = None if first or never else self._clock() - LATELY
                    steps = guessing(self._store, since)
                    while await unbroken(next, steps, None) is not None:
                        pass
            except StoreError as error:
                _LOG.warning("topics could not be guessed: %s", error.message)
