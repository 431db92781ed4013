"""All that the list of people may ask for, and every deed done to people. Blocking; call it in a thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import msgspec

from klout_tui.domain.dashboard import Facts
from klout_tui.domain.digest import ECHO, HIDDEN, Digest, ticks
from klout_tui.domain.lookalikes import Lookalike
from klout_tui.domain.people import Gathered, Listing, Past, Wish, listing
from klout_tui.domain.settled import How, Settled
from klout_tui.domain.waiting import SNOOZE
from klout_tui.session import Session
from klout_tui.store.gathering import everybody, gather, suggestions, topics_of
from klout_tui.tui.undo import Deed

IDLE: Final = 20
"""The past is read anew at most for one part in so many of the time, however fast things arrive."""


@dataclass
class PeopleDesk:
    """Reads for the list of people; keeps the past, which takes seconds where there is a lot of it."""

    session: Session
    facts: Callable[[datetime], Facts]
    """The dashboard's facts, kept by the desk."""
    _gathered: tuple[int, Gathered] | None = None
    _past: Past | None = None
    _revision: int = -1
    """Of the store when the past was read; -1 where something was decided since."""
    _read_at: float = 0.0
    _took: float = 0.0

    @property
    def past(self) -> Past | None:
        """All that is known, as last read; None before the first time."""
        return self._past

    def listing(self, wish: Wish) -> Listing:
        """The people asked for.

        Raises:
            StoreError: the store cannot be read.
        """
        session, now = self.session, self.session.now()
        revision = session.store.revision
        if self._gathered is None or self._gathered[0] != revision:
            self._gathered = (revision, gather(session.store, self.facts(now), now))
        gathered = msgspec.structs.replace(self._gathered[1], past=self._past)
        told = listing(gathered, wish, lambda keys: topics_of(session.store, gathered, keys, whole=wish.whole))
        past = session.as_of is not None
        return msgspec.structs.replace(told, zone_name=session.zone.key, past=past)

    @property
    def stale(self) -> bool:
        """Whether the past is to be read anew."""
        if self._past is None or self._revision == -1:
            return True
        fresh = self._revision == self.session.store.revision
        return not fresh and time.monotonic() - self._read_at > IDLE * self._took

    def read_past(self, report: Callable[[str], None]) -> None:
        """Read all that is known, telling which month it is at.

        Raises:
            StoreError: the store cannot be read.
        """
        begun, revision = time.monotonic(), self.session.store.revision
        self._revision = revision
        self._past = everybody(self.session.store, self.session.now(), report)
        self._read_at = time.monotonic()
        self._took = self._read_at - begun

    def lookalikes(self) -> tuple[Lookalike, ...]:
        """Who may be one person."""
        if self._past is not None:
            return suggestions(self.session.store, self._past.crowd)
        return suggestions(self.session.store, self._gathered[1].recent) if self._gathered else ()

    # Deeds: each answers what was done, in words and how to take it back

    def merge(self, keys: Iterable[str], words: str) -> Deed:
        """Make handles one person.

        Raises:
            UsageError: that cannot be.
        """
        store, wanted = self.session.store, list(keys)
        before = store.ties()
        group = [handle for key in wanted for handle in before.handles(before.person(key))]
        store.merge(wanted)
        return self._done(words, partial(store.tie_as, before, group))

    def split(self, key: str, words: str) -> Deed:
        """Make a handle a person of its own."""
        store = self.session.store
        before = store.ties()
        group = before.handles(before.person(key))
        store.split(key)
        return self._done(words, partial(store.tie_as, before, group))

    def ignore(self, person: str, words: str, *, ignored: bool) -> Deed:
        """Leave out a person everywhere, or let them count again."""
        store = self.session.store
        ties = store.ties()
        keys = [each for each in ties.handles(ties.person(person)) if (each in ties.ignored) != ignored]
        store.ignore(keys, ignored=ignored)
        return self._done(words, partial(store.ignore, keys, ignored=not ignored))

    def own(self, person: str) -> None:
        """Declare a person to be the user; that cannot be taken back."""
        ties = self.session.store.ties()
        self.session.store.declare_own(ties.handles(ties.person(person)))
        self._revision = -1

    def note(self, person: str, text: str, words: str) -> Deed:
        """Keep a private note on a person; an empty one goes."""
        store, now = self.session.store, self.session.now()
        ties = store.ties()
        handles, before = ties.handles(ties.person(person)), store.notes().get(ties.person(person), "")
        store.note(handles, text, now)
        return self._done(words, partial(store.note, handles, before, now))

    def tell_apart(self, pair: tuple[str, str], words: str) -> Deed:
        """Note that two are two people."""
        store = self.session.store
        store.tell_apart(*pair)
        return self._done(words, partial(store.tell_apart, *pair, apart=False))

    def settle(self, ids: Iterable[str], how: How, words: str) -> Deed:
        """Let what waits for an answer wait no more."""
        store, now, those = self.session.store, self.session.now(), list(ids)
        before = store.settled()
        until = now + SNOOZE if how is How.SNOOZED else None
        store.settle(those, Settled(how=how, at=now, until=until))

        def take_back() -> None:
            for each in those:
                store.settle([each], before.get(each))

        return self._done(words, take_back)

    def _done(self, words: str, inverse: Callable[[], object]) -> Deed:
        self._revision = -1

        def take_back() -> None:
            self._revision = -1
            inverse()

        return Deed(words, take_back)


def flags_left_out(session: Session, person: str) -> int:
    """Which acts a person's own page leaves out: of those kept apart it shows what nothing else does."""
    ties, own = session.store.ties(), session.store.own_keys()
    handles = ties.handles(person)
    return ECHO if any(each in ties.ignored or each in own for each in handles) else HIDDEN


def shown(history: Iterable[Digest], now: datetime, hidden: int) -> Iterable[Digest]:
    """The months as a person's page shows them."""
    return (digest.visible(ticks(now), hidden=hidden) for digest in history)
