"""Days she was away as a reason: what they cost the one window, or the other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from klout_tui.domain.diagnosis import saying
from klout_tui.domain.diagnosis.absence import days_there
from klout_tui.domain.diagnosis.away import Away
from klout_tui.domain.diagnosis.findings import CERTAIN, Cause, Finding
from klout_tui.domain.diagnosis.gather import Side
from klout_tui.domain.diagnosis.ground import Ground, interval
from klout_tui.domain.digest import moment


def away(ground: Ground) -> Iterator[Finding]:
    """Days without a post that are hers: no posts, so no reactions to judge."""
    effect = away_effect(ground)
    if not effect:
        return
    windows = [side.window for side in ground.sides]
    runs = [run for run in ground.away if any(run.first <= each.last and run.last >= each.first for each in windows)]
    rows = ground.rows
    edges = _edges(ground, runs)
    people, many = ground.on(*rows)
    which = " and ".join(saying.span(run.first, run.last) for run in runs)
    unsure = abs(effect) * math.sqrt(ground.variation / max(1, len(rows)))
    then = "that is why there are more now" if effect > 0 else "no posts, so no reactions to judge"
    yield Finding(
        cause=Cause.AWAY,
        subject="",
        sentence=f"You posted nothing from {which}: {then}. "
        f"By itself that makes {saying.reactions(shown := interval(effect, unsure))}.",
        advice="",
        effect=shown,
        away=CERTAIN,
        beyond=math.sqrt(-2 * math.log(min(run.chance for run in runs))),
        posts=ground.shown(edges),
        post_count=len(edges),
        people=people,
        people_count=many,
    )


def away_effect(ground: Ground) -> float:
    """Reactions that days away cost the one window, or the other; days that cannot be compared cost nothing."""
    effect = 0.0
    for account in {row.post.account for row in ground.rows}:
        rows = [row for row in ground.rows if row.post.account == account]
        hidden = ground.masked.get(account, {})
        free = [days_there(side.window, ground.away, hidden) for side in ground.sides]
        if sum(free):
            effect += (free[1] - free[0]) * sum(row.acts for row in rows) / sum(free)
    return effect


def there(ground: Ground, side: Side) -> int:
    """Days of a window on which she was there and any of her accounts can be compared."""
    hidden = [set(ground.masked.get(account, {})) for account in {row.post.account for row in ground.rows}]
    return days_there(side.window, ground.away, set.intersection(*hidden) if hidden else ())


def _edges(ground: Ground, runs: Iterable[Away]) -> list[str]:
    """The last post before each run of days and the first one after it."""
    order = sorted(ground.rows, key=lambda row: row.post.at)
    posts = [(ground.days.of(moment(row.post.at)), row.post.id) for row in order]
    found: list[str] = []
    for run in runs:
        found += [name for day, name in posts if day < run.first][-1:]
        found += [name for day, name in posts if day > run.last][:1]
    return found
