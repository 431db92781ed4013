"""A batch meets what is known already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import COUNTERS, Account, Actor, Interaction, InteractionKind, Post, Profile, Reading
from klout_tui.errors import StoreError
from klout_tui.store import records
from klout_tui.store.accounts import flag_own
from klout_tui.store.letters import as_letter
from klout_tui.store.records import CORE, Bookmark, Tally, id_hash, local_day, utc
from klout_tui.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What a batch brought."""

    new_posts: int = 0
    new_interactions: int = 0
    """Those known from elsewhere already left out."""
    changed_posts: int = 0
    """Posts known before whose record the batch changed, found gone included."""


def absorb(tx: Transaction, batch: Batch) -> Absorbed:
    """Put a batch, its cursor, and all that follows from them into the transaction.

    Raises:
        StoreError: the account is not known (it was forgotten meanwhile), or a time has no zone.
    """
    account = tx.account(batch.account)
    if account is None:
        raise StoreError(
            f"{batch.account} is not linked; what came for it was not stored.", hint="Link it again to go on."
        )
    _absorb_account(tx, account, batch)
    before = {post.id: tx.post(post.id) for post in batch.posts}
    before |= {post_id: tx.post(post_id) for post_id in batch.gone}
    for post in batch.posts:
        _absorb_post(tx, post)
    for post_id in batch.gone:
        _absorb_gone(tx, post_id)
    changed = sum(1 for post_id, old in before.items() if old is not None and tx.post(post_id) != old)
    new_posts = sum(1 for post_id, old in before.items() if old is None and tx.post(post_id) is not None)
    fresh = [act.id for act in batch.interactions if _absorb_interaction(tx, act)]
    tx.echoes.settle()
    new_interactions = sum(1 for each in fresh if (act := tx.interaction(each)) is not None and not act.echo_of)
    tx.put(CORE, records.CURSORS, batch.account, Bookmark(cursor=batch.cursor))
    return Absorbed(new_posts, new_interactions, changed)


def save_reading(tx: Transaction, account_id: str, profile: Profile, day: datetime) -> None:
    """Keep an account's own counters as its reading of the local day; what is not told keeps its value."""
    today = local_day(day, tx.zone)
    shard, key = records.days_shard(today), records.reading_key(today, account_id)
    row = tx.row(shard, records.READINGS, key)
    old = Reading(account=account_id, day=today) if row is None else records.decode_reading(row)
    told = {name: value for name in COUNTERS if (value := getattr(profile, name)) is not None}
    if told:
        tx.put(shard, records.READINGS, key, msgspec.structs.replace(old, **told))


def _absorb_account(tx: Transaction, account: Account, batch: Batch) -> None:
    profile = batch.profile
    if profile is not None:
        flag_own(tx, profile.keys)
        account = msgspec.structs.replace(
            account,
            handle=profile.handle or account.handle,
            name=profile.name or account.name,
            url=profile.url or account.url,
            keys=tuple(dict.fromkeys((*account.keys, *profile.keys))),
        )
        save_reading(tx, account.id, profile, tx.now)
    if batch.base_url:
        account = msgspec.structs.replace(account, base_url=batch.base_url)
    tx.put(CORE, records.ACCOUNTS, account.id, account)


def _absorb_post(tx: Transaction, post: Post) -> None:
    gone_at = utc(post.gone_at, post.id) if post.gone_at else None
    post = msgspec.structs.replace(post, at=utc(post.at, post.id), gone_at=gone_at, unnamed=(), guessed=None)
    post = as_letter(tx, post)
    old = tx.post(post.id)
    if old is not None:
        post = _merged_post(old, post)
    if post != old:
        tx.put_post(post)
    if old is None or old.at != post.at or old.counters != post.counters:
        tx.put_tally(_with_readings(tx.tally(post.id), post.counters, tx.now))
    if old is not None and old.reply_to and old.reply_to != post.reply_to:
        replies = {key: at for key, at in tx.tally(old.reply_to).replies.items() if key != id_hash(post.id)}
        tx.put_tally(msgspec.structs.replace(tx.tally(old.reply_to), replies=replies))
    if post.reply_to and (old is None or (old.reply_to, old.at) != (post.reply_to, post.at)):
        tally = tx.tally(post.reply_to)
        tx.put_tally(msgspec.structs.replace(tally, replies={**tally.replies, id_hash(post.id): post.at}))


def _merged_post(old: Post, new: Post) -> Post:
    """The newer reading of a post, keeping what only the store knows."""
    at, estimated = _earlier((old.at, old.estimated), (new.at, new.estimated))
    return msgspec.structs.replace(
        new,
        account=old.account,
        at=at,
        estimated=estimated,
        counters={**old.counters, **new.counters},
        unnamed=old.unnamed,
        guessed=None if new.topics or (new.title, new.text) != (old.title, old.text) else old.guessed,
        gone_at=min(old.gone_at, new.gone_at) if old.gone_at and new.gone_at else new.gone_at,
    )


def _with_readings(tally: Tally, counters: Mapping[InteractionKind, int], now: datetime) -> Tally:
    readings = dict(tally.readings)
    for kind, count in counters.items():
        readings[kind] = _read(readings.get(kind, ()), count, now)
    return msgspec.structs.replace(tally, readings=readings)


def _read(readings: tuple[tuple[datetime, int], ...], count: int, now: datetime) -> tuple[tuple[datetime, int], ...]:
    """The readings with one more; within an hour the newer one replaces the older, and only changes are kept."""
    if readings and readings[-1][1] == count:
        return readings
    if readings and _hour(now) <= _hour(readings[-1][0]):
        now = max(now, readings[-1][0])
        readings = readings[:-1]
        if readings and readings[-1][1] == count:
            return readings
    return (*readings, (now, count))


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _absorb_gone(tx: Transaction, post_id: str) -> None:
    post = tx.post(post_id)
    if post is not None and post.gone_at is None:
        tx.put_post(msgspec.structs.replace(post, gone_at=tx.now))


def _absorb_interaction(tx: Transaction, interaction: Interaction) -> bool:
    """Store one interaction and tell whether it is a new one."""
    at = utc(interaction.at, interaction.id)
    if at is not interaction.at or interaction.echo_of:
        interaction = msgspec.structs.replace(interaction, at=at, echo_of="")
    old = tx.interaction(interaction.id)
    if old is not None:
        interaction = _merged_interaction(old, interaction)
    if interaction.actor.key in tx.own_keys():
        interaction = msgspec.structs.replace(interaction, own=True)
    ignored = interaction.actor.key in tx.ignored_keys()
    if ignored != interaction.ignored:
        interaction = msgspec.structs.replace(interaction, ignored=ignored)
    if old is not None:
        if interaction == old:
            return False
        tx.count(old, -1)
    tx.put_interaction(interaction)
    tx.count(interaction, 1)
    tx.echoes.note(old, interaction)
    if interaction.post and (old is None or old.at != interaction.at):
        tx.name(interaction.post, interaction)
    return old is None


def _merged_interaction(old: Interaction, new: Interaction) -> Interaction:
    at, estimated = _earlier((old.at, old.estimated), (new.at, new.estimated))
    return msgspec.structs.replace(
        old,
        at=at,
        estimated=estimated,
        actor=_merged_actor(old.actor, new.actor),
        url=new.url or old.url,
        text=new.text or old.text,
        topics=new.topics or old.topics,
        public=old.public and new.public,
        own=old.own or new.own,
        echo=tuple(sorted({*old.echo, *new.echo})) if new.echo else old.echo,
    )


def _merged_actor(old: Actor, new: Actor) -> Actor:
    """The actor as last seen; what this route does not tell keeps its value."""
    return msgspec.structs.replace(
        new,
        key=old.key,
        handle=new.handle or old.handle,
        name=new.name or old.name,
        url=new.url or old.url,
        followers=old.followers if new.followers is None else new.followers,
    )


def _earlier(old: tuple[datetime, bool], new: tuple[datetime, bool]) -> tuple[datetime, bool]:
    """Which date to believe, each with its flag "estimated": a precise one before a guess, then the earlier."""
    if old[1] != new[1]:
        return new if old[1] else old
    return old if old[1] else min(old, new)
