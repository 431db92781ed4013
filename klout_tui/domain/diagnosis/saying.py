"""How numbers read inside a sentence of diagnosis."""

from __future__ import annotations

from datetime import date
from typing import Final

from klout_tui.domain.diagnosis.bursts import Burst
from klout_tui.domain.diagnosis.findings import Effect
from klout_tui.domain.diagnosis.spans import Window

_TIMES: Final = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}

NONE: Final = 0.5
"""Reactions usual on the days of a burst under which it says nothing how many times as many came."""

NETWORKS: Final = {
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "github": "GitHub",
    "blog": "your blog",
    "webmention": "Webmention",
    "hackernews": "Hacker News",
}


def network(name: str) -> str:
    """A network as people say it."""
    return NETWORKS.get(name, name)


def count(value: float) -> str:
    """A count, rounded where it is an estimate: to two figures."""
    whole = round(abs(value))
    step = 10 ** max(0, len(str(whole)) - 2)
    return f"{round(whole / step) * step:,}"


def counted(value: float, one: str, many: str = "") -> str:
    """``1 post``, ``2 posts``; the value exact."""
    whole = round(value)
    return f"{whole:,} {one if whole == 1 else many or one + 's'}"


def decimal(value: float) -> str:
    """A mean: one place below ten."""
    return f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"


def percent(share: float) -> str:
    """``45 %``."""
    whole = round(share * 100)
    return "<1 %" if whole == 0 and share > 0 else f"{whole} %"


def times(ratio: float) -> str:
    """``three times``, ``1.6 times``."""
    near = round(ratio)
    if near in _TIMES and abs(ratio - near) < 0.13 * near:
        return _TIMES[near] if abs(ratio - near) < 0.05 * near else f"about {_TIMES[near]}"
    return f"{ratio:.1f} times" if ratio < 9.95 else f"{ratio:.0f} times"


def less_or_more(ratio: float) -> str:
    """A ratio below one as ``52 % less``, above as ``30 % more`` or, from double on, ``three times as much``."""
    if ratio < 1:
        return f"{percent(1 - ratio)} less"
    return f"{times(ratio)} as much" if ratio >= 1.95 else f"{percent(ratio - 1)} more"


def than_before(ratio: float) -> str:
    """``52 % less than before``, ``three times as much as before``."""
    return f"{less_or_more(ratio)} {'as' if ratio >= 1.95 else 'than'} before"


def capital(words: str) -> str:
    """The words as a sentence begins."""
    return words[:1].upper() + words[1:]


def reactions(effect: Effect) -> str:
    """``about 90 reactions fewer (50 to 130)``; an interval that is but the number itself is left out."""
    way = "fewer" if effect.reactions < 0 else "more"
    sign = -1 if effect.reactions < 0 else 1
    near, far = sorted((sign * effect.low, sign * effect.high))
    lower = count(near) if near > 0 else "none"
    noun = "reaction" if count(effect.reactions) == "1" else "reactions"
    told = f"about {count(effect.reactions)} {noun} {way}"
    return told if lower == count(far) == count(effect.reactions) else f"{told} ({lower} to {count(far)})"


def day(when: date, beside: date | None = None) -> str:
    """``3 Oct``; ``3 Oct 2024`` beside a day of another year."""
    return f"{when.day} {when:%b}" + (f" {when.year}" if beside is not None and when.year != beside.year else "")


def span(first: date, last: date) -> str:
    """``3 to 12 Oct``, ``28 Sep to 4 Oct``, ``3 Oct``."""
    if first == last:
        return day(first)
    return (
        f"{first.day} to {day(last)}"
        if (first.year, first.month) == (last.year, last.month)
        else (f"{day(first)} to {day(last)}")
    )


def brought(burst: Burst) -> str:
    """``3 to 12 Oct brought three times your usual, 543 reactions``."""
    reactions = counted(burst.reactions, "reaction")
    usual = "what as many posts usually bring" if burst.paced else "your usual"
    known = burst.usual >= NONE
    much = f"{times(burst.times)} {usual}, {reactions}" if known else f"{reactions}, where hardly any are usual"
    return f"{span(burst.first, burst.last)} brought {much}"


def window(which: Window) -> str:
    """``the 30 days to 24 Nov``."""
    return f"the {which.length} days to {day(which.last)}"
