"""Scoring models side by side: over all of the past, with what makes the difference; and the choice between them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from klout_tui.domain.score import wording as score_words
from klout_tui.domain.score.comparing import Comparison, Step
from klout_tui.errors import KloutError
from klout_tui.scoremodels import Offered
from klout_tui.tui.inks import Inks
from klout_tui.tui.scoredesk import ScoreDesk
from klout_tui.tui.screens.consent import ConsentScreen
from klout_tui.tui.screens.page import heading
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.lines import Lines
from klout_tui.tui.widgets.table import Column, Row, RowTable

if TYPE_CHECKING:
    from klout_tui.scoring import Compared

COLUMNS: Final = (
    Column("mark", "", 1),
    Column("title", "model", 14, grow=1, most=40),
    Column("whose", "", 12),
    Column("id", "id", 14, grow=2, rank=1),
)
PARTS: Final = 4
"""Accounts' parts told of in the difference."""


class ModelsScreen(Screen[bool]):
    """Two models; ends with whether another one is used now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="models.back"),
        Binding("enter", "use", "Use it", id="models.use", priority=True, tooltip="Use this model from now on"),
    ]
    HELP = """
## Scoring models
A model is a text file of weights and half-lives, each with its reason. The one in use is marked; the cursor chooses the
one it is compared with: both over all of your past, and what makes the difference today. Your own model is a copy of
ours in the folder `models` beside `settings.toml`. Nothing is used before you say so, and the days you were shown keep
saying what you were shown, and by which model.
"""

    def __init__(
        self,
        scores: ScoreDesk,
        chosen: str,
        offered: Sequence[Offered],
        naming: Mapping[str, str],
        *,
        calm: bool,
        past: bool,
    ) -> None:
        super().__init__(classes="models")
        self._scores, self._chosen, self._offered, self._naming = scores, chosen, offered, naming
        self._calm, self._past = calm, past
        self._changed = False

    def compose(self) -> ComposeResult:
        """The models, their courses, the difference in words."""
        yield Static(classes="head")
        yield RowTable(COLUMNS)
        yield Lines()
        with VerticalScroll(classes="prose", can_focus=True):
            yield Static()
        yield KeyLine()

    def on_mount(self) -> None:
        """List them; the first that is not in use is compared at once."""
        self._draw_head()
        table = self.query_one(RowTable)
        rows = self._rows()
        table.show(rows)
        table.styles.height = len(rows) + 1
        table.focus()
        other = next((place for place, each in enumerate(self._offered) if each.id != self._chosen), 0)
        self.call_after_refresh(table.move_cursor, row=other)  # it has its rows once it knows its width
        self._compare(self._offered[other])

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(self._changed)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """The past can only be looked at, and what is in use need not be chosen."""
        if action == "use":
            there = self._current
            return not self._past and there is not None and there.id != self._chosen and not there.problem
        return True

    @work(group="choose", exclusive=True)
    async def action_use(self) -> None:
        """Ask once more, then use it."""
        there = self._current
        if there is None:
            return
        words = (
            f"All of your past is computed with {there.title} from now on. The days you were shown keep saying "
            "what you were shown, and by which model. You can go back the same way."
        )
        if not await self.app.push_screen_wait(ConsentScreen(f"Use {there.title}?", words, "Use it")):
            return
        try:
            await asyncio.to_thread(self._scores.choose, there.id)
        except KloutError as error:
            self.app.notify(f"{error.message}\n{error.hint}".strip(), severity="error", markup=False)
            return
        self._chosen, self._changed = there.id, True
        self.query_one(RowTable).show(self._rows())
        self.refresh_bindings()
        self._compare(there)

    @on(DataTable.RowHighlighted)
    def _highlighted(self) -> None:
        self.refresh_bindings()
        if (there := self._current) is not None:
            self._compare(there)

    @property
    def _current(self) -> Offered | None:
        row = self.query_one(RowTable).current
        return next((each for each in self._offered if row is not None and each.id == row.key), None)

    @work(group="compare", exclusive=True)
    async def _compare(self, other: Offered) -> None:
        """Both over all of the past; that takes a while, and the screen says so."""
        lines, said = self.query_one(Lines), self.query_one(".prose Static", Static)
        if other.problem:
            lines.show(())
            said.update(Content(f"It cannot be used. {other.problem}"))
            return
        said.update(Content.styled("Going through all of your past under both models…", "dim"))
        try:
            found = await asyncio.to_thread(self._scores.compare, other.id)
        except KloutError as error:
            said.update(Content(f"{error.message} {error.hint}".strip()))
            return
        if self.is_attached:
            self._show(found, other)

    def _show(self, found: Compared, other: Offered) -> None:
        lines = self.query_one(Lines)
        days = [day for day, _, _ in found.days]
        if self._calm:
            lines.show(())
        elif other.id == self._chosen:
            lines.show(days, (found.one, [one for _, one, _ in found.days]))
        else:
            lines.show(
                days,
                (f"{found.one} (in use)", [one for _, one, _ in found.days]),
                (found.other, [another for _, _, another in found.days]),
            )
        self.query_one(".prose Static", Static).update(self._words(found, other))

    def _words(self, found: Compared, other: Offered) -> Content:
        told = found.comparison
        if self._calm:
            return Content("Calm mode hides every score; z shows them.")
        if told is None:
            return Content("There is no score yet to compare.")
        now = f"Today: {score_words.points(told.one.score)} by {found.one}"
        if other.id == self._chosen:
            return Content(f"{now}. It is the one in use; choose another to compare it with.")
        head = (
            f"{now}, {score_words.points(told.other.score)} by {found.other}: {score_words.signed(told.change.points)}."
        )
        return Content("\n").join(
            [
                Content.styled(head, "bold"),
                *([Content(""), Content.styled("What makes the difference", "bold")] if told.steps else []),
                *(Content(step_words(step)) for step in told.steps),
                Content(""),
                Content.styled("Where it shows", "bold"),
                *(Content(line) for line in self._parts(told)),
            ]
        )

    def _parts(self, told: Comparison) -> list[str]:
        parts = told.change.contributions[:PARTS]
        naming = lambda account: self._naming.get(account, account)  # noqa: E731
        lines = [f"{score_words.part_name(part, naming)}: {score_words.signed(part.points)}" for part in parts]
        rest = sum(part.points for part in told.change.contributions[PARTS:])
        return [
            *lines,
            *([f"everything else: {score_words.signed(rest)}"] if told.change.contributions[PARTS:] else []),
        ]

    def _draw_head(self) -> None:
        words = "Both over all of your past. Nothing is used before you say so."
        self.query_one(".head", Static).update(heading("Scoring models", Content.styled(words, "dim")))

    def _rows(self) -> list[Row]:
        inks = Inks.of(self.app)
        return [
            Row(
                key=each.id,
                cells={
                    "mark": Text("✓" if each.id == self._chosen else "", style=inks.good),
                    "title": Text(each.title, style=inks.bad if each.problem else ""),
                    "whose": Text(
                        "in use" if each.id == self._chosen else "ours" if each.built_in else "yours", style=inks.dim
                    ),
                    "id": Text(each.id, style=inks.dim),
                },
            )
            for each in self._offered
        ]


def step_words(step: Step) -> str:
    """One difference between two models: ``half_life_days 45.0, now 30.0: −1.2``."""
    told = ", ".join(
        f"{key} {before if before is not None else 'none'} → {after if after is not None else 'none'}"
        for key, before, after in zip(step.keys, step.before, step.after, strict=True)
    )
    return (
        f"{told}: {score_words.signed(step.points)}"
        if step.points is not None
        else f"{told}: only together with the next"
    )
