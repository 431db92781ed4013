"""The dialog that shows what earns a +K, changes it, and says what a change would count before it is made."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from klout_tui.domain import reasons, wording
from klout_tui.domain.model import InteractionKind
from klout_tui.domain.rules import EARNING, MOST_WORDS, TUNABLE, USUAL, WRITTEN, Rules, Ruling, tuned
from klout_tui.errors import KloutError, UsageError
from klout_tui.tui.desk import Desk
from klout_tui.tui.inks import PLUS_K

NAMED: Final = 4
"""Ignored people told by name."""


class RulesScreen(ModalScreen[Rules | None]):
    """Answers the rules to count by from now on, or None where nothing is to change."""

    AUTO_FOCUS = "#kinds"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-usual")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="rules.cancel", tooltip="Leave the rules as they are"),
        Binding("space", "tick", "Tick", id="rules.tick", tooltip="Let this earn a +K, or not"),
        Binding("ctrl+s", "apply", "Apply", id="rules.apply", priority=True, tooltip="Count by these rules"),
    ]

    def __init__(self, ruling: Ruling, ignored: Sequence[str], desk: Desk, *, past: bool) -> None:
        """A dialog over the rules in force.

        Args:
            ruling: Them, and those before.
            ignored: Names of those who count nowhere.
            desk: Counts what other rules would.
            past: Whether the past is shown: there they can be tried and not applied.
        """
        super().__init__()
        self._ignored = ignored
        self._past = past
        self._ruling = ruling
        self._desk = desk
        self._earns = set(ruling.rules.earns)
        self._counting = False
        self._told: Rules | None = None
        """The rules whose effect stands on the screen."""

    def compose(self) -> ComposeResult:
        """What may earn one, how many words it takes, what that would count, and the answers."""
        rules = self._ruling.rules
        with VerticalScroll(classes="dialog rules", can_focus=False) as dialog:
            dialog.border_title = "What earns a +K"
            dialog.border_subtitle = "Space ticks, Ctrl+S applies, Esc leaves all as it is"
            yield OptionList(*(Option(self._prompt(kind), kind) for kind in TUNABLE), id="kinds", compact=True)
            with Horizontal(id="words-line"):
                yield Input(str(rules.words), id="words", type="integer", max_length=3, compact=True)
                yield Static(Content("words a reply, comment or mention needs"))
            if self._ignored:
                yield Static(Content(_ignoring(self._ignored)), id="ignored")
            yield Static(id="effect")
            with Horizontal(classes="buttons"):
                if self._ruling.before is not None and not self._past:
                    yield Button("Last change back", id="before", compact=True)
                yield Button("The usual rules", id="usual", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
                if not self._past:
                    yield Button("Apply", id="apply", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Say what the rules in force count."""
        self._tell()

    def _wanted(self) -> Rules:
        """The rules as the dialog has them.

        Raises:
            UsageError: no such number of words can be asked.
        """
        typed = self.query_one("#words", Input).value.strip()
        if not typed.isdecimal():
            raise UsageError(f"say how many words, from 0 to {MOST_WORDS}")
        return tuned(self._earns, int(typed))

    @on(Input.Changed)
    def _changed(self) -> None:
        self._tell()

    @on(OptionList.OptionSelected)
    def action_tick(self) -> None:
        """Let the kind under the cursor earn one, or no longer."""
        place = self.query_one("#kinds", OptionList).highlighted
        if place is not None:
            self._earns ^= {TUNABLE[place]}
            self._draw()
            self._tell()

    def _draw(self) -> None:
        kinds = self.query_one("#kinds", OptionList)
        for place, kind in enumerate(TUNABLE):
            kinds.replace_option_prompt_at_index(place, self._prompt(kind))

    def _tell(self) -> None:
        """Say what these rules would count, off the event loop; what is ticked meanwhile is told after."""
        try:
            wanted = self._wanted()
        except UsageError as error:
            self._told = None
            self._say(Content.styled(error.message.capitalize() + ".", "$text-error"))
            return
        if wanted != self._told and not self._counting:
            self._counting = True
            self._count(wanted)

    @work(group="effect")
    async def _count(self, wanted: Rules) -> None:
        try:
            effect = await asyncio.to_thread(self._desk.effect, wanted)
        except KloutError as error:
            self._say(Content.styled(error.message, "$text-error"))
            return
        finally:
            self._counting = False
        self._told = wanted
        total, *rest = reasons.effect_words(effect)
        change = reasons.difference(wanted, self._ruling.rules)
        total = total if change else total.removesuffix(", as now")
        lead = f"{change[:1].upper()}{change[1:]}: " if change else "As now: "
        lines = [
            Content.assemble((lead, f"bold ${PLUS_K}"), total),
            *(Content(line[:1].upper() + line[1:]) for line in rest),
        ]
        if not rest and change:
            lines.append(Content.styled("No topic changes.", "dim"))
        self._say(Content("\n").join(lines))
        self._tell()

    def _say(self, words: Content) -> None:
        self.query_one("#effect", Static).update(words)

    def _put(self, rules: Rules) -> None:
        """Show these in the dialog; nothing is applied yet."""
        self._earns = set(rules.earns)
        self._draw()
        self.query_one("#words", Input).value = str(rules.words)
        self._tell()

    @on(Button.Pressed, "#before")
    def _before(self) -> None:
        if self._ruling.before is not None:
            self._put(self._ruling.before)

    @on(Button.Pressed, "#usual")
    def _usual(self) -> None:
        self._put(USUAL)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#apply")
    def action_apply(self) -> None:
        """Count by these rules."""
        try:
            self.dismiss(self._wanted())
        except UsageError:
            self.query_one("#words", Input).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """The past can only be looked at; a space in the number's line is one."""
        if action == "tick":
            return self.query_one("#kinds").has_focus
        return not (action == "apply" and self._past)

    def _prompt(self, kind: InteractionKind) -> Content:
        """``[x] replies   with enough words``: the sign, not a colour, tells what is ticked."""
        ticked = kind in self._earns
        hints = ("with enough words" if kind in WRITTEN else "", "" if kind in EARNING else "not among the usual")
        return Content.assemble(
            ("[x] " if ticked else "[ ] ", f"bold ${PLUS_K}" if ticked else ""),
            f"{wording.MANY[kind][1]:13}",
            (", ".join(filter(None, hints)), "dim"),
        )


def _ignoring(names: Sequence[str]) -> str:
    """Who counts nowhere, whatever the rules: the first few by name."""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"Ignored, so never counted: {', '.join(names[:NAMED])}{more} (P lists people)"
