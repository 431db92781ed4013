"""Everything logged by hand, newest first: to be corrected, or deleted."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.gratitude import WORDS, way_of
from klout_tui.domain.model import Interaction
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Correcting, Noun, Opened, Removing
from klout_tui.tui.screens.page import heading, one_line
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.table import Column, Row, RowTable

COLUMNS: Final = (
    Column("when", "when", 6, right=True),
    Column("who", "who", 12, grow=2, most=32),
    Column("how", "how", 16, rank=1),
    Column("topics", "for", 8, grow=2, most=40),
    Column("text", "in words", 12, grow=5, rank=2),
)

NOTHING: Final = "Nothing logged yet. + logs thanks that no network tells: a mail, applause, a word in the shop."


class LogScreen(Screen[None]):
    """A list of entries."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Back", id="logged.back"),
        Binding("plus", "app.log", "Log", id="logged.log", tooltip="Log more thanks"),
        Binding("e", "correct", "Correct", id="logged.correct", tooltip="Correct this entry"),
        Binding("delete,x", "remove", "Delete", id="logged.remove", tooltip="Delete this entry; ctrl+z takes it back"),
    ]
    HELP = """
## Your log
Thanks that no network measures, as you noted them. `+` notes another, `e` corrects the entry, `x` deletes it and
`Ctrl+Z` takes the last of these back; `Enter` opens the person. What you wrote stays inside the app.
"""

    def __init__(self, entries: tuple[Interaction, ...], view: Dashboard) -> None:
        super().__init__()
        self._entries = entries
        self._view = view

    def compose(self) -> ComposeResult:
        """The heading, the list, the whole of the words."""
        yield Static(classes="head")
        yield Static(Content(NOTHING), classes="empty")
        yield RowTable(COLUMNS)
        yield Static(classes="preview")
        yield KeyLine()

    def on_mount(self) -> None:
        """Draw what there is."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self._draw()
        self.query_one(RowTable).focus()

    def update(self, entries: tuple[Interaction, ...], view: Dashboard) -> None:
        """Draw newer facts in place."""
        self._entries, self._view = entries, view
        self._draw()
        if entries and self.focused is None:  # the keys left the table while it was empty
            self.query_one(RowTable).focus()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """The past can only be looked at."""
        return not (action in ("correct", "remove") and (self._view.past or not self._entries))

    def action_correct(self) -> None:
        """Ask for what is to be corrected."""
        if entry := self._current():
            self.post_message(Correcting(entry))

    def action_remove(self) -> None:
        """Delete the entry."""
        if entry := self._current():
            self.post_message(Removing(entry))

    @on(DataTable.RowSelected)
    def _selected(self) -> None:
        if entry := self._current():
            self.post_message(Opened(Noun.PERSON, entry.actor.key))

    @on(DataTable.RowHighlighted)
    def _highlighted(self) -> None:
        entry = self._current()
        preview = self.query_one(".preview", Static)
        preview.display = bool(entry and entry.text)
        preview.update(Content(entry.text if entry else ""))

    def _current(self) -> Interaction | None:
        row = self.query_one(RowTable).current
        return next((each for each in self._entries if row and each.id == row.key), None)

    def _draw(self) -> None:
        inks, entries = Inks.of(self.app), self._entries
        people = len({entry.actor.key for entry in entries})
        counts = f"{wording.counted(len(entries), 'entry', 'entries')} by {wording.counted(people, 'person', 'people')}"
        told = f"{counts}, counted as +K" if entries else ""
        self.query_one(".head", Static).update(heading("Your log", Content.styled(told, "dim")))
        self.query_one(".empty").display = not entries
        table = self.query_one(RowTable)
        table.display = bool(entries)
        table.show([_row(entry, self._view, inks) for entry in entries])
        self._highlighted()


def _row(entry: Interaction, view: Dashboard, inks: Inks) -> Row:
    return Row(
        key=entry.id,
        cells={
            "when": Text(wording.ago(entry.at, view.now), style=inks.dim),
            "who": Text(entry.actor.name or entry.actor.handle),
            "how": Text(WORDS[way_of(entry)]),
            "topics": Text(", ".join(entry.topics), style=inks.plus_k),
            "text": Text(one_line(entry.text), style=inks.dim),
        },
        url=entry.url,
        note=entry.text,
        opens=(Noun.PERSON, entry.actor.key),
    )
