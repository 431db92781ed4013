"""A mail server in memory, for what a real one never does: it forgets, lies, drips and breaks off when told to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from klout_tui.networks.dialing import Wire
from tests.secrets import MAIL_PASSWORD

USER = "ada@mail.example"
SASL = "AGFkYUBtYWlsLmV4YW1wbGUAZmFrZS1tYWlsLXBhc3N3MHJkLUhoMQ=="
_FETCHED = re.compile(rb"UID FETCH ([\d,:]+) \(UID INTERNALDATE BODY\.PEEK\[HEADER\.FIELDS \(([A-Z -]+)\)\]\)")


def mail(
    number: int,
    *,
    sender: str = "Ann Lee <ann@far.example>",
    subject: str = "Thank you for the guide",
    at: str = " 3-Nov-2026 09:12:00 +0100",
    **more: str,
) -> Mail:
    """A mail with a number of its own."""
    lines = {"From": sender, "Subject": subject, "Message-ID": f"<{number}@far.example>", **more}
    return Mail(number, at, "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in lines.items() if text))


@dataclass
class Mail:
    """As it lies in a folder."""

    uid: int
    at: str
    head: str

    def lines(self, wanted: set[str]) -> bytes:
        """Those header lines that were asked for."""
        kept = [line for line in self.head.splitlines(keepends=True) if line.partition(":")[0].upper() in wanted]
        return ("".join(kept) + "\r\n").encode("utf-8", "surrogateescape")


@dataclass
class Box:
    """A folder."""

    mails: list[Mail] = field(default_factory=list)
    validity: int = 1700000001
    flags: str = r"\HasNoChildren"
    next_uid: int | None = None

    @property
    def next(self) -> int:
        """The number the next mail gets."""
        return self.next_uid if self.next_uid is not None else max((each.uid for each in self.mails), default=0) + 1


@dataclass
class Server(httpx.AsyncBaseTransport):
    """The whole server; what each of its clients said is in ``heard``."""

    boxes: dict[str, Box] = field(default_factory=dict)
    delimiter: str = "/"
    greeting: str = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready"
    able: str = "IMAP4rev1 SASL-IR AUTH=PLAIN"
    login: str = "OK logged in"
    encrypts: bool = True
    spoken: Callable[[bytes, list[bytes]], list[bytes]] | None = None
    """Changes what is answered to a command."""
    heard: list[bytes] = field(default_factory=list)
    hung_up: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"a mail server was asked {request.url}")

    async def dial(self, host: str, port: int, *, encrypted: bool) -> Wire:
        return _Wire(self)

    def answer(self, said: bytes) -> list[bytes]:
        """What it says to one line."""
        self.heard.append(said)
        tag, _, command = said.rstrip(b"\r\n").partition(b" ")
        lines = [*self._lines(command), tag + b" " + self._end(command).encode() + b"\r\n"]
        return self.spoken(command, lines) if self.spoken else lines

    def _end(self, command: bytes) -> str:
        verb = command.split(b" ")[0].upper()
        if verb in (b"AUTHENTICATE", b"LOGIN"):
            right = SASL.encode() in command or MAIL_PASSWORD.encode() in command
            return self.login if right else "NO [AUTHENTICATIONFAILED] Authentication failed."
        if verb in (b"STATUS", b"EXAMINE") and self._box(command) is None:
            return "NO [NONEXISTENT] no such mailbox"
        if verb == b"EXAMINE":
            return "OK [READ-ONLY] done"
        if verb == b"STARTTLS" and not self.encrypts:
            return "BAD what"
        return "OK done"

    def _lines(self, command: bytes) -> list[bytes]:
        verb = b" ".join(command.split(b" ")[:2]) if command.startswith(b"UID") else command.split(b" ")[0]
        box = self._box(command)
        if verb == b"CAPABILITY":
            return [f"* CAPABILITY {self.able}\r\n".encode()]
        if verb == b"LOGOUT":
            return [b"* BYE see you\r\n"]
        if verb == b"LIST":
            return [
                f'* LIST ({each.flags}) "{self.delimiter}" "{name}"\r\n'.encode() for name, each in self.boxes.items()
            ]
        if verb == b"STATUS" and box is not None:
            told = f"(MESSAGES {len(box.mails)} UIDNEXT {box.next} UIDVALIDITY {box.validity})"
            return [b"* STATUS " + command.split(b" (")[0][7:] + f" {told}\r\n".encode()]
        if verb == b"EXAMINE" and box is not None:
            self._open = box
            told = (
                f"* {len(box.mails)} EXISTS\r\n* OK [UIDVALIDITY {box.validity}] ok\r\n* OK [UIDNEXT {box.next}] ok\r\n"
            )
            return [told.encode()]
        if verb == b"UID SEARCH":
            first = int(command.rpartition(b" ")[2].partition(b":")[0])
            uids = [each.uid for each in self._open.mails]
            found = [uid for uid in uids if uid >= first] or uids[-1:]  # as the standard wants it
            return [b"* SEARCH" + b"".join(f" {uid}".encode() for uid in found) + b"\r\n"]
        if verb == b"UID FETCH":
            return self._fetched(command)
        return []

    def _fetched(self, command: bytes) -> list[bytes]:
        asked = _FETCHED.fullmatch(command)
        assert asked is not None, f"it asked for something else: {command!r}"
        uids: set[int] = set()
        for run in asked[1].split(b","):
            first, _, last = run.partition(b":")
            uids.update(range(int(first), int(last or first) + 1))
        names = asked[2].decode()
        rows = []
        for place, each in enumerate(self._open.mails):
            if each.uid in uids:
                lines = each.lines(set(names.split()))
                told = (
                    f'* {place + 1} FETCH (UID {each.uid} INTERNALDATE "{each.at}"'
                    if each.at
                    else (f"* {place + 1} FETCH (UID {each.uid} INTERNALDATE NIL")
                )
                head = f"{told} BODY[HEADER.FIELDS ({names})] {{{len(lines)}}}\r\n"
                rows.append(head.encode() + lines + b")\r\n")
        return rows

    def _box(self, command: bytes) -> Box | None:
        found = re.search(rb'"((?:[^"\\]|\\.)*)"', command)
        return self.boxes.get(found[1].decode()) if found else None

    def __post_init__(self) -> None:
        self._open = Box()


class _Wire:
    """The line to it; answers come in two pieces, so that nobody counts on whole ones."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._pending = [f"{server.greeting}\r\n".encode()] if server.greeting else []
        self._waits = b""

    async def receive(self) -> bytes:
        return self._pending.pop(0) if self._pending else b""

    async def send(self, data: bytes) -> None:
        if self._waits:  # the password, after "+"
            data, self._waits = self._waits + b" " + data, b""
        elif data.rstrip().endswith(b"AUTHENTICATE PLAIN"):
            self._waits = data.rstrip()
            self._pending.append(b"+ \r\n")
            return
        said = b"".join(self._server.answer(data))
        half = len(said) // 2
        self._pending += [piece for piece in (said[:half], said[half:]) if piece]

    async def encrypt(self, host: str) -> None:
        return None

    async def close(self) -> None:
        self._server.hung_up += 1


def folders(**boxes: Box) -> dict[str, Box]:
    """By name; ``__`` stands for the delimiter."""
    return {name.replace("__", "/"): box for name, box in boxes.items()}


def usual() -> Server:
    """A folder with five mails, two of which are thanks, and one below it."""
    return Server(
        folders(
            INBOX=Box([mail(1)]),
            Sent=Box([mail(2)], flags=r"\Sent \HasNoChildren"),
            Gratitude=Box(
                [
                    mail(75),
                    mail(76, sender="=?utf-8?q?J=C3=BCrgen?= <J.Ek@Pixel.Example>", at=" 4-Nov-2026 18:00:00 +0000"),
                    mail(80, sender="Ada <ada@mail.example>"),
                    mail(81, sender="news@shop.example", List_Id="<news.shop.example>"),
                    mail(82, sender="receipts@shop.example", Auto_Submitted="auto-generated"),
                ]
            ),
            Gratitude__python=Box([mail(9, sender="bo@pixel.example", at="20-Nov-2026 00:30:00 +0100")]),
        )
    )
