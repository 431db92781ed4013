"""What stands on each card of the review, and on its last page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rich.text import Text
from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import TOPIC_DAYS, Dashboard
from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.verdict import Answer
from klout_tui.domain.grouping import Group
from klout_tui.domain.notes import Note
from klout_tui.domain.review import FEW, USUAL, Review, Step
from klout_tui.domain.suggesting import Basis
from klout_tui.domain.topics import TopicRow
from klout_tui.domain.waiting import Waiting
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun
from klout_tui.tui.screens.page import one_line
from klout_tui.tui.screens.plusk import mark, names, topics_of
from klout_tui.tui.widgets.table import Bar, Column, Row

MORE: Final = "more"
"""Key of the row behind which the rest of a card is."""

CHANGES: Final = "changes"
"""Key of the row that opens the diagnosis."""

TITLES: Final[Mapping[Step, str]] = {
    Step.THANK: "Thank for their +K",
    Step.ANSWER: "To answer",
    Step.MOVED: "What moved, and why",
    Step.TOPICS: f"What people tie to you, in {TOPIC_DAYS} days",
    Step.SUGGESTION: "One thing to do",
    Step.NOTE: "A line for today",
}

NOTES: Final = 5
"""Notes of a day that are told; of more their number."""

_NAMES: Final = 3

_THANK: Final = (
    Column("mark", "", 1),
    Column("who", "who", 12, grow=3, most=40),
    Column("topics", "for", 8, grow=2, most=36),
    Column("did", "did", 10),
    Column("post", "on", 14, grow=4, rank=1),
    Column("when", "when", 6, right=True),
)
_ANSWER: Final = (
    Column("mark", "", 1),
    Column("who", "who", 12, grow=1, most=28),
    Column("text", "wrote", 20, grow=5),
    Column("network", "network", 8, rank=2),
    Column("when", "when", 6, right=True),
)
_REASONS: Final = (
    Column("sure", "", 7),
    Column("what", "reason", 20, grow=1),
    Column("size", "reactions", 9, right=True, rank=1),
)
_TOPICS: Final = (
    Column("topic", "topic", 14, grow=2, most=32),
    Column("plusk", "+K", 5, right=True),
    Column("people", "people", 6, right=True),
    Column("share", "of all", 6, right=True, rank=1),
    Column("bar", "", 10, grow=2, rank=2, most=40),
    Column("trend", "12 weeks", 12, rank=3),
)
_ABOUT: Final = (Column("what", "", 20, grow=1),)


@dataclass(frozen=True, slots=True)
class Card:
    """Words, and rows under them."""

    words: Content
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()


def card(found: Review, view: Dashboard, step: Step, inks: Inks, *, whole: bool) -> Card:
    """One card; the one for the note is ``note_card``.

    Args:
        found: The review.
        view: The dashboard it was made of.
        step: Which.
        inks: Colours by role.
        whole: Whether all rows are shown, however many.
    """
    return _CARDS[step](found, view, inks, whole)


def title(found: Review, step: Step) -> str:
    """What stands over a card; over what waits for an answer, how much of whom."""
    return wording.to_answer(found.waiting) if step is Step.ANSWER and found.waiting else TITLES[step]


def summary(found: Review, notes: Sequence[str]) -> Content:
    """The last page: what was done, how it stands, and that it is enough."""
    done, told = found.done, []
    if done.thanked:
        told.append(f"thanked for {wording.counted(done.thanked, 'act')}")
    if done.answered:
        told.append(f"answered {done.answered:,}")
    if done.dismissed:
        told.append(f"let {done.dismissed:,} go")
    if done.put_off:
        told.append(f"put {done.put_off:,} off")
    left = []
    if found.to_thank:
        left.append(f"{found.to_thank:,} to thank")
    if found.waiting:
        left.append(wording.to_answer(found.waiting))
    lines = [
        f"Today you {_listed(told)}." if told else "",
        f"Left for another day: {_listed(left)}. Nobody minds." if left else "Nobody waits for you.",
        f"Your engagement: {_SAID[found.verdict]}." if found.verdict is not None else "",
        f"One thing: {found.suggestion.sentence}" if found.suggestion is not None else "",
        f"Noted: {notes[0]}" if len(notes) == 1 else "",
        *(["Noted:", *(f"◆ {note}" for note in few(notes))] if len(notes) > 1 else []),
        *(f"{each[:1].upper()}{each[1:]}." for each in found.reminders),
    ]
    end = Content.assemble(("That is all for today.", "bold"))
    return Content("\n").join([*(Content(each) for each in lines if each), Content(""), end])


_SAID: Final[Mapping[Answer, str]] = {
    **USUAL,
    Answer.FELL: "lower than before, and more than chance",
    Answer.ROSE: "higher than before, and more than chance",
}


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _thank(found: Review, view: Dashboard, inks: Inks, whole: bool) -> Card:  # one shape for all cards
    rows = [_group(group, view, inks) for group in found.groups]
    rest = sum(group.waiting(found.now) for group in found.groups[FEW:])
    return Card(Content(""), _THANK, _cut(rows, _THANK, whole, inks, rest))


def _group(group: Group, view: Dashboard, inks: Inks) -> Row:
    thanked, waiting = len(group.thanked), group.waiting(view.now)
    newest, people = group.plusks[0], group.people
    who = names(people, _NAMES) if len(people) > 1 else people[0].name or people[0].handle
    did = "said +K" if any(each.said for each in group.plusks) else wording.DID[group.kinds[0]]
    posts = {each.post for each in group.plusks}
    return Row(
        key=group.key,
        cells={
            "mark": mark(thanked, waiting, inks),
            "who": Text(who, style=inks.dim if not waiting else ""),
            "topics": Text(topics_of(group, view) or "no topic", style=inks.plus_k if group.topics else inks.dim),
            "did": Text(did),
            "post": Text(newest.on if len(posts) == 1 else wording.counted(len(posts), "post"), style=inks.dim),
            "when": Text(wording.ago(newest.at, view.now), style=inks.dim),
        },
        url=newest.url,
        opens=(Noun.PLUSK, group.key),
    )


def _answer(found: Review, view: Dashboard, inks: Inks, whole: bool) -> Card:
    rows = [_waiting(each, view, inks) for each in found.waiting]
    words = "" if rows else "Nobody waits for an answer."
    return Card(Content(words), _ANSWER, _cut(rows, _ANSWER, whole, inks))


def _waiting(each: Waiting, view: Dashboard, inks: Inks) -> Row:
    return Row(
        key=each.id,
        cells={
            "mark": Text("?" if each.asks else "", style=inks.warn),
            "who": Text(each.actor.name or each.actor.handle),
            "text": Text(one_line(each.text)),
            "network": Text(each.account.partition(":")[0], style=inks.dim),
            "when": Text(wording.ago(each.at, view.now), style=inks.dim),
        },
        url=each.url,
        note=each.text,
        opens=(Noun.PERSON, each.person),
    )


def _moved(found: Review, view: Dashboard, inks: Inks, whole: bool) -> Card:  # noqa: ARG001
    if found.diagnosis is None:
        return Card(Content("Looking at the last two months …"))
    lines = [Content(found.diagnosis.sentence)]
    burst = found.burst
    if burst is not None:
        asked = f"{saying.brought(burst)}. What happened?"
        lines += [Content(""), Content.assemble((asked, "bold"), "  n notes it, x lets it be")]
    changed = found.verdict in (Answer.FELL, Answer.ROSE)
    rows = [
        Row(
            key=f"reason {place}",
            cells={
                "sure": Text(each.sure.value, style=inks.dim),
                "what": Text(each.sentence),
                "size": Text(f"{each.effect.reactions:+,.0f}".replace("-", "−"), style=inks.dim),
            },
            note=f"{each.sentence} {each.advice}".strip(),
            opens=(Noun.POST, each.posts[0].id) if each.posts else None,
        )
        for place, each in enumerate(found.reasons if changed else ())
    ]
    columns = _REASONS if rows else _ABOUT
    return Card(Content("\n").join(lines), columns, [*rows, _pointing(CHANGES, "Everything about it", columns, inks)])


def _topics(found: Review, view: Dashboard, inks: Inks, whole: bool) -> Card:  # noqa: ARG001
    said = wording.gap(found.gap, view.label)
    words = f"{said[0][:1].upper()}{said[0][1:]}." if said else ""
    return Card(Content(words), _TOPICS, [_topic(row, view, inks) for row in found.topics])


def _topic(row: TopicRow, view: Dashboard, inks: Inks) -> Row:
    return Row(
        key=row.topic,
        cells={
            "topic": Text(view.label(row.topic)),
            "plusk": Text(f"{row.plusk:,}" if row.plusk else "", style=inks.plus_k),
            "people": Text(wording.number(row.people)),
            "share": Text(wording.percent(row.people_share), style=inks.dim),
            "bar": Bar(row.people_share or 0.0, inks.theirs),
            "trend": Text(wording.spark(row.trend, 12), style=inks.dim),
        },
        opens=(Noun.TOPIC, row.topic),
    )


_OPENS: Final[Mapping[Basis, tuple[Noun, str]]] = {
    Basis.ANSWER: (Noun.PERSON, "Open the person"),
    Basis.THANK: (Noun.PLUSK, "Open the +K"),
    Basis.CHANGE: (Noun.POST, "Open a post it rests on"),
    Basis.HABIT: (Noun.POST, "Open a post it rests on"),
}


def _suggestion(found: Review, view: Dashboard, inks: Inks, whole: bool) -> Card:  # noqa: ARG001
    tip = found.suggestion
    if tip is None:
        waits = found.diagnosis is None
        return Card(Content("Looking …" if waits else "Nothing that there is evidence for. Go on as you do."))
    words = Content.assemble((tip.sentence, "bold"), "\n\n", (tip.evidence, "dim"))
    opens = _OPENS.get(tip.basis)
    if opens is None or not tip.key:
        return Card(words)
    noun, label = opens
    row = Row(key=tip.key, cells={"what": Text(f"{label} …", style=inks.dim)}, opens=(noun, tip.key))
    return Card(words, _ABOUT, [row])


def note_card(found: Review, before: Note | None, begun: date | None) -> Card:
    """The card with the line for the day.

    Args:
        found: The review.
        before: The note the line is another wording of.
        begun: The earlier local day the line was begun on, where it was.
    """
    if found.past:
        return Card(Content("\n").join(Content(f"◆ {line}") for line in few(noted(found.notes))))
    why = "What did you do or decide? It is marked on the chart, so that you see later what came of it."
    told = "Enter keeps it and ends the review; "
    told += f"it rewords note {before.id}, and emptied drops it." if before else "left empty, there is none."
    lines = [Content(why), Content.styled(told, "dim")]
    if begun is not None:
        lines.append(Content.styled(f"You began this on {begun:%A}, {wording.day(begun, found.day)}.", "dim"))
    others = noted(note for note in found.notes if note != before)
    if others:
        lines += [Content(""), Content("Also noted today:"), *(Content(f"◆ {line}") for line in few(others))]
    return Card(Content("\n").join(lines))


def noted(notes: Iterable[Note]) -> list[str]:
    """What notes of one day say; which are on a post."""
    return [f"{note.mark} {note.text}{' (on a post)' if note.post else ''}" for note in notes]


def few(lines: Sequence[str]) -> list[str]:
    """The first few, and how many more there are."""
    return [*lines[:NOTES], *([f"and {len(lines) - NOTES:,} more"] if len(lines) > NOTES else [])]


def _cut(rows: list[Row], columns: Sequence[Column], whole: bool, inks: Inks, rest: int = 0) -> list[Row]:
    """The newest few, and a row that leads to the ``rest``: what it is of the number in the bar, where rows are not."""
    if whole or len(rows) <= FEW + 1:
        return rows
    return [*rows[:FEW], _pointing(MORE, f"{rest or len(rows) - FEW:,} more", columns, inks)]


def _pointing(key: str, words: str, columns: Sequence[Column], inks: Inks) -> Row:
    """A row that only leads on."""
    cells = {column.key: Text("") for column in columns}
    cells[next(column.key for column in columns if column.grow)] = Text(f"{words} …", style=inks.dim)
    return Row(key=key, cells=cells)


_CARDS: Final[Mapping[Step, Callable[[Review, Dashboard, Inks, bool], Card]]] = {
    Step.THANK: _thank,
    Step.ANSWER: _answer,
    Step.MOVED: _moved,
    Step.TOPICS: _topics,
    Step.SUGGESTION: _suggestion,
}
