"""Giving +K, with Klout's brake of 2011: five a day, and one per person and topic in seven days. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.letters import AGAIN, Letter, Purpose, State
from klout_tui.domain.model import Value
from klout_tui.domain.plusk import PAUSE
from klout_tui.domain.tags import canonical

A_DAY: Final = 5
"""+K that can be given on one local day."""


class Brake(Value, frozen=True):
    """Why no +K can be given now."""

    words: str
    frees_at: datetime
    """When it can be given again, UTC."""


def given(letters: Iterable[Letter]) -> list[Letter]:
    """The +K given, newest first: those sent, and those that may have been. Taken back, it was not given."""
    counted = (
        each
        for each in letters
        if each.purpose is Purpose.GIVING and each.state not in AGAIN and each.state is not State.DELETED
    )
    return sorted(counted, key=lambda each: each.at, reverse=True)


def left_today(letters: Iterable[Letter], now: datetime, days: Days) -> int:
    """How many +K she may still give on this local day."""
    today = days.of(now)
    return max(A_DAY - sum(days.of(each.at) == today for each in given(letters)), 0)


def brake(person: str, topic: str, letters: Iterable[Letter], now: datetime, days: Days) -> Brake | None:
    """What keeps her from giving this +K now; None where nothing does.

    Args:
        person: the actor's key.
        topic: as she named it.
        letters: every letter, of whatever kind.
        now: aware.
        days: her local days, which the five are counted by.
    """
    before, wanted = given(letters), canonical(topic)
    for each in before:
        same = any(to.key == person for to in each.to) and canonical(each.topic) == wanted
        if same and now - each.at < PAUSE:
            return Brake(words=f"you gave them +K about {wanted} less than seven days ago", frees_at=each.at + PAUSE)
    if left_today(before, now, days) == 0:
        tomorrow = days.start(days.of(now) + timedelta(days=1))
        return Brake(words=f"you have given {A_DAY} +K today", frees_at=tomorrow)
    return None
