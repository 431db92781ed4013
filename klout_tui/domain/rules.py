"""What earns a +K: rules as a value, which the user may tune. ``domain.plusk`` goes by them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from klout_tui.domain.model import InteractionKind, Value
from klout_tui.errors import UsageError

EARNING: Final = (
    InteractionKind.REPOST,
    InteractionKind.QUOTE,
    InteractionKind.REPLY,
    InteractionKind.COMMENT,
    InteractionKind.LINK,
    InteractionKind.STAR,
    InteractionKind.FORK,
    InteractionKind.REVIEW,
)
"""What earns a +K unless the user says otherwise: it costs the person something of their own."""

TUNABLE: Final = (
    *EARNING,
    InteractionKind.MENTION,
    InteractionKind.ISSUE,
    InteractionKind.LIKE,
    InteractionKind.BOOKMARK,
    InteractionKind.FOLLOW,
)
"""What may be made to earn one. An endorsement or a thank-you is one, whatever the rules."""

WRITTEN: Final = frozenset({InteractionKind.REPLY, InteractionKind.COMMENT, InteractionKind.MENTION})
"""What earns one only with enough words."""

SUBSTANCE: Final = 4
"""Words a reply or comment needs, mentions, tags and links not counted, before it is more than a nod."""

MOST_WORDS: Final = 100
"""More could not be asked of anybody."""


class Rules(Value, frozen=True):
    """Which acts earn a +K."""

    earns: tuple[InteractionKind, ...] = EARNING
    """Each once, in the order of ``TUNABLE``."""
    words: int = SUBSTANCE
    """Words what is ``WRITTEN`` needs."""

    @property
    def usual(self) -> bool:
        """Whether nothing was tuned."""
        return self == USUAL


USUAL: Final = Rules()
"""As in Klout, and as nobody needs to change."""


class Ruling(Value, frozen=True):
    """The rules in force, and those they took the place of."""

    rules: Rules = USUAL
    before: Rules | None = None
    """What undoing brings back; None where nothing was tuned yet."""


def tuned(earns: Iterable[InteractionKind], words: int) -> Rules:
    """Other rules, in the one form that equal rules have.

    Raises:
        UsageError: a kind is no act that can earn, or so many words cannot be asked.
    """
    wanted = frozenset(earns)
    if strangers := wanted - frozenset(TUNABLE):
        raise UsageError(f"{min(strangers)} always counts; no rule is needed for it")
    if not 0 <= words <= MOST_WORDS:
        raise UsageError(f"{words} words cannot be asked of anybody", hint=f"Say a number from 0 to {MOST_WORDS}.")
    return Rules(earns=tuple(kind for kind in TUNABLE if kind in wanted), words=words)
