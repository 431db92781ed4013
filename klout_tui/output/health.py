"""How an account is doing, in the one word programs get; the decision itself is the dashboard's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from klout_tui.domain.dashboard import Standing, standing
from klout_tui.domain.model import Account, Health

_WORDS: Final[Mapping[Standing, str | None]] = {
    Standing.OK: "ok",
    Standing.NEVER: "never refreshed",
    Standing.TOKEN: "needs_token",
    Standing.LIMITED: "rate_limited",
    Standing.DOWN: "down",
    Standing.PAUSED: "paused",
    Standing.PAST: None,
}


def health_word(account: Account, health: Health, *, paused: bool, past: bool = False) -> str | None:
    """One of ``unlinked``, ``paused``, ``needs_token``, ``rate_limited``, ``down``, ``never refreshed`` and ``ok``.

    The first that holds, in this order: what the user decided comes before what the network did. None for a linked
    account in the ``past``, where that is not known.
    """
    return "unlinked" if account.unlinked_at is not None else _WORDS[standing(health, paused, past=past)]
