"""An invented audience with known habits: what the advice must find, and what it must not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain.digest import ticks
from klout_tui.domain.model import PostKind
from klout_tui.domain.responses import Response

ZONE: Final = ZoneInfo("Europe/Berlin")
NOW: Final = datetime(2026, 11, 23, 8, 15, 22, tzinfo=UTC)
ACCOUNT: Final = "town:ada@town.example"

Activity = Callable[[datetime], float]
"""How active people are at a local moment, 0 to 1."""


def awake(at: datetime) -> float:
    """Asleep at night, busiest on Tuesdays and Thursdays from 18 to 21."""
    if at.hour < 7:
        return 0.05
    return 1.0 if at.weekday() in (1, 3) and 18 <= at.hour < 21 else 0.35


def always(at: datetime) -> float:
    """Every hour is like every other."""
    assert at.tzinfo is not None
    return 0.6


def poisson(chance: random.Random, mean: float) -> int:
    """A count around ``mean``."""
    count, left = 0, mean
    while (left := left - chance.expovariate(1.0)) > 0:
        count += 1
    return count


def year(
    chance: random.Random,
    activity: Activity,
    *,
    posts: int = 400,
    people: float = 12.0,
    spread: float = 0.6,
    account: str = ACCOUNT,
    hours: Sequence[int] = tuple(range(7, 24)),
    zone: ZoneInfo = ZONE,
) -> list[Response]:
    """A year of posts with whom they brought.

    Args:
        chance: Where the luck comes from.
        activity: When people act.
        posts: How many.
        people: Who would come to an average one if all were as active as can be.
        spread: How much posts differ (log-normal sigma).
        account: Where.
        hours: Local hours she posts in.
        zone: Hers and theirs.
    """
    made = []
    for number in range(posts):
        day = (NOW - timedelta(days=2 + 360 * (number + chance.random()) / posts)).astimezone(zone)
        at = day.replace(hour=chance.choice(hours), minute=chance.randrange(60), fold=0).astimezone(UTC)
        mean = people * math.exp(chance.gauss(-spread * spread / 2, spread))
        delays = []
        for _ in range(poisson(chance, mean)):
            delay = timedelta(minutes=chance.lognormvariate(math.log(80), 1.4))
            if chance.random() < activity((at + delay).astimezone(zone)):
                delays.append(delay // timedelta(microseconds=1))
        made.append(
            Response(
                id=f"{account}/{number}",
                account=account,
                kind=PostKind.STATUS,
                at=ticks(at),
                title=f"Number {number}",
                delays=tuple(sorted(delays)),
            )
        )
    return sorted(made, key=lambda each: (each.at, each.id))
