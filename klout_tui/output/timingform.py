"""``klout-tui when``: the advice on when to post, as text with a map of the week and as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from klout_tui.domain.digest import moment
from klout_tui.domain.timing.advice import LEAST_PEOPLE, LEAST_POSTS, SPAN, Made, Timing
from klout_tui.domain.timing.clock import DAY
from klout_tui.domain.timing.heldout import Gain, best
from klout_tui.domain.timing.shades import EDGES, SHADES, WIDE_EDGES, level
from klout_tui.domain.timing.windows import DAYS, Window
from klout_tui.domain.timing.words import sentences
from klout_tui.output.jsonform import instant

_EACH: Final = 3
"""Characters an hour gets."""


def lines(timings: Sequence[Timing]) -> Iterator[str]:
    """All networks together, then each; two maps of the week under the first."""
    for number, timing in enumerate(timings):
        if number:
            yield ""
        if len(timings) > 1:
            yield (timing.network or "all networks") + ":"
        yield from sentences(timing)
        if timing.slots and not number:
            yield ""
            yield from _maps(timing)


def week_map(values: Sequence[float], chosen: Collection[int], edges: Sequence[float]) -> Iterator[str]:
    """How much each hour of the week is, a line a day; the hours of ``chosen`` in brackets."""
    yield "    " + "".join(f"{hour:<{_EACH}}" for hour in range(DAY)).rstrip()
    for day, name in enumerate(DAYS):
        places = range(day * DAY, (day + 1) * DAY)
        cells = (_cell(SHADES[level(values[place], edges)], place in chosen) for place in places)
        yield f"{name[:3]} " + "".join(cells).rstrip()


def _maps(timing: Timing) -> Iterator[str]:
    """How active her people are, and what an hour is worth."""
    if timing.profile is not None and timing.active:
        chosen = {place for window in timing.active for place in window.slots}
        yield "How active your people are:"
        yield from week_map(timing.profile.active, chosen, WIDE_EDGES)
        yield f"    {SHADES[0]} less than in their usual hour … {SHADES[-1]} more; [ ] the most active"
        yield ""
    yield "What a post is worth:"
    yield from week_map([slot.worth for slot in timing.slots], best(timing.slots), EDGES)
    yield f"    {SHADES[0]} less than in your usual hours … {SHADES[-1]} more; [ ] the best hours"


def _cell(mark: str, chosen: bool) -> str:
    return f"[{mark}]" if chosen else f" {mark} "


def content(timings: Sequence[Timing], now: datetime, zone: str, private: Collection[str] = ()) -> dict[str, Any]:
    """The same for programs.

    Args:
        timings: The advice.
        now: The moment shown, UTC.
        zone: Name of the zone the hours are told in.
        private: Ids of posts whose titles must not be shown.
    """
    return {
        "at": instant(now),
        "zone": zone,
        "weeks": SPAN.days // 7,
        "least_posts": LEAST_POSTS,
        "least_people": LEAST_PEOPLE,
        "networks": [_timing(each, private) for each in timings],
    }


def _timing(timing: Timing, private: Collection[str]) -> dict[str, Any]:
    chosen = best(timing.slots) if timing.slots else frozenset()
    return {
        "network": timing.network,
        "posts": timing.posts,
        "people": timing.people,
        "left_out": {"people_with_estimated_dates": timing.undated, "posts_without_names": timing.untold},
        "lacking": timing.lacking or None,
        "sentences": list(sentences(timing)),
        "best": [_window(each) for each in timing.best],
        "most_active": [_window(each) for each in timing.active],
        "held_out": _gain(timing.gain),
        "delay": [round(each, 4) for each in timing.profile.delay] if timing.profile else None,
        "hours": [
            {
                "weekday": place // DAY + 1,
                "hour": place % DAY,
                "active": round(timing.profile.active[place], 3) if timing.profile else None,
                "worth": round(slot.worth, 3),
                "low": round(slot.low, 3),
                "high": round(slot.high, 3),
                "posts": slot.posts,
                "best": place in chosen,
            }
            for place, slot in enumerate(timing.slots)
        ],
        "examples": [_made(each, private) for each in _examples(timing, chosen)],
    }


def _examples(timing: Timing, chosen: Collection[int]) -> list[Made]:
    """Her posts in the best hours, those that brought most for what is usual first."""
    there = (each for each in timing.made if each.place in chosen)
    return sorted(there, key=lambda each: (-each.people / each.usual, each.at))[:10]


def _made(made: Made, private: Collection[str]) -> dict[str, Any]:
    return {
        "post": made.id,
        "at": instant(moment(made.at)),
        "people": made.people,
        "usual": round(made.usual, 2),
        "title": None if made.id in private else made.title or None,
    }


def _window(window: Window) -> dict[str, Any]:
    return {
        "words": window.words,
        "weekdays": [day + 1 for day in window.days],
        "begin": window.begin,
        "end": window.end,
        "mean": round(window.mean, 3),
    }


def _gain(gain: Gain | None) -> dict[str, Any] | None:
    if gain is None:
        return None
    return {
        "gain": round(gain.gain, 4),
        "low": round(gain.low, 4),
        "high": round(gain.high, 4),
        "tried": gain.tried,
        "posts": gain.posts,
        "differs": gain.differs,
    }
