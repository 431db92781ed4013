"""Her log, for the screens: who is meant, what is kept, what is taken back. Blocking; call it in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.digest import Digest
from klout_tui.domain.gratitude import Way, entry, number_of, people_called, people_like, refuse_herself, somebody
from klout_tui.domain.model import Actor, Interaction
from klout_tui.session import Session
from klout_tui.store.log import logged

COMPLETED: Final = timedelta(days=730)
"""Who was seen within this span is offered as a completion; anybody known can be named in full."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Who is meant by what was typed."""

    actor: Actor
    known: bool
    """Whether anything is known of them."""
    others: tuple[str, ...] = ()
    """Handles of others who are called the same."""


@dataclass
class Logbook:
    """What the user logs by hand."""

    session: Session

    def now(self) -> datetime:
        """The present, aware, UTC."""
        return self.session.now()

    def names_like(self, typed: str) -> list[str]:
        """Names of people that begin so, or one of whose words does, those seen last first."""
        since = self.session.now() - COMPLETED
        return [actor.name or actor.handle for actor in people_like(typed, self._history(since))]

    def meant(self, typed: str) -> Meant:
        """Who is meant; of several that are called so, the one seen last.

        Raises:
            UsageError: nobody, or the user herself.
            StoreError: the store cannot be read.
        """
        called = people_called(typed, self._history())
        actor = somebody(typed, called, last_seen=True)
        refuse_herself(typed, actor, self.session.store.accounts(unlinked=True))
        others = tuple(each.handle for each in called if each.key != actor.key)
        return Meant(actor, len(others) < len(called), others)

    def keep(
        self, actor: Actor, at: datetime, *, way: Way, topics: tuple[str, ...], text: str, old: Interaction | None
    ) -> Interaction:
        """Keep an entry, in the place of ``old`` where one is given; what is kept now.

        Raises:
            StoreError: it cannot be kept.
        """
        number = number_of(old.id) if old else self.session.store.new_number()
        return self.session.store.log(entry(number, actor, at, way=way, topics=topics, text=text))

    def put_back(self, old: Interaction, thanked_at: datetime | None = None) -> None:
        """Keep an entry as it was.

        Raises:
            StoreError: it cannot be kept.
        """
        self.session.store.log(old, thanked_at=thanked_at)

    def remove(self, entry_id: str) -> tuple[Interaction, datetime | None]:
        """Take an entry away; what it was, and when she thanked for it.

        Raises:
            StoreError: there is none.
        """
        return self.session.store.unlog(entry_id)

    def entries(self, until: datetime) -> tuple[Interaction, ...]:
        """Everything logged up to a moment, newest first."""
        return tuple(logged(self.session.store, until))

    def _history(self, since: datetime | None = None) -> Iterator[Digest]:
        return self.session.store.history(since, self.session.now(), newest_first=True)
