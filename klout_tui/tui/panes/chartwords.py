"""What is said under the bars: the bar under the cursor, or what is drawn; as much as fits, the weightiest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.engagement import Engagement, Series, Split
from klout_tui.domain.notes import Note
from klout_tui.domain.score.wording import points
from klout_tui.domain.unread import named
from klout_tui.tui.widgets.bars import COURSE, EARLIER, FILLS
from klout_tui.tui.widgets.onelines import GAP, fitted, fitting, folded
from klout_tui.tui.words import unseen

NOTE: Final = 24
"""Cells that the words of a note keep beside what came of it."""

NARROW: Final = 50
"""Cells of a line under which the usual is told without the word where there is a note."""


@dataclass(frozen=True, slots=True)
class ChartWords:
    """All that the words depend on."""

    view: Dashboard
    shown: Engagement
    compares: bool
    """Whether the weeks before are drawn."""
    scores: Sequence[float | None]
    """The score of each bar; none where there is no line of it."""
    notes: Mapping[int, Sequence[Note]]
    """The notes of each bar that has any."""
    came: Mapping[str, str]
    """What came of notes, by their ids."""
    ink: Callable[[int], str]
    """The colour of a part, by its number."""
    room: int
    """Cells of a line."""
    two_lines: bool

    def read_out(self, place: int) -> Content:
        """One bar in words."""
        shown = self.shown
        first, last = days_of(shown, place)
        when = f"{first:%a} {wording.day(first)}" if first == last else f"{wording.day(first)} to {wording.day(last)}"
        count, usual = shown.totals[place], shown.usual[place]
        notes = [(note, self.came.get(note.id, "")) for note in self.notes.get(place, ())]
        told = [Content.assemble((when, "bold"), f"  {wording.number(count)}")]
        if usual:
            low, high = (f"{limit:,.0f}" for limit in usual)
            short = bool(notes) and self.room < NARROW
            told.append(Content.styled(f"({low}–{high})" if short else f"usual {low} to {high}", "dim"))
        if words := unseen(shown, place, self.view.accounts):
            told.append(Content.styled(words, "bold" if count is None else ""))
        rest = []
        if self.compares and shown.previous[place] is not None:
            rest.append(Content.styled(f"{self._weeks} {wording.number(shown.previous[place])}", "dim"))
        if self.scores and (score := self.scores[place]) is not None:
            rest.append(Content.styled(f"score {points(score)}", "dim"))
        rest += [
            Content.assemble(
                (FILLS[number % len(FILLS)], self.ink(number)),
                f" {self._named(part)} {part.counts[place]:,}",
            )
            for number, part in numbered(shown)
            if part.counts[place]
        ]
        if self.two_lines and notes:
            return Content("\n").join([fitted([*told, *rest], self.room), noted(notes, self.room)])
        if self.two_lines:
            return folded([*told, *rest], self.room)
        taken = sum(each.cell_length + len(GAP) for each in told)
        if notes:
            told.append(noted(notes, self.room - taken - (2 if rest else 0)))
        return fitted([*told, *rest], self.room)

    def legend(self) -> Content:
        """What is drawn, in words as short as they must be."""
        shown = self.shown
        unit = Content.styled("a day" if shown.width == 1 else "a week", "dim")
        drawn = [Content.styled("·· usual", "dim")] if any(shown.usual) else []
        if self.compares and any(count is not None for count in shown.previous):
            drawn.append(Content.styled(f"{EARLIER}{EARLIER} {self._weeks}", "dim"))
        elif self.compares:
            drawn.append(Content.styled(f"nothing is known of {self._weeks}", "dim"))
        if self.score:
            drawn.append(Content.styled(f"{COURSE} score {self.score}", "dim"))
        counts, names = [], []
        for number, part in numbered(shown):
            name = Content.assemble((FILLS[number % len(FILLS)], self.ink(number)), f" {self._named(part)}")
            names.append(name)
            counts.append(Content.assemble(name, f" {part.total:,}"))
        stale = self._stale
        guessed = f"{wording.percent(shown.estimated / shown.total)} dated by guess" if shown.estimated else ""
        guess = [Content.styled(guessed, "dim")] if guessed else []
        gap, narrow = Content(GAP), Content("  ")
        if self.two_lines:
            short = (gap.join([unit, *counts]), narrow.join(counts), narrow.join([unit, *names]), narrow.join(names))
            return Content("\n").join([fitting(short, self.room), fitted([*stale, *drawn, *guess], self.room)])
        options = (
            gap.join([*stale, unit, *drawn, *counts, *guess]),
            gap.join([*stale, unit, *drawn, *counts]),
            narrow.join([*stale, unit, *drawn, *names]),
            narrow.join([*stale, *names]),
            Content(" ").join([*stale, *names]),
        )
        return fitting(options, self.room)

    @property
    def score(self) -> str:
        """The newest score drawn, in digits."""
        known = [score for score in self.scores if score is not None]
        return points(known[-1]) if known else ""

    @property
    def _stale(self) -> list[Content]:
        """Since when accounts have not been read."""
        if not self.shown.stale:
            return []
        since = min(day for _, day in self.shown.stale)
        who = named(self.view.accounts, [account for account, _ in self.shown.stale])
        return [Content(f"{who} not read since {wording.day(since, self.view.today)}".strip())]

    @property
    def _weeks(self) -> str:
        """How far back the bars that are compared lie."""
        return f"{wording.counted(self.shown.shift // 7, 'week')} before"

    def _named(self, part: Series) -> str:
        """What a part is called; a topic as she calls it."""
        return self.view.label(part.label) if self.shown.split is Split.TOPIC else part.label


def numbered(shown: Engagement) -> list[tuple[int, Series]]:
    """Each part with the number of its colour and fill, the same in every window."""
    return [(shown.labels.index(part.label), part) for part in shown.series]


def days_of(shown: Engagement, place: int) -> tuple[date, date]:
    """First and last local day of a bar."""
    first = shown.bars[place]
    return first, first + timedelta(days=shown.width - 1)


def noted(notes: Sequence[tuple[Note, str]], room: int) -> Content:
    """The first note of a bar with what came of it, its own words cut first where there is no room for both."""
    note, came = notes[0]
    rest = f"  and {len(notes) - 1:,} more" if len(notes) > 1 else ""
    tail = (f": {came}" if came else "") + rest
    mark = f"{note.mark} "
    least = max(room - cell_len(mark) - cell_len(tail), min(NOTE, cell_len(note.text)))
    text = Content(note.text).truncate(least, ellipsis=True)
    return Content.assemble(mark, text, (tail, "dim")).truncate(max(room, 0), ellipsis=True)
