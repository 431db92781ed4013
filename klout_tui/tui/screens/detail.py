"""One screen for whatever a row opens into: a heading in words, then tables that open further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.daydetail import DayDetail
from klout_tui.domain.details import GroupDetail, PersonDetail, PlusKDetail, PostDetail, TopicDetail
from klout_tui.domain.plusk import PlusK
from klout_tui.tui.desk import AccountDetail
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import (
    AllowingWriting,
    Curating,
    Deed,
    Followed,
    GivingPlusK,
    Judging,
    Mending,
    Noted,
    Noun,
    Opened,
    Tagging,
    Thanked,
    Thanking,
    Tuning,
    Unlinking,
)
from klout_tui.tui.scoredesk import PartDetail
from klout_tui.tui.screens import account, part, person, plusk, post, span, topic
from klout_tui.tui.screens.page import Page
from klout_tui.tui.screens.personkeys import JUDGING, judged, may
from klout_tui.tui.thanking import thanks_for
from klout_tui.tui.widgets.keyline import KeyLine
from klout_tui.tui.widgets.table import Row, RowTable

ROWS: Final = 500
"""Rows drawn at most in one table."""


Detail = AccountDetail | TopicDetail | PersonDetail | PostDetail | PlusKDetail | GroupDetail | DayDetail | PartDetail


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen shows now."""

    detail: Detail
    view: Dashboard


class DetailScreen(Screen[None]):
    """An account, topic, person, post, +K, or some days."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Back", id="detail.back"),
        Binding("O", "follow_page", "Page", id="detail.follow", tooltip="Open what the page is about in the browser"),
        Binding(
            "t",
            "thank",
            "Thank",
            id="detail.thank",
            tooltip="Thank for what waits for it, else for the last +K",
        ),
        Binding(
            "T", "mark", "Mark", id="detail.mark", tooltip="Mark as thanked without writing, or take the mark back"
        ),
        Binding("g", "give", "Give +K", id="detail.give", tooltip="Give this person a +K"),
        Binding("w", "allow", "Writing", id="detail.allow", tooltip="Allow klout-tui to write as this account, or not"),
        Binding("p", "curate('pin')", "Pin", id="detail.pin", tooltip="Keep this topic at the top, or let it go"),
        Binding("x", "curate('hide')", "Hide", id="detail.hide", tooltip="Show this topic nowhere any more"),
        Binding("e", "curate('rename')", "Rename", id="detail.rename", tooltip="Call this topic by another name"),
        Binding("M", "curate('merge')", "Join", id="detail.merge", tooltip="Join this topic with another"),
        Binding("number_sign", "tag", "Topics", id="detail.tag", tooltip="Say yourself what this post is about"),
        Binding("A", "thank_all", "All thanked", id="detail.thank_all", tooltip="Mark all of this row as thanked"),
        Binding("p", "person", "Person", id="detail.person", tooltip="Open the person who gave this +K"),
        Binding("i", "its_post", "Post", id="detail.post", tooltip="Open the post this +K is for"),
        Binding("K", "why", "Why", id="detail.why", tooltip="Tell why an act counts as a +K, or why it does not"),
        Binding("e", "tune", "Rules", show=False, id="detail.rules", tooltip="See or change what earns a +K"),
        Binding("n", "note", "Note", id="detail.note", tooltip="Keep a note on this post, or on this day"),
        Binding("c", "mend", "Token", id="detail.mend", tooltip="Give this account a new token, or log in again"),
        Binding(
            "u", "unlink", "Unlink", show=False, id="detail.unlink", tooltip="Unlink this account; its history may stay"
        ),
        *JUDGING,
    ]
    HELP = """
## Details
Every number opens into what it is made of: `Enter` opens the row, `o` its permalink in the browser, `Esc` goes back.
`K` on anything somebody did tells why it counts as a +K, or why it does not; on that page `p` goes to the person and
`i` to the post.
On a topic's page `p` pins it, `x` hides it, `e` renames it and `M` joins it with another; on a post's, `#` says what it
is about.
On a person `M` says that another handle is the same person, `U` takes one out again, `i` leaves the person out
everywhere, `n` keeps a private note, `A` says that this is you; `d`, `x` and `Z` settle what waits for your answer:
answered elsewhere, needs none, in a week. `Ctrl+Z` takes the last deed back.
On a person `t` writes a thank-you, `T` only marks, `g` gives a +K, `Ctrl+Z` takes back. On an account `w` allows
klout-tui to write as you, which is off until you say so.
Drag with the mouse to select text, `ctrl+c` copies it; `y` copies a row.
"""

    def __init__(self, noun: Noun, key: str, detail: Detail, view: Dashboard) -> None:
        super().__init__()
        self.noun = noun
        self.key = key
        self._shown = Shown(detail, view)
        self._thanked: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The heading and as many tables as the page has."""
        page = self._page()
        yield Static(page.heading, classes="head")
        for section in page.sections:
            yield Static(Content(section.label), classes="section")
            yield RowTable(section.columns, classes="-aside" if section.aside else None)
        yield Static(classes="preview")
        yield KeyLine()

    def on_mount(self) -> None:
        """Fill the tables; the keys go to the first that has rows."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self._draw()
        tables = list(self.query(RowTable))
        next((table for table in tables if table.rows_shown), tables[0]).focus()

    def update(self, detail: Detail, view: Dashboard) -> None:
        """Draw newer facts in place."""
        self._shown = Shown(detail, view)
        self._draw()

    def action_thank(self) -> None:
        """Write a thank-you: for this +K, for a person's waiting ones, else for the newest of theirs."""
        detail, now = self._shown.detail, self._shown.view.now
        one = self._one()
        if one is not None:
            self.post_message(Thanking((one.id,)))
        elif isinstance(detail, PersonDetail) and detail.plusks:
            waiting = tuple(plusk.id for plusk in detail.plusks if plusk.waits(now))
            self.post_message(Thanking(waiting or (detail.plusks[0].id,)))

    def action_give(self) -> None:
        """Give this person a +K."""
        one = self._about()
        if one is not None:
            self.post_message(GivingPlusK(one.actor.key))
        elif isinstance(self._shown.detail, PersonDetail):
            self.post_message(GivingPlusK(self.key))

    def action_allow(self) -> None:
        """Allow writing as this account, or no longer."""
        self.post_message(AllowingWriting(self.key))

    def action_mark(self) -> None:
        """Mark this +K, or a person's waiting ones, as thanked; pressed again, take back what it marked."""
        detail, now = self._shown.detail, self._shown.view.now
        one = self._one()
        if one is not None:
            self.post_message(Thanked((one.id,), one.thanked_at is None))
        if not isinstance(detail, PersonDetail):
            return
        waiting = tuple(plusk.id for plusk in detail.plusks if plusk.waits(now))
        if waiting:
            self._thanked = waiting
            self.post_message(Thanked(waiting, thanked=True))
        elif self._thanked:
            self.post_message(Thanked(self._thanked, thanked=False))
            self._thanked = ()

    def action_curate(self, deed: str) -> None:
        """Ask for something to be done to this topic."""
        self.post_message(Curating(Deed(deed), self.key))

    def action_tag(self) -> None:
        """Ask what this post is about."""
        self.post_message(Tagging(self.key))

    def action_judge(self, deed: str) -> None:
        """Do something to this person."""
        if isinstance(self._shown.detail, PersonDetail):
            self.post_message(judged(self._shown.detail, Judging(deed)))

    def action_thank_all(self) -> None:
        """Mark all of this row as thanked; pressed again, take back what was marked last."""
        if isinstance(self._shown.detail, GroupDetail):
            self.post_message(thanks_for(self._shown.detail.group))

    def _one(self) -> PlusK | None:
        """The +K this page is about, or the one under the cursor of a row of several."""
        match self._shown.detail:
            case PlusKDetail(plusk=one, verdict=verdict):
                return one if verdict.counts else None
            case GroupDetail(group=group):
                row = self.query_one(RowTable).current
                return next((each for each in group.plusks if row and each.id == row.key), None)
        return None

    def action_person(self) -> None:
        """Open the person."""
        one = self._about()
        if one is not None:
            self.post_message(Opened(Noun.PERSON, one.actor.key))

    def action_its_post(self) -> None:
        """Open the post."""
        one = self._about()
        if one is not None and one.post is not None:
            self.post_message(Opened(Noun.POST, one.post))

    def _about(self) -> PlusK | None:
        detail = self._shown.detail
        return detail.plusk if isinstance(detail, PlusKDetail) else self._one()

    def action_why(self) -> None:
        """Tell what became of the act under the cursor."""
        detail = self._shown.detail
        row = self.focused.current if isinstance(self.focused, RowTable) else None
        acts = detail.acts if isinstance(detail, PersonDetail | PostDetail | DayDetail) else ()
        if row is not None and any(act.id == row.key for act in acts):
            self.post_message(Opened(Noun.PLUSK, row.key))

    def action_tune(self) -> None:
        """Show what earns a +K."""
        self.post_message(Tuning())

    def action_note(self) -> None:
        """Ask for a note on what the page is about."""
        detail, view = self._shown.detail, self._shown.view
        if isinstance(detail, PostDetail):
            self.post_message(Noted(detail.post.at.astimezone(view.zone).date(), detail.post.id))
        elif isinstance(detail, DayDetail):
            self.post_message(Noted(min(detail.last, view.today)))

    def action_mend(self) -> None:
        """Ask for a new credential of this account."""
        self.post_message(Mending(self.key))

    def action_unlink(self) -> None:
        """Ask what is to become of this account."""
        self.post_message(Unlinking(self.key))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Thanking is for people who gave a +K, credentials are accounts'; the past can only be looked at."""
        detail = self._shown.detail
        if action == "judge":
            known = isinstance(detail, PersonDetail) and not self._shown.view.past
            return known and isinstance(detail, PersonDetail) and may(detail, str(parameters[0]))
        if action in ("person", "its_post"):
            return isinstance(detail, PlusKDetail | GroupDetail)
        if action == "why":
            return isinstance(detail, PersonDetail | PostDetail | DayDetail)
        if action == "tune":
            return isinstance(detail, PlusKDetail | GroupDetail)
        if action == "thank_all":
            return isinstance(detail, GroupDetail) and not self._shown.view.past
        if action in ("mend", "unlink", "allow"):
            return isinstance(detail, AccountDetail) and not self._shown.view.past
        if action == "give":  # to whoever the page, or its row, is about
            return isinstance(detail, PersonDetail | PlusKDetail | GroupDetail) and not self._shown.view.past
        if action == "curate":
            return isinstance(detail, TopicDetail) and not self._shown.view.past
        if action == "tag":
            return isinstance(detail, PostDetail) and not self._shown.view.past
        if action == "note":
            return isinstance(detail, PostDetail | DayDetail) and not self._shown.view.past
        if action not in ("thank", "mark"):
            return True
        if self._shown.view.past:
            return False
        if isinstance(detail, PlusKDetail):
            return detail.verdict.counts
        return isinstance(detail, GroupDetail) or (isinstance(detail, PersonDetail) and bool(detail.plusks))

    @on(RowTable.Following)
    def _following(self, event: RowTable.Following) -> None:
        self.post_message(Followed(event.row.url or self._page().url))

    @on(DataTable.RowHighlighted)
    @on(events.DescendantFocus)
    def _preview(self) -> None:
        """A cell holds one line; what somebody wrote is worth reading whole."""
        row = self.focused.current if isinstance(self.focused, RowTable) else None
        preview = self.query_one(".preview", Static)
        preview.display = row is not None and bool(row.note)
        if row is not None:
            preview.update(Content(row.note))

    def action_follow_page(self) -> None:
        """Open what the page is about in the browser."""
        self.post_message(Followed(self._page().url))

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        row = next((row for row in self._rows(event.data_table) if row.key == event.row_key.value), None)
        if row and row.opens:
            noun, key = row.opens
            self.post_message(Opened(Noun(noun), key))

    @staticmethod
    def _rows(table: object) -> Sequence[Row]:
        return table.rows_shown if isinstance(table, RowTable) else ()

    def _draw(self) -> None:
        page = self._page()
        self.query_one(".head", Static).update(page.heading)
        labels = self.query(".section").results(Static)
        for section, label, table in zip(page.sections, labels, self.query(RowTable), strict=True):
            more = f", the first {ROWS:,} shown" if len(section.rows) > ROWS else ""
            label.update(Content(section.label + more))
            table.show(section.rows[:ROWS])
        self.refresh_bindings()

    def _page(self) -> Page:
        detail, view, inks = self._shown.detail, self._shown.view, Inks.of(self.app)
        match detail:
            case AccountDetail():
                return account.page(detail, view, inks)
            case TopicDetail():
                return topic.page(detail, view, inks)
            case PersonDetail():
                return person.page(detail, view, inks)
            case PostDetail():
                return post.page(detail, view, inks)
            case PlusKDetail():
                return plusk.page(detail, view, inks)
            case GroupDetail():
                return plusk.group_page(detail, view, inks)
            case PartDetail():
                return part.page(detail, view, inks)
            case DayDetail():
                return span.page(detail, view, inks)
