"""Invented lives to try the diagnosis on: people with heavy-tailed activity, posts with topics, networks, links, texts.

It knows nothing of how the diagnosis works. Reactions to a post fade over days; a day's reactions are negative binomial
around what that day lets expect, with a set variance over mean; whoever reacts is drawn from a few who do much and many
who do little.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from klout_tui.domain.diagnosis import Evidence
from klout_tui.domain.digest import digests
from klout_tui.domain.model import Account, Actor, DayTotal, Health, Interaction, InteractionKind, Post, PostKind

ZONE: Final = ZoneInfo("UTC")
NOW: Final = datetime(2026, 11, 26, 9, tzinfo=UTC)
SPAN: Final = 30
NETWORKS: Final = {"mastodon": 0.6, "bluesky": 0.4}
TOPICS: Final = {"python": 0.35, "garden": 0.25, "writing": 0.25, "indie": 0.15}
WEEKDAYS: Final = (1.15, 1.2, 1.15, 1.1, 1.0, 0.65, 0.75)
FADES: Final = (0.72, 0.17, 0.07, 0.04)
"""Share of a post's reactions on its day and the days after."""
KINDS: Final = (InteractionKind.LIKE,) * 15 + (InteractionKind.REPOST,) * 3 + (InteractionKind.REPLY,) * 2
BEGINNINGS: Final = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v")
ENDS: Final = ("alo", "emi", "iru", "oda", "uke", "anto", "elis", "orin", "usta", "yvo", "aben", "imar", "olde", "urne")
WORDS: Final = tuple(beginning + end for beginning in BEGINNINGS for end in ENDS)


class Planted(StrEnum):
    """What was made to change a month ago."""

    NOTHING = "nothing"
    HALVED = "posting halved"
    PROMOTION = "promotion 10 % to 45 %"
    REPEATS = "near-duplicates 3 % to 50 %"
    DEAD = "one network dead"
    LOST = "audience lost 40 %"
    GIVEAWAY = "give-away, ×3 for ten days"


@dataclass(frozen=True)
class Life:
    """How somebody lives."""

    posts: float = 5.0
    """A week."""
    reactions: float = 100.0
    """A week."""
    spread: float = 1.0
    """Variance over mean of a day's reactions, around what that day lets expect."""
    people: int = 300
    """On each network."""
    luck: float = 0.25
    """How much better and worse posts differ (sigma of a log-normal)."""
    free: bool = False
    """Whether the number of posts a week, and of adverts among them, is left to chance and not kept to."""
    advert_pull: float = 0.35
    """What a post that links to her own site brings, against another."""
    repeat_pull: float = 0.4
    planted: Planted = Planted.NOTHING


@dataclass
class Written:
    """A post and what it can be expected to bring."""

    post: Post
    day: int
    pull: float
    network: str
    sort: str = ""
    """``advert`` or ``repeat``."""
    done: set[tuple[str, InteractionKind]] = field(default_factory=set)


Crowd = dict[str, tuple[list[str], list[float]]]
"""By network, people and how busy they are, added up."""


class Chance(random.Random):
    """Randomness with the counts that the standard library lacks."""

    def poisson(self, mean: float) -> int:
        """A Poisson count; by its normal limit where that is good enough."""
        if mean > 60:
            return max(0, round(self.gauss(mean, math.sqrt(mean))))
        limit, product, count = math.exp(-mean), self.random(), 0
        while product > limit:
            product *= self.random()
            count += 1
        return count

    def due(self, what: str, share: float, free: bool) -> bool:
        """Whether it is the turn of something that makes up a share: in turn, or with ``free`` left to chance."""
        if free:
            return self.random() < share
        owed: dict[str, float] = self.__dict__.setdefault("owed", {})
        owed[what] = owed.get(what, self.random()) + share
        if owed[what] < 1:
            return False
        owed[what] -= 1
        return True

    def bursty(self, mean: float, spread: float) -> int:
        """A negative binomial count with this variance over mean."""
        if mean <= 0:
            return 0
        return self.poisson(self.gammavariate(mean / (spread - 1), spread - 1) if spread > 1 else mean)


class Lived(NamedTuple):
    """The last four months of somebody's life."""

    chance: Chance
    first: date
    length: int
    written: list[Written]
    crowd: Crowd
    lost: set[str]
    """Who was lost a month ago, where that is planted."""
    acts: list[Interaction]


def live(life: Life, seed: int, now: datetime = NOW) -> Lived:
    """Four months; what is planted begins ``SPAN`` days before the last ripe day."""
    chance = Chance(seed)
    last = (now - timedelta(days=2)).date()
    length = 4 * SPAN + 1
    first = last - timedelta(days=length - 1)
    written = _write(life, chance, first, length)
    crowd = _crowd(life, chance)
    lost = {key for each in crowd.values() for key in each[0] if chance.random() < 0.4}
    acts = _react(life, chance, written, crowd, lost, first, length)
    return Lived(chance, first, length, written, crowd, lost, acts)


def lived(life: Life, seed: int, *, weeks: int = 26, now: datetime = NOW) -> Evidence:
    """Everything a diagnosis is made from."""
    chance, first, _, written, _, _, acts = live(life, seed, now)
    posts = [each.post for each in written]
    totals = Counter((act.account, act.at.date(), act.kind) for act in acts)
    rows = [
        DayTotal(account=account, day=day, kind=kind, named=count)
        for (account, day, kind), count in sorted(totals.items())
    ]
    old = _thin(replace(life, planted=Planted.NOTHING), chance, first, 7 * weeks)
    long_ago = [
        DayTotal(account="mastodon:ada", day=day, kind=InteractionKind.LIKE, named=count)
        for day, count in old.counts.items()
        if count
    ]
    return Evidence(
        accounts=accounts(now),
        healths={each.id: Health(account=each.id, last_ok=now) for each in accounts(now)},
        history=digests(acts, posts),
        posts=(*old.posts, *posts),
        totals=(*long_ago, *rows),
    )


def realised(life: Life, seed: int) -> dict[Planted, float]:
    """What truly changed from the one month to the other: logarithms of factors that add up to the whole change.

    ``Planted.NOTHING`` stands for luck: better or worse posts, and whether people happened to come.
    """
    made = live(life, seed)
    begins = made.length - SPAN
    months = (begins - SPAN, begins), (begins, made.length)
    days = {each.post.id: each.day for each in made.written}
    sums: list[dict[Planted, float]] = []
    for first, last in months:
        mine = [each for each in made.written if first <= each.day < last]
        acts = sum(first <= days[act.post or ""] < last for act in made.acts if first <= _number(act, made) < last)
        if not mine or not acts:
            return {}
        late = first == begins
        adverts, repeats = (sum(each.sort == sort for each in mine) / len(mine) for sort in ("advert", "repeat"))
        with_adverts = 1 - adverts * (1 - life.advert_pull)
        now = {
            Planted.HALVED: float(len(mine)),
            Planted.PROMOTION: with_adverts,
            Planted.REPEATS: 1 - repeats * (1 - life.repeat_pull) / with_adverts,
            Planted.DEAD: _left(life, made, mine, Planted.DEAD) if late else 1.0,
            Planted.LOST: _left(life, made, mine, Planted.LOST) if late else 1.0,
            Planted.GIVEAWAY: _times(life, mine, begins) if late else 1.0,
        }
        now[Planted.NOTHING] = acts / math.prod(now.values())
        sums.append(now)
    return {cause: math.log(max(1e-3, sums[1][cause]) / sums[0][cause]) for cause in sums[0]}


def _number(act: Interaction, made: Lived) -> int:
    return (act.at.date() - made.first).days


def _left(life: Life, made: Lived, mine: Sequence[Written], planted: Planted) -> float:
    """What a loss of people leaves of what some posts would have brought."""
    if life.planted is not planted:
        return 1.0
    total = sum(each.pull for each in mine)
    if planted is Planted.DEAD:
        return sum(each.pull for each in mine if each.network != "bluesky") / total
    shares = {}
    for network, (keys, sums) in made.crowd.items():
        weights = [sum_ - before for sum_, before in zip(sums, [0.0, *sums], strict=False)]
        shares[network] = sum(w for key, w in zip(keys, weights, strict=True) if key not in made.lost) / sums[-1]
    return sum(each.pull * shares[each.network] for each in mine) / total


def _times(life: Life, mine: Sequence[Written], begins: int) -> float:
    """How many times as much a give-away made some posts bring."""
    if life.planted is not Planted.GIVEAWAY:
        return 1.0
    plain = given = 0.0
    for each in mine:
        for later, share in enumerate(FADES):
            plain += each.pull * share
            given += each.pull * share * (3 if begins + 8 <= each.day + later < begins + 18 else 1)
    return given / plain


def accounts(now: datetime = NOW) -> tuple[Account, ...]:
    """Two networks and a site of her own."""
    linked = now - timedelta(days=900)
    places = {"mastodon": "https://social.example", "bluesky": "https://bsky.example", "blog": "https://ada.example"}
    return tuple(
        Account(id=f"{name}:ada", network=name, handle="ada", base_url=place, url=f"{place}/", linked_at=linked)
        for name, place in places.items()
    )


class Diary(NamedTuple):
    """A long quiet life in numbers."""

    counts: dict[date, int]
    """Reactions a day."""
    posts: tuple[Post, ...]
    """In order of time."""
    brought: Counter[tuple[str, date]]
    """Reactions by post and day."""


def diary(life: Life, seed: int, days: int, first: date) -> Diary:
    """Numbers only, for long quiet years: posts on some days, luck, fading, weekdays, bursts."""
    return _thin(life, Chance(seed), first + timedelta(days=days), days)


def _thin(life: Life, chance: Chance, until: date, length: int) -> Diary:
    first = until - timedelta(days=length)
    lively: list[list[tuple[str, float]]] = [[] for _ in range(length)]
    posts = []
    base = life.reactions / life.posts if life.posts else 0.0
    mix = 0.9 + 0.1 * life.advert_pull
    for number, day in enumerate(_posting_days(life, chance, length, life.posts)):
        pull = base * chance.lognormvariate(-(life.luck**2) / 2, life.luck) / mix
        pull *= life.advert_pull if chance.random() < 0.1 else 1.0
        at = datetime.combine(first + timedelta(days=day), time(8), UTC) + timedelta(seconds=number % 3600)
        posts.append(Post(id=f"old {number}", account="mastodon:ada", kind=PostKind.STATUS, at=at))
        for later, share in enumerate(FADES):
            if day + later < length:
                lively[day + later].append((posts[-1].id, pull * share))
    counts: Counter[date] = Counter()
    brought: Counter[tuple[str, date]] = Counter()
    for day, means in enumerate(lively):
        when = first + timedelta(days=day)
        count = chance.bursty(sum(mean for _, mean in means) * WEEKDAYS[when.weekday()], life.spread)
        counts[when] = count
        if count:
            ids, weights = zip(*means, strict=True)
            for post in chance.choices(ids, weights, k=count):
                brought[post, when] += 1
    return Diary(dict(counts), tuple(posts), brought)


def _posting_days(life: Life, chance: Chance, length: int, a_week: float) -> list[int]:
    days: list[int] = []
    owed = chance.random()
    for week in range(-(-length // 7)):
        owed += a_week
        number = chance.poisson(a_week) if life.free else int(owed)
        owed -= int(owed)
        days += (7 * week + chance.randrange(7) for _ in range(number))
    return sorted(day for day in days if day < length)


def _write(life: Life, chance: Chance, first: date, length: int) -> list[Written]:
    begins = length - SPAN
    days = _posting_days(life, chance, begins, life.posts)
    after = life.posts / 2 if life.planted is Planted.HALVED else life.posts
    days += [begins + day for day in _posting_days(life, chance, SPAN, after)]
    written: list[Written] = []
    mix = 0.9 + 0.1 * life.advert_pull
    base = life.reactions / life.posts / mix
    for number, day in enumerate(days):
        since = day >= begins
        network = chance.choices(list(NETWORKS), list(NETWORKS.values()))[0]
        topic = chance.choices(list(TOPICS), list(TOPICS.values()))[0]
        pull = base * chance.lognormvariate(-(life.luck**2) / 2, life.luck)
        text = " ".join(chance.choices(WORDS, k=chance.randrange(9, 26)))
        sort = ""
        earlier = [each for each in written if each.network == network and day - each.day < 21]
        if earlier and chance.due("repeat", 0.5 if since and life.planted is Planted.REPEATS else 0.03, life.free):
            words = chance.choice(earlier).post.text.split()
            words[chance.randrange(len(words))] = chance.choice(WORDS)
            text, pull, sort = " ".join(words), pull * life.repeat_pull, "repeat"
        elif chance.due("advert", 0.45 if since and life.planted is Planted.PROMOTION else 0.1, life.free):
            text, pull, sort = f"{text} https://ada.example/shop/{number}", pull * life.advert_pull, "advert"
        at = datetime.combine(first + timedelta(days=day), time(8), UTC) + timedelta(minutes=chance.randrange(600))
        place = f"https://{network}.example/ada/{number}"
        post = Post(
            id=place, account=f"{network}:ada", kind=PostKind.STATUS, at=at, url=place, text=text, topics=(topic,)
        )
        written.append(Written(post, day, pull, network, sort))
    return written


def _crowd(life: Life, chance: Chance) -> Crowd:
    crowd: Crowd = {}
    for network in NETWORKS:
        total, sums = 0.0, []
        for _ in range(life.people):
            total += min(40.0, chance.paretovariate(1.3))
            sums.append(total)
        crowd[network] = [f"https://{network}.example/people/{number}" for number in range(life.people)], sums
    return crowd


def _react(
    life: Life,
    chance: Chance,
    written: Sequence[Written],
    crowd: Crowd,
    lost: set[str],
    first: date,
    length: int,
) -> list[Interaction]:
    begins = length - SPAN
    acts: list[Interaction] = []
    for day in range(length):
        when = first + timedelta(days=day)
        lively = [each for each in written if 0 <= day - each.day < len(FADES)]
        means = [each.pull * FADES[day - each.day] * WEEKDAYS[when.weekday()] for each in lively]
        if life.planted is Planted.GIVEAWAY and begins + 8 <= day < begins + 18:
            means = [3 * mean for mean in means]
        total = sum(means)
        if not total:
            continue
        luck = chance.gammavariate(total / (life.spread - 1), life.spread - 1) / total if life.spread > 1 else 1.0
        for each, mean in zip(lively, means, strict=True):
            for _ in range(chance.poisson(mean * luck)):
                act = _act(chance, each, crowd[each.network], when)
                if act is not None and not (day >= begins and _gone(life, act, each, lost)):
                    acts.append(act)
    return acts


def _gone(life: Life, act: Interaction, on: Written, lost: set[str]) -> bool:
    """Whether it never happened, since whoever would have done it is there no more."""
    if life.planted is Planted.DEAD:
        return on.network == "bluesky"
    return life.planted is Planted.LOST and act.actor.key in lost


def _act(chance: Chance, on: Written, crowd: tuple[list[str], list[float]], day: date) -> Interaction | None:
    kind = chance.choice(KINDS)
    for _ in range(20):
        key = chance.choices(crowd[0], cum_weights=crowd[1])[0]
        if kind is InteractionKind.REPLY or (key, kind) not in on.done:
            break
    else:
        return None
    on.done.add((key, kind))
    midnight = datetime.combine(day, time(0), UTC)
    earliest = max(midnight, on.post.at)
    at = earliest + (midnight + timedelta(days=1) - earliest) * chance.random()
    unique = f"{key}/{kind}/{on.post.id}" + (f"/{chance.getrandbits(40)}" if kind is InteractionKind.REPLY else "")
    return Interaction(
        id=unique,
        account=on.post.account,
        kind=kind,
        actor=Actor(key=key, handle=key.rpartition("/")[2]),
        at=at,
        post=on.post.id,
    )
