"""The people and the posts behind one part of a score, from the digests of the last months.

A person's part of True Reach is what is left of the strongest thing they did; of Network Impact the same times how far
they reach; of Amplification what is left of all they did to originals. A post's part is that of the acts on it. What is
older than the months looked at stands as ``older``, so that it all adds up to the part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import pow
from typing import NamedTuple

import msgspec

from klout_tui.domain.days import Days
from klout_tui.domain.digest import Digest, moment
from klout_tui.domain.faces import read_faces
from klout_tui.domain.model import ORIGINALS, InteractionKind, Value
from klout_tui.domain.score.gauge import Gauge
from klout_tui.domain.score.model import Factor
from klout_tui.domain.score.tallies import Tally
from klout_tui.domain.turnout import UNKNOWN

MONTHS = 6
"""UTC months looked back: what is older has faded to a sixteenth under model 1."""

MOST = 50
"""People and posts named."""


class Person(Value, frozen=True):
    """Somebody behind a part."""

    key: str
    name: str
    points: float


class OnPost(Value, frozen=True):
    """A post behind a part."""

    id: str
    title: str
    points: float


class Behind(Value, frozen=True):
    """Who and what is behind one part of a score.

    ``people``, ``others`` and ``older`` add up to ``points``; so do ``posts``, ``no_post`` and ``older``.
    """

    account: str
    factor: str
    points: float
    people: tuple[Person, ...]
    """Most first, at most ``MOST``."""
    others: float
    """Points of the people not named here, and of reactions without a name."""
    people_count: int
    posts: tuple[OnPost, ...]
    post_count: int
    no_post: float
    """Points of acts on no post, such as follows, of posts not named here, and of reactions without a name."""
    older: float
    """Points of what was done before the months looked at."""


class _Act(NamedTuple):
    post: str
    """Empty: no post."""
    left: float
    """What is left of it by the day asked for."""
    worth: float
    original: bool
    faint: bool
    """Whether the act is of those that can be bought."""


class Parts:
    """One account's acts of the last months, sorted by person, for each of its three parts."""

    def __init__(
        self,
        gauge: Gauge,
        tally: Tally,
        digests: Iterable[Digest],
        days: Days,
        day: int,
        people: Mapping[str, str] | None = None,
        ignored: Collection[str] = (),
    ) -> None:
        """Go through the months.

        Args:
            gauge: The formula.
            tally: The account's sums on the day.
            digests: The months to look at, without what is hidden.
            days: The user's.
            day: Ordinal of the day; nothing later counts.
            people: Actor key to the key of the person it belongs to.
            ignored: Keys of actors or persons who do not count.
        """
        self._gauge, self._tally, self._days, self._day = gauge, tally, days, day
        self._people, self._ignored = people or {}, frozenset(ignored)
        self.names: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self._followers: dict[str, int] = {}
        self._bots: set[str] = set()
        self._by_day: defaultdict[tuple[str, int], list[_Act]] = defaultdict(list)
        for digest in digests:
            self._add(digest)

    def behind(self, factor: Factor, points: float) -> Behind:
        """Who and what is behind a part that gives so many points."""
        shares = list(self._shares(factor))
        by_person: defaultdict[str, float] = defaultdict(float)
        by_post: defaultdict[str, float] = defaultdict(float)
        for person, post, share in shares:
            by_person[person] += share
            by_post[post] += share
        known = sum(by_person.values())
        scale = points / known if known > 1.0 else points  # rounding, or a face that changed since: never above all
        named = _largest(by_person)
        loose = by_post.pop("", 0.0)
        shown = _largest(by_post)
        nameless = max(0.0, self._nameless(factor)) * points if known <= 1.0 else 0.0
        nameless = min(nameless, max(0.0, points - known * scale))
        return Behind(
            account=self._tally.account,
            factor=factor.value,
            points=points,
            people=tuple(Person(key=key, name=self.names.get(key, key), points=x * scale) for key, x in named),
            others=(known - sum(x for _, x in named)) * scale + nameless,
            people_count=len(by_person),
            posts=tuple(OnPost(id=key, title=self.titles.get(key, ""), points=x * scale) for key, x in shown),
            post_count=len(by_post),
            no_post=(loose + sum(by_post.values()) - sum(x for _, x in shown)) * scale + nameless,
            older=points - known * scale - nameless,
        )

    def _add(self, digest: Digest) -> None:
        if self._tally.account not in digest.accounts:
            return
        mine = digest.accounts.index(self._tally.account)
        faces = read_faces(digest.faces)
        model, faded = self._gauge.model, self._left_of(digest.at)
        self.titles |= {post.id: post.title for post in digest.posts}
        for row, account in enumerate(digest.account):
            if account != mine:
                continue
            day, left = faded[row]
            if day > self._day:
                continue
            actor, kind, post = digest.actor[row], digest.kinds[digest.kind[row]], digest.post[row]
            key = digest.actors[actor]
            person = self._people.get(key, key)
            if key in self._ignored or person in self._ignored:
                continue
            face = faces[actor]
            self.names[person] = face.name or face.handle
            followers = UNKNOWN if face.followers is None else face.followers
            self._followers[person] = max(self._followers.get(person, UNKNOWN), followers)
            if face.bot:
                self._bots.add(person)
            about = digest.posts[post] if post >= 0 else None
            act = _Act(
                post="" if about is None else about.id,
                left=left,
                worth=model.presence[kind],
                original=about is not None and about.kind in ORIGINALS,
                faint=kind in model.faint.kinds,
            )
            self._by_day[person, day].append(act)

    def _left_of(self, at: Sequence[int]) -> list[tuple[int, float]]:
        """The local day of each row, and what is left of it by the day asked for."""
        found: dict[int, tuple[int, float]] = {}
        answer = []
        for each in at:
            hour = each // 900_000_000  # a quarter of an hour lies in one local day, whatever the zone
            if hour not in found:
                day = self._days.of(moment(each)).toordinal()
                found[hour] = (day, self._gauge.model.left_after(self._day - day))
            answer.append(found[hour])
        return answer

    def _is_faint(self, person: str, act: _Act) -> bool:
        if person in self._bots:
            return True
        return act.faint and self._followers[person] < self._gauge.model.faint.audience

    def _shares(self, factor: Factor) -> Iterator[tuple[str, str, float]]:
        """Person, post and part of the factor's whole, 0 to 1."""
        if factor is Factor.AMPLIFICATION:
            yield from self._returned()
            return
        crowd = self._tally.crowd
        whole = self._gauge.reach(crowd) if factor is Factor.REACH else crowd.audience
        heard = (self._gauge.reach(crowd) - crowd.people) / crowd.faint if crowd.faint else 0.0
        strongest: dict[tuple[str, bool], tuple[float, str]] = {}
        for (person, _day), acts in self._by_day.items():
            for act in acts:
                place = (person, self._is_faint(person, act))
                worth = act.worth * act.left
                if worth > strongest.get(place, (0.0, ""))[0]:
                    strongest[place] = (worth, act.post)
        if whole <= 0.0:
            return
        for (person, faint), (worth, post) in strongest.items():
            if factor is Factor.REACH:
                yield person, post, worth * (heard if faint else 1.0) / whole
            elif not faint:
                yield person, post, worth * self._gauge.weight_of(self._followers[person]) / whole

    def _returned(self) -> Iterator[tuple[str, str, float]]:
        gauge, echoing = self._gauge, self._tally.echoing
        whole = gauge.amplification(echoing)
        posts = echoing.posts + gauge.model.imagined_posts
        heard = (whole * posts - echoing.acts) / echoing.faint if echoing.faint else 0.0
        if whole <= 0.0:
            return
        power = gauge.model.amplification_power
        by_day: defaultdict[tuple[int, bool], list[tuple[str, _Act]]] = defaultdict(list)
        for (person, day), acts in self._by_day.items():
            for act in acts:
                if act.original:
                    by_day[day, self._is_faint(person, act)].append((person, act))
        for (_, faint), done in by_day.items():
            total = sum(act.worth for _, act in done)
            if total:
                share = pow(total, power) * done[0][1].left * (heard if faint else 1.0) / posts / whole
                for person, act in done:
                    yield person, act.post, share * act.worth / total

    def _nameless(self, factor: Factor) -> float:
        """The part that reactions known by number only can have, 0 to 1: what the named faint ones leave."""
        told = self._tally.told
        if factor is Factor.IMPACT or not told.nameless:
            return 0.0
        gauge, crowd, echoing = self._gauge, self._tally.crowd, self._tally.echoing
        typical = gauge.model.nameless * gauge.model.presence[InteractionKind.LIKE]
        if factor is Factor.REACH:
            whole, faint = gauge.reach(crowd), crowd.faint
            heard = (whole - crowd.people) / faint if faint else 0.0
        else:
            whole, faint = gauge.amplification(echoing), echoing.faint
            posts = echoing.posts + gauge.model.imagined_posts
            heard = (whole - echoing.acts / posts) / faint if faint else 0.0
        return min(faint, told.nameless * typical) * heard / whole if whole else 0.0


def without_titles(part: Behind, withheld: Collection[str]) -> Behind:
    """The same without the titles of some posts, where those must not be seen."""
    posts = tuple(msgspec.structs.replace(post, title="") if post.id in withheld else post for post in part.posts)
    return msgspec.structs.replace(part, posts=posts)


def _largest(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:MOST]
