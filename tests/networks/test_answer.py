"""What an answer tells, and what a message about it never tells."""

from __future__ import annotations

import httpx
import pytest

from klout_tui.networks.answer import Answer, redact
from klout_tui.networks.base import NotUnderstood
from tests import secrets

SECRET = secrets.CLIENT_TOKEN


def answer_with(body: bytes, content_type: str = "application/json") -> Answer:
    headers = httpx.Headers({"content-type": content_type})
    return Answer(200, "https://x.example/page?token=HIDE", headers, body, secrets=(SECRET,))


def test_wrong_json_says_what_was_expected() -> None:
    page = answer_with(f"<html>\x1b[31mWelcome access_token=abc {SECRET}{'x' * 500}".encode(), "text/html")
    with pytest.raises(NotUnderstood, match=r"expected a list of posts from x\.example/page, got") as error:
        page.json(list[str], "a list of posts")
    assert not any(hidden in error.value.message for hidden in (SECRET, "abc", "\x1b", "HIDE"))
    assert len(error.value.message) < 250


@pytest.mark.parametrize("body", [b'{"a": "b"}', b"[" * 100_000, b'["\xff"]', b"", b"[1"])
def test_every_kind_of_broken_json(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        answer_with(body).json(list[str], "a list")


def test_json_without_a_label_and_with_a_mark() -> None:
    assert answer_with(b'\xef\xbb\xbf ["1"]', "").json(list[int], "numbers") == [1]


def test_the_secret_is_in_no_representation() -> None:
    assert SECRET not in repr(answer_with(b"[]"))


def test_text_follows_the_declared_charset() -> None:
    def said(content_type: str, body: bytes) -> str:
        return Answer(200, "https://x.example/", httpx.Headers({"content-type": content_type}), body).text()

    assert said("text/html; charset=iso-8859-1", b"caf\xe9") == "café"
    assert said("text/html", "café".encode()) == "café"
    assert said("text/html; charset=klingon", b"caf\xff") == "caf\ufffd"


def test_links_are_absolute_and_broken_ones_left_out() -> None:
    header = (
        '</b?max_id=1>; rel="next", <https://o.example/c>; rel="prev last", <https://x.example:port/>; rel="first", <x>'
    )
    links = Answer(200, "https://x.example/a", httpx.Headers({"link": header}), b"").links
    assert links == {
        "next": "https://x.example/b?max_id=1",
        "prev": "https://o.example/c",
        "last": "https://o.example/c",
    }


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/?access_token=HIDE&x=1",
        "https://x.example/?a=1&key=HIDE",
        "https://x.example/?code=HIDE#x",
        "https://user:HIDE@x.example/",
        'got {"token": "HIDE"}',
        "Authorization: Bearer HIDEHIDE",
        f"plain {SECRET} HERE",
    ],
)
def test_redaction(text: str) -> None:
    hidden = redact(text, SECRET)
    assert "HIDE" not in hidden
    assert SECRET not in hidden


def test_redaction_leaves_other_things() -> None:
    assert (
        redact("https://x.example/?page=2&monkey=1 postcode=4", "") == "https://x.example/?page=2&monkey=1 postcode=4"
    )
