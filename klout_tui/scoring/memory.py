"""What is remembered about the score: which model she uses, which she has been told of, and what she was shown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from klout_tui.domain.score.look import Kept, Look
from klout_tui.scoremodels import Models

if TYPE_CHECKING:
    from klout_tui.store.store import Store

CHOSEN: Final = "score_model"
"""Key under which the id of the model she uses is remembered."""

SEEN: Final = "score_models_seen"
"""Key under which the ids of the built-in models she has been told of are remembered, as a JSON list."""

SHOWN: Final = "score_shown"
"""Beginning of the keys under which is remembered what she was shown, one for each month: ``score_shown-2026-11``."""


class Memory:
    """Reads and writes it; every method raises ``StoreError`` where the store refuses."""

    def __init__(self, store: Store, models: Models) -> None:
        self._store, self._models = store, models

    @property
    def chosen(self) -> str | None:
        """The id of the model she uses; None before her first score."""
        return self._store.recall(CHOSEN)

    def choose(self, model_id: str) -> None:
        """Use a model from now on; with the first, all there are count as told of."""
        if self._store.recall(SEEN) is None:
            self.tell_of_all()
        self._store.remember(CHOSEN, model_id)

    def told_of(self) -> list[str]:
        """Ids of the built-in models she has been told of, oldest first."""
        told = self._store.recall(SEEN)
        return [] if told is None else msgspec.json.decode(told, type=list[str])

    def tell_of_all(self) -> None:
        """Remember that she has been told of all models there are now."""
        self._store.remember(SEEN, msgspec.json.encode(self._models.built_in()).decode())

    def keep(self, look: Look, score: float) -> None:
        """Remember that she was shown a score on the day looked at, and with which model."""
        kept = Kept(score=round(score, 1), model=look.model, fingerprint=look.fingerprint)
        key = f"{SHOWN}-{look.today:%Y-%m}"
        month = _kept(self._store.recall(key))
        if month.get(look.today) != kept:
            month[look.today] = kept
            self._store.remember(key, msgspec.json.encode(month).decode())

    def shown(self) -> dict[date, Kept]:
        """What she was shown, by local day. Without an account of it, a day is missing."""
        found: dict[date, Kept] = {}
        for key in self._store.recalled(f"{SHOWN}-"):
            found |= _kept(self._store.recall(key))
        return found


def _kept(written: str | None) -> dict[date, Kept]:
    return {} if written is None else msgspec.json.decode(written, type=dict[date, Kept])
