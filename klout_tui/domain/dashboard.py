"""From facts to the one immutable value the panes draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain.days import Days
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
from klout_tui.domain.plusk import PlusK, plusks
from klout_tui.domain.topics import TopicTable, topic_table

TOPIC_DAYS: Final = 90
"""Days the topics and recent +K look back: Klout's own window."""

FOLLOWER_DAYS: Final = 7
"""Days over which followers gained or lost are told."""


class Facts(Value, frozen=True):
    """All the dashboard is made of, read from the store in one go."""

    accounts: tuple[Account, ...] = ()
    healths: dict[str, Health] = {}
    readings: tuple[Reading, ...] = ()
    posts: tuple[Post, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    totals: tuple[DayTotal, ...] = ()
    thanked: dict[str, datetime] = {}
    paused: frozenset[str] = frozenset()
    last_visit: datetime | None = None
    """When the visit before this one ended."""


class Reach(Value, frozen=True):
    """How far back the facts for a dashboard must go.

    Interactions have no bound: which +K of a chain counts depends on the one counted before it, back to the first.
    """

    posts: datetime
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
    """Against a week ago; None where that was not known yet."""
    follows: int
    """New followers in the last week that the network named."""
    news: int
    """Interactions since the last visit."""


class News(Value, frozen=True):
    """What happened since the last visit."""

    since: datetime | None
    plusks: int
    to_thank: int
    """Recent +K not thanked yet, also those from before the last visit."""
    reactions: int
    follows: int


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

    @property
    def zone(self) -> ZoneInfo:
        """The user's time zone."""
        return ZoneInfo(self.zone_name)


def reach(now: datetime, zone: ZoneInfo, span: int = 365) -> Reach:
    """How far back ``derive`` looks from ``now`` (UTC) when windows of up to ``span`` days are shown."""
    days = Days(zone)
    today = days.of(now)
    return Reach(
        posts=days.start(today - timedelta(days=span)),
        totals=today - timedelta(days=max(2 * span, span + 7 * BAND_WEEKS)),
        readings=today - timedelta(days=span),
    )


def derive(facts: Facts, now: datetime, zone: ZoneInfo, choice: Choice) -> Dashboard:
    """The dashboard as of ``now`` (UTC), in the user's ``zone``. Nothing dated later is looked at."""
    days = Days(zone)
    today = days.of(now)
    posts = {post.id: post for post in facts.posts if post.at <= now}
    acts = [act for act in facts.interactions if not act.own and act.at <= now]
    found = plusks(acts, posts, facts.thanked)
    recent = tuple(plusk for plusk in found if plusk.at >= days.start(today - timedelta(days=TOPIC_DAYS - 1)))
    known = known_since(facts, days)
    return Dashboard(
        now=now,
        today=today,
        zone_name=zone.key,
        choice=choice,
        accounts=tuple(_account_row(account, facts, acts, now, today) for account in facts.accounts),
        topics=topic_table(posts, acts, found, days, today, TOPIC_DAYS),
        plusks=recent,
        engagement=engagement(facts.totals, known, today, choice.span, choice.split),
        weeks=engagement(facts.totals, known, today, choice.span, choice.split, width=7),
        news=_news(facts.last_visit, acts, recent, now),
        posts=posts,
    )


def known_since(facts: Facts, days: Days) -> date | None:
    """The first local day anything is known of: the first post or reaction any account has told."""
    told = [days.of(post.at) for post in facts.posts[:1]] + [row.day for row in facts.totals[:1]]
    return min(told, default=None)


def _account_row(account: Account, facts: Facts, acts: Sequence[Interaction], now: datetime, today: date) -> AccountRow:
    health = facts.healths.get(account.id, Health(account=account.id))
    readings = [reading for reading in facts.readings if reading.account == account.id and reading.day <= today]
    followers = readings[-1].followers if readings else None
    week_ago = today - timedelta(days=FOLLOWER_DAYS)
    before = next((reading.followers for reading in reversed(readings) if reading.day <= week_ago), None)
    mine = [act for act in acts if act.account == account.id]
    since = now - timedelta(days=FOLLOWER_DAYS)
    return AccountRow(
        account=account,
        standing=standing(health, account.id in facts.paused),
        last_ok=health.last_ok,
        next_due=health.next_due,
        fault=health.fault,
        down_since=health.down_since,
        backfilled=health.backfilled,
        followers=followers,
        followers_change=followers - before if followers is not None and before is not None else None,
        follows=sum(act.kind is InteractionKind.FOLLOW and act.at > since for act in mine),
        news=sum(act.at > facts.last_visit for act in mine) if facts.last_visit else 0,
    )


_STANDING_OF_FAULT: Final[Mapping[str, Standing]] = {
    "credential": Standing.TOKEN,
    "rate_limited": Standing.LIMITED,
}


def standing(health: Health, paused: bool) -> Standing:
    """The one word for how an account is doing."""
    if paused:
        return Standing.PAUSED
    if health.fault is not None:
        return _STANDING_OF_FAULT.get(health.fault.kind, Standing.DOWN)
    return Standing.OK if health.last_ok else Standing.NEVER


def _news(since: datetime | None, acts: Sequence[Interaction], recent: Sequence[PlusK], now: datetime) -> News:
    new = [act for act in acts if since is not None and act.at > since]
    return News(
        since=since,
        plusks=sum(since is not None and plusk.at > since for plusk in recent),
        to_thank=sum(plusk.waits(now) for plusk in recent),
        reactions=sum(act.kind is not InteractionKind.FOLLOW for act in new),
        follows=sum(act.kind is InteractionKind.FOLLOW for act in new),
    )
