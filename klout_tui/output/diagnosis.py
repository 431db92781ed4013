"""A diagnosis as lines for people and as JSON's content for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from klout_tui.domain.diagnosis import Answer, By, Diagnosis, Finding, Part, PostShown, Window
from klout_tui.domain.diagnosis.lmdi import Shares
from klout_tui.domain.diagnosis.saying import NETWORKS, capital
from klout_tui.domain.text import clean_line
from klout_tui.domain.wording import counted, day
from klout_tui.output.jsonform import instant

WIDTH: Final = 100
"""Characters a line has at most."""

POSTS: Final = 3
"""Posts named under a reason."""

PARTS: Final = 12
"""Parts in the table; what is smaller is summed up."""

_LONGEST: Final = 2000
_TITLE: Final = 60
_LABEL: Final = 30
_LEAST_LABEL: Final = 19
_COLUMNS: Final = 60
"""Characters of a table's numbers."""
_PLACES: Final = 3
"""Decimals in JSON."""


def lines(found: Diagnosis, by: str = "network", *, private: bool = False, width: int = WIDTH) -> Iterator[str]:
    """The diagnosis for people to read: verdict, reasons, and what the number is made of.

    Args:
        found: It.
        by: What the table of parts is split by.
        private: Whether posts that are not public may be named.
        width: Characters a line has at most; 74 is the least.
    """
    made = found.splits
    yield f"{_window(found.window, found.today)}: {counted(made.now, 'reaction')}, {made.before:,} {_against(found)}"
    yield ""
    if found.since and found.next:
        yield f"Verdict of {day(found.since, found.today)}; the next comes on {day(found.next, found.today)}"
    else:
        yield "Verdict"
    yield from _wrapped(found.sentence, "  ", width)
    for heading, reasons in (
        (_heading(found), found.reasons),
        ("What held against it", found.held),
        ("Worth knowing besides", found.besides),
    ):
        if reasons:
            yield ""
            yield heading
            yield from _reasons(reasons, private, width)
    if found.notes:
        yield ""
        yield "What came of your notes"
        for note in found.notes:
            yield from _wrapped(f"{day(note.day, found.today)}, {note.text}: {note.aftermath.sentence}", "  ", width)
    yield ""
    yield from _table(found, By(by), max(_LEAST_LABEL, min(_LABEL, width - _COLUMNS)))


def nothing(found: Diagnosis) -> str:
    """That there is nothing to explain, where all that could be told is zeros; else empty."""
    made = found.splits
    if made.now or made.before or found.findings or found.notes:
        return ""
    days = _window(found.window, found.today)
    return (
        f"No reactions from {days}, none {_against(found)}. klout-tui refresh looks for new ones;"
        " --from and --to choose other days."
    )


def content(found: Diagnosis, *, private: bool = False) -> dict[str, Any]:
    """The same for programs; shares and effects in reactions."""
    verdict, made = found.verdict, found.splits
    return {
        "at": instant(found.now),
        "window": _days(found.window),
        "against": _days(found.against),
        "before": made.before,
        "now": made.now,
        "change": made.change,
        "verdict": {
            "answer": verdict.answer,
            "because": verdict.because,
            "sentence": found.sentence,
            "weekly": found.weekly,
            "since": found.since and found.since.isoformat(),
            "next": found.next and found.next.isoformat(),
            "window": _days(verdict.window),
            "against": _days(verdict.against),
            "days_compared": verdict.days,
            "before": verdict.before,
            "now": verdict.now,
            "fall_needed": None if verdict.fall < 0 else verdict.fall,
            "rise_needed": None if verdict.rise < 0 else verdict.rise,
            "chance": _rounded(verdict.chance, 6),
            "dispersion": _rounded(verdict.noise.dispersion) if verdict.noise.freedom else None,
        },
        "findings": [_finding(each, private, found) for each in found.findings],
        "split": {by.value: [_part(part) for part in parts] for by, parts in made.tables.items()},
        "apart": [
            {
                "what": each.what,
                "network": each.network,
                "why": each.why,
                "before": each.before,
                "now": each.now,
                "change": each.change,
            }
            for each in made.asides
        ],
        "bursts": [
            {
                "first": each.first.isoformat(),
                "last": each.last.isoformat(),
                "reactions": each.reactions,
                "usual": _rounded(each.usual),
                "usual_of": "posts" if each.paced else "days",
                "ask": each in found.unexplained,
            }
            for each in found.bursts
        ],
        "notes": [
            {
                "day": note.day.isoformat(),
                "text": note.text,
                "came": note.aftermath.came,
                "sentence": note.aftermath.sentence,
                "days": note.aftermath.days or None,
                "reactions": note.aftermath.reactions if note.aftermath.days else None,
                "usual": _rounded(note.aftermath.usual) if note.aftermath.days else None,
                "times": _rounded(note.aftermath.times),
                "low": _rounded(note.aftermath.low),
                "high": _rounded(note.aftermath.high),
            }
            for note in found.notes
        ],
    }


def _heading(found: Diagnosis) -> str:
    if not found.way:
        return "What stands out"
    sure = found.verdict.answer in (Answer.FELL, Answer.ROSE)
    way = "rose" if found.way > 0 else "fell"
    return f"Why it {way}" if sure else f"Why it {way}, as far as can be told"


def _reasons(findings: Sequence[Finding], private: bool, width: int) -> Iterator[str]:
    for finding in findings:
        first, *more = _wrapped(finding.sentence, " " * 10, width)
        yield f"  {finding.sure.value:<8}{first.strip()}"
        yield from more
        if finding.advice:
            yield from _wrapped(f"→ {finding.advice}", " " * 10, width)
        for post in finding.posts[:POSTS]:
            brought = counted(post.reactions, "reaction")
            title = _title(post, private, max(8, min(_TITLE, width - 24 - len(brought))))
            yield f"{'':10}· {post.at:%d %b}  {title} ({brought})"
        if finding.people:
            names = ", ".join(clean_line(person.name, _LABEL) for person in finding.people)
            others = finding.people_count - len(finding.people)
            first, *more = _wrapped(f"· {names}{f' and {others:,} more' if others else ''}", " " * 12, width)
            yield first[2:]
            yield from more


def _table(found: Diagnosis, by: By, label: int) -> Iterator[str]:
    head = f"{'What it is made of':{label}}{'before':>9}{'now':>9}{'change':>9}"
    yield f"{head}   of which posts  people    each"
    parts = found.splits.tables[by]
    for part in parts[:PARTS]:
        yield _row(label, _label(by, part.label), part.before.acts, part.now.acts, part.shares)
    if rest := parts[PARTS:]:
        shares = sum((part.shares for part in rest), Shares())
        before, now = sum(part.before.acts for part in rest), sum(part.now.acts for part in rest)
        yield _row(label, f"{len(rest)} others", before, now, shares)
    for each in found.splits.asides:
        what = each.why.value if each.why else "no name" if each.what == "unnamed" else "no post"
        yield _row(label, f"{_network(each.network)}, {what}", each.before, each.now, None)
    made = found.splits
    yield _row(label, "in all", made.before, made.now, None)


def _row(wide: int, label: str, before: float, now: float, shares: Shares | None) -> str:
    row = f"  {clean_line(label, wide - 2):{wide - 2}}{round(before):>9,}{round(now):>9,}{_signed(now - before):>9}"
    if shares is None:
        return row
    return f"{row}{_signed(shares.posts + shares.without):>17}{_signed(shares.people):>8}{_signed(shares.acts):>8}"


def _signed(value: float) -> str:
    return f"{round(value):+,}" if round(value) else "0"


def _label(by: By, label: str) -> str:
    if by is By.NETWORK:
        return _network(label)
    return label or "no topic"


def _network(name: str) -> str:
    return capital(NETWORKS.get(name, name).removeprefix("your "))


def _title(post: PostShown, private: bool, room: int) -> str:
    if not (post.public or private):
        return "(not public)"
    return clean_line(post.title, room) or "(without words)"


def _window(window: Window, today: date) -> str:
    return f"{_from_to(window, today)} ({counted(window.length, 'day')})"


def _from_to(window: Window, today: date) -> str:
    if window.first == window.last:
        return day(window.first, today)
    return f"{day(window.first, today)} to {day(window.last, today)}"


def _against(found: Diagnosis) -> str:
    if found.against == found.window.before():
        return "the day before" if found.window.length == 1 else "in as many days before"
    return f"in those of {_from_to(found.against, found.today)}"


def _wrapped(words: str, indent: str, width: int) -> list[str]:
    cleaned = clean_line(words, _LONGEST, emoji=True)
    return textwrap.wrap(cleaned, width, initial_indent=indent, subsequent_indent=indent) or [indent]


def _finding(finding: Finding, private: bool, found: Diagnosis) -> dict[str, Any]:
    return {
        "cause": finding.cause,
        "subject": finding.subject or None,
        "sentence": finding.sentence,
        "advice": finding.advice or None,
        "effect": {
            "reactions": _rounded(finding.effect.reactions),
            "low": _rounded(finding.effect.low),
            "high": _rounded(finding.effect.high),
        },
        "sure": finding.sure,
        "role": "held against" if finding in found.held else "besides" if finding in found.besides else "reason",
        "posts": [
            {
                "id": post.id,
                "title": (post.title or None) if post.public or private else None,
                "at": instant(post.at),
                "url": post.url or None,
                "reactions": post.reactions,
            }
            for post in finding.posts
        ],
        "post_count": finding.post_count,
        "people": [
            {"handle": person.handle, "name": person.name or None, "before": person.before, "now": person.now}
            for person in finding.people
        ],
        "people_count": finding.people_count,
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "label": part.label or None,
        "before": {
            "posts": _rounded(part.before.posts),
            "people": _rounded(part.before.people),
            "reactions": _rounded(part.before.acts),
        },
        "now": {
            "posts": _rounded(part.now.posts),
            "people": _rounded(part.now.people),
            "reactions": _rounded(part.now.acts),
        },
        "by_posts": part.shares.posts,
        "by_people_per_post": part.shares.people,
        "by_acts_per_person": part.shares.acts,
        "without_posts": part.shares.without,
    }


def _days(window: Window) -> dict[str, str]:
    return {"first": _iso(window.first), "last": _iso(window.last)}


def _iso(when: date) -> str:
    return when.isoformat()


def _rounded(value: float | None, places: int = _PLACES) -> float | None:
    return None if value is None else round(value, places)
