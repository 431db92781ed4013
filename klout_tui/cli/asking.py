"""What is asked of the store, and what comes of it one by one: for ``show`` and ``export`` alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from klout_tui.domain.digest import About, Digest
    from klout_tui.domain.letters import Letter
    from klout_tui.domain.model import Account, Health, Interaction, Post, Reading
    from klout_tui.domain.notes import Note
    from klout_tui.domain.plusk import Given
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


def posts_of(session: Session, query: Query) -> Iterator[Post]:
    """Posts with topics as she wants them, without what came to them after --as-of."""
    from msgspec.structs import replace

    from klout_tui.domain.asof import post_as_of

    topics = session.store.topics()
    for post in session.store.each_post(account=query.account, since=query.span.since, until=query.span.until):
        found, guessed = topics.of_any(post)
        hers = replace(post, topics=found, guessed=found if guessed else None)
        yield hers if session.as_of is None else post_as_of(hers, session.now())


def notes_of(session: Session, query: Query) -> list[Note]:
    """Her notes, by day."""

    def asked(note: Note) -> bool:
        post = session.store.post(note.post) if note.post and query.account else None
        return query.account is None or (post is not None and post.account == query.account)

    first, last = query.span.first, query.span.last
    within = (n for n in session.store.notes() if (not first or n.day >= first) and (not last or n.day <= last))
    return [note for note in within if asked(note)]


def letters_of(session: Session, query: Query) -> list[Letter]:
    """What she wrote from here, oldest first."""
    since, until = query.span.since, query.span.until
    return [
        each
        for each in session.store.letters()
        if query.account in (None, each.account)
        and (since is None or each.at >= since)
        and (until is None or each.at <= until)
    ]


def may_be_told(session: Session, query: Query, letter: Letter) -> bool:
    """Whether its text may leave the app: what was not sent, or was taken back, is hers alone unless asked for."""
    from klout_tui.domain.letters import State

    if query.private or letter.state is not State.SENT:
        return query.private
    post = session.store.post(letter.sent_id)
    return post is None or post.public


def acts_of(session: Session, query: Query) -> Iterator[tuple[Interaction, dict[str, About]]]:
    """What others did, each with the posts of its month by id; topics as she wants them."""
    from msgspec.structs import replace

    from klout_tui.domain.digest import month_of

    month, known, topics = "", {}, session.store.topics()
    for act in session.store.each_interaction(account=query.account, since=query.span.since, until=query.span.until):
        if month_of(act.at) != month:
            month = month_of(act.at)
            known = {post.id: post for post in session.store.month(month).posts}
        if act.counts:
            yield replace(act, topics=topics.of(act.topics)) if act.topics else act, known


def given_of(session: Session, query: Query) -> Iterator[Given]:
    """What counts as +K in the span, oldest first."""
    from functools import cache

    from klout_tui.domain.digest import ticks
    from klout_tui.domain.plusk import counted, known_topics
    from klout_tui.store.ruling import ruling

    since, until = query.span.since, query.span.until
    known = cache(lambda: known_topics(history_of(session)))
    for each in counted(history_of(session), known, rules=ruling(session.store).rules):
        if (since is None or each.at >= ticks(since)) and query.account in (None, each.account):
            if until is not None and each.at > ticks(until):
                return
            yield each


def history_of(session: Session, since: datetime | None = None) -> Iterator[Digest]:
    """The months as they were at --as-of, oldest first."""
    from klout_tui.domain.digest import ticks

    until = None if session.until is None else ticks(session.until)
    return (digest.visible(until) for digest in session.store.history(since, session.until))
