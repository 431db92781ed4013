"""``klout-tui habits``: what to keep doing and what to do less, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from klout_tui.domain.digest import moment
from klout_tui.domain.habits.finding import Habit, Habits, Judged
from klout_tui.domain.habits.words import basis, levels, verdict
from klout_tui.domain.text import clean_line
from klout_tui.domain.wording import counted
from klout_tui.output.jsonform import instant

EXAMPLES: Final = 3
_LONGEST: Final = 200


def lines(habits: Habits, *, private: bool = False) -> Iterator[str]:
    """Two lists, each habit with its examples.

    Args:
        habits: What was found.
        private: Whether posts that are not public may be named; else they are no examples.
    """
    yield verdict(habits)
    for title, found in (("Keep doing", habits.keep), ("Do less", habits.less)):
        if found:
            yield ""
            yield f"{title}:"
            for habit in found:
                yield f"  {clean_line(habit.sentence, _LONGEST)}"
                for post in [post for post in habit.posts if post.public or private][:EXAMPLES]:
                    named = clean_line(post.title, _LONGEST) or "(without words)"
                    people = counted(post.people, "person", "people")
                    yield f"    {people}, usually {post.usual:.0f}: {named}"
    yield ""
    yield from levels(habits)
    yield basis(habits)


def content(habits: Habits, now: datetime, *, private: bool = False) -> dict[str, Any]:
    """The same for programs.

    Args:
        habits: What was found.
        now: The moment shown, UTC.
        private: Whether titles of posts that are not public may be shown.
    """
    return {
        "at": instant(now),
        "verdict": verdict(habits),
        "lacking": habits.lacking or None,
        "posts": habits.posts,
        "people": habits.people,
        "posts_without_names": habits.untold,
        "looked_at": habits.looked_at,
        "keep": [_habit(each, private=private) for each in habits.keep],
        "less": [_habit(each, private=private) for each in habits.less],
        "networks": [
            {"network": each.network, "posts": each.posts, "median": each.median, "mean": round(each.mean, 2)}
            for each in habits.levels
        ],
    }


def _habit(habit: Habit, *, private: bool) -> dict[str, Any]:
    return {
        "sentence": habit.sentence,
        "sort": habit.trait.sort,
        "value": habit.trait.value,
        "network": habit.trait.network or None,
        "times": round(habit.effect.times, 3),
        "low": round(habit.effect.low, 3),
        "high": round(habit.effect.high, 3),
        "posts": len(habit.posts),
        "examples": [_judged(each, private=private) for each in habit.posts[:EXAMPLES]],
    }


def _judged(post: Judged, *, private: bool) -> dict[str, Any]:
    return {
        "post": post.id,
        "at": instant(moment(post.at)),
        "people": post.people,
        "usual": round(post.usual, 2),
        "title": (post.title or None) if post.public or private else None,
    }
