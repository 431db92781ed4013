"""What to do first, where nothing can be told since nothing has been read yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from klout_tui.session import Session

UNREAD = "Nothing has been read yet. klout-tui refresh reads your accounts; the dashboard does so by itself."


def nothing_yet(session: Session) -> str:
    """How to link an account, or to read the linked ones; empty where one has been read.

    Raises:
        StoreError: the store cannot be read.
    """
    from klout_tui.output import listing

    accounts = session.store.accounts(unlinked=True)
    if not accounts:
        return listing.EMPTY["accounts"]
    return "" if any(session.store.health(account.id).last_ok for account in accounts) else UNREAD
