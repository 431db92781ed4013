from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from klout_tui.domain.model import Account, InteractionKind, PostKind
from klout_tui.networks.base import NotFound, NotUnderstood, OtherHost, RateLimited
from klout_tui.networks.blog import Blog
from tests.networks.blog_site import NOW, feed_file, link, pages, refresh

FEED = "https://zoo.example/feed.xml"


def item(number: int, *, more: str = "") -> str:
    return (
        f"<item><title>No. {number}</title><link>https://zoo.example/{number}/</link>"
        f"<pubDate>Mon, 01 Jun 2026 {number % 24:02}:00:00 +0000</pubDate>{more}</item>"
    )


def rss(*items: str, site: str = "https://zoo.example/") -> bytes:
    return (
        '<rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
        'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>Zoo</title><link>{site}</link>{''.join(items)}</channel></rss>"
    ).encode()


async def linked(answers: dict[str, bytes | str | httpx.Response], target: str = FEED) -> Account:
    return (await link(pages(answers), target)).account


async def test_missing_and_future_dates_are_first_seen_and_estimated() -> None:
    answers: dict[str, bytes | str | httpx.Response] = {FEED: feed_file("dates.xml")}
    reading = await refresh(pages(answers), await linked(answers))
    estimated = {post.title: post.at for post in reading.posts.values() if post.estimated}
    assert estimated == dict.fromkeys(("Item 1", "Item 2", "Item 3", "Item 6"), NOW)


async def test_repeated_ids_fall_back_to_links_for_good() -> None:
    answers: dict[str, bytes | str | httpx.Response] = {FEED: feed_file("repeated-guid.xml")}
    account = await linked(answers)
    first = await refresh(pages(answers), account)
    assert set(first.posts) == {f"https://zoo.example/{n}/" for n in (1, 2, 3)}
    alone = {FEED: rss(item(4, more="<guid isPermaLink='false'>same</guid>"))}
    second = await refresh(pages(alone), account, first.cursor)
    assert set(second.posts) == {"https://zoo.example/4/"}


async def test_a_feed_is_a_window_and_nothing_that_left_it_is_gone() -> None:
    account = await linked({FEED: rss(item(2), item(1))})
    first = await refresh(pages({FEED: rss(item(2), item(1))}), account)
    second = await refresh(pages({FEED: rss(item(3), item(2))}), account, first.cursor)
    assert set(second.posts) == {"https://zoo.example/3/", "https://zoo.example/2/"}
    assert all(batch.gone == () for batch in second.batches)


async def test_without_validators_the_same_body_is_not_read_again() -> None:
    account = await linked({FEED: rss(item(1))})
    first = await refresh(pages({FEED: rss(item(1))}), account)
    assert (await refresh(pages({FEED: rss(item(1))}), account, first.cursor)).batches == []


async def test_older_pages_are_followed_on_the_same_host_only() -> None:
    def page(number: int, following: str) -> bytes:
        return rss(f'<atom:link rel="next" href="{following}"/>', item(number))

    answers: dict[str, bytes | str | httpx.Response] = {
        FEED: page(9, f"{FEED}?page=2"),
        f"{FEED}?page=2": page(8, f"{FEED}?page=3"),
        f"{FEED}?page=3": page(7, "https://evil.example/feed.xml"),
        "https://evil.example/feed.xml": page(6, ""),
    }
    account = await linked(answers)
    asked: list[str] = []
    first = await refresh(pages(answers, asked), account)
    assert [post.title for post in first.posts.values()] == ["No. 9", "No. 8", "No. 7"]
    assert asked == [FEED, f"{FEED}?page=2", f"{FEED}?page=3"]
    # more news than the window holds: older pages are followed until something known is met
    answers = {
        FEED: page(12, f"{FEED}?page=2"),
        f"{FEED}?page=2": page(11, f"{FEED}?page=3"),
        f"{FEED}?page=3": page(9, ""),
    }
    second = await refresh(pages(answers), account, first.cursor)
    assert [post.title for post in second.posts.values()] == ["No. 12", "No. 11"]


async def test_an_endless_feed_ends() -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", "1"))
        more = f'<atom:link rel="next" href="{FEED}?page={number + 1}"/>'
        return httpx.Response(200, content=rss(more, item(number)))

    account = (await link(endless, FEED)).account
    assert (await refresh(endless, account)).requests == 51


async def test_a_large_feed_comes_in_batches() -> None:
    answers: dict[str, bytes | str | httpx.Response] = {FEED: rss(*(item(number) for number in range(250, 0, -1)))}
    account = await linked(answers)
    reading = await refresh(pages(answers), account)
    assert [len(batch.posts) for batch in reading.batches] == [100, 100, 50, 0]
    assert len(reading.posts) == 250
    part = await refresh(pages(answers), account, batches=2)
    assert len((await refresh(pages(answers), account, part.cursor)).posts) == 250


def moving(status: int, where: str, body: bytes) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if str(request.url) == where:
            return httpx.Response(200, content=body)
        return httpx.Response(status, headers={"location": where})

    return answer


@pytest.mark.parametrize(("status", "remembered"), [(301, True), (308, True), (302, False), (307, False)])
async def test_a_permanent_move_below_its_own_name_is_remembered(status: int, remembered: bool) -> None:
    account = await linked({FEED: rss(item(1))})
    new = "https://www.zoo.example/feed.xml"
    site = moving(status, new, rss(item(2), site="https://www.zoo.example/"))
    reading = await refresh(site, account)
    homes = {batch.base_url for batch in reading.batches} - {None}
    assert homes == ({"https://www.zoo.example"} if remembered else set())
    again = await refresh(site, account, reading.cursor)
    assert again.requests == (1 if remembered else 2)
    assert again.batches == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_move_to_another_host_is_told_and_not_followed(status: int) -> None:
    account = await linked({FEED: rss(item(1))})
    cursor = (await refresh(pages({FEED: rss(item(1))}), account)).cursor
    asked: list[str] = []
    move = httpx.Response(status, headers={"location": "https://new.example/feed.xml"})
    site = pages({FEED: move, "https://new.example/feed.xml": rss(item(2))}, asked)
    with pytest.raises(OtherHost, match=r"zoo\.example/feed\.xml redirects to new\.example") as raised:
        await refresh(site, account, cursor)
    assert "link it again" in raised.value.hint
    assert asked == [FEED]
    found = await link(site, FEED)
    assert Blog().hosts(found.account) == ("zoo.example", "new.example")
    assert len((await refresh(site, found.account)).posts) == 1


async def test_hosts_that_redirects_and_comments_lead_to_are_known_from_linking() -> None:
    feed, comments, single = "https://feeds.example/zoo", "https://talk.example/all", "https://one.example/1"
    answers: dict[str, bytes | str | httpx.Response] = {
        FEED: httpx.Response(302, headers={"location": feed}),
        feed: rss(item(1, more=f"<wfw:commentRss>{single}</wfw:commentRss><slash:comments>2</slash:comments>")),
        "https://zoo.example/comments.xml": httpx.Response(307, headers={"location": comments}),
        comments: rss(),
        single: rss(),
    }
    account = (await link(pages(answers), FEED, comments_feed="https://zoo.example/comments.xml")).account
    assert Blog().hosts(account) == ("zoo.example", "feeds.example", "talk.example", "one.example")
    asked: list[str] = []
    await refresh(pages(answers, asked), account)
    assert {httpx.URL(url).host for url in asked} == set(Blog().hosts(account))


async def test_posts_that_live_elsewhere_are_not_asked_whether_they_are_gone() -> None:
    """A blog of links: what an item links to is somebody else's page."""

    def linking(number: int) -> str:
        return item(number).replace("https://zoo.example/", "https://other.example/")

    account = await linked({FEED: rss(linking(3), linking(2), linking(1))})
    first = await refresh(pages({FEED: rss(linking(3), linking(2), linking(1))}), account)
    asked: list[str] = []
    second = await refresh(pages({FEED: rss(linking(4), linking(3), linking(1))}, asked), account, first.cursor)
    assert asked == [FEED]
    assert [gone for batch in second.batches for gone in batch.gone] == []


async def test_gone_is_not_found_and_html_is_not_understood() -> None:
    account = await linked({FEED: rss(item(1))})
    with pytest.raises(NotFound):
        await refresh(pages({FEED: httpx.Response(410)}), account)
    with pytest.raises(NotUnderstood, match=r"expected a feed .* from zoo.example/feed.xml, got a web page"):
        await refresh(pages({FEED: "<!DOCTYPE html><html><body>Parked</body></html>"}), account)
    with pytest.raises(RateLimited):
        await refresh(pages({FEED: httpx.Response(429, headers={"retry-after": "3600"})}), account)


async def test_a_lost_comments_feed_is_said_after_the_posts_were_read() -> None:
    comments = "https://zoo.example/comments.xml"
    answers: dict[str, bytes | str | httpx.Response] = {FEED: rss(item(1)), comments: rss()}
    account = (await link(pages(answers), FEED, comments_feed=comments)).account
    titles = []
    with pytest.raises(NotFound, match=r"zoo\.example/comments\.xml"):
        await refresh(pages({FEED: rss(item(1))}), account)
    reading = await refresh(pages({FEED: rss(item(1))}), account, batches=1)
    titles = [post.title for post in reading.posts.values()]
    assert titles == ["No. 1"]


async def test_blogger_comments_find_their_post() -> None:
    base = "https://zoo.example/feeds"
    answers: dict[str, bytes | str | httpx.Response] = {
        f"{base}/posts/default": feed_file("blogger-posts.xml"),
        f"{base}/comments/default": feed_file("blogger-comments.xml"),
    }
    account = await linked(answers, f"{base}/posts/default")
    assert account.options["comments_feed"] == f"{base}/comments/default"
    reading = await refresh(pages(answers), account)
    (comment,) = reading.interactions.values()
    assert comment.id == "tag:blogger.com,1999:blog-7.post-21"
    assert comment.post == "tag:blogger.com,1999:blog-7.post-11"
    assert comment.actor.handle == "Ada"


def commented(number: int, count: int) -> str:
    more = f"<wfw:commentRss>https://zoo.example/{number}/feed</wfw:commentRss><slash:comments>{count}</slash:comments>"
    return item(number, more=f"{more}<dc:creator>Robin</dc:creator>")


def comment(number: int, name: str) -> str:
    return (
        f"<item><link>https://zoo.example/1/#c{number}</link><guid>https://zoo.example/1/#c{number}</guid>"
        f"<dc:creator>{name}</dc:creator><description>{name} says hello</description></item>"
    )


async def test_comments_of_single_posts_are_read_when_their_number_grew() -> None:
    post_feed = "https://zoo.example/1/feed"
    answers: dict[str, bytes | str | httpx.Response] = {
        FEED: rss(commented(2, 0), commented(1, 2)),
        post_feed: rss(comment(10, "Ada"), comment(11, "robin")),
    }
    account = await linked(answers)
    asked: list[str] = []
    first = await refresh(pages(answers, asked), account)
    assert asked == [FEED, post_feed]
    (seen,) = first.interactions.values()
    assert (seen.actor.key, seen.post, seen.kind) == (
        "ada@zoo.example",
        "https://zoo.example/1/",
        InteractionKind.COMMENT,
    )
    own = first.posts["https://zoo.example/1/#c11"]
    assert (own.kind, own.reply_to) == (PostKind.REPLY, "https://zoo.example/1/")
    assert first.posts["https://zoo.example/1/"].counters == {InteractionKind.COMMENT: 2}

    asked.clear()
    assert (await refresh(pages(answers, asked), account, first.cursor)).batches == []
    assert asked == [FEED]
    # a day later the counters are read even from an unchanged feed, and only grown ones lead further
    asked.clear()
    grown = answers | {FEED: rss(commented(2, 0), commented(1, 3)), post_feed: rss(comment(12, "Bo"))}
    later = await refresh(pages(grown, asked), account, first.cursor, now=NOW + timedelta(days=1))
    assert [thing.actor.name for thing in later.interactions.values()] == ["Bo"]
    assert asked == [FEED, post_feed]


async def test_a_weakened_etag_is_not_sent_to_wordpress() -> None:
    generator = "<generator>https://wordpress.org/?v=6.9</generator>"
    headers = {"etag": 'W/"abc"', "last-modified": "Mon, 01 Jun 2026 08:00:00 GMT"}
    sent: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers)
        if str(request.url) != FEED:
            return httpx.Response(404)
        known = request.headers.get("if-modified-since") == headers["last-modified"]
        return httpx.Response(304 if known else 200, headers=headers, content=b"" if known else rss(generator, item(1)))

    account = (await link(answer, FEED)).account
    first = await refresh(answer, account)
    sent.clear()
    assert (await refresh(answer, account, first.cursor)).batches == []
    assert [("if-none-match" in one, "if-modified-since" in one) for one in sent] == [(False, True)]
