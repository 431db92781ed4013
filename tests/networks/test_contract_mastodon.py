"""Mastodon keeps the contract, with a token and without."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import ClassVar

import httpx

from klout_tui.networks.base import LinkRequest
from klout_tui.networks.mastodon import Mastodon
from klout_tui.testing import NetworkContract
from tests.networks.mastodon_fake import NOW, TOKEN, FakeMastodon, favourite, person, recorded_list, status


@cache
def lively() -> FakeMastodon:
    """A server with two pages of each list, everything recorded of real ones among it, and a reply of hers."""
    quiet = {"replies_count": 0, "reblogs_count": 0, "favourites_count": 0}
    statuses = [status(1000 + number, age=timedelta(days=28 - number / 2), **quiet) for number in range(50)]
    statuses[45] |= {"in_reply_to_id": statuses[3]["id"], "in_reply_to_account_id": "495"}
    statuses[49] |= {"favourites_count": 2, "reblogs_count": 1}
    likes = [favourite(5000 + number, statuses[number % 50], person(number)) for number in range(90)]
    people = {"1049/favourited_by": [person(1), person(2)], "1049/reblogged_by": [person(3)]}
    return FakeMastodon(statuses=statuses, notifications=[*recorded_list("notifications"), *likes], people=people)


@cache
def said(url: str, authorization: str) -> httpx.Response:
    """Its answer, worked out once: it is asked thousands of times."""
    headers = {"authorization": authorization} if authorization else {}
    return lively().answer(httpx.Request("GET", url, headers=headers))


def answer(request: httpx.Request) -> httpx.Response:
    told = said(str(request.url), request.headers.get("authorization", ""))
    return httpx.Response(told.status_code, headers=told.headers, content=told.content)


class TestMastodon(NetworkContract):
    network = Mastodon()
    request = LinkRequest(target="@alice@social.example")
    token: ClassVar[str | None] = TOKEN
    now = NOW

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(answer)


class TestMastodonWithoutToken(TestMastodon):
    token: ClassVar[str | None] = None
