"""The IMAP we speak (RFC 3501): what finds, counts and heads mails, and nothing that could change one.

There is no way to say SELECT, STORE, COPY, MOVE, EXPUNGE, APPEND or to ask for a body: ``_VERBS`` is all there is, a
folder is opened with EXAMINE, and heads are asked for with BODY.PEEK, which leaves a mail unread.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from klout_tui.domain.text import clean_line
from klout_tui.networks.base import CredentialRefused, NetworkError, NotFound, NotUnderstood, TooLarge, Unavailable
from klout_tui.networks.dialing import Line
from klout_tui.networks.email import syntax
from klout_tui.networks.email.mailname import decoded
from klout_tui.networks.http import Client

_VERBS: Final = frozenset(
    {
        "CAPABILITY",
        "STARTTLS",
        "AUTHENTICATE",
        "LOGIN",
        "LIST",
        "STATUS",
        "EXAMINE",
        "UID SEARCH",
        "UID FETCH",
        "LOGOUT",
    }
)
HEADERS: Final = ("FROM", "DATE", "SUBJECT", "MESSAGE-ID", "LIST-ID", "AUTO-SUBMITTED", "PRECEDENCE")
"""All that is ever read of a mail."""
WITHOUT_SUBJECT: Final = tuple(name for name in HEADERS if name != "SUBJECT")

_LONGEST_NAME: Final = 1_000
"""Characters of a folder's name."""
LARGEST_HEAD: Final = 64 * 1024
"""Bytes of one literal; these seven lines of a mail are hardly ever one kilobyte."""
_MOST_LINES: Final = 200_000
"""Untagged answers to one command."""
_AT_A_TIME: Final = 200
"""Of them, between two turns of everything else."""
_LONG: Final = 32 * 1024
"""Bytes of one answer from which on it is taken apart in a thread: it takes milliseconds."""
_STATES: Final = re.compile(rb"(\S+) (OK|NO|BAD|BYE|PREAUTH)(?: (.*))?", re.IGNORECASE | re.DOTALL)
_LITERAL: Final = re.compile(rb"\{(\d{1,12})\+?\}$")
_CAPABILITY: Final = "CAPABILITY"

_REFUSED: Final = frozenset({"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "WEBALERT", "CONTACTADMIN"})
_LATER: Final = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED", "OVERQUOTA"})
_GONE: Final = frozenset({"NONEXISTENT", "TRYCREATE", "NOPERM", "CANNOT"})
_SPECIAL: Final = frozenset(
    {r"\all", r"\junk", r"\trash", r"\sent", r"\drafts", r"\archive", r"\flagged", r"\important"}
)
_UNOPENED: Final = frozenset({r"\noselect", r"\nonexistent"})

PASSWORD_HINT: Final = (
    "Most providers want an app password here, not the one you log in with: make one on your provider's pages."
)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder there is."""

    name: str
    """As people read it, cleaned: its spelling can hide anything, control codes too."""
    spelt: str
    """As the server spells it."""
    delimiter: str
    opens: bool
    """Whether it holds mails."""
    special: bool
    """Whether it is the one for sent mail, junk, or the like."""


@dataclass(frozen=True, slots=True)
class State:
    """How a folder stands."""

    mails: int | None
    next_uid: int | None
    validity: int | None
    """Changes when its numbers no longer mean the same mails."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is read of a mail."""

    uid: int
    at: datetime | None
    """When it arrived, UTC."""
    lines: bytes


class Imap:
    """One conversation with a mail server."""

    def __init__(self, line: Line, client: Client) -> None:
        self._line = line
        self._client = client
        self._tag = 0
        self._able: frozenset[str] = frozenset()

    # Getting in

    async def greet(self) -> None:
        """Hear the greeting.

        Raises:
            NetworkError: it turns us away, or is none.
        """
        async with self._line.asking("CONNECT") as outcome:
            chunks, _ = await self._answer()
            state, text = self._state(chunks[0], b"*")
            outcome.append(state)
        if state == "BYE":
            raise self._hung_up(text)
        if state != "OK":  # PREAUTH would have us skip encryption and the password
            raise self._puzzling("a greeting")
        self._learn(text)

    async def encrypt(self) -> None:
        """Agree on TLS. What was heard before is forgotten, since anybody may have said it.

        Raises:
            NetworkError: it cannot be agreed on.
        """
        await self._find_out()
        if "STARTTLS" not in self._able:
            raise NotUnderstood(
                f"{self._line.host} offers no encryption there", hint="Name its encrypted port: imaps://HOST:993."
            )
        await self._ask("STARTTLS")
        await self._line.encrypt()
        self._able = frozenset()

    async def log_in(self, user: str, password: str) -> None:
        """Log in.

        Raises:
            CredentialRefused: with these nobody gets in.
            NetworkError: as in ``networks.base``.
        """
        await self._find_out()
        packed = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
        self._client.hide(packed)
        if "AUTH=PLAIN" in self._able:
            initial = (packed.encode(),) if "SASL-IR" in self._able else ()
            answers = await self._ask("AUTHENTICATE", b"PLAIN", *initial, secret=True, then=packed.encode())
        elif "LOGINDISABLED" in self._able:
            raise NotUnderstood(
                f"{self._line.host} takes no password here", hint="Some providers let programs in by OAuth alone."
            )
        elif user.isascii():
            spelt = _quoted(password)
            self._client.hide(spelt[1:-1].decode("ascii"))  # a server may repeat it as it went over the line
            answers = await self._ask("LOGIN", _quoted(user), spelt, secret=True)
        else:
            raise CredentialRefused(f"{self._line.host} takes plain letters in a user name only")
        self._able = frozenset()
        for text in answers.codes:
            self._learn(text)

    async def leave(self) -> None:
        """Say goodbye; that it does not answer is no trouble."""
        try:
            await self._ask("LOGOUT")
        except NetworkError:
            return

    # Looking

    async def folders(self, pattern: str = "*") -> list[Folder]:
        """The folders whose name fits, by name.

        Args:
            pattern: as the server spells names; ``*`` fits anything.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        answers = await self._ask("LIST", b'""', _quoted(pattern), about="folders")
        found = {folder.spelt: folder for values in answers.of("LIST") if (folder := _folder(values)) is not None}
        return [found[spelt] for spelt in sorted(found)]

    async def status(self, folder: Folder) -> State:
        """How a folder stands, without opening it.

        Raises:
            NotFound: it is not there.
            NetworkError: as in ``networks.base``.
        """
        answers = await self._ask("STATUS", _quoted(folder.spelt), b"(MESSAGES UIDNEXT UIDVALIDITY)", about=folder.name)
        for values in answers.of("STATUS"):
            told = syntax.pairs(values[-1] if values else None)
            named = [syntax.number(told.get(name)) for name in ("MESSAGES", "UIDNEXT", "UIDVALIDITY")]
            return State(*named)
        raise self._puzzling("how the folder stands")

    async def examine(self, folder: Folder) -> State:
        """Open a folder for looking.

        Raises:
            NotFound: it is not there.
            NetworkError: as in ``networks.base``.
        """
        answers = await self._ask("EXAMINE", _quoted(folder.spelt), about=folder.name)
        told = {code: syntax.number(said.encode()) for code, said, _ in map(syntax.code_of, answers.codes)}
        mails = [syntax.number(values[0]) for values in answers.of("EXISTS") if values]
        return State(mails[-1] if mails else None, told.get("UIDNEXT"), told.get("UIDVALIDITY"))

    async def uids_after(self, uid: int) -> list[int]:
        """Numbers above ``uid`` of the mails in the open folder, sorted.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        answers = await self._ask("UID SEARCH", b"UID", f"{uid + 1}:*".encode())
        found = {number for values in answers.of("SEARCH") for number in map(syntax.number, values) if number}
        return sorted(number for number in found if number > uid)  # n:* always tells the last one too

    async def heads(self, uids: Sequence[int], *, subjects: bool) -> list[Head]:
        """The heads of these mails in the open folder, by number; what is gone meanwhile is left out.

        Args:
            uids: the numbers.
            subjects: whether the subject may be read.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        names = " ".join(HEADERS if subjects else WITHOUT_SUBJECT)
        wanted = f"(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS ({names})])".encode()
        answers = await self._ask("UID FETCH", _numbers(uids).encode(), wanted, about=f"{len(uids)} heads")
        asked, found = set(uids), {}
        for values in answers.of("FETCH"):
            told = syntax.pairs(values[-1] if values else None)
            uid = syntax.number(told.get("UID"))
            lines = next((value for name, value in told.items() if name.startswith("BODY[HEADER")), None)
            if uid is not None and uid in asked and isinstance(lines, bytes):
                found[uid] = Head(uid, syntax.internal_date(told.get("INTERNALDATE")), lines)
        return [found[uid] for uid in sorted(found)]

    # The grammar

    async def _find_out(self) -> None:
        if not self._able:
            for values in (await self._ask(_CAPABILITY)).of(_CAPABILITY):
                self._able = frozenset(syntax.words(value).upper() for value in values)

    def _learn(self, text: str) -> None:
        code, said, _ = syntax.code_of(text)
        if code == _CAPABILITY:
            self._able = frozenset(said.upper().split())

    async def _ask(
        self, verb: str, *arguments: bytes, about: str = "", secret: bool = False, then: bytes = b""
    ) -> _Answers:
        """One command, answered to its end.

        Args:
            verb: one of ``_VERBS``.
            arguments: as they go over the line.
            about: what to note it with.
            secret: whether the arguments hold a credential.
            then: what to send where the server asks for more.

        Raises:
            NetworkError: as in ``networks.base``.
        """
        if verb not in _VERBS:
            raise AssertionError(f"{verb} is never said")
        self._tag += 1
        tag = f"k{self._tag}".encode()
        answers = _Answers()
        async with self._line.asking(verb, about, authorised=secret) as outcome:
            await self._line.send(b" ".join((tag, verb.encode(), *arguments)) + b"\r\n", secret=secret)
            for number in range(1, _MOST_LINES + 1):
                chunks, literals = await self._answer()
                if not number % _AT_A_TIME:
                    await asyncio.sleep(0)  # what has come whole is read without waiting for anything
                first = chunks[0]
                if first.startswith(b"+"):
                    await self._line.send(then + b"\r\n", secret=secret)
                    then = b""
                    continue
                if first.startswith(tag + b" "):
                    state, text = self._state(first, tag)
                    outcome.append(state)
                    answers.codes.append(text)
                    if state == "OK":
                        return answers
                    raise self._refusal(verb, state, text, about)
                await self._untagged(first, chunks, literals, answers, leaving=verb == "LOGOUT")
        raise self._puzzling("an end of its answer")

    async def _untagged(
        self, first: bytes, chunks: list[bytes], literals: list[bytes], answers: _Answers, *, leaving: bool
    ) -> None:
        if not first.startswith(b"* "):
            raise self._puzzling("an answer to what was asked")
        if _STATES.fullmatch(first):
            state, text = self._state(first, b"*")
            if state == "BYE" and not leaving:
                raise self._hung_up(text)
            answers.codes.append(text)
            return
        try:
            told = [first[2:], *chunks[1:]]
            long = sum(map(len, told)) > _LONG
            values = await asyncio.to_thread(syntax.parse, told, literals) if long else syntax.parse(told, literals)
        except syntax.Unreadable as error:
            raise self._puzzling("an answer that can be read") from error
        answers.rows.append(values)

    async def _answer(self) -> tuple[list[bytes], list[bytes]]:
        """One answer: its text, cut where literals stand, and those."""
        chunks: list[bytes] = []
        literals: list[bytes] = []
        while True:
            text = await self._line.line()
            found = _LITERAL.search(text)
            if found is None:
                chunks.append(text)
                return chunks, literals
            size = int(found[1])
            if size > LARGEST_HEAD:
                raise TooLarge(f"{self._line.host} sends {size:,} bytes where the head of a mail was asked for")
            chunks.append(text[: found.start()])
            literals.append(await self._line.exactly(size))

    def _state(self, text: bytes, tag: bytes) -> tuple[str, str]:
        found = _STATES.fullmatch(text)
        if found is None or found[1] != tag:
            raise self._puzzling("OK, NO or BAD")
        return found[2].decode("ascii").upper(), syntax.words(found[3] or b"")

    # What refusals mean

    def _refusal(self, verb: str, state: str, text: str, about: str) -> NetworkError:
        host = self._line.host
        code, _, words = syntax.code_of(text)
        said = self._said(words)
        told = f"{host} says: {said}" if said else f"{host} gives no reason"
        if state == "BAD":
            return NotUnderstood(f"{host} does not understand {verb} ({said or 'no reason given'})")
        if code in _LATER:
            return Unavailable(f"{host} cannot do that now", hint=told)
        if verb in ("LOGIN", "AUTHENTICATE"):
            return CredentialRefused(f"{host} refuses this user name and password", hint=f"{told}. {PASSWORD_HINT}")
        if verb in ("STATUS", "EXAMINE") and (code in _GONE or not code):
            return NotFound(f"{host} does not open the folder {clean_line(about, 80)}", hint=told)
        return Unavailable(f"{host} refuses {verb}", hint=told)

    def _hung_up(self, text: str) -> NetworkError:
        words = self._said(syntax.code_of(text)[2])
        return Unavailable(f"{self._line.host} hung up" + (f": {words}" if words else ""))

    def _puzzling(self, expected: str) -> NotUnderstood:
        return NotUnderstood(
            f"{self._line.host} did not answer with {expected}",
            hint="Is it a mail server, and is the port its IMAP one?",
        )

    def _said(self, words: str) -> str:
        return clean_line(self._line.blotted(words), 200).rstrip(". ")


class _Answers:
    """What came before the end of a command."""

    def __init__(self) -> None:
        self.rows: list[list[syntax.Value]] = []
        self.codes: list[str] = []
        """What stood behind OK, the command's own end last."""

    def of(self, name: str) -> list[list[syntax.Value]]:
        """The rows of this name without it: ``* LIST …``, or ``* 40 FETCH …``, whose number comes first."""
        found = []
        for row in self.rows:
            at = 1 if row and syntax.number(row[0]) is not None else 0
            word = row[at] if len(row) > at else None
            if isinstance(word, bytes) and syntax.words(word).upper() == name:
                found.append([*row[:at], *row[at + 1 :]])
        return found


def _folder(values: list[syntax.Value]) -> Folder | None:
    if len(values) < 3 or not isinstance(values[0], list) or not isinstance(values[2], bytes):
        return None
    flags = {syntax.words(flag).lower() for flag in values[0]}
    spelt = syntax.words(values[2])
    if not spelt or not spelt.isascii() or not spelt.isprintable():
        return None
    return Folder(
        name=clean_line(decoded(spelt), _LONGEST_NAME),
        spelt=spelt,
        delimiter=syntax.words(values[1])[:1],
        opens=not flags & _UNOPENED,
        special=bool(flags & _SPECIAL),
    )


def _quoted(text: str) -> bytes:
    """A quoted string, which holds no line ends.

    Raises:
        CredentialRefused: it does.
    """
    if not text.isascii() or not text.isprintable():
        raise CredentialRefused("a user name, a password or a folder holds signs that none can hold")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.encode()


def _numbers(uids: Sequence[int]) -> str:
    """``1:3,7``: runs are told by their ends."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and runs[-1][1] == uid - 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(f"{first}:{last}" if last > first else str(first) for first, last in runs)
