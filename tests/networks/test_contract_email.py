"""Email keeps the contract.

It is the one network that is not on the web: there are no recordings of HTTP, and no JSON members to plant hostile text
in. The same contract runs all the same, against a server in memory and with the trouble that lines have; the two tests
that look into HTTP answers are written anew for the lines of mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import httpx
import pytest

from klout_tui.networks.base import LinkRequest, Network, NetworkError
from klout_tui.networks.email import Email
from klout_tui.testing import NetworkContract
from klout_tui.testing.shelf import harmless
from klout_tui.testing.trouble import HOSTILE, Fault, LineFault, Troubled
from tests.networks.mail_fake import USER, Box, Server, folders, mail, usual
from tests.secrets import MAIL_PASSWORD


def _says(text: bytes) -> LineFault:
    return lambda _: text


def _ends(text: bytes) -> LineFault:
    """The right tag, and what comes instead of OK."""
    return lambda sent: sent.split(b" ")[0] + b" " + text + b"\r\n"


def _raises(error: OSError) -> LineFault:
    def fail(sent: bytes) -> bytes:
        raise error

    return fail


class TestEmail(NetworkContract):
    network: ClassVar[Network] = Email()
    request = LinkRequest(target=USER, options={"subjects": "yes"})
    token = MAIL_PASSWORD
    most_requests = 6
    """A mailbox has to be opened and left again: dial, log in, list, status of two folders, log out."""
    exceptions: ClassVar[Mapping[str, str]] = {
        "test_the_answers_hold_something": "a mailbox holds what others wrote; there are no posts of hers",
    }
    passing: ClassVar[Mapping[str, Fault | LineFault]] = {
        "it hangs up": _says(b""),
        "it breaks off": _says(b"* LIST (\\HasNo"),
        "it says BYE": _says(b"* BYE shutting down\r\n"),
        "time-out": _raises(TimeoutError("as told by a test")),
        "no connection": _raises(ConnectionRefusedError("as told by a test")),
        "unavailable": _ends(b"NO [UNAVAILABLE] later"),
        "in use": _ends(b"NO [INUSE] somebody else"),
        "limit": _ends(b"NO [LIMIT] too many"),
    }
    lasting: ClassVar[Mapping[str, Fault | LineFault]] = {
        "authentication failed": _ends(b"NO [AUTHENTICATIONFAILED] no"),
        "no": _ends(b"NO because"),
        "nothing there": _ends(b"NO [NONEXISTENT] gone"),
        "an alert": _ends(b"NO [ALERT] Application-specific password required"),
        "a web alert": _ends(b"NO [WEBALERT https://far.example/x] Web login required."),
        "bad": _ends(b"BAD what"),
        "OK at once": _ends(b"OK done"),
        "a web page": _says(b"HTTP/1.1 400 Bad Request\r\n\r\n<h1>Bad</h1>\r\n"),
        "garbage": _says(b"\xff\xfe\x00\x80\r\n" * 50),
        "a huge literal": _says(b"* 1 FETCH (BODY[TEXT] {99999999999}\r\n"),
        "an endless line": _says(b"* " + b"x" * (2 << 20)),
        "deep lists": _says(b"* LIST " + b"(" * 5_000 + b"\r\n"),
        "open quote": _says(b'* LIST () "/" "Grat\r\n'),
        "a stranger's tag": _says(b"z9 OK done\r\n"),
        "asks for more": _says(b"+ go on\r\n" * 3),
        "NIL": _says(b"* LIST NIL NIL NIL\r\n* STATUS NIL NIL\r\n* SEARCH NIL\r\n* 1 FETCH NIL\r\n"),
        "empty lines": _says(b"\r\n\r\n"),
    }

    def transport(self) -> httpx.AsyncBaseTransport:
        return usual()

    def repeating(self, *secrets: str) -> Fault | LineFault:
        def answer(sent: bytes) -> bytes:
            said = " ".join(secrets).encode()
            return b"* OK " + said + b"\r\n" + sent.split(b" ")[0] + b" NO [ALERT] " + sent.strip() + said + b"\r\n"

        return answer

    def test_hostile_text_harms_nobody(self) -> None:
        """Terminal codes and broken characters in every place that holds text."""
        hostile = HOSTILE.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape").replace("\x00", "")
        server = Server(
            folders(
                Gratitude=Box(
                    [
                        mail(1, sender=f'"{hostile}" <ann@far.example>', subject=hostile),
                        mail(2, sender=f"ann{hostile}@far.example"),
                        mail(3, Message_ID=f"<{hostile}@far.example>", Precedence=hostile),
                        mail(4, sender=f"{hostile} <bo@pixel.example>", Date=hostile, at=""),
                    ]
                )
            )
        )
        server.boxes["Gratitude/&" + "AAAA" * 20 + "-"] = Box([mail(9)])
        shelf = self.bench.shelf()
        assert self.bench.refresh(shelf, Troubled(server)) is None
        assert len(shelf.interactions) >= 2
        for text in shelf.shown():
            assert harmless(text)

    @pytest.mark.parametrize("place", range(6))
    def test_words_of_the_server_are_harmless(self, place: int) -> None:
        """What it says in a refusal is shown, and without its codes."""
        said = HOSTILE.encode("utf-8", "surrogatepass")
        error = self.bench.refresh(self.bench.shelf(), Troubled(usual(), at=place, fault=_ends(b"NO [ALERT] " + said)))
        assert isinstance(error, NetworkError)
        assert harmless(error.message)
        assert harmless(error.hint)
