from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest

from klout_tui.demo.events import Life
from tests.demo.conftest import BLOG, NOW, Clock, Get

REST = f"{BLOG}/wp-json/wp/v2"
SLASH = "{http://purl.org/rss/1.0/modules/slash/}comments"
WFW = "{http://wellformedweb.org/CommentAPI/}commentRss"


async def rows(get: Get, noun: str, **params: str) -> list[dict[str, Any]]:
    """All pages of a collection, by its own count of pages."""
    found: list[dict[str, Any]] = []
    page, pages = 1, 1
    while page <= pages:
        answer = await get(f"{REST}/{noun}", params={"per_page": "100", "page": str(page), **params})
        assert answer.status_code == 200
        found += answer.json()
        page, pages = page + 1, int(answer.headers["X-WP-TotalPages"])
    return found


async def test_the_home_page_names_feeds_and_interface(get: Get) -> None:
    answer = await get(f"{BLOG}/")

    assert re.findall(r'type="application/rss\+xml" title="[^"]*" href="([^"]*)"', answer.text) == [
        f"{BLOG}/feed/",
        f"{BLOG}/comments/feed/",
    ]
    assert answer.links["https://api.w.org/"]["url"] == f"{BLOG}/wp-json/"
    assert (await get(f"{BLOG}/", method="HEAD")).content == b""
    root = (await get(f"{BLOG}/wp-json/")).json()
    assert "wp/v2" in root["namespaces"]
    assert root["name"] == "Winter Garden"


@pytest.mark.parametrize("path", ["/feed", "/comments/feed"])
async def test_the_missing_slash_is_added_for_good(get: Get, path: str) -> None:
    answer = await get(f"{BLOG}{path}")

    assert (answer.status_code, answer.headers["Location"]) == (301, f"{BLOG}{path}/")


async def test_the_feed_is_well_formed_and_complete(get: Get, life: Life) -> None:
    answer = await get(f"{BLOG}/feed/")
    root = ElementTree.fromstring(answer.content)
    items = root.findall("./channel/item")
    parsed = feedparser.parse(answer.content)

    assert answer.headers["Content-Type"].startswith("application/rss+xml")
    assert not parsed.bozo
    assert len(items) == 10
    newest = next(article for article in reversed(life.articles) if article.at <= NOW)
    assert items[0].findtext("guid") == f"{BLOG}/?p={newest.id}"
    assert parsed.entries[0].title == newest.title
    assert parsed.entries[0].tags
    for item in items:
        feed = await get(item.findtext(WFW) or "")
        count = int(item.findtext(SLASH) or -1)
        assert len(ElementTree.fromstring(feed.content).findall("./channel/item")) == min(count, 10)
        page = await get(item.findtext("link") or "")
        assert page.text.count('<li id="comment-') == count


async def test_paged_feeds_reach_every_article_once(get: Get, life: Life) -> None:
    found: list[str] = []
    page = 1
    while (answer := await get(f"{BLOG}/feed/", params={"paged": str(page)})).status_code == 200:
        found += [item.findtext("guid") or "" for item in ElementTree.fromstring(answer.content).iter("item")]
        page += 1

    assert sorted(found) == sorted(f"{BLOG}/?p={article.id}" for article in life.articles)


@pytest.mark.parametrize("path", ["/feed/", "/comments/feed/"])
async def test_unchanged_feeds_are_304(get: Get, path: str) -> None:
    first = await get(f"{BLOG}{path}")
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]

    async def status(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await get(f"{BLOG}{path}", headers=sent)).status_code

    assert await status(If_None_Match=etag, If_Modified_Since=modified) == 304
    assert await status(If_None_Match=etag) == 304
    assert await status(If_Modified_Since=modified) == 304
    assert await status(If_None_Match=f"W/{etag}", If_Modified_Since=modified) == 200
    assert await status(If_None_Match=etag, If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT") == 200
    assert await status(If_Modified_Since="soon") == 200


async def test_a_new_comment_changes_the_comments_feed_only(get: Get, clock: Clock, life: Life) -> None:
    feeds = {path: await get(f"{BLOG}{path}") for path in ("/feed/", "/comments/feed/")}
    comment = next(comment for comment in life.comments if comment.at > NOW)
    clock.now = comment.at

    status = {
        path: (await get(f"{BLOG}{path}", headers={"If-None-Match": answer.headers["ETag"]})).status_code
        for path, answer in feeds.items()
    }

    assert status == {"/feed/": 304, "/comments/feed/": 200}
    newest = ElementTree.fromstring((await get(f"{BLOG}/comments/feed/")).content).find("./channel/item")
    assert newest is not None
    assert (newest.findtext("link") or "").endswith(f"#comment-{comment.id}")


async def test_comment_feeds_stay_well_formed_with_hostile_names(get: Get, clock: Clock, life: Life) -> None:
    mallory = next(person for person in life.people if person.username == "mallory")
    comment = next(comment for comment in reversed(life.comments) if comment.at <= NOW)
    before, comment.author = comment.author, mallory
    try:
        clock.now = comment.at
        answer = await get(f"{BLOG}/comments/feed/")
    finally:
        comment.author = before

    assert ElementTree.fromstring(answer.content).find("./channel/item") is not None
    assert b"Mallory" in answer.content
    assert b"\x1b" not in answer.content


async def test_posts_and_comments_are_paged_once_each(get: Get, life: Life) -> None:
    articles = [article.id for article in reversed(life.articles)]
    comments = [comment.id for comment in reversed(life.comments) if comment.at <= NOW]
    for noun, there in (("posts", articles), ("comments", comments)):
        for size in ("100", "7"):
            found = [row["id"] for row in await rows(get, noun, per_page=size)]
            assert found == there
            ascending = [row["id"] for row in await rows(get, noun, per_page=size, order="asc")]
            assert ascending == found[::-1]


async def test_totals_and_links_tell_how_to_page(get: Get, life: Life) -> None:
    answer = await get(f"{REST}/posts", params={"per_page": "20", "page": "2"})

    assert answer.headers["X-WP-Total"] == str(len(life.articles))
    assert answer.headers["X-WP-TotalPages"] == "3"
    assert "page=1" in answer.links["prev"]["url"]
    assert "page=3" in answer.links["next"]["url"]


async def test_a_page_past_the_end_is_an_error_for_posts_and_empty_for_comments(get: Get) -> None:
    posts = await get(f"{REST}/posts", params={"page": "99"})
    comments = await get(f"{REST}/comments", params={"page": "99"})

    assert (posts.status_code, posts.json()["code"]) == (400, "rest_post_invalid_page_number")
    assert (comments.status_code, comments.json()) == (200, [])


async def test_dates_carry_no_zone_and_titles_are_escaped(get: Get, life: Life) -> None:
    found = {row["id"]: row for row in await rows(get, "posts")}

    for article in life.articles:
        assert found[article.id]["date_gmt"] == f"{article.at:%Y-%m-%dT%H:%M:%S}"
    assert found[life.articles[-1].id]["link"].startswith(BLOG)


async def test_after_and_before_and_narrowing(get: Get, life: Life) -> None:
    there = [comment for comment in life.comments if comment.at <= NOW]
    cut = there[-25]
    busiest = max(life.articles, key=lambda article: sum(comment.article is article for comment in there))

    after = await rows(get, "comments", after=f"{cut.at:%Y-%m-%dT%H:%M:%S}Z")
    before = await rows(get, "comments", before=f"{cut.at:%Y-%m-%dT%H:%M:%S}")
    under = await get(f"{REST}/comments", params={"post": str(busiest.id), "per_page": "1"})
    top = await rows(get, "comments", post=str(busiest.id), parent="0")

    assert [row["id"] for row in after] == [comment.id for comment in reversed(there[-24:])]
    assert len(before) == len(there) - 25
    assert int(under.headers["X-WP-Total"]) == sum(comment.article is busiest for comment in there)
    assert {row["parent"] for row in top} == {0}


async def test_only_the_fields_asked_for(get: Get) -> None:
    post = (await get(f"{REST}/posts", params={"_fields": "id,title.rendered,tags"})).json()[0]
    comment = (await get(f"{REST}/comments", params={"_fields": "id,author_name"})).json()[0]

    assert post.keys() == {"id", "title", "tags"}
    assert post["title"].keys() == {"rendered"}
    assert comment.keys() == {"id", "author_name"}


async def test_terms_are_counted_and_can_be_included(get: Get, life: Life) -> None:
    categories, tags = await rows(get, "categories"), await rows(get, "tags")
    posts = await rows(get, "posts")

    assert sum(row["count"] for row in categories) == len(life.articles)
    for row in categories:
        assert row["count"] == sum(row["id"] in post["categories"] for post in posts)
        narrowed = await get(f"{REST}/posts", params={"categories": str(row["id"]), "per_page": "1"})
        assert narrowed.headers["X-WP-Total"] == str(row["count"])
    wanted = [str(row["id"]) for row in tags[:2]]
    assert [str(row["id"]) for row in await rows(get, "tags", include=",".join(wanted))] == wanted
    assert {row["taxonomy"] for row in tags} == {"post_tag"}


async def test_her_answers_carry_her_id_and_others_none(get: Get, life: Life) -> None:
    found = {row["id"]: row for row in await rows(get, "comments")}
    user = (await get(f"{REST}/users/1")).json()

    for comment in life.comments:
        if comment.at <= NOW:
            row = found[comment.id]
            assert row["author"] == (0 if comment.author else 1)
            assert row["parent"] == (comment.parent.id if comment.parent else 0)
    assert user["name"] == "Ada Winter"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/comments?author=1", 401, "rest_forbidden_param"),
        ("/comments?type=pingback", 401, "rest_forbidden_param"),
        ("/posts?context=edit", 401, "rest_forbidden_context"),
        ("/posts?per_page=101", 400, "rest_invalid_param"),
        ("/posts?page=0", 400, "rest_invalid_param"),
        ("/comments?after=yesterday", 400, "rest_invalid_param"),
        ("/settings", 404, "rest_no_route"),
        ("/posts/1", 404, "rest_post_invalid_id"),
        ("/users/7", 404, "rest_user_invalid_id"),
    ],
)
async def test_refusals_have_wordpress_shape(get: Get, path: str, status: int, code: str) -> None:
    answer = await get(f"{REST}{path}")

    assert (answer.status_code, answer.json()["code"], answer.json()["data"]["status"]) == (status, code, status)


async def test_nothing_can_be_written(get: Get) -> None:
    assert (await get(f"{REST}/comments", method="POST")).status_code == 401


async def test_short_addresses_lead_to_the_article_and_others_nowhere(get: Get, life: Life) -> None:
    article = life.articles[3]

    assert (await get(f"{BLOG}/", params={"p": str(article.id)})).headers["Location"].endswith(f"/{article.slug}/")
    assert (await get(f"{BLOG}/", params={"feed": "rss2"})).headers["Content-Type"].startswith("application/rss")
    assert (await get(f"{BLOG}/", params={"feed": "comments-rss2"})).text.count("<item>") == 10
    assert (await get(f"{BLOG}/2020/01/never/")).status_code == 404
    assert (await get(f"{BLOG}/shop/")).status_code == 404


async def test_articles_appear_when_their_time_comes(get: Get, clock: Clock, life: Life) -> None:
    article = life.articles[10]
    clock.now = article.at - timedelta(seconds=1)
    assert (await get(f"{REST}/posts/{article.id}")).status_code == 404
    clock.now = article.at
    assert (await get(f"{REST}/posts/{article.id}")).status_code == 200
