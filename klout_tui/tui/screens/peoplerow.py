"""One person as a row of the list."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from rich.text import Text

from klout_tui.domain import wording
from klout_tui.domain.people import Listing, Person, Tab
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.screens.page import one_line
from klout_tui.tui.widgets.table import Column, Row

_ADDRESSED: Final = re.compile(r"^(?:@\S+\s+)+")
"""Whom an answer begins with; that it is to her is known."""

COLUMNS: Final = (
    Column("mark", "", 3),
    Column("who", "who", 14, grow=3, most=30),
    Column("about", "mostly on", 18, grow=5),
    Column("networks", "on", 8, rank=5, grow=1, most=22),
    Column("days", "days", 4, right=True),
    Column("acts", "acts", 5, rank=4, right=True),
    Column("plusk", "+K", 3, right=True),
    Column("audience", "audience", 8, rank=3, right=True),
    Column("thanked", "thanked", 8, rank=6, right=True),
    Column("since", "since", 8, rank=2, right=True),
    Column("last", "last", 6, right=True),
)

TOLD: Final = (
    Column("mark", "", 3),
    Column("who", "who", 14, grow=2, most=28),
    Column("about", "", 24, grow=9),
    Column("networks", "on", 8, rank=4, most=22),
    Column("days", "days", 4, rank=1, right=True),
    Column("plusk", "+K", 3, rank=2, right=True),
    Column("audience", "audience", 8, rank=5, right=True),
    Column("since", "since", 8, rank=3, right=True),
    Column("last", "last", 6, right=True),
)
"""Where there is more to tell of each."""


def person_row(person: Person, listing: Listing, inks: Inks) -> Row:
    """A person as a row that opens into their page."""
    zone, actor = ZoneInfo(listing.zone_name), person.actor
    quiet = inks.dim if person.apart else ""
    return Row(
        key=person.key,
        cells={
            "mark": _mark(person, inks),
            "who": Text(actor.name or actor.handle, style=quiet),
            "about": Text(one_line(about(person, listing)), style=inks.own if _is_topics(person, listing) else ""),
            "networks": Text(", ".join(person.networks), style=inks.dim),
            "days": Text(wording.number(person.days)),
            "acts": Text(wording.number(person.acts), style=inks.dim),
            "plusk": Text(wording.number(person.plusks) if person.plusks else "", style=inks.plus_k),
            "audience": Text(wording.number(actor.followers)),
            "thanked": Text(wording.ago(person.thanked_at, listing.now) if person.thanked_at else "", style=inks.dim),
            "since": Text(_since(person.first, zone), style=inks.dim),
            "last": Text(wording.ago(person.last, listing.now), style=inks.dim),
        },
        url=actor.url,
        note=note(person, listing),
        opens=(Noun.PERSON, person.key),
    )


def about(person: Person, listing: Listing) -> str:
    """What the tab is about, of this person."""
    match listing.wish.tab:
        case Tab.SILENT if person.silence is not None:
            return wording.silence(person.silence)
        case Tab.WAITING if person.waiting:
            newest, more = person.waiting[0], len(person.waiting) - 1
            count = f"({more + 1:,}) " if more else ""
            return f"{count}{'asks: ' if newest.asks else ''}{_ADDRESSED.sub('', newest.text)}"
        case Tab.INTRODUCERS if person.spreads:
            return wording.introduced(len(person.spreads), person.newcomers)
        case Tab.APART:
            return person.apart
        case Tab.NEW:
            return f"{wording.kinds(person.kinds)}" + (f" on {listing.topics(person)}" if person.topics else "")
        case _:
            return listing.topics(person) or wording.kinds(person.kinds)


def note(person: Person, listing: Listing) -> str:
    """What there is to read of a person, in full."""
    parts = [person.actor.handle + (f"  ·  {person.handles} handles" if person.handles > 1 else "")]
    if listing.wish.tab is Tab.WAITING and person.waiting:
        parts.append(person.waiting[0].text)
    elif person.spreads:
        newest = person.spreads[0]
        came = wording.counted(len(newest.newcomers), "new person", "new people")
        parts.append(f"After a repost of “{one_line(newest.title)}”, {came} came; they need not have come by it.")
    if person.note:
        parts.append(f"Your note: {person.note}")
    return "\n".join(parts)


def _mark(person: Person, inks: Inks) -> Text:
    """The most pressing things about a person."""
    marks = Text()
    if person.waiting:
        marks.append("?", style=inks.warn)
    if person.to_thank:
        marks.append("○", style=inks.plus_k)
    if person.new:
        marks.append("+", style=inks.good)
    if person.silence is not None:
        marks.append("…", style=inks.dim)
    if person.note:
        marks.append("n", style=inks.dim)
    return marks[:3]


def _is_topics(person: Person, listing: Listing) -> bool:
    return listing.wish.tab is Tab.ALL and bool(person.topics)


def _since(first: datetime | None, zone: ZoneInfo) -> str:
    """The month of the first thing known: ``Mar 2024``; nothing while the past is not read."""
    return "…" if first is None else f"{first.astimezone(zone):%b %Y}"
