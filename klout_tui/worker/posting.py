"""Sending letters, each at most once: kept, then sent, then kept what became of it; and looking where nobody knows.

Whatever happens between the two commits (the program is killed, the connection breaks, the answer is lost), the letter
says that it may be out. Then the network is asked, and only when it says no may she send it again, under the same key.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from klout_tui.domain.letters import AGAIN, OPEN, Addressee, Letter, Purpose, State, about
from klout_tui.domain.model import Account
from klout_tui.domain.tags import canonical
from klout_tui.domain.text import clean_line, safe_url
from klout_tui.errors import KloutError, UsageError
from klout_tui.networks.base import Unavailable
from klout_tui.networks.http import Client
from klout_tui.networks.writing import Outgoing, Sent, Writer, surely_not_there
from klout_tui.store.letters import Guard
from klout_tui.worker.faults import AdapterError, fault_of
from klout_tui.worker.permission import Pen
from klout_tui.worker.threads import unbroken

PATIENCE: Final = 150.0
"""Seconds that one letter, and everything asked for it, may take."""


def fresh_key() -> str:
    """A letter's key: nobody has had it before."""
    return secrets.token_hex(16)


class PostOffice:
    """Sends letters, looks for those whose end is not known, and takes them back."""

    def __init__(self, pen: Pen, *, patience: float = PATIENCE, key: Callable[[], str] = fresh_key) -> None:
        self.pen = self._pen = pen
        self._store = pen.store
        self._patience = patience
        self._key = key
        self._under_way: set[str] = set()

    async def send(
        self,
        account: Account,
        purpose: Purpose,
        text: str,
        *,
        to: tuple[Addressee, ...],
        acts: tuple[str, ...] = (),
        topic: str = "",
        answers: str = "",
        quiet: bool = True,
        guard: Guard = lambda _: None,
    ) -> Letter:
        """Send a new letter, once; what is known of it then.

        Args:
            account: under which account of hers.
            purpose: what it is for.
            text: as she wrote it.
            to: whom it is to.
            acts: what she thanks for.
            topic: what a +K is given for.
            answers: what it is a reply to.
            quiet: unlisted where there is such a thing.
            guard: see ``Store.intend``.

        Raises:
            UsageError: it must not be sent: writing is not allowed there, it is empty or too long, she has thanked
                for the same already, or the guard says no. Nothing was sent, nothing kept.
            StoreError: it could not be kept, so it was not sent; or it was, and what became of it could not be kept,
                which the next look makes up for.
        """
        writer = await self._writer(account)
        text = text.strip()
        limit = await unbroken(self._pen.limit, account, writer)
        if not text:
            raise UsageError("there is nothing to send", hint="Write something first.")
        if 0 < limit.most < limit.length(text):
            raise UsageError(f"this is {limit.length(text):,} long, and {limit.most:,} fit", hint="Shorten it.")
        earlier = _earlier(purpose, acts, to, topic, await unbroken(self._store.letters))
        if earlier is not None and earlier.state in AGAIN:
            if (earlier.text, earlier.account, earlier.quiet) == (text, account.id, quiet):
                return await self.send_again(earlier.key, guard)
            if earlier.state is State.MISSING and (late := await self._late(account, earlier, writer)) is not None:
                return late
        letter = Letter(
            key=self._key(),
            account=account.id,
            purpose=purpose,
            text=text,
            at=self._pen.clock(),
            to=to,
            acts=acts,
            topic=topic,
            answers=answers,
            quiet=quiet,
        )
        self._under_way.add(letter.key)
        try:
            await unbroken(self._store.intend, letter, guard)
            return await self._attempt(account, letter, writer)
        finally:
            self._under_way.discard(letter.key)

    async def send_again(self, key: str, guard: Guard = lambda _: None) -> Letter:
        """Send a letter once more that is known not to have arrived. It is looked for first, all the same.

        Raises:
            UsageError, StoreError: as ``send``.
            NetworkError: it could not be looked for, so it was not sent.
        """
        letter = await unbroken(self._store.letter, key)
        account = await unbroken(self._store.account, letter.account) if letter else None
        if letter is None or account is None or letter.state not in AGAIN:
            raise UsageError("this cannot be sent again", hint="It was sent, or is not there any more.")
        writer = await self._writer(account)
        self._under_way.add(key)
        try:
            # a letter that is open again is what only this program is at: others may look for it, not send it
            letter = await unbroken(self._store.intend_again, key, guard)
            try:
                found = await self._look(account, letter, writer)
            except KloutError as error:
                await self._settle(letter, State.MISSING, said=self._words(error, account, None))
                raise
            if found is not None:
                return await self._arrived(letter, found)
            return await self._attempt(account, letter, writer)
        finally:
            self._under_way.discard(key)

    async def _late(self, account: Account, earlier: Letter, writer: Writer) -> Letter | None:
        """The earlier letter, in other words than those to be sent now, if it did arrive after all.

        Raises:
            KloutError: it could not be looked for, so nothing may be sent.
        """
        found = await self._look(account, earlier, writer)
        if found is None:
            return None
        return await self._arrived(await unbroken(self._store.intend_again, earlier.key), found)

    async def look(self) -> list[Letter]:
        """Look for every letter whose end is not known; those of which more is known now.

        A letter that another program is just sending is looked for too, which harms nobody, and is not given up before
        it would long be there. What cannot be seen now stays as it is.

        Raises:
            StoreError: the store cannot be read.
        """
        changed = []
        for letter in await unbroken(self._store.letters):
            if letter.state in OPEN and letter.key not in self._under_way:
                settled = await self._look_for(letter)
                if settled != letter:
                    changed.append(settled)
        return changed

    async def take_back(self, key: str) -> Letter:
        """Delete a letter where it is, and with it the mark that it thanked.

        Raises:
            UsageError: it cannot be deleted from here; the hint says where it can.
            NetworkError: it may be there still.
        """
        letter = await unbroken(self._store.letter, key)
        account = await unbroken(self._store.account, letter.account) if letter else None
        if letter is None or account is None or letter.state is not State.SENT:
            raise UsageError("there is nothing to take back", hint="It was not sent, or is deleted already.")
        try:
            writer = await self._writer(account)
        except UsageError as error:
            raise UsageError(
                f"it cannot be deleted from here: {error.message}", hint=f"Delete it in the browser: {letter.url}"
            ) from error
        async with self._asking(account) as client:
            await writer.delete(account, Sent(letter.sent_id, letter.url, letter.ref), client)
        return await self._settle(letter, State.DELETED)

    async def _attempt(self, account: Account, letter: Letter, writer: Writer) -> Letter:
        client: Client | None = None
        try:
            client = await self._pen.open(account)
        except KloutError as error:
            return await self._settle(letter, State.REFUSED, said=f"{error.message}. {error.hint}".strip())
        async with client:
            try:
                async with asyncio.timeout(self._patience):
                    sent = await writer.send(account, _outgoing(letter), client)
            except (Exception, asyncio.CancelledError, SystemExit) as error:
                task = asyncio.current_task()
                if isinstance(error, asyncio.CancelledError) and (task is None or task.cancelling()):
                    raise  # told to stop: it may be out, and says so
                state = State.REFUSED if surely_not_there(error) else State.UNKNOWN
                return await self._settle(letter, state, said=self._words(error, account, client))
        return await self._arrived(letter, sent)

    async def _look_for(self, letter: Letter) -> Letter:
        account = await unbroken(self._store.account, letter.account)
        if account is None or account.unlinked_at is not None:
            return await self._say(letter, "the account is not linked any more, so nobody can look")
        try:
            writer = await self._writer(account)
            found = await self._look(account, letter, writer)
        except KloutError as error:
            return await self._say(letter, self._words(error, account, None))
        if found is not None:
            return await self._arrived(letter, found)
        if letter.overdue(self._pen.clock()):
            return await self._settle(letter, State.MISSING, said=letter.said or "it never arrived")
        return letter

    async def _look(self, account: Account, letter: Letter, writer: Writer) -> Sent | None:
        """The letter, if it is there.

        Raises:
            KloutError: it could not be looked for.
        """
        others = await unbroken(self._store.letters)
        taken = frozenset(each.sent_id for each in others if each.sent_id)
        async with self._asking(account) as client:
            return await writer.find(account, _outgoing(letter), taken, client)

    @asynccontextmanager
    async def _asking(self, account: Account) -> AsyncIterator[Client]:
        """A client to ask with, for a while.

        Raises:
            KloutError: whatever goes wrong, in words that hold no secret the client knows.
        """
        async with await self._pen.open(account) as client:
            try:
                async with asyncio.timeout(self._patience):
                    yield client
            except KloutError as error:
                error.message, error.hint = client.blotted(error.message), client.blotted(error.hint)
                error.args = (error.message,)
                raise
            except TimeoutError:
                raise Unavailable("it took too long") from None
            except (Exception, SystemExit) as error:  # a plugin may raise anything: this is its border
                raise AdapterError(fault_of(error, account.network, None, blotted=client.blotted).message) from None

    async def _arrived(self, letter: Letter, sent: object) -> Letter:
        if not isinstance(sent, Sent) or not sent.id:
            words = f"the {letter.network} adapter did not say what became of it"
            return await self._settle(letter, State.UNKNOWN, said=words)
        there = msgspec.structs.replace(
            letter,
            sent_id=clean_line(str(sent.id), 2_000),
            ref=clean_line(str(sent.ref), 2_000),
            url=safe_url(str(sent.url)),
        )
        return await self._settle(there, State.SENT)

    async def _settle(self, letter: Letter, state: State, *, said: str = "") -> Letter:
        settled = msgspec.structs.replace(letter, state=state, said=said)
        return await unbroken(self._store.settle_letter, settled)

    async def _say(self, letter: Letter, said: str) -> Letter:
        """Keep why nothing is known yet, if that is news."""
        if letter.state is State.UNKNOWN and letter.said == said:
            return letter
        return await self._settle(letter, State.UNKNOWN, said=said)

    async def _writer(self, account: Account) -> Writer:
        """How to write there, if she allowed it.

        Raises:
            UsageError: she did not, or it cannot be done.
        """
        await unbroken(self._store.poll)  # she may have allowed it, or not any more, in another window
        writer = await asyncio.to_thread(self._pen.writer, account)
        if writer is None:
            raise UsageError(f"klout-tui cannot write on {account.network}")
        if await unbroken(self._pen.may_write, account) is None:
            raise UsageError(
                f"writing as {account.handle} is not allowed", hint=f"klout-tui allow-writing {account.id}"
            )
        return writer

    @staticmethod
    def _words(error: BaseException, account: Account, client: Client | None) -> str:
        if isinstance(error, TimeoutError):
            return "it took too long"
        fault = fault_of(error, account.network, None, blotted=client.blotted if client else None)
        return f"{fault.message}. {fault.hint}".rstrip(" .") + "." if fault.hint else fault.message


def _earlier(
    purpose: Purpose, acts: tuple[str, ...], to: tuple[Addressee, ...], topic: str, letters: list[Letter]
) -> Letter | None:
    """The newest letter that says the same: thanks for one of these acts, or gives this +K."""
    if purpose is Purpose.THANKS:
        return about(acts, letters)
    keys, wanted = {one.key for one in to}, canonical(topic)
    same = (
        each
        for each in letters
        if each.purpose is purpose and canonical(each.topic) == wanted and keys & {one.key for one in each.to}
    )
    return max(same, key=lambda each: each.at, default=None)


def _outgoing(letter: Letter) -> Outgoing:
    return Outgoing(letter.key, letter.at, letter.text, letter.answers, letter.to, letter.quiet)
