"""What ``--json`` prints: one object ``{"schema": 1, "<noun>": …}``.

Times are UTC to the whole second, ``2026-11-23T08:15:22Z``; days are local, ``2026-11-23``. What is unknown is null,
never 0. Text and titles that are neither public nor unlisted are null unless asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from klout_tui.domain import reasons
from klout_tui.domain.effect import Count, Effect
from klout_tui.domain.gratitude import number_of, way_of
from klout_tui.domain.letters import Letter
from klout_tui.domain.model import (
    Account,
    Actor,
    DayTotal,
    Fault,
    Health,
    Interaction,
    Post,
    Profile,
    Reading,
    network_of,
)
from klout_tui.domain.notes import Note
from klout_tui.domain.plusk import PlusK
from klout_tui.domain.rules import TUNABLE, USUAL, Rules
from klout_tui.domain.tags import HasTopics, canonical_topics, guessed_of, topics_of
from klout_tui.domain.topics import TopicRow
from klout_tui.domain.verdict import Verdict
from klout_tui.output.health import health_word

SCHEMA: Final = 1
"""Grows when a field changes its meaning or goes; new fields alone do not raise it."""

Row = dict[str, Any]


def document(noun: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """The object for a list, UTF-8, a row a line, in pieces: a million rows never lie in memory as text at once."""
    yield f'{{"schema": {SCHEMA}, "{noun}": ['.encode()
    separator = b"\n"
    for row in rows:
        yield separator + msgspec.json.encode(row)
        separator = b",\n"
    yield b"\n]}\n" if separator == b",\n" else b"]}\n"


def single(noun: str, content: Row) -> bytes:
    """The object for one thing, UTF-8, indented."""
    return msgspec.json.format(msgspec.json.encode({"schema": SCHEMA, noun: content}), indent=1) + b"\n"


def instant(at: datetime | None) -> str | None:
    """An aware datetime as UTC text to the whole second, or null."""
    if at is None:
        return None
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def account_row(account: Account, health: Health, reading: Reading | None, *, paused: bool, past: bool = False) -> Row:
    """An account with its latest counters and how its refreshes go.

    Args:
        account: the account.
        health: how its refreshes go.
        reading: its latest counters; a counter never read is null.
        paused: whether the settings pause it.
        past: whether it is shown as at an earlier moment, whose health nobody knows.
    """
    return {
        "id": account.id,
        "network": account.network,
        "handle": account.handle,
        "name": account.name or None,
        "url": account.url or None,
        "followers": reading.followers if reading else None,
        "following": reading.following if reading else None,
        "posts": reading.posts if reading else None,
        "karma": reading.karma if reading else None,
        "authorised": account.authorised,
        "linked_at": instant(account.linked_at),
        "unlinked_at": instant(account.unlinked_at),
        "last_refresh": instant(health.last_ok),
        "next_refresh": None if paused or account.unlinked_at else instant(health.next_due),
        "health": health_word(account, health, paused=paused, past=past),
        "fault": None
        if health.fault is None
        else {
            "kind": health.fault.kind,
            "message": health.fault.message,
            "hint": health.fault.hint or None,
            "retry_at": instant(health.fault.retry_at),
        },
    }


def post_row(post: Post, *, private: bool = False) -> Row:
    """A post.

    Args:
        post: the post.
        private: whether text that is not public may leave the app.
    """
    shown = post.public or private
    return {
        "id": post.id,
        "account": post.account,
        "network": network_of(post.account),
        "kind": post.kind,
        "at": instant(post.at),
        "url": post.url or None,
        "title": (post.title or None) if shown else None,
        "text": post.text if shown else None,
        "topics": canonical_topics(post.topics),
        "topics_guessed": bool(post.topics and post.guessed),
        "counters": {kind: post.counters[kind] for kind in sorted(post.counters)},
        "reply_to": post.reply_to,
        "estimated": post.estimated,
        "gone_at": instant(post.gone_at),
    }


def interaction_row(interaction: Interaction, posts: Mapping[str, HasTopics], *, private: bool = False) -> Row:
    """An interaction; its topics are the act's own, else its post's.

    Args:
        interaction: the act.
        posts: the posts it may refer to, by id.
        private: whether text that is not public may leave the app.
    """
    return {
        "id": interaction.id,
        "account": interaction.account,
        "network": interaction.network,
        "kind": interaction.kind,
        "actor": _actor(interaction.actor),
        "post": interaction.post,
        "at": instant(interaction.at),
        "url": interaction.url or None,
        "text": interaction.text if interaction.public or private else None,
        "topics": topics_of(interaction, posts),
        "topics_guessed": guessed_of(interaction, posts),
        "estimated": interaction.estimated,
    }


def log_row(entry: Interaction, *, private: bool = False) -> Row:
    """Something she logged by hand; ``id`` is what the commands call it by.

    Args:
        entry: as kept.
        private: whether what she wrote may leave the app.
    """
    return {
        "id": number_of(entry.id),
        "interaction": entry.id,
        "at": instant(entry.at),
        "actor": _actor(entry.actor),
        "how": way_of(entry),
        "kind": entry.kind,
        "topics": canonical_topics(entry.topics),
        "text": entry.text if private else None,
    }


def plusk_row(plusk: PlusK, rules: Rules = USUAL, *, private: bool = False) -> Row:
    """A +K: one act of acknowledgement.

    Args:
        plusk: the act.
        rules: what it counts by.
        private: whether words that are not public may leave the app.
    """
    return {
        "id": plusk.id,
        "at": instant(plusk.at),
        "actor": _actor(plusk.actor),
        "account": plusk.account,
        "network": plusk.network,
        "kind": plusk.kind,
        "explicit": plusk.explicit,
        "topics": plusk.topics,
        "topics_guessed": plusk.guessed,
        "hidden_topics": plusk.hidden,
        "post": plusk.post,
        "url": plusk.url or None,
        "thanked_at": instant(plusk.thanked_at),
        "why": reasons.why(plusk, rules, private=private),
    }


def rules_content(rules: Rules, effect: Effect | None, *, applied: bool) -> Row:
    """What earns a +K, and what that counts instead of what the rules before it did; null where none were given."""
    return {
        "earns": {kind: kind in rules.earns for kind in TUNABLE},
        "words": rules.words,
        "usual": rules.usual,
        "applied": applied,
        "effect": None
        if effect is None
        else {"days": effect.days, "before": _count(effect.before), "after": _count(effect.after)},
    }


def _count(count: Count) -> Row:
    return {"plusk": count.plusks, "people": count.people, "topics": dict(sorted(count.topics.items()))}


def verdict_content(plusk: PlusK, verdict: Verdict, why: str | None, why_not: Iterable[str]) -> Row:
    """Why one act counts as a +K, or why it does not; one may count on a topic and not on another."""
    return {
        "id": plusk.id,
        "at": instant(plusk.at),
        "actor": _actor(plusk.actor),
        "kind": plusk.kind,
        "post": plusk.post,
        "counts": verdict.counts,
        "topics": verdict.topics,
        "hidden_topics": plusk.hidden if verdict.counts else (),
        "why": why,
        "why_not": list(why_not),
        "bar": verdict.bar,
        "earlier": [
            {"topic": each.topic or None, "id": each.id, "kind": each.kind, "at": instant(each.at)}
            for each in verdict.earlier
        ],
    }


def letter_row(letter: Letter, *, public: bool) -> Row:
    """A thank-you or a +K given: ``state`` is sending, sent, unknown, refused, missing, deleted (``domain.letters``).

    Args:
        letter: it.
        public: whether its text may leave the app: it is to be read on its network, or that was asked for.
    """
    return {
        "id": letter.sent_id or None,
        "purpose": letter.purpose,
        "at": instant(letter.at),
        "to": [{"key": one.key, "handle": one.handle, "name": one.name or None} for one in letter.to],
        "account": letter.account,
        "network": letter.network,
        "topic": letter.topic or None,
        "thanks_for": list(letter.acts),
        "text": letter.text if public else None,
        "state": letter.state,
        "said": letter.said or None,
        "url": letter.url or None,
    }


def topic_row(row: TopicRow) -> Row:
    """A topic over the span asked for; shares from 0 to 1 to four places, ``trend`` in reactions a week."""
    return {
        "topic": row.topic,
        "posts": row.posts,
        "guessed_posts": row.guessed,
        "post_share": _share(row.post_share),
        "reactions": row.reactions,
        "reaction_share": _share(row.reaction_share),
        "people": row.people,
        "people_share": _share(row.people_share),
        "plusk": row.plusk,
        "trend": row.trend,
    }


def note_row(note: Note) -> Row:
    """One of her notes."""
    return {
        "id": note.id,
        "day": note.day.isoformat(),
        "text": note.text,
        "post": note.post,
        "made_at": instant(note.made_at),
    }


def day_row(total: DayTotal) -> Row:
    """What an account received of one kind on one local day."""
    return {
        "day": total.day.isoformat(),
        "account": total.account,
        "network": network_of(total.account),
        "kind": total.kind,
        "named": total.named,
        "unnamed": total.unnamed,
        "estimated": total.estimated,
    }


def reading_row(reading: Reading) -> Row:
    """An account's own counters as last read on one local day; what the network did not tell is null."""
    return {
        "day": reading.day.isoformat(),
        "account": reading.account,
        "network": network_of(reading.account),
        "followers": reading.followers,
        "following": reading.following,
        "posts": reading.posts,
        "karma": reading.karma,
    }


def link_content(
    account: Account,
    profile: Profile,
    sees: Sequence[str],
    misses: Sequence[str],
    token_kept: str | None,
    hosts: Sequence[str] = (),
) -> Row:
    """What linking found: the account, what can be seen of it, and in words where its token went (never the token).

    ``hosts`` are those that are asked for it, and no others.
    """
    return {
        "account": account.id,
        "network": account.network,
        "handle": account.handle,
        "name": profile.name or None,
        "url": account.url or profile.url or None,
        "followers": profile.followers,
        "following": profile.following,
        "posts": profile.posts,
        "karma": profile.karma,
        "authorised": account.authorised,
        "sees": list(sees),
        "misses": list(misses),
        "token_kept": token_kept,
        "hosts": list(hosts),
    }


def refresh_row(
    account: str,
    status: str,
    *,
    new_posts: int,
    new_interactions: int,
    requests: int,
    seconds: float,
    fault: Fault | None,
) -> Row:
    """How one account's refresh ended; ``seconds`` to the millisecond."""
    error = {"kind": fault.kind, "message": fault.message, "retry_at": instant(fault.retry_at)} if fault else None
    return {
        "account": account,
        "status": status,
        "new_posts": new_posts,
        "new_interactions": new_interactions,
        "requests": requests,
        "seconds": round(seconds, 3),
        "error": error,
    }


def refresh_content(begun: datetime, ended: datetime, accounts: Sequence[Row]) -> Row:
    """One round over several accounts."""
    return {"begun_at": instant(begun), "ended_at": instant(ended), "accounts": list(accounts)}


def _actor(actor: Actor) -> Row:
    return {
        "handle": actor.handle,
        "name": actor.name or None,
        "url": actor.url or None,
        "followers": actor.followers,
    }


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
