"""The line of keys at the bottom of a screen: where it is too narrow for all, help and quit stay in sight."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

KEPT: Final = ("app.help", "app.quit")
"""The ids of the two keys nobody should have to look for: from the one all others are found."""


def in_sight(widths: Sequence[int], kept: Sequence[int], room: int) -> list[int]:
    """The order in which keys of these ``widths`` are shown, so that those at ``kept`` lie within ``room`` cells.

    Nothing moves where they do anyway; else they come before the first key that would push them out.
    """
    order = list(range(len(widths)))
    if not kept or sum(widths[: max(kept) + 1]) <= room:
        return order
    left = room - sum(widths[each] for each in kept)
    before: list[int] = []
    for each in order:
        if each in kept:
            continue
        left -= widths[each]
        if left < 0:
            break
        before.append(each)
    first = [*before, *kept]
    return [*first, *(each for each in order if each not in first)]


def whole(widths: Sequence[int], order: Sequence[int], room: int) -> list[int]:
    """As many keys of an ``order`` as are seen whole in ``room`` cells: half a word helps nobody, help lists all."""
    ends = accumulate(widths[each] for each in order)
    return [each for each, end in zip(order, ends, strict=True) if end <= room]


class KeyLine(Footer):
    """Textual's footer, compact and without the command palette, its order fitted to the width."""

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._fitted = 0
        """For what width the order was made."""

    def compose(self) -> ComposeResult:
        """The keys, in an order that keeps those two in sight."""
        widgets = list(super().compose())
        self._fitted = self.app.size.width
        kept = {binding.action for _, binding, *_ in self.screen.active_bindings.values() if binding.id in KEPT}
        places = [place for place, each in enumerate(widgets) if isinstance(each, FooterKey) and each.action in kept]
        widths = [_width(each) for each in widgets]
        room = self._fitted + 1  # the last key of all needs no gap after it
        yield from (widgets[place] for place in whole(widths, in_sight(widths, places, room), room))

    async def on_resize(self, event: events.Resize) -> None:
        """Another width may need another order."""
        if self._bindings_ready and event.size.width != self._fitted:
            await self.recompose()


def _width(widget: Widget) -> int:
    """Cells of one key with the gap after it."""
    if not isinstance(widget, FooterKey):
        return 0
    return cell_len(widget.key_display) + 1 + cell_len(widget.description) + 1
