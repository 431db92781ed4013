"""Which addresses are asked, and the words for those that did not answer."""

from __future__ import annotations

import socket
import ssl

import httpx
import pytest

from klout_tui.networks.address import describe, failing, is_loopback, objection, same_origin, to_check
from klout_tui.networks.http import Client
from tests.networks.misbehaving import Misbehaving, json_body


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST.", "api.localhost"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "0.0.0.0", "localhost.example", "128.0.0.1", "social.example", ""])
def test_not_this_machine(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://x.example/a", "https://X.example:443/b?c", True),
        ("http://127.0.0.1:80/", "http://127.0.0.1/", True),
        ("https://x.example/", "http://x.example/", False),
        ("https://x.example/", "https://x.example:444/", False),
        ("https://x.example/", "https://y.x.example/", False),
    ],
)
def test_origins(one: str, other: str, same: bool) -> None:
    assert same_origin(httpx.URL(one), httpx.URL(other)) is same


def test_a_loopback_server_may_redirect_to_another() -> None:
    here, there = httpx.URL("http://127.0.0.1:3000/a"), httpx.URL("http://localhost:3001/b")
    assert objection(there, came_from=here) == ""


def test_description_has_no_query() -> None:
    assert describe(httpx.URL("https://x.example:8443/a/?token=HIDE#b")) == "x.example:8443/a"


def raised(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words", "check", "lasting"),
    [
        (raised(httpx.ConnectError(""), ssl.SSLCertVerificationError("")), "certificate is not valid", "date of", True),
        (raised(httpx.ConnectError(""), ssl.SSLError("")), "could not be spoken to securely", "firewall", False),
        (httpx.ConnectTimeout(""), "could not be reached in time", "whether you are online", False),
        (httpx.ReadTimeout(""), "took longer than 20 s", "usually passes", False),
        (TimeoutError(), "took longer than 20 s", "usually passes", False),
        (httpx.ProxyError(""), "the proxy on the way to x.example refused", "HTTPS_PROXY", False),
        (raised(httpx.ConnectError(""), socket.gaierror("")), "could not be found", "Check the name", False),
        (httpx.ConnectError(""), "could not be reached", "whether you are online", False),
        (httpx.UnsupportedProtocol(""), "has no address we can use", "Check the address", True),
        (httpx.RemoteProtocolError(""), "broke off in the middle of its answer", "usually passes", False),
    ],
)
def test_plain_words_and_what_to_check(error: Exception, words: str, check: str, lasting: bool) -> None:
    said, pointless = failing(error, "x.example", 20.0)
    assert words in said
    assert "x.example" in said
    assert pointless is lasting
    assert check in to_check(error, "x.example")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_the_network_is_not_to_blame(host: str) -> None:
    assert to_check(httpx.ConnectError(""), host).startswith("That is this machine: check that the server runs")
    assert "online" not in to_check(httpx.ReadTimeout(""), host)


def test_causes_that_run_in_a_circle_end() -> None:
    one, other = httpx.ReadError(""), httpx.ReadError("")
    one.__cause__, other.__cause__ = other, one
    assert failing(one, "x.example", 1.0)[0] == "x.example broke off in the middle of its answer"


async def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://proxy.invalid:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with Misbehaving() as server:
        server.on("/a", json_body([1]))
        async with Client(base_url=server.url) as client:
            assert (await client.get("/a")).json(list[int], "numbers") == [1]
