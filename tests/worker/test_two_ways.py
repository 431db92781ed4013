"""A reply and a like on Mastodon that Bridgy also brings as webmentions: read by both adapters, counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from klout_tui.domain.batch import Batch
from klout_tui.domain.model import Account
from klout_tui.networks.mastodon import Mastodon
from klout_tui.networks.webmention import Webmention
from klout_tui.store import Store
from klout_tui.worker.border import admitted
from tests.networks.mastodon_fake import NOW, FakeMastodon, alice, favourite, person, recorded, status
from tests.networks.webmention_fake import FakeWebmention, mention, site, stamp

MINE = status(1098, age=timedelta(days=2), favourites_count=1, reblogs_count=0, replies_count=1)
BO = person(7, display_name="Bo")
REPLY = recorded("status") | {
    "id": "1099",
    "uri": "https://tech.example/users/p7/statuses/88",
    "url": "https://tech.example/@p7/88",
    "account": BO,
    "in_reply_to_id": "1098",
    "in_reply_to_account_id": "495",
    "created_at": stamp(hours=30),
    "content": "<p>I tried it and it worked, thank you very much!</p>",
}
BRIDGED: dict[str, Any] = {
    "author": {"type": "card", "name": "Bo", "url": "https://tech.example/@p7"},
    "wm_target": "https://blog.example/sundials/",
}


def mastodon() -> FakeMastodon:
    said = {"id": "5002", "type": "mention", "created_at": stamp(hours=30), "account": BO, "status": REPLY}
    return FakeMastodon(statuses=[MINE], notifications=[favourite(5001, MINE, BO, age=timedelta(hours=40)), said])


def webmentions() -> FakeWebmention:
    return FakeWebmention(
        [
            mention(
                1,
                "like-of",
                wm_source="https://brid.gy/like/mastodon/@alice@social.example/1098/7",
                url=f"{MINE['url']}#favorited-by-7",
                published=None,
                **BRIDGED,
            ),
            mention(
                2,
                wm_source="https://brid.gy/comment/mastodon/@alice@social.example/1098/1099",
                url=REPLY["url"],
                published=REPLY["created_at"],
                **BRIDGED,
            ),
            mention(
                3,
                "mention-of",
                wm_source="https://brid.gy/post/mastodon/@alice@social.example/77",
                url="https://tech.example/@p7/77",
                **BRIDGED,
            ),
        ]
    )


async def read(store: Store, account: Account, batches: AsyncIterator[Batch]) -> None:
    async for batch in batches:
        store.absorb(admitted(batch, account, has_token=True))


@pytest.mark.parametrize("first", ["mastodon", "webmention"])
async def test_both_adapters_tell_one_act(tmp_path: Path, first: str) -> None:
    with Store.open(tmp_path / "store", clock=lambda: NOW, zone="Europe/Berlin") as store:
        for account in (alice(), site()):
            store.link(account)
        for name in (first, "webmention" if first == "mastodon" else "mastodon"):
            if name == "mastodon":
                async with mastodon().client() as client:
                    await read(store, alice(), Mastodon().refresh(alice(), {}, client, NOW))
            else:
                async with webmentions().client() as client:
                    await read(store, site(), Webmention().refresh(site(), {}, client, NOW))
        sums = Counter({(day.account.partition(":")[0], str(day.kind)): day.total for day in store.days()})
        assert sums == Counter({("mastodon", "like"): 1, ("mastodon", "reply"): 1, ("webmention", "link"): 1})
        people = {act.actor.key for act in store.interactions() if act.counts}
        assert people == {"https://tech.example/users/p7"}  # one person by either way
        store.forget(alice().id)
        kinds = Counter(str(day.kind) for day in store.days() for _ in range(day.total))
        assert kinds == Counter({"like": 1, "comment": 1, "link": 1})
