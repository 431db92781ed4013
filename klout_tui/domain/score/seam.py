"""Where two months meet: a UTC month does not end where a local day does, so that day lies in two turnouts."""

from __future__ import annotations

from collections import Counter
from datetime import date

import msgspec

from klout_tui.domain.model import InteractionKind
from klout_tui.domain.turnout import UNKNOWN, Block, Deed, Made, Nameless, Turnout


def last_day(month: str) -> int:
    """The ordinal of a UTC month's last calendar day; local days from there on may go on in the next month."""
    year, number = map(int, month.split("-"))
    if (year, number) == (date.max.year, 12):
        return date.max.toordinal()
    return date(year + number // 12, number % 12 + 1, 1).toordinal() - 1


def part(turnout: Turnout, first: int, last: int) -> Turnout:
    """The turnout with its local days from ``first`` to ``last`` (ordinals) only; columns are shared, not copied."""
    return msgspec.structs.replace(
        turnout,
        blocks=[each for each in turnout.blocks if first <= each.day <= last],
        made=[each for each in turnout.made if first <= each.day <= last],
        nameless=[each for each in turnout.nameless if first <= each.day <= last],
    )


def joined(before: Turnout, after: Turnout) -> Turnout:
    """Two parts that share days as one: who acted in both halves of a local day has one row."""
    accounts = sorted({*before.accounts, *after.accounts})
    place = {account: number for number, account in enumerate(accounts)}
    draft = _Draft()
    for half in (before, after):
        draft.add(half, [place[account] for account in half.accounts])
    return draft.finished(after, accounts)


class _Draft:
    """Rows of two parts, by day and account and then by person."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], dict[str, tuple[Deed, ...]]] = {}
        self._guessed: Counter[tuple[int, int]] = Counter()
        self._audience: dict[str, int] = {}
        self._bots: set[str] = set()
        self._made: list[Made] = []
        self._nameless: list[Nameless] = []

    def add(self, half: Turnout, place: list[int]) -> None:
        for block in half.blocks:
            key = (block.day, place[block.account])
            self._guessed[key] += block.estimated
            there = self._rows.setdefault(key, {})
            for person, deed in zip(
                half.person[block.begin : block.end], half.deed[block.begin : block.end], strict=True
            ):
                actor, done = half.actors[person], half.deeds[deed]
                there[actor] = _both(there[actor], done) if actor in there else done
                self._audience[actor] = max(self._audience.get(actor, UNKNOWN), half.audience[person])
        self._bots |= {half.actors[bot] for bot in half.bots}
        self._made += [msgspec.structs.replace(each, account=place[each.account]) for each in half.made]
        self._nameless += [msgspec.structs.replace(each, account=place[each.account]) for each in half.nameless]

    def finished(self, after: Turnout, accounts: list[str]) -> Turnout:
        actors = sorted(self._audience)
        number_of = {actor: number for number, actor in enumerate(actors)}
        codes: dict[tuple[Deed, ...], int] = {}
        blocks: list[Block] = []
        person: list[int] = []
        deed: list[int] = []
        for (day, account), rows in sorted(self._rows.items()):
            begin = len(person)
            for actor in sorted(rows):
                person.append(number_of[actor])
                deed.append(codes.setdefault(rows[actor], len(codes)))
            guessed = self._guessed[day, account]
            blocks.append(Block(day=day, account=account, begin=begin, end=len(person), estimated=guessed))
        return Turnout(
            month=after.month,
            zone=after.zone,
            accounts=accounts,
            actors=actors,
            audience=[self._audience[actor] for actor in actors],
            bots=sorted(number_of[bot] for bot in self._bots if bot in number_of),
            deeds=list(codes),
            blocks=blocks,
            person=person,
            deed=deed,
            made=sorted(self._made, key=_day_of),
            nameless=sorted(self._nameless, key=_day_of),
        )


def _both(one: tuple[Deed, ...], other: tuple[Deed, ...]) -> tuple[Deed, ...]:
    counts: Counter[tuple[InteractionKind, bool]] = Counter()
    for deed in (*one, *other):
        counts[deed.kind, deed.original] += deed.count
    return tuple(Deed(kind=kind, original=original, count=n) for (kind, original), n in sorted(counts.items()))


def _day_of(row: Made | Nameless) -> int:
    return row.day
