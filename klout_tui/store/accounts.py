"""Linking, unlinking, forgetting, and recognising the user's own acts."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from klout_tui.domain.gratitude import LOG_ACCOUNT
from klout_tui.domain.model import Account
from klout_tui.errors import StoreError
from klout_tui.store import judging, letters, people, records
from klout_tui.store.records import CORE, INTERACTIONS, POSTS, id_hash
from klout_tui.store.transaction import Transaction


def link(tx: Transaction, account: Account) -> None:
    """Insert an account, or take up an unlinked one again with its history.

    Raises:
        StoreError: its time of linking has no zone.
    """
    tx.put(
        CORE,
        records.ACCOUNTS,
        account.id,
        msgspec.structs.replace(account, linked_at=records.utc(account.linked_at, account.id), unlinked_at=None),
    )
    flag_own(tx, account.keys)


def unlink(tx: Transaction, account_id: str) -> None:
    """Stop reading an account; its history stays.

    Raises:
        StoreError: there is no such account.
    """
    account = existing(tx, account_id)
    if account.unlinked_at is None:
        tx.put(CORE, records.ACCOUNTS, account_id, msgspec.structs.replace(account, unlinked_at=tx.now))
    tx.delete(CORE, records.WRITING, account_id)  # linked again, it is asked for again


def existing(tx: Transaction, account_id: str) -> Account:
    """The account.

    Raises:
        StoreError: there is no such account.
    """
    account = tx.account(account_id)
    if account is None:
        raise StoreError(f"There is no account {account_id}.", hint="See your accounts with: klout-tui accounts")
    return account


def flag_own(tx: Transaction, keys: Iterable[str]) -> None:
    """Declare actor keys the user's own; acts stored before are flagged and leave the day totals."""
    fresh = tx.declare_own(keys)
    if not fresh:
        return
    for shard in tx.engine.shards(INTERACTIONS):
        for row in tx.engine.rows(shard, INTERACTIONS).values():
            interaction = records.decode_interaction(row)
            if interaction.actor.key in fresh and not interaction.own:
                tx.count(interaction, -1)
                tx.put_interaction(msgspec.structs.replace(interaction, own=True))


def forget(tx: Transaction, account_id: str) -> None:
    """Remove everything of an account. Its keys stay declared own, or the user's acts would turn into reactions.

    What she decided about people whom nothing else in the store knows goes too, with her private notes on them: it
    would name people of that network. Her notes on days stay, without the posts they were on. ``wording.GOES`` and
    ``wording.STAYS`` say so. Of the log, which is no account, it is everything she logged that goes.

    Raises:
        StoreError: there is no such account.
    """
    if account_id != LOG_ACCOUNT:
        existing(tx, account_id)
    tx.put(CORE, records.STORE, records.SCRUB, {})
    for table in (records.ACCOUNTS, records.CURSORS, records.HEALTH, records.WRITING):
        tx.delete(CORE, table, account_id)
    letters.forget(tx, account_id)
    posts = _forget_posts(tx, account_id)
    _forget_decisions(tx, posts)
    _forget_links(tx, posts)
    _forget_seen(tx, account_id)
    strangers = _forget_interactions(tx, account_id)
    judging.keep(tx, people.without(judging.regards(tx), strangers))
    for shard in tx.engine.shards(records.DAYS):
        for key, row in tx.engine.rows(shard, records.READINGS).items():
            if records.decode_reading(row).account == account_id:
                tx.delete(shard, records.READINGS, key)


def _forget_decisions(tx: Transaction, posts: set[str]) -> None:
    """What she decided about these posts can be taken back no more."""
    for number, row in tx.engine.rows(CORE, records.DECISIONS).items():
        if any(was.table == records.TAGS and was.key in posts for was in records.decode_decided(row).was):
            tx.delete(CORE, records.DECISIONS, number)


def _forget_links(tx: Transaction, posts: set[str]) -> None:
    """Her notes on these posts are notes on their days from now on."""
    for key, row in tx.engine.rows(CORE, records.NOTES).items():
        note = records.decode_note(row)
        if note.post in posts:
            tx.put(CORE, records.NOTES, key, msgspec.structs.replace(note, post=None))


def _forget_seen(tx: Transaction, account_id: str) -> None:
    """How far the account had been read when the last visit ended."""
    row = tx.row(CORE, records.MEMORY, records.SEEN)
    if row is None:
        return
    seen = msgspec.json.decode(records.decode_remembered(row).value, type=dict[str, str])
    if seen.pop(account_id, None) is not None:
        value = msgspec.json.encode(seen, order="sorted").decode()
        tx.put(CORE, records.MEMORY, records.SEEN, records.Remembered(value=value))


def _forget_posts(tx: Transaction, account_id: str) -> set[str]:
    """Remove an account's posts, with her own tags on them, and tell which there were."""
    gone = set()
    for shard in tx.engine.shards(POSTS):
        for row in tx.engine.rows(shard, POSTS).values():
            post = records.decode_post(row)
            if post.account != account_id:
                continue
            gone.add(post.id)
            tx.remove_post(shard, post)
            tx.delete(CORE, records.TAGS, post.id)
            if post.reply_to:
                tally = tx.tally(post.reply_to)
                replies = {key: at for key, at in tally.replies.items() if key != id_hash(post.id)}
                tx.put_tally(msgspec.structs.replace(tally, replies=replies))
    return gone


def _forget_interactions(tx: Transaction, account_id: str) -> set[str]:
    """Remove what came to an account, and tell the handles that nothing else in the store knows any more."""
    gone: set[str] = set()
    known = set(tx.own_keys())
    for shard in tx.engine.shards(INTERACTIONS):
        for row in tx.engine.rows(shard, INTERACTIONS).values():
            interaction = records.decode_interaction(row)
            if interaction.account != account_id:
                known.add(interaction.actor.key)
                continue
            gone.add(interaction.actor.key)
            tx.remove_interaction(shard, interaction)
            tx.delete(CORE, records.THANKS, interaction.id)
            tx.delete(CORE, records.SETTLED, interaction.id)
            if interaction.post:
                tally = tx.tally(interaction.post)
                native = id_hash(interaction.id)
                times = {key: at for key, at in tally.named.get(interaction.kind, {}).items() if key != native}
                named = {kind: kept for kind, kept in {**tally.named, interaction.kind: times}.items() if kept}
                tx.put_tally(msgspec.structs.replace(tally, named=named))
    return gone - known
