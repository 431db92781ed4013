"""Writing on the AT Protocol: records under keys of our own, with what makes their words work."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from klout_tui.domain.letters import Addressee
from klout_tui.networks.base import CredentialRefused, NotFound, RateLimited, Refused, Unavailable
from klout_tui.networks.bluesky.writing import Writing, length, rkey_of
from klout_tui.networks.writing import Outgoing, surely_not_there
from tests import secrets
from tests.networks.bluesky_fake import ADA, NOW, ada, answering, did, post_uri, record, refusal, view
from tests.worker.postal import PostalBluesky

WRITING = Writing()
KEY = "0123456789abcdef" * 2
BO = Addressee(key=did(7), handle="@bo.example")


def letter(text: str = "Thank you!", **more: Any) -> Outgoing:
    return Outgoing(**{"key": KEY, "at": NOW, "text": text, **more})


async def test_an_answer_names_what_it_answers_and_where_that_began() -> None:
    root, parent = post_uri(1), post_uri(2)
    fake = PostalBluesky(feed=[view(1), view(2, said=record("Yes", **answering(root)))])
    async with fake.client() as asking:
        sent = await WRITING.send(ada(), letter(answers=parent), asking)
    (made,) = fake.records.values()
    assert made["reply"] == {
        "root": {"uri": root, "cid": "bafyfake"},
        "parent": {"uri": parent, "cid": "bafyfake"},
    }
    assert made["createdAt"] == "2026-11-23T08:00:00.000Z"
    assert sent.id == f"at://{ADA}/app.bsky.feed.post/{rkey_of(letter())}"
    assert sent.url == f"https://bsky.app/profile/{ADA}/post/{rkey_of(letter())}"


async def test_answering_the_first_post_begins_there() -> None:
    fake = PostalBluesky(feed=[view(1)])
    async with fake.client() as asking:
        await WRITING.send(ada(), letter(answers=post_uri(1)), asking)
    (made,) = fake.records.values()
    assert made["reply"]["root"] == made["reply"]["parent"] == {"uri": post_uri(1), "cid": "bafyfake"}


async def test_mentions_links_and_tags_work_by_bytes() -> None:
    text = "Merci 👍 @bo.example, https://ada.example/é?x=1. #plusK for #naïveté"
    fake = PostalBluesky()
    async with fake.client() as asking:
        await WRITING.send(ada(), letter(text, to=(BO,)), asking)
    (made,) = fake.records.values()
    raw = text.encode()
    found = {
        raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"][0]
        for facet in made["facets"]
    }
    assert found == {
        "@bo.example": {"$type": "app.bsky.richtext.facet#mention", "did": did(7)},
        "https://ada.example/é?x=1": {"$type": "app.bsky.richtext.facet#link", "uri": "https://ada.example/é?x=1"},
        "#plusK": {"$type": "app.bsky.richtext.facet#tag", "tag": "plusK"},
        "#naïveté": {"$type": "app.bsky.richtext.facet#tag", "tag": "naïveté"},
    }


async def test_a_longer_handle_is_somebody_else() -> None:
    fake = PostalBluesky()
    async with fake.client() as asking:
        await WRITING.send(ada(), letter("Not @bo.example.org but @bo.example. Merci", to=(BO,)), asking)
    (made,) = fake.records.values()
    assert [facet["index"] for facet in made["facets"]] == [{"byteStart": 24, "byteEnd": 35}]


def test_a_key_is_a_timestamp_id_and_the_letters_own() -> None:
    one, other = rkey_of(letter()), rkey_of(letter(key="f" * 32))
    assert re.fullmatch(r"[234567abcdefghij][234567a-z]{12}", one)
    assert one != other
    assert rkey_of(letter()) == one
    assert one < rkey_of(letter(at=NOW + timedelta(seconds=1)))


async def test_the_same_letter_twice_is_one_record_and_is_found() -> None:
    fake = PostalBluesky()
    async with fake.client() as asking:
        assert await WRITING.find(ada(), letter(), (), asking) is None
        one = await WRITING.send(ada(), letter(), asking)
        assert await WRITING.send(ada(), letter(), asking) == one
        assert await WRITING.find(ada(), letter(), (), asking) == one
        assert len(fake.records) == 1
        await WRITING.delete(ada(), one, asking)
        await WRITING.delete(ada(), one, asking)
        assert not fake.records


async def test_a_session_that_has_run_out_is_renewed_and_nothing_is_written_twice() -> None:
    fake = PostalBluesky()
    async with fake.client() as asking:
        await WRITING.check(ada(), asking)
        fake.expire()
        await WRITING.send(ada(), letter(), asking)
    assert fake.faults.writes == 1
    assert len(fake.records) == 1


@pytest.mark.parametrize(
    ("answer", "error", "certain"),
    [
        (refusal(400, "InvalidRequest", "text must not be longer"), Refused, True),
        (refusal(413, "PayloadTooLarge", "too large"), Refused, True),
        (refusal(429, "RateLimitExceeded"), RateLimited, True),
        (refusal(401, "AccountTakedown"), CredentialRefused, True),
        (refusal(500, "InternalServerError"), Unavailable, False),
        (refusal(502, "UpstreamFailure"), Unavailable, False),
        (httpx.Response(200, text="hello"), Unavailable, False),
        (httpx.Response(200, json={"uri": "at://somebody/else/1"}), Unavailable, False),
    ],
)
async def test_a_refusal_says_whether_it_may_be_there(
    answer: httpx.Response, error: type[Exception], certain: bool
) -> None:
    fake = PostalBluesky()

    def other(request: httpx.Request) -> httpx.Response:
        return answer if request.url.path.endswith("putRecord") else fake.answer(request)

    async with fake.client() as asking:
        asking._http._transport = httpx.MockTransport(other)
        with pytest.raises(error) as caught:
            await WRITING.send(ada(), letter(), asking)
    assert surely_not_there(caught.value) is certain


async def test_what_is_answered_and_gone_is_told_before_anything_is_written() -> None:
    fake = PostalBluesky()
    async with fake.client() as asking:
        with pytest.raises(NotFound, match="not there any more"):
            await WRITING.send(ada(), letter(answers=post_uri(9)), asking)
    assert fake.faults.writes == 0


async def test_without_an_app_password_nothing_can_be_written() -> None:
    fake = PostalBluesky()
    async with fake.client(token=None) as asking:
        with pytest.raises(CredentialRefused, match="without an app password"):
            await WRITING.check(ada(authorised=False), asking)
        with pytest.raises(CredentialRefused, match="without an app password"):
            await WRITING.send(ada(authorised=False), letter(), asking)
    assert secrets.found_in(repr(fake.asked)) == []


@pytest.mark.parametrize(
    ("text", "count"), [("hello", 5), ("👩\u200d👩\u200d👧" * 10, 10), ("👩\u200d👩\u200d👧" * 250, 301)]
)
def test_it_counts_graphemes_and_bytes(text: str, count: int) -> None:
    assert length(text) == count
