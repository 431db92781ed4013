"""A fixed moment, a clock that can be turned, and one year made once for all tests that only look at it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from klout_tui.demo import Demo, open_demo
from klout_tui.demo.events import Life
from klout_tui.demo.life import make_life
from klout_tui.demo.persona import Persona
from klout_tui.demo.phrases import Phrases
from klout_tui.demo.seeds import PERSONA, PHRASES, read, seeds_folder
from klout_tui.demo.transport import DemoTransport
from tests import secrets

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
SOCIAL = "https://social.example"
BLOG = "https://ada.example"
TOKEN = secrets.DEMO_TOKEN

Get = Callable[..., Awaitable[httpx.Response]]


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(scope="session")
def persona() -> Persona:
    return read(seeds_folder() / PERSONA, Persona)


@pytest.fixture(scope="session")
def phrases() -> Phrases:
    return read(seeds_folder() / PHRASES, Phrases)


@pytest.fixture(scope="session")
def life(persona: Persona, phrases: Phrases) -> Life:
    return make_life(persona, phrases, NOW)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demo(clock: Clock, persona: Persona, life: Life) -> Demo:
    """As ``open_demo`` makes it, but with the year that is there already."""
    return replace(open_demo(clock), transport=DemoTransport(persona, seeds_folder(), clock, life=life))


@pytest.fixture
async def get(demo: Demo) -> AsyncIterator[Get]:
    """Asks the demo's servers; ``own=True`` sends the token."""
    async with httpx.AsyncClient(transport=demo.transport) as client:

        async def ask(url: str, *, own: bool = False, method: str = "GET", **more: Any) -> httpx.Response:
            headers = dict(more.pop("headers", {}))
            if own:
                headers["Authorization"] = f"Bearer {TOKEN}"
            return await client.request(method, url, headers=headers, **more)

        yield ask
