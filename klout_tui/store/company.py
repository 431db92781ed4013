"""The part of the door for what the user decides about people and about what waits for her."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime

from klout_tui.domain.settled import Settled
from klout_tui.domain.ties import Ties
from klout_tui.store import accounts, judging, people, records
from klout_tui.store.reading import Reader
from klout_tui.store.records import CORE, SETTLED
from klout_tui.store.transaction import Transaction


class Company(Reader):
    """Deciding, and reading what was decided. People are meant by the ``Actor.key`` of any of their handles."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Transaction]:
        """One commit."""

    def own_keys(self) -> frozenset[str]:
        """Every actor key ever declared the user's own."""
        return self._read(lambda: frozenset(self._engine.rows(CORE, records.OWN)))

    def apart(self) -> frozenset[tuple[str, str]]:
        """Pairs of handles she said are two people, each pair sorted."""
        return people.apart_of(self._regards())

    def remarks(self) -> dict[str, str]:
        """Her private notes, by person."""
        regards = self._regards()
        return people.notes_of(regards, people.ties_of(regards))

    def merge(self, keys: Iterable[str]) -> None:
        """Make handles one person.

        Raises:
            UsageError: one is the user's own, or some are ignored and others not.
        """
        with self._writing() as tx:
            judging.merge(tx, keys)

    def split(self, key: str) -> None:
        """Make a handle a person of its own again."""
        with self._writing() as tx:
            judging.split(tx, key)

    def tie_as(self, ties: Ties, keys: Iterable[str]) -> None:
        """Put handles back as they were tied before."""
        with self._writing() as tx:
            judging.tie_as(tx, ties, list(keys))

    def tell_apart(self, one: str, other: str, *, apart: bool = True) -> None:
        """Note that two handles are two people, so that merging them is not suggested again; or take it back."""
        with self._writing() as tx:
            judging.keep(tx, people.told_apart(judging.regards(tx), [(one, other)], apart=apart))

    def ignore(self, keys: Iterable[str], *, ignored: bool = True) -> None:
        """Leave out all that some handles did, of every view and total; or let it count again."""
        with self._writing() as tx:
            judging.ignore(tx, keys, ignored=ignored)

    def declare_own(self, keys: Iterable[str]) -> None:
        """Declare handles the user's own. That cannot be taken back."""
        with self._writing() as tx:
            accounts.flag_own(tx, keys)

    def remark(self, handles: Iterable[str], text: str, at: datetime) -> None:
        """Keep a private note on the person of these handles; an empty one goes."""
        with self._writing() as tx:
            judging.keep(tx, people.noted(judging.regards(tx), handles, text, records.utc(at, "A note")))

    def settle(self, interaction_ids: Iterable[str], settled: Settled | None) -> None:
        """Note that these wait for an answer no more, or take it back (None)."""
        with self._writing() as tx:
            for each in interaction_ids:
                if settled is None:
                    tx.delete(CORE, SETTLED, each)
                else:
                    tx.put(CORE, SETTLED, each, settled)

    def settled(self) -> dict[str, Settled]:
        """What waits for an answer no more, by interaction id."""
        rows = self._read(lambda: self._engine.rows(CORE, SETTLED))
        return {key: records.decode_settled(row) for key, row in rows.items()}
