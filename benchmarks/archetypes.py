"""Ten invented people with their daily numbers, and what a scoring model makes of them: a check against the world.

    python benchmarks/archetypes.py                 # the table of docs/score.md
    python benchmarks/archetypes.py MODEL.toml      # the same under another model

Every one is drawn from a fixed seed, so the table is the same on every machine. ``tests/test_docs_score.py`` recomputes
it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from math import exp
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Final
from zlib import crc32

from klout_tui.domain.model import InteractionKind as K
from klout_tui.domain.score.course import Course
from klout_tui.domain.score.model import Model
from klout_tui.domain.score.walk import Walk
from klout_tui.domain.turnout import UNKNOWN, Block, Deed, Made, Nameless, Turnout
from klout_tui.scoremodels import Models, read_file

LAST: Final = date(2026, 11, 23)
DAYS: Final = 300
"""Days of each one's history."""

SOCIAL: Final = "mastodon:me@social.example"
BLOG: Final = "blog:me.example"
CODE: Final = "github:me"

_NORMAL: Final = NormalDist()

CHATTER: Final = {K.LIKE: 70, K.REPOST: 12, K.REPLY: 16, K.QUOTE: 2}
"""How reactions on a social network are made up, roughly."""


@dataclass(frozen=True)
class Audience:
    """Who may react."""

    people: int
    followers: int | None
    """The median; people's own differ by factors (log-normal). None: the network does not tell."""
    name: str = "p"

    def followers_of(self, number: int) -> int:
        """How many follow one of them."""
        if self.followers is None:
            return UNKNOWN
        share = (crc32(f"{self.name}{number}".encode()) + 0.5) / 2**32
        return int(self.followers * exp(1.5 * _NORMAL.inv_cdf(share)))


@dataclass
class Diary:
    """One invented person's history in the making."""

    random: Random

    def __post_init__(self) -> None:
        self.rows: dict[tuple[int, str], dict[tuple[str, int], dict[tuple[K, bool], int]]] = {}
        self.made: defaultdict[tuple[int, str], int] = defaultdict(int)
        self.nameless: defaultdict[tuple[int, str, K, bool], int] = defaultdict(int)

    def act(self, day: int, account: str, who: str, followers: int, kind: K, *, original: bool = True) -> None:
        """Somebody does something."""
        deeds = self.rows.setdefault((day, account), {}).setdefault((who, followers), {})
        deeds[kind, original] = deeds.get((kind, original), 0) + 1

    def post(self, day: int, account: str, audience: Audience, reactions: int, kinds: dict[K, int]) -> None:
        """She posts, and distinct people of an audience react on that day and the next."""
        self.made[day, account] += 1
        for who in self.random.sample(range(audience.people), min(reactions, audience.people)):
            kind = self.random.choices([*kinds], [*kinds.values()])[0]
            when = day + (self.random.random() < 0.3)
            self.act(when, account, f"{audience.name}{who}", audience.followers_of(who), kind)

    def turnouts(self, last: int) -> Iterator[Turnout]:
        """All of it by month, up to a day."""
        months: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for day, account in {*self.rows, *self.made, *(key[:2] for key in self.nameless)}:
            if day <= last:
                months[f"{date.fromordinal(day):%Y-%m}"].append((day, account))
        for month in sorted(months):
            yield self._turnout(month, sorted(months[month]))

    def _turnout(self, month: str, keys: list[tuple[int, str]]) -> Turnout:
        accounts = sorted({account for _, account in keys})
        place = {account: number for number, account in enumerate(accounts)}
        who = sorted({each for key in keys for each in self.rows.get(key, {})})
        number = {each: n for n, each in enumerate(who)}
        codes: dict[tuple[Deed, ...], int] = {}
        blocks: list[Block] = []
        person: list[int] = []
        deed: list[int] = []
        for key in keys:
            begin = len(person)
            for each, done in sorted(self.rows.get(key, {}).items()):
                deeds = tuple(Deed(kind=k, original=o, count=n) for (k, o), n in sorted(done.items()))
                person.append(number[each])
                deed.append(codes.setdefault(deeds, len(codes)))
            if len(person) > begin:
                blocks.append(Block(day=key[0], account=place[key[1]], begin=begin, end=len(person), estimated=0))
        return Turnout(
            month=month,
            accounts=accounts,
            actors=[name for name, _ in who],
            audience=[followers for _, followers in who],
            deeds=[*codes],
            blocks=blocks,
            person=person,
            deed=deed,
            made=[Made(day=d, account=place[a], count=self.made[d, a]) for d, a in keys if self.made.get((d, a))],
            nameless=[
                Nameless(day=d, account=place[a], kind=k, original=o, count=n, estimated=False)
                for (d, a, k, o), n in sorted(self.nameless.items())
                if (d, a) in keys
            ],
        )


def lurker(diary: Diary, days: range) -> None:
    audience = Audience(12, 90)
    for day in days[3::30]:
        diary.post(day, SOCIAL, audience, diary.random.choice([0, 1, 1, 2]), CHATTER)


def ignored(diary: Diary, days: range) -> None:
    audience = Audience(60, 60)
    for day in days:
        for _ in range(15):
            diary.post(day, SOCIAL, audience, int(diary.random.random() < 0.06), {K.LIKE: 1})


def weekly_blogger(diary: Diary, days: range) -> None:
    audience = Audience(45, None)
    for day in days[2::7]:
        diary.post(day, BLOG, audience, diary.random.choice([1, 2, 3, 4, 5]), {K.COMMENT: 4, K.LINK: 1})


def typical(diary: Diary, days: range) -> None:
    audience = Audience(60, 120)
    for day in days:
        if diary.random.random() < 3 / 7:
            diary.post(day, SOCIAL, audience, diary.random.choice([0, 1, 2, 3, 4, 7]), CHATTER)


def bot_followed(diary: Diary, days: range) -> None:
    typical(diary, days)
    for number in range(5000):
        day = days[-1 - number % 10]
        diary.act(day, SOCIAL, f"bot{number}", number % 5, K.FOLLOW, original=False)
        diary.act(day, SOCIAL, f"bot{number}", number % 5, K.LIKE)


def small_and_loved(diary: Diary, days: range) -> None:
    audience = Audience(25, 250)
    for day in days:
        if diary.random.random() < 4 / 7:
            kinds = {K.LIKE: 30, K.REPLY: 55, K.REPOST: 15}
            diary.post(day, SOCIAL, audience, diary.random.randint(8, 16), kinds)


def developer(diary: Diary, days: range) -> None:
    users, friends = Audience(4000, None, "u"), Audience(120, 200)
    for day in days:
        for _ in range(diary.random.choice([0, 1, 2, 3])):
            diary.act(day, CODE, f"u{diary.random.randrange(users.people)}", UNKNOWN, K.STAR, original=False)
        if diary.random.random() < 0.4:
            diary.act(day, CODE, f"u{diary.random.randrange(300)}", UNKNOWN, K.ISSUE, original=False)
        if diary.random.random() < 3 / 7:
            diary.post(day, SOCIAL, friends, diary.random.choice([1, 2, 4, 8, 15]), CHATTER)
    for day in days[5::20]:
        diary.post(day, CODE, users, 6, {K.LIKE: 5, K.COMMENT: 1})


def viral_hit(diary: Diary, days: range) -> None:
    typical(diary, days)
    diary.post(days[-60], SOCIAL, Audience(100_000, 150, "v"), 350, CHATTER)
    diary.nameless[days[-60], SOCIAL, K.LIKE, True] += 1150


def speaker(diary: Diary, days: range) -> None:
    audience = Audience(2500, 900)
    for day in days:
        diary.post(day, SOCIAL, audience, max(3, int(diary.random.lognormvariate(3.4, 0.7))), CHATTER)
    for day in days[4::7]:
        diary.post(day, BLOG, Audience(600, None, "b"), 12, {K.COMMENT: 2, K.LINK: 1})


def celebrity(diary: Diary, days: range) -> None:
    audience = Audience(400_000, 200)
    for day in days[-150::2]:
        diary.post(day, SOCIAL, audience, 2500, CHATTER)
        diary.nameless[day, SOCIAL, K.LIKE, True] += 60_000


@dataclass(frozen=True)
class Archetype:
    """One invented person."""

    name: str
    numbers: str
    """Her daily numbers in words."""
    live: Callable[[Diary, range], None]


ARCHETYPES: Final = (
    Archetype("Lurker", "a post a month, a like or two", lurker),
    Archetype("Busy but ignored", "15 posts a day, about one like a day among them", ignored),
    Archetype("Weekly blogger", "an article a week, 1 to 5 comments each, nobody's followers known", weekly_blogger),
    Archetype("Typical user", "3 posts a week, 0 to 7 reactions each, of some 60 people", typical),
    Archetype("Bot-followed", "the typical user, and 5,000 bought followers who like, just now", bot_followed),
    Archetype("Small and loved", "4 posts a week, 8 to 16 of the same 25 people answer each", small_and_loved),
    Archetype("One viral hit", "the typical user, and 1,500 reactions to one post two months ago", viral_hit),
    Archetype("Indie developer", "1 or 2 stars a day, an issue every other day, a few posts a week", developer),
    Archetype("Conference speaker", "a post a day, some 35 reactions of 2,500 well-connected people, a blog", speaker),
    Archetype("Celebrity", "a post every other day, 2,500 named and 60,000 unnamed reactions each", celebrity),
)


def course(archetype: Archetype, model: Model) -> Course:
    """An invented person's history under a model."""
    last = LAST.toordinal()
    diary = Diary(Random(20_261_123))  # the same for all, so that those who build on the typical user begin alike
    archetype.live(diary, range(last - DAYS + 1, last + 1))
    return Walk(model).through(diary.turnouts(last), last)


Row = tuple[str, str, float, float, float, float]


def table(model: Model) -> list[Row]:
    """Name, numbers, people, acts per post, impact and score of each."""
    rows = []
    for archetype in ARCHETYPES:
        told = course(archetype, model)
        factors = told.gauge.factors(told.tallies(told.last))
        score = told.score(told.last)
        assert score is not None
        rows.append((archetype.name, archetype.numbers, *factors, score))
    return rows


def markdown(rows: list[Row]) -> str:
    """The table as docs/score.md shows it."""
    head = [
        "| who | in numbers | True Reach | Amplification | Network Impact | score |",
        f"|---|---|{'---:|' * 4}",
    ]
    lines = [
        f"| {name} | {numbers} | {reach:,.1f} | {returned:.1f} | {impact:,.1f} | **{score:.1f}** |"
        for name, numbers, reach, returned, impact, score in rows
    ]
    return "\n".join([*head, *lines])


if __name__ == "__main__":
    print(markdown(table(read_file(Path(sys.argv[1])) if sys.argv[1:] else Models(None).get("model-1"))))
