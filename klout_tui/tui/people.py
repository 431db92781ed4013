"""All that the list of people may ask for, and every deed done to people. Blocking; call it in a thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from klout_tui.domain.crowd import Crowd
from klout_tui.domain.digest import ECHO, HIDDEN, Digest, ticks
from klout_tui.domain.lookalikes import Lookalike
from klout_tui.domain.model import Actor
from klout_tui.domain.people import Gathered, Listing, Past, Wish, called, is_apart, listing
from klout_tui.domain.settled import How, Settled
from klout_tui.domain.waiting import SNOOZE
from klout_tui.session import Session
from klout_tui.store.gathering import everybody, gather, share, suggestions, topics_of
from klout_tui.tui.undo import Deed

if TYPE_CHECKING:
    from klout_tui.tui.desk import Desk

OFFERED: Final = 5000
"""People offered for merging at most; the command line knows all."""

IDLE: Final = 20
"""The past is read anew at most for one part in so many of the time, however fast things arrive."""


@dataclass
class PeopleDesk:
    """Reads for the list of people; keeps the past, which takes seconds where there is a lot of it."""

    desk: Desk
    _gathered: tuple[object, Gathered] | None = None
    _past: Past | None = None
    _read_of: object = None
    """What the past was read of; None where something was decided since."""
    _day: date | None = None
    """As of which day."""
    _read_at: float = 0.0
    _took: float = 0.0

    @property
    def session(self) -> Session:
        """The run's."""
        return self.desk.session

    @property
    def _of(self) -> tuple[int, date | None]:
        """What there is to read now: the store's revision, and the day she has stepped back to."""
        return self.session.store.revision, self.desk.day

    @property
    def past(self) -> Past | None:
        """All that is known, as last read; None before the first time, and for another day than the one shown."""
        return self._past if self._day == self.desk.day else None

    def listing(self, wish: Wish) -> Listing:
        """The people asked for.

        Raises:
            StoreError: the store cannot be read.
        """
        session = self.session
        gathered = msgspec.structs.replace(self._gather(), past=self.past)
        told = listing(gathered, wish, lambda keys: topics_of(session.store, gathered, keys, whole=wish.whole))
        labels = session.store.topics().labels(topic for person in told.people for topic in person.topics)
        return msgspec.structs.replace(told, labels=labels, zone_name=session.zone.key, past=self.desk.past)

    def _gather(self) -> Gathered:
        now, of = self.desk.now(), self._of
        if self._gathered is None or self._gathered[0] != of:
            self._gathered = (of, gather(self.session.store, self.desk.facts(), now, self.past))
        return self._gathered[1]

    @property
    def stale(self) -> bool:
        """Whether the past is to be read anew."""
        if self.past is None or self._read_of is None:
            return True
        idle = time.monotonic() - self._read_at > IDLE * self._took
        return self._read_of != self._of and idle

    def read_past(self, report: Callable[[str], None]) -> None:
        """Read all that is known, telling which month it is at.

        Raises:
            StoreError: the store cannot be read.
        """
        begun, self._read_of = time.monotonic(), self._of
        day, past = self.desk.day, everybody(self.session.store, self.desk.now(), report)
        self._day, self._past = day, past
        if self._gathered is not None:
            share(self._gathered[1].recent, past.crowd)
        self._read_at = time.monotonic()
        self._took = self._read_at - begun

    def lookalikes(self) -> tuple[Lookalike, ...]:
        """Who may be one person."""
        return suggestions(self.session.store, self._crowd())

    def others(self) -> list[Actor]:
        """Whom somebody can be merged with: people by name, where there are very many those who came most often."""
        people = [each for each in self._crowd().tallies.values() if not is_apart(each)]
        people.sort(key=lambda each: (-each.days, each.actor.key))
        offered = (each.actor for each in people[:OFFERED])
        return sorted(offered, key=lambda actor: (called(actor).casefold(), actor.key))

    def _crowd(self) -> Crowd:
        """Everybody, as far as that has been read."""
        if self.past is not None:
            return self.past.crowd
        return self._gather().recent

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
        self._read_of = None

    def note(self, person: str, text: str, words: str) -> Deed:
        """Keep a private note on a person; an empty one goes."""
        store, now = self.session.store, self.session.now()
        ties = store.ties()
        handles, before = ties.handles(ties.person(person)), store.remarks().get(ties.person(person), "")
        store.remark(handles, text, now)
        return self._done(words, partial(store.remark, handles, before, now))

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
        self._read_of = None

        def take_back() -> None:
            self._read_of = None
            inverse()

        return Deed(words, take_back)


def flags_left_out(session: Session, person: str) -> int:
    """Which acts a person's own page leaves out: of those kept apart it shows what nothing else does."""
    ties, own = session.store.ties(), session.store.own_keys()
    handles = ties.handles(person)
    return ECHO if any(each in ties.ignored or each in own for each in handles) else HIDDEN


def of_person(history: Iterable[Digest], now: datetime, hidden: int) -> Iterable[Digest]:
    """The months as a person's page shows them."""
    return (digest.visible(ticks(now), hidden=hidden) for digest in history)
