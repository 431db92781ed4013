"""Finding the mailbox and the folder that was named."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from klout_tui.domain import wording
from klout_tui.domain.model import Account, Profile
from klout_tui.networks.base import Capabilities, CredentialRefused, NotFound, Verified
from klout_tui.networks.email.imap import PASSWORD_HINT, Folder, Imap
from klout_tui.networks.email.target import Target
from klout_tui.networks.http import Client

NAME: Final = "email"
_IN_FOURS: Final = re.compile(r"[a-z0-9]{4}( [a-z0-9]{4}){3}")
TOLD: Final = 12
"""Folders named where the one looked for is not there."""


@asynccontextmanager
async def conversation(target: Target, client: Client) -> AsyncIterator[Imap]:
    """Logged in; hung up at the end.

    Raises:
        NetworkError: as in ``networks.base``.
    """
    if not client.has_token:
        raise CredentialRefused(f"the mailbox of {target.address} opens with a password only", hint=PASSWORD_HINT)
    async with client.dial(target.host, target.port, protocol="IMAP", encrypted=target.scheme == "imaps") as line:
        imap = Imap(line, client)
        await imap.greet()
        if target.scheme == "imap" and not target.plain:
            await imap.encrypt()
        await imap.log_in(target.user, _joined(client))
        yield imap
        await imap.leave()


async def verify(target: Target, client: Client, now: datetime) -> Verified:
    """The mailbox, and what can be seen of it.

    Raises:
        NetworkError: as in ``networks.base``.
    """
    async with conversation(target, client) as imap:
        folders = await imap.folders()
        main = named(target.folder, folders)
        if main is None:
            raise gone(target.folder, folders)
        below = under(main, folders)
        state = await imap.status(main) if main.opens else None
    mails = wording.counted(state.mails, "mail") if state is not None and state.mails is not None else "the mails"
    topics = [topic_of(folder, main) for folder in below]
    handle = target.address
    account = Account(
        id=f"{NAME}:{handle.lower()}",
        network=NAME,
        handle=handle,
        base_url=target.base_url,
        linked_at=now,
        keys=tuple(f"mailto:{address.lower()}" for address in (handle, *target.others)),
        options={
            "folder": main.name,
            "user": target.user,
            "addresses": ",".join(target.others),
            "subjects": "yes" if target.subjects else "no",
            **({"plain": "yes"} if target.plain else {}),
        },
    )
    kept = "their subject, " if target.subjects else ""
    capabilities = Capabilities(
        names_actors=True,
        dates_reactions=True,
        sees=(
            f"{mails} in “{main.name}”: each one counts as thanks",
            f"the name and address of whoever wrote them, {kept}and when they arrived",
            *((f"topics, from the folders below it: {', '.join(topics[:TOLD])}",) if topics else ()),
        ),
        misses=(
            "what the mails say: it never leaves the server",
            "every other folder; but IMAP knows no password that only reads, so this one opens the whole mailbox",
            *(() if target.subjects else ("their subjects: link again with the option subjects=yes",)),
        ),
    )
    return Verified(account, profile_of(account), capabilities)


def profile_of(account: Account) -> Profile:
    """What is known of her mailbox."""
    return Profile(handle=account.handle, keys=account.keys)


def named(name: str, folders: Sequence[Folder]) -> Folder | None:
    """The folder of that name: exactly so, else as the only one spelt so but for upper and lower case.

    ``/`` parts levels where the server has another sign for that.
    """
    for given in (name, *(name.replace("/", folder.delimiter) for folder in folders[:1] if folder.delimiter)):
        for folder in folders:
            if folder.name == given:
                return folder
        loose = [folder for folder in folders if folder.name.casefold() == given.casefold()]
        if len(loose) == 1:
            return loose[0]
    return None


def under(main: Folder, folders: Sequence[Folder]) -> list[Folder]:
    """The folders below it that hold mails."""
    if not main.delimiter:
        return []
    return [each for each in folders if each.opens and each.name.startswith(f"{main.name}{main.delimiter}")]


def topic_of(folder: Folder, main: Folder) -> str:
    """What a folder below it is about: its last name."""
    return folder.name.removeprefix(f"{main.name}{main.delimiter}").rpartition(main.delimiter)[2]


def gone(name: str, folders: Sequence[Folder]) -> NotFound:
    """That there is no such folder, and which there are."""
    there = [folder.name for folder in folders if folder.opens and not folder.special]
    listed = ", ".join(there[:TOLD]) + (" …" if len(there) > TOLD else "")
    return NotFound(
        f"there is no folder “{name}” in this mailbox",
        hint=f"There are {listed}. Name one with the option folder=…" if there else "It has no folders of your own.",
    )


def _joined(client: Client) -> str:
    """The password; an app password that is shown as four words of four letters is one word."""
    password = client.token
    if _IN_FOURS.fullmatch(password):
        password = password.replace(" ", "")
        client.hide(password)
    return password
