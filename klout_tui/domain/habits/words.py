"""The habits in sentences."""

from __future__ import annotations

from klout_tui.domain.habits.finding import GROWN, NEWEST, SPAN, Habits
from klout_tui.domain.wording import counted


def verdict(habits: Habits) -> str:
    """The one line that says whether anything stands out."""
    if habits.lacking:
        return f"Too little to tell what does better: {habits.lacking}."
    found = len(habits.keep) + len(habits.less)
    if not found:
        return (
            f"Nothing stands out: of {habits.looked_at} things your posts have in common, none makes a difference that"
            " chance would not."
        )
    kept, less = len(habits.keep), len(habits.less)
    parts = [f"{kept} to keep doing"] * bool(kept) + [f"{less} to do less"] * bool(less)
    return f"{' and '.join(parts)}, of {habits.looked_at} things your posts have in common."


def levels(habits: Habits) -> tuple[str, ...]:
    """What a post brings on each network; they differ in size and are never compared."""
    return tuple(
        f"{each.network}: half of your {each.posts:,} posts bring {each.median:g} people or more,"
        f" on average {each.mean:.1f}."
        if each.posts > 1
        else f"{each.network}: your one post brought {counted(round(each.mean), 'person', 'people')}."
        for each in habits.levels
    )


def basis(habits: Habits) -> str:
    """What it rests on."""
    posts = counted(habits.posts, "post")
    left = f", {habits.untold:,} left out whose reactions have no names" if habits.untold else ""
    return (
        f"From {posts} of the last {SPAN.days // 7} weeks, {NEWEST:,} at most{left}; distinct people in"
        f" a post's first {GROWN.days} days, against your other posts on that account around that time."
    )
