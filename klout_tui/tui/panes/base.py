"""What all panes share: the view they draw, a filter, and a friendly word when there is nothing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Final, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import DataTable, Input, Static

from klout_tui.domain.dashboard import Dashboard
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Followed
from klout_tui.tui.widgets.frame import Frame
from klout_tui.tui.widgets.table import Column, Row, RowTable

Item = TypeVar("Item")

ROWS: Final = 200
"""Rows drawn at most; the filter looks in all items before this cut."""


class TablePane(Frame, Generic[Item]):
    """A pane whose content is rows. Subclasses say which columns and turn the view into rows."""

    COLUMNS: ClassVar[Sequence[Column]] = ()
    EMPTY: ClassVar[str] = ""
    """What to say, and what to do next, when there are no rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="pane.filter", tooltip="Show only rows that hold these words"),
        Binding("escape", "clear_filter", "Clear filter", id="pane.clear_filter", tooltip="Show all rows again"),
    ]

    view: reactive[Dashboard | None] = reactive(None)
    words: reactive[str] = reactive("")
    """The filter: only rows that hold each of these words are shown."""

    def compose(self) -> ComposeResult:
        """A table, the words for an empty one, and the filter's line."""
        yield RowTable(self.COLUMNS)
        yield Static(classes="empty")
        yield Input(placeholder="filter: Enter keeps it, Esc clears it", classes="filter", compact=True)

    @abstractmethod
    def items(self, view: Dashboard) -> Sequence[Item]:
        """What the rows stand for, in order."""

    @abstractmethod
    def row(self, item: Item, view: Dashboard, inks: Inks) -> Row:
        """One item as a row."""

    @abstractmethod
    def search_words(self, item: Item) -> str:
        """What the filter looks in."""

    @abstractmethod
    def summary(self, view: Dashboard) -> tuple[str, ...]:
        """The key figure in the pane's edge, in ever shorter words."""

    def remark(self, view: Dashboard) -> tuple[str, ...]:  # noqa: ARG002
        """A quiet sentence for the lower edge, in ever shorter words; none unless a subclass has one."""
        return ()

    @abstractmethod
    def open_row(self, key: str) -> None:
        """Say what a row opens into."""

    @property
    def table(self) -> RowTable:
        """The table."""
        return self.query_one(RowTable)

    def on_mount(self) -> None:
        """Follow changes of the theme."""
        self.query_one(".filter").display = False
        self.app.theme_changed_signal.subscribe(self, lambda _: self.draw())

    def fit(self) -> None:
        """Fit the columns."""
        self.table.fit()

    def watch_view(self) -> None:
        """Draw the new view."""
        self.draw()

    def watch_words(self) -> None:
        """Draw what the filter leaves."""
        self.draw()

    def draw(self) -> None:
        """Bring the table up to the view and the filter."""
        if self.view is None or not self.is_mounted:
            return
        view, inks = self.view, Inks.of(self.app)
        items = self.items(view)
        wanted = self.words.casefold().split()
        kept = [item for item in items if self._holds(item, wanted)] if wanted else items
        self.table.show([self.row(item, view, inks) for item in kept[:ROWS]])
        held = self.table.has_focus
        self.table.display = bool(kept)
        self.can_focus = not kept
        if held and not kept:
            self.focus()
        elif self.has_focus and kept:
            self.table.focus()
        empty = self.query_one(".empty", Static)
        empty.display = not kept
        if not kept:
            said = f"Nothing holds “{self.words}”. Esc clears the filter." if items else self.EMPTY
            empty.update(Content(said))
        found = f"{len(kept):,} of {len(items):,}"
        self.figure = (f"“{self.words}”: {found}", found) if wanted else self.summary(view)
        self.aside = self.remark(view)

    def _holds(self, item: Item, wanted: Sequence[str]) -> bool:
        text = self.search_words(item).casefold()
        return all(word in text for word in wanted)

    def focus_content(self) -> None:
        """Give the keys to the table, or to the pane where there is none."""
        (self.table if self.table.display else self).focus()

    def action_filter(self) -> None:
        """Open the filter's line."""
        line = self.query_one(".filter", Input)
        line.display = True
        line.focus()

    def action_clear_filter(self) -> None:
        """Show all rows again."""
        line = self.query_one(".filter", Input)
        line.value = ""
        line.display = False
        self.words = ""
        self.table.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Escape clears a filter only where there is one, so that it can mean "back" elsewhere."""
        if action == "clear_filter":
            return bool(self.words) or self.query_one(".filter", Input).display
        if action == "filter":
            return not self.query_one(".filter", Input).has_focus
        return True

    @on(Input.Changed, ".filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.words = event.value

    @on(Input.Submitted, ".filter")
    def _filter_kept(self, event: Input.Submitted) -> None:
        event.stop()
        if self.table.display:
            event.input.display = False
            self.table.focus()

    @on(RowTable.Following)
    def _following(self, event: RowTable.Following) -> None:
        event.stop()
        self.post_message(Followed(event.row.url))

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if event.row_key.value is not None:
            self.open_row(event.row_key.value)
