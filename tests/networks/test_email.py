"""Email: what is typed, what servers say, what mails are; and a server that means harm."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klout_tui.domain.model import Account, Interaction
from klout_tui.errors import UsageError
from klout_tui.networks.address import home_objection, objection
from klout_tui.networks.base import (
    CredentialRefused,
    Likeness,
    LinkRequest,
    NetworkError,
    NotFound,
    NotUnderstood,
    OtherHost,
    TooLarge,
    Unavailable,
)
from klout_tui.networks.email import Email, mapping, syntax
from klout_tui.networks.email.imap import Head, Imap, _numbers
from klout_tui.networks.email.mailname import decoded, encoded
from klout_tui.networks.email.target import parse
from klout_tui.networks.http import Client, Limits
from klout_tui.testing.bench import Bench
from tests.networks.mail_fake import USER, Box, Server, folders, mail, usual
from tests.secrets import MAIL_PASSWORD

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ADA = Account(
    id=f"email:{USER}",
    network="email",
    handle=USER,
    base_url="imaps://imap.mail.example:993",
    linked_at=NOW,
    keys=(f"mailto:{USER}",),
)

# What is typed


@pytest.mark.parametrize(
    ("typed", "base", "leads_to"),
    [
        ("ada@mail.example", "", "imaps://imap.mail.example:993"),
        ("mailto:Ada@Gmail.com", "", "imaps://imap.gmail.com:993"),
        ("ada@mail.example", "mx.mail.example", "imaps://mx.mail.example:993"),
        ("ada@mail.example", "mx.mail.example:143", "imap://mx.mail.example:143"),
        ("ada@mail.example", "imap://mx.mail.example", "imap://mx.mail.example:143"),
        ("ada@mail.example", "IMAPS://mx.mail.example:1993/", "imaps://mx.mail.example:1993"),
        ("ada@mail.example", "imaps://[::1]:1993", "imaps://[::1]:1993"),
    ],
)
def test_where_a_mailbox_is_looked_for(typed: str, base: str, leads_to: str) -> None:
    assert Email().origin(LinkRequest(typed, base_url=base)) == leads_to
    assert home_objection(httpx.URL(leads_to)) == ""
    assert objection(httpx.URL(leads_to))  # the web client asks no such address


@pytest.mark.parametrize(
    ("typed", "base", "options"),
    [
        ("ada", "", {}),
        ("ada@mail.example?cc=x@y.example", "", {}),
        ("ada@outlook.com", "", {}),
        ("ada@mail.example", "https://mail.example", {}),
        ("ada@mail.example", "imaps://user:word@mail.example", {}),
        ("ada@mail.example", "mail.example:99999", {}),
        ("ada@mail.example", "", {"folder": "Gra*"}),
        ("ada@mail.example", "", {"folder": "a\r\nb"}),
        ("ada@mail.example", "", {"subjects": "perhaps"}),
        ("ada@mail.example", "", {"addresses": "nobody"}),
        ("ada@mail.example", "imap://mail.example", {"plain": "yes"}),
        ("ada@mail.example", "imaps://localhost", {"plain": "yes"}),
    ],
)
def test_what_cannot_be_meant_is_refused(typed: str, base: str, options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        parse(LinkRequest(typed, base_url=base, options=options))


def test_addresses_are_recognised_and_handles_are_not() -> None:
    known = Email().recognises
    assert known("ada@gmail.com") is Likeness.CERTAIN
    assert known("ada@blog.example") is Likeness.POSSIBLE  # which may be a handle as well
    assert known("@ada@blog.example") is known("https://blog.example") is Likeness.NO


# What servers say


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("Danke schön", "Danke sch&APY-n"),
        ("Tom & Jerry", "Tom &- Jerry"),
        ("台北", "&U,BTFw-"),
        ("a/b&c☺", "a/b&-c&Jjo-"),
    ],
)
def test_folders_are_spelt_in_modified_utf_7(name: str, spelt: str) -> None:
    assert (encoded(name), decoded(spelt)) == (spelt, name)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_every_name_survives_its_spelling(name: str) -> None:
    assert decoded(encoded(name)) == name
    assert encoded(name).isascii()


@given(st.text())
def test_no_spelling_breaks_the_reader(spelt: str) -> None:
    decoded(spelt)


def test_answers_are_taken_apart() -> None:
    chunks = [rb'40 FETCH (UID 75 X "a\"b" NIL () BODY[HEADER.FIELDS (FROM DATE)] ', b" Y z)"]
    number, word, row = syntax.parse(chunks, [b"From: x\r\n"])
    assert (number, word) == (b"40", b"FETCH")
    assert row == [
        *(b"UID", b"75", b"X", b'a"b', None, [], b"BODY[HEADER.FIELDS (FROM DATE)]", b"From: x\r\n", b"Y", b"z")
    ]
    assert isinstance(row[3], syntax.Text)
    assert syntax.pairs(row)["UID"] == b"75"


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        syntax.parse([data], [])
    except syntax.Unreadable:
        return


@pytest.mark.parametrize(
    ("said", "at"),
    [
        (" 3-Oct-2026 09:12:00 +0000", datetime(2026, 10, 3, 9, 12, tzinfo=UTC)),
        ("13-oct-2026 00:12:00 +0530", datetime(2026, 10, 12, 18, 42, tzinfo=UTC)),
        ("31-Feb-2026 00:12:00 +0000", None),
        ("1-Jan-0001 00:00:00 +1400", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_of_arrival(said: str, at: datetime | None) -> None:
    assert syntax.internal_date(said.encode()) == at


@given(st.sets(st.integers(1, 60)).map(sorted))
def test_runs_of_numbers_are_told_by_their_ends(uids: list[int]) -> None:
    told: list[int] = []
    for run in filter(None, _numbers(uids).split(",")):
        first, _, last = run.partition(":")
        told += range(int(first), int(last or first) + 1)
    assert told == uids


# What mails are


def read(head: str, *, at: datetime | None = NOW, subjects: bool = False) -> Interaction | str:
    lines = head.replace("\n", "\r\n").encode("utf-8", "surrogateescape")
    return mapping.thanks(Head(1, at, lines), ADA, {USER}, topics=(), subjects=subjects, now=NOW)


def test_who_when_and_by_consent_the_subject() -> None:
    sender = "From: =?utf-8?b?SsO8cmdlbg==?=\n Ek <j.ek@pixel.example>\n"
    head = f"{sender}Subject: =?utf-8?q?Danke_sch=C3=B6n?=\nMessage-ID: <1@x>\n"
    act = read(head, subjects=True)
    assert isinstance(act, Interaction)
    assert (act.id, act.actor.name, act.actor.handle) == (f"email:{USER}/1@x", "Jürgen Ek", "j.ek@pixel.example")
    assert (act.text, act.public, act.way, act.url) == ("Danke schön", False, "mail", "mailto:j.ek@pixel.example")
    silent = read(head)
    assert isinstance(silent, Interaction)
    assert silent.text == ""


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("From: Ada <ADA@mail.example>\n", mapping.OWN),
        ("From: x@y.example\nList-Id: <a.b>\n", mapping.LIST),
        ("From: x@y.example\nPrecedence: Bulk\n", mapping.BULK),
        ("From: x@y.example\nAuto-Submitted: auto-replied; x=y\n", mapping.AUTOMATIC),
        ("From: undisclosed-recipients:;\n", mapping.NAMELESS),
        ("From: <x@y.example?cc=z@y.example>\n", mapping.NAMELESS),
        ("Subject: nobody\n", mapping.NAMELESS),
        ("", mapping.NAMELESS),
    ],
)
def test_what_is_no_thanks(head: str, reason: str) -> None:
    assert read(head) == reason


def test_a_mail_without_a_number_or_a_time_still_counts_once() -> None:
    dated = read("From: x@y.example\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n", at=None)
    assert isinstance(dated, Interaction)
    assert (dated.at, dated.estimated) == (datetime(2026, 11, 2, 9, tzinfo=UTC), False)
    assert read("From: x@y.example\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n", at=None) == dated
    undated = read("From: x@y.example\n", at=None)
    assert isinstance(undated, Interaction)
    assert (undated.at, undated.estimated) == (NOW, True)
    ahead = read("From: x@y.example\n", at=NOW.replace(year=2030))
    assert isinstance(ahead, Interaction)
    assert (ahead.at, ahead.estimated) == (NOW, True)


@given(st.text(max_size=400))
def test_no_head_breaks_the_reader(text: str) -> None:
    assert read(f"From: {text}\nMessage-ID: {text}\nDate: {text}\nSubject: {text}\n", subjects=True)


def test_a_head_made_to_take_long_does_not() -> None:
    begun = asyncio.new_event_loop().time()
    for evil in ("(" * 60_000, "<" * 60_000, '"' * 60_000, ("a@b.example," * 5_000), "=?utf-8?q?" * 6_000):
        read(f"From: {evil}\n")
    assert asyncio.new_event_loop().time() - begun < 5


# A server that means harm, or is merely different


def bench(server: Server, *, options: dict[str, str] | None = None, password: str = MAIL_PASSWORD) -> Bench:
    return Bench(Email(), LinkRequest(USER, options=options or {}), password, NOW, lambda: server)


def test_an_ordinary_reading_and_what_was_said_for_it() -> None:
    server = usual()
    shelf = bench(server).whole()
    assert {act.actor.handle for act in shelf.interactions.values()} == {
        *("ann@far.example", "J.Ek@pixel.example", "bo@pixel.example")
    }
    verbs = {line.split(b" ")[1] + (b" " + line.split(b" ")[2] if b" UID " in line else b"") for line in server.heard}
    assert {verb.strip() for verb in verbs} == {
        *(b"AUTHENTICATE", b"LIST", b"STATUS", b"EXAMINE", b"UID SEARCH", b"UID FETCH", b"LOGOUT")
    }
    assert server.hung_up > 1


@pytest.mark.parametrize(
    ("able", "said"),
    [
        ("IMAP4rev1 AUTH=PLAIN", b"AUTHENTICATE PLAIN"),
        ("IMAP4rev1", b'LOGIN "ada@mail.example"'),
    ],
)
def test_every_usual_way_to_log_in(able: str, said: bytes) -> None:
    server = usual()
    server.greeting, server.able = "* OK ready", able
    assert len(bench(server).whole().interactions) == 3
    assert any(said in line for line in server.heard)


def test_a_server_that_takes_no_password_is_not_given_one() -> None:
    server = usual()
    server.greeting, server.able = "* OK hi", "IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2"
    with pytest.raises(NotUnderstood, match="takes no password"):
        bench(server).verify()
    assert not any(MAIL_PASSWORD.encode() in line for line in server.heard)


@pytest.mark.parametrize("greeting", ["* PREAUTH welcome", "* BYE not today", "HTTP/1.1 400 Bad Request", "+ OK POP3"])
def test_other_greetings_end_it_before_a_password_is_sent(greeting: str) -> None:
    server = usual()
    server.greeting = greeting
    with pytest.raises(NetworkError):
        bench(server).verify()
    assert server.heard == []


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ("NO [AUTHENTICATIONFAILED] no", CredentialRefused, "app password"),
        ("NO [ALERT] Application-specific password required", CredentialRefused, "Application-specific"),
        ("NO [WEBALERT https://far.example/] Web login required.", CredentialRefused, "Web login required"),
        ("NO nope", CredentialRefused, "nope"),
        ("NO [UNAVAILABLE] Temporary authentication failure", Unavailable, "Temporary"),
        ("NO [LIMIT] too many connections", Unavailable, "too many"),
        ("BAD what", NotUnderstood, ""),
    ],
)
def test_refusals_are_told_apart(answer: str, error: type[NetworkError], says: str) -> None:
    server = usual()
    server.login = answer
    with pytest.raises(error) as raised:
        bench(server).verify()
    assert says in raised.value.hint


def test_an_app_password_shown_in_four_words_is_one() -> None:
    server = usual()
    server.greeting, server.able = "* OK ready", "IMAP4rev1"
    with pytest.raises(CredentialRefused):
        bench(server, password="abcd efgh ijkl mnop").verify()
    assert any(b'"abcdefghijklmnop"' in line for line in server.heard)


def test_without_a_password_nobody_is_asked() -> None:
    server = usual()
    with pytest.raises(CredentialRefused, match="password"):
        Bench(Email(), LinkRequest(USER), None, NOW, lambda: server).verify()
    assert server.heard == []


def altered(verb: bytes, change: Callable[[list[bytes]], list[bytes]]) -> Server:
    server = usual()
    server.spoken = lambda command, lines: change(lines) if command.startswith(verb) else lines
    return server


def test_numbers_nobody_asked_for_are_not_taken() -> None:
    def more(lines: list[bytes]) -> list[bytes]:
        odd = [line.replace(b"UID 75", b"UID 4075") for line in lines[:-1]]
        return [*odd, b"* 7 FETCH (UID 99999999999 BODY[HEADER.FIELDS (FROM)] {3}\r\nabc)\r\n", *lines[-1:]]

    shelf = bench(altered(b"UID FETCH", more)).whole()
    assert {act.actor.handle for act in shelf.interactions.values()} == {"J.Ek@pixel.example", "bo@pixel.example"}


def test_heads_that_are_nil_or_missing_cost_nothing_else() -> None:
    def nil(lines: list[bytes]) -> list[bytes]:
        return [b"* 1 FETCH (UID 75 INTERNALDATE NIL BODY[HEADER.FIELDS (FROM)] NIL)\r\n", *lines[1:]]

    assert len(bench(altered(b"UID FETCH", nil)).whole().interactions) == 1


def test_a_search_that_lies_ends() -> None:
    def all_numbers(lines: list[bytes]) -> list[bytes]:
        return [b"* SEARCH 0 1 2 75 75 x 99999999999 76\r\n", *lines[-1:]]

    assert len(bench(altered(b"UID SEARCH", all_numbers)).whole().interactions) == 2


def test_a_server_that_does_not_tell_the_next_number_is_read_all_the_same() -> None:
    def less(lines: list[bytes]) -> list[bytes]:
        return [b'* STATUS "x" (MESSAGES 5)\r\n', lines[-1]]

    shelf = bench(altered(b"STATUS", less)).whole()
    assert len(shelf.interactions) == 3
    assert all(value.partition(" ")[0].isdigit() for value in shelf.cursor.values())


def test_a_wrong_next_number_hides_no_later_mail() -> None:
    server = usual()
    server.boxes["Gratitude"].next_uid = 4_000_000_000
    one = bench(server)
    shelf = one.whole()
    assert len(shelf.interactions) == 3
    server.boxes["Gratitude"].next_uid = None
    server.boxes["Gratitude"].mails.append(mail(83, sender="late@far.example"))
    one.to_the_end(shelf)
    assert len(shelf.interactions) == 4


def test_another_sign_between_levels_and_a_folder_that_only_holds_folders() -> None:
    boxes = {"Thanks": Box(flags=r"\Noselect"), "Thanks.web": Box([mail(1)]), "Thanksgiving": Box([mail(2)])}
    shelf = bench(Server(boxes, delimiter="."), options={"folder": "thanks"}).whole()
    (act,) = shelf.interactions.values()
    assert act.topics == ("web",)
    found = bench(Server(boxes, delimiter="."), options={"folder": "Thanks/web"}).verify()[0]
    assert found.account.options["folder"] == "Thanks.web"


def test_a_long_answer_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers of a hundred thousand mails take a tenth of a second to take apart: not on the event loop."""
    threads: dict[int, bool] = {}
    parse, here = syntax.parse, threading.current_thread()

    def watched(chunks: Sequence[bytes], literals: Sequence[bytes]) -> list[syntax.Value]:
        size = sum(map(len, chunks))
        threads[size] = threading.current_thread() is here
        return parse(chunks, literals)

    monkeypatch.setattr(syntax, "parse", watched)

    def many(lines: list[bytes]) -> list[bytes]:
        return [lines[0].rstrip() + b"".join(b" %d" % uid for uid in range(100_000, 110_000)) + b"\r\n", *lines[1:]]

    bench(altered(b"UID SEARCH", many)).whole()
    assert max(threads) > 60_000
    assert {size > 32 * 1024: on_loop for size, on_loop in threads.items()} == {True: False, False: True}


def test_a_name_that_hides_codes_for_the_terminal_is_cleaned() -> None:
    evil = encoded("Gratitude/\x1b]0;owned\x07py\x1b[31mthon\u202e\n")
    boxes = {"Gratitude": Box([mail(1)]), evil: Box([mail(2)])}
    verified = bench(Server(boxes)).verify()[0]
    assert any(words.endswith("the folders below it: python") for words in verified.capabilities.sees)
    (topic,) = {topic for act in bench(Server(boxes)).whole().interactions.values() for topic in act.topics}
    assert topic == "python"
    with pytest.raises(NotFound) as raised:
        bench(Server({evil: Box([mail(1)])}), options={"folder": "Thanks"}).verify()
    assert raised.value.hint == "There are Gratitude/python. Name one with the option folder=…"


async def test_a_password_is_not_said_in_the_spelling_of_the_line_either() -> None:
    server, password = usual(), f'{MAIL_PASSWORD}"\\'
    spelt = f'{MAIL_PASSWORD}\\"\\\\'
    server.greeting, server.able = "* OK ready", "IMAP4rev1"
    server.login = f"NO LOGIN ada {spelt} refused"
    async with Client(token=password, base_url="imaps://imap.mail.example:993", transport=server) as client:
        with pytest.raises(CredentialRefused) as refused:
            await Email().verify(LinkRequest(USER), client, NOW)
    assert spelt not in refused.value.hint


def test_a_literal_of_any_size_is_not_taken_into_memory() -> None:
    def huge(lines: list[bytes]) -> list[bytes]:
        return [b"* 1 FETCH (UID 75 BODY[HEADER.FIELDS (FROM)] {2147483647}\r\n", *lines]

    one = bench(altered(b"UID FETCH", huge))
    raised = one.refresh(one.shelf())
    assert isinstance(raised, TooLarge)
    assert "2,147,483,647 bytes" in raised.message


# Real sockets

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]
QUICK = Limits(timeout=0.3, connect=2.0, total=0.6, body=1 << 20)


@asynccontextmanager
async def listening(handle: Handler) -> AsyncIterator[int]:
    """A port at which this answers; whoever is still connected at the end is hung up on."""
    tasks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await handle(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def said_to(handle: Handler, *, hosts: tuple[str, ...] = ("127.0.0.1",), encrypt: bool = False) -> None:
    async with (
        listening(handle) as port,
        Client(token=MAIL_PASSWORD, hosts=hosts, limits=QUICK) as client,
        client.dial("127.0.0.1", port, protocol="IMAP", encrypted=False) as line,
    ):
        imap = Imap(line, client)
        await imap.greet()
        if encrypt:
            await imap.encrypt()
        await imap.log_in(USER, client.token)


async def test_silence_is_not_waited_for() -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)
        writer.close()

    with pytest.raises(Unavailable, match=r"longer than 0\.3 s"):
        await said_to(silent)


async def test_a_slow_drip_is_given_up_though_it_never_pauses_long() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ")
        for _unused in range(200):
            writer.write(b"x")
            await asyncio.sleep(0.02)

    with pytest.raises(Unavailable, match=r"longer than 0\.6 s for one answer"):
        await said_to(drip)


async def test_a_flood_is_cut_off() -> None:
    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(b"* " + b"x" * 65536)
                await writer.drain()
        except ConnectionError:
            return

    with pytest.raises(TooLarge):
        await said_to(flood)


async def test_what_is_slipped_in_ahead_of_the_encryption_is_not_believed() -> None:
    heard: list[bytes] = []

    async def inject(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
        heard.append(await reader.readline())
        writer.write(b"k1 OK begin\r\nk2 OK [CAPABILITY IMAP4rev1] you are in\r\n")
        heard.append(await reader.read(100))
        writer.close()

    with pytest.raises(NotUnderstood, match="between agreeing to encryption and beginning it"):
        await said_to(inject, encrypt=True)
    assert not any(MAIL_PASSWORD.encode() in each for each in heard)


async def test_a_server_without_encryption_is_not_spoken_to_in_the_clear() -> None:
    heard: list[bytes] = []

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n")
        heard.append(await reader.read(200))
        writer.close()

    with pytest.raises(NotUnderstood, match="offers no encryption"):
        await said_to(plain, encrypt=True)
    assert heard in ([], [b""])


async def test_a_password_leaves_this_machine_under_tls_only() -> None:
    server = usual()
    async with (
        Client(token=MAIL_PASSWORD, transport=server) as client,
        client.dial("imap.mail.example", 143, protocol="IMAP", encrypted=False) as line,
    ):
        imap = Imap(line, client)
        await imap.greet()
        with pytest.raises(NotUnderstood, match="not spoken to securely"):
            await imap.log_in(USER, client.token)
    assert server.heard == []


async def test_other_hosts_and_other_ways_out_are_closed() -> None:
    async with Client(hosts=["imap.mail.example"], transport=usual()) as client:
        with pytest.raises(OtherHost):
            async with client.dial("stranger.example", 993, protocol="IMAP"):
                raise AssertionError
    web_only = httpx.MockTransport(lambda _: httpx.Response(200))
    async with Client(transport=web_only) as client:  # as the demo's: never past it to the network
        with pytest.raises(Unavailable, match="cannot be spoken to here"):
            async with client.dial("imap.mail.example", 993, protocol="IMAP"):
                raise AssertionError


async def test_nobody_listening_is_said_plainly() -> None:
    async with listening(lambda *_: asyncio.sleep(0)) as port:
        pass
    async with Client() as client:
        with pytest.raises(Unavailable, match="could not be reached") as caught:
            async with client.dial("127.0.0.1", port, protocol="IMAP"):
                raise AssertionError
    assert caught.value.hint == "That is this machine: check that the server runs, and its port."


async def test_stopping_hangs_up() -> None:
    asked, hung_up = asyncio.Event(), asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n")
        while await reader.read(100):
            asked.set()
        hung_up.set()

    limits = Limits(timeout=60)
    async with listening(wait) as port, Client(token=MAIL_PASSWORD, limits=limits) as client:

        async def ask() -> None:
            async with client.dial("127.0.0.1", port, protocol="IMAP", encrypted=False) as line:
                imap = Imap(line, client)
                await imap.greet()
                await imap.log_in(USER, client.token)

        task = asyncio.create_task(ask())
        await asyncio.wait_for(asked.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(hung_up.wait(), 5)


async def test_no_secret_is_noted_or_said() -> None:
    server = usual()
    server.login = f"NO [ALERT] {MAIL_PASSWORD} is wrong"
    async with Client(token=MAIL_PASSWORD, base_url="imaps://imap.mail.example:993", transport=server) as client:
        with pytest.raises(CredentialRefused) as refused:
            await Email().verify(LinkRequest(USER), client, NOW)
    assert not client.holds_secret(refused.value.message + refused.value.hint)
    assert [(asked.place, asked.outcome, asked.authorised) for asked in client.record.asked] == [
        ("imap.mail.example CONNECT", "OK", False),
        ("imap.mail.example AUTHENTICATE", "NO", True),
    ]
    assert {asked.method for asked in client.record.asked} == {"IMAP"}
    assert not any(client.holds_secret(asked.place) for asked in client.record.asked)


def test_a_hundred_folders_below_are_not_all_looked_into() -> None:
    boxes = {"Gratitude": Box([mail(1)])} | {
        f"Gratitude/t{number:03}": Box([mail(9 + number)]) for number in range(100)
    }
    one = bench(Server(boxes))
    shelf = one.whole()
    assert len(shelf.interactions) == 60
    assert len(folders(a__b=Box())) == 1
