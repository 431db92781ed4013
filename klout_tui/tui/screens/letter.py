"""The dialog in which she writes to somebody: a thank-you, or a +K. It sends nothing; it answers what she wants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from klout_tui.domain.drafts import MENTIONS
from klout_tui.domain.letters import Purpose
from klout_tui.tui.study import Occasion, Study, again, ago, state_words

Deed = Literal["send", "copy", "mark", "each"]


@dataclass(frozen=True, slots=True)
class Written:
    """What she wants done."""

    deed: Deed
    """Send it; copy it and open the page; only mark as thanked; go through them one by one."""
    text: str = ""
    quiet: bool = True
    topic: str = ""


class LetterScreen(ModalScreen[Written | None]):
    """Answers what is to be done with what she wrote, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="letter.cancel"),
        Binding("ctrl+s", "go_on", "Send", id="letter.send", tooltip="Send it, or copy it where nothing can be sent"),
        Binding("ctrl+t", "mark", "Only mark", id="letter.mark", tooltip="Mark as thanked without writing"),
        Binding("ctrl+l", "list", "Listed", show=False, id="letter.listed", tooltip="Unlisted, or as what it answers"),
        Binding("ctrl+g", "each", "One by one", show=False, id="letter.each", tooltip="Write to each of them"),
        *(
            Binding(str(number), f"choose({number})", f"Draft {number}", show=False, id=f"letter.draft_{number}")
            for number in (1, 2, 3)
        ),
    ]
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-usual")]

    def __init__(self, occasion: Occasion, study: Study, now: datetime, *, place: str = "") -> None:
        """A dialog.

        Args:
            occasion: for whom and for what.
            study: tells whether a +K on another topic can be given.
            now: the present.
            place: where in a row of dialogs this one stands, ``2 of 7``; empty if it is alone.
        """
        super().__init__()
        self._occasion = occasion
        self._study = study
        self._now = now
        self._place = place
        self._quiet = occasion.purpose is Purpose.THANKS  # a +K given is meant to be seen
        self._stop = ""
        self._armed = False

    def compose(self) -> ComposeResult:
        """For what, the drafts, the text, how long it is and where it goes, what to do with it."""
        occasion = self._occasion
        giving = occasion.purpose is Purpose.GIVING
        with VerticalScroll(classes="dialog letter", can_focus=False) as dialog:
            verb = "Give +K to" if giving else "Thank"
            dialog.border_title = Content(f"{verb} {occasion.names}" + (f"  ·  {self._place}" if self._place else ""))
            yield Static(Content(occasion.what), id="what")
            if occasion.said:
                yield Static(Content(f"“{occasion.said}”"), id="their-words")
            if giving:
                yield Static(classes="label", id="topic-label")
                yield Input(occasion.topics[0] if occasion.topics else "", id="topic", compact=True)
            else:
                drafts = enumerate(occasion.drafts, 1)
                options = (Option(_numbered(place, text, occasion.opening)) for place, text in drafts)
                yield OptionList(*options, id="drafts", compact=True)
            yield TextArea(self._first(), id="text", soft_wrap=True, compact=True, tab_behavior="focus")
            yield Static(id="state")
            yield Static(id="said", classes="said")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                if len(occasion.to) > 1:
                    yield Button("One by one ^g", id="each", compact=True)
                if not giving:
                    yield Button("Only mark ^t", id="mark", compact=True)
                go_on = "Send ^s" if occasion.allowed else "Copy, open page ^s"
                yield Button(go_on, variant="primary", id="go-on", compact=True)

    def on_mount(self) -> None:
        """Start with the drafts, whose numbers choose; or with the topic."""
        self.query_one("#text", TextArea).cursor_blink = False
        self._say_at_first()
        self._count()
        if self._occasion.purpose is Purpose.GIVING:
            self._topic_typed()
            self.query_one("#topic").focus()
        else:
            self.query_one("#drafts", OptionList).highlighted = None if self._kept() else 0
            self.query_one("#drafts").focus()

    @property
    def text(self) -> str:
        """What is written now."""
        return self.query_one("#text", TextArea).text.strip()

    def _kept(self) -> str:
        """Her own words of an earlier try that did not go out."""
        before = self._occasion.before
        return before.text if before is not None and again(before) else ""

    def _first(self) -> str:
        return self._kept() or next(iter(self._occasion.drafts), "")

    # The drafts, and the topic

    def action_choose(self, number: int) -> None:
        """Take a draft."""
        if self.query("#drafts") and number <= len(self._occasion.drafts):
            self.query_one("#drafts", OptionList).highlighted = number - 1

    @on(OptionList.OptionHighlighted, "#drafts")
    def _chosen(self, event: OptionList.OptionHighlighted) -> None:
        area = self.query_one("#text", TextArea)
        if area.text in ("", *self._occasion.drafts) or self.query_one("#drafts").has_focus:
            area.text = self._occasion.drafts[event.option_index]

    @on(OptionList.OptionSelected, "#drafts")
    def _edit(self) -> None:
        area = self.query_one("#text", TextArea)
        area.focus()
        area.move_cursor(area.document.end)

    @on(Input.Changed, "#topic")
    def _topic_typed(self) -> None:
        topic, area = self.query_one("#topic", Input).value, self.query_one("#text", TextArea)
        known = {self._study.gift_text(self._occasion, each) for each in (*self._occasion.topics, self._last_topic)}
        if area.text in ("", *self._occasion.drafts, *known):
            area.text = self._study.gift_text(self._occasion, topic)
        self._last_topic = topic
        stop = self._study.stop(self._occasion, topic)
        self._stop = stop if topic.strip() else "say what for"
        others = ", ".join(each for each in self._occasion.topics[1:5])
        left = f"{self._occasion.left} of 5 left today"
        label = f"What for ({left})" + (f"; also: {others}" if others else "")
        self.query_one("#topic-label", Static).update(Content(label))
        self._say(f"Not now: {self._stop}." if self._stop and topic.strip() else "", wrong=bool(self._stop))

    _last_topic = ""

    @on(Input.Submitted, "#topic")
    def _topic_taken(self) -> None:
        self._edit()

    # The text

    @on(TextArea.Changed, "#text")
    def _count(self) -> None:
        occasion = self._occasion
        length, most = occasion.limit.length(self.text), occasion.limit.most
        state = self.query_one("#state", Static)
        state.set_class(0 < most < length, "-wrong")
        counted = f"{length:,} of {most:,}" if most else f"{length:,} characters"
        how = occasion.visibility[not self._quiet]
        choice = " (^l changes)" if occasion.quietly else ""
        where = "as an answer" if occasion.answers else "as a post"
        sent = f"{where}, {how}{choice}" if how else where
        state.update(
            Content("  ·  ".join([counted, *([sent] if occasion.allowed else []), f"as {occasion.account.handle}"]))
        )

    def action_list(self) -> None:
        """Unlisted, or as visible as what it answers."""
        if self._occasion.quietly and self._occasion.allowed:
            self._quiet = not self._quiet
            self._count()

    # What is done

    @on(Button.Pressed, "#go-on")
    def action_go_on(self) -> None:
        """Send it, or copy it."""
        occasion, text = self._occasion, self.text
        if not text:
            self._say("There is nothing to send yet.", wrong=True)
        elif 0 < occasion.limit.most < occasion.limit.length(text):
            self._say(f"It is too long by {occasion.limit.length(text) - occasion.limit.most:,}.", wrong=True)
        elif self._stop:
            self._say(f"Not now: {self._stop}.", wrong=True)
        elif not occasion.together:
            self._say("They did different things: write to them one by one (^g), or only mark them (^t).", wrong=True)
        elif len(occasion.to) > MENTIONS and not self._armed:
            self._armed = True
            words = (
                f"This names {len(occasion.to)} people in one post, which may feel like a shout. ^s once more sends it."
            )
            self._say(words, wrong=True)
        else:
            topic = self.query_one("#topic", Input).value.strip() if self.query("#topic") else ""
            self.dismiss(Written("send" if occasion.allowed else "copy", text, self._quiet, topic))

    @on(Button.Pressed, "#mark")
    def action_mark(self) -> None:
        """Only mark as thanked."""
        if self._occasion.purpose is Purpose.THANKS:
            self.dismiss(Written("mark"))

    @on(Button.Pressed, "#each")
    def action_each(self) -> None:
        """Go through them one by one."""
        if len(self._occasion.to) > 1:
            self.dismiss(Written("each"))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    def _say_at_first(self) -> None:
        occasion, before = self._occasion, self._occasion.before
        if before is not None:
            self._say(state_words(before, self._now), wrong=again(before))
        elif occasion.thanked_at is not None:
            self._say(f"You marked this as thanked {ago(occasion.thanked_at, self._now)}; you may still write.")
        elif occasion.why_not:
            self._say(occasion.why_not)
        elif len(occasion.to) > MENTIONS or not occasion.together:
            self._say("Many at once: one by one (^g) is kinder, only marking (^t) is quiet.")
        else:
            self._say("1 2 3 choose, Enter edits, ^s sends it; nothing is sent before.")

    def _say(self, words: str, *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(Content(words))


def _numbered(place: int, text: str, opening: str) -> Content:
    """A draft without the mentions that all of them begin with."""
    return Content.assemble((f"{place}  ", "dim"), " ".join(text.removeprefix(opening).split()))
