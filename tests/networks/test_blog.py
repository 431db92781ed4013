from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from klout_tui.domain.batch import Batch, washed
from klout_tui.domain.model import InteractionKind, PostKind
from klout_tui.errors import UsageError
from klout_tui.networks.base import LinkRequest, NotFound, NotUnderstood, Unavailable
from klout_tui.networks.blog import Blog
from tests.networks.blog_site import NOW, SITE, Site, feed_file, link, pages, refresh, without_rest

COMMENTS = {81, 82, 84, 87, 88, 89}
"""Numbers of the comments by others in the recordings; 83 is the author's, 85 unapproved, 86 a pingback."""


def remark(number: int) -> str:
    return f"{SITE}/#comment-{number}"


async def test_linking_by_the_home_page_finds_everything() -> None:
    site = Site()
    verified = await link(site, "blog.example")
    account = verified.account
    assert account.id == "blog:blog.example"
    assert (account.handle, account.base_url, account.url) == ("blog.example", SITE, SITE)
    assert account.name == verified.profile.name == "Gnomon & Notes"
    assert account.options == {
        "feed": f"{SITE}/feed/",
        "comments_feed": f"{SITE}/comments/feed/atom/",
        "rest": f"{SITE}/wp-json/",
        "rest_comments": "yes",
        "engine": "wordpress",
        "author_ids": "1",
        "authors": "Robin Vale",
    }
    assert verified.profile.followers is None
    assert account.keys == ("blog.example", "robin-vale@blog.example")
    assert verified.capabilities.names_actors
    assert len(site.asked) <= 8


@pytest.mark.parametrize("target", ["https://blog.example/feed/", "https://blog.example/sundials-python/"])
async def test_linking_by_another_address_gives_the_same_account(target: str) -> None:
    by_home, by_other = (await link(Site())).account, (await link(Site(), target)).account
    assert by_other == by_home


async def test_a_closed_rest_api_is_said_and_not_used() -> None:
    verified = await link(Site(closed=("/wp-json",)))
    assert "rest" not in verified.account.options
    assert any("closed" in words for words in verified.capabilities.misses)
    assert any("comments" in words for words in verified.capabilities.sees)


async def test_first_reading_by_rest() -> None:
    account = (await link(Site())).account
    reading = await refresh(Site(), account)
    articles = [post for post in reading.posts.values() if post.kind is PostKind.ARTICLE]
    assert {post.id for post in articles} == {f"{SITE}/?p={n}" for n in (301, 304, 308, 311, 315, 320)}
    sundials = reading.posts[f"{SITE}/?p=311"]
    assert sundials.title == "Sundials & Python: 5 < 6"
    assert sundials.topics == ("Making & Mending", "Python", "Sundials")
    assert sundials.at == datetime(2026, 10, 2, 7, 30, tzinfo=UTC)
    assert sundials.text == "How to compute an hour line\xa0— café edition."
    assert sundials.counters == {}  # every comment has a name
    assert reading.posts[f"{SITE}/?p=301"].topics == ()  # "Uncategorized" is none

    found = reading.interactions
    assert set(found) == {remark(number) for number in COMMENTS | {86}}
    ada = found[remark(82)]
    assert (ada.kind, ada.post, ada.actor.key) == (InteractionKind.COMMENT, f"{SITE}/?p=311", "ada.example/notes")
    assert ada.text == "Lovely & clear, thank you."
    assert ada.url == f"{SITE}/sundials-python/#comment-82"
    assert found[remark(88)].actor.key == ada.actor.key
    assert found[remark(89)].post is None  # under a page
    pingback = found[remark(86)]
    assert (pingback.kind, pingback.actor.key) == (InteractionKind.LINK, "other.example")
    assert pingback.url == "https://other.example/week-of-sundials/"
    own = reading.posts[remark(83)]
    assert (own.kind, own.reply_to) == (PostKind.REPLY, remark(82))


async def test_rest_and_feeds_tell_of_the_same_things() -> None:
    account = (await link(Site())).account
    by_rest, by_feed = await refresh(Site(), account), await refresh(Site(), without_rest(account))
    assert set(by_feed.posts) == set(by_rest.posts)
    # only what scrolled out of the feeds under an old post is missing
    assert set(by_rest.interactions) - set(by_feed.interactions) == {remark(81)}
    for identifier, seen in by_feed.interactions.items():
        assert seen == by_rest.interactions[identifier]
    assert by_feed.posts[remark(83)] == by_rest.posts[remark(83)]
    # the counter says 4: two strangers, the author's answer, a pingback
    assert by_feed.posts[f"{SITE}/?p=311"].counters == {InteractionKind.COMMENT: 2}
    assert by_feed.posts[f"{SITE}/?p=301"].counters == {InteractionKind.COMMENT: 1}


async def test_rss_comments_have_the_same_ids_too() -> None:
    account = (await link(Site(), comments_feed=f"{SITE}/comments/feed/")).account
    assert account.options["comments_feed"] == f"{SITE}/comments/feed/"
    reading = await refresh(Site(), without_rest(account))
    assert set(reading.interactions) == {remark(number) for number in (COMMENTS | {86}) - {81}}
    assert reading.interactions[remark(86)].kind is InteractionKind.LINK


async def test_nothing_new_costs_two_requests_and_brings_nothing() -> None:
    for account in ((await link(Site())).account, without_rest((await link(Site())).account)):
        first = await refresh(Site(), account)
        site = Site()
        second = await refresh(site, account, first.cursor)
        assert second.batches == []
        assert second.requests == 2
        assert [bool(sent.get("if-none-match") and sent.get("if-modified-since")) for sent in site.conditional] == [
            True
        ] * 2


async def test_late_approved_comments_are_looked_for_once_a_day() -> None:
    account = (await link(Site())).account
    first = await refresh(Site(), account)
    site = Site()
    later = await refresh(site, account, first.cursor, now=NOW + timedelta(days=1))
    assert any("after=2026-09-26T18%3A00%3A00Z" in path or "after=2026-09-26T18:00:00Z" in path for path in site.asked)
    assert set(later.interactions) <= set(first.interactions)
    assert (await refresh(Site(), account, later.cursor, now=NOW + timedelta(days=1, hours=1))).requests == 2


async def test_killed_anywhere_it_resumes_without_loss() -> None:
    linked = (await link(Site())).account
    for account in (linked, without_rest(linked)):
        whole = await refresh(Site(), account)
        for stop in range(1, len(whole.batches) + 1):
            part = await refresh(Site(), account, batches=stop)
            rest = await refresh(Site(), account, part.cursor)
            assert part.posts.keys() | rest.posts.keys() == whole.posts.keys()
            assert part.interactions.keys() | rest.interactions.keys() == whole.interactions.keys()
            kinds = {identifier: thing.kind for identifier, thing in (part.interactions | rest.interactions).items()}
            assert kinds == {identifier: thing.kind for identifier, thing in whole.interactions.items()}
            assert (await refresh(Site(), account, rest.cursor)).batches == []


async def test_a_refresh_is_stable() -> None:
    account = (await link(Site())).account
    assert (await refresh(Site(), account)).batches == (await refresh(Site(), account)).batches


async def test_rest_closing_later_falls_back_to_feeds_quietly() -> None:
    account = (await link(Site())).account
    reading = await refresh(Site(closed=("/wp-json",)), account)
    assert remark(88) in reading.interactions
    assert f"{SITE}/?p=301" in reading.posts
    site = Site(closed=("/wp-json",))
    await refresh(site, account, reading.cursor, now=NOW + timedelta(days=2))
    assert not any("wp-json" in path for path in site.asked)
    again = await refresh(Site(), account, reading.cursor, now=NOW + timedelta(days=8))
    assert remark(81) in again.interactions


async def test_nothing_is_lost_in_the_wash() -> None:
    account = (await link(Site())).account
    for batch in (await refresh(Site(), account)).batches:
        assert isinstance(batch, Batch)
        assert len(batch.posts) + len(batch.interactions) <= 100
        clean = washed(batch)
        assert [post.id for post in clean.posts] == [post.id for post in batch.posts]
        assert [thing.post for thing in clean.interactions] == [thing.post for thing in batch.interactions]


@pytest.mark.parametrize("pieces", [1, 2, 3, 7])
async def test_large_rest_listings_are_read_page_by_page(pieces: int) -> None:
    rows = [
        {
            "id": number,
            "date_gmt": (datetime(2025, 1, 1) + timedelta(hours=number)).isoformat(),  # noqa: DTZ001
            "guid": {"rendered": f"{SITE}/?p={number}"},
            "link": f"{SITE}/{number}/",
            "title": {"rendered": f"No. {number}"},
            "content": {"rendered": ""},
            "author": 1,
            "tags": [],
            "categories": [],
        }
        for number in range(1, 251)
    ]

    def posts(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", "1"))
        part = rows[(page - 1) * 100 : page * 100]
        body = [*part[:-1], "no post"] if page == 2 else part
        return httpx.Response(200, json=body, headers={"x-wp-totalpages": "3"})

    account = (await link(Site())).account
    site = Site(instead={"/wp-json/wp/v2/posts": posts})
    part = await refresh(site, account, batches=pieces)
    rest = await refresh(site, account, part.cursor)
    numbers = {post.title for post in (part.posts | rest.posts).values() if post.title.startswith("No. ")}
    assert numbers == {f"No. {number}" for number in range(1, 251) if number != 200}
    assert (part.skipped.get("unreadable row", 0) + rest.skipped.get("unreadable row", 0)) == 1


async def test_on_a_shared_blog_only_her_posts_count() -> None:
    def posts(name: str) -> bytes:
        return (
            "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Us</title>"
            f"<link>https://us.example</link><item><link>https://us.example/1</link><dc:creator>{name}</dc:creator></item>"
            "<item><link>https://us.example/2</link><dc:creator>Guest</dc:creator></item></channel></rss>"
        ).encode()

    site = pages({"https://us.example/": posts("Robin")})
    verified = await link(site, "us.example", author="robin")
    reading = await refresh(site, verified.account)
    assert set(reading.posts) == {"https://us.example/1"}
    assert reading.skipped == {"by another author": 1}
    assert "robin@us.example" in verified.account.keys


async def test_what_cannot_be_linked() -> None:
    with pytest.raises(UsageError):
        Blog().origin(LinkRequest("http://blog.example"))
    with pytest.raises(UsageError):
        Blog().origin(LinkRequest("blog.example", options={"comments_feed": "ftp://x.example/"}))
    assert Blog().origin(LinkRequest("Blog.Example/feed/")) == SITE
    with pytest.raises(NotFound, match=r"no feed was found on empty\.example"):
        await link(pages({"https://empty.example/": "<html><body>Hello</body></html>"}), "empty.example")
    with pytest.raises(NotFound):
        await link(pages({}), "gone.example")
    with pytest.raises(NotUnderstood, match="expected a feed"):
        await link(Site(), SITE, comments_feed=f"{SITE}/sundials-python/")


async def test_no_way_back_to_http_when_https_fails() -> None:
    asked: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        raise httpx.ConnectError("no", request=request)

    with pytest.raises(Unavailable):
        await link(refuse, "down.example")
    assert all(url.startswith("https://") for url in asked)


async def test_an_old_blog_that_names_itself_without_encryption() -> None:
    home = "<link rel=alternate type=application/rss+xml href=http://old.example/feed/>"
    feed = (
        "<rss version='2.0' xmlns:wfw='http://wellformedweb.org/CommentAPI/'><channel><title>Old</title>"
        "<link>http://old.example/</link><item><link>http://old.example/1</link>"
        "<wfw:commentRss>http://127.0.0.1:631/</wfw:commentRss></item></channel></rss>"
    )
    asked: list[str] = []
    site = pages({"https://old.example/": home, "https://old.example/feed/": feed}, asked)
    account = (await link(site, "old.example")).account
    assert (account.id, account.url) == ("blog:old.example", "https://old.example")
    assert account.options["feed"] == "https://old.example/feed/"
    reading = await refresh(site, account)
    assert list(reading.posts) == ["http://old.example/1"]
    assert reading.skipped == {"comments feed of a post": 1}
    assert all(url.startswith("https://old.example/") for url in asked)


async def test_a_silent_blog_says_so() -> None:
    site = pages({"https://zoo.example/": feed_file("ghost.xml")})
    verified = await link(site, "zoo.example")
    assert any("tells none publicly" in words for words in verified.capabilities.misses)
    assert not verified.capabilities.names_actors
    reading = await refresh(site, verified.account)
    assert list(reading.posts) == ["blog:zoo.example/65a0b1c2d3e4f5a6b7c8d9e0"]


async def test_options_survive_as_the_store_keeps_them() -> None:
    account = (await link(Site())).account
    assert msgspec.json.decode(msgspec.json.encode(account), type=type(account)) == account
    cursor = (await refresh(Site(), account)).cursor
    assert json.loads(json.dumps(cursor)) == cursor
