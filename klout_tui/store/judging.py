"""Decisions about people in one commit: what was decided, and all that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from klout_tui.domain.model import Interaction
from klout_tui.domain.ties import Ties
from klout_tui.errors import UsageError
from klout_tui.store import people, records
from klout_tui.store.records import CORE, INTERACTIONS, PEOPLE, Regard
from klout_tui.store.transaction import Transaction


def regards(tx: Transaction) -> dict[str, Regard]:
    """What is decided so far."""
    return people.understood(tx.engine.rows(CORE, PEOPLE))


def keep(tx: Transaction, changed: Mapping[str, Regard]) -> None:
    """Put what was decided; a handle nothing is decided about has no document."""
    for key, regard in changed.items():
        if regard:
            tx.put(CORE, PEOPLE, key, regard)
        else:
            tx.delete(CORE, PEOPLE, key)


def merge(tx: Transaction, keys: Iterable[str]) -> None:
    """Make handles one person; that they were said to be two is forgotten.

    Raises:
        UsageError: one of them is the user's own, or some of them are ignored and others not.
    """
    known = regards(tx)
    ties = people.ties_of(known)
    group = {handle for key in keys for handle in ties.handles(ties.person(key))}
    if mine := group & tx.own_keys():
        raise UsageError(f"{min(mine)} is yours; you are nobody else", hint="Only others' handles can be merged.")
    if group & ties.ignored and group - ties.ignored:
        raise UsageError(
            f"{min(group & ties.ignored)} is ignored and {min(group - ties.ignored)} is not",
            hint="Ignore both, or neither, and merge them then.",
        )
    pairs = [pair for pair in people.apart_of(known) if set(pair) <= group]
    known |= (changed := people.told_apart(known, pairs, apart=False))
    keep(tx, changed | people.tied(known, ties.merged(group)))


def split(tx: Transaction, key: str) -> None:
    """Make a handle a person of its own again."""
    known = regards(tx)
    keep(tx, people.tied(known, people.ties_of(known).split(key)))


def tie_as(tx: Transaction, ties: Ties, keys: Iterable[str]) -> None:
    """Put these handles back as they were tied then, whatever became of the others: how a merge is taken back."""
    known = regards(tx)
    now = people.ties_of(known)
    wanted = {key: head for key, head in now.same.items() if key not in set(keys)}
    wanted |= {key: ties.same[key] for key in keys if key in ties.same}
    changed = people.tied(known, Ties(same=wanted, ignored=now.ignored))
    keep(tx, changed | people.astray(known | changed))


def ignore(tx: Transaction, keys: Iterable[str], *, ignored: bool) -> None:
    """Ignore handles, or heed them again: their acts leave every view and day total, or come back."""
    known = regards(tx)
    changed = {
        key: msgspec.structs.replace(known.get(key, Regard()), ignored=ignored)
        for key in sorted(keys)
        if known.get(key, Regard()).ignored != ignored
    }
    keep(tx, changed)
    for act in list(acts_by(tx, set(changed))):
        if act.ignored != ignored:
            tx.count(act, -1)
            judged = msgspec.structs.replace(act, ignored=ignored)
            tx.put_interaction(judged)
            tx.count(judged, 1)


def acts_by(tx: Transaction, keys: set[str]) -> Iterator[Interaction]:
    """All that some handles did. The months in columns say where, so that the others need not be opened."""
    engine = tx.engine
    for month in engine.digests.months() if keys else ():
        digest = engine.digests.get(month)
        places = {place for place, key in enumerate(digest.actors) if key in keys}
        for row, place in enumerate(digest.actor if places else ()):
            if place in places:
                raw = engine.row(records.interactions_shard(month), INTERACTIONS, digest.id_of(row))
                if raw is not None:
                    yield records.decode_interaction(raw)
