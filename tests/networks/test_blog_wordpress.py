from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from klout_tui.domain.model import PostKind
from klout_tui.networks.base import Network, NotUnderstood, RateLimited
from klout_tui.networks.blog import Blog, wordpress
from tests.networks.blog_site import SITE, Site, client_of, envelope, link, refresh

POSTS = "/wp-json/wp/v2/posts"
COMMENTS = "/wp-json/wp/v2/comments"
USERS = "/wp-json/wp/v2/users"


def refused(request: httpx.Request) -> httpx.Response:
    return httpx.Response(403, text="<html>blocked by a plugin</html>")


def test_blog_is_a_network() -> None:
    network: Network = Blog()
    assert (network.name, network.title, network.wants_token) == ("blog", "Blog", "")
    assert set(network.option_hints) == {"feed", "comments_feed", "author"}


@pytest.mark.parametrize(
    ("root", "address"),
    [
        ("https://b.example/wp-json/", "https://b.example/wp-json/wp/v2/tags?include=3,9"),
        ("https://b.example/sub/wp-json", "https://b.example/sub/wp-json/wp/v2/tags?include=3,9"),
        ("https://b.example/?rest_route=/", "https://b.example/?rest_route=/wp/v2/tags&include=3,9"),
        ("https://b.example/index.php?rest_route=/", "https://b.example/index.php?rest_route=/wp/v2/tags&include=3,9"),
    ],
)
def test_addresses_with_and_without_pretty_permalinks(root: str, address: str) -> None:
    assert wordpress.endpoint(root, "tags", include="3,9") == address


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-10-03T09:12:00", datetime(2026, 10, 3, 9, 12, tzinfo=UTC)),
        ("2026-10-03T09:12:00+02:00", datetime(2026, 10, 3, 7, 12, tzinfo=UTC)),
        ("0000-00-00T00:00:00", None),
        ("", None),
        (None, None),
    ],
)
def test_gmt(text: str | None, at: datetime | None) -> None:
    assert wordpress.gmt(text) == at


def test_after_names_its_zone() -> None:
    after = datetime(2026, 10, 3, 9, 12, tzinfo=UTC)
    assert wordpress.comments_url(f"{SITE}/wp-json/", page=2, after=after).endswith("page=2&after=2026-10-03T09:12:00Z")


def test_the_recorded_end_of_the_posts_is_an_error_and_that_of_the_comments_is_not() -> None:
    assert envelope("rest-posts-past-the-end")["status"] == 400
    assert (envelope("rest-comments-past-the-end")["status"], envelope("rest-comments-past-the-end")["body"]) == (
        200,
        "[]",
    )


async def test_another_api_is_none_of_ours() -> None:
    def other(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"namespaces": ["oembed/1.0"]})

    async with client_of(other) as client:
        with pytest.raises(NotUnderstood):
            await wordpress.api_root(client, f"{SITE}/wp-json/")
    assert "rest" not in (await link(Site(instead={"/wp-json/": other}))).account.options


async def test_blocked_authors_are_known_by_number() -> None:
    account = (await link(Site(instead={USERS: refused}))).account
    assert account.options["author_ids"] == "1"
    reading = await refresh(Site(instead={USERS: refused}), account)
    assert reading.posts[f"{SITE}/#comment-83"].kind is PostKind.REPLY


async def test_blocked_comments_leave_the_comments_feed() -> None:
    site = Site(instead={COMMENTS: refused})
    verified = await link(site)
    assert "rest_comments" not in verified.account.options
    assert any("closed" in words for words in verified.capabilities.misses)
    reading = await refresh(site, verified.account)
    assert f"{SITE}/#comment-88" in reading.interactions
    assert f"{SITE}/?p=301" in reading.posts  # posts still come by REST, beyond the feed's window


async def test_blocked_terms_leave_posts_without_topics() -> None:
    account = (await link(Site())).account
    site = Site(instead={"/wp-json/wp/v2/tags": refused, "/wp-json/wp/v2/categories": refused})
    reading = await refresh(site, account)
    assert reading.posts[f"{SITE}/?p=304"].topics == ()
    assert reading.posts[f"{SITE}/?p=311"].topics == ("Making & Mending", "Python", "Sundials")  # from the feed


async def test_on_a_shared_wordpress_only_comments_under_her_posts_count() -> None:
    def users(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[{"id": 1, "name": "Robin Vale"}, {"id": 7, "name": "Guest &amp; Co"}])

    site = Site(instead={USERS: users})
    hers = (await link(site, author="Robin Vale")).account
    assert hers.options["author_ids"] == "1"
    reading = await refresh(site, hers)
    assert f"{SITE}/#comment-82" in reading.interactions
    assert f"{SITE}/#comment-89" not in reading.interactions  # under a page of nobody's
    guests = (await link(site, author="Guest & Co")).account
    assert guests.options["author_ids"] == "7"
    nothing = await refresh(site, guests)
    assert nothing.posts == {}
    assert nothing.interactions == {}
    assert nothing.skipped["by or under another author"] >= 6
    blocked = (await link(Site(instead={USERS: refused}), author="Robin Vale")).account
    assert "rest" not in blocked.options


async def test_a_site_that_asks_for_patience_is_not_taken_for_closed() -> None:
    account = (await link(Site())).account

    def slow_down(request: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"retry-after": "600"})

    with pytest.raises(RateLimited):
        await refresh(Site(instead={COMMENTS: slow_down}), account)
    part = await refresh(Site(instead={COMMENTS: slow_down}), account, batches=2)
    assert "rest_closed_at" not in part.cursor
    assert f"{SITE}/#comment-81" in (await refresh(Site(), account, part.cursor)).interactions
