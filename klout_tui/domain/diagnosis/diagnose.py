"""The whole diagnosis: what changed from one window to another, whether that is more than normal, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from klout_tui.domain.asof import account_as_of
from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis import events, hers, pauses, shared, subjects, theirs, words
from klout_tui.domain.diagnosis.absence import absences
from klout_tui.domain.diagnosis.away import SURE
from klout_tui.domain.diagnosis.bursts import Burst
from klout_tui.domain.diagnosis.coverage import acted, masks, sources
from klout_tui.domain.diagnosis.evidence import LOOKBACK, Evidence, Remark, reach
from klout_tui.domain.diagnosis.findings import WANT, Cause, Finding, Sure
from klout_tui.domain.diagnosis.gather import Book, gather
from klout_tui.domain.diagnosis.ground import Ground
from klout_tui.domain.diagnosis.judging import AFTER, Judged, compared, judge
from klout_tui.domain.diagnosis.noise import Noise, departure
from klout_tui.domain.diagnosis.pace import pace
from klout_tui.domain.diagnosis.promotion import own_places, promotes
from klout_tui.domain.diagnosis.sequel import Aftermath, aftermath
from klout_tui.domain.diagnosis.similar import repeats
from klout_tui.domain.diagnosis.spans import REFERENCE, Window, last_ripe, pronounced, verdict_window, window
from klout_tui.domain.diagnosis.split import Splits, splits
from klout_tui.domain.diagnosis.verdict import Verdict, exposure, exposure_error
from klout_tui.domain.digest import ticks
from klout_tui.domain.model import ORIGINALS, Account, Post, Value

LEAST_SHARE: Final = 0.03
"""Share of the earlier reactions a reason must account for to be told."""


class NoteEffect(Value, frozen=True):
    """One note and what came of it."""

    day: date
    text: str
    aftermath: Aftermath


class Diagnosis(Value, frozen=True):
    """What changed, whether it is more than normal, and why."""

    now: datetime
    today: date
    """The local day of ``now``."""
    window: Window
    against: Window
    splits: Splits
    verdict: Verdict
    """On whole weeks, in force for a week, where no other windows were asked for; else on those."""
    sentence: str
    """The verdict in words."""
    weekly: bool
    """Whether the verdict is the weekly one."""
    since: date | None
    """First local day on which this verdict is in force, and the next one; None where it is not the weekly one."""
    next: date | None
    findings: tuple[Finding, ...]
    """What may have changed engagement, the weightiest first; those that held against a change come last."""
    way: int
    """1 where it rose by more than a little, -1 where it fell, 0 where neither can be said."""
    bursts: tuple[Burst, ...]
    """Those that touch the windows, the oldest first."""
    notes: tuple[NoteEffect, ...]
    """Those of both windows, the newest first."""
    asked: tuple[date, ...] = ()
    """Bursts she was asked about, by their ``told``."""

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that made the change; all that have an effect where there was no change to speak of."""
        told = (each for each in self.findings if each not in self.besides)
        return tuple(each for each in told if each.effect.reactions * self.way > 0 or not self.way)

    @property
    def held(self) -> tuple[Finding, ...]:
        """The findings that held against the change."""
        return tuple(each for each in self.findings if each not in self.reasons and each not in self.besides)

    @property
    def besides(self) -> tuple[Finding, ...]:
        """Habits that clearly changed, though nobody can tell yet what that does."""
        return tuple(each for each in self.findings if each.habit and each.away < WANT)

    @property
    def unexplained(self) -> tuple[Burst, ...]:
        """Bursts no note tells of, to be asked about once each: ``told`` stays the same while one goes on."""
        fresh = (each for each in self.bursts if each.told and each.told not in self.asked)
        return tuple(each for each in fresh if not events.explained(each, self.notes))

    def hushed(self, asked: Collection[date]) -> Diagnosis:
        """The same for somebody who has been asked about some bursts: their ``told``.

        Where more is known of the usual, or the day a burst was told on lies before all that is looked at, it is told
        on another.
        """
        again = {each.told for each in self.bursts if each.told and each.holds(asked)}
        done = sorted(again.union(asked))
        return msgspec.structs.replace(
            self, findings=tuple(each.hushed(done) for each in self.findings), asked=tuple(done)
        )


def diagnose(
    evidence: Evidence,
    now: datetime,
    zone: ZoneInfo,
    *,
    asked: Window | None = None,
    against: Window | None = None,
    notes: Sequence[Remark] = (),
) -> Diagnosis:
    """What changed, as far as it can be known at ``now`` (UTC).

    Args:
        evidence: Everything from ``evidence.reach`` on.
        now: Nothing dated later is looked at.
        zone: The user's.
        asked: The window of local days that is explained; without one the last 30 days whose posts are a day old.
        against: The window of the same length it is held against; without one the days just before.
        notes: Her notes.

    Raises:
        ValueError: the two windows are of different length, or the later one begins before the earlier one is over.
    """
    days = Days(zone)
    ripe = last_ripe(now, days)
    chosen = asked or window(ripe)
    earlier = against or chosen.before()
    if earlier.length != chosen.length or earlier.last >= chosen.first:
        raise ValueError("windows are compared with earlier ones of the same length")
    evidence = _until(evidence, now, days)
    weekly = asked is None and against is None
    weeks = verdict_window(now, days)
    judged_window, judged_against = (weeks, weeks.before()) if weekly else (chosen, earlier)
    span = Window(first=min(earlier.first, judged_against.first), last=max(chosen.last, judged_window.last))
    acts = acted(evidence.totals)
    known = sources(evidence.accounts, evidence.healths, acts, evidence.readings, days, span.days, now)
    masked = masks(known, earlier, chosen)
    book, corrections = gather(evidence.history, (earlier, chosen), masked, now, days, evidence.same)
    gone = absences(evidence, known, days, span)
    paced = partial(_paced, evidence, book, span, judged_window.last + timedelta(days=AFTER), days)
    read = Window(first=reach(earlier, now, days).totals, last=days.of(now))
    calm = judge(evidence, known, corrections, judged_window, judged_against, gone, paced, read)
    counts = compared(evidence, known, masked, corrections, earlier, chosen, read)
    habit = days.start(span.first - timedelta(days=LOOKBACK))
    recent = [post for post in evidence.posts if post.kind in ORIGINALS and post.at >= habit]
    ground = Ground(
        evidence=evidence,
        book=book,
        splits=splits(book, evidence.topics_of),
        counts=counts,
        bursts=tuple(each for each in calm.bursts if each.last >= earlier.first and each.first <= chosen.last),
        away=tuple(run for run in gone if run.chance < SURE),
        notes=tuple(notes),
        promoting=_promoting(recent, evidence.accounts),
        repeating=repeats(recent),
        spikes=tuple((ticks(days.start(each.first)), ticks(days.end(each.last))) for each in calm.bursts),
        begin=ticks(days.start(earlier.first)),
        masked=masked,
        days=days,
        exposure=exposure(counts, chosen, earlier, range(chosen.length)),
        exposure_error=exposure_error(counts, chosen, earlier, calm.noise.dispersion),
    )
    way = _way(ground, calm.noise)
    since = pronounced(judged_window) if weekly else None
    return Diagnosis(
        now=now,
        today=days.of(now),
        window=chosen,
        against=earlier,
        splits=ground.splits,
        verdict=calm.verdict,
        sentence=words.sentence(calm.verdict, days.of(now)),
        weekly=weekly,
        since=since,
        next=since + timedelta(days=7) if since else None,
        findings=_ranked(ground, way),
        way=way,
        bursts=ground.bursts,
        notes=tuple(_noted(notes, earlier.first, ripe, calm)),
    )


def _until(evidence: Evidence, now: datetime, days: Days) -> Evidence:
    """The evidence as it was at ``now``; a source is as well known as it is today."""
    today, end = days.of(now), ticks(now)
    return Evidence(
        accounts=tuple(account_as_of(account, now) for account in evidence.accounts),
        healths=evidence.healths,
        readings=tuple(reading for reading in evidence.readings if reading.day <= today),
        history=tuple(digest.visible(end) for digest in evidence.history),
        posts=tuple(sorted((post for post in evidence.posts if post.at <= now), key=lambda post: (post.at, post.id))),
        totals=tuple(row for row in evidence.totals if row.day <= today),
        same=evidence.same,
        her=evidence.her,
    )


def _paced(
    evidence: Evidence, book: Book, span: Window, last: date, days: Days, accounts: frozenset[str]
) -> Mapping[date, float]:
    """What the posts of some accounts let expect of each day, as far back as they are known."""
    if not evidence.posts:
        return {}
    known = max(span.first - timedelta(weeks=REFERENCE), days.of(evidence.posts[0].at))
    return pace(book, evidence.posts, accounts, known, last, days)


def _promoting(posts: Iterable[Post], accounts: Iterable[Account]) -> frozenset[str]:
    places = own_places(accounts)
    return frozenset(post.id for post in posts if promotes(post, places))


def _way(ground: Ground, measured: Noise) -> int:
    """Whether reactions rose or fell by more than a standard error: else nothing went one way to speak of."""
    away = departure(ground.splits.before, ground.splits.now, measured, ground.exposure)
    return 0 if abs(away) < 1 else 1 if away > 0 else -1


def _ranked(ground: Ground, way: int) -> tuple[Finding, ...]:
    looks: Iterable[Iterator[Finding]] = (
        look(ground)
        for look in (
            events.measurement,
            events.bursts,
            events.calendar,
            shared.sharing,
            pauses.away,
            hers.promotion,
            hers.repeats,
            theirs.audience,
            subjects.topics,
            theirs.acts,
            theirs.loose,
        )
    )
    least = max(1.0, LEAST_SHARE * ground.splits.before)
    found = [each for each in chain.from_iterable(looks) if _told(each, least, way)]
    return tuple(
        sorted(found, key=lambda each: (each.effect.reactions * way < 0, -each.weight, each.cause, each.subject))
    )


def _told(finding: Finding, least: float, way: int) -> bool:
    """Whether a reason is worth telling; one that held against a change must be likely to be."""
    if finding.cause is Cause.MEASUREMENT or finding.habit:
        return True
    held = finding.effect.reactions * way < 0
    return abs(finding.effect.reactions) >= least and (not held or finding.sure is not Sure.GUESS)


def _noted(notes: Sequence[Remark], first: date, ripe: date, judged: Judged) -> Iterator[NoteEffect]:
    for note in sorted(notes, key=lambda note: (note.day, note.text), reverse=True):
        if first <= note.day <= ripe:
            counts, noise, known = judged.after(note.day, ripe)
            came = aftermath(counts, note.day, ripe, noise, judged.bursts, known)
            yield NoteEffect(day=note.day, text=note.text, aftermath=came)
