"""The first screen: a header line, four panes, the keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.score.look import Look
from klout_tui.tui.panes.accounts import AccountsPane
from klout_tui.tui.panes.engagement import EngagementPane
from klout_tui.tui.panes.plusk import PlusKPane
from klout_tui.tui.panes.topics import TopicsPane
from klout_tui.tui.widgets.frame import Frame
from klout_tui.tui.widgets.headline import Headline
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.welcome import Welcome
from klout_tui.worker.events import Progressed

PANES: Final[tuple[type[Frame], ...]] = (AccountsPane, TopicsPane, PlusKPane, EngagementPane)


class HomeScreen(Screen[None]):
    """Four panes drawn from one view."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                str(pane.NUMBER),
                f"pane({pane.NUMBER})",
                pane.NAME,
                show=False,
                id=f"home.pane_{pane.NUMBER}",
                tooltip=f"Go to {pane.NAME}",
            )
            for pane in PANES
        ),
        Binding("tab", "step(1)", "Next pane", show=False, id="home.next_pane", priority=True, tooltip="Go on"),
        Binding(
            "shift+tab",
            "step(-1)",
            "Previous pane",
            show=False,
            id="home.previous_pane",
            priority=True,
            tooltip="Go back",
        ),
        Binding("0", "score", "Score", show=False, id="home.score", tooltip="Go to the score; Enter opens it"),
        Binding(
            "m", "enlarge", "Maximise", id="home.maximise", tooltip="Give the pane the whole screen, or put it back"
        ),
        Binding("escape", "put_back", "Back", show=False, id="home.back"),
    ]
    ESCAPE_TO_MINIMIZE = False  # Esc first clears a filter; putting back is a binding of ours
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (70, "-usual-width"), (110, "-roomy"), (160, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-usual"), (44, "-tall")]

    view: reactive[Dashboard | None] = reactive(None)
    progress: reactive[Mapping[str, Progressed | None]] = reactive({})
    """Accounts being read now, with how far they are."""

    look: reactive[Look | None] = reactive(None)
    """The score, once it is computed."""
    calm: reactive[bool] = reactive(False)
    """Whether every number of the score is hidden."""
    course: reactive[Mapping[date, float | None]] = reactive({})
    """The score of the days the chart shows; None in gaps."""
    mode: reactive[str] = reactive("")
    """What kind of session this is, or which past is shown, for the header; empty on an ordinary day."""

    came: reactive[Mapping[str, str]] = reactive({})
    """What came of notes, by their ids, for the chart to read out."""
    quiet: reactive[str] = reactive("")
    """What is offered, and what she wants to be reminded of; empty where nothing is."""

    halted: reactive[bool] = reactive(False)
    """Whether reading in the background has stopped for good."""

    def __init__(self, mode: str = "", *, greets: bool = True, calm: bool = False) -> None:
        """A screen for one session.

        Args:
            mode: The first ``mode``.
            calm: The first ``calm``.
            greets: Whether an empty store is a newcomer's; not so in the demo, whose accounts are about to be linked.
        """
        super().__init__(id="home")
        self.set_reactive(HomeScreen.mode, mode)
        self.set_reactive(HomeScreen.calm, calm)
        self._greets = greets
        self.greeting = False
        """Whether a newcomer is greeted instead: there is nothing to read, to search or to split yet."""

    def compose(self) -> ComposeResult:
        """Header, panes, keys."""
        yield Headline().data_bind(
            HomeScreen.view,
            HomeScreen.progress,
            HomeScreen.mode,
            HomeScreen.halted,
            HomeScreen.look,
            HomeScreen.calm,
        )
        with Grid(id="panes"):
            yield AccountsPane(id="accounts").data_bind(HomeScreen.view, HomeScreen.progress)
            yield TopicsPane(id="topics").data_bind(HomeScreen.view)
            yield PlusKPane(id="plusk").data_bind(HomeScreen.view)
            yield EngagementPane(id="engagement").data_bind(
                HomeScreen.view, HomeScreen.course, HomeScreen.calm, HomeScreen.came
            )
        yield Welcome()
        yield Static(id="quiet")
        yield KeyLine()

    def on_mount(self) -> None:
        """Start in the first pane, or with a greeting."""
        self.query_one(Welcome).display = False
        self.query_one("#quiet").display = bool(self.quiet)
        self.query_one(AccountsPane).focus_content()
        self._greet()

    def watch_view(self, before: Dashboard | None, view: Dashboard | None) -> None:
        """The first account ends the greeting, forgetting the last begins it; the past allows less."""
        if self.is_mounted:
            self._greet()
            if before is None or view is None or before.past != view.past:
                self.refresh_bindings()
                self.watch_quiet()

    def watch_quiet(self) -> None:
        """One line above the keys, as long as there is something on it; the past offers nothing."""
        if self.is_mounted:
            line = self.query_one("#quiet", Static)
            line.display = bool(self.quiet) and not (self.view is not None and self.view.past)
            line.update(Content(self.quiet))

    def _greet(self) -> None:
        """An empty store is greeted, not shown as four empty panes."""
        greeting = self._greets and self.view is not None and not self._lived
        if greeting == self.greeting:
            return
        self.greeting = greeting
        welcome = self.query_one(Welcome)
        welcome.display = greeting
        self.query_one("#panes").display = not greeting
        if greeting:
            welcome.focus_content()
        else:  # once its table is drawn, which takes the keys from the pane
            self.call_after_refresh(self.query_one(AccountsPane).focus_content)
        self.refresh_bindings()

    @property
    def _lived(self) -> bool:
        """Whether there is something to show: an account, or a +K, which may be one she logged by hand."""
        return self.view is not None and bool(self.view.accounts or self.view.plusks)

    def show_accounts(self) -> None:
        """Go to the accounts, where a first reading can be watched."""
        if not self.greeting:
            self.action_pane(AccountsPane.NUMBER)

    @property
    def _current(self) -> int:
        panes = list(self.query(Frame))
        return next((index for index, pane in enumerate(panes) if pane.has_pseudo_class("focus-within")), -1)

    def action_pane(self, number: int) -> None:
        """Go to a pane."""
        if self.maximized is not None:
            self.minimize()
        pane = self.query_one(PANES[number - 1])
        pane.focus_content()
        pane.scroll_visible(animate=False)

    def action_score(self) -> None:
        """Go to the score."""
        self.query_one(Headline).focus()

    def action_step(self, by: int) -> None:
        """Go to the next pane, or the one before."""
        to = (self._current + by) % len(PANES)
        if self.maximized is not None:
            self.maximize(self.query_one(PANES[to]), container=False)
            self.query_one(PANES[to]).focus_content()
        else:
            self.action_pane(to + 1)

    def action_enlarge(self) -> None:
        """Give the pane the whole screen, or put it back."""
        if self.maximized is not None:
            self.minimize()
        elif self._current >= 0:
            self.maximize(list(self.query(Frame))[self._current], container=False)

    def action_put_back(self) -> None:
        """Put an enlarged pane back."""
        self.minimize()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Only what makes sense now is offered."""
        if action in ("pane", "step", "enlarge", "score"):
            return self._lived
        return self.maximized is not None if action == "put_back" else True
