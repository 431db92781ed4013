"""What a refusal means on any server, and what a network's own judge sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import msgspec
import pytest

from klout_tui.networks.base import CredentialRefused, NetworkError, NotFound, NotUnderstood, RateLimited, Unavailable
from klout_tui.networks.refusal import Refusal, by_status
from tests import secrets

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = secrets.CLIENT_TOKEN
NONE: Mapping[str, str] = MappingProxyType({})
JSON = MappingProxyType({"content-type": "application/json"})
HTML = MappingProxyType({"content-type": "text/html; charset=utf-8"})


def refusal(status: int, headers: Mapping[str, str] = NONE, body: bytes = b"", *, token_sent: bool = False) -> Refusal:
    return Refusal(status, headers, body, "one.example", "one.example/a", NOW, token_sent, (SECRET,))


@pytest.mark.parametrize(
    ("status", "headers", "token_sent", "error", "words"),
    [
        (401, JSON, True, CredentialRefused, "refused the token"),
        (401, JSON, False, CredentialRefused, "needs a token"),
        (403, JSON, True, CredentialRefused, "refused the token"),
        (403, JSON, False, CredentialRefused, "does not let us in"),
        (403, HTML, True, Unavailable, "turns us away with a web page"),
        (403, HTML, False, CredentialRefused, "does not let us in"),
        (404, JSON, False, NotFound, r"one\.example/a does not exist"),
        (410, JSON, False, NotFound, r"one\.example/a does not exist"),
        (429, JSON, False, RateLimited, "asks us to slow down"),
        (408, NONE, False, Unavailable, "answered 408"),
        (425, NONE, False, Unavailable, "answered 425"),
        (500, NONE, False, Unavailable, "answered 500"),
        (599, NONE, False, Unavailable, "answered 599"),
        (400, NONE, False, NotUnderstood, "answered 400"),
        (100, NONE, False, NotUnderstood, "answered 100"),
    ],
)
def test_a_status_means_the_same_everywhere(
    status: int, headers: Mapping[str, str], token_sent: bool, error: type[NetworkError], words: str
) -> None:
    found = by_status(refusal(status, headers, token_sent=token_sent))
    assert type(found) is error
    with pytest.raises(error, match=words):
        raise found


def test_when_to_come_back_is_read_or_assumed() -> None:
    assert by_status(refusal(429)).retry_at == NOW + timedelta(minutes=5)
    assert by_status(refusal(429, {"retry-after": "60"})).retry_at == NOW + timedelta(minutes=1)
    assert by_status(refusal(503)).retry_at is None
    assert by_status(refusal(503, {"retry-after": "60"})).retry_at == NOW + timedelta(minutes=1)
    assert refusal(403, {"x-ratelimit-reset": "1795420860"}).retry_at == NOW + timedelta(minutes=1)


def test_what_it_says_is_one_harmless_line_without_secrets() -> None:
    said = refusal(400, JSON, b'{"error": "the token s3cret-Token_value\\nis \\u001b[31mbad"}').said
    assert said == "the token … is bad"
    assert refusal(400, HTML, b"<h1>s3cret-Token_value</h1>").said == ""
    assert "eyJ" not in refusal(400, JSON, b'{"accessJwt": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.x" BROKEN').said


class Error(msgspec.Struct):
    error: str
    code: int = 0


@pytest.mark.parametrize("body", [b"", b"no", b"[1]", b'{"error": 5}', b"[" * 100_000, b'{"error": "\xff"}'])
def test_a_judge_may_look_into_any_body(body: bytes) -> None:
    assert refusal(400, JSON, body).json(Error) is None


def test_a_judge_sees_numbers_sent_as_text() -> None:
    assert refusal(400, JSON, b'{"error": "Expired", "code": "7"}').json(Error) == Error("Expired", 7)


def test_shown_it_keeps_body_headers_and_secrets_to_itself() -> None:
    shown = repr(refusal(400, {"set-cookie": "id=c00kie"}, b'{"token": "s3cret-Token_value"}'))
    assert SECRET not in shown
    assert "c00kie" not in shown
    assert "status=400" in shown
