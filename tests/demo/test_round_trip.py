"""The demo through the real adapters: everything seen, exactly once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from klout_tui.demo import Demo
from klout_tui.demo.events import Life
from klout_tui.domain.batch import Cursor
from klout_tui.domain.model import Account, Interaction, InteractionKind, Post, PostKind
from klout_tui.networks.base import Network, Verified
from klout_tui.networks.blog import Blog
from klout_tui.networks.http import Client
from klout_tui.networks.mastodon import Mastodon
from tests.demo.conftest import NOW, Clock


class Reader:
    """Links one of the demo's accounts and refreshes it as the worker would."""

    def __init__(self, demo: Demo, clock: Clock, network: Network, *, anonymous: bool = False) -> None:
        link = next(link for link in demo.links if link.network == network.name)
        self.network, self.clock, self.demo, self.request = network, clock, demo, link.request
        self.token = None if anonymous else link.token
        self.cursor: Cursor = {}
        self.posts: dict[str, Post] = {}
        self.interactions: dict[str, Interaction] = {}
        self.times_seen: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()

    def client(self, base_url: str) -> Client:
        return Client(base_url=base_url, token=self.token, transport=self.demo.transport, clock=self.clock)

    async def link(self) -> Verified:
        async with self.client(self.network.origin(self.request)) as client:
            return await self.network.verify(self.request, client, self.clock())

    async def refresh(self, account: Account) -> None:
        async with self.client(account.base_url) as client:
            async for batch in self.network.refresh(account, self.cursor, client, self.clock()):
                self.cursor = batch.cursor
                self.posts |= {post.id: post for post in batch.posts}
                self.interactions |= {each.id: each for each in batch.interactions}
                self.times_seen.update(each.id for each in batch.interactions)
                self.skipped.update(batch.skipped)
                assert not batch.gone


def there(life: Life, now: datetime) -> Counter[str]:
    """What a full reading must find, in the words of the domain."""
    found: Counter[str] = Counter()
    for act in life.acts:
        if act.at > now or (act.undone_at is not None and act.undone_at <= now):
            continue
        kind = {"favourite": "like", "reblog": "repost"}.get(act.kind, act.kind)
        if act.kind == "mention" and act.status and act.status.answers:
            kind = "reply"
        found[kind] += 1
    return found


async def test_mastodon_is_read_whole_and_once(demo: Demo, clock: Clock, life: Life) -> None:
    reader = Reader(demo, clock, Mastodon())
    verified = await reader.link()
    assert verified.account.id == "mastodon:ada@social.example"
    assert verified.profile.followers == 1200

    await reader.refresh(verified.account)

    expected = there(life, NOW)
    assert reader.skipped == {kind: expected.pop(kind) for kind in ("poll", "update") if kind in expected}
    assert Counter(str(each.kind) for each in reader.interactions.values()) == expected
    assert set(reader.times_seen.values()) == {1}
    assert len(reader.posts) == sum(status.at <= NOW for status in life.statuses)
    originals = sum(status.original and status.at <= NOW for status in life.statuses)
    assert sum(post.kind is PostKind.STATUS for post in reader.posts.values()) == originals
    assert {each.actor.key for each in reader.interactions.values()}.isdisjoint(verified.account.keys)


async def test_mastodon_brings_the_news_of_the_next_minutes_once(demo: Demo, clock: Clock, life: Life) -> None:
    reader = Reader(demo, clock, Mastodon())
    account = (await reader.link()).account
    await reader.refresh(account)
    for _ in range(6):
        clock.forward(minutes=2)
        await reader.refresh(account)

    expected = there(life, clock.now)
    expected.pop("poll", None)
    expected.pop("update", None)
    undone = sum(1 for act in life.acts if act.undone_at and NOW < act.undone_at <= clock.now and act.at <= NOW)
    seen = Counter(str(each.kind) for each in reader.interactions.values())
    seen["like"] -= undone
    assert seen == expected
    assert set(reader.times_seen.values()) == {1}


async def test_without_a_token_mastodon_shows_what_is_public(demo: Demo, clock: Clock) -> None:
    reader = Reader(demo, clock, Mastodon(), anonymous=True)
    account = (await reader.link()).account
    await reader.refresh(account)

    assert reader.posts
    assert all(post.public for post in reader.posts.values())
    assert any(post.counters.get(InteractionKind.LIKE) for post in reader.posts.values())


async def test_the_blog_is_read_whole_and_her_own_answers_are_hers(demo: Demo, clock: Clock, life: Life) -> None:
    reader = Reader(demo, clock, Blog())
    verified = await reader.link()
    await reader.refresh(verified.account)
    clock.forward(minutes=20)
    await reader.refresh(verified.account)

    comments = [comment for comment in life.comments if comment.at <= clock.now]
    articles = [post for post in reader.posts.values() if post.kind is PostKind.ARTICLE]
    assert sorted(post.title for post in articles) == sorted(article.title for article in life.articles)
    assert len(reader.interactions) == sum(comment.author is not None for comment in comments)
    assert {each.kind for each in reader.interactions.values()} == {InteractionKind.COMMENT}
    assert "Ada Winter" not in {each.actor.name for each in reader.interactions.values()}
    assert {topic for post in articles for topic in post.topics} >= {"Python", "Marketing", "Giveaways"}
