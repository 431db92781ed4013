"""Why?: the score taken apart, visibly adding up; what moved it, what will fade, what would move it most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.score import wording as score_words
from klout_tui.domain.score.explain import Explanation
from klout_tui.domain.score.model import BASE, Factor
from klout_tui.domain.score.rounding import hundredths
from klout_tui.scoring import Why
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Noun, Opened
from klout_tui.tui.screens.page import heading
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.table import Bar, Column, Row, RowTable

COLUMNS: Final = (
    Column("name", "", 14, grow=2, most=30),
    Column("reach", "True Reach", 10, right=True),
    Column("amplification", "Amplification", 13, right=True),
    Column("impact", "Impact", 8, right=True),
    Column("sum", "points", 8, right=True),
    Column("bar", "", 6, grow=3, rank=1, most=40),
)
_FACTORS: Final = tuple(factor.value for factor in Factor)
MOVES: Final = 4
"""Steps told of."""


class WhyScreen(Screen[None]):
    """The score opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Back", id="why.back"),
        Binding("v", "app.models", "Models", id="why.models", tooltip="Put two scoring models side by side"),
    ]
    HELP = """
## Why this score
The table adds up: a point to start from, and for each account what its three parts give. **True Reach**: how many
people act. **Amplification**: how much they act per post. **Network Impact** (Impact): how far those who act reach
themselves. `Enter` opens a row into the people and posts behind it. Numbers without a row open nothing: they are sums.

A score inside its usual range has not changed: it goes up and down by itself that much. What will fade is told ahead,
so that no dip surprises. `z` hides every number of the score, `v` puts two scoring models side by side.
"""

    def __init__(self, why: Why, naming: Mapping[str, str], view: Dashboard, *, calm: bool) -> None:
        super().__init__(classes="why")
        self._why = why
        self._naming = naming
        self._calm = calm
        self._zone = view.zone

    def compose(self) -> ComposeResult:
        """The sentence, the table, and what there is to say about it."""
        yield Static(classes="head")
        yield RowTable(COLUMNS)
        with VerticalScroll(classes="prose", can_focus=True):
            yield Static()
        yield KeyLine()

    def on_mount(self) -> None:
        """Fill it."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self._draw()
        self.query_one(RowTable).focus()

    def update(self, why: Why, *, calm: bool) -> None:
        """Draw newer facts in place."""
        self._why, self._calm = why, calm
        self._draw()

    def _draw(self) -> None:
        look, told = self._why.look, self._why.explanation
        rests = score_words.rests_on(look.standing, self._called) if look.standing else ""
        about = f"{look.model}  ·  {wording.day(look.day, look.today)} {look.day.year}"
        line = heading(score_words.headline(look, calm=self._calm), Content.styled(about, "dim"), rests)
        self.query_one(".head", Static).update(line)
        table = self.query_one(RowTable)
        rows = self._rows(told) if told else []
        table.show(rows)
        table.styles.height = len(rows) + 1 if rows else 0
        self.query_one(".prose Static", Static).update(self._prose(told) if told else Content(_NOTHING))

    def _called(self, account: str) -> str:
        return self._naming.get(account, account)

    def _rows(self, told: Explanation) -> list[Row]:
        inks = Inks.of(self.app)
        rounded = hundredths({(part.account or "", part.factor): part.points for part in told.contributions})
        given: dict[str, dict[str, int]] = {}
        for (account, factor), points in rounded.items():
            given.setdefault(account, {})[factor] = points
        sums = {account: sum(parts.values()) for account, parts in given.items()}
        most = max([*(sums[account] for account in sums if account), 1])
        accounts = sorted(given, key=lambda account: (not account, -sums[account], account))
        rows = [self._row(account, given[account], sums[account] / most, inks) for account in accounts]
        whole = {factor: sum(parts.get(factor, 0) for parts in given.values()) for factor in (*_FACTORS, BASE)}
        rows.append(self._row(None, whole, 0.0, inks))
        return rows

    def _row(self, account: str | None, parts: Mapping[str, int], share: float, inks: Inks) -> Row:
        """An account's part, in hundredths; ``""`` is the point to start from, None the sum of all."""
        strong = "bold" if account is None else ""

        def number(value: int | None) -> Text:
            return Text("" if value is None or self._calm else f"{value / 100:.2f}", style=strong)

        name = {"": "to start from", None: "together"}.get(account) or self._called(account or "")
        return Row(
            key=account or ("=" if account is None else "1"),
            cells={
                "name": Text(name, style=strong or ("" if account else inks.dim)),
                **{factor: number(parts.get(factor)) for factor in _FACTORS},
                "sum": number(sum(parts.values())),
                "bar": Bar(share, inks.theirs),
            },
            opens=(Noun.PART, account) if account else None,
        )

    def _prose(self, told: Explanation) -> Content:
        if self._calm:
            steps = [score_words.deed(move, self._called) for move in self._why.moves[:MOVES] if move.points > 0]
            return _paragraphs(("Numbers are hidden", [_CALM]), ("What would raise it, the most first", steps))
        changes = [score_words.changed(change, self._called) for _, change in self._why.changes]
        fading = [score_words.fades(self._why.fading)] if self._why.fading else []
        own = sorted(told.own, key=lambda each: -each.score)
        together = [score_words.alone(own[-1].score, told.score, self._called(own[-1].account))] if len(own) > 1 else []
        rising = [move for move in self._why.moves if move.points > 0][:MOVES]
        falling = [move for move in self._why.moves if move.points < 0][-1:]
        return _paragraphs(
            ("What moved it", changes),
            ("What fades", fading),
            ("What would move it most", [score_words.moved(move, self._called) for move in (*rising, *falling)]),
            ("One network and the whole", together),
        )

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        row = next((row for row in self.query_one(RowTable).rows_shown if row.key == event.row_key.value), None)
        if row and row.opens:
            self.post_message(Opened(Noun.PART, row.opens[1]))


_NOTHING: Final = "There is no score yet: nobody has reacted to anything. It appears with the first reaction."
_CALM: Final = "Calm mode hides every score; z shows them. The bars tell what counts for how much."


def _paragraphs(*told: tuple[str, list[str]]) -> Content:
    """Titles with their sentences; those without any are left out."""
    parts = [
        Content("\n").join([Content.styled(title, "bold"), *map(Content, sentences)])
        for title, sentences in told
        if sentences
    ]
    return Content("\n\n").join(parts)
