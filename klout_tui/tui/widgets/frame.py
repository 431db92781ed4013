"""A rounded frame that carries its number, its name and one key figure in the upper edge."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive


class Frame(Vertical):
    """A frame with a title at the left and a figure at the right of its upper edge."""

    ALLOW_MAXIMIZE = True
    NAME: ClassVar[str] = ""
    NUMBER: ClassVar[int] = 0

    figure: reactive[tuple[str, ...]] = reactive(())
    """The one key figure, plain text, in ever shorter words: the first that fits is shown."""
    aside: reactive[tuple[str, ...]] = reactive(())
    """What the lower edge says, likewise."""

    def on_mount(self) -> None:
        """Follow changes of size, also those Textual 8.2 tells by no ``Resize``, as when a pane is maximised."""
        self.watch(self, "virtual_size", self._laid_out)

    @on(events.Resize)
    def _laid_out(self) -> None:
        self._draw_edge()
        self.call_after_refresh(self.fit)

    @on(events.Focus)
    @on(events.Blur)
    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self._draw_edge()
        self.call_after_refresh(self._draw_edge)

    def fit(self) -> None:
        """Bring what is inside to the new size; called once that is laid out."""

    def watch_figure(self) -> None:
        """Draw the edge with the new figure."""
        self._draw_edge()

    def watch_aside(self) -> None:
        """Draw the edge with the new words."""
        self._draw_edge()

    def focus_content(self) -> None:
        """Give the keys to what is inside; the frame itself unless a subclass knows better."""
        self.focus()

    def _draw_edge(self) -> None:
        name = Content.styled(f"{self.NUMBER} {self.NAME}", "bold $foreground")
        room = self.outer_size.width - 8 - name.cell_length
        fitting = (Content.styled(figure, "$foreground") for figure in self.figure)
        figure = next((figure for figure in fitting if figure.cell_length + 2 <= room), Content(""))
        stroke = "━" if self.has_pseudo_class("focus-within") else "─"
        dashes = stroke * max(0, room - figure.cell_length - 1)
        self.border_title = Content.assemble(name, " ", dashes, " ", figure) if figure else name
        said = (Content.styled(words, "$text-muted") for words in self.aside)
        room = self.outer_size.width - 8
        self.border_subtitle = next((words for words in said if words.cell_length <= room), Content(""))
