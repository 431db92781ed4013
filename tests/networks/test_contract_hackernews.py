"""Hacker News keeps the contract."""

from __future__ import annotations

import httpx

from klout_tui.networks.base import LinkRequest
from klout_tui.networks.hackernews import HackerNews
from klout_tui.testing import NetworkContract
from tests.networks.hackernews_fake import NOW, FakeHackerNews, ago


def lively() -> FakeHackerNews:
    """Stories old and new, comments on them, her own comments and an answer to one."""
    site = FakeHackerNews()
    for number in range(1, 31):
        site.story(number, ago(days=60 * number / 2))
        site.comment(100 + number, number, ago(days=60 * number / 2, hours=-2), by=f"bo{number}")
    site.story(50, ago(days=3), by="eve")
    site.comment(51, 50, ago(days=2), by="me")
    site.comment(52, 51, ago(days=1), by="cy")
    return site


class TestHackerNews(NetworkContract):
    network = HackerNews()
    request = LinkRequest(target="me")
    now = NOW

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(lively().answer)
