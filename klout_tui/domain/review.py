"""The daily review as values: what each of its six cards holds, and what is left to do.

A card is short: the newest few, the rest behind Enter. What holds nothing is passed over with one word. Nothing here
counts days in a row, and no card names a score.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis.bursts import Burst
from klout_tui.domain.diagnosis.diagnose import Diagnosis
from klout_tui.domain.diagnosis.findings import Finding
from klout_tui.domain.diagnosis.verdict import Answer
from klout_tui.domain.grouping import Group
from klout_tui.domain.habits.finding import Habits
from klout_tui.domain.model import Value
from klout_tui.domain.notes import Note
from klout_tui.domain.settled import How, Settled
from klout_tui.domain.suggesting import Suggestion, suggestion
from klout_tui.domain.timing.advice import Timing
from klout_tui.domain.topics import Gap, Order, TopicRow, gap, ordered
from klout_tui.domain.unread import unread
from klout_tui.domain.waiting import Waiting

FEW: Final = 7
"""Rows of a card before the rest is behind Enter."""

TOPICS: Final = 7
"""Topics a card names."""

REASONS: Final = 3
"""Reasons a card names; the screen of their own has all."""


class Step(StrEnum):
    """The cards, in their order."""

    THANK = "thank"
    ANSWER = "answer"
    MOVED = "moved"
    TOPICS = "topics"
    SUGGESTION = "suggestion"
    NOTE = "note"


class Done(Value, frozen=True):
    """What she did on the day, for the summary."""

    thanked: int = 0
    answered: int = 0
    dismissed: int = 0
    put_off: int = 0


class Review(Value, frozen=True):
    """What one day's review holds."""

    now: datetime
    day: date
    past: bool
    """Whether an earlier day is shown, which nothing can be done to."""
    groups: tuple[Group, ...]
    """Rows of +K that wait for a thank-you, or were thanked that day; the newest first."""
    to_thank: int
    """How many +K wait."""
    waiting: tuple[Waiting, ...]
    """Who waits for an answer, the newest first."""
    diagnosis: Diagnosis | None
    """What moved and why; None where it has not been looked for."""
    burst: Burst | None
    """One to be asked about."""
    topics: tuple[TopicRow, ...]
    """What people tie to her: by +K, then by people."""
    gap: Gap | None
    suggestion: Suggestion | None
    notes: tuple[Note, ...]
    """That day's, those on its posts too, the oldest first."""
    done: Done = Done()
    reactions: int | None = None
    """Since the last visit; None before the first."""
    reminders: tuple[str, ...] = ()
    unread: str = ""
    """Since when what has not been read, where that is long ago."""

    def holds(self, step: Step) -> bool:
        """Whether a card has something on it."""
        match step:
            case Step.THANK:
                return self.to_thank > 0
            case Step.ANSWER:
                return bool(self.waiting)
            case Step.MOVED:
                return self.diagnosis is None or self.burst is not None or self.verdict is not Answer.BLIND
            case Step.TOPICS:
                return bool(self.topics)
            case Step.SUGGESTION:
                return self.diagnosis is None or self.suggestion is not None
            case Step.NOTE:
                return not self.past or bool(self.notes)

    def word(self, step: Step) -> str:
        """How a card stands, in a word or a number."""
        match step:
            case Step.THANK:
                return f"{self.to_thank:,}" if self.to_thank else "none"
            case Step.ANSWER:
                return f"{len(self.waiting):,}" if self.waiting else "none"
            case Step.MOVED:
                return "…" if self.diagnosis is None else _SHORT[self.diagnosis.verdict.answer]
            case Step.TOPICS:
                return "" if self.topics else "none"
            case Step.SUGGESTION:
                return "…" if self.diagnosis is None else "" if self.suggestion else "none"
            case Step.NOTE:
                return "" if not self.notes else "written" if len(self.notes) == 1 else f"{len(self.notes):,} written"

    @property
    def note(self) -> Note | None:
        """The newest on the day itself: the one that the review's line is another wording of."""
        return max((note for note in self.notes if note.post is None), key=lambda note: note.age, default=None)

    @property
    def verdict(self) -> Answer | None:
        """The week's answer; None where it has not been looked for."""
        return None if self.diagnosis is None else self.diagnosis.verdict.answer

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The weightiest reasons for what moved."""
        return () if self.diagnosis is None else self.diagnosis.reasons[:REASONS]

    @property
    def offers(self) -> bool:
        """Whether somebody waits for her, so that it is worth offering."""
        return self.to_thank > 0 or bool(self.waiting)

    @property
    def waiting_people(self) -> int:
        """How many people wait for an answer."""
        return len({each.person for each in self.waiting})

    @property
    def first(self) -> Step:
        """The first card that holds something; the note's where none does."""
        return next((step for step in Step if self.holds(step)), Step.NOTE)

    def after(self, step: Step, by: int = 1) -> Step | None:
        """The next card that holds something, or with -1 the one before; None past the end."""
        steps = list(Step)
        place = steps.index(step) + by
        while 0 <= place < len(steps):
            if self.holds(steps[place]):
                return steps[place]
            place += by
        return None


def review(
    view: Dashboard,
    waiting: Sequence[Waiting],
    diagnosis: Diagnosis | None = None,
    habits: Habits | None = None,
    timing: Timing | None = None,
    *,
    settled: Mapping[str, Settled] | None = None,
    thanked: Mapping[str, datetime] | None = None,
    asked: Collection[date] = (),
    reminders: Sequence[str] = (),
) -> Review:
    """The review of the day a dashboard shows.

    Args:
        view: The dashboard.
        waiting: Who waits for an answer, newest first.
        diagnosis: What moved; None where it has not been looked for yet.
        habits: What does better, where it was looked for.
        timing: When to post, for all networks together, likewise.
        settled: What she settled, by interaction id.
        thanked: When she thanked, by interaction id.
        asked: Bursts that were asked about: their ``told``.
        reminders: Sentences she wants to be reminded by.
    """
    days = Days(view.zone)
    groups = tuple(group for group in view.groups if group.waiting(view.now) or _thanked_on(group, days, view.today))
    unthanked = tuple(group for group in groups if group.waiting(view.now))
    return Review(
        now=view.now,
        day=view.today,
        past=view.past,
        groups=groups,
        to_thank=view.news.to_thank,
        waiting=tuple(waiting),
        diagnosis=diagnosis,
        burst=_asked_about(diagnosis, asked) if not view.past else None,
        topics=_tied(view),
        gap=gap(view.topics),
        suggestion=suggestion(view, waiting, unthanked, diagnosis, habits, timing),
        notes=tuple(note for note in view.notes if note.day == view.today),
        done=_done(settled or {}, thanked or {}, days, view.today),
        reactions=None if view.news.since is None else view.news.reactions + view.news.follows,
        reminders=tuple(reminders),
        unread=unread(view.accounts, days, view.now),
    )


_SHORT: Final[Mapping[Answer, str]] = {
    Answer.FEW: "too few to tell",
    Answer.NORMAL: "within your usual",
    Answer.FELL: "fell",
    Answer.ROSE: "rose",
    Answer.BLIND: "nothing to judge",
}

USUAL: Final[Mapping[Answer, str]] = {
    **_SHORT,
    Answer.FELL: "engagement fell",
    Answer.ROSE: "engagement rose",
}
"""The verdict where nothing else says what it is about."""


def line(
    to_thank: int, waiting: int, people: int, reactions: int | None, answer: Answer | None, unread: str = ""
) -> str:
    """``3 to thank · 2 to answer · 14 reactions · within your usual``; what is not known is left out.

    Args:
        to_thank: How many +K wait for a thank-you.
        waiting: How many things wait for an answer.
        people: Of how many people these are.
        reactions: Those since the last visit; None before the first.
        answer: The verdict in force.
        unread: Since when what has not been read (``domain.unread``).
    """
    parts = [f"{to_thank:,} to thank", f"{waiting:,} to answer{wording.of_people(waiting, people)}"]
    if reactions is not None:
        parts.append(f"{reactions:,} {'reaction' if reactions == 1 else 'reactions'}")
    if answer is not None:
        parts.append(USUAL[answer])
    return " · ".join(filter(None, [*parts, unread]))


def _thanked_on(group: Group, days: Days, day: date) -> bool:
    return any(each.thanked_at is not None and days.of(each.thanked_at) == day for each in group.plusks)


def _asked_about(diagnosis: Diagnosis | None, asked: Collection[date]) -> Burst | None:
    """The newest burst that no note tells of and that she has not been asked about."""
    if diagnosis is None:
        return None
    return next((each for each in reversed(diagnosis.unexplained) if not each.holds(asked)), None)


def _tied(view: Dashboard) -> tuple[TopicRow, ...]:
    rows = [row for row in view.topics.rows if row.plusk or row.people]
    return ordered(rows, Order.PLUSK)[:TOPICS]


def _done(settled: Mapping[str, Settled], thanked: Mapping[str, datetime], days: Days, day: date) -> Done:
    hows = [each.how for each in settled.values() if days.of(each.at) == day]
    return Done(
        thanked=sum(days.of(at) == day for at in thanked.values()),
        answered=hows.count(How.DONE),
        dismissed=hows.count(How.DISMISSED),
        put_off=hows.count(How.SNOOZED),
    )
