"""``klout-tui show``: what is kept, as tables for people and JSON for programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from klout_tui.cli.asking import (
    Query,
    accounts_of,
    acts_of,
    given_of,
    history_of,
    letters_of,
    may_be_told,
    notes_of,
    posts_of,
    span_of,
)
from klout_tui.cli.printing import print_json, print_table, say
from klout_tui.cli.running import Run

if TYPE_CHECKING:
    from klout_tui.domain.topics import TopicTable
    from klout_tui.output.listing import Table
    from klout_tui.session import Session


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

    found = posts_of(session, query)
    return Answer(
        (jsonform.post_row(post, private=query.private) for post in found),
        lambda: listing.posts(found, session.zone, private=query.private),
    )


@_noun
def interactions(session: Session, query: Query) -> Answer:
    """What others did, oldest first; what you did under another account is left out."""
    from klout_tui.output import jsonform, listing

    found = acts_of(session, query)
    return Answer(
        (jsonform.interaction_row(act, known, private=query.private) for act, known in found),
        lambda: listing.interactions(found, session.zone, private=query.private),
    )


@_noun
def plusk(session: Session, query: Query) -> Answer:
    """Acknowledgements, newest first: who, on which topic, and whether you thanked them."""
    from klout_tui.domain.plusk import shown
    from klout_tui.output import jsonform, listing
    from klout_tui.store.ruling import ruling

    given = list(given_of(session, query))
    found = shown(reversed(given), session.store.thanked())
    rules = ruling(session.store).rules
    return Answer(
        (jsonform.plusk_row(plusk, rules, private=query.private) for plusk in found),
        lambda: listing.plusks(found, session.zone),
    )


@_noun
def given(session: Session, query: Query) -> Answer:
    """+K that you gave, newest first: to whom, on which topic, and whether it is known to be there."""
    from klout_tui.domain.letters import Purpose
    from klout_tui.output import jsonform, listing

    found = [each for each in reversed(letters_of(session, query)) if each.purpose is Purpose.GIVING]
    rows = (jsonform.letter_row(each, public=may_be_told(session, query, each)) for each in found)
    return Answer(rows, lambda: listing.given(found, session.zone))


@_noun
def topics(session: Session, query: Query) -> Answer:
    """What you post about beside what people come for; without --since the last 90 days, as on the dashboard."""
    from klout_tui.output import jsonform, listing

    table = topic_table_of(session, query)
    return Answer(map(jsonform.topic_row, table.rows), lambda: listing.topics(table.rows))


def topic_table_of(session: Session, query: Query) -> TopicTable:
    """The topics of the span asked for, else those of the dashboard."""
    from klout_tui.domain.dashboard import TOPIC_DAYS
    from klout_tui.domain.days import Days
    from klout_tui.domain.topics import TREND_WEEKS, topic_table
    from klout_tui.output.span import Span

    days = Days(session.zone)
    last = query.span.last or days.of(session.now())
    first = query.span.first or last - timedelta(days=TOPIC_DAYS - 1)
    back = days.start(min(first, last - timedelta(days=7 * TREND_WEEKS - 1)))
    given = given_of(session, replace(query, span=Span(first, last, days.start(first), days.end(last))))
    pinned = session.store.topics().curation.pinned
    return topic_table(
        history_of(session, back), given, days, last, (last - first).days + 1, query.account, pinned=pinned
    )


@_noun
def notes(session: Session, query: Query) -> Answer:
    """Your notes, by day, with the number each is removed by; with --account those on its posts."""
    from klout_tui.output import jsonform, listing

    found = notes_of(session, query)
    return Answer(map(jsonform.note_row, found), lambda: listing.notes(found))


@_noun
def days(session: Session, query: Query) -> Answer:
    """Reactions per local day, account and kind, oldest first: those with a name and those known by number only."""
    from klout_tui.output import jsonform, listing

    found = session.store.days(account=query.account, since=query.span.first, until=query.span.last)
    return Answer(map(jsonform.day_row, found), lambda: listing.days(found))
