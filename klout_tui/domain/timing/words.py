"""The advice in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from klout_tui.domain.timing.advice import LEAST_PEOPLE, LEAST_POSTS, SPAN, Timing
from klout_tui.domain.timing.clock import DAY
from klout_tui.domain.timing.heldout import LEAST_TRIED, Gain
from klout_tui.domain.timing.profile import Profile
from klout_tui.domain.timing.windows import Window, joined
from klout_tui.domain.timing.worth import FIRST, SURE
from klout_tui.domain.wording import counted

WEEKS: Final = SPAN.days // 7
_SAID: Final = 3
"""Stretches of hours that one sentence names."""


def sentences(timing: Timing) -> tuple[str, ...]:
    """What there is to say, the most useful first."""
    if not timing.speaks:
        return (
            f"Too little to tell when to post: {timing.lacking}.",
            f"Looked at: the last {WEEKS} weeks. Nothing is said under {LEAST_POSTS} posts that brought somebody and"
            f" {LEAST_PEOPLE} people with a date.",
        )
    return (activity(timing), *advice(timing), basis(timing))


def activity(timing: Timing) -> str:
    """When her people are awake: ``Your people are most active Tuesdays 9–11: 1.6 times their usual hour …``."""
    profile = timing.profile
    window = timing.active[0] if timing.active else None
    if profile is None or window is None:
        return ""
    error = activity_error(profile, window)
    low, high = window.mean * math.exp(-error), window.mean * math.exp(error)
    if low <= 1:
        return "No hour stands out: your people come about alike, whenever you post."
    idle = _idle(profile)
    return (
        f"Your people are most active {window.words}: {window.mean:.1f} times their usual hour"
        f" ({low:.1f} to {high:.1f});"
        f" least from {idle[0]} to {idle[1]}."
    )


def activity_error(profile: Profile, window: Window) -> float:
    """Half the width of a 95 % interval of a window's activity, as a logarithm: by the people it rests on."""
    people = sum(profile.evidence[place] * profile.active[place] for place in window.slots)
    return SURE / math.sqrt(max(people, 1.0))


def advice(timing: Timing) -> tuple[str, ...]:
    """Which hours look best, and whether held-out posts bear it out."""
    if not timing.best:
        return ()
    names = named(timing.best)
    gain = timing.gain
    if gain is None:
        return (
            f"Best to post, as far as can be foreseen: {names}.",
            f"Not tested: fewer than {LEAST_TRIED} of your posts fell into such hours. Try a few there.",
        )
    if gain.low > 0:
        return (f"Best to post: {names}.", f"{tested(gain)} more people in the first {FIRST} hours.")
    if gain.high < 0:
        return (f"Keep your hours: {names} looked best, and did not hold.", f"{tested(gain)}.")
    return (
        f"Post when it suits you: {names} look best, but not by more than chance.",
        f"{tested(gain)}, so no difference can be told.",
    )


def named(best: Sequence[Window]) -> str:
    """The stretches that hold most of the best hours, and how many hours there are besides."""
    by_size = sorted(best, key=lambda window: -len(window.slots))
    rest = sum(len(window.slots) for window in by_size[_SAID:])
    return joined([*(window.words for window in by_size[:_SAID]), *([counted(rest, "other hour")] if rest else [])])


def tested(gain: Gain) -> str:
    """``On the posts not used for this: +6 % (−2 to +14)``."""
    return f"On the posts not used for this: {signed(gain.gain)} % ({signed(gain.low)} to {signed(gain.high)})"


def signed(share: float) -> str:
    """A change in whole per cent with its sign: ``+6``, ``−2``, ``0``."""
    whole = round(share * 100)
    return f"+{whole}" if whole > 0 else f"−{-whole}" if whole < 0 else "0"


def basis(timing: Timing) -> str:
    """What it rests on, and what was left out."""
    left = []
    if timing.undated:
        guessed = counted(timing.undated, "person", "people")
        left.append(f"{guessed} whose date is a guess")
    if timing.untold:
        nameless = counted(timing.untold, "post")
        left.append(f"{nameless} whose reactions have no names")
    out = f"; left out: {joined(left)}" if left else ""
    return f"From {timing.posts:,} posts and {timing.people:,} people of the last {WEEKS} weeks{out}."


def _idle(profile: Profile) -> tuple[int, int]:
    """The four hours of the day in which least happens, all days together."""
    hours = [sum(profile.active[hour::DAY]) for hour in range(DAY)]
    width = 4
    begin = min(range(DAY), key=lambda hour: sum(hours[(hour + step) % DAY] for step in range(width)))
    return begin, (begin + width) % DAY
