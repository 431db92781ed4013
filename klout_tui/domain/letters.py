"""Letters: what she writes to others from here, a thank-you or a +K given, from the intent to what became of it. Pure.

A letter is kept before it is sent, and what became of it after. Between the two nobody knows, and nothing is sent again
before the network has been asked. So a letter goes out at most once, whatever ends the program or the connection.

    SENDING ──► SENT ──► DELETED          she took it back
       │  └───► REFUSED ─┐                the network said no: surely not sent
       ▼                 ├─► SENDING      she sends it again, under the same key
    UNKNOWN ──► MISSING ─┘                looked for, and it never arrived
       └──────► SENT                      looked for, and there it was
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from klout_tui.domain.model import Value, network_of

SETTLED_AFTER: Final = timedelta(minutes=5)
"""A letter that is not there so long after the last try has not arrived: no server takes longer over one request."""


class Purpose(StrEnum):
    """What a letter is for."""

    THANKS = "thanks"
    GIVING = "giving"


class State(StrEnum):
    """What is known of a letter."""

    SENDING = "sending"
    """On its way, or the program ended while it was."""
    UNKNOWN = "unknown"
    """Sent off, and no answer came: the network is asked."""
    SENT = "sent"
    REFUSED = "refused"
    """The network said no, or was never reached: it is not there."""
    MISSING = "missing"
    """Looked for and not found: it never arrived."""
    DELETED = "deleted"
    """She took it back."""


OPEN: Final = frozenset({State.SENDING, State.UNKNOWN})
"""States in which nobody knows yet."""
AGAIN: Final = frozenset({State.REFUSED, State.MISSING})
"""States from which it may be sent again."""


class Addressee(Value, frozen=True):
    """Somebody a letter is to."""

    key: str
    """The actor's."""
    handle: str
    """As written in a mention, ``@bo@town.example``."""
    name: str = ""


class Letter(Value, frozen=True):
    """One thing written to somebody."""

    key: str
    """Unique, and what makes the network recognise a second try as the same."""
    account: str
    """Under which account of hers."""
    purpose: Purpose
    text: str
    at: datetime
    """When she sent it, aware, UTC; never changes."""
    to: tuple[Addressee, ...] = ()
    acts: tuple[str, ...] = ()
    """Ids of the interactions she thanks for."""
    topic: str = ""
    """What a +K is given for."""
    answers: str = ""
    """The network's id of what it is a reply to; empty for a post of its own."""
    quiet: bool = True
    """Unlisted where the network has that; else as visible as what it answers. Never more visible than that."""
    state: State = State.SENDING
    tried_at: datetime | None = None
    """When it was last tried to be sent, UTC; None means ``at``."""
    settled_at: datetime | None = None
    """When it became known what became of it."""
    sent_id: str = ""
    """The network's id, the same that the post has when it is read."""
    ref: str = ""
    """What the network wants to hear when it is deleted, if that is another."""
    url: str = ""
    said: str = ""
    """Why it was not sent, or is not known to be; harmless, without secrets."""

    @property
    def network(self) -> str:
        """Name of the network it went to."""
        return network_of(self.account)

    @property
    def last_try(self) -> datetime:
        """When it was last tried to be sent."""
        return self.tried_at or self.at

    def overdue(self, now: datetime) -> bool:
        """Whether it would be there by now if it ever arrived."""
        return now - self.last_try >= SETTLED_AFTER


class Allowed(Value, frozen=True):
    """That she allowed writing under an account."""

    at: datetime
    most: int = 0
    """The longest text there, in the network's own count; 0 where the network's usual limit holds."""


def about(acts: Iterable[str], letters: Iterable[Letter]) -> Letter | None:
    """The newest letter that thanks for one of these acts and was not taken back."""
    wanted = set(acts)
    found = [each for each in letters if each.state is not State.DELETED and wanted.intersection(each.acts)]
    return max(found, key=lambda each: each.at, default=None)
