"""From facts to the one immutable value the panes draw."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain.asof import account_as_of, health_as_of, linked_as_of
from klout_tui.domain.coverage import Source, sources
from klout_tui.domain.curation import Curation, HerTopics
from klout_tui.domain.days import Days
from klout_tui.domain.digest import Digest, ticks
from klout_tui.domain.engagement import BAND_WEEKS, Engagement, Split, chart_of, tally
from klout_tui.domain.grouping import Group, newest_in_rows
from klout_tui.domain.model import Account, DayTotal, Fault, Health, InteractionKind, Reading, Value
from klout_tui.domain.news import News, Seen, missed, news
from klout_tui.domain.notes import Note
from klout_tui.domain.plusk import THANK_WITHIN, Chains, Given, PlusK, counted
from klout_tui.domain.rules import USUAL, Rules
from klout_tui.domain.topicdays import topic_days
from klout_tui.domain.topics import TopicTable, topic_table

TOPIC_DAYS: Final = 90
"""Days the topics and recent +K look back: Klout's own window."""

PLUSKS: Final = 500
"""+K shown at once; the counts are of all."""

FOLLOWER_DAYS: Final = 7
"""Days over which followers gained or lost are told."""

FOLLOWER_SLACK: Final = 3
"""Days by which the earlier count may be older; with nothing read in so long, no change over a week can be told."""


class Facts(Value, frozen=True):
    """All the dashboard is made of, read from the store in one go."""

    accounts: tuple[Account, ...] = ()
    """The linked ones; where ``past``, also those unlinked since."""
    unlinked: tuple[Account, ...] = ()
    """Those unlinked since; empty where ``past``."""
    healths: dict[str, Health] = {}
    readings: tuple[Reading, ...] = ()
    history: tuple[Digest, ...] = ()
    """The months from ``Reach.history`` on, oldest first, topics as she wants them."""
    topics: HerTopics = HerTopics()
    """By which they were rewritten."""
    chains: Chains = {}
    """Which +K counted last before ``counted_since`` by these rules: ``plusk.chains_before``."""
    counted_since: int = 0
    """Microseconds since 1970, UTC."""
    rules: Rules = USUAL
    """What earns a +K."""
    known_topics: frozenset[str] = frozenset()
    """Every topic her posts carry, where ``plusk.asks_known`` of the history."""
    totals: tuple[DayTotal, ...] = ()
    charted: tuple[Digest, ...] = ()
    """The months the chart's window lies in, where its parts are topics."""
    networks: tuple[str, ...] = ()
    """Every network there are day totals of, whenever."""
    known_since: date | None = None
    """The first local day anything is known of: the first post or reaction any account has told."""
    thanked: dict[str, datetime] = {}
    notes: tuple[Note, ...] = ()
    """By day."""
    paused: frozenset[str] = frozenset()
    last_visit: datetime | None = None
    """When the visit before this one ended; None before the first."""
    seen: dict[str, datetime] = {}
    """By account, when it had last been read as that visit ended; what is missing goes by ``last_visit``."""
    past: bool = False
    """Whether an earlier moment is looked at, which the healths say nothing of."""


class Reach(Value, frozen=True):
    """How far back the facts for a dashboard must go."""

    history: date
    totals: date
    readings: date


class Choice(Value, frozen=True):
    """What the user chose to look at."""

    span: int = 30
    split: Split = Split.KIND
    back: int = 0
    """Days before today that the window ends."""

    def window(self, today: date) -> tuple[date, date]:
        """The first and the last local day looked at."""
        last = today - timedelta(days=self.back)
        return last - timedelta(days=self.span - 1), last


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
    """The newest of the last 90 days, at most ``PLUSKS``."""
    plusk_count: int
    """How many there were in those days."""
    groups: tuple[Group, ...]
    """The same newest in rows, each whole."""
    engagement: Engagement
    """A bar a day."""
    weeks: Engagement
    """The same window with a bar for seven days, for where days do not fit."""
    news: News
    curation: Curation = Curation()
    """What she decided about topics."""
    labels: dict[str, str] = {}
    """How to write topics that are not written as they are spelt."""
    known_since: date | None = None
    """The first local day anything is known of."""
    notes: tuple[Note, ...] = ()
    """Hers, by day, none later than ``today``."""
    past: bool = False
    """Whether an earlier moment is shown, which nothing can be done to."""

    def label(self, topic: str) -> str:
        """How to write a topic for people."""
        return self.labels.get(topic, topic)

    @property
    def zone(self) -> ZoneInfo:
        """The user's time zone."""
        return ZoneInfo(self.zone_name)


def reach(now: datetime, zone: ZoneInfo, span: int = 365, back: int = 0) -> Reach:
    """How far back ``derive`` looks from ``now`` (UTC) when windows of up to ``span`` days end ``back`` days ago."""
    today = Days(zone).of(now)
    return Reach(
        history=today - timedelta(days=TOPIC_DAYS - 1),
        totals=today - timedelta(days=back + max(2 * span, span + 7 * BAND_WEEKS)),
        readings=today - timedelta(days=max(back + 2 * span, FOLLOWER_DAYS + FOLLOWER_SLACK)),
    )


def derive(facts: Facts, now: datetime, zone: ZoneInfo, choice: Choice) -> Dashboard:
    """The dashboard as of ``now`` (UTC), in the user's ``zone``. Nothing dated later is looked at."""
    days = Days(zone)
    today = days.of(now)
    first, last = choice.window(today)
    history = [digest.visible(ticks(now)) for digest in facts.history]
    given = counted(history, lambda: facts.known_topics, facts.chains, facts.counted_since, facts.rules)
    begin = ticks(days.start(today - timedelta(days=TOPIC_DAYS - 1)))
    recent = [each for each in given if each.at >= begin]
    plusks, rows = newest_in_rows(recent, facts.thanked, PLUSKS)
    seen = Seen(visit=facts.last_visit, accounts=facts.seen).as_of(now)
    new = missed(seen, history)
    follows = _follows(history, ticks(now - timedelta(days=FOLLOWER_DAYS)))
    accounts = linked_as_of(facts.accounts, now) if facts.past else facts.accounts
    topics = topic_table(history, recent, days, today, TOPIC_DAYS, pinned=facts.topics.curation.pinned)
    charted = (digest.visible(ticks(now)) for digest in facts.charted)
    by_topic = topic_days(charted, days, first, last) if choice.split is Split.TOPIC else None
    named = {row.topic for row in topics.rows}.union(by_topic or (), *(plusk.topics + plusk.hidden for plusk in plusks))
    tallied = tally(facts.totals, last, choice.span, choice.split)
    known = _known(facts, tallied.acted, days, first - timedelta(days=choice.span), last, now)
    since = min([facts.known_since, *(source.first for source in known)]) if facts.known_since else None
    readings: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in facts.readings:
        if reading.day <= today:
            readings[reading.account].append(reading)

    def chart(width: int) -> Engagement:
        return chart_of(tallied, since, facts.networks, width, by_topic, known)

    return Dashboard(
        now=now,
        today=today,
        zone_name=zone.key,
        choice=choice,
        accounts=tuple(
            _account_row(account, facts, readings[account.id], follows[account.id], new[account.id].total(), today)
            for account in accounts
        ),
        topics=topics,
        plusks=plusks,
        plusk_count=len(recent),
        groups=rows,
        engagement=chart(width=1),
        weeks=chart(width=7),
        news=news(seen, new, recent, _to_thank(recent, facts.thanked, now)),
        curation=facts.topics.curation,
        labels=facts.topics.labels(named.union(facts.topics.curation.labels)),
        known_since=since,
        notes=tuple(note for note in facts.notes if note.day <= today),
        past=facts.past,
    )


def _follows(history: Iterable[Digest], since: int) -> Counter[str]:
    """New followers that the network named, by account."""
    found: Counter[str] = Counter()
    for digest in history:
        if InteractionKind.FOLLOW in digest.kinds:
            follow = digest.kinds.index(InteractionKind.FOLLOW)
            rows = range(bisect_right(digest.at, since), len(digest))
            found.update(digest.accounts[digest.account[row]] for row in rows if digest.kind[row] == follow)
    return found


def _to_thank(recent: Sequence[Given], thanked: Mapping[str, datetime], now: datetime) -> int:
    """Recent +K, given by time, that wait for a thank-you."""
    young = recent[bisect_left(recent, ticks(now - THANK_WITHIN), key=attrgetter("at")) :]
    return len(young) - sum(each.digest.id_of(each.row) in thanked for each in young if thanked)


def _known(
    facts: Facts, acted: Mapping[str, Collection[date]], days: Days, first: date, last: date, now: datetime
) -> tuple[Source, ...]:
    """Of which days of two windows each account there ever was is known."""
    ever = [account_as_of(account, now) for account in (*facts.accounts, *facts.unlinked)]
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    inside = (reading for reading in facts.readings if first <= reading.day <= last)
    return sources(ever, facts.healths, acted, inside, days, span, now)


def _account_row(
    account: Account, facts: Facts, readings: Sequence[Reading], follows: int, news: int, today: date
) -> AccountRow:
    health = facts.healths.get(account.id, Health(account=account.id))
    health = health_as_of(health) if facts.past else health
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
        follows=follows,
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
