"""Writing on a Mastodon-API server: what is sent, how it is counted and found again."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from klout_tui.networks.base import CredentialRefused, NotFound, RateLimited, Refused, Unavailable
from klout_tui.networks.http import Client, Limits
from klout_tui.networks.mastodon.login import least
from klout_tui.networks.mastodon.writing import _SCOPES, Writing, length, narrower, seen
from klout_tui.networks.writing import Outgoing, surely_not_there
from tests import secrets
from tests.networks.mastodon_fake import NOW, alice, person, status
from tests.worker.postal import PostalMastodon

WRITING = Writing()
KEY = "0123456789abcdef" * 2
REPLY = "https://tech.example/users/p7/statuses/700"


def server(**more: object) -> PostalMastodon:
    theirs = status(700, uri=REPLY, url="https://tech.example/@p7/700", account=person(7), visibility="public", tags=[])
    made = PostalMastodon(statuses=[status(1, visibility="public", tags=[])], others=[theirs])
    for name, value in more.items():
        setattr(made, name, value)
    return made


def client(fake: PostalMastodon, token: str = secrets.WRITE_TOKEN) -> Client:
    async def no_sleep(_: float) -> None:
        return None

    return Client(
        base_url="https://social.example",
        token=token,
        hosts=("social.example",),
        transport=httpx.MockTransport(fake.answer),
        clock=lambda: NOW,
        sleep=no_sleep,
        limits=Limits(tries=2),
    )


def letter(text: str = "Thank you, @p7@tech.example!", **more: object) -> Outgoing:
    return Outgoing(**{"key": KEY, "at": NOW, "text": text, **more})  # type: ignore[arg-type]


async def test_a_status_of_another_server_is_answered_where_it_was_written() -> None:
    fake = server()
    async with client(fake) as asking:
        sent = await WRITING.send(alice(), letter(answers=REPLY), asking)
    form = parse_qs(fake.asked[-1].content.decode())
    assert form == {"status": ["Thank you, @p7@tech.example!"], "in_reply_to_id": ["700"], "visibility": ["unlisted"]}
    assert fake.asked[-1].headers["idempotency-key"] == KEY
    assert sent.id.startswith("https://social.example/users/alice/statuses/")
    assert sent.ref == sent.id.rpartition("/")[2]


async def test_her_own_status_is_known_by_its_address_without_a_search() -> None:
    fake = server()
    async with client(fake) as asking:
        await WRITING.send(alice(), letter(answers="https://social.example/users/alice/statuses/1"), asking)
    assert "/api/v2/search" not in fake.paths()


@pytest.mark.parametrize(
    ("visibility", "quiet", "sent"),
    [
        ("public", True, "unlisted"),
        ("public", False, "public"),
        ("unlisted", False, "unlisted"),
        ("private", True, "private"),
        ("direct", False, "direct"),
        ("local", True, "direct"),
    ],
)
async def test_an_answer_is_never_more_visible_than_what_it_answers(visibility: str, quiet: bool, sent: str) -> None:
    fake = server()
    fake.others[0]["visibility"] = visibility
    async with client(fake) as asking:
        await WRITING.send(alice(), letter(answers=REPLY, quiet=quiet), asking)
    assert parse_qs(fake.asked[-1].content.decode())["visibility"] == [sent]


def test_the_narrower_of_two() -> None:
    assert narrower("", "public") == "public"
    assert narrower("unlisted", "") == "unlisted"
    assert narrower("", "") == "unlisted"
    assert narrower("unlisted", "mutuals_only") == "direct"


@pytest.mark.parametrize(
    ("fault", "error", "certain"),
    [
        (422, Refused, True),
        (400, Refused, True),
        (403, CredentialRefused, True),
        (401, CredentialRefused, True),
        (404, NotFound, True),
        (429, RateLimited, True),
        (500, Unavailable, False),
        (503, Unavailable, False),
        (408, Unavailable, False),
    ],
)
async def test_a_refusal_says_whether_it_may_be_there(fault: int, error: type[Exception], certain: bool) -> None:
    fake = server()
    said = {"error": "Validation failed: Text character limit of 500 exceeded"}
    fake.overrides["/api/v1/statuses"] = lambda _: httpx.Response(fault, json=said)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(fault, json=said) if request.method == "POST" else fake.answer(request)

    async with client(fake) as asking:
        asking._http._transport = httpx.MockTransport(answer)
        with pytest.raises(error) as caught:
            await WRITING.send(alice(), letter(), asking)
    assert surely_not_there(caught.value) is certain
    assert secrets.found_in(str(caught.value)) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b'{"id": "9"}', b"[]"])
async def test_an_answer_without_sense_leaves_it_unknown(body: bytes) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=body, headers={"content-type": "application/json"})

    async with client(server()) as asking:
        asking._http._transport = httpx.MockTransport(answer)
        with pytest.raises(Unavailable) as caught:
            await WRITING.send(alice(), letter(), asking)
    assert not surely_not_there(caught.value)


async def test_trouble_before_writing_means_that_nothing_was_written() -> None:
    fake = server()
    fake.overrides["/api/v2/search"] = lambda _: httpx.Response(502)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(502) if request.url.path == "/api/v2/search" else fake.answer(request)

    async with client(fake) as asking:
        asking._http._transport = httpx.MockTransport(answer)
        with pytest.raises(Unavailable) as caught:
            await WRITING.send(alice(), letter(answers=REPLY), asking)
    assert surely_not_there(caught.value)
    assert fake.faults.writes == 0


async def test_what_is_answered_and_gone_is_told() -> None:
    async with client(server()) as asking:
        with pytest.raises(NotFound, match="does not know the post"):
            await WRITING.send(alice(), letter(answers="https://gone.example/1"), asking)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, @p7@tech.example!",
        "Two\n\nparagraphs & a <tag>, https://ada.example/notes?x=1&y=2",
        "Emoji 👩\u200d👩\u200d👧 and 漢字",
    ],
)
async def test_it_is_found_by_its_words_whatever_the_server_makes_of_them(text: str) -> None:
    fake = server()
    async with client(fake) as asking:
        sent = await WRITING.send(alice(), letter(text, answers=REPLY), asking)
        assert await WRITING.find(alice(), letter(text, answers=REPLY), (), asking) == sent
        for other in (
            letter(text + " more", answers=REPLY),
            letter(text),
            letter(text, answers="https://social.example/users/alice/statuses/1"),
            letter(text, answers=REPLY, at=NOW + timedelta(hours=1)),
        ):
            assert await WRITING.find(alice(), other, (), asking) is None
        assert await WRITING.find(alice(), letter(text, answers=REPLY), (sent.id,), asking) is None


async def test_it_is_found_among_many_and_not_looked_for_for_ever() -> None:
    fake = server()
    async with client(fake) as asking:
        sent = await WRITING.send(alice(), letter(), asking)
        fake.statuses += [status(20_000 + number, age=timedelta(), tags=[]) for number in range(90)]
        assert await WRITING.find(alice(), letter(), (), asking) == sent
        before = len(fake.asked)
        fake.statuses += [status(30_000 + number, age=timedelta(), tags=[]) for number in range(400)]
        with pytest.raises(Unavailable, match="too much since"):  # it may lie further back: nobody knows
            await WRITING.find(alice(), letter(), (), asking)
        assert len(fake.asked) - before <= 5


async def test_the_same_key_gives_the_same_status() -> None:
    fake = server()
    async with client(fake) as asking:
        one = await WRITING.send(alice(), letter(), asking)
        assert await WRITING.send(alice(), letter(), asking) == one
    assert len(fake.written()) == 1


async def test_what_is_deleted_may_be_gone_already() -> None:
    fake = server()
    async with client(fake) as asking:
        sent = await WRITING.send(alice(), letter(), asking)
        await WRITING.delete(alice(), sent, asking)
        await WRITING.delete(alice(), sent, asking)
    assert fake.written() == []


async def test_a_token_that_may_write_is_told_from_one_that_may_not() -> None:
    fake = server()
    async with client(fake) as asking:
        assert await WRITING.check(alice(), asking) == 0  # it does not say
        fake.instance = {"domain": "social.example", "configuration": {"statuses": {"max_characters": 5_000}}}
        assert await WRITING.check(alice(), asking) == 5_000
    assert fake.written() == []
    async with client(fake, secrets.MASTODON_TOKEN) as asking:
        with pytest.raises(CredentialRefused, match="write:statuses"):
            await WRITING.check(alice(), asking)
    async with client(fake) as asking:
        other = alice()
        other.options["remote_id"] = "1"
        with pytest.raises(CredentialRefused, match="another account"):
            await WRITING.check(other, asking)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("hello", 5),
        ("@bo@tech.example hi", 6),
        ("https://a.example/" + "x" * 90, 23),
        ("👩\u200d👩\u200d👧", 1),
        ("", 0),
    ],
)
def test_it_counts_as_servers_do(text: str, count: int) -> None:
    assert length(text) == count


def test_seen_alike() -> None:
    assert seen("@bo@tech.example  hi\n\nthere") == seen("@bo hi there")


def test_the_login_for_writing_asks_for_little_more() -> None:
    wanted = "profile read:statuses read:search write:statuses"
    assert least(wanted.split(), _SCOPES) == wanted
    assert least(None, _SCOPES) == "read:accounts read:statuses read:search write:statuses"
    assert least(["read", "write"], _SCOPES) == "read write"
