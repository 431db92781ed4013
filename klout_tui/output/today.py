"""Today's review as text: lines for people, Markdown for a note or a mail to oneself, JSON's content for programs."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any, Final

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.diagnosis.verdict import Answer
from klout_tui.domain.grouping import Group
from klout_tui.domain.review import FEW, Review, line
from klout_tui.domain.text import clean_line
from klout_tui.domain.topics import TopicRow
from klout_tui.domain.waiting import Waiting
from klout_tui.output.jsonform import instant, note_row

WIDTH: Final = 100
"""Characters a line has at most."""

_WORDS: Final = 100
_NAME: Final = 40
_LONGEST: Final = 2000
_MARKS: Final = re.compile(r"([\\`*_\[\]<>|~&$])|^([#+=-]|\d+(?=[.)]))")
"""What Markdown takes for more than text: some characters anywhere, others at the beginning of a line."""

Block = tuple[str, list[str]]
"""A heading and what is under it."""


def summary(review: Review) -> str:
    """The one line."""
    counts = (review.to_thank, len(review.waiting), review.waiting_people, review.reactions)
    return line(*counts, review.verdict, review.unread)


def lines(review: Review, view: Dashboard, *, private: bool = False) -> Iterator[str]:
    """The review for people to read.

    Args:
        review: It.
        view: The dashboard it was made of.
        private: Whether text that is not public may be told.
    """
    yield f"{review.day:%A}, {wording.day(review.day)} {review.day.year}: {summary(review)}"
    for heading, told in _blocks(review, view, private=private):
        yield ""
        yield heading
        for each in told:
            yield from _wrapped(each)


def markdown(review: Review, view: Dashboard, *, private: bool = False) -> Iterator[str]:
    """The same as Markdown; what people wrote stays text in it."""
    yield f"# {review.day:%A}, {wording.day(review.day)} {review.day.year}"
    yield ""
    yield _escaped(summary(review))
    for heading, told in _blocks(review, view, private=private):
        yield ""
        yield f"## {_escaped(heading)}"
        yield ""
        for each in told:
            yield f"- {_escaped(each)}"


def content(review: Review, view: Dashboard, *, private: bool = False) -> dict[str, Any]:
    """The same for programs."""
    found, tip = review.diagnosis, review.suggestion
    return {
        "at": instant(review.now),
        "day": review.day.isoformat(),
        "line": summary(review),
        "to_thank": review.to_thank,
        "waiting": len(review.waiting),
        "waiting_people": review.waiting_people,
        "reactions": review.reactions,
        "since": instant(view.news.since),
        "thank": [_thank_row(group) for group in _unthanked(review)],
        "answer": [_waiting_row(each, private=private) for each in review.waiting],
        "moved": None
        if found is None
        else {
            "answer": found.verdict.answer,
            "sentence": found.sentence,
            "since": found.since and found.since.isoformat(),
            "reasons": [
                {"sentence": each.sentence, "advice": each.advice or None, "sure": each.sure} for each in review.reasons
            ],
        },
        "topics": [
            {"topic": row.topic, "plusks": row.plusk, "people": row.people, "people_share": _rounded(row.people_share)}
            for row in review.topics
        ],
        "suggestion": None if tip is None else {"basis": tip.basis, "sentence": tip.sentence, "evidence": tip.evidence},
        "note": review.note.text if review.note is not None else None,
        "notes": [note_row(note) for note in review.notes],
        "reminders": list(review.reminders),
        "unread": review.unread or None,
    }


def _blocks(review: Review, view: Dashboard, *, private: bool) -> Iterator[Block]:
    thanks = _unthanked(review)
    if thanks:
        told = [_thank(group, view) for group in thanks[:FEW]]
        yield (
            f"To thank: {review.to_thank:,}",
            [*told, *_more(sum(group.waiting(review.now) for group in thanks[FEW:]))],
        )
    if review.waiting:
        told = [_wait(each, view, private=private) for each in review.waiting[:FEW]]
        yield (
            f"To answer: {len(review.waiting):,}{wording.from_people(review.waiting)}",
            [*told, *_more(len(review.waiting) - FEW)],
        )
    if review.diagnosis is not None:
        told = [review.diagnosis.sentence]
        if review.verdict in (Answer.FELL, Answer.ROSE):
            told += [f"{each.sentence} ({each.sure})" for each in review.reasons]
        yield "What moved", told
    if review.topics:
        told = [_topic_words(review, view)]
        told += [f"{words[0][:1].upper()}{words[0][1:]}." for words in [wording.gap(review.gap, view.label)] if words]
        yield "What people tie to you", told
    if review.suggestion is not None:
        yield "One thing to do", [review.suggestion.sentence, review.suggestion.evidence]
    if review.reminders:
        yield "Reminders", [f"{each[:1].upper()}{each[1:]}." for each in review.reminders]
    if review.notes:
        heading = "Your note" if len(review.notes) == 1 else "Your notes"
        yield heading, [f"{note.text}{' (on a post)' if note.post else ''}" for note in review.notes]


def _unthanked(review: Review) -> list[Group]:
    return [group for group in review.groups if group.waiting(review.now)]


def _more(count: int) -> list[str]:
    return [f"and {count:,} more"] if count > 0 else []


def _thank(group: Group, view: Dashboard) -> str:
    people = group.people
    who = clean_line(people[0].name or people[0].handle, _NAME)
    others = f" and {len(people) - 1:,} more" if len(people) > 1 else ""
    said = any(each.said for each in group.plusks)
    did = "said +K" if said else " and ".join(wording.DID[kind] for kind in group.kinds[:2])
    on = [view.label(topic) for topic in group.topics[:3]]
    on = on or [*(view.label(topic) for topic in group.hidden[:3]), *(["hidden"] if group.hidden else [])]
    topics = f" ({', '.join(on)})" if on else ""
    return f"{who}{others} {did}{topics}, {wording.since(group.at, view.now, view.zone)}"


def _wait(each: Waiting, view: Dashboard, *, private: bool) -> str:
    who = clean_line(each.actor.name or each.actor.handle, _NAME)
    when = wording.since(each.at, view.now, view.zone)
    text = clean_line(each.text, _WORDS) if each.public or private else "(not public)"
    return f"{who} {wording.DID[each.kind]}, {when}: {text}"


def _topic_words(review: Review, view: Dashboard) -> str:
    told = [f"{view.label(row.topic)} ({_count(row)})" for row in review.topics]
    return ", ".join(told) + "; the last 90 days."


def _count(row: TopicRow) -> str:
    parts = [f"{row.plusk:,} +K"] if row.plusk else []
    return ", ".join([*parts, wording.counted(row.people, "person", "people")] if row.people else parts)


def _wrapped(words: str) -> list[str]:
    cleaned = clean_line(words, _LONGEST, emoji=True)
    return textwrap.wrap(cleaned, WIDTH, initial_indent="  ", subsequent_indent="    ") or ["  "]


def _escaped(words: str) -> str:
    """Text that Markdown takes for text."""
    return _MARKS.sub(_spoken, clean_line(words, _LONGEST, emoji=True))


def _spoken(mark: re.Match[str]) -> str:
    """A number at the beginning of a line is told apart from a list by its mark, anything else by itself."""
    return f"{mark[0]}\\" if mark[0].isdigit() else f"\\{mark[0]}"


def _thank_row(group: Group) -> dict[str, Any]:
    return {
        "people": [{"handle": actor.handle, "name": actor.name or None} for actor in group.people],
        "kinds": list(group.kinds),
        "topics": list(group.topics),
        "hidden_topics": list(group.hidden),
        "at": instant(group.at),
        "ids": list(group.unthanked),
        "url": group.plusks[0].url or None,
    }


def _waiting_row(each: Waiting, *, private: bool) -> dict[str, Any]:
    return {
        "id": each.id,
        "person": {"handle": each.actor.handle, "name": each.actor.name or None},
        "kind": each.kind,
        "at": instant(each.at),
        "text": each.text if each.public or private else None,
        "url": each.url or None,
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)
