"""GitHub's device flow, every documented answer of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from klout_tui.errors import UsageError
from klout_tui.networks.base import CredentialRefused, Grant, Invitation, LinkRequest, NetworkError, NotUnderstood
from klout_tui.networks.github.login import DeviceLogin, site_of
from klout_tui.networks.http import Client
from tests import secrets
from tests.networks.oauth_fake import FakeDevices

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ALICE = LinkRequest("alice")
GOOD = {"access_token": secrets.DEVICE_TOKEN, "token_type": "bearer", "scope": ""}


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


async def begin(server: FakeDevices, request: LinkRequest = ALICE, client_id: str = "the-id") -> Invitation:
    async with Client(transport=httpx.MockTransport(server.answer), clock=lambda: NOW) as client:
        return await DeviceLogin().begin(request, client, NOW, settings={"client_id": client_id})


async def log_in(server: FakeDevices, time: Time | None = None) -> Grant:
    invitation = await begin(server)
    time = time or Time()
    async with Client(transport=httpx.MockTransport(server.answer), clock=time) as client:
        return await DeviceLogin().finish(invitation, client, clock=time, sleep=time.sleep)


async def test_a_code_is_typed_and_waited_for() -> None:
    server, time = FakeDevices([{"error": "authorization_pending"}, {"error": "authorization_pending"}, GOOD]), Time()
    grant = await log_in(server, time)
    assert (grant.token, grant.scopes, grant.request) == (secrets.DEVICE_TOKEN, (), ALICE)
    assert time.slept == [5, 5, 5]
    assert server.asked[0] == ("https://github.com/login/device/code", {"client_id": "the-id", "scope": ""})
    assert server.asked[1][1]["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code"
    assert secrets.found_in(repr(grant)) == []


async def test_the_invitation_says_where_what_and_how_long() -> None:
    invitation = await begin(FakeDevices())
    assert (invitation.url, invitation.code) == ("https://github.com/login/device", "WDJB-MJHT")
    assert invitation.until == NOW + timedelta(minutes=15)
    assert not invitation.brings_back
    assert "no permission" in invitation.asks
    assert secrets.found_in(repr(invitation)) == []


@pytest.mark.parametrize("status", [200, 400])
async def test_it_slows_down_when_told(status: int) -> None:
    server, time = FakeDevices([{"error": "slow_down"}, {"error": "slow_down"}, GOOD], status=status), Time()
    await log_in(server, time)
    assert time.slept == [5, 10, 15]
    server, time = FakeDevices([{"error": "slow_down", "interval": 12}, GOOD], status=200), Time()
    await log_in(server, time)
    assert time.slept == [5, 12]


async def test_a_moment_of_absence_is_waited_out() -> None:
    server, time = FakeDevices([503, 429, GOOD]), Time()
    assert (await log_in(server, time)).token == secrets.DEVICE_TOKEN
    assert time.slept == [5, 10, 15]


async def test_it_ends_with_the_code() -> None:
    server, time = FakeDevices([{"error": "authorization_pending"}]), Time()
    with pytest.raises(CredentialRefused, match="the code has expired"):
        await log_in(server, time)
    assert sum(time.slept) == 900


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("expired_token", "the code has expired"),
        ("access_denied", "declined in the browser"),
        ("device_flow_disabled", "device flow is switched off"),
        ("incorrect_device_code", "does not know this code any more"),
        ("incorrect_client_credentials", "no program with this client id"),
        ("unsupported_grant_type", "does not know the device flow"),
        ("brand_new_error", "GitHub refused: .*brand_new_error"),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
async def test_every_end_has_its_words(error: str, words: str, status: int) -> None:
    with pytest.raises(CredentialRefused, match=words) as caught:
        await log_in(FakeDevices([{"error": error}], status=status))
    assert caught.value.hint
    assert secrets.found_in(caught.value.message) == []


@pytest.mark.parametrize(
    ("device", "words"),
    [
        ({"error": "device_flow_disabled", "error_description": "x"}, "device flow is switched off"),
        ({"error": "unauthorized_client"}, "no program with this client id"),
        (404, "no program with this client id"),
    ],
)
async def test_a_client_id_may_be_no_good(device: Any, words: str) -> None:
    with pytest.raises(CredentialRefused, match=words):
        await begin(FakeDevices(device=device))


@pytest.mark.parametrize(
    "device",
    [
        {"device_code": secrets.DEVICE_CODE},
        {"device_code": secrets.DEVICE_CODE, "user_code": "A", "verification_uri": "https://evil.example/device"},
        {"device_code": secrets.DEVICE_CODE, "user_code": "A", "verification_uri": "http://github.com/device"},
        {"device_code": secrets.DEVICE_CODE, "user_code": "A", "verification_uri": "javascript:alert(1)"},
        [secrets.DEVICE_CODE],
    ],
)
async def test_an_odd_answer_is_refused_and_shows_no_code(device: Any) -> None:
    with pytest.raises(NotUnderstood) as caught:
        await begin(FakeDevices(device=device))
    if isinstance(device, dict):
        assert secrets.found_in(caught.value.message) == []


@pytest.mark.parametrize(("told", "seconds"), [(None, 900), (0, 900), (-5, 0), (1e300, 3600), (60, 60)])
async def test_how_long_a_code_holds_is_believed_within_reason(told: float | None, seconds: int) -> None:
    server = FakeDevices()
    assert isinstance(server.device, dict)
    server.device["expires_in"] = told
    assert (await begin(server)).until == NOW + timedelta(seconds=seconds)


async def test_an_answer_that_is_none_ends_it() -> None:
    with pytest.raises(NotUnderstood, match="neither"):
        await log_in(FakeDevices([{"token_type": "bearer"}]))


async def test_without_a_client_id_it_says_so() -> None:
    with pytest.raises(UsageError, match="needs a client id"):
        await begin(FakeDevices(), client_id=" ")


@pytest.mark.parametrize(
    ("base_url", "site"),
    [
        ("", "https://github.com"),
        ("https://api.github.com", "https://github.com"),
        ("https://github.com/", "https://github.com"),
        ("https://git.example.org/api/v3", "https://git.example.org"),
        ("https://api.octo.ghe.com", "https://octo.ghe.com"),
        ("git.example.org", "https://git.example.org"),
    ],
)
def test_where_one_logs_in(base_url: str, site: str) -> None:
    assert site_of(base_url) == site


async def test_revoking_is_for_the_user_herself() -> None:
    async with Client(transport=httpx.MockTransport(FakeDevices().answer)) as client:
        with pytest.raises(NetworkError) as caught:
            await DeviceLogin().revoke("https://api.github.com", Grant("x", ALICE), client)
    assert "https://github.com/settings/applications" in caught.value.hint
