"""Everything derived, computed again from posts, interactions and readings: after damage, and in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

import msgspec

from klout_tui.domain.model import DayTotal, Interaction, InteractionKind, Post
from klout_tui.domain.tally import unnamed
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.echoes import paired, put_table
from klout_tui.store.records import CORE, DAYS, INTERACTIONS, NOWHERE, POSTS, TALLIES, Tally, id_hash, local_day
from klout_tui.store.transaction import Transaction

Row = TypeVar("Row", Post, Interaction)


def recount(tx: Transaction) -> None:
    """Put right tallies, unnamed reactions and day totals, and let the next refresh read everything again.

    Lost interactions come back with that refresh, since ids are the networks' own. An id found in two shards (the copy
    of one was older) stays in the one that tells its date best.
    """
    posts = _best(tx, POSTS, records.decode_post)
    interactions = _echoing(tx, _flagged(tx, _best(tx, INTERACTIONS, records.decode_interaction)))
    totals: dict[str, DayTotal] = {}
    for tally in _tallies(tx, posts.values(), interactions.values()).values():
        post = posts.get(tally.post)
        shard = NOWHERE if post is None else records.posts_shard(records.month_of(post.at))
        tx.put(shard, TALLIES, tally.post, tally)
        if post is not None:
            posts[post.id] = _with_unnamed(post, tally)
    for post in posts.values():
        tx.put(records.posts_shard(records.month_of(post.at)), POSTS, post.id, post)
        for step in post.unnamed:
            guessed = step.count * step.estimated
            _add(tx, totals, post.account, step.kind, step.at, unnamed=step.count, estimated=guessed)
    for act in interactions.values():
        if act.counts:
            _add(tx, totals, act.account, act.kind, act.at, named=1, estimated=int(act.estimated))
    _replace_totals(tx, totals)
    for account_id in tx.engine.rows(CORE, records.CURSORS):
        tx.delete(CORE, records.CURSORS, account_id)


def _best(tx: Transaction, table: str, decode: Callable[[msgspec.Raw], Row]) -> dict[str, Row]:
    """The rows of a table by id, where two shards hold one the better dated; the other is deleted."""
    best: dict[str, tuple[Row, str]] = {}
    for shard in tx.engine.shards(table):
        for key, document in tx.engine.rows(shard, table).items():
            try:
                row = decode(document)
            except StoreError:
                continue  # every view leaves it out too, and says so
            rival = best.setdefault(key, (row, shard))
            winner, loser = sorted((rival, (row, shard)), key=lambda each: (each[0].estimated, each[0].at))
            if loser[1] != winner[1]:
                tx.delete(loser[1], table, key)
            best[key] = winner
    return {key: row for key, (row, _) in best.items()}


def _flagged(tx: Transaction, acts: dict[str, Interaction]) -> dict[str, Interaction]:
    """The same with the acts of those she ignores flagged, and no others: a copy may be older than her decision."""
    for act in list(acts.values()):
        ignored = act.actor.key in tx.ignored_keys()
        if act.ignored != ignored:
            acts[act.id] = msgspec.structs.replace(act, ignored=ignored)
            tx.put(records.interactions_shard(records.month_of(act.at)), INTERACTIONS, act.id, acts[act.id])
    return acts


def _echoing(tx: Transaction, acts: dict[str, Interaction]) -> dict[str, Interaction]:
    """The same with every echo flagged by what there is now, and the table of their keys put right."""
    natives, keys = paired(acts.values())
    put_table(tx, keys)
    for act in list(acts.values()):
        if act.echo_of != natives.get(act.id, ""):
            acts[act.id] = msgspec.structs.replace(act, echo_of=natives.get(act.id, ""))
            tx.put(records.interactions_shard(records.month_of(act.at)), INTERACTIONS, act.id, acts[act.id])
    return acts


def _tallies(tx: Transaction, posts: Iterable[Post], interactions: Iterable[Interaction]) -> dict[str, Tally]:
    named: dict[str, dict[InteractionKind, dict[str, object]]] = {}
    replies: dict[str, dict[str, object]] = {}
    readings: dict[str, dict[InteractionKind, tuple[object, ...]]] = {}
    for shard in tx.engine.shards(POSTS):
        for key, row in tx.engine.rows(shard, TALLIES).items():
            kept = readings.setdefault(key, {})
            with suppress(StoreError):  # what cannot be read is counted anew from the next reading on
                kept.update(records.decode_tally(row).readings)
            tx.delete(shard, TALLIES, key)
    for act in interactions:
        if act.post:
            named.setdefault(act.post, {}).setdefault(act.kind, {})[id_hash(act.id)] = act.at
    for post in posts:
        if post.reply_to:
            replies.setdefault(post.reply_to, {})[id_hash(post.id)] = post.at
    return {
        post_id: msgspec.convert(
            {
                "post": post_id,
                "readings": readings.get(post_id, {}),
                "named": named.get(post_id, {}),
                "replies": replies.get(post_id, {}),
            },
            Tally,
        )
        for post_id in sorted({*named, *replies, *(key for key, kept in readings.items() if kept)})
    }


def _with_unnamed(post: Post, tally: Tally) -> Post:
    steps = (
        step
        for kind in sorted(tally.readings)
        for step in unnamed(post.at, kind, tally.readings[kind], tally.times(kind))
    )
    return msgspec.structs.replace(post, unnamed=tuple(steps))


def _add(
    tx: Transaction, totals: dict[str, DayTotal], account: str, kind: InteractionKind, at: datetime, **more: int
) -> None:
    day = local_day(at, tx.zone)
    key = records.day_key(day, kind, account)
    total = totals.get(key) or DayTotal(account=account, day=day, kind=kind)
    totals[key] = msgspec.structs.replace(total, **{name: getattr(total, name) + n for name, n in more.items()})


def _replace_totals(tx: Transaction, totals: dict[str, DayTotal]) -> None:
    for shard in tx.engine.shards(DAYS):
        for key in tx.engine.rows(shard, DAYS):
            if key not in totals:
                tx.delete(shard, DAYS, key)
    for key, total in totals.items():
        tx.put(records.days_shard(total.day), DAYS, key, total)
