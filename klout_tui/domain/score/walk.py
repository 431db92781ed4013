"""All of the past gone through once, row by row, keeping how present everybody is.

Presence fades, so every sum fades by the same part each day, and nothing need be done for a person until that person
acts again. To spare even that, sums are kept *grown*: as if the past did not fade and each new day weighed more, by
``2 ** (days / half life)``. A row then costs a comparison and, where it is news, an addition.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import compress
from operator import gt
from typing import Final, NamedTuple, cast

from klout_tui.domain.score.course import Course, Track
from klout_tui.domain.score.gauge import Factors, Gauge
from klout_tui.domain.score.model import Model
from klout_tui.domain.score.seam import days_of, last_day, part
from klout_tui.domain.score.tallies import Crowd
from klout_tui.domain.turnout import UNKNOWN, Block, Deed, Nameless, Turnout

HORIZON: Final = 15_000
"""Days that are gone through at most, some forty years: what a network dates earlier is a mistake, or faded away."""


class _Worth(NamedTuple):
    """What a combination of deeds is worth under a model."""

    full: float
    """How present it makes somebody with an audience."""
    returned: float
    """Acts on originals, each by how present it makes somebody."""
    plain: float
    """The two for somebody without an audience, of acts that cannot be bought."""
    plain_returned: float
    faint: float
    """And of those that can."""
    faint_returned: float


class _Account:
    """One account's grown sums so far, and how present everybody is there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.present = array("d")
        """By number of the person; may end before the last of them."""
        self.faint: dict[int, float] = {}
        self.sums = [0.0] * 9
        """People, faint people, audience; acts, faint acts, posts; told, guessed, nameless."""
        self.track = Track(name)
        self.acts = 0.0
        self.faint_acts = 0.0
        """What came back to originals on the day being gone through."""

    def at(self, number: int) -> float:
        """How present a person is here, grown."""
        return self.present[number] if number < len(self.present) else 0.0

    def make_room(self, people: int) -> None:
        """Let so many people have a place."""
        missing = people - len(self.present)
        if missing > 0:
            self.present.frombytes(bytes(8 * (missing + people // 8)))

    def close_day(self, power: float, scale: float) -> None:
        """Add what came back on one day, damped: one lucky day is no average."""
        self.sums[3] += self.acts**power * scale if self.acts else 0.0
        self.sums[4] += self.faint_acts**power * scale if self.faint_acts else 0.0
        self.acts = self.faint_acts = 0.0


class _Part(NamedTuple):
    """Some days of a month."""

    month: _Month
    turnout: Turnout


class _Mark(NamedTuple):
    """Everything a month changes, as it was before."""

    carry: _Part | None
    walked: int
    people: list[tuple[int, float, float, float, int]]
    accounts: list[tuple[str, int, float, float | None]]
    sums: dict[str, list[float]]
    tracks: dict[str, int]
    crowd: tuple[float, float, float]
    begun: int | None
    days: int


class Walk:
    """Goes through turnouts in the order of their months, and again through the newest when that changes."""

    def __init__(self, model: Model, people: Mapping[str, str] | None = None, ignored: Collection[str] = ()) -> None:
        """Begin before everything.

        Args:
            model: Gives acts their worth.
            people: Actor key to the key of the person it belongs to, for those who have several.
            ignored: Keys of actors or persons who do not count.
        """
        self.model = model
        self.gauge = Gauge(model)
        self._people = people or {}
        self._ignored = frozenset(ignored)
        self._number: dict[str, int] = {}
        self._present: list[float] = [0.0]
        self._faint: list[float] = [0.0]
        self._reach: list[float] = [0.0]
        self._followers: list[int] = [sys.maxsize]
        """By number of the person; the first is nobody, for all who do not count."""
        self._accounts: dict[str, _Account] = {}
        self._crowd = (0.0, 0.0, 0.0)
        self._carry: _Part | None = None
        """The last days of the newest month, which may go on in the next."""
        self._origin: int | None = None
        self._walked = 0
        """The last day gone through."""
        self._begun: int | None = None
        """The first day anybody did anything."""
        self._dense = (array("d"), array("d"), array("d"), array("d"))
        """For each day from ``_begun`` on: people, faint, audience, and the score."""
        self._shifted: dict[str, _Account] = {}
        """Accounts whose sums changed without anything happening there: somebody is followed by more people now."""
        self._worths: dict[tuple[Deed, ...], _Worth] = {}
        self._mark: _Mark | None = None
        self.month = ""
        """The newest month gone through, which can be gone through again."""

    def through(self, turnouts: Iterable[Turnout], until: int) -> Course:
        """Go through months in order and tell how it went up to the local day ``until`` (ordinal).

        Only the last of them may be given again, to ``again``.
        """
        behind: Turnout | None = None
        for turnout in turnouts:
            if behind is not None:
                self._month(behind, until, marked=False)
            behind = turnout
        if behind is not None:
            self._month(behind, until, marked=True)
        return self._course(until)

    def again(self, turnouts: Sequence[Turnout], until: int) -> Course:
        """Go through the newest month anew, and on to later ones: it changed, or a day has passed.

        Raises:
            ValueError: these do not begin with ``month``.
        """
        if self._mark is None or not turnouts or turnouts[0].month != self.month:
            raise ValueError(f"only {self.month or 'nothing'} can be gone through again")
        self._restore(self._mark)
        return self.through(turnouts, until)

    # months

    def _month(self, turnout: Turnout, until: int, *, marked: bool) -> None:
        edge, carry = last_day(turnout.month), self._carry
        parts = [] if carry is None else [carry]
        if marked:
            self._mark = self._marked([turnout, *(each.turnout for each in parts)])
            self.month = turnout.month
        known = [each.first_day for each in (turnout, *(each.turnout for each in parts)) if each.first_day is not None]
        if known:  # what is learnt of people in this month is not true of the days before it
            self._pass_to(min(until, *(day - 1 for day in known)))
        month = _Month(self, turnout)
        self._days([*parts, _Part(month, turnout)], until - HORIZON, min(edge - 1, until))
        self._carry = _Part(month, part(turnout, edge, date.max.toordinal()))
        if marked:  # nothing comes after it
            self._days([self._carry], until - HORIZON, until)

    def _days(self, parts: Iterable[_Part], first: int, last: int) -> None:
        """Go through some days; one that lies in two months has a part in each."""
        by_day: dict[int, list[_Part]] = {}
        for month, turnout in parts:
            for day, only in days_of(part(turnout, first, last)).items():
                by_day.setdefault(day, []).append(_Part(month, only))
        for day in sorted(by_day):
            self._pass_to(day - 1)
            self._day(day, by_day[day])

    def _day(self, day: int, parts: Iterable[_Part]) -> None:
        if self._origin is None:
            self._origin = day
        scale = 2.0 ** ((day - self._origin) / self.model.half_life_days)
        touched, self._shifted = self._shifted, {}
        anybody = False
        for month, turnout in parts:
            month.grow(scale)
            for block in turnout.blocks:
                account = month.accounts[block.account]
                touched[account.name] = account
                anybody |= self._block(month, block, account, scale)
            for post in turnout.made:
                account = month.accounts[post.account]
                touched[account.name] = account
                account.sums[5] += post.count * scale
            for some in turnout.nameless:
                account = month.accounts[some.account]
                touched[account.name] = account
                anybody = True
                self._nameless(some, account, scale)
        if self._begun is None and anybody:
            self._begun = day
        self._walked = max(self._walked, day - 1)
        for account in touched.values():
            account.close_day(self.model.amplification_power, scale)
            account.track.put(day, [each / scale for each in account.sums])
        self._pass_to(day)

    def _block(self, month: _Month, block: Block, account: _Account, scale: float) -> bool:
        """One account's day; tell whether anybody who counts did anything."""
        person, deed = month.person[block.begin : block.end], month.deed[block.begin : block.end]
        if month.has_ignored:
            person, deed = month.without_ignored(person, deed)
        present = account.present
        all_present = self._present
        numbers, reaches, fulls, returns = month.numbers, month.reaches, month.grown, month.returns
        people = audience = acts = everybody = everybody_audience = 0.0
        faint: list[tuple[int, int]] = []
        for actor, did in zip(person, deed, strict=True):
            reach = reaches[actor]
            if reach < 0.0:
                faint.append((actor, did))
                continue
            acts += returns[did]
            number = numbers[actor]
            full = fulls[did]
            before = present[number]
            if full > before:
                present[number] = full
                before = full - before
                people += before
                audience += before * reach
                before = all_present[number]
                if full > before:
                    all_present[number] = full
                    before = full - before
                    everybody += before
                    everybody_audience += before * reach
        whole, whole_faint, whole_audience = self._crowd
        self._crowd = (whole + everybody, whole_faint, whole_audience + everybody_audience)
        sums, rows = account.sums, len(person)
        sums[0] += people
        sums[2] += audience
        account.acts += acts
        sums[6] += rows * scale
        sums[7] += min(block.estimated, rows) * scale
        if faint:
            self._faintly(month, faint, account, scale)
        return rows > 0

    def _faintly(self, month: _Month, rows: list[tuple[int, int]], account: _Account, scale: float) -> None:
        """Rows of people without a known audience, and of bots."""
        people, faint, audience = self._crowd
        sums = account.sums
        for actor, did in rows:
            number, reach, worth = month.numbers[actor], month.reaches[actor], month.worths[did]
            full, returned, faintly, faint_returned = worth[2:]
            if reach <= _BOT:
                full, returned, faintly, faint_returned = 0.0, 0.0, worth.full, worth.returned
            if faintly:
                account.faint_acts += faint_returned
                sums[1] += _raised(account.faint, number, faintly * scale)
                faint += _raised(self._faint, number, faintly * scale)
            if full:
                account.acts += returned
                more = _raised(account.present, number, full * scale)
                sums[0] += more
                sums[2] += more * (_THIN - reach)
                more = _raised(self._present, number, full * scale)
                people += more
                audience += more * (_THIN - reach)
        self._crowd = (people, faint, audience)

    def _nameless(self, some: Nameless, account: _Account, scale: float) -> None:
        worth = self.model.nameless * self.model.presence[some.kind] * some.count
        people, faint, audience = self._crowd
        self._crowd = (people, faint + worth * scale, audience)
        sums = account.sums
        sums[1] += worth * scale
        if some.original:
            account.faint_acts += worth
        sums[6] += some.count * scale
        sums[7] += some.count * scale * some.estimated
        sums[8] += some.count * scale

    # people

    def numbers(self, actors: Sequence[str]) -> list[int]:
        """The number of the person each actor is; ``_NOBODY`` for one who does not count."""
        if not self._people and not self._ignored:
            found = [*map(self._number.get, actors)]
            if None not in found:
                return cast("list[int]", found)
            return [self._numbered(key) if each is None else each for key, each in zip(actors, found, strict=True)]
        return [self._number_of(actor) for actor in actors]

    def _number_of(self, actor: str) -> int:
        person = self._people.get(actor, actor)
        if actor in self._ignored or person in self._ignored:
            return _NOBODY
        number = self._number.get(person)
        return self._numbered(person) if number is None else number

    def _numbered(self, person: str) -> int:
        number = self._number[person] = len(self._present)
        self._present.append(0.0)
        self._faint.append(0.0)
        self._reach.append(_THIN)
        self._followers.append(_NEVER)
        return number

    def seen(self, numbers: Sequence[int], audience: Sequence[int]) -> list[float]:
        """Take note of how many follow each person, and tell how far each reaches.

        The most followers ever known by then count. Somebody whose audience is unknown or too small to tell from a
        bought account's is ``_THIN``: less than 0 by one and the reach.
        """
        most = self._followers
        more = map(gt, audience, map(most.__getitem__, numbers))
        for row in [*compress(range(len(numbers)), more)]:
            number, followers = numbers[row], audience[row]
            if followers > most[number]:
                most[number] = followers
                self._heavier(number, followers)
        return [*map(self._reach.__getitem__, numbers)]

    def _heavier(self, number: int, followers: int) -> None:
        before = self._reach[number]
        before = _THIN - before if before < 0.0 else before
        after = max(before, self.gauge.weight_of(followers))
        self._reach[number] = after if followers >= self.model.faint.audience else _THIN - after
        more = after - before
        if more and self._present[number]:
            people, faint, audience = self._crowd
            self._crowd = (people, faint, audience + self._present[number] * more)
            for account in self._accounts.values():
                if account.at(number):
                    account.sums[2] += account.at(number) * more
                    self._shifted[account.name] = account

    def account(self, name: str) -> _Account:
        """An account's sums so far."""
        found = self._accounts.get(name)
        if found is None:
            found = self._accounts[name] = _Account(name)
        return found

    def worth(self, deeds: tuple[Deed, ...]) -> _Worth:
        """What a combination of deeds is worth."""
        found = self._worths.get(deeds)
        if found is None:
            found = self._worths[deeds] = _worth(self.model, deeds)
        return found

    # days

    def _pass_to(self, day: int) -> None:
        """Let time pass, up to the end of a day on which everything is in."""
        if self._begun is None or self._origin is None:
            self._walked = max(self._walked, day)
            return
        people, faint, audience, scores = self._dense
        gauge, half = self.gauge, self.model.half_life_days
        room, imagined = self.model.faint.per_post, self.model.imagined_posts
        accounts = [each.sums for each in self._accounts.values()]
        for each in range(max(self._walked + 1, self._begun), day + 1):
            left = 0.5 ** ((each - self._origin) / half)
            returned = 0.0
            for sums in accounts:
                posts = sums[5] * left + imagined
                returned += sums[3] * left / posts
                if sums[4]:
                    faintly = sums[4] * left / posts
                    returned += room * faintly / (room + faintly) if room else 0.0
            crowd = Crowd(*self._crowd).faded(left)
            people.append(crowd.people)
            faint.append(crowd.faint)
            audience.append(crowd.audience)
            scores.append(1.0 + sum(gauge.points(Factors(gauge.reach(crowd), returned, crowd.audience))))
        self._walked = max(self._walked, day)

    def _course(self, until: int) -> Course:
        self._pass_to(until)
        end = 0 if self._begun is None else max(0, until - self._begun + 1)
        people, faint, audience, scores = (column[:end] for column in self._dense)
        return Course(
            model=self.model,
            begun=self._begun,
            last=until,
            people=people,
            faint=faint,
            audience=audience,
            scores=scores,
            tracks=tuple(self._accounts[name].track.shared() for name in sorted(self._accounts)),
        )

    # going back

    def _marked(self, turnouts: Iterable[Turnout]) -> _Mark:
        people: dict[int, tuple[int, float, float, float, int]] = {}
        accounts: dict[tuple[str, int], tuple[str, int, float, float | None]] = {}
        for turnout in turnouts:
            numbers = self.numbers(turnout.actors)
            for number in numbers:
                people[number] = (
                    number,
                    self._present[number],
                    self._faint[number],
                    self._reach[number],
                    self._followers[number],
                )
            for block in turnout.blocks:
                account = self.account(turnout.accounts[block.account])
                for actor in turnout.person[block.begin : block.end]:
                    number, name = numbers[actor], account.name
                    if (name, number) not in accounts:
                        old = (account.at(number), account.faint.get(number))
                        accounts[name, number] = (name, number, *old)
        return _Mark(
            carry=self._carry,
            walked=self._walked,
            people=list(people.values()),
            accounts=list(accounts.values()),
            sums={name: list(each.sums) for name, each in self._accounts.items()},
            tracks={name: len(each.track) for name, each in self._accounts.items()},
            crowd=self._crowd,
            begun=self._begun,
            days=len(self._dense[0]),
        )

    def _restore(self, mark: _Mark) -> None:
        self._carry, self._walked, self._crowd, self._begun = mark.carry, mark.walked, mark.crowd, mark.begun
        for number, present, faintly, weight, followers in mark.people:
            self._present[number], self._faint[number] = present, faintly
            self._reach[number], self._followers[number] = weight, followers
        for name, number, mine, mine_faintly in mark.accounts:
            self._accounts[name].present[number] = mine
            _put_back(self._accounts[name].faint, number, mine_faintly)
        for name in list(self._accounts):
            if name in mark.sums:
                self._accounts[name].sums[:] = mark.sums[name]
                self._accounts[name].track = self._accounts[name].track.up_to(mark.tracks[name])
            else:
                del self._accounts[name]
        for column in self._dense:
            del column[mark.days :]
        if self._begun is None and not any(len(each.track) for each in self._accounts.values()):
            self._origin = None


_NOBODY: Final = 0
_THIN: Final = -1.0
_BOT: Final = -100.0
_NEVER: Final = UNKNOWN - 1
"""Followers of somebody not met yet."""


class _Month:
    """A turnout's tables, looked up once for all of its rows."""

    def __init__(self, walk: Walk, turnout: Turnout) -> None:
        self.person, self.deed = turnout.person, turnout.deed
        self.accounts = [walk.account(name) for name in turnout.accounts]
        self.worths = [walk.worth(each) for each in turnout.deeds]
        self.fulls = [each.full for each in self.worths]
        self.returns = [each.returned for each in self.worths]
        self.grown = self.fulls
        """How present combinations make somebody on the day being gone through, grown."""
        self.numbers = walk.numbers(turnout.actors)
        self.has_ignored = _NOBODY in self.numbers
        people = max(self.numbers, default=0) + 1
        for account in self.accounts:
            account.make_room(people)
        self.reaches = walk.seen(self.numbers, turnout.audience)
        for bot in turnout.bots:
            self.reaches[bot] = _BOT

    def grow(self, scale: float) -> None:
        """Make ready for the rows of a day."""
        self.grown = [full * scale for full in self.fulls]

    def without_ignored(self, person: list[int], deed: list[int]) -> tuple[list[int], list[int]]:
        """The rows of those who count."""
        counts = [self.numbers[actor] != _NOBODY for actor in person]
        return [*compress(person, counts)], [*compress(deed, counts)]


def _worth(model: Model, deeds: tuple[Deed, ...]) -> _Worth:
    plain = [each for each in deeds if each.kind not in model.faint.kinds]
    faint = [each for each in deeds if each.kind in model.faint.kinds]
    return _Worth(
        full=_presence(model, deeds),
        returned=_returned(model, deeds),
        plain=_presence(model, plain),
        plain_returned=_returned(model, plain),
        faint=_presence(model, faint),
        faint_returned=_returned(model, faint),
    )


def _presence(model: Model, deeds: Iterable[Deed]) -> float:
    return max((model.presence[each.kind] for each in deeds), default=0.0)


def _returned(model: Model, deeds: Iterable[Deed]) -> float:
    return sum(model.presence[each.kind] * each.count for each in deeds if each.original)


def _raised(where: dict[int, float] | list[float] | array[float], number: int, value: float) -> float:
    """By how much a person's presence rises to ``value``, which is noted."""
    before = where.get(number, 0.0) if isinstance(where, dict) else where[number]
    if value <= before:
        return 0.0
    where[number] = value
    return value - before


def _put_back(where: dict[int, float], number: int, value: float | None) -> None:
    if value is None:
        where.pop(number, None)
    else:
        where[number] = value
