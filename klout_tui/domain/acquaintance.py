"""What is known of one person beyond what they did: her decisions about them, and what the list of people says."""

from __future__ import annotations

from datetime import datetime

from klout_tui.domain.crowd import Spread
from klout_tui.domain.model import Actor, InteractionKind, Value
from klout_tui.domain.waiting import Waiting


class Silence(Value, frozen=True):
    """A regular who is there no more."""

    months: int
    """Months of the last ``of`` before they fell silent in which they did something."""
    of: int
    last: datetime
    did: InteractionKind
    """What they mostly did."""


class Acquaintance(Value, frozen=True):
    """One person, as she knows them."""

    handles: tuple[Actor, ...] = ()
    """Those merged, each as last seen; empty where there is but one."""
    days: int = 0
    """Local days on which they did anything."""
    networks: tuple[str, ...] = ()
    thanked_at: datetime | None = None
    """When she last thanked them for anything."""
    waiting: tuple[Waiting, ...] = ()
    """What of theirs waits for an answer, newest first."""
    note: str = ""
    own: bool = False
    ignored: bool = False
    bot: str = ""
    """What says that it is a program."""
    new: bool = False
    silence: Silence | None = None
    spreads: tuple[Spread, ...] = ()
    """Their reposts after which new people came, newest first."""
