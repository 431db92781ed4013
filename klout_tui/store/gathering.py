"""One reading of the store for the list of people: the last 90 days at once, all that is known when there is time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from klout_tui.domain.acquaintance import Acquaintance
from klout_tui.domain.crowd import Crowd
from klout_tui.domain.dashboard import Facts
from klout_tui.domain.days import Days
from klout_tui.domain.digest import Digest, moment, ticks
from klout_tui.domain.lookalikes import Lookalike, lookalikes
from klout_tui.domain.model import Actor, Interaction, network_of
from klout_tui.domain.people import PEOPLE_DAYS, Gathered, Past, bot_sign, is_apart, main_topics
from klout_tui.domain.plusk import counted
from klout_tui.domain.waiting import ANSWER_WITHIN, Answers, Waiting, answers, by_person, candidates, waiting
from klout_tui.store.store import Store

Report = Callable[[str], None]
"""Is told which month is being read: ``2019-03``."""


def gather(store: Store, facts: Facts, now: datetime, past: Past | None = None) -> Gathered:
    """What the list of people is made of as of ``now`` (UTC).

    Args:
        store: An open store.
        facts: As read for the dashboard; its months are not read again.
        now: Nothing later is looked at.
        past: What follows from everybody there ever was, where that has been read.

    Raises:
        StoreError: the store cannot be read.
    """
    days = Days(store.zone)
    first = ticks(days.start(days.of(now) - timedelta(days=PEOPLE_DAYS - 1)))
    thanked = facts.thanked
    recent = Crowd(days, since=first, until=now, thanked=thanked)
    for digest in facts.history:
        recent.add(digest)
    if past is not None:
        share(recent, past.crowd)
    visible = [digest.visible(ticks(now)) for digest in facts.history]
    given = counted(visible, lambda: facts.known_topics, facts.chains, facts.counted_since, facts.rules)
    ties = store.ties()
    return Gathered(
        now=now,
        recent=recent,
        months=visible,
        past=past,
        given=[each for each in given if each.at >= first],
        thanked=thanked,
        waiting=by_person(who_waits(store, facts.history, now)),
        notes=store.remarks(),
        handles=ties.people(),
    )


def share(recent: Crowd, whole: Crowd) -> None:
    """Let people who look alike in both lie in memory once."""
    for key, tally in recent.tallies.items():
        known = whole.tallies.get(key)
        if known is not None and known.actor == tally.actor:
            tally.actor = known.actor


def everybody(store: Store, now: datetime, report: Report | None = None) -> Past:
    """Everybody there ever was, month by month; a few seconds for a million interactions.

    Raises:
        StoreError: the store cannot be read.
    """
    crowd = Crowd(Days(store.zone), until=now, thanked=store.thanked(), spreading=True)
    for digest in store.history(until=now):
        if report is not None:
            report(digest.month)
        crowd.add(digest)
    return Past.of(crowd, now, suggestions(store, crowd))


def who_waits(store: Store, history: Iterable[Digest], now: datetime) -> tuple[Waiting, ...]:
    """What waits for an answer as of ``now`` (UTC), newest first; what a program wrote does not.

    Args:
        store: An open store.
        history: The months that can hold it, her own acts included.
        now: Nothing later is looked at.

    Raises:
        StoreError: the store cannot be read.
    """
    return Waits().who(store, history, now)


@dataclass
class Waits:
    """The same, asked again and again: what people wrote is read once, until something comes in or is answered."""

    reads: int = 0
    """How often it was read."""
    _months: tuple[list[int], ...] = ()
    """The times of each month it was read of: a month that changes gets columns of its own, one retold keeps them."""
    _ids: frozenset[str] = frozenset()
    """What was read."""
    _acts: tuple[Interaction, ...] = ()
    _answered: Answers = field(default_factory=dict)

    def who(self, store: Store, history: Iterable[Digest], now: datetime) -> tuple[Waiting, ...]:
        """As ``who_waits``.

        Raises:
            StoreError: the store cannot be read.
        """
        months, settled = list(history), store.settled()
        ids = candidates(months, settled, now)
        wanted = frozenset(chain.from_iterable(ids.values()))
        if not wanted:
            return ()
        if not (self._is_of(months) and wanted <= self._ids):
            self._read(store, months, ids, now)
        acts = (act for act in self._acts if act.id in wanted)
        return waiting(acts, self._answered, settled, now, store.ties())

    def _is_of(self, months: Sequence[Digest]) -> bool:
        return len(months) == len(self._months) and all(
            month.at is at for month, at in zip(months, self._months, strict=True)
        )

    def _read(self, store: Store, months: Sequence[Digest], ids: Mapping[str, Sequence[str]], now: datetime) -> None:
        found = [act for month, wanted in ids.items() for act in store.fetch(month, wanted)]
        oldest = min((act.at for act in found), default=now - ANSWER_WITHIN)
        posts = store.each_post(since=oldest, until=now)
        self._answered = answers(posts, (month.visible(ticks(now), hidden=0) for month in months))
        self._acts = tuple(act for act in found if not bot_sign(act.actor))
        self._ids = frozenset(chain.from_iterable(ids.values()))
        self._months = tuple(month.at for month in months)
        self.reads += 1


def acquaintance(store: Store, person: str, facts: Facts, now: datetime, past: Past | None = None) -> Acquaintance:
    """What is known of one person beyond what they did, as of ``now`` (UTC).

    Args:
        store: An open store.
        person: Their key, handles merged.
        facts: As read for the dashboard.
        now: Nothing later is looked at.
        past: Everybody there ever was, where that has been read; else nothing is said of silences and newcomers.

    Raises:
        StoreError: the store cannot be read.
    """
    ties = store.ties()
    crowd = Crowd(Days(store.zone), until=now, thanked=store.thanked())
    for digest in store.history(until=now):
        crowd.add(digest.by(person))
    tally = crowd.tallies.get(person)
    handles = ties.people().get(person, ())
    own, ignored = store.own_keys(), ties.ignored
    those = set(handles) or {person}
    return Acquaintance(
        handles=tuple(_looks(store, handles, now)) if handles else (),
        days=tally.days if tally is not None else 0,
        networks=tuple(sorted({network_of(each) for each in crowd.accounts})),
        thanked_at=moment(tally.thanked) if tally is not None and tally.thanked else None,
        waiting=tuple(each for each in who_waits(store, facts.history, now) if each.person == person),
        note=store.remarks().get(person, ""),
        own=bool(those & own),
        ignored=bool(those & ignored),
        bot=bot_sign(tally.actor) if tally is not None else "",
        new=past is not None and person in past.new,
        silence=past.silences.get(person) if past is not None else None,
        spreads=past.spreads.get(person, ()) if past is not None else (),
    )


def _looks(store: Store, handles: Sequence[str], now: datetime) -> Iterator[Actor]:
    """How each of some handles was seen last."""
    missing = set(handles)
    for digest in store.history(until=now, newest_first=True, handles=True):
        for place, key in enumerate(digest.actors) if missing else ():
            if key in missing:
                missing.discard(key)
                yield digest.people()[place]
        if not missing:
            return


def suggestions(store: Store, crowd: Crowd) -> tuple[Lookalike, ...]:
    """Handles that may be one person, of those that are no program, not hers and not ignored."""
    out = {key for key, tally in crowd.tallies.items() if is_apart(tally)} | store.own_keys()
    actors = (tally.actor for tally in crowd.tallies.values())
    return lookalikes(actors, store.apart(), lambda actor: actor.key in out or bool(bot_sign(actor)))


def topics_of(store: Store, gathered: Gathered, keys: set[str], *, whole: bool) -> dict[str, tuple[str, ...]]:
    """What some people mostly acted on, in the last 90 days or in all."""
    if not whole:
        return main_topics(gathered.months, keys)
    until = ticks(gathered.now)
    return main_topics((digest.visible(until) for digest in store.history(until=gathered.now)), keys)
