"""Which +K make one row: seven people who reposted one post, or one person's several acts.

The same act on the same post is one row, week by week from the day it was posted; what is left of one person's acts is
one row a week. Both follow from an act and its post alone, so that what comes later never takes a row apart. Who wrote
"+K" or gave an endorsement stands alone: words deserve an answer of their own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import Final

from klout_tui.domain.model import Actor, InteractionKind, Value
from klout_tui.domain.plusk import Given, PlusK, says_so, shown

SPAN: Final = timedelta(days=7)
"""Acts on one post, or of one person, further apart are not one row."""

_SPAN: Final = SPAN // timedelta(microseconds=1)
_MONDAY: Final = timedelta(days=4) // timedelta(microseconds=1)
"""From the start of 1970 to its first Monday, UTC: where a person's weeks are cut."""

MARK: Final = "group "
"""How the key of a row of several begins; that of a row of one is the interaction's id."""


class Group(Value, frozen=True):
    """One row: one act, or several that belong together."""

    key: str
    """The same for as long as there is the row."""
    plusks: tuple[PlusK, ...]
    """Newest first."""

    @property
    def single(self) -> PlusK | None:
        """The one there is; None where there are several."""
        return self.plusks[0] if len(self.plusks) == 1 else None

    @property
    def at(self) -> datetime:
        """When the newest was done."""
        return self.plusks[0].at

    @property
    def people(self) -> tuple[Actor, ...]:
        """Everybody once, the newest first."""
        return tuple({each.actor.key: each.actor for each in reversed(self.plusks)}.values())[::-1]

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic they count for, the most frequent first."""
        return tuple(
            topic for topic, _ in Counter(chain.from_iterable(each.topics for each in self.plusks)).most_common()
        )

    @property
    def hidden(self) -> tuple[str, ...]:
        """The same of those that she hid."""
        return tuple(
            topic for topic, _ in Counter(chain.from_iterable(each.hidden for each in self.plusks)).most_common()
        )

    @property
    def kinds(self) -> tuple[InteractionKind, ...]:
        """What was done, the most frequent first."""
        return tuple(kind for kind, _ in Counter(each.kind for each in self.plusks).most_common())

    @property
    def thanked(self) -> tuple[str, ...]:
        """Ids of those thanked for."""
        return tuple(each.id for each in self.plusks if each.thanked_at is not None)

    @property
    def unthanked(self) -> tuple[str, ...]:
        """Ids of those not thanked for, old ones too."""
        return tuple(each.id for each in self.plusks if each.thanked_at is None)

    @property
    def thanked_last(self) -> tuple[str, ...]:
        """Ids of those marked as thanked in one go with the one marked last."""
        last = max((each.thanked_at for each in self.plusks if each.thanked_at is not None), default=None)
        return tuple(each.id for each in self.plusks if last is not None and each.thanked_at == last)

    def waiting(self, now: datetime) -> int:
        """How many wait for a thank-you."""
        return sum(each.waits(now) for each in self.plusks)


def newest_in_rows(
    recent: Sequence[Given], thanked: Mapping[str, datetime], most: int
) -> tuple[tuple[PlusK, ...], tuple[Group, ...]]:
    """The newest acts, newest first, and the rows they are in, each whole however old its other acts are.

    Args:
        recent: What counts, oldest first.
        thanked: When the user thanked, by interaction id.
        most: How many of the newest.
    """
    first = max(0, len(recent) - most)
    back = recent[first].at - 2 * _SPAN if first else 0  # a row spans a week, and so may what it left over
    begin = bisect_left(recent, back, key=attrgetter("at"))
    acts = recent[begin:]
    rows = [row for row in _rows(acts) if row[1][-1] >= first - begin]
    rows.sort(key=lambda row: row[1][-1], reverse=True)
    wanted = sorted(chain.from_iterable(places for _, places in rows), reverse=True)
    made = dict(zip(wanted, shown((acts[place] for place in wanted), thanked), strict=True))
    newest = tuple(plusk for place, plusk in made.items() if place >= first - begin)
    return newest, tuple(
        Group(key=key or made[places[0]].id, plusks=tuple(made[place] for place in reversed(places)))
        for key, places in rows
    )


def _rows(acts: Sequence[Given]) -> list[tuple[str, list[int]]]:
    """The rows of these acts, as places among them, oldest first; the key of a row of one is empty."""
    rows: list[tuple[str, list[int]]] = []
    on_post: defaultdict[tuple[str, InteractionKind, int], list[int]] = defaultdict(list)
    left: list[int] = []
    for place, each in enumerate(acts):
        digest, row = each.digest, each.row
        on = digest.post[row]
        if says_so(digest, row):
            rows.append(("", [place]))
        elif on < 0:
            left.append(place)
        else:
            post = digest.posts[on]
            on_post[post.id, digest.kinds[digest.kind[row]], (each.at - post.at) // _SPAN].append(place)
    for (post_id, kind, week), places in on_post.items():
        if len(places) > 1:
            rows.append((f"{MARK}{kind} {week} {post_id}", places))
        else:
            left += places
    of_person: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for place in sorted(left):
        digest, row = acts[place].digest, acts[place].row
        of_person[digest.actors[digest.actor[row]], (acts[place].at - _MONDAY) // _SPAN].append(place)
    for (person, week), places in of_person.items():
        rows.append((f"{MARK}{week} {person}" if len(places) > 1 else "", places))
    return rows
