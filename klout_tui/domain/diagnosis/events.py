"""Reasons that lie on the calendar: a burst, what a note brought, weekdays, and what is only measurement."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.bursts import Burst
from klout_tui.domain.diagnosis.coverage import Why
from klout_tui.domain.diagnosis.evidence import Remark
from klout_tui.domain.diagnosis.findings import CERTAIN, QUESTION, Cause, Effect, Finding
from klout_tui.domain.diagnosis.gather import Side
from klout_tui.domain.diagnosis.ground import Ground, interval, within

NEAR: Final = timedelta(days=2)
"""How long before a burst a note may lie that explains it; a day after it began counts too."""

PICKED: Final = 1.8
"""The most striking run of days of many looks striking by chance too: its standard errors count for less."""

WEEKDAYS: Final = 0.05
"""Share of the earlier reactions under which a difference in weekdays is not worth a sentence."""

_WHY: Final = {
    Why.LINKED: "{network} is newly linked, and what was there before is not known",
    Why.UNLINKED: "{network} is no longer linked",
    Why.STALE: "{network} has not been read to the end",
    Why.GAP: "{network} could not be read for some days",
    Why.CORRECTED: "{network} corrected its counters",
    Why.YOUNG: "the last day on {network} is not over, or its posts are younger than a day",
}


def bursts(ground: Ground) -> Iterator[Finding]:
    """Days on which far more came than usual, in one of the windows; by her note where there is one."""
    for burst in ground.bursts:
        before, now = (burst.excess(ground.counts, side.window.days) for side in (ground.book.before, ground.book.now))
        effect = now - before
        if not effect:
            continue
        note = explained(burst, ground.notes)
        side = ground.book.now if abs(now) >= abs(before) else ground.book.before
        top = _top(side, burst.days)
        people, many = ground.who(*(side.people_of.get(day, {}) for day in burst.days))
        what = f"“{note.text}”: " if note else ""
        part = abs(effect) / (burst.reactions - burst.usual)
        error = part * math.sqrt(burst.spread * max(burst.usual, saying.NONE))  # what would have come is not known
        shown = within(interval(effect, error), part * burst.reactions)
        gone = " A fall after it is only to be expected." if effect < 0 else ""
        asks = None if note or effect < 0 else burst.told
        yield Finding(
            cause=Cause.NOTE if note else Cause.BURST,
            subject=note.text if note else "",
            sentence=f"{what}{saying.brought(burst)}: {saying.reactions(shown)}.{gone}{QUESTION if asks else ''}",
            advice="Keep at it: repeat those steps." if effect > 0 else "",
            effect=shown,
            away=abs(effect) / error,
            beyond=abs(effect) / math.sqrt(burst.spread * burst.reactions) / PICKED,
            asks=asks,
            posts=ground.shown(top),
            post_count=len(top),
            people=people,
            people_count=many,
        )


def explained(burst: Burst, notes: Sequence[Remark]) -> Remark | None:
    """The note that says what a burst was, if one lies at its beginning or within it."""
    near = [note for note in notes if burst.first - NEAR <= note.day <= burst.last]
    return min(near, key=lambda note: (abs(note.day - burst.first), note.day), default=None)


def calendar(ground: Ground) -> Iterator[Finding]:
    """Windows that hold different weekdays."""
    level = ground.book.before.compared
    effect = level * (ground.exposure - 1)
    if abs(ground.exposure - 1) < WEEKDAYS or not effect:
        return
    more = "busier" if effect > 0 else "quieter"
    shown = interval(effect, level * ground.exposure_error)
    yield Finding(
        cause=Cause.CALENDAR,
        subject="",
        sentence=f"These days hold more of your {more} weekdays than those they are held against: by itself that makes "
        f"{saying.reactions(shown)}.",
        advice="",
        effect=shown,
        away=shown.errors,
    )


def measurement(ground: Ground) -> Iterator[Finding]:
    """What cannot be compared, and how much of the change that is."""
    sums: Counter[tuple[str, Why]] = Counter()
    for each in ground.splits.asides:
        if each.why is not None:
            sums[each.network, each.why] += each.change
    for (network, why), change in sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0])):
        posts: Counter[str] = Counter()
        for side in ground.sides:
            posts.update(side.aside_posts.get((network, why), {}))
        were, are = (side.aside_people.get((network, why), Counter[str]()) for side in ground.sides)
        people, many = ground.who(were, are, told=(were, are))
        said = _WHY[why].format(network=saying.network(network))
        much = (
            f"{saying.counted(abs(change), 'reaction')} {'more' if change > 0 else 'fewer'} "
            f"{'is' if abs(change) == 1 else 'are'} a matter of measurement"
            if change
            else "that changes no number"
        )
        yield Finding(
            cause=Cause.MEASUREMENT,
            subject=network,
            sentence=f"{saying.capital(said)}: {much}.",
            advice="Read it again, or see what its account says." if why in (Why.STALE, Why.GAP) else "",
            effect=Effect(reactions=float(change), low=float(change), high=float(change)),
            away=CERTAIN,
            posts=ground.shown(sorted(posts, key=lambda name: (-posts[name], name)), posts),
            post_count=len(posts),
            people=people,
            people_count=many,
        )


def _top(side: Side, days: tuple[date, ...]) -> list[str]:
    """The posts that brought most on some days."""
    sums: Counter[str] = Counter()
    wanted = set(days)
    for (post, day), count in side.days.items():
        if day in wanted:
            sums[post] += count
    return [post for post, _ in sorted(sums.items(), key=lambda item: (-item[1], item[0]))]
