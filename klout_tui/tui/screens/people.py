"""The list of people: who engages, who is new, who fell silent, who waits for an answer, who brought others along."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import ClassVar, Final

import msgspec
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Input, Static

from klout_tui.domain import wording
from klout_tui.domain.people import PEOPLE_DAYS, SHOWN, Listing, Person, Sort, Tab, Wish
from klout_tui.errors import KloutError
from klout_tui.tui.inks import Inks
from klout_tui.tui.judging import judged
from klout_tui.tui.messages import Followed, GivingPlusK, Judging, Noun, Opened, Renewed, Thanked, Thanking
from klout_tui.tui.people import PeopleDesk
from klout_tui.tui.screens.peoplerow import COLUMNS, TOLD, person_row
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.table import RowTable

TYPING_PAUSE: Final = 0.12
"""Seconds without a key before the list follows the filter."""

_NAMES: Final = {
    Tab.ALL: "All",
    Tab.NEW: "New",
    Tab.SILENT: "Silent",
    Tab.WAITING: "Waiting",
    Tab.INTRODUCERS: "Introducers",
    Tab.APART: "Apart",
}
_RULES: Final = {
    Tab.ALL: "Everybody but your own accounts, the ignored and bots.",
    Tab.NEW: "First seen in the last 30 days, where as much is known from before.",
    Tab.SILENT: "Regulars who have paused for longer than their own pace explains.",
    Tab.WAITING: "Written in the last 14 days and not answered yet.",
    Tab.INTRODUCERS: "Within 48 hours of a repost, three or more new people came. No proof.",
    Tab.APART: "Yours and the ignored count nowhere; bots count, and stand here only.",
}
_FITTING: Final = {
    Tab.ALL: "most days first",
    Tab.NEW: "newest first",
    Tab.SILENT: "last silent first",
    Tab.WAITING: "newest first",
    Tab.INTRODUCERS: "most newcomers first",
    Tab.APART: "by name",
}
"""How each tab is sorted by itself."""
_SORTED: Final = {
    Sort.DAYS: "by days",
    Sort.ACTS: "by acts",
    Sort.LAST: "by last seen",
    Sort.SINCE: "longest known first",
    Sort.NEWEST: "last met first",
    Sort.AUDIENCE: "by audience",
    Sort.PLUSK: "by +K",
    Sort.NAME: "by name",
}


class PeopleScreen(Screen[None]):
    """Tabs over one table; the past is read in the background, and said to be."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="people.back"),
        *(
            Binding(str(number), f"tab({number - 1})", _NAMES[tab], show=False, id=f"people.{tab}", tooltip=_NAMES[tab])
            for number, tab in enumerate(Tab, 1)
        ),
        Binding("tab", "step(1)", "Next", id="people.next", priority=True, tooltip="Go to the next tab"),
        Binding(
            "shift+tab",
            "step(-1)",
            "Before",
            show=False,
            id="people.before",
            priority=True,
            tooltip="To the tab before",
        ),
        Binding("S", "sort", "Sort", id="people.sort", tooltip="Sort by days, acts, last, since, audience, +K or name"),
        Binding(
            "w", "whole", "90 d/all", id="people.whole", tooltip="Figures of the last 90 days, or of all that is known"
        ),
        Binding("slash", "filter", "Filter", id="people.filter", tooltip="Only people who hold these words"),
        Binding("t", "thank", "Thank", id="people.thank", tooltip="Write a thank-you for this person's waiting +K"),
        Binding("T", "mark", "Mark", show=False, id="people.mark", tooltip="Mark this person's waiting +K as thanked"),
        Binding("g", "give", "Give +K", show=False, id="people.give", tooltip="Give this person a +K"),
        Binding("n", "judge('note')", "Note", id="people.note", tooltip="Keep a private note on this person"),
        Binding("M", "judge('merge')", "Merge", id="people.merge", tooltip="Say that two handles are one person"),
        Binding(
            "U", "judge('split')", "Split", show=False, id="people.split", tooltip="Take a merged handle out again"
        ),
        Binding(
            "i", "judge('ignore')", "Ignore", id="people.ignore", tooltip="Leave this person out everywhere, or not"
        ),
        Binding("A", "judge('own')", "Mine", show=False, id="people.own", tooltip="Declare that this is you"),
        Binding("d", "judge('done')", "Done", id="people.done", tooltip="What waits has been answered elsewhere"),
        Binding("x", "judge('dismiss')", "Dismiss", id="people.dismiss", tooltip="What waits needs no answer"),
        Binding("Z", "judge('snooze')", "Later", id="people.snooze", tooltip="Let it wait again in a week"),
    ]
    HELP = """
## People
One row is one person; handles you merged (`M`) are one. `days` is on how many days they did something, `since` the
first thing known of them. `?` waits for your answer, `○` for a thank-you, `+` is new, `…` fell silent, `n` has a note.

`1` to `6` and `Tab` go through the tabs: all, new, silent, waiting, introducers, and who stands apart (yours, ignored,
bots). `S` sorts, `w` takes 90 days or all that is known, `/` filters. Nothing is ever merged but by you, and `Ctrl+Z`
takes each deed back. Ignoring leaves somebody out everywhere, also from days past; their acts are kept, and `i` brings
them back. The rules in plain words: docs/people.md.
"""
    ESCAPE_TO_MINIMIZE = False

    def __init__(self, desk: PeopleDesk) -> None:
        super().__init__(classes="people")
        self._desk = desk
        self._wish = Wish()
        self._listing: Listing | None = None
        self._thanked: tuple[str, ...] = ()
        self._reading = ""
        """Which month of the past is being read."""

    def compose(self) -> ComposeResult:
        """What is shown, the tabs, the rule of the tab, the people."""
        yield Static(id="people-head")
        yield Static(id="people-tabs")
        yield Static(id="people-rule")
        yield RowTable(COLUMNS)
        yield Static(classes="empty")
        yield Input(placeholder="filter: Enter keeps it, Esc clears it", classes="filter", compact=True)
        yield Static(classes="preview")
        yield KeyLine()

    def on_mount(self) -> None:
        """Ninety days at once, the past as soon as it is read."""
        self.query_one(".filter").display = False
        self.query_one(".empty").display = False
        self.query_one(".preview").display = False
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self.query_one(RowTable).focus()
        self._draw()
        self.renew()

    @on(Renewed)
    def renew(self) -> None:
        """Read anew: something was decided, or came in."""
        self._list()

    @work(exclusive=True, group="people")
    async def _list(self, pause: float = 0.0) -> None:
        await asyncio.sleep(pause)
        try:
            listing, stale = await asyncio.to_thread(self._read)
        except KloutError as error:
            self.notify(error.message, severity="error", markup=False)
            return
        self._listing = listing
        self._draw()
        if stale and not self._reading and self.is_mounted:
            self._read_past()

    def _read(self) -> tuple[Listing, bool]:
        """In a thread: the people asked for, and whether the past is to be read anew."""
        return self._desk.listing(self._wish), self._desk.stale

    @work(group="past")
    async def _read_past(self) -> None:
        self._reading = "…"
        try:
            await asyncio.to_thread(self._desk.read_past, partial(self._hear, asyncio.get_running_loop()))
        except KloutError as error:
            self.notify(error.message, severity="error", markup=False)
            return
        finally:
            self._reading = ""
        if self.is_mounted:
            self._list()

    def _hear(self, loop: asyncio.AbstractEventLoop, month: str) -> None:
        """In the reading thread: a year is worth a word."""
        if month[:4] != self._reading:
            self._reading = month[:4]
            loop.call_soon_threadsafe(self._draw_head)

    # Keys

    def action_back(self) -> None:
        """Clear the filter, else go back."""
        if self._wish.words or self.query_one(".filter").display:
            line = self.query_one(".filter", Input)
            line.value, line.display = "", False
            self._set(words="")
            self.query_one(RowTable).focus()
        else:
            self.app.pop_screen()

    def action_tab(self, number: int) -> None:
        """Go to a tab."""
        self._set(tab=list(Tab)[number])

    def action_step(self, by: int) -> None:
        """Go to the next tab, or the one before."""
        tabs = list(Tab)
        self._set(tab=tabs[(tabs.index(self._wish.tab) + by) % len(tabs)])

    def action_sort(self) -> None:
        """Sort by the next figure."""
        sorts = list(Sort)
        self._set(sort=sorts[(sorts.index(self._wish.sort) + 1) % len(sorts)])

    def action_whole(self) -> None:
        """Figures of 90 days, or of all that is known."""
        self._set(whole=not self._wish.whole)

    def action_filter(self) -> None:
        """Open the filter's line."""
        line = self.query_one(".filter", Input)
        line.display = True
        line.focus()

    def action_thank(self) -> None:
        """Write a thank-you for this person's waiting +K."""
        person = self.current
        if person is not None and person.to_thank:
            self.post_message(Thanking(person.to_thank))

    def action_give(self) -> None:
        """Give this person a +K."""
        if self.current is not None:
            self.post_message(GivingPlusK(self.current.key))

    def action_mark(self) -> None:
        """Mark the waiting +K of this person as thanked; pressed again, take that back."""
        person = self.current
        if person is not None and person.to_thank:
            self._thanked = person.to_thank
            self.post_message(Thanked(person.to_thank, thanked=True))
        elif self._thanked:
            self.post_message(Thanked(self._thanked, thanked=False))
            self._thanked = ()

    def action_judge(self, deed: str) -> None:
        """Do something to the person under the cursor."""
        person = self.current
        if person is not None:
            self.post_message(judged(Judging(deed), person))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the person under the cursor allows is offered; the past can only be looked at."""
        if action not in ("judge", "thank", "mark", "give"):
            return True
        person = self.current
        if person is None or self._listing is None or self._listing.past:
            return False
        if action == "give":
            return True
        if action in ("thank", "mark"):
            return bool(person.to_thank or (action == "mark" and self._thanked))
        return _allows(person, str(parameters[0]))

    @property
    def current(self) -> Person | None:
        """The person under the cursor."""
        row = self.query_one(RowTable).current
        people = self._listing.people if self._listing is not None else ()
        return next((each for each in people if row is not None and each.key == row.key), None)

    @on(Input.Changed, ".filter")
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self._wish.words:
            self._set(words=event.value, pause=TYPING_PAUSE)

    @on(Input.Submitted, ".filter")
    def _kept(self, event: Input.Submitted) -> None:
        event.input.display = False
        self.query_one(RowTable).focus()

    @on(RowTable.Following)
    def _following(self, event: RowTable.Following) -> None:
        self.post_message(Followed(event.row.url))

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        if event.row_key.value is not None:
            self.post_message(Opened(Noun.PERSON, event.row_key.value))

    @on(DataTable.RowHighlighted)
    @on(events.DescendantFocus)
    def _preview(self) -> None:
        """What the row has no room for: what they wrote, and what she noted."""
        row = self.query_one(RowTable).current
        preview = self.query_one(".preview", Static)
        preview.display = row is not None and bool(row.note)
        if row is not None:
            preview.update(Content(row.note))
        self.refresh_bindings()

    def _set(self, *, pause: float = 0.0, **changes: object) -> None:
        self._wish = msgspec.structs.replace(self._wish, **changes)
        self._draw_head()
        self._list(pause)

    # Drawing

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        self._draw_head()
        listing, table = self._listing, self.query_one(RowTable)
        if listing is None:
            return
        inks = Inks.of(self.app)
        table.wear(COLUMNS if listing.wish.tab is Tab.ALL else TOLD)
        table.show([person_row(person, listing, inks) for person in listing.people])
        empty = self.query_one(".empty", Static)
        held = table.has_focus or empty.has_focus
        empty.display, table.display = not listing.people, bool(listing.people)
        if not listing.people:
            empty.update(Content(self._nobody(listing)))
        elif held or self.focused is None:
            table.focus()
        self._preview()

    def _draw_head(self) -> None:
        if not self.is_mounted:
            return
        wish, listing = self._wish, self._listing
        span = "all that is known" if wish.whole else f"the last {PEOPLE_DAYS} days"
        cut = f"the first {SHOWN:,} of {listing.found:,}, " if listing is not None and listing.found > SHOWN else ""
        order = _FITTING[wish.tab] if wish.sort is Sort.FIT else _SORTED[wish.sort]
        reading = f"   reading the past, {self._reading}" if self._reading else ""
        head = Content.assemble(("People", "bold"), f"  ·  {span}, {cut}{order}", (reading, "dim"))
        self.query_one("#people-head", Static).update(head)
        counts = listing.counts if listing is not None else {}
        tabs: list[Content] = []
        for number, tab in enumerate(Tab, 1):
            count = counts.get(tab)
            words = f" {number} {_NAMES[tab]} {'…' if count is None else f'{count:,}'} "
            tabs.append(Content.styled(words, "bold reverse" if tab is wish.tab else ""))
        self.query_one("#people-tabs", Static).update(Content("").join(tabs))
        self.query_one("#people-rule", Static).update(Content.styled(self._rule(), "dim"))

    def _rule(self) -> str:
        """By what rule somebody is in the tab; where they wait for answers, for how many."""
        tab, listing = self._wish.tab, self._listing
        count = f"{wording.to_answer(listing.waiting)}. " if tab is Tab.WAITING and listing and listing.waiting else ""
        return count + _RULES[tab]

    def _nobody(self, listing: Listing) -> str:
        wish = self._wish
        if listing.counts.get(wish.tab) is None and wish.tab in (Tab.NEW, Tab.SILENT, Tab.INTRODUCERS):
            return "The past is being read; this is told then."
        if wish.words:
            return f"Nobody holds “{wish.words}”. Esc clears the filter."
        return _NOBODY[wish.tab]


_NOBODY: Final = {
    Tab.ALL: "Nobody yet. Whoever reacts to what you publish will be listed here.",
    Tab.NEW: "Nobody new, or too little is known from before to say.",
    Tab.SILENT: "No regular has fallen silent.",
    Tab.WAITING: "Nobody waits for an answer.",
    Tab.INTRODUCERS: "After no repost did three or more new people come.",
    Tab.APART: "Nobody: no account of yours acted, you ignore nobody, and no bot was met.",
}


def _allows(person: Person, deed: str) -> bool:
    """Whether something can be done to this person."""
    if deed in ("done", "dismiss", "snooze"):
        return bool(person.waiting)
    if deed == "split":
        return person.handles > 1
    return not person.own or deed == "note"
