"""The app: holds the one view, lets the worker run beside the screens, and answers the messages that come up."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec
from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import ModalScreen, Screen, SystemModalScreen
from textual.worker import Worker as TextualWorker
from textual.worker import WorkerState

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Choice, Dashboard
from klout_tui.domain.daydetail import DayDetail
from klout_tui.domain.details import PostDetail
from klout_tui.domain.engagement import WINDOWS, Split
from klout_tui.errors import KloutError, UsageError
from klout_tui.session import Session
from klout_tui.tui import keys, words
from klout_tui.tui.allocator import thrifty
from klout_tui.tui.browser import browse
from klout_tui.tui.commands import Places, commands
from klout_tui.tui.desk import Desk
from klout_tui.tui.gratitude import GratitudeApp
from klout_tui.tui.inks import PLUS_K
from klout_tui.tui.judging import JudgingApp
from klout_tui.tui.messages import Followed, Noun, Opened, Panned, Renewed, Tuning
from klout_tui.tui.noting import NotingApp
from klout_tui.tui.reviewing import ReviewingApp
from klout_tui.tui.scoredesk import PartDetail
from klout_tui.tui.screens.detail import Detail, DetailScreen
from klout_tui.tui.screens.home import PANES, HomeScreen
from klout_tui.tui.stylesheet import ParsedOnce
from klout_tui.tui.themes import first_theme
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.writing import WritingApp
from klout_tui.worker.events import Event, Finished, Progressed, Started

if TYPE_CHECKING:
    from klout_tui.worker.refresh import Worker

SIGNALLED: Final = 128
"""Exit codes above this say which signal ended the program."""

DEMO_SECONDS: Final = 20.0
"""How often the demo's accounts are read; real networks are left alone for much longer."""

LOOK_SECONDS: Final = 0.25
"""How often the app looks how far the worker is, and whether the store changed, by us or by another process."""

FIRST_PICTURE: Final = 0.2
"""The worker begins this many seconds after the first drawing, so that it never delays the first picture."""

LOOKS_BUSY: Final = 6
"""While accounts are being read the panes are drawn anew only every so many looks: a backfill changes them all."""

LOOKS_SCORE: Final = 60
"""While accounts are being read the score, and what the quiet line counts, are told only every so many looks."""

LOOKS_OFFER: Final = 8
"""Looks before the review is offered: first the screen, then the score."""

CHECK_PAUSE: Final = 0.05
"""Seconds between two files when the store is looked over, so that nobody notices."""

_EVERYWHERE: Final = frozenset(
    {
        *("refresh_accounts", "link", "search", "people", "help", "undo"),
        *("step_day", "why", "calm", "log", "logged", "review", "changes"),
    }
)
"""Actions that no dialog is to be interrupted by."""

AGE_SECONDS: Final = 30.0
"""How often relative times are told anew."""


class KloutApp(JudgingApp, GratitudeApp, NotingApp, ReviewingApp, WritingApp):
    """One control panel for all of a person's accounts."""

    TITLE = "klout-tui"
    CSS_PATH = "app.tcss"
    ALLOW_IN_MAXIMIZED_VIEW: ClassVar[str] = KeyLine.__name__
    COMMANDS = App.COMMANDS | {Places}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Help", id="app.help", tooltip="The keys, and what the panes say"),
        Binding("q", "quit", "Quit", id="app.quit", tooltip="Quit; nothing is lost"),
        Binding("s", "why", "Score", id="app.why", tooltip="Open the score into what it is made of"),
        Binding("r", "refresh_accounts", "Refresh", id="app.refresh", tooltip="Read all accounts now"),
        Binding("a", "link", "Link", id="app.link", tooltip="Link an account"),
        Binding("plus", "log", "Log", show=False, id="app.log", tooltip="Log thanks that no network tells"),
        Binding("L", "logged", "Your log", show=False, id="app.logged", tooltip="Everything you logged"),
        Binding("ctrl+p", "command_palette", "More", id="app.commands", tooltip="Every command by name"),
        Binding("ctrl+f", "search", "Search", id="app.search", tooltip="Search posts, people and topics"),
        Binding("w", "window(1)", "Window", show=False, id="app.window", tooltip="Show 7, 30, 90 or 365 days"),
        Binding(
            "b", "split", "Split", show=False, id="app.split", tooltip="Split the bars by kind, by network or by topic"
        ),
        Binding(
            "left_square_bracket",
            "step_day(-1)",
            "Day before",
            show=False,
            id="app.day_before",
            tooltip="Show everything as at the end of the day before",
        ),
        Binding(
            "right_square_bracket",
            "step_day(1)",
            "Day after",
            show=False,
            id="app.day_after",
            tooltip="Go a day forward again, up to the present",
        ),
        Binding("z", "calm", "Calm", show=False, id="app.calm", tooltip="Hide every score, or show them again"),
        Binding("W", "when", "When to post", show=False, id="app.when", tooltip="When your own people react"),
        Binding(
            "H",
            "habits",
            "What to keep doing",
            show=False,
            id="app.habits",
            tooltip="Which of your posts do better than your usual, and which worse",
        ),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit_anywhere"),
    ]

    choice: var[Choice] = var(Choice)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.stylesheet = ParsedOnce(variables=self.get_css_variables())
        self.desk = Desk(session)
        self.set_reactive(KloutApp.calm, self.scores.calm())
        self.home = HomeScreen(self._mode(self.desk.as_of), greets=not session.demo, calm=self.calm)
        """The first screen, also while others lie above it."""
        self._drawn = -1
        """Revision of the store that the view shows."""
        self._drawing = False
        self._stale = False
        self._looking = False
        self._said: set[str] = set()
        """Warnings already shown."""
        self._heard: dict[str, Progressed | None] = {}
        """Accounts being read now, with how far they are."""
        self._looks = 0
        self.set_keymap(keys.usable(session.settings.keymap))

    # Life

    def get_default_screen(self) -> Screen[None]:
        """The four panes."""
        return self.home

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colour by role: the +K."""
        variables = self.current_theme.to_color_system().generate()
        return {PLUS_K: variables["text-accent"]}

    def on_load(self) -> None:
        """End cleanly when the system or a closed terminal says so."""
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) is not signal.SIG_IGN:
                    loop.add_signal_handler(number, self.exit, None, SIGNALLED + number)

    def on_mount(self) -> None:
        """Draw what is there, then let the worker begin."""
        self.theme = self._theme = first_theme(self.desk.theme(), self.available_themes, self.no_color, os.environ)
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_theme(theme.name))
        self.redraw()
        self.set_interval(LOOK_SECONDS, self._look)
        self.set_interval(AGE_SECONDS, self.redraw)
        self._warn(self._keymap_faults())
        self.call_after_refresh(self.set_timer, FIRST_PICTURE, self._begin)

    @work(group="worker", exit_on_error=False)
    async def _begin(self) -> None:
        await asyncio.to_thread(self._import_networks)
        await self.session.prepare(report=self._hear)
        self.redraw()
        if not self.desk.frozen:
            self._look_over()
            self.look_for_letters()
            self._worker = self.session.worker()
            if self.session.demo:
                self.set_interval(DEMO_SECONDS, self._read_demo)
            await self._worker.run(self._hear)

    @work(group="check", exit_on_error=False)
    async def _look_over(self) -> None:
        """Open every file once, gently: damage to an old month is told today, not when she looks for it."""
        for shard in await asyncio.to_thread(self.desk.shards):
            await asyncio.to_thread(self.desk.look_at, shard)
            await asyncio.sleep(CHECK_PAUSE)
        self._warn(await asyncio.to_thread(self.session.warnings))

    @work(group="demo", exclusive=True)
    async def _read_demo(self) -> None:
        """New things keep arriving while one watches."""
        if self._worker is not None:
            await self._worker.refresh(report=self._hear)

    def _import_networks(self) -> None:
        """Half a second of imports that would freeze the keys on the event loop."""
        import klout_tui.worker.linking
        import klout_tui.worker.refresh  # noqa: F401

        for name in self.session.networks.names():
            self.session.networks.look(name)

    def on_worker_state_changed(self, event: TextualWorker.StateChanged) -> None:
        """Say what went wrong in the background; the screens go on."""
        if event.state is not WorkerState.ERROR:
            return
        error = event.worker.error
        self.complain(error if isinstance(error, KloutError) else KloutError(f"something went wrong: {error!r}"))
        if event.worker.group == "worker":
            self._heard.clear()
            self.home.halted = True

    def _warn(self, sentences: Iterable[str]) -> None:
        """Show each warning once."""
        for sentence in sentences:
            if sentence not in self._said:
                self._said.add(sentence)
                self.notify(sentence, severity="warning", markup=False, timeout=15)

    def _keymap_faults(self) -> list[str]:
        if not self.session.settings.keymap:
            return []
        from klout_tui.tui.keymap import all_bindings  # imports every screen, which an ordinary start can do without

        return keys.keymap_faults(self.session.settings.keymap, all_bindings(type(self)))

    def _mode(self, day: date | None) -> str:
        past = f"as of {wording.day(day)} {day.year}" if day else ""
        return ", ".join(filter(None, ["demo" if self.session.demo else "", past]))

    def _keep_theme(self, name: str) -> None:
        if name == self._theme:  # told at the start too, when nobody has chosen anything
            return
        self._theme = name
        self.run_worker(asyncio.to_thread(self.desk.keep_theme, name), group="keep", exit_on_error=False)

    # The view

    def _look(self) -> None:
        self._release_toasts()
        self.home.progress = dict(self._heard)
        self._looks += 1
        if not self._looking and not (self._heard and self._looks % LOOKS_BUSY):
            self._looking = True
            self._look_at_store()
        if not self._heard or not self._looks % LOOKS_SCORE:
            self.follow_score(self._drawn)
        if self._looks > LOOKS_OFFER and (not self._heard or (self.home.quiet and not self._looks % LOOKS_SCORE)):
            self.follow_day(self._drawn)
        if not self._heard and self._looks > LOOKS_OFFER:
            self.follow_line(self._drawn)

    @work(group="look", exit_on_error=False)
    async def _look_at_store(self) -> None:
        """In a thread: the store's door may be held by a commit, ours or another process's."""
        try:
            if await asyncio.to_thread(self.desk.revision) != self._drawn:
                self.redraw()
        finally:
            self._looking = False

    def redraw(self) -> None:
        """Derive the view anew, off the event loop; asking while that goes on asks once more."""
        self._stale = True
        if not self._drawing:
            self._drawing = True
            self._derive()

    @work(group="view")
    async def _derive(self) -> None:
        try:
            while self._stale:
                self._stale = False
                self._drawn, view = await asyncio.to_thread(self.desk.dashboard, self.choice)
                self.home.mode = self._mode(view.today if view.past else None)
                self.home.view = view
                self.follow_score(self._drawn)
                self._warn(await asyncio.to_thread(self.session.warnings))
                await self._renew_details(view)
                await self._renew_log(view)
        except KloutError as error:
            self.complain(error)
        finally:
            self._drawing = False

    async def _renew_details(self, view: Dashboard) -> None:
        for screen in self.screen_stack:
            if screen.has_class("people") or screen.has_class("review"):
                screen.post_message(Renewed())
            if isinstance(screen, DetailScreen):
                detail = await asyncio.to_thread(self._detail, screen.noun, screen.key, view)
                if detail is not None and screen.is_mounted and screen.is_attached:
                    screen.update(detail, view)

    def _detail(self, noun: Noun, key: str, view: Dashboard) -> Detail | None:
        return {
            Noun.ACCOUNT: self.desk.account,
            Noun.TOPIC: self.desk.topic,
            Noun.PERSON: self.desk.person,
            Noun.POST: self._post,
            Noun.PLUSK: self.desk.plusk,
            Noun.SPAN: self._span,
            Noun.PART: self._part_of_score,
        }[noun](key, view)

    def _span(self, key: str, view: Dashboard) -> DayDetail:
        detail = self.desk.span(key, view)
        last = min(detail.last, view.today)
        points = () if self.calm else self.scores.points(last, last)
        came = tuple(self.reviews.came_of(note) for note in detail.notes)
        return msgspec.structs.replace(detail, score=points[0] if points else None, came=came)

    def _post(self, key: str, view: Dashboard) -> PostDetail | None:
        detail = self.desk.post(key, view)
        came = {note.id: self.reviews.came_of(note) for note in view.notes if note.post == key}
        return msgspec.structs.replace(detail, came=came) if detail is not None and came else detail

    def _part_of_score(self, account_id: str, view: Dashboard) -> PartDetail:
        return self.scores.part(account_id, view.today, calm=self.calm)

    def watch_choice(self) -> None:
        """Another window or split is another view of the same facts, and another stretch of the score."""
        if self.is_running:
            self.redraw()
            self.rescore()

    # What the worker says

    def _hear(self, event: Event) -> None:
        """Note what the worker says; ``_look`` draws it, so that a fast worker cannot flood the screen."""
        match event:
            case Started(account_id=account):
                self._heard[account] = None
            case Progressed(account_id=account):
                self._heard[account] = event
            case Finished(result=result):
                self._heard.pop(result.account, None)

    def action_refresh_accounts(self) -> None:
        """Read all accounts now."""
        if self._worker is None or any(worker.group == "round" for worker in self.workers):
            self.notify("Already at it." if self._worker else "Still opening; it will be read at once.", markup=False)
        else:
            self._round(self._worker)

    @work(group="round")
    async def _round(self, worker: Worker) -> None:
        try:
            results = await worker.refresh(report=self._hear)
        except KloutError as error:
            self.complain(error)
        else:
            self.notify(words.round_words(results), markup=False, severity=words.round_severity(results))

    # What the user asks for

    @on(Opened)
    @work(group="open", exclusive=True)
    async def _open(self, message: Opened) -> None:
        view = self.home.view
        if view is None:
            return
        try:
            detail = await asyncio.to_thread(self._detail, message.noun, message.key, view)
        except KloutError as error:
            self.complain(error)
            return
        if detail is None:
            self.notify(f"This {message.noun.value} is not in the store any more.", markup=False)
        else:
            await self.push_screen(DetailScreen(message.noun, message.key, detail, view))

    @on(Followed)
    @work(group="browser")
    async def _follow(self, message: Followed) -> None:
        if not message.url:
            self.notify("This has no permalink.", markup=False)
        elif await asyncio.to_thread(browse, message.url):
            self.notify(message.url, title="In your browser", markup=False)
        else:
            self.copy_to_clipboard(message.url)
            self.notify(message.url, title="No browser here; copied", markup=False)

    @on(Tuning)
    @work(group="tune", exclusive=True)
    async def _tune(self) -> None:
        """Show what earns a +K; what she decides is kept, and everything is counted anew."""
        from klout_tui.tui.screens.rules import RulesScreen

        try:
            ruling = await asyncio.to_thread(self.desk.ruling)
            ignored = await asyncio.to_thread(self.desk.ignored)
            rules = await self._answer(RulesScreen(ruling, ignored, self.desk, past=self.desk.past))
            async with self._in_turn:
                if rules is None or not await asyncio.to_thread(self.desk.rule, rules):
                    return
                self.undo.done("changed what earns a +K", partial(self.desk.rule, ruling.rules))
        except KloutError as error:
            self.complain(error)
            return
        self.redraw()
        self.notify("Everything is counted by it. Ctrl+Z takes it back.", title="Rules changed", markup=False)

    def action_window(self, step: int) -> None:
        """Show a longer or a shorter window; past the last comes the first."""
        place = (WINDOWS.index(self.choice.span) + step) % len(WINDOWS)
        self.choice = msgspec.structs.replace(self.choice, span=WINDOWS[place])

    def action_zoom(self, step: int) -> None:
        """Show a longer or a shorter window, as long as there is one."""
        place = min(max(WINDOWS.index(self.choice.span) + step, 0), len(WINDOWS) - 1)
        self.choice = msgspec.structs.replace(self.choice, span=WINDOWS[place])

    def action_split(self) -> None:
        """Split the bars by kind, by network, by topic, and so on."""
        splits = list(Split)
        other = splits[(splits.index(self.choice.split) + 1) % len(splits)]
        self.choice = msgspec.structs.replace(self.choice, split=other)

    @on(Panned)
    def _pan(self, message: Panned) -> None:
        self.choice = msgspec.structs.replace(self.choice, back=message.back)

    @work(group="step")
    async def action_step_day(self, by: int) -> None:
        """Show everything as at the end of the day before, or after."""
        try:
            moved = await asyncio.to_thread(self.desk.step, by)
        except KloutError as error:
            self.complain(error)
            return
        if moved:
            from klout_tui.tui.screens.looking import LookingScreen

            self.refresh_bindings()
            self.redraw()
            for screen in self.screen_stack:
                if isinstance(screen, LookingScreen):
                    screen.look_again()
        else:
            self.notify(self._no_day(by), markup=False)

    def _no_day(self, by: int) -> str:
        """Why there is no day to step to."""
        if by < 0:
            return "Nothing is known of the days before this one."
        return "This is the day that --as-of asked for." if self.desk.frozen else "This is the present."

    def action_search(self) -> None:
        """Search everything."""
        from klout_tui.tui.screens.search import SearchScreen

        if self.home.view is not None:
            self.push_screen(SearchScreen(self.desk, self.home.view))

    def action_when(self) -> None:
        """When to post."""
        from klout_tui.tui.screens.when import WhenScreen

        self.push_screen(WhenScreen(self.desk))

    def action_habits(self) -> None:
        """What to keep doing and what to do less."""
        from klout_tui.tui.screens.habits import HabitsScreen

        self.push_screen(HabitsScreen(self.desk))

    def action_help(self) -> None:
        """The keys that work here, and what is on the screen."""
        from klout_tui.tui.screens.help import HelpScreen

        panes = "\n".join(pane.HELP or "" for pane in PANES)
        text = panes if isinstance(self.screen, HomeScreen) else self.screen.HELP or DetailScreen.HELP
        self._ask(HelpScreen(keys.working_now(self.screen), text), lambda _: None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """What the past does not allow, and what a dialog must not be interrupted by, is not offered."""
        if action in ("refresh_accounts", "link", "log", "undo") and self.desk.past:
            return False
        away = ("refresh_accounts", "window", "zoom", "split", "search", "people", "step_day", "why")
        if action in away and self.home.greeting:
            return False
        if action in ("when", "habits", "review", "changes") and self.home.greeting:
            return False
        if action in ("window", "zoom", "split", "when", "habits"):
            return isinstance(self.screen, (HomeScreen, SystemModalScreen))
        here = next(each for each in reversed(self.screen_stack) if not isinstance(each, SystemModalScreen))
        if action in ("search", "people", "review", "changes") and here.has_class(action):
            return False
        if action == "why" and (here.has_class("why") or here.has_class("models")):
            return False
        if action in _EVERYWHERE:
            return not isinstance(self.screen, ModalScreen) or isinstance(self.screen, SystemModalScreen)
        return True

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action by name."""
        return commands(self, screen)


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def run_dashboard(session: Session) -> int:
    """Run the app until the user quits, and remember when that was; the exit code, 0 unless it crashed."""
    if not _at_terminal():
        raise UsageError("the dashboard needs a terminal", hint="klout-tui show accounts prints without one.")
    thrifty()
    app = KloutApp(session)
    app.run()
    if not app.return_code or app.return_code > SIGNALLED:
        app.desk.end_visit()
    return app.return_code or 0
