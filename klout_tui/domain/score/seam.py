"""Where two months meet: a UTC month does not end where a local day does, so that day lies in two turnouts."""

from __future__ import annotations

from datetime import date

import msgspec

from klout_tui.domain.turnout import Turnout


def last_day(month: str) -> int:
    """The ordinal of a UTC month's last calendar day; local days from there on may go on in the next month."""
    year, number = map(int, month.split("-"))
    if (year, number) == (date.max.year, 12):
        return date.max.toordinal()
    return date(year + number // 12, number % 12 + 1, 1).toordinal() - 1


def part(turnout: Turnout, first: int, last: int) -> Turnout:
    """The turnout with its local days from ``first`` to ``last`` (ordinals) only; columns are shared, not copied."""
    return msgspec.structs.replace(
        turnout,
        blocks=[each for each in turnout.blocks if first <= each.day <= last],
        made=[each for each in turnout.made if first <= each.day <= last],
        nameless=[each for each in turnout.nameless if first <= each.day <= last],
    )


def days_of(turnout: Turnout) -> dict[int, Turnout]:
    """The turnout day by day, ordinal to the part of that day; columns are shared, not copied."""
    found: dict[int, Turnout] = {}
    for name in ("blocks", "made", "nameless"):
        for each in getattr(turnout, name):
            if each.day not in found:
                found[each.day] = msgspec.structs.replace(turnout, blocks=[], made=[], nameless=[])
            getattr(found[each.day], name).append(each)
    return found
