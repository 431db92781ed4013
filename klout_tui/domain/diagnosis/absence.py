"""When she was away, as far as that is known: of days on which an account of hers was not read, nobody can say."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date, timedelta

from klout_tui.domain.coverage import UNREAD, Source, Why
from klout_tui.domain.days import Days
from klout_tui.domain.diagnosis.away import Away, holidays
from klout_tui.domain.diagnosis.evidence import LOOKBACK, Evidence
from klout_tui.domain.diagnosis.spans import Window
from klout_tui.domain.model import ORIGINALS


def absences(evidence: Evidence, known: Sequence[Source], days: Days, span: Window) -> tuple[Away, ...]:
    """Runs of days on which she posted on none of her accounts, and too long for chance.

    A day on which an account she posts on was not read is no such day, whatever the others say. An account that was
    unlinked tells nothing from then on: how often she posted on it makes no later silence unusual.

    Args:
        evidence: Everything there is.
        known: Of which days each account is known.
        days: Tells local days.
        span: The days that are looked at; those before it that tell her habits are added.
    """
    looked_at = span.longer(LOOKBACK)
    posts = [(day, post.account) for post in evidence.posts if post.kind in ORIGINALS for day in [days.of(post.at)]]
    posts = [(day, account) for day, account in posts if day <= span.last]
    used = {account for _, account in posts}
    telling = [source for source in known if source.account in used]
    unknown = frozenset(day for source in telling for day in looked_at.days if _unread(source, day))
    ends = sorted({source.last for source in telling if source.after is Why.UNLINKED and source.last < span.last})
    found: list[Away] = []
    for end, until in zip((date.min, *ends), (*ends, date.max), strict=True):
        left = {source.account for source in telling if source.after is Why.UNLINKED and source.last <= end}
        silent = {day for day, account in posts if account in left}
        runs = holidays([day for day, account in posts if account not in left], looked_at, unknown)
        found += (run for run in runs if end < run.last <= until and silent.isdisjoint(run.days))
    return tuple(found)


def _unread(source: Source, day: date) -> bool:
    """Whether she may have posted there on a day without anybody knowing."""
    return source.unknown(day) in UNREAD


def days_there(window: Window, away: Sequence[Away], without: Container[int] = ()) -> int:
    """Days of a window on which she was there, some (counted from 0) left out."""
    return sum(
        not any(run.first <= day <= run.last for run in away)
        for offset in range(window.length)
        if offset not in without
        for day in [window.first + timedelta(days=offset)]
    )
