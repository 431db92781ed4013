"""What to keep doing and what to do less, from her own posts against her own usual."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from klout_tui.domain.curation import HerTopics
from klout_tui.domain.digest import line_of
from klout_tui.domain.habits.chance import centred, result, scores, threshold
from klout_tui.domain.habits.effect import Effect, dispersion, effect
from klout_tui.domain.habits.traits import Sort, Trait, thirds, traits
from klout_tui.domain.model import Post, Value
from klout_tui.domain.responses import Response
from klout_tui.domain.timing.clock import DAY, Clock, slot, week
from klout_tui.domain.usual import usual
from klout_tui.domain.wording import counted

SPAN: Final = timedelta(weeks=52)
NEWEST: Final = 2000
"""Posts looked at, at most: the newest of the span."""

TEXTS: Final = 2 * NEWEST
"""Posts needed in full, the newest: some are too young yet, some told by number only."""

GROWN: Final = timedelta(days=7)
"""Every post is judged by its first week, so a younger one is not judged yet."""

LEAST_POSTS: Final = 30
LEAST_PEOPLE: Final = 60
"""Posts, and people they brought, under which nothing is claimed."""

LEAST_WITH: Final = 8
"""Posts with a trait, and without it, under which it is no candidate."""

LEAST_WEEKS: Final = 3
"""Local weeks they must lie in: one good week is no habit."""

MOST_RULES: Final = 8
_SORTS: Final = tuple(Sort)

_SAME: Final = 0.8
"""Share of posts in common from which two traits are one."""


class Judged(Value, frozen=True):
    """A post as it was judged."""

    id: str
    account: str
    at: int
    """Microseconds since 1970, UTC."""
    title: str
    public: bool
    people: int
    """Who came in its first week."""
    usual: float
    """How many usually come, on that account around that time."""

    @property
    def times(self) -> float:
        """How many times its usual it brought."""
        return self.people / self.usual


class Habit(Value, frozen=True):
    """Posts that share something and do better, or worse, than her others."""

    trait: Trait
    effect: Effect
    posts: tuple[Judged, ...]
    """Those that show it most first: the best of a good habit, the worst of a bad one."""

    @property
    def keeps(self) -> bool:
        """Whether to keep doing it."""
        return self.effect.times > 1

    @property
    def sentence(self) -> str:
        """``posts with a question: 1.8 times your usual (1.3 to 2.4), 14 posts``."""
        size = self.effect
        return f"{self.trait.words}: {size.words}, {counted(len(self.posts), 'post')}"


class Level(Value, frozen=True):
    """What her posts bring on one network; networks are never compared, they differ in size."""

    network: str
    posts: int
    median: float
    mean: float


class Habits(Value, frozen=True):
    """Everything found."""

    posts: int
    """Judged."""
    people: int
    untold: int
    """Left out, since their reactions are known by number only."""
    looked_at: int
    """Traits that many posts have and many have not."""
    lacking: str = ""
    """Why nothing is claimed, in words."""
    keep: tuple[Habit, ...] = ()
    less: tuple[Habit, ...] = ()
    """The surest first."""
    levels: tuple[Level, ...] = ()


def habits(
    responses: Sequence[Response],
    posts: Mapping[str, Post],
    now: int,
    zone: ZoneInfo,
    sites: Collection[str] = (),
    topics: HerTopics | None = None,
) -> Habits:
    """What to keep doing, and what to do less.

    Args:
        responses: How her posts of the last ``SPAN`` went over, by time.
        posts: The posts themselves, by id, with her topics; one that is missing is not judged.
        now: Microseconds since 1970, UTC.
        zone: The user's.
        sites: Hosts that are her own.
        topics: How she wants topics; of those she hid nothing is said.
    """
    grown = now - GROWN // timedelta(microseconds=1)
    old = [each for each in responses if each.at <= grown and each.id in posts]
    told = _where_people_are_named(old)[-NEWEST:]
    told.sort(key=lambda each: (each.account, each.at, each.id))  # by account: each is a block to deal among
    judged = _judged(told, posts)
    people = sum(each.people for each in judged)
    lacking = _lacking(len(judged), people)
    levels = _levels(told, judged)
    untold = len(old) - len(_where_people_are_named(old))
    if lacking:
        return Habits(posts=len(judged), people=people, untold=untold, looked_at=0, lacking=lacking, levels=levels)
    hers = topics or HerTopics()
    members = _candidates(told, posts, zone, sites, frozenset(hers.curation.hidden))
    found = [_labelled(habit, hers) for habit in _rules(judged, members)]
    return Habits(
        posts=len(judged),
        people=people,
        untold=untold,
        looked_at=len(members),
        keep=tuple(habit for habit in found if habit.keeps),
        less=tuple(habit for habit in found if not habit.keeps),
        levels=levels,
    )


def _labelled(habit: Habit, topics: HerTopics) -> Habit:
    trait = habit.trait
    if trait.sort is not Sort.TOPIC or not trait.value:
        return habit
    return msgspec.structs.replace(habit, trait=msgspec.structs.replace(trait, label=topics.label(trait.value)))


def _where_people_are_named(responses: Sequence[Response]) -> list[Response]:
    """Those that can be judged: told by name, on an account that names anybody at all."""
    naming = {each.account for each in responses if each.delays or each.undated}
    return [each for each in responses if each.is_told and each.account in naming]


def _judged(responses: Sequence[Response], posts: Mapping[str, Post]) -> list[Judged]:
    span = GROWN // timedelta(microseconds=1)
    counts = [each.within(span) + each.undated for each in responses]
    usuals = usual([each.account for each in responses], counts)
    return [
        Judged(
            id=each.id,
            account=each.account,
            at=each.at,
            title=line_of(posts[each.id]) or each.title,
            public=posts[each.id].public,
            people=count,
            usual=expected,
        )
        for each, count, expected in zip(responses, counts, usuals, strict=True)
    ]


def _candidates(
    responses: Sequence[Response],
    posts: Mapping[str, Post],
    zone: ZoneInfo,
    sites: Collection[str],
    hidden: Collection[str],
) -> dict[Trait, list[int]]:
    """Traits with the places of their posts, topics she hid left out; of two that are the same posts, the plainer."""
    clock = Clock(zone)
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for each in responses:
        texts[each.account].append(posts[each.id].text)
    lengths = {account: thirds(own) for account, own in texts.items()}
    networks = Counter(each.network for each in responses)
    apart = {name for name, count in networks.items() if len(networks) > 1 and count >= 2 * LEAST_WITH}
    found: defaultdict[Trait, list[int]] = defaultdict(list)
    weeks: defaultdict[Trait, set[int]] = defaultdict(set)
    for place, each in enumerate(responses):
        hours = clock.hours(each.at)
        for trait in traits(posts[each.id], slot(hours) % DAY, lengths[each.account], sites):
            if trait.sort is Sort.TOPIC and trait.value in hidden:
                continue
            both = [trait]
            if each.network in apart:
                both.append(Trait(sort=trait.sort, value=trait.value, network=each.network))
            for one in both:
                found[one].append(place)
                weeks[one].add(week(hours))
    told: dict[frozenset[int], Trait] = {}
    for trait in sorted(found, key=lambda each: (each.network, _SORTS.index(each.sort), each.value)):
        own = found[trait]
        if LEAST_WITH <= len(own) <= len(responses) - LEAST_WITH and len(weeks[trait]) >= LEAST_WEEKS:
            told.setdefault(frozenset(own), trait)
    return {trait: found[trait] for trait in told.values()}


def _rules(judged: Sequence[Judged], members: Mapping[Trait, Sequence[int]]) -> list[Habit]:
    """The strongest first; each is allowed for before the next is looked for, so that no rule is another's shadow."""
    blocks = _blocks(judged)
    counts = [float(each.people) for each in judged]
    usuals = [each.usual for each in judged]
    results = centred([result(each.people, each.usual) for each in judged], blocks)
    bar = threshold(results, blocks, list(members.values()))
    phi = dispersion(counts, usuals)
    left = dict(members)
    found: list[Habit] = []
    while left and len(found) < MOST_RULES:
        order = dict(zip(left, scores(results, list(left.values())), strict=True))
        trait = max(order, key=lambda each: abs(order[each]))
        if abs(order[trait]) < bar:
            break
        own = left.pop(trait)
        others = _compared_with(judged, own)
        size = effect(counts, usuals, own, others, phi)
        better = order[trait] > 0
        if not (_stands_alone(results, own, bar, better=better) and (size.low > 1 if better else size.high < 1)):
            continue
        ranked = sorted((judged[place] for place in own), key=lambda each: (each.times, each.at), reverse=better)
        found.append(Habit(trait=trait, effect=size, posts=tuple(ranked)))
        for place in own:
            usuals[place] *= size.times
            results[place] = result(int(counts[place]), usuals[place])
        results = centred(results, blocks)
        left = {other: places for other, places in left.items() if not _alike(own, places)}
    return found


def _stands_alone(results: Sequence[float], own: Sequence[int], bar: float, *, better: bool) -> bool:
    """Whether the rule would stand too, had the one post that speaks for it most gone as usual."""
    loudest = (max if better else min)(own, key=results.__getitem__)
    tamed = list(results)
    tamed[loudest] = 0.0
    score = scores(tamed, [own])[0]
    return (score if better else -score) >= bar


def _compared_with(judged: Sequence[Judged], own: Sequence[int]) -> list[int]:
    """Her other posts on the same accounts."""
    accounts = {judged[place].account for place in own}
    mine = set(own)
    others = [place for place, each in enumerate(judged) if place not in mine and each.account in accounts]
    return others or [place for place in range(len(judged)) if place not in mine]


def _alike(one: Sequence[int], other: Sequence[int]) -> bool:
    common = len(set(one) & set(other))
    return common >= _SAME * min(len(one), len(other)) and common >= _SAME * max(len(one), len(other))


def _blocks(judged: Sequence[Judged]) -> list[range]:
    """The places of each account's posts, which lie together."""
    begins = [place for place, each in enumerate(judged) if place == 0 or each.account != judged[place - 1].account]
    return [range(begin, end) for begin, end in zip(begins, [*begins[1:], len(judged)], strict=True)]


def _levels(responses: Sequence[Response], judged: Sequence[Judged]) -> tuple[Level, ...]:
    counts: defaultdict[str, list[int]] = defaultdict(list)
    for response, each in zip(responses, judged, strict=True):
        counts[response.network].append(each.people)
    found = []
    for network, own in counts.items():
        own.sort()
        middle = (own[(len(own) - 1) // 2] + own[len(own) // 2]) / 2
        found.append(Level(network=network, posts=len(own), median=middle, mean=sum(own) / len(own)))
    return tuple(sorted(found, key=lambda each: (-each.posts, each.network)))


def _lacking(posts: int, people: int) -> str:
    lacks = []
    if posts < LEAST_POSTS:
        lacks.append(f"{posts} posts older than a week, {LEAST_POSTS} are needed")
    if people < LEAST_PEOPLE:
        lacks.append(f"{people} people in their first weeks, {LEAST_PEOPLE} are needed")
    return "; ".join(lacks)
