"""``klout-tui people``: people as a table and as JSON. Notes and what is not public are told only where asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain import wording
from klout_tui.domain.lookalikes import Lookalike
from klout_tui.domain.people import Listing, Person, Tab, called
from klout_tui.output import jsonform
from klout_tui.output.listing import WITHHELD, Table
from klout_tui.output.table import Column

EMPTY: Final = {
    Tab.ALL: "Nobody yet. If accounts are linked, fetch what people did: klout-tui refresh",
    Tab.NEW: "Nobody new, or too little is known from before to say.",
    Tab.SILENT: "No regular has fallen silent.",
    Tab.WAITING: "Nobody waits for an answer.",
    Tab.INTRODUCERS: "After no repost did three or more new people come.",
    Tab.APART: "Nobody stands apart: no own account acted, nobody is ignored, no bot was met.",
}
"""What to say where there is nobody."""

SUGGESTED: Final = 3
"""Suggestions printed under the list; ``klout-tui people alike`` has all."""


def table(listing: Listing, zone: ZoneInfo, *, private: bool = False) -> Table:
    """The people listed, a line each."""
    columns = (
        Column("who", least=10, most=32),
        Column("handle", least=10, most=44),
        Column("networks", least=4, most=24),
        Column("days", right=True),
        Column("acts", right=True),
        Column("+K", right=True),
        Column("audience", right=True),
        Column("since"),
        Column("last"),
        Column("thanked"),
        Column("", least=16, most=72),
    )
    rows = [
        (
            called(person.actor),
            person.actor.handle + (f" (+{person.handles - 1})" if person.handles > 1 else ""),
            ", ".join(person.networks),
            wording.number(person.days),
            wording.number(person.acts),
            wording.number(person.plusks),
            wording.number(person.actor.followers),
            wording.UNKNOWN if person.first is None else f"{person.first.astimezone(zone):%Y-%m-%d}",
            f"{person.last.astimezone(zone):%Y-%m-%d}",
            wording.UNKNOWN if person.thanked_at is None else f"{person.thanked_at.astimezone(zone):%Y-%m-%d}",
            _told(person, listing, private=private),
        )
        for person in listing.people
    ]
    return columns, rows


def suggested(pairs: Sequence[Lookalike]) -> Iterator[str]:
    """Who may be one person, in lines."""
    for pair in pairs[:SUGGESTED]:
        yield f"One person? {pair.one.handle} and {pair.other.handle}: {pair.reason}."
    if len(pairs) > SUGGESTED:
        yield f"And {len(pairs) - SUGGESTED:,} more: klout-tui people alike"


def alike(pairs: Sequence[Lookalike]) -> Table:
    """Who may be one person, and why."""
    columns = (Column("one", least=10, most=44), Column("other", least=10, most=44), Column("why", least=16))
    return columns, [(pair.one.handle, pair.other.handle, pair.reason) for pair in pairs]


def alike_row(pair: Lookalike) -> jsonform.Row:
    """A pair that may be one person."""
    both = ({"key": each.key, "handle": each.handle, "name": each.name or None} for each in (pair.one, pair.other))
    return {"handles": list(both), "reason": pair.reason}


def document(listing: Listing, handles: Mapping[str, tuple[str, ...]], *, private: bool = False) -> Iterator[bytes]:
    """The people listed, as one object."""
    return jsonform.document("people", (row(person, handles, private=private) for person in listing.people))


def row(person: Person, handles: Mapping[str, tuple[str, ...]], *, private: bool = False) -> jsonform.Row:
    """A person.

    Args:
        person: the person.
        handles: keys of the handles of whoever was merged of several.
        private: whether her note, and text that is not public, may leave the app.
    """
    actor, silence = person.actor, person.silence
    return {
        "key": person.key,
        "handles": list(handles.get(person.key, (person.key,))),
        "handle": actor.handle,
        "name": actor.name or None,
        "url": actor.url or None,
        "followers": actor.followers,
        "networks": list(person.networks),
        "acts": person.acts,
        "days": person.days,
        "kinds": {kind: person.kinds[kind] for kind in sorted(person.kinds)},
        "topics": list(person.topics),
        "plusk": person.plusks,
        "to_thank": len(person.to_thank),
        "first": jsonform.instant(person.first),
        "last": jsonform.instant(person.last),
        "last_thanked": jsonform.instant(person.thanked_at),
        "waiting": [
            {
                "id": each.id,
                "kind": each.kind,
                "at": jsonform.instant(each.at),
                "asks": each.asks,
                "url": each.url or None,
                "text": each.text if each.public or private else None,
            }
            for each in person.waiting
        ],
        "new": person.new,
        "silent": None
        if silence is None
        else {
            "months": silence.months,
            "of": silence.of,
            "since": jsonform.instant(silence.last),
            "did": silence.did,
        },
        "introduced": {"reposts": len(person.spreads), "people": person.newcomers},
        "apart": person.apart or None,
        "note": (person.note or None) if private else None,
    }


def _told(person: Person, listing: Listing, *, private: bool) -> str:
    """What the list is about, of this person."""
    tab = listing.wish.tab
    if tab is Tab.SILENT and person.silence is not None:
        return wording.silence(person.silence)
    if tab is Tab.WAITING and person.waiting:
        newest = person.waiting[0]
        return newest.text[:200] if newest.public or private else WITHHELD
    if tab is Tab.INTRODUCERS:
        return wording.introduced(len(person.spreads), person.newcomers)
    if tab is Tab.APART:
        return person.apart
    return listing.topics(person) or wording.kinds(person.kinds)
