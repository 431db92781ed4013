"""What the user decided about people: who is one person, who is ignored, who is somebody else, and what she noted.

It lies by handle in the table ``people`` of the core. Whoever is ignored has every act flagged as well, so that day
totals and columns agree with the decision by construction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from contextlib import suppress
from datetime import datetime
from functools import reduce

import msgspec

from klout_tui.domain.ties import Ties
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.records import Regard

Regards = Mapping[str, Regard]
"""What was decided, by actor key."""


def understood(rows: Mapping[str, msgspec.Raw]) -> dict[str, Regard]:
    """The rows that make sense; every view leaves out the others, and the check-up tells of them."""
    found = {}
    for key, row in rows.items():
        with suppress(StoreError):
            found[key] = records.decode_regard(row)
    return found


def ties_of(regards: Regards) -> Ties:
    """Who is one person, and who is ignored."""
    return Ties(
        same={key: each.person for key, each in regards.items() if each.person},
        ignored=frozenset(key for key, each in regards.items() if each.ignored),
    )


def apart_of(regards: Regards) -> frozenset[tuple[str, str]]:
    """Pairs of handles that are two people, as she said, each pair sorted."""
    return frozenset((min(key, other), max(key, other)) for key, each in regards.items() for other in each.apart)


def tied(regards: Regards, ties: Ties) -> dict[str, Regard]:
    """The regards that differ where people are tied like this, as they are to be."""
    changed = {}
    for key in {*ties.same, *(key for key, each in regards.items() if each.person)}:
        person = ties.same.get(key, "")
        before = regards.get(key, Regard())
        if before.person != person:
            changed[key] = msgspec.structs.replace(before, person=person)
    return changed


def told_apart(regards: Regards, pairs: Iterable[tuple[str, str]], *, apart: bool) -> dict[str, Regard]:
    """The regards that differ where these pairs are two people, or where that is taken back."""
    changed: dict[str, Regard] = {}
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            before = changed.get(one) or regards.get(one, Regard())
            others = {*before.apart, other} if apart else {*before.apart} - {other}
            changed[one] = msgspec.structs.replace(before, apart=tuple(sorted(others)))
    return {key: each for key, each in changed.items() if each != regards.get(key, Regard())}


def noted(regards: Regards, handles: Iterable[str], text: str, at: datetime) -> dict[str, Regard]:
    """The regards that differ where a person of these handles has this note and no other; empty text is none."""
    first, *others = sorted(handles)
    wanted = {first: (text, at if text else None), **dict.fromkeys(others, ("", None))}
    changed = {}
    for key, (words, when) in wanted.items():
        before = regards.get(key, Regard())
        if before.note != words:
            changed[key] = msgspec.structs.replace(before, note=words, noted_at=when)
    return changed


def notes_of(regards: Regards, ties: Ties) -> dict[str, str]:
    """The private notes by person; those of handles merged since stand one after the other, by time."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, each in regards.items():
        if each.note:
            found[ties.person(key)].append((each.noted_at.isoformat() if each.noted_at else "", each.note))
    return {person: "; ".join(text for _, text in sorted(each)) for person, each in found.items()}


def without(regards: Regards, gone: Set[str]) -> dict[str, Regard]:
    """The regards that differ where these handles are known no more; what was decided about them is nothing then.

    Handles that were one person with them stay one person among themselves, and keep what was noted on that person.
    """
    before = ties_of(regards)
    after = reduce(Ties.split, sorted(gone), before)
    changed = {key: Regard() for key in gone if key in regards}
    known = {**regards, **changed}
    for group in before.people().values():
        stay = [key for key in group if key not in gone]
        if stay and len(stay) < len(group) and any(regards[key].note for key in group if key in regards):
            notes = [each for key in group if (each := regards.get(key, Regard())).note]
            last = max((each.noted_at for each in notes if each.noted_at is not None), default=None)
            text = notes_of({key: regards[key] for key in group if key in regards}, before)[before.person(group[0])]
            told = msgspec.structs.replace(known.get(stay[0], Regard()), note=text, noted_at=last)
            others = {key: msgspec.structs.replace(known[key], note="", noted_at=None) for key in stay[1:]}
            known |= {stay[0]: told, **others}
    known |= tied(known, after)
    for key, each in known.items():
        if not gone.isdisjoint(each.apart):
            known[key] = msgspec.structs.replace(each, apart=tuple(other for other in each.apart if other not in gone))
    return {key: each for key, each in known.items() if each != regards.get(key, Regard())}


def astray(regards: Regards) -> dict[str, Regard]:
    """What is not of one piece, as it should be: after damage one handle may tell another story than its others."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    apart: defaultdict[str, set[str]] = defaultdict(set)
    for key, each in regards.items():
        if each.person:
            groups[each.person].append(key)
        for other in each.apart:
            apart[key].add(other)
            apart[other].add(key)
    persons = {key: min(keys) if len(keys) > 1 else "" for keys in groups.values() for key in keys}
    found = {}
    for key in sorted({*regards, *apart}):
        before = regards.get(key, Regard())
        right = msgspec.structs.replace(before, person=persons.get(key, ""), apart=tuple(sorted(apart[key])))
        if right != before:
            found[key] = right
    return found
