"""A blog of which a part is in trouble: the rest is read and kept, and the trouble is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx
import pytest

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.model import Account
from klout_tui.networks.base import NetworkError, NotFound, RateLimited, Unavailable
from klout_tui.networks.blog import Blog
from tests.networks.blog_site import NOW, SITE, Site, client_of, link, pages, refresh
from tests.networks.test_blog_refresh import FEED, comment, commented, item, rss

POSTS = "/wp-json/wp/v2/posts"
COMMENTS = "/wp-json/wp/v2/comments"
COMMENTS_FEED = "/comments/feed/atom/"


def broken(request: httpx.Request) -> httpx.Response:
    return httpx.Response(500, text="PHP Fatal error")


def busy(request: httpx.Request) -> httpx.Response:
    return httpx.Response(429, headers={"retry-after": "3600"})


async def brought(
    answer: Callable[[httpx.Request], httpx.Response], account: Account, cursor: Cursor | None = None
) -> tuple[list[Batch], NetworkError | None]:
    """The batches of one refresh, and what ended it early."""
    batches: list[Batch] = []
    async with client_of(answer) as client:
        try:
            async for batch in Blog().refresh(account, dict(cursor or {}), client, NOW):
                batches.append(batch)
        except NetworkError as error:
            return batches, error
    return batches, None


def ids(batches: list[Batch]) -> tuple[set[str], set[str]]:
    """Of posts and of interactions."""
    return (
        {post.id for batch in batches for post in batch.posts},
        {act.id for batch in batches for act in batch.interactions},
    )


@pytest.mark.parametrize("trouble", [broken, busy])
@pytest.mark.parametrize("path", [POSTS, COMMENTS])
async def test_where_rest_breaks_down_the_feeds_are_read_and_rest_is_asked_again(
    trouble: Callable[[httpx.Request], httpx.Response], path: str
) -> None:
    site = Site()
    account = (await link(site)).account
    whole, _ = await brought(site, account)
    site.instead = {path: trouble}
    partly, error = await brought(site, account)
    assert isinstance(error, RateLimited if trouble is busy else Unavailable)
    assert ids(partly)[0]
    assert ids(partly)[1]
    site.instead = {}
    rest, error = await brought(site, account, partly[-1].cursor)
    assert error is None
    assert ids(partly)[0] | ids(rest)[0] == ids(whole)[0]
    assert ids(partly)[1] | ids(rest)[1] == ids(whole)[1]
    assert rest[-1].cursor == whole[-1].cursor


@pytest.mark.parametrize("path", [POSTS, COMMENTS])
async def test_when_rest_breaks_down_later_nothing_counts_as_read(path: str) -> None:
    site = Site()
    account = (await link(site)).account
    cursor = (await refresh(site, account)).cursor
    # something new in both feeds; for posts even more than the feed tells
    cursor = {name: value for name, value in cursor.items() if not name.endswith(("_etag", "_hash"))}
    if path == POSTS:
        cursor["window"] = '{"https://blog.example/?p=1":{}}'
    site.instead = {path: broken}
    batches, error = await brought(site, account, cursor)
    assert isinstance(error, Unavailable)
    assert ids(batches)[0]
    assert ids(batches)[1]
    assert not batches[-1].cursor.keys() & {"feed_hash", "comments_feed_hash"}
    if path == POSTS:
        assert batches[-1].cursor == cursor


async def test_a_comments_feed_that_breaks_down_holds_up_neither_posts_nor_rest() -> None:
    site = Site()
    account = (await link(site)).account
    path = httpx.URL(account.options["comments_feed"]).path
    first = await refresh(site, account)
    site.instead = {path: broken}
    site.asked.clear()
    _, error = await brought(site, account, first.cursor)
    assert error is None
    assert any(asked.startswith(COMMENTS) for asked in site.asked)


@pytest.mark.parametrize("status", [500, 503])
async def test_a_comments_feed_that_breaks_down_is_said_after_the_posts_were_read(status: int) -> None:
    comments = "https://zoo.example/comments.xml"
    answers: dict[str, bytes | str | httpx.Response] = {FEED: rss(item(1)), comments: rss()}
    account = (await link(pages(answers), FEED, comments_feed=comments)).account
    batches, error = await brought(pages(answers | {comments: httpx.Response(status)}), account)
    assert isinstance(error, Unavailable)
    assert ids(batches)[0] == {"https://zoo.example/1/"}
    busy_site = pages(answers | {comments: httpx.Response(429, headers={"retry-after": "900"})})
    batches, error = await brought(busy_site, account)
    assert isinstance(error, RateLimited)
    assert ids(batches)[0] == {"https://zoo.example/1/"}


async def test_comments_of_one_post_that_break_down_hold_up_no_others() -> None:
    answers: dict[str, bytes | str | httpx.Response] = {
        FEED: rss(commented(2, 1), commented(1, 1)),
        "https://zoo.example/1/feed": rss(comment(10, "Ada")),
        "https://zoo.example/2/feed": httpx.Response(500),
    }
    account = (await link(pages(answers), FEED)).account
    batches, error = await brought(pages(answers), account)
    assert isinstance(error, Unavailable)
    assert ids(batches)[1] == {"https://zoo.example/1/#c10"}
    # and it is asked for again, even though the posts feed is as it was
    answers["https://zoo.example/2/feed"] = rss(comment(20, "Bo"))
    batches, error = await brought(pages(answers), account, batches[-1].cursor)
    assert error is None
    assert "https://zoo.example/1/#c20" in ids(batches)[1]


def deleted(answers: Mapping[str, bytes | str | httpx.Response], page: str) -> dict[str, bytes | str | httpx.Response]:
    return {**answers, FEED: rss(item(3), item(1)), page: httpx.Response(404)}


async def test_a_post_taken_offline_is_gone() -> None:
    answers: dict[str, bytes | str | httpx.Response] = {FEED: rss(item(3), item(2), item(1))}
    account = (await link(pages(answers), FEED)).account
    first = await refresh(pages(answers), account)
    asked: list[str] = []
    second = await refresh(pages(deleted(answers, "https://zoo.example/2/"), asked), account, first.cursor)
    assert [gone for batch in second.batches for gone in batch.gone] == ["https://zoo.example/2/"]
    assert asked == [FEED, "https://zoo.example/2/"]


@pytest.mark.parametrize("status", [200, 403, 429, 500])
async def test_a_post_that_only_left_the_feed_is_not_gone(status: int) -> None:
    answers: dict[str, bytes | str | httpx.Response] = {FEED: rss(item(3), item(2), item(1))}
    account = (await link(pages(answers), FEED)).account
    first = await refresh(pages(answers), account)
    later = answers | {FEED: rss(item(3), item(1)), "https://zoo.example/2/": httpx.Response(status)}
    second = await refresh(pages(later), account, first.cursor)
    assert [gone for batch in second.batches for gone in batch.gone] == []
    assert "https://zoo.example/2/" in second.cursor["window"]


@pytest.mark.parametrize("path", [POSTS, COMMENTS, "/wp-json/", "/wp-json/wp/v2/users", COMMENTS_FEED])
async def test_a_blog_is_linked_whatever_breaks_down_beside_its_posts(path: str) -> None:
    found = await link(Site(instead={path: broken}))
    assert found.account.options["feed"]


async def test_a_broken_guess_hides_no_feed_behind_it() -> None:
    answers: dict[str, bytes | str | httpx.Response] = {
        "https://zoo.example/": "<html><body>Zoo</body></html>",
        "https://zoo.example/feed/": httpx.Response(500),
        FEED: rss(item(1)),
    }
    assert (await link(pages(answers), "https://zoo.example/")).account.options["feed"] == FEED
    del answers[FEED]
    with pytest.raises(Unavailable):
        await link(pages(answers), "https://zoo.example/")
    del answers["https://zoo.example/feed/"]
    with pytest.raises(NotFound, match="no feed was found"):
        await link(pages(answers), "https://zoo.example/")
    assert (await link(Site(), SITE)).account.options["feed"]


async def test_what_rest_knew_as_her_own_stays_her_own_when_rest_closes() -> None:
    site = Site()

    def answer(request: httpx.Request) -> httpx.Response:
        got = site(request)
        text = got.text.replace('"author_name":"Robin Vale"', '"author_name":"Rob"')  # as she once was called
        if request.url.path == COMMENTS_FEED:
            text = text.replace("?page_id=330#comment-89", "?p=311#comment-83").replace("#comment-89", "#comment-83")
            text = text.replace("<name>Cy</name>", "<name>Rob</name>").replace("<uri>http://cy.example</uri>", "")
        return httpx.Response(got.status_code, headers=got.headers, text=text)

    account = (await link(answer)).account
    first = await refresh(answer, account)
    (own,) = (post.id for post in first.posts.values() if post.reply_to)
    assert own not in first.interactions
    site.closed = ("/wp-json",)
    again = {name: value for name, value in first.cursor.items() if not name.startswith("comments_feed")}
    second = await refresh(answer, account, again)
    assert own in second.posts
    assert own not in second.interactions


async def test_comments_told_in_a_lesser_form_are_asked_for_once_more_and_no_more_than_that() -> None:
    site = Site(closed=("/wp-json",))
    account = (await link(site)).account
    whole = await refresh(site, account)
    told = next(path for path in site.asked if path.endswith("/feed/atom/") and not path.startswith("/comments"))
    site.instead = {told: broken}
    first = await refresh(site, account)
    assert {act.actor.url for act in first.interactions.values()} < {
        act.actor.url for act in whole.interactions.values()
    }
    second = await refresh(site, account, first.cursor)
    site.asked.clear()
    assert (await refresh(site, account, second.cursor)).batches == []
    assert told not in site.asked
    site.instead = {}
    mended = await refresh(site, account, first.cursor)
    assert {act.actor.url for act in mended.interactions.values()} == {
        act.actor.url for act in whole.interactions.values() if act.id in mended.interactions
    }
    assert "https://other.example/week-of-sundials/" in {act.url for act in mended.interactions.values()}
