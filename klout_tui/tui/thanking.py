"""What marking a whole row as thanked means."""

from __future__ import annotations

from klout_tui.domain.grouping import Group
from klout_tui.tui.messages import Thanked


def thanks_for(group: Group) -> Thanked:
    """Thanks for all of a row not thanked yet; where all are, the mark that was set last is taken back."""
    if group.unthanked:
        return Thanked(group.unthanked, thanked=True)
    return Thanked(group.thanked_last, thanked=False)
