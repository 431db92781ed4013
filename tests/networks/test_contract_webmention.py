"""Webmention keeps the contract, with the token and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import httpx

from klout_tui.networks.base import LinkRequest
from klout_tui.networks.webmention import Webmention
from klout_tui.testing import NetworkContract
from tests.networks.webmention_fake import NOW, PAGE, TOKEN, FakeWebmention, mention

KINDS = ("in-reply-to", "like-of", "repost-of", "bookmark-of", "mention-of")


def lively() -> FakeWebmention:
    """Two pages of every kind of mention, some of them without a date."""
    mentions = [mention(number, KINDS[number % len(KINDS)]) for number in range(130)]
    for each in mentions[::7]:
        each["published"] = None
    return FakeWebmention(mentions=mentions)


class TestWebmention(NetworkContract):
    network = Webmention()
    request = LinkRequest(target="blog.example")
    token: ClassVar[str | None] = TOKEN
    now = NOW
    exceptions: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("test_the_answers_hold_something", "test_things_lie_in_the_past_and_find_each_other"),
        "the pages that are mentioned are posts of the blog's own account, and the service keeps no profile",
    )

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(lively().answer)


class TestWebmentionWithoutToken(TestWebmention):
    request = LinkRequest(target="blog.example", options={"pages": PAGE})
    token: ClassVar[str | None] = None
