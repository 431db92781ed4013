"""Where secrets go, and where they never do: other origins, errors, records, tracebacks, what objects show."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from klout_tui.errors import KloutError
from klout_tui.networks.base import CredentialRefused
from klout_tui.networks.call import Call
from klout_tui.networks.http import Client, Limits
from tests import secrets

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TOKEN = secrets.CLIENT_TOKEN
ACCESS = "access-" + "a1" * 20
REFRESH = "refresh-" + "b2" * 20
SESSION = f'{{"access": "{ACCESS}", "refresh": "{REFRESH}"}}'
SECRETS = (TOKEN, ACCESS, REFRESH, "adapters-own-secret")


async def at_once(_: float) -> None:
    return None


def client(answer: Callable[[httpx.Request], httpx.Response], **options: Any) -> Client:
    given: dict[str, Any] = {"base_url": "https://one.example", "token": TOKEN, "limits": Limits(tries=1)}
    return Client(transport=httpx.MockTransport(answer), clock=lambda: NOW, sleep=at_once, **(given | options))


def noting(seen: list[tuple[str, str | None]], **moves: str) -> Callable[[httpx.Request], httpx.Response]:
    """Answers everything, redirecting the named paths, and notes who was sent which credential."""

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), request.headers.get("authorization")))
        target = moves.get(request.url.path.strip("/"))
        return httpx.Response(302, headers={"Location": target}) if target else httpx.Response(200, json=[])

    return answer


async def test_a_bearer_goes_to_the_origin_of_its_address_instead_of_the_token() -> None:
    seen: list[tuple[str, str | None]] = []
    async with client(noting(seen)) as http:
        await http.get("https://two.example/a", bearer="b3arer")
        await http.get("/a", bearer="b3arer")
        await http.get("https://two.example/a")
        await http.get("https://two.example/a", bearer="b3arer", authorised=False)
        await http.post("https://two.example/a", bearer="b3arer")
    assert [sent for _, sent in seen] == ["Bearer b3arer", "Bearer b3arer", None, None, "Bearer b3arer"]


async def test_a_bearer_follows_no_redirect_to_another_origin_nor_back() -> None:
    seen: list[tuple[str, str | None]] = []
    moves = {"near": "/end", "away": "https://six.example/back", "back": "https://two.example/end"}
    async with client(noting(seen, **moves)) as http:
        await http.get("https://two.example/near", bearer="b3arer")
        await http.get("https://two.example/away", bearer="b3arer")
    assert seen == [
        ("https://two.example/near", "Bearer b3arer"),
        ("https://two.example/end", "Bearer b3arer"),
        ("https://two.example/away", "Bearer b3arer"),
        ("https://six.example/back", None),
        ("https://two.example/end", None),
    ]


async def test_the_token_goes_to_its_own_origin_when_something_is_sent() -> None:
    seen: list[tuple[str, str | None]] = []
    async with client(noting(seen)) as http:
        await http.post("/a", json={})
        await http.post("https://two.example/a", json={})
        await http.post("https://one.example:444/a", json={})
        await http.post("/a", authorised=False)
    assert [sent for _, sent in seen] == [f"Bearer {TOKEN}", None, None, None]


@pytest.mark.parametrize("bearer", ["two\r\nlines", "b\N{LATIN SMALL LETTER E WITH ACUTE}arer", "\x00"])
async def test_a_bearer_no_header_can_hold_is_refused_unshown(bearer: str) -> None:
    async with client(noting([])) as http:
        with pytest.raises(CredentialRefused) as refused:
            await http.get("/a", bearer=bearer)
    assert bearer not in "".join(traceback.format_exception(refused.value))


async def test_a_session_is_kept_before_it_is_used_and_then_known() -> None:
    kept: list[str] = []

    async def keep(session: str) -> None:
        assert http.session == "old"
        kept.append(session)

    async with client(noting([]), session="old", keep_session=keep) as http:
        assert (http.token, http.session) == (TOKEN, "old")
        await http.keep_session(SESSION)
        assert http.session == SESSION
    assert kept == [SESSION]
    async with client(noting([])) as http:  # while linking, nobody keeps it but whoever links
        await http.keep_session(SESSION)
        assert http.session == SESSION


async def test_a_session_that_cannot_be_kept_is_not_used() -> None:
    async def keep(session: str) -> None:
        raise KloutError("the disk is full")

    async with client(noting([]), keep_session=keep) as http:
        with pytest.raises(KloutError, match="full"):
            await http.keep_session(SESSION)
        assert http.session == ""
        assert REFRESH not in http.blotted(f"a {REFRESH}")


def echo(status: int, where: str) -> Callable[[httpx.Request], httpx.Response]:
    """Repeats every secret at once, in what it says or in where it sends us."""
    secrets = " ".join(SECRETS)

    def answer(request: httpx.Request) -> httpx.Response:
        if where == "body":
            return httpx.Response(status, json={"error": secrets, "items": secrets})
        if where == "text":
            return httpx.Response(status, text=secrets, headers={"content-type": "application/json"})
        if where == "location":
            return httpx.Response(status, headers={"Location": f"ftp://one.example/{'/'.join(SECRETS)}?token={TOKEN}"})
        if where == "broken location":
            return httpx.Response(status, headers={"Location": f"https://one.example:{TOKEN}/"})
        raise httpx.ReadError(f"broken by {secrets}")

    return answer


@pytest.mark.parametrize(
    ("status", "where"),
    [
        *((status, "body") for status in (200, 400, 401, 403, 404, 429, 500)),
        *((status, "text") for status in (200, 401)),
        (302, "location"),
        (302, "broken location"),
        (200, "nowhere"),
    ],
)
async def test_no_secret_is_ever_repeated(status: int, where: str) -> None:
    async with client(echo(status, where), session=SESSION) as http:
        http.hide("adapters-own-secret")
        with pytest.raises(KloutError) as raised:
            (await http.get(f"/a/{REFRESH}", params={"key": TOKEN}, bearer=ACCESS)).json(list[int], "numbers")
    told = [raised.value.message, raised.value.hint, repr(raised.value), repr(http.record.asked)]
    told.append("".join(traceback.format_exception(raised.value)))
    for secret in SECRETS:
        assert all(secret not in text for text in told), (secret, told)


@pytest.mark.parametrize(
    "url", [f"https://one.example:{TOKEN}/", f"https://one.example/\x00{TOKEN}", f"ftp://x/{TOKEN}"]
)
async def test_an_address_that_is_none_is_not_repeated_either(url: str) -> None:
    async with client(noting([])) as http:
        with pytest.raises(KloutError) as raised:
            await http.get(url)
    assert TOKEN not in "".join(traceback.format_exception(raised.value))


async def test_objects_show_no_secret() -> None:
    async with client(lambda _: httpx.Response(200, json={"accessJwt": ACCESS}), session=SESSION) as http:
        answer = await http.get(f"/login/{REFRESH}?token={TOKEN}")
        call = Call(
            "POST", httpx.URL(f"https://x.example/?token={TOKEN}"), {"X-Key": TOKEN}, ACCESS.encode(), bearer=REFRESH
        )
        shown = [repr(http), repr(answer), str(answer), repr(call), repr(http.record), repr(http.left)]
    assert repr(answer) == "Answer(200, 'one.example/login/…', 63 bytes)"
    for secret in SECRETS:
        assert all(secret not in text for text in shown)
