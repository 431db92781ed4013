"""People: who engages, how often, since when, on what; who is new, fell silent, waits, or brought others along.

The rules, in plain words, are in ``docs/people.md``. None is proof: a newcomer is new to what is known, a silence is
told only where it is long by that person's own pace, and whoever came after a repost need not have come by it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from heapq import nsmallest
from itertools import chain
from math import exp
from typing import Final

import msgspec

from klout_tui.domain.acquaintance import Silence
from klout_tui.domain.crowd import Crowd, Spread, Tally, month_number
from klout_tui.domain.details import about
from klout_tui.domain.digest import IGNORED, OWN, Digest, moment, month_of, ticks
from klout_tui.domain.lookalikes import Lookalike
from klout_tui.domain.model import Actor, InteractionKind, Value, network_of
from klout_tui.domain.plusk import THANK_WITHIN, Given
from klout_tui.domain.waiting import Waiting

PEOPLE_DAYS: Final = 90
"""Days the list looks back, as topics and recent +K do."""

NEW_WITHIN: Final = timedelta(days=30)
"""Whoever did anything for the first time within this span is new, where as much again is known from before."""

REGULAR: Final = (5, 6)
"""Months out of the six up to their last act that somebody must have been there to be missed."""

QUIET: Final = (2, 12)
"""Whole months without a word before a silence is told, and after how many it is history."""

CHANCE: Final = 0.01
"""How rare so long a pause must be by that person's own pace."""

INTRODUCED: Final = 3
"""New people after one repost before it is told."""

SHOWN: Final = 200
"""People listed at once; the counts are of all."""

TOPICS: Final = 3

_DAY: Final = 24 * 60 * 60 * 1_000_000


class Tab(StrEnum):
    """Which people are listed."""

    ALL = "all"
    NEW = "new"
    SILENT = "silent"
    WAITING = "waiting"
    INTRODUCERS = "introducers"
    APART = "apart"


class Sort(StrEnum):
    """By what they are listed, the most or the latest first."""

    FIT = "fit"
    """By what the tab is about."""
    DAYS = "days"
    ACTS = "acts"
    LAST = "last"
    SINCE = "since"
    NEWEST = "newest"
    AUDIENCE = "audience"
    PLUSK = "plusk"
    NAME = "name"


class Wish(Value, frozen=True):
    """What is to be listed."""

    tab: Tab = Tab.ALL
    sort: Sort = Sort.FIT
    whole: bool = False
    """Whether figures are of all that is known, and not of the last ``PEOPLE_DAYS``."""
    words: str = ""
    """Only people whose name, handle or note holds each of these words."""


class Person(Value, frozen=True):
    """One person, figures of the span that was asked for."""

    key: str
    actor: Actor
    """As last seen."""
    networks: tuple[str, ...]
    acts: int
    days: int
    """Local days on which they did anything."""
    kinds: dict[InteractionKind, int]
    first: datetime | None
    """The first thing known of them; None while the past is not read."""
    last: datetime
    handles: int = 1
    topics: tuple[str, ...] = ()
    """What most of it was about."""
    plusks: int = 0
    """In the last ``PEOPLE_DAYS`` days."""
    to_thank: tuple[str, ...] = ()
    """Ids of +K that wait for a thank-you."""
    thanked_at: datetime | None = None
    """When she last thanked them for anything."""
    waiting: tuple[Waiting, ...] = ()
    """What of theirs waits for an answer, newest first."""
    new: bool = False
    silence: Silence | None = None
    spreads: tuple[Spread, ...] = ()
    """Their reposts after which new people came, newest first."""
    bot: str = ""
    """What says that it is a program; empty for people."""
    own: bool = False
    ignored: bool = False
    note: str = ""

    @property
    def newcomers(self) -> int:
        """How many new people came after their reposts."""
        return sum(len(spread.newcomers) for spread in self.spreads)

    @property
    def apart(self) -> str:
        """Why they are kept apart from the others; empty where they are not."""
        return "yours" if self.own else "ignored" if self.ignored else self.bot


class Listing(Value, frozen=True):
    """What the screen shows."""

    wish: Wish
    people: tuple[Person, ...] = ()
    """The first of them, in the order asked for."""
    found: int = 0
    """How many there are in this tab, the filter applied."""
    counts: dict[Tab, int | None] = {}
    """How many there are in each tab; None while the past is not read."""
    waiting: tuple[Waiting, ...] = ()
    """All that waits for an answer, by whomever in the tab of that name."""
    labels: dict[str, str] = {}
    """How to write topics that are not written as they are spelt."""
    complete: bool = False
    """Whether the past has been read; without it nobody can be new, silent or an introducer."""
    suggestions: tuple[Lookalike, ...] = ()
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    zone_name: str = "UTC"
    past: bool = False
    """Whether an earlier moment is shown, which nothing can be done to."""

    def topics(self, person: Person) -> str:
        """What a person mostly acted on, as written for people."""
        return ", ".join(self.labels.get(topic, topic) for topic in person.topics)


class Past(msgspec.Struct, frozen=True):
    """All that is known, and what follows from it as of one moment."""

    crowd: Crowd
    new: frozenset[str] = frozenset()
    silences: Mapping[str, Silence] = {}
    spreads: Mapping[str, tuple[Spread, ...]] = {}
    """By whoever reposted, newest first; only those worth telling."""
    suggestions: tuple[Lookalike, ...] = ()

    @classmethod
    def of(cls, crowd: Crowd, now: datetime, suggestions: tuple[Lookalike, ...] = ()) -> Past:
        """What follows from everybody there ever was."""
        others = {key: tally for key, tally in crowd.tallies.items() if not is_apart(tally)}
        silences = ((key, silence(tally, crowd, now)) for key, tally in others.items())
        spreads: dict[str, tuple[Spread, ...]] = {}
        for each in crowd.spreads:
            if len(each.newcomers) >= INTRODUCED and each.by in others:
                spreads[each.by] = (each, *spreads.get(each.by, ()))
        return cls(
            crowd,
            frozenset(key for key, tally in others.items() if is_new(tally, crowd, now)),
            {key: each for key, each in silences if each is not None},
            spreads,
            suggestions,
        )


class Gathered(msgspec.Struct, frozen=True):
    """All that a listing is made of, read from the store."""

    now: datetime
    recent: Crowd
    """The last ``PEOPLE_DAYS`` days."""
    months: Sequence[Digest] = ()
    """Their months, for what it was about."""
    past: Past | None = None
    """All that is known; None while it is being read."""
    given: Sequence[Given] = ()
    """Counted +K of those days."""
    thanked: Mapping[str, datetime] = {}
    waiting: Mapping[str, tuple[Waiting, ...]] = {}
    """By person."""
    notes: Mapping[str, str] = {}
    handles: Mapping[str, tuple[str, ...]] = {}
    """Of those merged of several, by person."""

    @property
    def whole(self) -> Crowd | None:
        """Everybody there ever was."""
        return self.past.crowd if self.past is not None else None


def listing(
    gathered: Gathered,
    wish: Wish,
    topics: Callable[[set[str]], Mapping[str, tuple[str, ...]]],
    most: int | None = SHOWN,
) -> Listing:
    """The people asked for.

    Args:
        gathered: What is known.
        wish: What is asked for.
        topics: Tells what the people of these keys mostly acted on.
        most: How many are listed; None lists all.
    """
    crowd = gathered.recent
    if wish.whole and gathered.whole is not None:
        crowd = gathered.whole
    tabs = _tabs(gathered, crowd)
    found = tabs.get(wish.tab) or []
    wanted = wish.words.casefold().split()
    if wanted:
        found = [key for key in found if _holds(_tally(gathered, crowd, key), gathered.notes.get(key, ""), wanted)]
    plusks = Counter(each.digest.actors[each.digest.actor[each.row]] for each in gathered.given)
    shown = _first_ones(found, wish, gathered, crowd, plusks, len(found) if most is None else most)
    subjects = topics(set(shown))
    to_thank = _to_thank(gathered, set(shown))
    people = tuple(
        _person(key, gathered, crowd, plusks[key], to_thank.get(key, ()), subjects.get(key, ())) for key in shown
    )
    return Listing(
        wish=wish,
        people=people,
        found=len(found),
        counts={tab: None if keys is None else len(keys) for tab, keys in tabs.items()},
        waiting=tuple(chain.from_iterable(gathered.waiting.values())),
        complete=gathered.whole is not None,
        suggestions=gathered.past.suggestions if gathered.past is not None else (),
        now=gathered.now,
    )


def bot_sign(actor: Actor) -> str:
    """What says that an actor is a program; empty where nothing does.

    The network says so, or "bot" stands in the handle as a word of its own, as in ``news-bot`` or ``app[bot]``.
    """
    if actor.bot:
        return "a bot, its network says"
    name = actor.handle.lstrip("@").partition("@")[0]
    return "a bot by its handle" if "bot" in name.casefold() and _BOT.search(name) else ""


def is_apart(tally: Tally) -> bool:
    """Whether somebody is kept apart: her own, ignored, or a program."""
    if tally.flags & _APART or tally.actor.bot:
        return True
    return "bot" in tally.actor.handle.casefold() and bool(bot_sign(tally.actor))


def silence(tally: Tally, crowd: Crowd, now: datetime) -> Silence | None:
    """Whether a regular fell silent: told only with enough evidence, and where nothing else explains it.

    They were there in five of the six months up to their last act, did nothing in two whole months since, never paused
    so long in the two years before, and by their own pace so long a pause has a chance of one in a hundred at most. She
    published in those months, and others reacted on the same account, or it is no silence of theirs.
    """
    last, current = tally.months.bit_length() - 1, month_number(month_of(now))
    quiet = current - last - 1
    if not QUIET[0] <= quiet <= QUIET[1]:
        return None
    there = [bool(tally.months >> month & 1) for month in range(max(0, last - 23), last + 1)]
    if sum(there[-REGULAR[1] :]) < REGULAR[0] or _longest_pause(there) >= quiet:
        return None
    gap = ((1 << quiet) - 1) << (last + 1)
    if crowd.posted & gap != gap or not any(crowd.alive.get(each, 0) & gap == gap for each in crowd.accounts_of(tally)):
        return None
    pace = tally.days / max(1.0, (tally.last - tally.first) / _DAY)
    if exp(-pace * (ticks(now) - tally.last) / _DAY) > CHANCE:
        return None
    year = there[-12:]
    known = year[year.index(True) :]
    return Silence(
        months=sum(known), of=len(known), last=moment(tally.last), did=max(tally.kinds.items(), key=lambda e: e[1])[0]
    )


def is_new(tally: Tally, crowd: Crowd, now: datetime) -> bool:
    """Whether what is known of somebody began within ``NEW_WITHIN``, and more than that is known from before."""
    begun = crowd.begun.get(tally.first_account)
    young = ticks(now - NEW_WITHIN) <= tally.first
    return young and not tally.first_estimated and begun is not None and tally.first - begun >= ticks_of(NEW_WITHIN)


def ticks_of(span: timedelta) -> int:
    """A span in microseconds."""
    return span // timedelta(microseconds=1)


def main_topics(months: Iterable[Digest], keys: set[str]) -> dict[str, tuple[str, ...]]:
    """What some people mostly acted on, by key: the most frequent topics first.

    Args:
        months: Without what counts nowhere.
        keys: Whom it is asked of.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for digest in months:
        places = {place for place, key in enumerate(digest.actors) if key in keys}
        rows = ((row, place) for row, place in enumerate(digest.actor) if place in places)
        for row, place in rows:
            counts[digest.actors[place]].update(about(digest, row))
    return {key: tuple(topic for topic, _ in each.most_common(TOPICS)) for key, each in counts.items()}


_APART: Final = OWN | IGNORED
_BOT: Final = re.compile(r"(?<![^\W_])bot(?![^\W_])", re.IGNORECASE)


def _tabs(gathered: Gathered, crowd: Crowd) -> dict[Tab, list[str] | None]:
    """Who is in which tab; None where that cannot be told yet."""
    past = gathered.past
    apart = {key for key, tally in crowd.tallies.items() if is_apart(tally)}
    present = [key for key in crowd.tallies if key not in apart]
    tabs: dict[Tab, list[str] | None] = {Tab.ALL: present, Tab.NEW: None, Tab.SILENT: None}
    tabs |= {Tab.WAITING: list(gathered.waiting), Tab.INTRODUCERS: None, Tab.APART: sorted(apart)}
    if past is not None:
        since = 0 if crowd is past.crowd else ticks(gathered.now - timedelta(days=PEOPLE_DAYS))
        tabs[Tab.NEW], tabs[Tab.SILENT] = sorted(past.new), list(past.silences)
        tabs[Tab.INTRODUCERS] = [key for key, each in past.spreads.items() if each[0].at >= since]
    return tabs


def _tally(gathered: Gathered, crowd: Crowd, key: str) -> Tally | None:
    """What somebody did in the span, or in all, where they did nothing in the span."""
    return crowd.tallies.get(key) or (gathered.whole.tallies.get(key) if gathered.whole is not None else None)


def _holds(tally: Tally | None, note: str, wanted: Sequence[str]) -> bool:
    text = f"{tally.actor.name}\n{tally.actor.handle}\n{note}".casefold() if tally is not None else note.casefold()
    return all(word in text for word in wanted)


def _first_ones(
    keys: Iterable[str], wish: Wish, gathered: Gathered, crowd: Crowd, plusks: Mapping[str, int], most: int
) -> list[str]:
    """The first ``most`` of some people in the order asked for; of equals the one seen last comes first."""
    whole = gathered.whole
    past = whole.tallies if whole is not None else crowd.tallies
    recent = crowd.tallies
    tallies = [(key, recent.get(key) or past.get(key)) for key in keys]
    there = [(key, tally) for key, tally in tallies if tally is not None]
    lost = sorted(key for key, tally in tallies if tally is None)  # wait from before what is read
    by: Iterable[tuple[object, int, str]]
    match _fitting(wish):
        case Sort.FIT if wish.tab is Tab.WAITING:
            return sorted(keys, key=lambda key: (-ticks(gathered.waiting[key][0].since), key))[:most]
        case Sort.FIT:  # introducers
            spreads = gathered.past.spreads if gathered.past is not None else {}
            by = ((-sum(len(e.newcomers) for e in spreads.get(key, ())), -tally.last, key) for key, tally in there)
        case Sort.NEWEST:
            by = ((-(past.get(key) or tally).first, -tally.last, key) for key, tally in there)
        case Sort.DAYS:
            by = ((-tally.days, -tally.last, key) for key, tally in there)
        case Sort.ACTS:
            by = ((-tally.acts, -tally.last, key) for key, tally in there)
        case Sort.LAST:
            by = ((0, -tally.last, key) for key, tally in there)
        case Sort.SINCE:  # the oldest acquaintance first
            by = (((past.get(key) or tally).first, -tally.last, key) for key, tally in there)
        case Sort.AUDIENCE:
            by = ((-_known(tally.actor.followers), -tally.last, key) for key, tally in there)
        case Sort.PLUSK:
            by = ((-plusks.get(key, 0), -tally.last, key) for key, tally in there)
        case Sort.NAME:
            by = ((called(tally.actor).casefold(), -tally.last, key) for key, tally in there)
    return [*(key for *_, key in nsmallest(most, by)), *lost][:most]


def _fitting(wish: Wish) -> Sort:
    """What a tab is sorted by where nothing else is asked for, as far as a figure of everybody's says it."""
    usual = {Tab.ALL: Sort.DAYS, Tab.NEW: Sort.NEWEST, Tab.SILENT: Sort.LAST, Tab.APART: Sort.NAME}
    return usual.get(wish.tab, Sort.FIT) if wish.sort is Sort.FIT else wish.sort


def called(actor: Actor) -> str:
    """What somebody is called: the name, else the handle."""
    return actor.name or actor.handle


def _known(followers: int | None) -> int:
    return -1 if followers is None else followers


def _to_thank(gathered: Gathered, keys: set[str]) -> dict[str, tuple[str, ...]]:
    """Ids of recent +K that wait for a thank-you, by person."""
    since = ticks(gathered.now - THANK_WITHIN)
    found: dict[str, tuple[str, ...]] = {}
    for each in gathered.given:
        key = each.digest.actors[each.digest.actor[each.row]]
        if each.at >= since and key in keys and (act := each.digest.id_of(each.row)) not in gathered.thanked:
            found[key] = (*found.get(key, ()), act)
    return found


def _person(
    key: str,
    gathered: Gathered,
    crowd: Crowd,
    plusks: int,
    to_thank: tuple[str, ...],
    topics: tuple[str, ...],
) -> Person:
    whole = gathered.whole
    tally, past = _tally(gathered, crowd, key), whole.tallies.get(key) if whole is not None else None
    counted = whole if tally is past and whole is not None else crowd
    if tally is None:  # waits from before the span that is read
        waits = gathered.waiting[key]
        tally, counted = _from_waiting(waits), crowd
    thanked = max(tally.thanked, past.thanked if past is not None else 0)
    return Person(
        key=key,
        actor=tally.actor,
        networks=tuple(sorted({network_of(account) for account in counted.accounts_of(tally)})),
        acts=tally.acts,
        days=tally.days,
        kinds=tally.kinds,
        first=None if past is None else moment(past.first),
        last=moment(tally.last),
        handles=len(gathered.handles.get(key, (key,))),
        topics=topics,
        plusks=plusks,
        to_thank=to_thank,
        thanked_at=moment(thanked) if thanked else None,
        waiting=gathered.waiting.get(key, ()),
        new=gathered.past is not None and key in gathered.past.new,
        silence=gathered.past.silences.get(key) if gathered.past is not None else None,
        spreads=gathered.past.spreads.get(key, ()) if gathered.past is not None else (),
        bot=bot_sign(tally.actor),
        own=bool(tally.flags & OWN),
        ignored=bool(tally.flags & IGNORED),
        note=gathered.notes.get(key, ""),
    )


def _from_waiting(waits: Sequence[Waiting]) -> Tally:
    at = [ticks(each.at) for each in waits]
    return Tally(waits[0].actor, min(at), max(at), waits[0].account, False, 0, acts=len(waits))


def _longest_pause(there: Sequence[bool]) -> int:
    """The most months in a row without anything, between two with something."""
    found = pause = 0
    for active in there[there.index(True) :]:
        pause = 0 if active else pause + 1
        found = max(found, pause)
    return found
