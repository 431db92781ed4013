"""What she decides, written so that it can be taken back: the newest decisions remember what was there before.

General on purpose: a decision is some documents of ``core`` put or removed, whatever they are about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from klout_tui.domain.model import Value
from klout_tui.errors import UsageError
from klout_tui.store import records
from klout_tui.store.journal import NULL
from klout_tui.store.records import CORE, DECISIONS, Decided, Was
from klout_tui.store.transaction import Transaction

KEPT: Final = 50
"""Decisions that can be taken back, one after the other."""

_DIGITS: Final = 12


def decide(tx: Transaction, words: str, documents: Mapping[tuple[str, str], Value | None]) -> int | None:
    """Put documents (None removes one) and note what was there.

    Args:
        tx: The commit.
        words: What it does, as a past fact: ``hid python``.
        documents: By table and id.

    Returns:
        The decision's number, for ``undo``; None where nothing changes.
    """
    was = []
    for (table, key), value in documents.items():
        before = tx.row(CORE, table, key)
        after = None if value is None else records.raw(value)
        if (None if before is None else bytes(before)) == (None if after is None else bytes(after)):
            continue
        was.append(Was(table=table, key=key) if before is None else Was(table=table, key=key, before=before))
        if value is None:
            tx.delete(CORE, table, key)
        else:
            tx.put(CORE, table, key, value)
    if not was:
        return None
    known = sorted(tx.engine.rows(CORE, DECISIONS))
    number = int(known[-1]) + 1 if known else 1
    for old in known[: max(0, len(known) - KEPT + 1)]:
        tx.delete(CORE, DECISIONS, old)
    tx.put(CORE, DECISIONS, _key(number), Decided(words=words, at=tx.now, was=tuple(was)))
    return number


def undo(tx: Transaction, number: int | None = None) -> Decided:
    """Take back the newest decision; what it did, with the documents as they are again.

    Args:
        tx: The commit.
        number: Which one it must be; None takes whichever is the newest.

    Raises:
        UsageError: there is none, or the newest is another.
    """
    known = sorted(tx.engine.rows(CORE, DECISIONS))
    if not known:
        raise UsageError("there is nothing to undo")
    if number is not None and known[-1] != _key(number):
        raise UsageError("something else was decided since; nothing was undone", hint="klout-tui topics undo")
    row = tx.engine.rows(CORE, DECISIONS)[known[-1]]
    decided = records.decode_decided(row)
    for was in decided.was:
        if bytes(was.before) == NULL:
            tx.delete(CORE, was.table, was.key)
        else:
            tx.put(CORE, was.table, was.key, was.before)
    tx.delete(CORE, DECISIONS, known[-1])
    return decided


def _key(number: int) -> str:
    return f"{number:0{_DIGITS}}"
