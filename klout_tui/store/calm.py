"""Calm mode, as it is remembered: no number of the score is to be shown."""

from __future__ import annotations

from typing import Final

from klout_tui.store.store import Store

CALM: Final = "calm"
"""Key under which it is remembered."""


def calm(store: Store) -> bool:
    """Whether every score stays hidden.

    Raises:
        StoreError: the store cannot be read.
    """
    return store.recall(CALM) is not None


def keep_calm(store: Store, hidden: bool) -> None:
    """Remember whether scores are hidden.

    Raises:
        StoreError: the store cannot be written.
    """
    store.remember(CALM, "yes" if hidden else None)
