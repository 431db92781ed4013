"""The part of the app where she decides about people: who is one, who is ignored, who is herself, what to remember."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding, BindingType

from klout_tui.domain.settled import How
from klout_tui.errors import KloutError
from klout_tui.tui.curating import CuratingApp
from klout_tui.tui.messages import Judged, Judging

if TYPE_CHECKING:
    from klout_tui.domain.people import Person
    from klout_tui.tui.undo import Deed

_HOW: Final = {Judging.DONE: How.DONE, Judging.DISMISS: How.DISMISSED, Judging.SNOOZE: How.SNOOZED}
_WORDS: Final = {
    Judging.DONE: "called {name} answered",
    Judging.DISMISS: "let {name} go without an answer",
    Judging.SNOOZE: "put {name} off for a week",
}
_APART: Final = "apart:"
"""Before the key of a choice that says two are two people."""


class JudgingApp(CuratingApp):
    """What is done to people; each deed but one can be taken back with one key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("P", "people", "People", id="app.people", tooltip="Who engages, who is new, silent, or waits"),
    ]

    def action_people(self) -> None:
        """The list of people; from the page of one of them, back to it."""
        from klout_tui.tui.screens.detail import DetailScreen
        from klout_tui.tui.screens.people import PeopleScreen

        if self.home.view is None:
            return
        pages = list(takewhile(lambda screen: isinstance(screen, DetailScreen), reversed(self.screen_stack)))
        if isinstance(self.screen_stack[-1 - len(pages)], PeopleScreen):
            for _ in pages:
                self.pop_screen()
        else:
            self.push_screen(PeopleScreen(self.desk.people))

    @on(Judged)
    def _judge(self, message: Judged) -> None:
        view, people, name = self.home.view, self.desk.people, message.name
        if view is None or self._refused(view):
            return
        match message.deed:
            case Judging.IGNORE:
                words = f"stopped ignoring {name}" if message.ignored else f"ignored {name}, who now counts nowhere"
                self._act(partial(people.ignore, message.person, words, ignored=not message.ignored))
            case Judging.NOTE:
                self._ask_note(message)
            case Judging.OWN:
                self._ask_own(message)
            case Judging.MERGE:
                self._ask_merge(message)
            case Judging.SPLIT:
                self._ask_split(message)
            case _:
                words = _WORDS[message.deed].format(name=name)
                self._act(partial(people.settle, message.waiting, _HOW[message.deed], words))

    @work(group="judge")
    async def _act(self, deed: Callable[[], Deed | None]) -> None:
        """Do something in a thread, and remember how to take it back."""
        async with self._in_turn:
            try:
                done = await asyncio.to_thread(deed)
            except KloutError as error:
                self.complain(error)
                return
            if done is not None:
                self.undo.done(done.words, done.inverse)
                self.notify(f"{done.words[0].upper()}{done.words[1:]}. Ctrl+Z takes it back.", markup=False)
        self.redraw()

    def _ask_note(self, message: Judged) -> None:
        from klout_tui.tui.screens.asking import LineScreen

        def answered(line: str | None) -> None:
            if line is not None and line.strip() != message.note:
                words = f"noted something on {message.name}" if line.strip() else f"dropped the note on {message.name}"
                self._act(partial(self.desk.people.note, message.person, line.strip(), words))

        words = "For your eyes only: it is in no export and no report; a backup has it. Empty drops it."
        self._ask(LineScreen(f"A note on {message.name}", words, message.note, empty=True), answered)

    def _ask_own(self, message: Judged) -> None:
        from klout_tui.tui.screens.asking import Choice, ChooseScreen

        def answered(key: str | None) -> None:
            if key == "yes":
                self._own(message.person, message.name)

        words = (
            "What you do under this handle counts nowhere then, in the past either, as for an account you link. "
            "This cannot be taken back."
        )
        choices = [Choice("no", "No, this is somebody else"), Choice("yes", f"Yes, {message.name} is me")]
        self._ask(ChooseScreen(f"Are you {message.name}?", words, choices), answered)

    @work(group="judge")
    async def _own(self, person: str, name: str) -> None:
        try:
            await asyncio.to_thread(self.desk.people.own, person)
        except KloutError as error:
            self.complain(error)
        else:
            self.notify(f"{name} is yours, and counts nowhere.", markup=False)
        self.redraw()

    @work(group="judge-ask", exclusive=True)
    async def _ask_merge(self, message: Judged) -> None:
        """Offer everybody, those who may be the same first, each with its reason."""
        from klout_tui.tui.screens.asking import Choice, ChooseScreen

        people = self.desk.people
        try:
            alike = await asyncio.to_thread(people.lookalikes)
            others = await asyncio.to_thread(people.others)
        except KloutError as error:
            self.complain(error)
            return
        reasons = {}
        for pair in alike:
            if message.person in pair.keys:
                other = pair.other if pair.one.key == message.person else pair.one
                reasons[other.key] = (other, pair.reason)
        choices = [
            Choice(key, _called(actor.name, actor.handle), f"{reason}: the same person?")
            for key, (actor, reason) in reasons.items()
        ]
        choices += [
            Choice(each.key, _called(each.name, each.handle))
            for each in others
            if each.key != message.person and each.key not in reasons
        ]
        choices += [
            Choice(_APART + key, f"No, {actor.name or actor.handle} is somebody else", "it is not suggested again")
            for key, (actor, _) in reasons.items()
        ]
        if not choices:
            self.notify("There is nobody else to merge with.", markup=False)
            return
        words = f"{message.name} and whom you choose are one person then, in everything that is counted."
        self._ask(ChooseScreen(f"Merge {message.name} with", words, choices), partial(self._merge, message))

    def _merge(self, message: Judged, key: str | None) -> None:
        if key is None:
            return
        if key.startswith(_APART):
            pair = sorted((message.person, key.removeprefix(_APART)))
            words = f"said that {message.name} is somebody else"
            self._act(partial(self.desk.people.tell_apart, (pair[0], pair[1]), words))
            return
        self._act(partial(self.desk.people.merge, [message.person, key], f"merged {message.name}"))

    @work(group="judge-ask", exclusive=True)
    async def _ask_split(self, message: Judged) -> None:
        from klout_tui.tui.screens.asking import Choice, ChooseScreen

        view = self.home.view
        detail = await asyncio.to_thread(self.desk.person, message.person, view) if view is not None else None
        handles = detail.known.handles if detail is not None else ()
        if len(handles) < 2:
            self.notify(f"{message.name} has one handle only.", markup=False)
            return

        def answered(key: str | None) -> None:
            if key is not None:
                self._act(partial(self.desk.people.split, key, f"split a handle off {message.name}"))

        choices = [Choice(each.key, _called(each.name, each.handle)) for each in handles]
        words = "The handle you choose is a person of its own again; the others stay together."
        self._ask(ChooseScreen(f"Split {message.name}", words, choices), answered)


def _called(name: str, handle: str) -> str:
    return f"{name}  {handle}" if name else handle


def judged(deed: Judging, person: Person) -> Judged:
    """The wish to do something to somebody in the list."""
    return Judged(
        deed,
        person.key,
        person.actor.name or person.actor.handle,
        waiting=tuple(each.id for each in person.waiting),
        ignored=person.ignored,
        note=person.note,
    )
