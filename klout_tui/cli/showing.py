"""``klout-tui show``: what is kept, as tables for people and JSON for programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from klout_tui.cli.printing import print_json, print_table, say
from klout_tui.cli.running import Run

if TYPE_CHECKING:
    from klout_tui.domain.digest import About, Digest
    from klout_tui.domain.model import Interaction, Post
    from klout_tui.domain.plusk import Given
    from klout_tui.output.listing import Table
    from klout_tui.output.span import Span
    from klout_tui.session import Session


@dataclass(frozen=True)
class Query:
    """What is asked of a noun."""

    account: str | None
    """Id of the only account wanted."""
    span: Span
    private: bool
    """Whether text that is not public may be shown."""


@dataclass(frozen=True)
class Answer:
    """What there is, ready for either form; only the one wanted is made."""

    rows: Iterable[dict[str, Any]]
    table: Callable[[], Table]


@click.group(
    epilog="\b\nExamples:\n"
    "  klout-tui show accounts\n"
    "  klout-tui show interactions --since yesterday\n"
    "  klout-tui show days --account alice --since 2026-01-01 --until 2026-03-31 --json",
)
def show() -> None:
    """Print what is kept, as a table or as JSON. Nothing is fetched.

    Days are your local days; D is a day (2026-11-23), today, yesterday, 30d (30 days ago) or 4w. Text that is not
    public is left out unless you ask for it.
    """


def _noun(ask: Callable[[Session, Query], Answer]) -> Callable[[Session, Query], Answer]:
    """Make ``klout-tui show <name>`` of a function; its docstring becomes the help, the first part the short one."""
    noun = ask.__name__

    @show.command(noun, help=ask.__doc__, short_help=re.split("[:;]", ask.__doc__ or "")[0])
    @click.option("--account", metavar="ACCOUNT", help="Only this account: its id, its handle, or how one begins.")
    @click.option("--since", metavar="D", help="First local day.")
    @click.option("--until", metavar="D", help="Last local day.")
    @click.option("--include-private", is_flag=True, help="Also print text that is not public.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @click.pass_obj
    def command(
        run: Run, account: str | None, since: str | None, until: str | None, include_private: bool, as_json: bool
    ) -> None:
        with run.filled() as session:
            chosen = session.account(account).id if account is not None else None
            answer = ask(session, Query(chosen, _span(session, since, until), include_private))
            if as_json:
                from klout_tui.output import jsonform

                print_json(jsonform.document(noun, answer.rows))
                return
            from klout_tui.output.listing import EMPTY

            table = answer.table()
            if table[1]:
                print_table(table)
            else:
                say("nothing", EMPTY[noun])

    return ask


@_noun
def accounts(session: Session, query: Query) -> Answer:
    """Accounts, also those since unlinked: counters as last read in the span, and how refreshes go."""
    from klout_tui.domain.asof import account_as_of, health_as_of
    from klout_tui.output import jsonform, listing

    past = session.as_of is not None
    readings = session.store.readings(account=query.account, since=query.span.first, until=query.span.last)
    last = {reading.account: reading for reading in readings}
    found = []
    for account in session.store.accounts(unlinked=True):
        if query.account not in (None, account.id):
            continue
        health = session.store.health(account.id)
        if past:
            account, health = account_as_of(account, session.now()), health_as_of(health)
        found.append((account, health, last.get(account.id), session.settings.account(account.id).paused))
    return Answer(
        (
            jsonform.account_row(account, health, reading, paused=paused, past=past)
            for account, health, reading, paused in found
        ),
        lambda: listing.accounts(found, session.now(), session.zone, past=past),
    )


@_noun
def posts(session: Session, query: Query) -> Answer:
    """What you published: originals, replies and reposts, oldest first."""
    from klout_tui.output import jsonform, listing

    found = _posts(session, query)
    return Answer(
        (jsonform.post_row(post, private=query.private) for post in found),
        lambda: listing.posts(found, session.zone, private=query.private),
    )


@_noun
def interactions(session: Session, query: Query) -> Answer:
    """What others did, oldest first; what you did under another account is left out."""
    from klout_tui.output import jsonform, listing

    found = _acts(session, query)
    return Answer(
        (jsonform.interaction_row(act, known, private=query.private) for act, known in found),
        lambda: listing.interactions(found, session.zone, private=query.private),
    )


@_noun
def plusk(session: Session, query: Query) -> Answer:
    """Acknowledgements, newest first: who, on which topic, and whether you thanked them."""
    from klout_tui.domain.plusk import shown
    from klout_tui.output import jsonform, listing

    given = list(_given(session, query))
    found = shown(reversed(given), session.store.thanked())
    return Answer(map(jsonform.plusk_row, found), lambda: listing.plusks(found, session.zone))


@_noun
def topics(session: Session, query: Query) -> Answer:
    """What you post about beside what people come for; without --since the last 90 days, as on the dashboard."""
    from klout_tui.domain.dashboard import TOPIC_DAYS
    from klout_tui.domain.days import Days
    from klout_tui.domain.topics import TREND_WEEKS, topic_table
    from klout_tui.output import jsonform, listing
    from klout_tui.output.span import Span

    days = Days(session.zone)
    last = query.span.last or days.of(session.now())
    first = query.span.first or last - timedelta(days=TOPIC_DAYS - 1)
    back = days.start(min(first, last - timedelta(days=7 * TREND_WEEKS - 1)))
    given = _given(session, replace(query, span=Span(first, last, days.start(first), days.end(last))))
    table = topic_table(_history(session, back), given, days, last, (last - first).days + 1, query.account)
    return Answer(map(jsonform.topic_row, table.rows), lambda: listing.topics(table.rows))


@_noun
def days(session: Session, query: Query) -> Answer:
    """Reactions per local day, account and kind, oldest first: those with a name and those known by number only."""
    from klout_tui.output import jsonform, listing

    found = session.store.days(account=query.account, since=query.span.first, until=query.span.last)
    return Answer(map(jsonform.day_row, found), lambda: listing.days(found))


def _span(session: Session, since: str | None, until: str | None) -> Span:
    """The days asked for, never beyond --as-of.

    Raises:
        UsageError: what was typed is no day, or the span ends before it begins.
    """
    from klout_tui.domain.days import Days
    from klout_tui.output.span import Span, parse_day

    days = Days(session.zone)
    today = days.of(session.now())
    first = parse_day(since, today) if since is not None else None
    last = parse_day(until, today) if until is not None else None
    if session.as_of is not None:
        last = min(last or session.as_of, session.as_of)
    return Span.between(first, last, days)


def _posts(session: Session, query: Query) -> Iterator[Post]:
    """Posts, without what came to them after --as-of."""
    from klout_tui.domain.asof import post_as_of

    for post in session.store.each_post(account=query.account, since=query.span.since, until=query.span.until):
        yield post if session.as_of is None else post_as_of(post, session.now())


def _acts(session: Session, query: Query) -> Iterator[tuple[Interaction, dict[str, About]]]:
    """What others did, each with the posts of its month by id."""
    from klout_tui.domain.digest import month_of

    month, known = "", {}
    for act in session.store.each_interaction(account=query.account, since=query.span.since, until=query.span.until):
        if month_of(act.at) != month:
            month = month_of(act.at)
            known = {post.id: post for post in session.store.month(month).posts}
        if not act.own:
            yield act, known


def _given(session: Session, query: Query) -> Iterator[Given]:
    """What counts as +K in the span, oldest first."""
    from functools import cache

    from klout_tui.domain.digest import ticks
    from klout_tui.domain.plusk import counted, known_topics

    since, until = query.span.since, query.span.until
    known = cache(lambda: known_topics(_history(session)))
    for each in counted(_history(session), known):
        if (since is None or each.at >= ticks(since)) and query.account in (None, each.account):
            if until is not None and each.at > ticks(until):
                return
            yield each


def _history(session: Session, since: datetime | None = None) -> Iterator[Digest]:
    """The months as they were at --as-of, oldest first."""
    from klout_tui.domain.digest import ticks

    until = None if session.until is None else ticks(session.until)
    return (digest.visible(until) for digest in session.store.history(since, session.until))
