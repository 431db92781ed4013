"""The one thing a review suggests, with what it rests on.

Replying and thanking come first, since they are what has been shown to help; then what a verdict points to, then what
does better than her usual, and only then the hour. Nothing is suggested without its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.diagnosis.diagnose import Diagnosis
from klout_tui.domain.diagnosis.findings import Sure
from klout_tui.domain.diagnosis.verdict import Answer
from klout_tui.domain.grouping import Group
from klout_tui.domain.habits.finding import Habit, Habits
from klout_tui.domain.model import Actor, Value
from klout_tui.domain.timing.advice import Timing
from klout_tui.domain.timing.words import advice
from klout_tui.domain.waiting import Waiting

REPLYING: Final = (
    "Posts whose comments their author answered had more engagement than others of the same account: about 5 % on "
    "Bluesky, 30 % on LinkedIn, 42 % on Threads. It goes together; which causes which is not shown."
)
"""Buffer's comparison within accounts, 2025 (``docs/review.md``)."""

THANKING: Final = (
    "In a trial with 15,558 Wikipedians drawn by lot, two in a hundred more came back within two weeks of being "
    "thanked, and they thanked others 43 % more."
)
"""The CivilServant trial, 2020 (``docs/review.md``)."""


class Basis(StrEnum):
    """What a suggestion comes from, in order of rank."""

    ANSWER = "answer"
    THANK = "thank"
    CHANGE = "change"
    HABIT = "habit"
    TIMING = "timing"


class Suggestion(Value, frozen=True):
    """One thing to do, or to keep doing."""

    basis: Basis
    sentence: str
    evidence: str
    key: str = ""
    """Of the person, the +K or the post it is about; empty where it is about none."""


def suggestion(
    view: Dashboard,
    waiting: Sequence[Waiting],
    unthanked: Sequence[Group],
    diagnosis: Diagnosis | None,
    habits: Habits | None,
    timing: Timing | None,
) -> Suggestion | None:
    """The suggestion that ranks first of those there is evidence for; None where there is none.

    Args:
        view: The dashboard of the day.
        waiting: Who waits for an answer.
        unthanked: Rows of +K that wait for a thank-you, newest first.
        diagnosis: What moved, where it was looked for.
        habits: What does better, likewise.
        timing: When to post, for all networks together, likewise.
    """
    if waiting:
        return _answer(view, waiting)
    if unthanked:
        return _thank(unthanked)
    return _change(diagnosis) or _habit(habits) or _hour(timing)


def needs_more(waiting: Sequence[Waiting], unthanked: bool, diagnosis: Diagnosis | None) -> bool:
    """Whether habits and timing matter: nothing that ranks before them can be said."""
    return not waiting and not unthanked and _change(diagnosis) is None


def _answer(view: Dashboard, waiting: Sequence[Waiting]) -> Suggestion:
    """Who asked something first, then whoever waits longest."""
    first = min(waiting, key=lambda each: (not each.asks, each.since, each.id))
    did = "asked you something" if first.asks else wording.DID[first.kind]
    since = wording.since(first.at, view.now, view.zone)
    return Suggestion(
        basis=Basis.ANSWER,
        sentence=f"Answer {_name(first.actor)}, who {did} ({since}).",
        evidence=REPLYING,
        key=first.person,
    )


def _thank(unthanked: Sequence[Group]) -> Suggestion:
    people = {actor.key: actor for group in unthanked for actor in group.people}
    names = [_name(actor) for actor in people.values()]
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return Suggestion(
        basis=Basis.THANK,
        sentence=f"Thank {names[0]}{more}.",
        evidence=THANKING,
        key=unthanked[0].key,
    )


def _change(diagnosis: Diagnosis | None) -> Suggestion | None:
    """What the weightiest reason suggests, where the verdict says that something changed."""
    if diagnosis is None or diagnosis.verdict.answer not in (Answer.FELL, Answer.ROSE):
        return None
    told = next((each for each in diagnosis.reasons if each.advice and each.sure is not Sure.GUESS), None)
    if told is None:
        return None
    return Suggestion(
        basis=Basis.CHANGE,
        sentence=told.advice,
        evidence=told.sentence,
        key=told.posts[0].id if told.posts else "",
    )


def _habit(habits: Habits | None) -> Suggestion | None:
    if habits is None or not (habits.keep or habits.less):
        return None
    habit = (habits.keep or habits.less)[0]
    verb = "Keep at it" if habit.keeps else "Do less"
    return Suggestion(
        basis=Basis.HABIT,
        sentence=f"{verb}: {habit.trait.words}.",
        evidence=_size(habit),
        key=habit.posts[0].id if habit.posts else "",
    )


def _size(habit: Habit) -> str:
    return f"They brought {habit.effect.words}: {wording.counted(len(habit.posts), 'post')} of the last 52 weeks."


def _hour(timing: Timing | None) -> Suggestion | None:
    """Only where posts that had no part in the advice bear it out."""
    if timing is None or timing.gain is None or timing.gain.low <= 0:
        return None
    what, *why = advice(timing)
    return Suggestion(basis=Basis.TIMING, sentence=what, evidence=" ".join(why))


def _name(actor: Actor) -> str:
    return actor.name or actor.handle
