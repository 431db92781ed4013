"""The tables of ``klout-tui show``: which columns each noun has, and how values read in them.

Times are local, to the minute; ``~`` marks an estimated one, ``–`` what is unknown. How numbers, shares and standings
read is the screens' own wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from klout_tui.domain import wording
from klout_tui.domain.dashboard import Standing, standing
from klout_tui.domain.gratitude import WORDS, number_of, way_of
from klout_tui.domain.letters import Letter
from klout_tui.domain.model import Account, Actor, DayTotal, Fault, Health, Interaction, Post, Reading, network_of
from klout_tui.domain.notes import Note
from klout_tui.domain.plusk import PlusK
from klout_tui.domain.tags import HasTopics, canonical_topics, guessed_of, topics_of
from klout_tui.domain.topics import TopicRow
from klout_tui.output.table import Column

WITHHELD: Final = "(private)"
_TREND: Final = 12
"""Weeks of a topic's trend."""

Table = tuple[Sequence[Column], Sequence[Sequence[str]]]

EMPTY: Final[Mapping[str, str]] = {
    "accounts": "No account is linked yet. Link one: klout-tui link mastodon @you@your.server, "
    "or klout-tui link blog https://your.site. Or look around first: klout-tui --demo",
    "posts": "No posts here. If accounts are linked, fetch them: klout-tui refresh. Else widen --since and --until.",
    "interactions": "No interactions here. If accounts are linked, fetch them: klout-tui refresh. "
    "Else widen --since and --until.",
    "plusk": "No +K here. They come from reposts, quotes, links, and replies of some substance; "
    "klout-tui refresh looks for new ones.",
    "given": "You gave no +K here. In the dashboard, g on a person gives one.",
    "topics": "No topics here. They come from hashtags and categories of your posts; klout-tui refresh fetches those.",
    "notes": 'No notes here. Keep one: klout-tui note "gave away the report"',
    "days": "No reactions on these days. If accounts are linked, fetch them: klout-tui refresh.",
}
"""What to do next where there is nothing to show, by noun."""


def accounts(
    entries: Iterable[tuple[Account, Health, Reading | None, bool]],
    now: datetime,
    zone: ZoneInfo,
    *,
    past: bool = False,
) -> Table:
    """Accounts with their health; each entry is (account, health, latest counters, paused).

    Args:
        entries: the accounts.
        now: the moment shown, UTC.
        zone: the user's.
        past: whether that is an earlier moment, whose health nobody knows.
    """
    columns = (
        Column("account", least=30),
        Column("name", least=6, most=40),
        Column("followers", right=True),
        Column("posts", right=True),
        Column("last refresh"),
        Column("health", least=12),
    )
    rows = [
        (
            account.id,
            account.name,
            wording.number(reading.followers if reading else None),
            wording.number(reading.posts if reading else None),
            _when(health.last_ok, zone),
            _health(account, health, paused, now, zone) if not past or account.unlinked_at else wording.UNKNOWN,
        )
        for account, health, reading, paused in entries
    ]
    return columns, rows


def posts(entries: Iterable[Post], zone: ZoneInfo, *, private: bool = False) -> Table:
    """Posts with the sum of their counters."""
    columns = (
        Column("when"),
        Column("network", least=4),
        Column("kind"),
        Column("counted", right=True),
        Column("topics", least=8, most=40),
        Column("post", least=12),
    )
    rows = [
        (
            _when(post.at, zone, estimated=post.estimated),
            network_of(post.account),
            post.kind.value,
            wording.number(sum(post.counters.values()) if post.counters else None),
            wording.topics(canonical_topics(post.topics), guessed=bool(post.guessed)),
            ("(deleted) " if post.gone_at else "")
            + ((post.title or post.text[:500]) if post.public or private else WITHHELD),
        )
        for post in entries
    ]
    return columns, rows


def interactions(
    entries: Iterable[tuple[Interaction, Mapping[str, HasTopics]]], zone: ZoneInfo, *, private: bool = False
) -> Table:
    """What others did; each entry is (act, posts that say what it is about)."""
    columns = (
        Column("when"),
        Column("network", least=4),
        Column("kind"),
        Column("who", least=8, most=44),
        Column("topics", least=8, most=40),
        Column("text", least=12),
    )
    rows = [
        (
            _when(act.at, zone, estimated=act.estimated),
            act.network,
            act.kind.value,
            _who(act.actor),
            wording.topics(topics_of(act, known), guessed=guessed_of(act, known)),
            act.text[:500] if act.public or private else WITHHELD,
        )
        for act, known in entries
    ]
    return columns, rows


def log(entries: Iterable[Interaction], zone: ZoneInfo, *, private: bool = False) -> Table:
    """What she logged by hand."""
    columns = (
        Column("id"),
        Column("when"),
        Column("who", least=8, most=44),
        Column("how"),
        Column("topics", least=8, most=40),
        Column("text", least=12),
    )
    rows = [
        (
            number_of(each.id),
            _when(each.at, zone),
            _who(each.actor),
            WORDS[way_of(each)],
            ", ".join(canonical_topics(each.topics)) or wording.UNKNOWN,
            each.text[:500] if private or not each.text else WITHHELD,
        )
        for each in entries
    ]
    return columns, rows


def plusks(entries: Iterable[PlusK], zone: ZoneInfo) -> Table:
    """Acknowledgements."""
    columns = (
        Column("when"),
        Column("who", least=8, most=44),
        Column("topics", least=8, most=40),
        Column("how"),
        Column("network", least=4),
        Column("thanked"),
    )
    rows = [
        (
            _when(plusk.at, zone, estimated=plusk.estimated),
            _who(plusk.actor),
            wording.topics(plusk.topics, guessed=plusk.guessed)
            or wording.hidden_topics(plusk.hidden, guessed=plusk.guessed)
            or wording.UNKNOWN,
            f"{plusk.kind.value} (+K)" if plusk.explicit else plusk.kind.value,
            plusk.network,
            _when(plusk.thanked_at, zone) if plusk.thanked_at else "not yet",
        )
        for plusk in entries
    ]
    return columns, rows


def given(entries: Iterable[Letter], zone: ZoneInfo) -> Table:
    """+K given."""
    columns = (
        Column("when"),
        Column("to", least=10, most=40),
        Column("topic", least=8, most=40),
        Column("network", least=4),
        Column("state", least=4),
        Column("link", least=10),
    )
    rows = [
        (
            _when(each.at, zone),
            ", ".join(one.name or one.handle for one in each.to),
            each.topic,
            each.network,
            each.state.value,
            each.url,
        )
        for each in entries
    ]
    return columns, rows


def topics(entries: Iterable[TopicRow]) -> Table:
    """Topics: what she posts about beside what people come for."""
    columns = (
        Column("topic", least=10),
        Column("posts", right=True),
        Column("of posts", right=True),
        Column("reactions", right=True),
        Column("of reactions", right=True),
        Column("people", right=True),
        Column("of people", right=True),
        Column("+K", right=True),
        Column("12 weeks"),
    )
    rows = [
        (
            row.topic,
            wording.number(row.posts),
            (wording.GUESS if row.guessed else "") + wording.percent(row.post_share),
            wording.number(row.reactions),
            wording.percent(row.reaction_share),
            wording.number(row.people),
            wording.percent(row.people_share),
            wording.number(row.plusk),
            wording.spark(row.trend, _TREND),
        )
        for row in entries
    ]
    return columns, rows


def notes(entries: Iterable[Note]) -> Table:
    """Notes, with the number each is removed by."""
    columns = (Column("n", right=True), Column("day"), Column("note", least=20))
    return columns, [(note.id, note.day.isoformat(), note.text) for note in entries]


def days(entries: Iterable[DayTotal]) -> Table:
    """Day totals: how many, and how many of them without a name or with an estimated date."""
    columns = (
        Column("day"),
        Column("account", least=16),
        Column("kind"),
        Column("named", right=True),
        Column("unnamed", right=True),
        Column("estimated", right=True),
    )
    rows = [
        (
            total.day.isoformat(),
            total.account,
            total.kind.value,
            wording.number(total.named),
            wording.number(total.unnamed),
            wording.number(total.estimated),
        )
        for total in entries
    ]
    return columns, rows


def refreshes(entries: Iterable[tuple[str, str, int, int, int, float, Fault | None]]) -> Table:
    """A round; each entry is (account, status, new posts, new interactions, requests, seconds, fault).

    There is a column for trouble only if there was any.
    """
    columns = [
        Column("account", least=30),
        Column("status"),
        Column("new posts", right=True),
        Column("new interactions", right=True),
        Column("requests", right=True),
        Column("seconds", right=True),
    ]
    rows = [
        (
            account,
            status,
            wording.number(posts),
            wording.number(interactions),
            wording.number(requests),
            f"{seconds:.1f}",
            fault,
        )
        for account, status, posts, interactions, requests, seconds, fault in entries
    ]
    if not any(row[-1] for row in rows):
        return columns, [row[:-1] for row in rows]
    columns.insert(2, Column("trouble", least=12))
    return columns, [(*row[:2], row[-1].message if row[-1] else "", *row[2:-1]) for row in rows]


def _when(at: datetime | None, zone: ZoneInfo, *, estimated: bool = False) -> str:
    if at is None:
        return wording.UNKNOWN
    return ("~" if estimated else "") + at.astimezone(zone).replace(tzinfo=None).isoformat(" ", "minutes")


def _who(actor: Actor) -> str:
    return f"{actor.name} ({actor.handle})" if actor.name and actor.name != actor.handle else actor.handle


def _health(account: Account, health: Health, paused: bool, now: datetime, zone: ZoneInfo) -> str:
    if account.unlinked_at is not None:
        return "unlinked"
    how = standing(health, paused)
    words = wording.health(how, health.fault, health.down_since, backfilled=health.backfilled, now=now, zone=zone)[0]
    return f"{words}: {health.fault.message}" if how is Standing.DOWN and health.fault else words
