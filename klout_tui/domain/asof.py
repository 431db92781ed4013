"""What was known at an earlier moment, from what is known now: for ``--as-of``, in the app and on the command line.

Data keep their dates, so what came later can be left out: rises of counters, deletions, unlinkings. What a refresh
found later but dates earlier stays in. Health is kept only as it is now, so nothing is claimed of what it was. A
post's ``counters`` carry no date either and stay as last read; ``details.reactions_of`` tells what it had brought.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from klout_tui.domain.model import Account, Health, Post


def post_as_of(post: Post, now: datetime) -> Post:
    """The post without rises and without a deletion later than ``now`` (UTC); itself where there are none."""
    gone_later = post.gone_at is not None and post.gone_at > now
    if not gone_later and all(increment.at <= now for increment in post.unnamed):
        return post
    return msgspec.structs.replace(
        post,
        gone_at=None if gone_later else post.gone_at,
        unnamed=tuple(increment for increment in post.unnamed if increment.at <= now),
    )


def account_as_of(account: Account, now: datetime) -> Account:
    """The account, still linked where it was unlinked later than ``now`` (UTC)."""
    if account.unlinked_at is None or account.unlinked_at <= now:
        return account
    return msgspec.structs.replace(account, unlinked_at=None)


def linked_as_of(accounts: Iterable[Account], now: datetime) -> tuple[Account, ...]:
    """Of all accounts ever linked, those not unlinked at ``now`` (UTC).

    One linked later stays: its first reading reached back beyond its linking, and its past is shown.
    """
    then = (account_as_of(account, now) for account in accounts)
    return tuple(account for account in then if account.unlinked_at is None)


def health_as_of(health: Health) -> Health:
    """What may be said of an account's health at any earlier moment: only whether its history has been read in full."""
    return Health(account=health.account, backfilled=health.backfilled)
