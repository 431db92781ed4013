from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from klout_tui.demo import open_demo
from klout_tui.demo.persona import Persona
from klout_tui.demo.seeds import seeds_folder
from klout_tui.demo.transport import DemoTransport
from tests.demo.conftest import NOW, SOCIAL, TOKEN, Clock


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "http://social.example/", "https://127.0.0.1/"])
async def test_nobody_else_exists(url: str) -> None:
    async with httpx.AsyncClient(transport=open_demo(Clock()).transport) as client:
        with pytest.raises(httpx.ConnectError, match="does not exist in the demo"):
            await client.get(url)


async def test_every_answer_takes_its_time_if_asked_to(persona: Persona) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    transport = DemoTransport(persona, seeds_folder(), Clock(), latency=0.05, sleep=sleep)
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(f"{SOCIAL}/api/v2/instance")
        await client.get(f"{SOCIAL}/api/v2/instance")

    assert slept == [0.05, 0.05]


async def test_answers_are_dated_by_the_clock() -> None:
    clock = Clock()
    async with httpx.AsyncClient(transport=open_demo(clock).transport) as client:
        assert (await client.get(f"{SOCIAL}/api/v2/instance")).headers["Date"] == "Mon, 23 Nov 2026 14:20:00 GMT"


async def test_requests_at_once_share_one_year() -> None:
    async with httpx.AsyncClient(transport=open_demo(Clock()).transport) as client:
        url = f"{SOCIAL}/api/v1/accounts/lookup?acct=ada"
        answers = await asyncio.gather(*(client.get(url) for _ in range(4)))

    assert len({answer.content for answer in answers}) == 1


def test_it_serves_one_event_loop_after_another() -> None:
    transport = open_demo(Clock()).transport

    async def ask() -> int:
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.get(f"{SOCIAL}/api/v2/instance")).status_code

    assert [asyncio.run(ask()) for _ in range(2)] == [200, 200]


async def test_the_year_ends_when_the_demo_was_opened_not_when_first_asked() -> None:
    clock = Clock()
    first, second = open_demo(clock), open_demo(clock)

    async def newest(transport: httpx.AsyncBaseTransport) -> bytes:
        async with httpx.AsyncClient(transport=transport, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            return (await client.get(f"{SOCIAL}/api/v1/notifications?limit=80")).content

    await newest(first.transport)
    clock.forward(hours=2)

    assert await newest(first.transport) == await newest(second.transport)


def test_what_a_session_needs_is_told() -> None:
    demo = open_demo(Clock())

    assert [(link.network, link.request.target, link.token) for link in demo.links] == [
        ("mastodon", "@ada@social.example", TOKEN),
        ("blog", "https://ada.example", None),
    ]
    assert demo.zone == "Europe/Berlin"
    assert demo.visited_at.isoformat() == "2026-11-22T20:40:00+00:00"
    assert timedelta(0) < NOW - demo.visited_at < timedelta(days=2)
