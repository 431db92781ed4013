"""The network as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import ClassVar

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.address import host_of
from klout_tui.networks.base import Likeness, LinkRequest, Verified
from klout_tui.networks.email import linking
from klout_tui.networks.email.reading import Refresh
from klout_tui.networks.email.target import FOLDER, likeness, parse
from klout_tui.networks.http import Client


class Email:
    """One folder of a mailbox: a mail she puts there counts as thanks."""

    name: ClassVar[str] = linking.NAME
    title: ClassVar[str] = "Email"
    target_hint: ClassVar[str] = "you@mail.example"
    option_hints: ClassVar[Mapping[str, str]] = {
        "folder": f"the folder or label; {FOLDER} if left empty",
        "subjects": "yes: keep their subjects, for you alone",
        "addresses": "your other addresses, parted by commas",
        "user": "your user name, where it is not your address",
    }
    wants_token: ClassVar[str] = (
        "An app password of your mailbox, from your provider's pages. IMAP knows no password that only reads: it opens "
        "the whole mailbox. Used for one folder and for the heads of its mails, never to change anything."
    )
    shows: ClassVar[str] = (
        "Nothing without a password; with one, who wrote the mails you put into one folder, and when."
    )

    least_minutes: ClassVar[int] = 180
    """A few looks a day are enough, and all that providers like."""

    def recognises(self, text: str) -> Likeness:
        """A mail address."""
        return likeness(text)

    def origin(self, request: LinkRequest) -> str:
        """The mail server.

        Raises:
            UsageError: the target cannot be meant as typed.
        """
        return parse(request).base_url

    def hosts(self, account: Account) -> tuple[str, ...]:
        """The mail server and nobody else."""
        return (host_of(account.base_url),)

    async def verify(self, request: LinkRequest, client: Client, now: datetime) -> Verified:
        """The mailbox, and what can be seen of it.

        Raises:
            UsageError: the target cannot be meant as typed.
            NetworkError: as in ``networks.base``.
        """
        return await linking.verify(parse(request), client, now)

    def refresh(self, account: Account, cursor: Cursor, client: Client, now: datetime) -> AsyncIterator[Batch]:
        """Everything new since ``cursor``; see ``reading``.

        Raises:
            NetworkError: as in ``networks.base``; batches already yielded stay valid.
        """
        target = parse(LinkRequest(target=account.handle, base_url=account.base_url, options=account.options))
        return Refresh(account, target, cursor, client, now).batches()
