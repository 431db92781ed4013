"""From the head of a mail to an act of thanks, or to the reason why it is none. Pure; it may take milliseconds."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from hashlib import blake2b
from typing import Final

from klout_tui.domain.model import Account, Actor, Interaction, InteractionKind
from klout_tui.domain.text import clean_line, mail_address
from klout_tui.networks.email.imap import Head

OWN: Final = "mail of your own"
LIST: Final = "mail of a list"
BULK: Final = "bulk mail"
AUTOMATIC: Final = "automatic mail"
NAMELESS: Final = "mail without a sender"
UNREADABLE: Final = "unreadable mail"

WAY: Final = "mail"
"""How such thanks came, in the words of ``domain.gratitude``."""

_READER: Final = BytesHeaderParser(policy=policy.default)
_LONG: Final = 4_000
"""Bytes of one header line that are looked at; the library takes long to read what is made to take long."""
_FOLDED: Final = re.compile(rb"\r?\n(?=[ \t])")
_MESSAGE_ID: Final = re.compile(r"<([^<>\s]{3,250})>")


def thanks(
    head: Head, account: Account, own: Collection[str], *, topics: tuple[str, ...], subjects: bool, now: datetime
) -> Interaction | str:
    """The act, or what the mail is instead.

    Args:
        head: of the mail.
        account: whose mailbox it lies in.
        own: her addresses, in lower case.
        topics: what its folder says it is about.
        subjects: whether the subject is kept.
        now: the present; nothing lies ahead of it.
    """
    try:
        mail = _READER.parsebytes(
            b"".join(line[:_LONG] + b"\r\n" for line in _FOLDED.sub(b"", head.lines).splitlines())
        )
        sender = _sender(mail)
        reason = _no_thanks(mail)
        number = _MESSAGE_ID.search(str(mail.get("message-id", "")))
        subject = clean_line(str(mail.get("subject", "")), 500) if subjects else ""
        sent = _sent(mail)
    except Exception:  # the library raises many things over mails that are made to break it
        return UNREADABLE
    if sender is None:
        return NAMELESS
    name, address = sender
    if address.lower() in own:
        return OWN
    if reason:
        return reason
    actor = Actor(key=f"mailto:{address.lower()}", handle=address, name=name, url=f"mailto:{address}")
    at = head.at or sent
    return Interaction(
        id=_id(account, number[1] if number else "", actor, at, head),
        account=account.id,
        kind=InteractionKind.THANKS,
        actor=actor,
        at=min(at or now, now),
        estimated=at is None or at > now,
        url=f"mailto:{address}",
        text=subject,
        topics=topics,
        public=False,
        way=WAY,
    )


def _id(account: Account, number: str, actor: Actor, at: datetime | None, head: Head) -> str:
    """By the mail's own number, whichever folder it lies in; else by who, when and what its head says."""
    if number:
        return f"{account.id}/{number}"
    said = blake2b(head.lines, digest_size=6).hexdigest()
    return f"{account.id}/{InteractionKind.THANKS}/{actor.key}/{f'{at:%Y%m%dT%H%M%S}' if at else 'undated'}/{said}"


def _sender(mail: EmailMessage) -> tuple[str, str] | None:
    """Name and address of the first that can be written to."""
    header = mail.get("from")
    for each in getattr(header, "addresses", ()):
        if address := mail_address(each.addr_spec):
            return clean_line(each.display_name, 200), address
    return None


def _no_thanks(mail: EmailMessage) -> str:
    """What speaks against it: receipts and newsletters are no gratitude."""
    if str(mail.get("auto-submitted", "no")).partition(";")[0].strip().lower() != "no":
        return AUTOMATIC
    if mail.get("list-id") is not None:
        return LIST
    precedence = str(mail.get("precedence", "")).strip().lower()
    return BULK if precedence in ("bulk", "list", "junk") else ""


def _sent(mail: EmailMessage) -> datetime | None:
    """What the sender's clock said, UTC; believed only where the server does not say when it arrived."""
    at = getattr(mail.get("date"), "datetime", None)
    if not isinstance(at, datetime):
        return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
