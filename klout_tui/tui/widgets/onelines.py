"""Things said on a line: as many as there is room for, the weightiest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

GAP: Final = "   "
"""Between two of them."""


def fitting(options: Sequence[Content], room: int) -> Content:
    """The first that fits; else the last."""
    return next((each for each in options if each.cell_length <= room), options[-1])


def fitted(pieces: Sequence[Content], room: int) -> Content:
    """As many of them as fit on a line, and a sign where some do not."""
    return _split(pieces, room)[0]


def folded(pieces: Sequence[Content], room: int) -> Content:
    """As many of them as fit on two lines."""
    line, rest = _split(pieces, room, cut=False)
    return Content("\n").join([line, fitted(rest, room)])


def _split(pieces: Sequence[Content], room: int, *, cut: bool = True) -> tuple[Content, Sequence[Content]]:
    gap = Content(GAP)
    line = Content("")
    for place, piece in enumerate(pieces):
        longer = gap.join([line, piece]) if place else piece
        spare = 2 if cut and place + 1 < len(pieces) else 0
        if place and longer.cell_length + spare > room:
            return Content.assemble(line, " …") if cut else line, pieces[place:]
        line = longer
    return line, ()
