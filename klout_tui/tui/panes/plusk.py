"""Pane 3: who gave a +K, on what, and whether they were thanked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Dashboard
from klout_tui.domain.plusk import PlusK
from klout_tui.tui.inks import Inks
from klout_tui.tui.messages import GivingPlusK, Noun, Opened, Thanked, Thanking
from klout_tui.tui.panes.base import ROWS, TablePane
from klout_tui.tui.widgets.table import Column, Row

NO_TOPIC = "no topic"


class PlusKPane(TablePane[PlusK]):
    """One row for each act of acknowledgement, the newest first."""

    NAME = "Recent +K"
    NUMBER = 3
    EMPTY = "No +K yet. Reposts, quotes, links and replies with some substance will show here."
    COLUMNS: ClassVar[Sequence[Column]] = (
        Column("mark", "", 1),
        Column("who", "who", 10, grow=3, most=32),
        Column("topics", "for", 8, grow=3, most=40),
        Column("did", "did", 8, grow=1, rank=1, most=14),
        Column("network", "network", 8, rank=2),
        Column("followers", "audience", 8, rank=4, right=True),
        Column("post", "on", 16, grow=4, rank=3, most=60),
        Column("when", "when", 6, right=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "thank", "Thank", id="plusk.thank", tooltip="Write a thank-you; nothing is sent by itself"),
        Binding("T", "mark", "Mark", id="plusk.mark", tooltip="Mark as thanked without writing, or take the mark back"),
        Binding("g", "give", "Give +K", show=False, id="plusk.give", tooltip="Give this person a +K in return"),
    ]
    HELP = """
## Recent +K
Who acknowledged you, on which topic. A repost, quote, link, star, or a reply with some substance earns a +K; writing
"+K" gives one outright; a like alone does not. One per person and topic counts in seven days.

`○` waits for a thank-you, for a fortnight  `✓` thanked. `t` writes a thank-you, which you edit and send, or copy where
klout-tui may not write; `T` only marks the row, or takes the mark back; `ctrl+z` undoes. `g` gives them a +K; `o` opens
the row in the browser.
"""

    def summary(self, view: Dashboard) -> tuple[str, ...]:
        """How many wait for a thank-you."""
        if not view.plusks:
            return ()
        waiting = f"{view.news.to_thank:,} to thank" if view.news.to_thank else "none to thank"
        rows = min(ROWS, len(view.plusks))
        cut = (f"newest {rows:,} of {view.plusk_count:,}, {waiting}",) if view.plusk_count > rows else ()
        return (*cut, waiting)

    def items(self, view: Dashboard) -> Sequence[PlusK]:
        """The +K of the last 90 days."""
        return view.plusks

    def search_words(self, item: PlusK) -> str:
        """Who, what for, where and how."""
        actor = item.actor
        return f"{actor.name} {actor.handle} {' '.join(item.topics)} {item.network} {wording.DID[item.kind]}"

    def open_row(self, key: str) -> None:
        """A row opens into the person who gave it."""
        plusk = self._plusk(key)
        if plusk:
            self.post_message(Opened(Noun.PERSON, plusk.actor.key))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The past can only be looked at."""
        if action in ("thank", "mark", "give") and self.view is not None and self.view.past:
            return False
        return super().check_action(action, parameters)

    def action_thank(self) -> None:
        """Write a thank-you."""
        if plusk := self._current():
            self.post_message(Thanking((plusk.id,)))

    def action_mark(self) -> None:
        """Mark the row thanked, or take the mark back."""
        if plusk := self._current():
            self.post_message(Thanked((plusk.id,), plusk.thanked_at is None))

    def action_give(self) -> None:
        """Give whoever gave this a +K."""
        if plusk := self._current():
            self.post_message(GivingPlusK(plusk.actor.key))

    def _current(self) -> PlusK | None:
        row = self.table.current
        return self._plusk(row.key) if row else None

    def _plusk(self, key: str) -> PlusK | None:
        return next((plusk for plusk in self.view.plusks if plusk.id == key), None) if self.view else None

    def row(self, item: PlusK, view: Dashboard, inks: Inks) -> Row:
        """One act of acknowledgement."""
        plusk = item
        actor = plusk.actor
        done, waits = plusk.thanked_at is not None, plusk.waits(view.now)
        return Row(
            key=plusk.id,
            cells={
                "mark": Text("✓" if done else "○" if waits else "", style=inks.dim if done else inks.plus_k),
                "who": Text(actor.name or actor.handle, style=inks.dim if done else ""),
                "topics": Text(", ".join(plusk.topics) or NO_TOPIC, style=inks.plus_k if plusk.topics else inks.dim),
                "did": Text("said +K" if plusk.explicit else wording.DID[plusk.kind]),
                "network": Text(plusk.network, style=inks.dim),
                "followers": Text(wording.number(actor.followers)),
                "post": Text(plusk.on, style=inks.dim),
                "when": Text(("~" if plusk.estimated else "") + wording.ago(plusk.at, view.now), style=inks.dim),
            },
            url=plusk.url,
        )
