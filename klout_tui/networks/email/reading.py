"""One refresh: how the folder stands, and the heads of what is new in it and below it.

Nothing new costs four questions: log in, list, status, log out. A mail that was taken out of the folder is no event.
The cursor has a place for each folder, ``VALIDITY UID NEXT``: the numbering, the last number read, and the one that was
to come next when all was read. Where the server has begun a new numbering, everything is read again; mails keep their
ids, so nothing counts twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account, Interaction
from klout_tui.networks.email import linking
from klout_tui.networks.email.imap import Folder, Head, Imap, State
from klout_tui.networks.email.mapping import thanks
from klout_tui.networks.email.target import Target
from klout_tui.networks.http import Client

AT_ONCE: Final = 100
"""Heads asked for at a time, and handed over in one batch."""
MOST_FOLDERS: Final = 60
"""Folders below the one that are looked into."""


class Refresh:
    """What one refresh reads."""

    def __init__(self, account: Account, target: Target, cursor: Cursor, client: Client, now: datetime) -> None:
        self._account = account
        self._target = target
        self._client = client
        self._now = now
        self._cursor = dict(cursor)
        self._own = frozenset(key.removeprefix("mailto:") for key in account.keys)

    async def batches(self) -> AsyncIterator[Batch]:
        """All that is new, the folder itself first; its topics are told by those below it.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        async with linking.conversation(self._target, self._client) as imap:
            main, folders = await self._folders(imap)
            skipped: Counter[str] = Counter()
            if len(folders) > MOST_FOLDERS:
                skipped["folders beyond the first sixty"] = len(folders) - MOST_FOLDERS
            yield self._batch((), skipped)
            for folder in folders[:MOST_FOLDERS]:
                state = await imap.status(folder)
                if not self._moved(folder, state):
                    continue
                topics = () if folder == main else (linking.topic_of(folder, main),)
                async for batch in self._new_in(imap, folder, state, topics):
                    yield batch

    async def _folders(self, imap: Imap) -> tuple[Folder, list[Folder]]:
        """The folder, and all that are to be looked into.

        Raises:
            NotFound: it is not there any more.
        """
        everything = await imap.folders()
        main = linking.named(self._target.folder, everything)
        if main is None:
            raise linking.gone(self._target.folder, everything)
        return main, [*([main] if main.opens else []), *linking.under(main, everything)]

    async def _new_in(self, imap: Imap, folder: Folder, state: State, topics: tuple[str, ...]) -> AsyncIterator[Batch]:
        opened = await imap.examine(folder)
        validity = opened.validity if opened.validity is not None else state.validity
        last = self._last(folder, validity)
        uids = await imap.uids_after(last) if opened.mails != 0 else []
        for start in range(0, len(uids), AT_ONCE):
            wanted = uids[start : start + AT_ONCE]
            heads = await imap.heads(wanted, subjects=self._target.subjects)
            acts, skipped = await asyncio.to_thread(self._read, heads, topics)
            self._place(folder, validity, wanted[-1], None)
            yield self._batch(acts, skipped, progress=min(1.0, (start + len(wanted)) / len(uids)))
        if self._place(folder, validity, uids[-1] if uids else last, state.next_uid):
            yield self._batch((), Counter())

    def _read(self, heads: Sequence[Head], topics: tuple[str, ...]) -> tuple[tuple[Interaction, ...], Counter[str]]:
        acts, skipped = [], Counter[str]()
        for head in heads:
            read = thanks(head, self._account, self._own, topics=topics, subjects=self._target.subjects, now=self._now)
            if isinstance(read, Interaction):
                acts.append(read)
            else:
                skipped[read] += 1
        return tuple(acts), skipped

    def _batch(self, acts: tuple[Interaction, ...], skipped: Counter[str], *, progress: float | None = None) -> Batch:
        return Batch(
            account=self._account.id,
            cursor=dict(self._cursor),
            interactions=acts,
            profile=linking.profile_of(self._account),
            skipped=dict(skipped),
            progress=progress,
        )

    def _moved(self, folder: Folder, state: State) -> bool:
        """Whether there may be something new: the next number is another one, or means something else now."""
        kept = self._kept(folder, state.validity)
        return state.next_uid is None or len(kept) < 2 or kept[1] != state.next_uid

    def _last(self, folder: Folder, validity: int | None) -> int:
        """The last number read in this numbering; 0 in another one."""
        kept = self._kept(folder, validity)
        return kept[0] if kept else 0

    def _kept(self, folder: Folder, validity: int | None) -> list[int]:
        """The last number read, and the one that was to come next when all was read; nothing in another numbering."""
        numbering, *numbers = self._cursor.get(folder.spelt, "").split(" ")
        return [int(each) for each in numbers if each.isdigit()] if numbering == str(validity or 0) else []

    def _place(self, folder: Folder, validity: int | None, last: int, next_uid: int | None) -> bool:
        """Put the bookmark there, and tell whether it was elsewhere.

        The last number is that of a mail that was seen: a server that is wrong about the next one hides none for ever.
        """
        words = f"{validity or 0} {last}" + (f" {next_uid}" if next_uid is not None else "")
        before, self._cursor[folder.spelt] = self._cursor.get(folder.spelt), words
        return before != words
