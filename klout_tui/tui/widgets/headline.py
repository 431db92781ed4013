"""The line at the top: what this is, the score, what is new, and what the worker does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.score.look import Look
from klout_tui.domain.score.wording import headline
from klout_tui.tui.inks import PLUS_K
from klout_tui.worker.events import Progressed


class Headline(Widget, can_focus=True):
    """One line, its news at the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "app.why", "Why?", id="score.open", tooltip="Open the score into what it is made of"),
    ]

    view: reactive[Dashboard | None] = reactive(None)
    progress: reactive[Mapping[str, Progressed | None]] = reactive({})

    mode: reactive[str] = reactive("")
    """``demo``, or the day the past is shown as of; empty on an ordinary day."""
    look: reactive[Look | None] = reactive(None)
    """The score, once it is computed."""
    calm: reactive[bool] = reactive(False)
    """Whether its number is hidden."""
    halted: reactive[bool] = reactive(False)

    def render(self) -> Content:
        """The name and the score at the left, the news at the right, as much as fits."""
        name = Content.assemble((" klout-tui ", "bold"), (f" {self.mode} ", "reverse") if self.mode else "")
        for score in self._score():
            for news in self._news():
                gap = self.size.width - name.cell_length - score.cell_length - news.cell_length - 1
                if gap >= 2:
                    return Content.assemble(name, score, " " * gap, news)
        return name

    def on_click(self) -> None:
        """The score opens by the mouse too."""
        self.app.run_worker(self.app.run_action("why"), group="command")

    def _score(self) -> list[Content]:
        """The score in ever fewer words; no number is ever shown without what it must not be told without."""
        if self.look is None or not (self.view and self.view.accounts):
            return [Content("")]
        if self.look.today != self.view.today:  # it is of the day shown before, and its own comes in a moment
            return [Content("") if self.calm else Content.styled(" score …", "dim"), Content("")]
        said = Content.styled(headline(self.look, calm=self.calm), "reverse" if self.has_focus else "")
        return [Content.assemble(" ", said), Content("")]

    def _news(self) -> list[Content]:
        """The same news, each shorter than the one before."""
        view = self.view
        if view is None:
            return [Content("opening the store")]
        if self.halted:
            return [Content.styled("reading has stopped; quit and start again", "bold"), Content("reading stopped")]
        if self.progress and view.news.since is None:
            return [Content.styled(f"reading {wording.counted(len(self.progress), 'account')}", "dim")]
        news = view.news
        if news.since is None:
            thank = Content.styled(f"{news.to_thank:,} to thank" if news.to_thank else "", f"${PLUS_K}")
            if view.past:  # of earlier visits only the last is remembered
                return [thank, Content("")]
            first = Content.styled("first visit", "dim")
            return [Content(" · ").join([first, thank]) if thank else first]
        if not view.accounts:
            return [Content.styled("no account yet", "dim")]
        since = (f"since {wording.since(news.since, view.now, view.zone)}: ", "dim")
        if not (news.plusks or news.reactions or news.follows):
            return [Content.assemble(since, "nothing new"), Content("nothing new")]
        parts = [
            Content.styled(f"{news.plusks:,} +K", f"bold ${PLUS_K}"),
            Content(wording.counted(news.reactions, "reaction")),
            Content(wording.counted(news.follows, "new follower")) if news.follows else Content(""),
        ]
        told = Content(" · ").join(part for part in parts if part)
        return [Content.assemble(since, told), told, parts[0]]
