"""Who turned up: one month of reactions by local day, account and person, all that a score needs and no more.

A digest knows every act to the second; a score only asks which people acted on which day, with what, and what she
posted. A turnout holds just that, in columns, so that ten years of it can be gone through within a second. It keeps
people, not sketches of them: merging two or ignoring one stays exact. It follows from one digest and the time zone that
cuts the days, and from nothing else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import date, timedelta
from typing import Final

from klout_tui.domain.days import Days
from klout_tui.domain.digest import ESTIMATED, Digest, moment, ticks
from klout_tui.domain.faces import Face, read_faces
from klout_tui.domain.model import ORIGINALS, InteractionKind, Value

LAYOUT: Final = 1
"""Of the columns; a turnout of another layout has to be made anew."""

UNKNOWN: Final = -1
"""In ``audience``: the network does not tell how many follow this person."""

_EDGE: Final = timedelta(days=1)


class Deed(Value, frozen=True, array_like=True):
    """What one person did on one day, as far as it is of one kind."""

    kind: InteractionKind
    original: bool
    """Whether it was to an original post (``ORIGINALS``): only these are counted against posts."""
    count: int


class Block(Value, frozen=True, array_like=True):
    """One account's local day: rows ``begin`` to ``end`` (exclusive) of the columns."""

    day: int
    """``date.toordinal`` of the local day."""
    account: int
    begin: int
    end: int
    estimated: int
    """Of these rows, how many rest on a guessed date."""


class Made(Value, frozen=True, array_like=True):
    """Originals one account published on one local day."""

    day: int
    account: int
    count: int


class Nameless(Value, frozen=True, array_like=True):
    """Reactions of one account's local day that are known by number only."""

    day: int
    account: int
    kind: InteractionKind
    original: bool
    count: int
    estimated: bool


class Turnout(Value, frozen=True):
    """One UTC month, cut into the user's local days; not to be changed."""

    month: str
    """``2026-11``, in UTC, so that one digest makes one turnout; its first and last local day may lie outside."""
    zone: str = "UTC"
    """IANA name of the zone that cut the days."""
    accounts: list[str] = []
    actors: list[str] = []
    """``Actor.key`` of each person."""
    audience: list[int] = []
    """Followers of each, as last seen in the month; ``UNKNOWN``."""
    bots: list[int] = []
    """Places in ``actors`` of those their network calls bots."""
    deeds: list[tuple[Deed, ...]] = []
    """Every combination of deeds that occurs, once."""
    blocks: list[Block] = []
    """By day, then account's id."""
    person: list[int] = []
    """Place in ``actors``; each once in a block."""
    deed: list[int] = []
    """Place in ``deeds``."""
    made: list[Made] = []
    nameless: list[Nameless] = []
    layout: int = LAYOUT

    @property
    def first_day(self) -> int | None:
        """The ordinal of the first local day anything happened on; None where nothing did."""
        days = [block.day for block in self.blocks[:1]]
        days += [post.day for post in self.made[:1]]
        days += [some.day for some in self.nameless[:1]]
        return min(days, default=None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.blocks or self.made or self.nameless)


def turnout(digest: Digest, days: Days) -> Turnout:
    """The turnout of a digest, which may still hold what is left out of every view."""
    seen = digest.visible()
    rows = _Rows(seen)
    for day, begin, end in _spans(seen.at, days):
        rows.day(day, begin, end)
    published, nameless = _published(seen, days), _nameless(seen, days)
    accounts = sorted({*rows.accounts, *(key for _, key in published), *(key[1] for key in nameless)})
    place = {account: number for number, account in enumerate(accounts)}
    faces = read_faces(seen.faces)
    used = sorted(set(rows.person), key=seen.actors.__getitem__)
    new = {old: number for number, old in enumerate(used)}
    combos = sorted(set(rows.combos))
    code = {combo: number for number, combo in enumerate(combos)}
    return Turnout(
        month=digest.month,
        zone=days.zone.key,
        accounts=accounts,
        actors=[seen.actors[old] for old in used],
        audience=[_audience(faces[old]) for old in used],
        bots=[number for number, old in enumerate(used) if faces[old].bot],
        deeds=[tuple(Deed(kind=kind, original=original, count=count) for kind, original, count in c) for c in combos],
        blocks=[
            Block(day=day, account=place[account], begin=begin, end=end, estimated=guessed)
            for day, account, begin, end, guessed in rows.blocks
        ],
        person=[new[old] for old in rows.person],
        deed=[code[combo] for combo in rows.combos],
        made=[Made(day=day, account=place[key], count=count) for (day, key), count in sorted(published.items())],
        nameless=[
            Nameless(day=day, account=place[key], kind=kind, original=original, count=count, estimated=guessed)
            for (day, key, kind, original, guessed), count in sorted(nameless.items())
            if count > 0
        ],
    )


_Combo = tuple[tuple[InteractionKind, bool, int], ...]


class _Rows:
    """Rows in the making: per day, account and person one, ordered so that the same acts give the same columns."""

    def __init__(self, digest: Digest) -> None:
        self._digest = digest
        self._original = [post.kind in ORIGINALS for post in digest.posts]
        self._original.append(False)  # post -1 is no post
        self._order = sorted(range(len(digest.accounts)), key=digest.accounts.__getitem__)
        self.accounts: set[str] = set()
        self.blocks: list[tuple[int, str, int, int, int]] = []
        self.person: list[int] = []
        self.combos: list[_Combo] = []

    def day(self, day: int, begin: int, end: int) -> None:
        digest, original = self._digest, self._original
        found: dict[int, dict[int, list[tuple[int, bool]]]] = {}
        guessed: Counter[int] = Counter()
        for account, actor, kind, post, flags in zip(
            digest.account[begin:end],
            digest.actor[begin:end],
            digest.kind[begin:end],
            digest.post[begin:end],
            digest.flags[begin:end],
            strict=True,
        ):
            found.setdefault(account, {}).setdefault(actor, []).append((kind, original[post]))
            if flags & ESTIMATED:
                guessed[account] += 1
        for account in self._order:
            if account in found:
                self._block(day, account, found[account], guessed[account])

    def _block(self, day: int, account: int, people: dict[int, list[tuple[int, bool]]], guessed: int) -> None:
        start, kinds, name = len(self.person), self._digest.kinds, self._digest.accounts[account]
        for actor in sorted(people, key=self._digest.actors.__getitem__):
            done = people[actor]
            self.person.append(actor)
            if len(done) == 1:
                kind, original = done[0]
                self.combos.append(((kinds[kind], original, 1),))
            else:
                counts = Counter(done)
                self.combos.append(tuple(sorted((kinds[kind], original, n) for (kind, original), n in counts.items())))
        self.accounts.add(name)
        self.blocks.append((day, name, start, len(self.person), min(guessed, len(people))))


def _spans(at: list[int], days: Days) -> list[tuple[int, int, int]]:
    """Each local day with the rows, sorted by time, that lie in it: ordinal, first row, row after the last."""
    if not at:
        return []
    day, last = days.of(moment(at[0])), days.of(moment(at[-1]))
    spans, begin = [], 0
    while day <= last:
        end = len(at) if day == last else bisect_left(at, ticks(days.start(day + _EDGE)))
        if end > begin:
            spans.append((day.toordinal(), begin, end))
        begin, day = end, day + _EDGE if day < last else date.max
        if end == len(at):
            break
    return spans


def _published(digest: Digest, days: Days) -> Counter[tuple[int, str]]:
    """Originals by local day and account; a post lies in the digest of its own month, and is told again elsewhere."""
    return Counter(
        (days.of(moment(post.at)).toordinal(), post.account)
        for post in digest.posts
        if post.account and post.kind in ORIGINALS and post.month == digest.month
    )


def _nameless(digest: Digest, days: Days) -> Counter[tuple[int, str, InteractionKind, bool, bool]]:
    counts: Counter[tuple[int, str, InteractionKind, bool, bool]] = Counter()
    for rise in digest.rises:
        post = digest.posts[rise.post]
        if post.account:
            day = days.of(moment(rise.at)).toordinal()
            counts[day, post.account, rise.kind, post.kind in ORIGINALS, rise.estimated] += rise.count
    return counts


def _audience(face: Face) -> int:
    return UNKNOWN if face.followers is None else max(0, face.followers)
