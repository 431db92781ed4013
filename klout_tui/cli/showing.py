"""``klout-tui show``: what is kept, as tables for people and JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from klout_tui.cli.printing import print_json, print_table, say
from klout_tui.cli.running import Run

if TYPE_CHECKING:
    from klout_tui.domain.model import Account, Health, Interaction, Post, Reading
    from klout_tui.domain.plusk import PlusK
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
    """Make ``klout-tui show <name>`` of a function; its docstring becomes the help."""
    noun = ask.__name__

    @show.command(noun, help=ask.__doc__)
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
            answer = ask(session, Query(chosen, span_of(session, since, until), include_private))
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
    from klout_tui.output import jsonform, listing

    past = session.as_of is not None
    found = accounts_of(session, query)
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

    found = _posts(session, account=query.account, since=query.span.since, until=query.span.until)
    return Answer(
        (jsonform.post_row(post, private=query.private) for post in found),
        lambda: listing.posts(found, session.zone, private=query.private),
    )


@_noun
def interactions(session: Session, query: Query) -> Answer:
    """What others did, oldest first; what you did under another account is left out."""
    from klout_tui.output import jsonform, listing

    acts = session.store.interactions(account=query.account, since=query.span.since, until=query.span.until)
    found = [act for act in acts if not act.own]
    known = _posts_by_id(session)
    return Answer(
        (jsonform.interaction_row(act, known, private=query.private) for act in found),
        lambda: listing.interactions(found, known, session.zone, private=query.private),
    )


@_noun
def plusk(session: Session, query: Query) -> Answer:
    """Acknowledgements, newest first: who, on which topic, and whether you thanked them."""
    from klout_tui.output import jsonform, listing

    found = [
        each
        for each in _all_plusk(session, _all_acts(session), _posts_by_id(session))
        if query.span.holds(each.at) and query.account in (None, each.account)
    ]
    return Answer(map(jsonform.plusk_row, found), lambda: listing.plusks(found, session.zone))


@_noun
def topics(session: Session, query: Query) -> Answer:
    """What you post about beside what people come for; without --since the last 90 days, as on the dashboard."""
    from klout_tui.domain.dashboard import TOPIC_DAYS
    from klout_tui.domain.days import Days
    from klout_tui.domain.topics import topic_table
    from klout_tui.output import jsonform, listing

    days = Days(session.zone)
    last = query.span.last or days.of(session.now())
    first = query.span.first or last - timedelta(days=TOPIC_DAYS - 1)
    posts, acts = _posts_by_id(session), _all_acts(session)
    given = _all_plusk(session, acts, posts)
    if query.account is not None:
        posts = {post.id: post for post in posts.values() if post.account == query.account}
        acts = [act for act in acts if act.account == query.account]
        given = tuple(each for each in given if each.account == query.account)
    found = topic_table(posts, acts, given, days, last, (last - first).days + 1).rows
    return Answer(map(jsonform.topic_row, found), lambda: listing.topics(found))


@_noun
def days(session: Session, query: Query) -> Answer:
    """Reactions per local day, account and kind, oldest first: those with a name and those known by number only."""
    from klout_tui.output import jsonform, listing

    found = session.store.days(account=query.account, since=query.span.first, until=query.span.last)
    return Answer(map(jsonform.day_row, found), lambda: listing.days(found))


def accounts_of(session: Session, query: Query) -> list[tuple[Account, Health, Reading | None, bool]]:
    """Every account asked for: itself, its health, its counters as last read in the span, and whether it is paused."""
    from klout_tui.domain.asof import account_as_of, health_as_of

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
    return found


def span_of(session: Session, since: str | None, until: str | None) -> Span:
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


def _posts_by_id(session: Session) -> dict[str, Post]:
    return {post.id: post for post in _posts(session, until=session.until)}


def _posts(session: Session, **bounds: Any) -> list[Post]:
    """What ``Store.posts`` gives, without what came to it after --as-of."""
    from klout_tui.domain.asof import post_as_of

    found = session.store.posts(**bounds)
    return found if session.as_of is None else [post_as_of(post, session.now()) for post in found]


def _all_acts(session: Session) -> list[Interaction]:
    """Of the whole past: whether a +K counts depends on those before it."""
    return [act for act in session.store.interactions(until=session.until) if not act.own]


def _all_plusk(session: Session, acts: Iterable[Interaction], posts: dict[str, Post]) -> tuple[PlusK, ...]:
    from klout_tui.domain.plusk import plusks

    return plusks(acts, posts, session.store.thanked())
