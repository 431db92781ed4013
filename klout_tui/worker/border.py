"""The border between an adapter and the store: only what is well formed, harmless and the account's own gets in. Pure.

Adapters may be anybody's plugin. A wrongly typed value would make the journal unreadable, so each batch is read back
by its own types before it is kept.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

import httpx
import msgspec

from klout_tui.domain.batch import Batch, washed
from klout_tui.domain.days import in_utc
from klout_tui.domain.model import Account, Interaction, Post
from klout_tui.networks.address import objection, same_origin
from klout_tui.networks.call import bare
from klout_tui.worker.faults import AdapterError

_UTC_OFFSET = timedelta()

_read_back = msgspec.json.Decoder(Batch).decode
"""Made at import: msgspec works out a type at its first use, and two threads that do so at once end in a crash."""

Item = TypeVar("Item", Post, Interaction)


def admitted(batch: object, account: Account, *, has_token: bool) -> Batch:
    """The batch, washed and checked, with all times in UTC.

    A new address (``base_url``) is kept only on the same site (``www.``, another port, https): she was told which hosts
    are asked when she linked, and a redirect is no choice of hers. Where the account has a token it is dropped
    altogether.

    Raises:
        AdapterError: it is no batch, is of another account, or holds values of the wrong kind.
        Exception: whatever washing wrongly typed text runs into.
    """
    if not isinstance(batch, Batch):
        raise AdapterError(f"the {account.network} adapter handed over a {type(batch).__name__} instead of a batch")
    clean = washed(batch)
    try:
        clean = _read_back(msgspec.json.encode(clean))
    except (msgspec.ValidationError, UnicodeError, TypeError) as error:
        raise AdapterError(f"the {account.network} adapter handed over a malformed batch: {error}") from error
    owners = {clean.account} | {post.account for post in clean.posts} | {act.account for act in clean.interactions}
    if owners != {account.id}:
        raise AdapterError(f"the {account.network} adapter handed over data of another account")
    progress = clean.progress
    return msgspec.structs.replace(
        clean,
        posts=tuple(_in_utc(post) for post in clean.posts),
        interactions=tuple(_in_utc(interaction) for interaction in clean.interactions),
        progress=None if progress is None else min(max(progress, 0.0), 1.0),
        base_url=_home(clean.base_url, account, has_token=has_token),
    )


def _home(new: str | None, account: Account, *, has_token: bool) -> str | None:
    """The new address, if it may be taken."""
    if new is None:
        return None
    address, home = httpx.URL(new.rstrip("/")), httpx.URL(account.base_url)
    same_site = bare(address.host) == bare(home.host) and not objection(address, came_from=home)
    return str(address) if same_site and (not has_token or same_origin(address, home)) else None


def _in_utc(item: Item) -> Item:
    """The same with its time in UTC.

    Raises:
        AdapterError: the time has no zone.
    """
    offset = item.at.utcoffset()
    if offset == _UTC_OFFSET:
        return item
    if offset is None:
        raise AdapterError(f"the adapter handed over a time without a zone ({item.at.isoformat()})")
    return msgspec.structs.replace(item, at=in_utc(item.at))
