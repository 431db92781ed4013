"""The daily review: one card after another, each acted on where it stands, and a calm end."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import ClassVar

import msgspec
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.days import Days
from klout_tui.domain.grouping import Group
from klout_tui.domain.notes import Note
from klout_tui.domain.review import Review, Step
from klout_tui.domain.waiting import Waiting
from klout_tui.errors import KloutError
from klout_tui.store.reviewing import Draft, Kept
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import Followed, Judged, Judging, Noted, Noun, Opened, Renewed, Thanking, Written
from klout_tui.tui.reviewdesk import ReviewDesk
from klout_tui.tui.screens.reviewcards import CHANGES, MORE, Card, card, note_card, noted, summary, title
from klout_tui.tui.thanking import thanks_for
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.noteline import NoteLine
from klout_tui.tui.widgets.table import RowTable


class ReviewScreen(Screen[None]):
    """Six cards and a summary; what holds nothing is passed over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "next", "Next card", id="review.next", tooltip="Go to the next card"),
        Binding("enter", "next", "Go on", show=False, id="review.go_on"),
        Binding("tab", "next", "Next", show=False, id="review.next_tab", priority=True),
        Binding("backspace", "before", "Card before", id="review.before", tooltip="Go to the card before"),
        Binding("shift+tab", "before", "Before", show=False, id="review.before_tab", priority=True),
        Binding("t", "thank", "Thank", id="review.thank", tooltip="Write a thank-you; nothing is sent by itself"),
        Binding("T", "mark", "Mark", id="review.mark", tooltip="Mark the row without writing, or take the mark back"),
        Binding("d", "judge('done')", "Done", id="review.done", tooltip="It has been answered elsewhere"),
        Binding("x", "judge('dismiss')", "Dismiss", id="review.dismiss", tooltip="It needs no answer, or no note"),
        Binding("Z", "judge('snooze')", "Later", id="review.snooze", tooltip="Let it wait again in a week"),
        Binding("n", "note", "Note", id="review.note", tooltip="Note what happened"),
        Binding("escape", "leave", "Leave", id="review.leave", tooltip="Leave; R goes on where you were"),
    ]
    HELP = """
## Review
Your daily five minutes, one card after another: new +K to thank, who waits for your answer, what moved and why, the
topics people tie to you, one suggestion, and a line for today's note. `Space` goes on, `Backspace` back; a card that
holds nothing is passed over. `Enter` opens the row, or the rest of a long card; `t` writes a thank-you, `T` only marks
it; `d` done, `x` dismiss, `Z` later. `Esc` leaves, and `R` goes on at the same card today; a line begun there is kept
until you finish it. Skip as many days as you like: nobody counts them.

On the note's card `Enter` keeps the line, `Shift+Tab` goes back, and so does `Backspace` while it is empty.

Why replying and thanking are suggested before anything else: docs/review.md.
"""
    ESCAPE_TO_MINIMIZE = False

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__(classes="review -looking")
        self._desk = desk
        self._found: Review | None = None
        self._view: Dashboard | None = None
        self._kept = Kept()
        self._step: Step | None = None
        """The card shown; None is the summary."""
        self._acted = False
        """Whether she did anything here today; until then it begins at the first card, whatever comes in."""
        self._whole: set[Step] = set()
        """Cards shown in full."""
        self._card: Card | None = None
        self._writing = ""
        """What stands in the note's line, so that drawing anew does not take it away."""
        self._shown = ""
        """What was put into that line last, or typed there and heard of."""
        self._before: Note | None = None
        """The note that line is another wording of."""
        self._begun: date | None = None
        """The earlier local day that line was begun on, where it was."""
        self._typed = False
        """Whether it says something else than the note; it follows the note until then."""
        self._resumed = False
        """Whether it was looked for a line begun before."""

    def compose(self) -> ComposeResult:
        """Where one is, the card, the keys."""
        yield Static(classes="head")
        yield Static(id="review-steps")
        yield Static(classes="section")
        yield Static(id="review-words")
        yield NoteLine()
        yield RowTable(())
        yield Static(classes="preview")
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin with what is known at once."""
        self.query_one(".head", Static).update(Content("Looking …"))
        for part in (NoteLine, ".preview", RowTable):
            self.query_one(part).display = False
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self.renew()

    @on(Renewed)
    def renew(self) -> None:
        """Read anew: something was decided, came in, or another day is shown."""
        self._read()

    @work(group="review", exclusive=True)
    async def _read(self) -> None:
        try:
            kept = await asyncio.to_thread(self._desk.kept)
            found, view = await asyncio.to_thread(self._desk.first)
            self._take(kept, found, view)
            if found.diagnosis is None or not await asyncio.to_thread(self._desk.is_newest):
                found, view = await asyncio.to_thread(self._desk.whole)
                self._take(kept, found, view)
        except KloutError as error:
            self.notify(error.message, severity="error", markup=False)

    def _take(self, kept: Kept, found: Review, view: Dashboard) -> None:
        if not self.is_attached:
            return
        if self._found is not None and self._found.day != found.day:
            self._acted = False
        self._kept, self._found, self._view = kept, found, view
        if not found.past:
            self._follow_note(kept, found)
        if not self._acted:
            self._step = self._start(kept, found, view)
        elif self._step is not None and self._step in (Step.MOVED, Step.SUGGESTION) and not found.holds(self._step):
            self._step = found.after(self._step) or Step.NOTE  # it was still being looked for when she came to it
        self.remove_class("-looking")
        self._draw()

    def _follow_note(self, kept: Kept, found: Review) -> None:
        """Take the note over into the line, or what she began to write; what she types now is left alone."""
        draft = None if self._resumed else kept.draft
        self._resumed = True
        if draft is not None:
            self._begun = draft.day if draft.day < found.day else None
            self._writing, self._before, self._typed = draft.text, draft.before, True
        elif not self._typed and self.query_one(NoteLine).value == self._shown:
            self._before, self._begun = found.note, None
            self._writing = found.note.text if found.note is not None else ""
        if self._before is not None and self._before.day != found.day:
            self._before = None  # that day is over

    @property
    def _draft(self) -> Draft | None:
        """The line as far as it is written."""
        if not self._typed or self._found is None:
            return None
        return Draft(day=self._begun or self._found.day, text=self._writing, before=self._before)

    async def _keep_draft(self) -> None:
        draft = self._draft
        if self._found is None or self._found.past or draft == self._kept.draft:
            return

        def change(kept: Kept) -> Kept:
            return msgspec.structs.replace(kept, draft=draft)

        await asyncio.to_thread(self._desk.keep, change)
        self._kept = change(self._kept)

    @staticmethod
    def _start(kept: Kept, found: Review, view: Dashboard) -> Step | None:
        """Where to begin: where she left it today; at the end, where she was through; else at the first card.

        Where she was through and then began another line, that is what she left.
        """
        if found.past:
            return found.first
        if kept.done_on(Days(view.zone), found.day) and kept.draft is None:
            return None
        if kept.day == found.day and kept.step is not None and found.holds(kept.step):
            return kept.step
        return found.first

    # Keys

    def action_next(self) -> None:
        """The next card; past the last the summary, and from there back to where she came from."""
        found = self._found
        if found is None:
            return
        if self._step is None:
            self.app.pop_screen()
            return
        if self._step is Step.MOVED and found.burst is not None and found.burst.told is not None:
            told = found.burst.told
            self.run_worker(asyncio.to_thread(self._desk.asked, told), group="keep", exit_on_error=False)
        if self._step is Step.NOTE:
            self._keep_note()
        step = found.after(self._step)
        if step is None and found.past:
            self.app.pop_screen()  # there is nothing to sum up that was not done by oneself
        else:
            self._go(step)

    def action_before(self) -> None:
        """The card before."""
        if self._found is not None:
            last = Step.NOTE if self._found.holds(Step.NOTE) else self._found.after(Step.NOTE, -1)
            self._go(last if self._step is None else self._found.after(self._step, -1) or self._step)

    async def action_leave(self) -> None:
        """Leave; the same card is shown again today, with the line as it is."""
        try:
            await self._keep_draft()
        except KloutError as error:
            self.notify(error.message, severity="error", markup=False)  # and stay: what she wrote is only here
        else:
            self.app.pop_screen()

    async def on_unmount(self) -> None:
        """The program may end while a line is being written."""
        try:
            await self._keep_draft()
        except KloutError as error:
            self.notify(error.message, severity="error", markup=False)

    def action_thank(self) -> None:
        """Write a thank-you for all of the row that waits for one; where none does, for all of it."""
        self._acted = True
        if group := self._group:
            self.post_message(Thanking(group.unthanked or tuple(each.id for each in group.plusks)))

    def action_mark(self) -> None:
        """Mark the whole row thanked, or take the mark back."""
        self._acted = True
        if group := self._group:
            self.post_message(thanks_for(group))

    def action_judge(self, deed: str) -> None:
        """Settle what waits; on a burst, let it be."""
        self._acted = True
        if self._step is Step.MOVED:
            self.action_next()
        elif (each := self._waiting) is not None:
            name = each.actor.name or each.actor.handle
            self.post_message(Judged(Judging(deed), each.person, name, waiting=(each.id,)))

    def action_note(self) -> None:
        """Note what a burst was."""
        self._acted = True
        if self._found is not None and self._found.burst is not None:
            self.post_message(Noted(self._found.burst.first))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each card has its own deeds; the past has none."""
        found = self._found
        if action in ("thank", "mark", "judge", "note") and (found is None or found.past):
            return False
        burst = self._step is Step.MOVED and found is not None and found.burst is not None
        match action:
            case "thank" | "mark":
                return self._group is not None
            case "judge":
                return self._waiting is not None or (burst and parameters == ("dismiss",))
            case "note":
                return burst
            case "before":
                return found is not None and self._step is not found.first
            case _:
                return True

    @property
    def _row(self) -> str | None:
        row = self.query_one(RowTable).current if self._card is not None and self._card.rows else None
        return None if row is None or row.key == MORE else row.key

    @property
    def _group(self) -> Group | None:
        """The row of +K under the cursor."""
        if self._step is not Step.THANK or self._found is None:
            return None
        return next((each for each in self._found.groups if each.key == self._row), None)

    @property
    def _waiting(self) -> Waiting | None:
        """Who waits under the cursor."""
        if self._step is not Step.ANSWER or self._found is None:
            return None
        return next((each for each in self._found.waiting if each.id == self._row), None)

    # Events

    @on(NoteLine.Changed)
    def _type(self, event: NoteLine.Changed) -> None:
        if event.value != self._writing:
            self._writing, self._shown, self._acted = event.value, event.value, True
            self._typed = event.value != (self._before.text if self._before is not None else "")

    @on(NoteLine.Submitted)
    def _written(self) -> None:
        self.action_next()

    @on(NoteLine.Left)
    def _leave_line(self) -> None:
        self.action_before()

    @on(RowTable.Following)
    def _following(self, event: RowTable.Following) -> None:
        self.post_message(Followed(event.row.url))

    @on(DataTable.RowHighlighted)
    @on(events.DescendantFocus)
    def _preview(self) -> None:
        """What the row has no room for."""
        table, preview = self.query_one(RowTable), self.query_one(".preview", Static)
        row = table.current if table.display else None
        preview.display = row is not None and bool(row.note)
        if row is not None:
            preview.update(Content(row.note))
        self.refresh_bindings()

    @on(DataTable.RowSelected)
    async def _selected(self, event: DataTable.RowSelected) -> None:
        row = self.query_one(RowTable).current
        if row is None or event.row_key.value != row.key:
            return
        self._acted = True
        if row.key == MORE and self._step is not None:
            self._whole.add(self._step)
            self._draw()
        elif row.key == CHANGES:
            await self.app.run_action("changes")
        elif row.opens is not None:
            self.post_message(Opened(Noun(row.opens[0]), row.opens[1]))

    # Going on

    def _go(self, step: Step | None) -> None:
        found = self._found
        if found is None:
            return
        self._step, self._acted = step, True
        if not found.past:
            done, draft = self.now if step is None else None, self._draft

            def change(kept: Kept) -> Kept:
                return msgspec.structs.replace(kept, day=found.day, step=step, done=done or kept.done, draft=draft)

            self._kept = change(self._kept)
            self.run_worker(asyncio.to_thread(self._desk.keep, change), group="keep", exit_on_error=False)
        self._draw()

    @property
    def now(self) -> datetime:
        """The moment shown, UTC."""
        return self._desk.desk.now()

    def _keep_note(self) -> None:
        """Keep the line, where it says something else than the note."""
        found, draft = self._found, self._draft
        if found is None or found.past or draft is None:
            return

        def failed() -> None:
            self._writing, self._before, self._typed = draft.text, draft.before, True
            self.app.run_worker(self._keep_draft(), group="keep", exit_on_error=False)
            if self.is_attached:
                self._draw()

        self._typed = False  # from here on the line follows the note again
        self.post_message(Written(found.day, draft.before, draft.text.strip(), failed))

    # Drawing

    def _draw(self) -> None:
        found, view = self._found, self._view
        if found is None or view is None or not self.is_mounted:
            return
        inks = Inks.of(self.app)
        self.query_one(".head", Static).update(self._head(found, view))
        self.query_one("#review-steps", Static).update(self._steps(found))
        table, line = self.query_one(RowTable), self.query_one(NoteLine)
        words = self.query_one("#review-words", Static)
        if self._step is None:
            self._card = None
            self.query_one(".section", Static).update(Content(""))
            others = noted(note for note in found.notes if note != self._before)
            mine = [] if self._typed else [self._writing.strip()]
            words.update(summary(found, [*others, *filter(None, mine)]))
            words.display = True
            table.display = line.display = False
            self.set_focus(None)
        else:
            if self._step is Step.NOTE:
                shown = note_card(found, self._before, self._begun)
            else:
                shown = card(found, view, self._step, inks, whole=self._step in self._whole)
            self._card = shown
            self.query_one(".section", Static).update(Content(title(found, self._step)))
            words.update(shown.words)
            words.display = bool(shown.words.plain)
            writes = self._step is Step.NOTE and not found.past
            line.display, table.display = writes, bool(shown.rows)
            if shown.rows:
                table.wear(shown.columns)
                table.show(shown.rows)
            if writes:
                if self._shown != self._writing:
                    self._shown = line.value = self._writing
                line.focus()
            elif shown.rows:
                table.focus()
            else:
                self.set_focus(None)
        self._preview()

    def _head(self, found: Review, view: Dashboard) -> Content:
        when = f"{found.day:%A}, {found.day.day} {found.day:%B}"
        past = f" {found.day.year}, as it was" if found.past else ""
        done = self._kept.done
        last = ""
        if done is not None and not found.past:
            last = f"  ·  done {wording.since(done, view.now, view.zone)}"
        return Content.assemble(("Review", "bold"), f"  {when}{past}", (last, "dim"))

    def _steps(self, found: Review) -> Content:
        """All cards with how each stands, so that what is passed over is told in a word."""
        parts = []
        for step in Step:
            word = found.word(step)
            label = f" {_SHORT[step]}{' ' + word if word else ''} "
            style = "bold reverse" if step is self._step else "" if found.holds(step) else "dim"
            parts.append(Content.styled(label, style))
        return Content("").join(parts)


_SHORT = {
    Step.THANK: "Thank",
    Step.ANSWER: "Answer",
    Step.MOVED: "Moved",
    Step.TOPICS: "Topics",
    Step.SUGGESTION: "One thing",
    Step.NOTE: "Note",
}
