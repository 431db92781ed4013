"""The dialog that logs thanks no network measures: who, what for, how, when, and a line of text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Button, Input, Select, Static

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.gratitude import WORDS, Way, parse_topics, way_of
from klout_tui.domain.model import Interaction
from klout_tui.domain.when import parse_moment
from klout_tui.errors import KloutError
from klout_tui.tui.logbook import Logbook, Meant

TYPING_PAUSE: Final = 0.15
"""Seconds without a key before it is looked up who is meant."""


class Names(Suggester):
    """Completes the name of somebody known."""

    def __init__(self, book: Logbook) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._book = book
        self._newest = ""

    async def get_suggestion(self, value: str) -> str | None:
        """The one of those whose name begins so that was seen last."""
        if len(value.strip()) < 2:
            return None
        self._newest = value
        await asyncio.sleep(TYPING_PAUSE)
        if self._newest != value:  # typed on meanwhile
            return None
        names = await asyncio.to_thread(self._book.names_like, value)
        begun = (name for name in names if name.casefold().startswith(value.casefold()))
        return next((value + name[len(value) :] for name in begun), None)


class Topics(Suggester):
    """Completes the last of several topics."""

    def __init__(self, topics: Iterable[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._topics = tuple(topics)

    async def get_suggestion(self, value: str) -> str | None:
        """The topic most people come for that begins so."""
        word = value.rpartition(",")[2].lstrip()
        if not word:
            return None
        begun = (topic for topic in self._topics if topic.startswith(word.casefold()))
        return next((value + topic[len(word) :] for topic in begun), None)


@dataclass(frozen=True, slots=True)
class Logged:
    """What the dialog did."""

    entry: Interaction
    old: Interaction | None
    """What stood in its place before; None for a new one."""


class LogDialog(ModalScreen[Logged | None]):
    """Answers with what was kept, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="log.cancel"),
        Binding("ctrl+s", "keep", "Keep", id="log.keep", show=False),
    ]
    AUTO_FOCUS = "#who"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-usual")]

    def __init__(self, book: Logbook, view: Dashboard, entry: Interaction | None = None) -> None:
        """A dialog.

        Args:
            book: where it is looked up who is known, and kept.
            view: what the screen shows.
            entry: the one to be corrected; None: a new one.
        """
        super().__init__()
        self._book = book
        self._view = view
        self._entry = entry
        self._when = f"{entry.at.astimezone(view.zone):%Y-%m-%d %H:%M}" if entry else ""

    def compose(self) -> ComposeResult:
        """A line for each question, what is to be said, the buttons."""
        old = self._entry
        topics = [row.topic for row in self._view.topics.rows]
        with VerticalScroll(classes="dialog log", can_focus=False) as dialog:
            dialog.border_title = "Correct what you logged" if old else "Log thanks that no network tells"
            yield from self._line("Who", Input(_name(old), id="who", suggester=Names(self._book), compact=True))
            yield Static(id="known", classes="hint")
            yield from self._line(
                "What for",
                Input(
                    ", ".join(old.topics) if old else "",
                    id="topics",
                    placeholder="topics, parted by commas",
                    suggester=Topics(topics),
                    compact=True,
                ),
            )
            ways = [(Content(words), way) for way, words in WORDS.items()]
            way = way_of(old) if old else Way.MAIL
            yield from self._line("How", Select(ways, value=way, allow_blank=False, id="way", compact=True))
            yield from self._line(
                "When", Input(self._when, id="when", placeholder="now, 18:30, yesterday, 3d, 2026-11-20", compact=True)
            )
            yield Static(id="moment", classes="hint")
            yield from self._line(
                "In words",
                Input(old.text if old else "", id="text", placeholder="a line for yourself; private", compact=True),
            )
            yield Static(id="said", classes="said")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Keep" if old else "Log it", variant="primary", id="keep", compact=True)

    def _line(self, label: str, field: Input | Select[Way]) -> ComposeResult:
        with Horizontal(classes="line"):
            yield Static(Content(label), classes="name")
            yield field

    def on_mount(self) -> None:
        """Say from the start what would be kept."""
        self._told_when()
        self._tell_who("")

    # What was typed

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    @on(Input.Changed, "#who")
    def _who_typed(self, event: Input.Changed) -> None:
        self._look_up(event.value.strip())

    @work(exclusive=True, group="who")
    async def _look_up(self, typed: str) -> None:
        await asyncio.sleep(TYPING_PAUSE)
        try:
            words = _told(await asyncio.to_thread(self._book.meant, typed))
        except KloutError as error:
            words = f"{error.message}. {error.hint}" if typed else ""
        if self.is_mounted and self.is_current:  # else it was closed meanwhile
            self._tell_who(words)

    def _tell_who(self, words: str) -> None:
        fallback = "a name, a handle, or Ann Lee <ann@far.example>; → takes the completion"
        self.query_one("#known", Static).update(Content(words or fallback))

    @on(Input.Changed, "#when")
    def _told_when(self) -> None:
        moment, zone = self.query_one("#moment", Static), self._view.zone
        try:
            at = parse_moment(self._value("when"), self._book.now(), zone)
        except KloutError as error:
            moment.set_class(True, "-wrong")
            moment.update(Content(f"{error.message}. {error.hint}"))
        else:
            moment.set_class(False, "-wrong")
            moment.update(Content(wording.moment(at, zone)))

    # What is done

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Input.Submitted)
    @on(Button.Pressed, "#keep")
    def action_keep(self) -> None:
        """Answer with what was typed, if it can be meant."""
        self._keep()

    @work(exclusive=True, group="keep")
    async def _keep(self) -> None:
        way, who = self.query_one("#way", Select).value, self._value("who")
        try:
            at = self._at()
            meant = await asyncio.to_thread(self._book.meant, who)
            entry = await asyncio.to_thread(
                self._book.keep,
                meant.actor,
                at,
                way=way if isinstance(way, Way) else Way.THANKS,
                topics=parse_topics([self._value("topics")]),
                text=self._value("text"),
                old=self._entry,
            )
        except KloutError as error:
            if self.is_mounted and self.is_current:
                said = self.query_one("#said", Static)
                said.set_class(True, "-wrong")
                said.update(Content(f"{error.message}. {error.hint}"))
        else:
            self.dismiss(Logged(entry, self._entry))

    def _at(self) -> datetime:
        """When it was; of an entry whose time nobody touched, to the second.

        Raises:
            UsageError: it cannot be meant.
        """
        typed = self._value("when")
        if self._entry is not None and typed == self._when:
            return self._entry.at
        return parse_moment(typed, self._book.now(), self._view.zone)


def _name(entry: Interaction | None) -> str:
    """What to type to mean the same person."""
    if entry is None:
        return ""
    actor = entry.actor
    return f"{actor.name} <{actor.handle}>" if actor.key.startswith("mailto:") and actor.name else actor.handle


def _told(meant: Meant) -> str:
    """Who that is, in words."""
    if not meant.known:
        return "somebody new"
    actor = meant.actor
    who = f"known: {actor.name}, {actor.handle}" if actor.name not in ("", actor.handle) else f"known: {actor.handle}"
    return f"{who}; another is {', '.join(meant.others[:3])}" if meant.others else who
