"""From facts to the one immutable value the panes draw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain.asof import health_as_of, linked_as_of, post_as_of
from klout_tui.domain.days import Days
from klout_tui.domain.details import reactions_of
from klout_tui.domain.engagement import BAND_WEEKS, Engagement, Split, engagement
from klout_tui.domain.model import (
    Account,
    DayTotal,
    Fault,
    Health,
    Interaction,
    InteractionKind,
    Post,
    Reading,
    Value,
)
from klout_tui.domain.news import News, Seen, missed, news
from klout_tui.domain.plusk import PlusK, plusks
from klout_tui.domain.topics import TopicTable, topic_table

TOPIC_DAYS: Final = 90
"""Days the topics and recent +K look back: Klout's own window."""

FOLLOWER_DAYS: Final = 7
"""Days over which followers gained or lost are told."""

FOLLOWER_SLACK: Final = 3
"""Days by which the earlier count may be older; with nothing read in so long, no change over a week can be told."""


class Facts(Value, frozen=True):
    """All the dashboard is made of, read from the store in one go."""

    accounts: tuple[Account, ...] = ()
    """The linked ones; where ``past``, also those unlinked since."""
    healths: dict[str, Health] = {}
    readings: tuple[Reading, ...] = ()
    posts: tuple[Post, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    totals: tuple[DayTotal, ...] = ()
    thanked: dict[str, datetime] = {}
    paused: frozenset[str] = frozenset()
    last_visit: datetime | None = None
    """When the visit before this one ended; None before the first."""
    seen: dict[str, datetime] = {}
    """By account, when it had last been read as that visit ended; what is missing goes by ``last_visit``."""
    past: bool = False
    """Whether an earlier moment is looked at, which the healths say nothing of."""


class Reach(Value, frozen=True):
    """How far back the facts for a dashboard must go.

    Interactions have no bound: which +K of a chain counts depends on the one counted before it, back to the first. Nor
    have posts: people react to old ones, and what they are about lies in the post.
    """

    totals: date
    readings: date


class Choice(Value, frozen=True):
    """What the user chose to look at."""

    span: int = 30
    split: Split = Split.KIND


class Standing(StrEnum):
    """How an account is doing, in the words the screens use."""

    OK = "ok"
    NEVER = "never refreshed"
    TOKEN = "needs a token"
    LIMITED = "rate limited"
    DOWN = "down"
    PAUSED = "paused"
    PAST = "as it was"


class AccountRow(Value, frozen=True):
    """One linked account."""

    account: Account
    standing: Standing
    last_ok: datetime | None
    next_due: datetime | None
    fault: Fault | None
    down_since: datetime | None
    backfilled: bool
    followers: int | None
    followers_change: int | None
    """Against a week ago; None where it was not read then, or not since."""
    follows: int
    """New followers in the last week that the network named."""
    news: int
    """Reactions and follows that were not known yet when the last visit ended."""


class Dashboard(Value, frozen=True):
    """Everything on the first screen."""

    now: datetime
    today: date
    zone_name: str
    choice: Choice
    accounts: tuple[AccountRow, ...]
    topics: TopicTable
    plusks: tuple[PlusK, ...]
    engagement: Engagement
    """A bar a day."""
    weeks: Engagement
    """The same window with a bar for seven days, for where days do not fit."""
    news: News
    posts: dict[str, Post]
    """Known posts by id, so that a row can say what it is about."""
    brought: dict[str, dict[InteractionKind, int]]
    """What each of ``posts`` brought, by its id: ``details.reactions_of``."""

    @property
    def zone(self) -> ZoneInfo:
        """The user's time zone."""
        return ZoneInfo(self.zone_name)


def reach(now: datetime, zone: ZoneInfo, span: int = 365) -> Reach:
    """How far back ``derive`` looks from ``now`` (UTC) when windows of up to ``span`` days are shown."""
    today = Days(zone).of(now)
    return Reach(
        totals=today - timedelta(days=max(2 * span, span + 7 * BAND_WEEKS)),
        readings=today - timedelta(days=max(span, FOLLOWER_DAYS + FOLLOWER_SLACK)),
    )


def derive(facts: Facts, now: datetime, zone: ZoneInfo, choice: Choice) -> Dashboard:
    """The dashboard as of ``now`` (UTC), in the user's ``zone``. Nothing dated later is looked at."""
    days = Days(zone)
    today = days.of(now)
    posts = {post.id: post_as_of(post, now) for post in facts.posts if post.at <= now}
    acts = [act for act in facts.interactions if not act.own and act.at <= now]
    found = plusks(acts, posts, facts.thanked)
    recent = tuple(plusk for plusk in found if plusk.at >= days.start(today - timedelta(days=TOPIC_DAYS - 1)))
    known = known_since(facts, days)
    seen = Seen(visit=facts.last_visit, accounts=facts.seen).as_of(now)
    new = missed(seen, acts, posts.values())
    accounts = linked_as_of(facts.accounts, now) if facts.past else facts.accounts
    return Dashboard(
        now=now,
        today=today,
        zone_name=zone.key,
        choice=choice,
        accounts=tuple(_account_row(account, facts, acts, new[account.id].total(), now, today) for account in accounts),
        topics=topic_table(posts, acts, found, days, today, TOPIC_DAYS),
        plusks=recent,
        engagement=engagement(facts.totals, known, today, choice.span, choice.split),
        weeks=engagement(facts.totals, known, today, choice.span, choice.split, width=7),
        news=news(seen, new, recent, now),
        posts=posts,
        brought=_brought(posts, acts),
    )


def known_since(facts: Facts, days: Days) -> date | None:
    """The first local day anything is known of: the first post or reaction any account has told."""
    posted = min((post.at for post in facts.posts), default=None)
    told = [row.day for row in facts.totals] + ([days.of(posted)] if posted else [])
    return min(told, default=None)


def _brought(posts: Mapping[str, Post], acts: Sequence[Interaction]) -> dict[str, dict[InteractionKind, int]]:
    on: defaultdict[str, list[Interaction]] = defaultdict(list)
    for act in acts:
        if act.post is not None:
            on[act.post].append(act)
    return {key: reactions_of(post, on.get(key, ())) for key, post in posts.items()}


def _account_row(
    account: Account, facts: Facts, acts: Sequence[Interaction], news: int, now: datetime, today: date
) -> AccountRow:
    health = facts.healths.get(account.id, Health(account=account.id))
    health = health_as_of(health) if facts.past else health
    readings = [reading for reading in facts.readings if reading.account == account.id and reading.day <= today]
    since = now - timedelta(days=FOLLOWER_DAYS)
    return AccountRow(
        account=account,
        standing=standing(health, account.id in facts.paused, past=facts.past),
        last_ok=health.last_ok,
        next_due=health.next_due,
        fault=health.fault,
        down_since=health.down_since,
        backfilled=health.backfilled,
        followers=readings[-1].followers if readings else None,
        followers_change=_followers_change(readings, today - timedelta(days=FOLLOWER_DAYS)),
        follows=sum(act.kind is InteractionKind.FOLLOW and act.at > since for act in acts if act.account == account.id),
        news=news,
    )


def _followers_change(readings: Sequence[Reading], week_ago: date) -> int | None:
    """Followers gained or lost since about ``week_ago``, where they were read both then and later."""
    if not readings or readings[-1].followers is None or readings[-1].day <= week_ago:
        return None
    then = (
        reading.followers
        for reading in reversed(readings)
        if reading.followers is not None and timedelta(0) <= week_ago - reading.day <= timedelta(days=FOLLOWER_SLACK)
    )
    before = next(then, None)
    return None if before is None else readings[-1].followers - before


_STANDING_OF_FAULT: Final[Mapping[str, Standing]] = {
    "credential": Standing.TOKEN,
    "rate_limited": Standing.LIMITED,
}


def standing(health: Health, paused: bool, *, past: bool = False) -> Standing:
    """The one word for how an account is doing; ``past``: at an earlier moment, whatever it does now."""
    if past:
        return Standing.PAST
    if paused:
        return Standing.PAUSED
    if health.fault is not None:
        return _STANDING_OF_FAULT.get(health.fault.kind, Standing.DOWN)
    return Standing.OK if health.last_ok else Standing.NEVER
