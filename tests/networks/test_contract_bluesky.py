"""Bluesky keeps the contract, with an app password and without."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import httpx

from klout_tui.networks.base import LinkRequest
from klout_tui.networks.bluesky import Bluesky
from klout_tui.testing import NetworkContract
from tests.networks.bluesky_fake import (
    ADA,
    APP_PASSWORD,
    NOW,
    FakeBluesky,
    answering,
    like,
    mentioning,
    notification,
    person,
    post_uri,
    quoting,
    record,
    reposted,
    view,
)


def lively() -> FakeBluesky:
    """A network with two pages of each list and one of everything else."""
    net = FakeBluesky(page=30)
    net.feed = [view(number, age=timedelta(days=28 - number / 2)) for number in range(50, 0, -1)]
    net.feed.insert(1, reposted(1, view(5, author=person(5)), age=timedelta(days=4)))
    top = post_uri(50)
    net.feed[0] |= {"likeCount": 40, "repostCount": 1, "quoteCount": 1, "replyCount": 1}
    answer, quote = record("Lovely") | answering(top), record("See this") | quoting(top)
    net.likes[top] = [like(person(number), age=timedelta(hours=number)) for number in range(40)]
    net.reposters[top] = [person(3)]
    net.quotes[top] = [view(60, author=person(4), said=quote)]
    net.threads[top] = [{"post": view(61, author=person(5), said=answer), "replies": []}]
    net.notifications = [
        notification(1, "follow", person(1), age=timedelta(minutes=10)),
        notification(2, "mention", person(2), said=record("@ada.example", **mentioning()), age=timedelta(minutes=20)),
        notification(3, "reply", person(5), subject=top, said=answer, age=timedelta(minutes=30)),
        notification(4, "quote", person(4), subject=top, said=quote, age=timedelta(minutes=40)),
        notification(5, "like-via-repost", person(6), subject=f"at://{ADA}/app.bsky.feed.repost/3repo000001"),
        *(notification(100 + n, "like", person(n), subject=top, age=timedelta(hours=6 + n)) for n in range(40)),
    ]
    return net


class TestBluesky(NetworkContract):
    network = Bluesky()
    request = LinkRequest(target="ada.example")
    token: ClassVar[str | None] = APP_PASSWORD
    now = NOW

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(lively().answer)


class TestBlueskyWithoutAppPassword(TestBluesky):
    token: ClassVar[str | None] = None
