"""One reading of the store for the daily review, and what is remembered of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from klout_tui.domain.dashboard import Dashboard, Facts
from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis import Diagnosis, diagnose, last_ripe, window
from klout_tui.domain.diagnosis.spans import Window, ripe_from, verdict_window
from klout_tui.domain.diagnosis.verdict import Answer
from klout_tui.domain.digest import moment, ticks
from klout_tui.domain.model import Value
from klout_tui.domain.notes import Note
from klout_tui.domain.plusk import THANK_WITHIN, counted
from klout_tui.domain.reminders import SPAN as PACE
from klout_tui.domain.reminders import Overdue, Pause, overdue, pauses
from klout_tui.domain.review import Step
from klout_tui.domain.spells import AHEAD, Spell, spells
from klout_tui.domain.unread import asleep, unread
from klout_tui.domain.waiting import ANSWER_WITHIN, Waiting
from klout_tui.store.evidence import read_evidence
from klout_tui.store.gathering import who_waits
from klout_tui.store.store import Store

if TYPE_CHECKING:
    from klout_tui.domain.habits.finding import Habits
    from klout_tui.domain.timing.advice import Timing

MEMORY: Final = "review"
"""Key under which the review is remembered: JSON of a ``Kept``."""

LONGEST: Final = 40
"""Bursts remembered as asked about; older ones are out of every window."""


class Draft(Value, frozen=True):
    """A line for a day's note that she has not finished."""

    day: date
    """The local day it was begun on."""
    text: str
    before: Note | None = None
    """The note it is another wording of."""


class Kept(Value, frozen=True):
    """What is remembered of the review."""

    day: date | None = None
    """The local day ``step`` is of."""
    step: Step | None = None
    """The card she left it at."""
    done: datetime | None = None
    """When she went through it last, UTC."""
    offered: date | None = None
    """The local day it was offered on last."""
    asked: tuple[date, ...] = ()
    """Bursts she was asked about, by the day they could first be told."""
    draft: Draft | None = None

    def done_on(self, days: Days, day: date) -> bool:
        """Whether she has gone through that day's."""
        return self.done is not None and days.of(self.done) == day


def kept(store: Store) -> Kept:
    """What is remembered; nothing at first, and nothing where it makes no sense (any more)."""
    remembered = store.recall(MEMORY)
    if not remembered:
        return Kept()
    try:
        return msgspec.json.decode(remembered, type=Kept)
    except msgspec.MsgspecError:
        return Kept()  # written by another version: at worst the review begins at its first card


def keep(store: Store, change: Callable[[Kept], Kept]) -> Kept:
    """Remember something else; what is remembered now.

    Raises:
        StoreError: it cannot be written.
    """
    before = kept(store)
    after = change(before)
    if after != before:
        store.remember(MEMORY, msgspec.json.encode(after).decode())
    return after


def what_moved(store: Store, now: datetime, asked: Window | None = None) -> Diagnosis:
    """The diagnosis as of ``now`` (UTC): the last 30 days against the 30 before, or the window asked for.

    Raises:
        StoreError: the store cannot be read.
    """
    days = Days(store.zone)
    chosen = asked or window(last_ripe(now, days))
    evidence = read_evidence(store, chosen.before(), now)
    return diagnose(evidence, now, store.zone, asked=asked, notes=store.notes()).hushed(kept(store).asked)


def advice(store: Store, now: datetime) -> tuple[Habits, Timing | None]:
    """What does better than her usual, and when to post on all networks together, as of ``now`` (UTC).

    Raises:
        StoreError: the store cannot be read.
    """
    from klout_tui.domain.habits.finding import SPAN, TEXTS, habits  # only where nothing ranks before them
    from klout_tui.domain.timing.advice import timing
    from klout_tui.store.responses import read_past

    past = read_past(store, now, SPAN, texts=TEXTS)
    found = timing(past.responses, ticks(now), store.zone)
    kept = habits(past.responses, past.posts, ticks(now), store.zone, past.sites, past.topics)
    return kept, found[0] if found else None


def lines_ahead(store: Store, facts: Facts, view: Dashboard) -> tuple[Spell, ...]:
    """The review in one line, for as long ahead as it can be told while nothing is stored.

    Raises:
        StoreError: the store cannot be read.
    """
    now, days = view.now, Days(view.zone)
    last = days.end(view.today + timedelta(days=AHEAD))
    coming = _coming(facts, now)
    if coming is not None:
        last = min(last, coming - timedelta(microseconds=1))
    thanks = [each.at for each in view.plusks if each.waits(now)]
    if len(thanks) < view.news.to_thank:  # there are more than the dashboard lists
        thanks = _waiting_for_thanks(facts, now)
    # What was put off has come back by the end; what waits now may not wait any more by then.
    waits = {each.id: each for at in (last, now) for each in who_waits(store, facts.history, at)}
    return spells(
        now,
        last,
        [at + THANK_WITHIN for at in thanks],
        [(each.since, each.since + ANSWER_WITHIN, each.person) for each in waits.values()],
        _verdicts_ahead(store, now, last, days) if view.accounts else [(now, None)],
        None if view.news.since is None else view.news.reactions + view.news.follows,
        [(at, unread(view.accounts, days, at)) for at in (now, *(at for at in asleep(view.accounts) if at > now))],
    )


def _verdicts_ahead(store: Store, now: datetime, last: datetime, days: Days) -> list[tuple[datetime, Answer | None]]:
    """Which verdict is in force from when on: one for all days that judge the same weeks."""
    found: list[tuple[datetime, Answer | None]] = [(now, what_moved(store, now).verdict.answer)]
    weeks, ripe = verdict_window(now, days), last_ripe(now, days)
    while (begin := ripe_from(ripe + timedelta(days=1), days)) <= last:
        ripe += timedelta(days=1)
        if verdict_window(begin, days) != weeks:
            weeks = verdict_window(begin, days)
            found.append((begin, what_moved(store, begin).verdict.answer))
    return found


def _coming(facts: Facts, now: datetime) -> datetime | None:
    """When the next thing happens that a network dates in the future."""
    places = ((digest, bisect_right(digest.at, ticks(now))) for digest in facts.history)
    later = [digest.at[place] for digest, place in places if place < len(digest)]
    return moment(min(later)) if later else None


def _waiting_for_thanks(facts: Facts, now: datetime) -> list[datetime]:
    visible = [digest.visible(ticks(now)) for digest in facts.history]
    given = counted(visible, lambda: facts.known_topics, facts.chains, facts.counted_since, facts.rules)
    young = (each for each in given if each.at >= ticks(now - THANK_WITHIN))
    return [moment(each.at) for each in young if each.digest.id_of(each.row) not in facts.thanked]


def reminders(
    store: Store, facts: Facts, view: Dashboard, waiting: Iterable[Waiting]
) -> tuple[tuple[Pause, ...], Overdue | None]:
    """The pauses and the answers that are worth a word on the day a dashboard shows.

    Raises:
        StoreError: the store cannot be read.
    """
    posts = store.each_post(since=view.now - PACE, until=view.now)
    accounts = [row.account for row in view.accounts]
    found = pauses(accounts, facts.healths, posts, view.now, Days(view.zone), paused=facts.paused)
    return found, overdue(list(waiting), view.now)
