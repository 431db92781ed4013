"""What lies behind one bar of the chart: a local day, or a week of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from klout_tui.domain.details import SHOWN, Brought
from klout_tui.domain.digest import HIDDEN, Digest
from klout_tui.domain.model import DayTotal, Interaction, InteractionKind, Post, Value
from klout_tui.domain.notes import Note
from klout_tui.domain.score.look import Point

SEPARATOR: Final = "/"
"""Between the first and the last local day in the key of such a page, as in ISO 8601."""


class DayDetail(Value, frozen=True):
    """Some local days: what she posted, what came, what she noted."""

    first: date
    last: date
    posts: tuple[Post, ...]
    """Published in these days, the newest first."""
    post_count: int
    brought: Brought
    """What each of ``posts`` has brought since."""
    acts: tuple[Interaction, ...]
    """The newest of these days, newest first."""
    named: dict[InteractionKind, int]
    """All acts of these days, by kind."""
    unnamed: dict[InteractionKind, int]
    """Known by number only."""
    notes: tuple[Note, ...]
    titles: dict[str, str]
    """What the posts reacted to are called, by id."""
    came: tuple[str, ...] = ()
    """What came of each of ``notes``, in words; empty words where it is too early."""
    score: Point | None = None
    """The score of the last of these days; None where it is hidden."""


def span_key(first: date, last: date) -> str:
    """The key of the page on these days."""
    return f"{first.isoformat()}{SEPARATOR}{last.isoformat()}"


def span_of(key: str) -> tuple[date, date]:
    """The days a key means.

    Raises:
        ValueError: it is none of ``span_key``.
    """
    first, _, last = key.partition(SEPARATOR)
    return date.fromisoformat(first), date.fromisoformat(last)


def acts_between(history: Iterable[Digest], begin: int, end: int, limit: int = SHOWN) -> dict[str, list[str]]:
    """Ids of the newest acts between two moments, by month, newest first.

    Args:
        history: The months, newest first.
        begin: Microseconds since 1970, UTC; included.
        end: The same.
        limit: How many at most.
    """
    found: dict[str, list[str]] = {}
    for digest in history:
        rows = range(bisect_left(digest.at, begin), bisect_right(digest.at, end))
        ids = [digest.id_of(row) for row in reversed(rows) if not digest.flags[row] & HIDDEN][:limit]
        if ids:
            found[digest.month] = ids
        limit -= len(ids)
        if not limit:
            break
    return found


def kinds_of(totals: Iterable[DayTotal]) -> tuple[dict[InteractionKind, int], dict[InteractionKind, int]]:
    """By kind, how many have a name and how many are known by number only."""
    named: Counter[InteractionKind] = Counter()
    unnamed: Counter[InteractionKind] = Counter()
    for total in totals:
        named[total.kind] += total.named
        unnamed[total.kind] += total.unnamed
    return dict(+named), dict(+unnamed)


def titles_in(history: Sequence[Digest], acts: Iterable[Interaction]) -> dict[str, str]:
    """What the posts of these acts are called, by id."""
    wanted = {act.post for act in acts}
    return {post.id: post.title for digest in history for post in digest.posts if post.title and post.id in wanted}
