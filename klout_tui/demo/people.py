"""The cast: people who come by again and again, and passers-by, each with habits of their own."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, product

from klout_tui.demo.chance import Chance
from klout_tui.demo.persona import Archetype, Does, Persona
from klout_tui.errors import ConfigError

_PASSER_BY = Archetype(
    name="passer-by",
    people=0,
    activity=1.0,
    does=Does(like=0.86, boost=0.1, reply=0.035, quote=0.005),
    audience=140,
    comments=1.0,
)
_FIRST_ID = 109_300_000_000_000_000
"""Account ids are of the size that real servers give."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody who may react."""

    id: str
    name: str
    username: str
    host: str
    home: str
    """The server that tells about them; local people are named without a host there."""
    followers: int
    following: int
    written: int
    kind: Archetype
    weight: float
    loves: frozenset[str]
    since: datetime
    """Not seen before."""
    site: str = ""

    @property
    def acct(self) -> str:
        """The handle as ``home`` writes it."""
        return self.username if self.host == self.home else f"{self.username}@{self.host}"

    @property
    def uri(self) -> str:
        """The same on every server."""
        return f"https://{self.host}/users/{self.username}"

    @property
    def url(self) -> str:
        """The profile page."""
        return f"https://{self.host}/@{self.username}"


@dataclass(slots=True)
class Cast:
    """All people, and who of them is likely to act when."""

    recurring: tuple[Person, ...]
    passers: tuple[Person, ...]
    """In the order in which they turn up."""
    _weights: dict[str, list[float]] = field(default_factory=dict)
    _turn_up: list[datetime] = field(default_factory=list)

    def draw(self, chance: Chance, topic: str, at: datetime, *, recurring: float = 0.7) -> Person:
        """Somebody who might react to ``topic`` at that time; ``recurring`` is the share of well-known faces."""
        if self.passers and not chance.happens(recurring):
            return self._passing(chance, at)
        if topic not in self._weights:
            self._weights[topic] = list(
                accumulate(person.weight * (3.5 if topic in person.loves else 1.0) for person in self.recurring)
            )
        sums = self._weights[topic]
        for _ in range(20):
            person = self.recurring[min(bisect_right(sums, chance.random() * sums[-1]), len(sums) - 1)]
            if person.since <= at:
                return person
        return self.recurring[0]

    def commenter(self, chance: Chance, topic: str, at: datetime) -> Person:
        """Somebody who comments on the blog."""
        best = max(person.kind.comments for person in self.recurring) or 1.0
        for _ in range(40):
            person = self.draw(chance, topic, at, recurring=0.85)
            if chance.happens(person.kind.comments / best):
                break
        return person

    def _passing(self, chance: Chance, at: datetime) -> Person:
        """Recent arrivals mostly, some who turn up only later to follow."""
        if not self._turn_up:
            self._turn_up = [person.since for person in self.passers]
        here = bisect_left(self._turn_up, at)
        low, high = max(0, here - 140), min(len(self.passers) - 1, here + 40)
        return self.passers[chance.whole(min(low, high), high)]


def make_cast(persona: Persona, chance: Chance, begin: datetime, arrivals: Sequence[datetime]) -> Cast:
    """Everybody, drawn once.

    Args:
        persona: the description.
        chance: where the luck comes from.
        begin: start of the year told.
        arrivals: when a stranger begins to follow, ascending; passers-by turn up at these moments.

    Raises:
        ConfigError: a name from which no handle follows and that brings none.
    """
    taken: set[str] = {persona.her.handle}
    kinds = _kinds(persona, chance)
    numbers = iter(range(1, 1_000_000))

    def person(name: str, handle: str, kind: Archetype, since: datetime, host: str) -> Person:
        username = handle if handle not in taken else f"{handle}{chance.whole(2, 99)}"
        while username in taken:
            username += str(chance.whole(0, 9))
        taken.add(username)
        followers = round(chance.around(kind.audience, 1.0))
        return Person(
            id=str(_FIRST_ID + next(numbers) * 7_919_000_017),
            name=name,
            username=username,
            host=host,
            home=persona.her.server,
            followers=followers,
            following=round(chance.around(180, 0.9)),
            written=round(chance.around(900, 1.2)),
            kind=kind,
            weight=kind.activity * chance.tail(1.6, 9.0),
            loves=_loves(persona, chance),
            since=since,
            site=f"https://{username.replace('_', '-')}.example" if chance.happens(0.6) else "",
        )

    year = timedelta(days=365)
    recurring = tuple(
        person(
            name,
            handle,
            kind,
            begin + year * chance.between(0.05, 0.97) if kind.arrives else begin - year,
            chance.one(persona.names.servers),
        )
        for name, handle, kind in kinds
    )
    combinations = chance.shuffled(list(product(persona.names.given, persona.names.family)))[: persona.year.passers_by]
    passers = tuple(
        person(
            *_stranger(chance, given, family),
            _PASSER_BY,
            arrivals[index] if index < len(arrivals) else begin + year * 2,
            chance.one(persona.names.servers),
        )
        for index, (given, family) in enumerate(combinations)
    )
    return Cast(recurring, passers)


def _kinds(persona: Persona, chance: Chance) -> list[tuple[str, str, Archetype]]:
    """Each recurring name with a handle and a kind: as its line says, else as places are left."""
    places = {kind.name: kind.people for kind in persona.archetypes}
    by_name = {kind.name: kind for kind in persona.archetypes}
    rows: list[tuple[str, str, str]] = []
    for line in persona.names.recurring:
        name, handle, kind = ([part.strip(" ") for part in line.split("|")] + ["", ""])[:3]
        handle = handle or _slug(name)
        if not handle:
            raise ConfigError(f"no handle follows from the name {name!r}", hint="Write one after a bar: Name | handle")
        if kind and kind not in places:
            raise ConfigError(f"{name!r} is said to be a {kind!r}, which is no archetype")
        if kind:
            places[kind] -= 1
        rows.append((name, handle, kind))
    free = chance.shuffled([kind for kind, left in places.items() for _ in range(max(0, left))])
    return [(name, handle, by_name[kind or free.pop()]) for name, handle, kind in rows if kind or free]


def _loves(persona: Persona, chance: Chance) -> frozenset[str]:
    weights = {topic.name: topic.share * topic.pull for topic in persona.topics}
    return frozenset(chance.weighted(weights) for _ in range(chance.whole(1, 2)))


def _stranger(chance: Chance, given: str, family: str) -> tuple[str, str]:
    """A name as shown, often none or short, and a handle."""
    first, last = _slug(given), _slug(family)
    year = chance.whole(70, 99)
    handle = chance.one((f"{first}{last}", f"{first}_{last}", first, f"{first}{last[:1]}", f"{first}{year}"))
    name = chance.one((f"{given} {family}", f"{given} {family}", f"{given} {family}", given, ""))
    return name, handle


def _slug(name: str) -> str:
    """Letters and digits of the Latin alphabet, accents removed."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("ß", "ss").replace("ı", "i").replace("ł", "l"))
    return "".join(letter for letter in plain.lower() if letter.isascii() and (letter.isalnum() or letter == "_"))
