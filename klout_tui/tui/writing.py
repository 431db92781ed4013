"""The part of the app that writes: thanking, giving +K, allowing it, and taking things back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on, work

from klout_tui.domain.letters import OPEN, Letter, Purpose, State
from klout_tui.errors import KloutError
from klout_tui.session import Session
from klout_tui.tui.browser import browse
from klout_tui.tui.desk import Desk
from klout_tui.tui.messages import AllowingWriting, GivingPlusK, Thanked, Thanking
from klout_tui.tui.undoing import UndoingApp

if TYPE_CHECKING:
    from klout_tui.tui.screens.letter import Written
    from klout_tui.tui.study import Occasion, Study
    from klout_tui.worker.posting import PostOffice

LOOK_FOR_LETTERS: Final = 20.0
"""Seconds between two looks for letters of which nobody knows whether they arrived; ever more while none is found."""
LONGEST_PAUSE: Final = 30
"""Times that so many seconds are let pass at most."""
PAST: Final = "The past can only be looked at."


class WritingApp(UndoingApp):
    """What is written to others; what is shown is the subclass's."""

    desk: Desk

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._tools: tuple[PostOffice, Study] | None = None
        self._pause = self._passed = 0
        """How many looks for letters are left out now, and how many were."""
        self._all_known = -1
        """Revision of the store at which the end of every letter was known."""

    def _writing(self) -> tuple[PostOffice, Study]:
        """What writes and what reads for it, made at the first use: a start needs neither. Call it in a thread."""
        if self._tools is None:
            from klout_tui.tui.study import Study
            from klout_tui.worker.permission import Pen
            from klout_tui.worker.posting import PostOffice

            session = self.session
            pen = Pen(
                session.store,
                session.networks,
                session.secrets,
                session.settings,
                transport=session.transport,
                clock=session.clock,
            )
            self._tools = PostOffice(pen), Study(session, pen)
        return self._tools

    # Marking

    @on(Thanked)
    @work(group="thank")
    async def _thank(self, message: Thanked) -> None:
        await self._mark(message.ids, message.thanked)

    async def _mark(self, ids: tuple[str, ...], thanked: bool) -> None:
        """Mark as thanked, or take the mark back; ctrl+z undoes either."""
        if self.desk.past:
            self.notify(PAST, markup=False)
            return
        try:
            await asyncio.to_thread(self.desk.thank, ids, thanked)
        except KloutError as error:
            self.complain(error)
        else:
            words = "marked as thanked" if thanked else "no longer marked as thanked"
            count = f"{len(ids):,} +K " if len(ids) > 1 else ""
            self.undo.done(f"{count}{words}", partial(self.desk.thank, ids, not thanked))
        self.redraw()

    # Thanking

    @on(Thanking)
    @work(group="letter", exclusive=True)
    async def _begin_thanks(self, message: Thanking) -> None:
        await self._thank_for(message.ids)

    async def _thank_for(
        self, ids: tuple[str, ...], *, place: str = "", then: Callable[[], None] | None = None
    ) -> None:
        if self.desk.past:
            self.notify(PAST, markup=False)
            return
        try:
            occasion = await asyncio.to_thread(lambda: self._writing()[1].thanks(ids))
        except KloutError as error:
            self.complain(error)
            return
        if occasion is None:
            self.notify("This is not in the store any more.", markup=False)
            return
        self._ask_for(occasion, place=place, then=then)

    def _ask_for(self, occasion: Occasion, *, place: str = "", then: Callable[[], None] | None = None) -> None:
        from klout_tui.tui.screens.letter import LetterScreen

        study = self._writing()[1]
        dialog = LetterScreen(occasion, study, self.session.now(), place=place)
        self._ask(dialog, lambda written: self._written(occasion, written, then))

    def _written(self, occasion: Occasion, written: Written | None, then: Callable[[], None] | None) -> None:
        if written is None:
            return
        if written.deed == "send":
            self._send(occasion, written)
        elif written.deed == "copy":
            self._copy(occasion, written)
        elif written.deed == "mark":
            self.run_worker(self._mark(occasion.acts, thanked=True), group="thank", exit_on_error=False)
        elif written.deed == "each":
            self._one_by_one(occasion.acts)
            return
        if then is not None:
            then()

    @work(group="letter", exclusive=True)
    async def _one_by_one(self, acts: tuple[str, ...]) -> None:
        """One dialog after the other, one for each person; Esc ends the row."""

        def people() -> list[tuple[str, ...]]:
            found: dict[str, list[str]] = {}
            for each in acts:
                act = self.session.store.interaction(each)
                if act is not None:
                    found.setdefault(act.actor.key, []).append(each)
            return [tuple(ids) for ids in found.values()]

        self._next_of(await asyncio.to_thread(people), 0)

    def _next_of(self, people: list[tuple[str, ...]], at: int) -> None:
        if at < len(people):
            following = partial(self._next_of, people, at + 1)
            place = f"{at + 1} of {len(people)}"
            work = self._thank_for(people[at], place=place, then=following)
            self.run_worker(work, group="letter", exit_on_error=False)

    @work(group="send", exit_on_error=False)
    async def _send(self, occasion: Occasion, written: Written) -> None:
        whom = occasion.names
        giving = occasion.purpose is Purpose.GIVING
        try:
            office, study = await asyncio.to_thread(self._writing)
            letter = await office.send(
                occasion.account,
                occasion.purpose,
                written.text,
                to=occasion.to,
                acts=occasion.acts,
                topic=written.topic,
                answers=occasion.answers,
                quiet=written.quiet,
                guard=partial(study.guard, occasion.to[0].key, written.topic) if giving else lambda _: None,
            )
        except KloutError as error:
            self.complain(error)
            self.copy_to_clipboard(written.text)
            out = await asyncio.to_thread(self._may_be_out, occasion.account.id, written.text)
            said = "It may have gone out all the same, and is looked for." if out else "Nothing was sent."
            self.notify(f"{said} Your words are in the clipboard.", severity="warning", markup=False)
            return
        self._pause = 0
        self._tell(letter, whom)
        self.redraw()

    def _may_be_out(self, account: str, text: str) -> bool:
        """Whether such a letter was begun, and what became of it is not known: the disk refused to keep it."""
        open_letters = (each for each in self.session.store.letters() if each.state in OPEN)
        return any((each.account, each.text) == (account, text.strip()) for each in open_letters)

    def _tell(self, letter: Letter, whom: str = "") -> None:
        """Say what became of a letter, and let ctrl+z take it back where it is there."""
        whom = whom or ", ".join(one.name or one.handle for one in letter.to[:3])
        what = "Your +K to" if letter.purpose is Purpose.GIVING else "Your thanks to"
        if letter.state is State.SENT:
            self.notify(f"{what} {whom}: sent. Ctrl+Z deletes it.", markup=False)
            self.undo.done(f"{what[0].lower()}{what[1:]} {whom}", self._taking_back(letter.key))
        elif letter.state in OPEN:
            words = f"{what} {whom}: not known yet whether it arrived ({letter.said or 'no answer'}); looking."
            self.notify(words, severity="warning", markup=False, timeout=15)
        elif letter.purpose is Purpose.THANKS:
            words = f"{what} {whom} did not go out: {letter.said}\nYour words are kept; t on it offers them again."
            self.notify(words, severity="error", markup=False, timeout=15)
        else:
            self.copy_to_clipboard(letter.text)
            words = f"{what} {whom} did not go out: {letter.said}\nYour words are in the clipboard."
            self.notify(words, severity="error", markup=False, timeout=15)

    def _taking_back(self, key: str) -> Callable[[], object]:
        """What deletes a letter where it is and takes its mark away; to be called in a thread, which it blocks."""
        loop = asyncio.get_running_loop()

        def take_back() -> object:
            office, _ = self._writing()
            return asyncio.run_coroutine_threadsafe(office.take_back(key), loop).result()

        return take_back

    @work(group="browser")
    async def _copy(self, occasion: Occasion, written: Written) -> None:
        """The way that always works: the text in the clipboard, the page in the browser."""
        self.copy_to_clipboard(written.text)
        opened = bool(occasion.url) and await asyncio.to_thread(browse, occasion.url)
        where = occasion.url if opened else f"No browser here. {occasion.url}".strip()
        self.notify(f"Copied; paste it there.\n{where}", markup=False)
        if occasion.purpose is Purpose.THANKS:
            await self._mark(occasion.acts, thanked=True)

    # Giving

    @on(GivingPlusK)
    @work(group="letter", exclusive=True)
    async def _begin_gift(self, message: GivingPlusK) -> None:
        if self.desk.past:
            self.notify(PAST, markup=False)
            return
        try:
            occasion = await asyncio.to_thread(self._gift, message.person)
        except KloutError as error:
            self.complain(error)
            return
        if occasion is None:
            self.notify("None of your linked accounts can reach them.", markup=False)
        else:
            self._ask_for(occasion)

    def _gift(self, person: str) -> Occasion | None:
        view = self.home.view
        detail = self.desk.person(person, view) if view is not None else None
        return self._writing()[1].gift(person, detail.acts) if detail is not None else None

    # What is not known yet

    def look_for_letters(self) -> None:
        """Begin to look, now and then, for letters of which nobody knows whether they arrived."""
        self._look_for_letters()
        self.set_interval(LOOK_FOR_LETTERS, self._look_for_letters)

    @work(group="letters", exclusive=True, exit_on_error=False)
    async def _look_for_letters(self) -> None:
        self._passed += 1
        if self._passed <= self._pause or not await asyncio.to_thread(self._some_unknown):
            return
        office, _ = await asyncio.to_thread(self._writing)
        settled = [letter for letter in await office.look() if letter.state not in OPEN]
        self._pause, self._passed = 0 if settled else min(2 * self._pause + 1, LONGEST_PAUSE), 0
        for letter in settled:
            self._tell(letter)
            self.redraw()

    def _some_unknown(self) -> bool:
        """Whether there is anything to look for; without news in the store it costs nothing to ask."""
        store = self.session.store
        revision = store.revision
        if revision == self._all_known:
            return False
        unknown = any(each.state in OPEN for each in store.letters())
        self._all_known = -1 if unknown else revision
        return unknown

    # Allowing it

    @on(AllowingWriting)
    @work(group="letter", exclusive=True)
    async def _begin_allowing(self, message: AllowingWriting) -> None:
        row = self._account_row(message.account_id)
        if row is None or self.desk.past:
            return
        from klout_tui.tui.screens.allow import AllowScreen

        try:
            await asyncio.to_thread(self._writing)
            pen = self._writing()[0].pen
            writer = await asyncio.to_thread(pen.writer, row.account)
            allowed = await asyncio.to_thread(pen.may_write, row.account)
        except KloutError as error:
            self.complain(error)
            return
        if writer is None:
            words = f"klout-tui cannot write on {row.account.network}; texts are copied and the page is opened instead."
            self.notify(words, markup=False)
            return
        self._ask(AllowScreen(self.session, pen, row.account, writer, allowed), self._allowed)

    def _allowed(self, said: str | None) -> None:
        if said:
            self.notify(said, markup=False)
            self.redraw()
