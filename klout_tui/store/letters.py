"""What she wrote to others from here, and for which accounts she allowed that: the outbox.

A letter lies here before it goes out, fsynced like every commit, so that whatever ends the program can be made up for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec

from klout_tui.domain.letters import AGAIN, OPEN, Allowed, Letter, Purpose, State, about
from klout_tui.domain.model import ORIGINALS, Post, PostKind
from klout_tui.errors import StoreError, UsageError
from klout_tui.store import records
from klout_tui.store.engine import Engine
from klout_tui.store.records import CORE, LETTERS, SENT, FromHere, Thanked
from klout_tui.store.transaction import Transaction

T = TypeVar("T")

Guard = Callable[[Sequence[Letter]], None]
"""Raises UsageError where a letter must not be sent, given all there are."""


class Letters(ABC):
    """The half of the door that letters go through."""

    _engine: Engine

    @abstractmethod
    def _read(self, read: Callable[[], T]) -> T:
        """What ``read`` returns of one moment, whoever else is writing."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Transaction]:
        """One commit."""

    def letters(self) -> list[Letter]:
        """All letters, oldest first."""
        rows = self._read(lambda: list(self._engine.rows(LETTERS, LETTERS).values()))
        return sorted(map(records.decode_letter, rows), key=lambda each: (each.at, each.key))

    def letter(self, key: str) -> Letter | None:
        """One letter."""
        row = self._read(partial(self._engine.row, LETTERS, LETTERS, key))
        return None if row is None else records.decode_letter(row)

    def intend(self, letter: Letter, guard: Guard = lambda _: None) -> None:
        """Keep a letter that is about to be sent; only then may it be.

        Args:
            letter: a new one.
            guard: asked in the same commit, so that two programs side by side cannot both be let through.

        Raises:
            UsageError: she has thanked for the same already, or is at it; or the guard says no.
            StoreError: it cannot be kept, so it must not be sent.
        """
        with self._writing() as tx:
            known = _all(tx)
            earlier = about(letter.acts, known)
            if earlier is not None and earlier.state not in AGAIN:
                raise UsageError(
                    "this was thanked for already" if earlier.state is State.SENT else "this is being sent already",
                    hint=earlier.url or "What becomes of it is told as soon as it is known.",
                )
            guard(known)
            if tx.row(LETTERS, LETTERS, letter.key) is not None:
                raise StoreError("There is a letter under this key already; nothing was sent.")
            if earlier is not None:  # written anew, in other words
                tx.delete(LETTERS, LETTERS, earlier.key)
            tx.put(LETTERS, LETTERS, letter.key, letter)

    def intend_again(self, key: str, guard: Guard = lambda _: None) -> Letter:
        """Keep that a letter which did not go out is about to be sent once more.

        Raises:
            UsageError: there is none, or it is not certain that it did not go out; or the guard says no.
            StoreError: it cannot be kept, so it must not be sent.
        """
        with self._writing() as tx:
            letter = _one(tx, key)
            if letter is None or letter.state not in AGAIN:
                raise UsageError(
                    "this cannot be sent again", hint="It was sent, is being sent, or is not there any more."
                )
            guard([each for each in _all(tx) if each.key != key])
            letter = msgspec.structs.replace(letter, state=State.SENDING, tried_at=tx.now, said="")
            tx.put(LETTERS, LETTERS, key, letter)
        return letter

    def settle_letter(self, letter: Letter) -> Letter:
        """Keep what is known of a letter by now; what was thanked for is marked in the same commit.

        What is certain stays so: a slower look cannot turn SENT into anything but DELETED.

        Returns:
            The letter as it is kept.
        """
        with self._writing() as tx:
            before = _one(tx, letter.key)
            if before is None:
                return letter
            if before.state not in OPEN and letter.state is not State.DELETED:
                return before
            if letter.state not in OPEN:
                letter = msgspec.structs.replace(letter, settled_at=tx.now)
            tx.put(LETTERS, LETTERS, letter.key, letter)
            if letter.state is State.SENT:
                self._is_there(tx, letter)
            elif letter.state is State.DELETED:
                for act in letter.acts:
                    tx.delete(CORE, records.THANKS, act)
        return letter

    @staticmethod
    def _is_there(tx: Transaction, letter: Letter) -> None:
        for act in letter.acts:
            if letter.purpose is Purpose.THANKS:
                tx.put(CORE, records.THANKS, act, Thanked(at=letter.at))
        tx.put(LETTERS, SENT, letter.sent_id, FromHere(letter=letter.key))
        post = tx.post(letter.sent_id)
        if post is not None:  # a refresh was quicker
            tx.put_post(as_letter(tx, post))

    def allow_writing(self, account_id: str, allowed: Allowed | None) -> None:
        """Allow writing under an account, or no longer (None).

        Raises:
            UsageError: the account is not linked.
        """
        with self._writing() as tx:
            account = tx.account(account_id)
            if allowed is None:
                tx.delete(CORE, records.WRITING, account_id)
            elif account is None or account.unlinked_at is not None:
                raise UsageError(f"{account_id} is not linked", hint="Link it first.")
            else:
                tx.put(CORE, records.WRITING, account_id, allowed)

    def writing(self, account_id: str) -> Allowed | None:
        """Whether, and since when, writing is allowed under an account."""
        row = self._read(partial(self._engine.row, CORE, records.WRITING, account_id))
        return None if row is None else records.decode_allowed(row)

    def thanked_at(self, interaction_id: str) -> datetime | None:
        """When she thanked for one interaction."""
        row = self._read(partial(self._engine.row, CORE, records.THANKS, interaction_id))
        return None if row is None else records.decode_thanked(row).at


def as_letter(tx: Transaction, post: Post) -> Post:
    """The post; one that thanks somebody or gives them +K stands, like an answer, in no denominator."""
    if post.kind in ORIGINALS and tx.row(LETTERS, SENT, post.id) is not None:
        return msgspec.structs.replace(post, kind=PostKind.REPLY)
    return post


def forget(tx: Transaction, account_id: str) -> None:
    """Remove every letter that was written under an account."""
    for letter in _all(tx):
        if letter.account == account_id:
            tx.delete(LETTERS, LETTERS, letter.key)
            tx.delete(LETTERS, SENT, letter.sent_id)


def _all(tx: Transaction) -> list[Letter]:
    return [records.decode_letter(row) for row in tx.engine.rows(LETTERS, LETTERS).values()]


def _one(tx: Transaction, key: str) -> Letter | None:
    row = tx.row(LETTERS, LETTERS, key)
    return None if row is None else records.decode_letter(row)
